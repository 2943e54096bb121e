"""The tour as the values that its page shows: names instead of ids, words instead of numbers alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from claimkit.corpus import Corpus
from claimkit.demo.annotators import annotator_charts, annotator_values
from claimkit.evaluation import Evaluation, verdict
from claimkit.report import render
from claimkit.report.charts import Point, interval_plot, opposed_bars, share_bar
from claimkit.tracking import ClaimTally, Contradiction

if TYPE_CHECKING:
    from claimkit.demo.tour import Tour

_CLAIMS_DRAWN = 12
_ERRORS_SHOWN = 12
_ACTORS_IN_MATRIX = 10


def page_of(tour: Tour) -> str:
    """Return the HTML page of a tour."""
    corpus, evaluation = tour.corpus, tour.evaluation
    labels = corpus.config.stance.labels
    for_label, against_label = _sides(corpus)
    dates = sorted(date for date in map(corpus.date, corpus.statements()) if date)
    stances = Counter(statement.stance for statement in corpus.statements())
    drawn = tour.claims[:_CLAIMS_DRAWN]
    return render(
        "tour.html",
        charts={
            "stance_bar": share_bar(
                {label: stances[label] for label in labels if stances[label]}, title="Stances of the gold layer"
            ),
            "accuracy_plot": interval_plot(_points(evaluation), title="Accuracy of the model and of the baselines"),
            **annotator_charts(tour.annotators),
            "claim_bars": opposed_bars(
                [tally.counts for tally in drawn],
                [corpus.claims[tally.claim].text for tally in drawn],
                left=against_label,
                right=for_label,
                title="Statements for and against each claim",
            ),
        },
        title=corpus.config.title or corpus.config.name,
        headline=_headline(tour),
        sizes={
            "documents": len(corpus.documents),
            "statements": sum(stances.values()),
            "claims": len(corpus.claims),
            "actors": len(corpus.actors),
            "relations": sum(1 for _ in corpus.relations()),
        },
        validity="Every record, reference and span was checked; no error was found.",
        first=dates[0] if dates else "an unknown day",
        last=dates[-1] if dates else "an unknown day",
        origin=str(corpus.config.origin.get("labels", "")),
        warning=str(corpus.config.origin.get("warning", "")),
        design=(
            "The model reads the words of a statement and a claim, and says whether the speaker supports or opposes it. "
            "It was trained five times, each time without one fifth of the documents, and judged on those it had not seen."
        ),
        evaluation=evaluation,
        model_name="ngrams",
        verdict=verdict(evaluation),
        errors=_errors(tour),
        claims=[_claim(corpus, tally) for tally in tour.claims],
        shown=len(drawn),
        labels=labels,
        contradiction_words=_contradiction_words(tour),
        matrix=_matrix(corpus, tour.contradictions),
        pairs=[_pair(corpus, entry) for entry in tour.contradictions],
        commands=_commands(tour),
        **annotator_values(tour.annotators),
    )


def _sides(corpus: Corpus) -> tuple[str, str]:
    for label in corpus.config.stance.labels:
        if label in corpus.config.scheme.opposites:
            return label, corpus.config.scheme.opposites[label]
    return corpus.config.stance.labels[0], corpus.config.stance.labels[-1]


def _points(evaluation: Evaluation) -> list[Point]:
    main = evaluation.metrics["accuracy"]
    points = [Point("ngrams", main.value, main.low, main.high, is_main=True)]
    for base in evaluation.baselines:
        entry = base.metrics["accuracy"]
        points.append(Point(base.name, entry.value, entry.low, entry.high))
    for ceiling in evaluation.ceiling:
        if ceiling.metrics:
            entry = ceiling.metrics["accuracy"]
            points.append(Point(f"{ceiling.annotator} (ceiling)", entry.value, entry.low, entry.high))
    return points


def _headline(tour: Tour) -> str:
    accuracy = tour.evaluation.metrics["accuracy"]
    pairs = {frozenset((entry.a, entry.b)) for entry in tour.contradictions}
    interval = ""
    if accuracy.low is not None and accuracy.high is not None:
        interval = f" (95 % interval {accuracy.low:.0%} to {accuracy.high:.0%})"
    share = f"{accuracy.value:.0%}" if accuracy.value is not None else "an undefined share"
    return (
        f"{sum(tally.n for tally in tour.claims)} statements about {len(tour.claims)} claims. {len(pairs)} pairs of actors "
        f"contradict each other. A small model that reads only words tells the stance of {share}{interval} of the statements in "
        "documents it has not seen."
    )


def _errors(tour: Tour) -> list[dict[str, Any]]:
    wrong = [
        (item, prediction, prediction.probabilities.get(prediction.stance, 0.0))
        for item, prediction in zip(tour.items, tour.predictions, strict=True)
        if item.stance != prediction.stance
    ]
    wrong.sort(key=lambda entry: (-entry[2], entry[0].id))
    return [
        {
            "id": item.id,
            "text": item.text,
            "target": item.target,
            "gold": item.stance,
            "predicted": prediction.stance,
            "probability": probability,
        }
        for item, prediction, probability in wrong[:_ERRORS_SHOWN]
    ]


def _claim(corpus: Corpus, tally: ClaimTally) -> dict[str, Any]:
    positions = [
        {"actor": corpus.actors[entry.actor].name, "counts": entry.counts, "first": entry.first, "last": entry.last}
        for entry in tally.positions
    ]
    ids = [name for entry in tally.positions for name in entry.statements]
    return {
        "text": corpus.claims[tally.claim].text,
        "counts": tally.counts,
        "positions": positions,
        "statements": _statements(corpus, ids),
    }


def _statements(corpus: Corpus, ids: Sequence[str]) -> list[dict[str, Any]]:
    known = corpus.layers["gold"].statements
    return [
        {
            "id": name,
            "stance": known[name].stance,
            "text": corpus.annotated_text(known[name]),
            "speaker": corpus.actors[known[name].speaker].name,
            "actor": corpus.actors[corpus.party(known[name])].name,
            "date": corpus.date(known[name]),
            "document": known[name].document,
        }
        for name in ids
    ]


def _pair(corpus: Corpus, entry: Contradiction) -> dict[str, Any]:
    return {
        "a": corpus.actors[entry.a].name,
        "b": corpus.actors[entry.b].name,
        "claim": corpus.claims[entry.claim].text,
        "against": corpus.claims[entry.against].text if entry.against != entry.claim else None,
        "n_a": len(entry.statements_a),
        "n_b": len(entry.statements_b),
        "since": entry.since,
        "explicit": entry.explicit,
        "statements": _statements(corpus, [*entry.statements_a, *entry.statements_b]),
    }


def _matrix(corpus: Corpus, found: Sequence[Contradiction]) -> dict[str, Any]:
    """Return how many claims divide each two of the actors who are most often in dispute."""
    claims: dict[frozenset[str], set[str]] = {}
    for entry in found:
        claims.setdefault(frozenset((entry.a, entry.b)), set()).add(entry.claim)
    weight: Counter[str] = Counter()
    for pair, ids in claims.items():
        for actor in pair:
            weight[actor] += len(ids)
    actors = sorted(weight, key=lambda actor: (-weight[actor], actor))[:_ACTORS_IN_MATRIX]
    counts = [[len(claims.get(frozenset((a, b)), ())) if a != b else 0 for b in actors] for a in actors]
    most = max((n for row in counts for n in row), default=0)
    return {"names": [corpus.actors[actor].name for actor in actors], "counts": counts, "most": max(most, 1)}


def _contradiction_words(tour: Tour) -> str:
    if not tour.contradictions:
        return "No two actors contradict each other."
    direct = sum(entry.claim == entry.against for entry in tour.contradictions)
    linked = len(tour.contradictions) - direct
    answered = sum(entry.explicit > 0 for entry in tour.contradictions)
    return (
        f"{len(tour.contradictions)} times two actors cannot both be right about a claim: {direct} times one supports what the "
        f"other opposes, {linked} times each holds a claim of his own that excludes the other's. {answered} of them are answered "
        f"in so many words. The matrix shows the {_ACTORS_IN_MATRIX} actors most often in dispute."
    )


def _commands(tour: Tour) -> list[str]:
    folder = tour.report.parent
    of_layers = [f"agreement {tour.corpus.path}", f"adjudicate {tour.corpus.path} --dry-run"] if tour.annotators else []
    return [
        f"claimkit validate {tour.corpus.path}",
        *(f"claimkit {step}" for step in of_layers),
        f"claimkit items {tour.corpus.path} --out items.jsonl",
        f"claimkit evaluate {folder / 'items.jsonl'} {folder / 'predictions.jsonl'} --slice actor",
        f"claimkit rescore {folder}",
    ]
