"""``claimkit attribution``: train the learnt attribution system, and score systems."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.options import force_option, json_option, out_option, replicates_option, seed_option
from claimkit.cli.output import emit_json, print_table, progress_bar, say
from claimkit.cli.scores import interval, number, signed, signed_interval, with_interval

if TYPE_CHECKING:
    from claimkit.catalog import LoadedDataset
    from claimkit.evaluation.attributions import AttributionEvaluation, Marked
    from claimkit.suggestion.scoring import SuggestionScores

dataset_option = click.option("--dataset", metavar="NAME", help="A data set of annotated texts, such as polnear.")
data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Where the files of the data sets lie; default: CLAIMKIT_DATA."
)


@click.group(epilog="Example: claimkit attribution score --dataset polnear --split test --system rules")
def command() -> None:
    """Train and score the systems behind "claimkit suggest"."""


@command.command("train", epilog="Example: claimkit attribution train --dataset polnear --out polnear-tagger")
@click.argument("corpus", required=False, type=click.Path(path_type=Path))
@click.option("--layer", default="gold", show_default=True, help="Layer of CORPUS to learn from.")
@dataset_option
@click.option("--split", default="train", show_default=True, help="Part of the data set.")
@data_dir_option
@click.option("--iterations", type=click.IntRange(min=1), default=100, show_default=True, help="At most, for each model.")
@out_option("Folder for the tagger; use it as tagger:FOLDER.", required=True, kind="folder")
@force_option
def train_command(
    corpus: Path | None,
    layer: str,
    dataset: str | None,
    split: str,
    data_dir: Path | None,
    iterations: int,
    out: Path,
    force: bool,
) -> None:
    """Learn a tagger from the statements of CORPUS, or of a data set; some minutes for the 840 articles of PolNeAR.

    What is learnt from are the words of a statement, its cue and its speaker span.
    """
    from claimkit.attribution.training import train_tagger

    texts = list(_marked(corpus, layer, dataset, split, data_dir))
    name = f"{dataset} {split}" if dataset else f"{corpus} {layer}"
    start = time.perf_counter()
    with progress_bar("learning attribution", len(texts) + 2 * iterations) as advance:
        pairs = ((text.text, text.statements) for text in texts)
        model = train_tagger(pairs, out, data=name, iterations=iterations, force=force, advance=advance)
    facts = model.trained_on
    say(
        f"{out}: learnt from {facts.attributions} attributions in {facts.texts} texts in {time.perf_counter() - start:.0f} s; "
        f"use it as tagger:{out}"
    )


@command.command("score", epilog="Example: claimkit attribution score annotations/south-asia --system rules --classifier ngrams")
@click.argument("corpus", required=False, type=click.Path(path_type=Path))
@click.option("--layer", default="gold", show_default=True, help="Layer of CORPUS that counts as right.")
@dataset_option
@click.option("--split", default="test", show_default=True, help="Part of the data set.")
@data_dir_option
@click.option(
    "--system", "systems", multiple=True, default=("rules",), show_default=True, metavar="NAME[:FOLDER]",
    help="A system; repeat to compare with the first. everything and quotation-marks are baselines.",
)  # fmt: skip
@click.option(
    "--classifier", metavar="NAME", help="With CORPUS: score claims and stances, by this classifier trained on the other documents."
)
@click.option("--encoder", metavar="SPEC", help="With --classifier: helps to find the claims (claimkit list encoders).")
@replicates_option
@seed_option
@json_option
def score_command(
    corpus: Path | None,
    layer: str,
    dataset: str | None,
    split: str,
    data_dir: Path | None,
    systems: tuple[str, ...],
    classifier: str | None,
    encoder: str | None,
    replicates: int,
    seed: int,
    as_json: bool,
) -> None:
    """Score systems on a data set of annotated texts, or their suggestions beside a layer of CORPUS.

    On a data set: source, cue and content, by kind of quotation, sources outside the sentence, seconds. On a corpus: the words of
    statements, and for those that match a statement of the layer, whether speaker, chain and kind of quotation are right.
    """
    if (corpus is None) == (dataset is None):
        raise click.UsageError("give a CORPUS, or --dataset NAME")
    if encoder is not None and classifier is None:
        raise click.UsageError("--encoder helps to find claims, which are scored with --classifier only")
    if dataset is not None:
        if classifier is not None:
            raise click.UsageError("--classifier goes with a CORPUS: a data set of annotated words has no claims")
        result = _score_dataset(dataset, split, data_dir, systems, replicates, seed)
        emit_json(result) if as_json else _show_dataset(result)
        return
    assert corpus is not None
    scores = _score_corpus(corpus, layer, systems, classifier, encoder, replicates, seed)
    emit_json(scores) if as_json else _show_corpus(scores)


def _marked(corpus: Path | None, layer: str, dataset: str | None, split: str, data_dir: Path | None) -> Iterator[Marked]:
    from claimkit.evaluation.attributions import Marked

    if (corpus is None) == (dataset is None):
        raise click.UsageError("give a CORPUS, or --dataset NAME")
    if dataset is not None:
        data = _load(dataset, split, data_dir)
        for text in data.texts():
            yield Marked(text.document.id, text.document.text or "", text.reference)
        return
    from claimkit.corpus import load_corpus

    assert corpus is not None
    loaded = load_corpus(corpus)
    statements = list(loaded.statements(layer))
    for document in loaded.documents.values():
        if document.text is not None:
            yield Marked(document.id, document.text, [entry for entry in statements if entry.document == document.id])


def _load(dataset: str, split: str, data_dir: Path | None) -> LoadedDataset:
    from claimkit.catalog import load_dataset

    data = load_dataset(dataset, split, data_dir=data_dir)
    if data.facts.holds != "statements":
        raise click.UsageError(f"the data set '{dataset}' has items rather than annotated texts; polnear has texts")
    return data


def _score_dataset(
    dataset: str, split: str, data_dir: Path | None, systems: tuple[str, ...], replicates: int, seed: int
) -> AttributionEvaluation:
    from claimkit.attribution import load_attributor
    from claimkit.evaluation.attributions import BASELINES, evaluate_attributions

    chosen = {spec: BASELINES[spec]() if spec in BASELINES else load_attributor(spec) for spec in systems}
    texts = list(_marked(None, "", dataset, split, data_dir))
    with progress_bar("scoring attribution", len(texts) * len(chosen)) as advance:
        return evaluate_attributions(texts, chosen, replicates=replicates, seed=seed, data=f"{dataset} {split}", advance=advance)


def _score_corpus(
    corpus: Path, layer: str, systems: tuple[str, ...], classifier: str | None, encoder: str | None, replicates: int, seed: int
) -> list[SuggestionScores]:
    from claimkit.attribution import load_attributor
    from claimkit.corpus import load_corpus
    from claimkit.suggestion.scoring import score_suggestions

    loaded = load_corpus(corpus)
    make = None
    if classifier is not None:
        from claimkit.classifiers import make_classifier

        name = classifier

        def make():  # type: ignore[no-untyped-def]  # the type is that of make_classifier
            return make_classifier(name, loaded.config.scheme)

    meanings = None
    if encoder is not None:
        from claimkit.encoders import load_encoder

        meanings = load_encoder(encoder)
    more: dict[str, Any] = {"layer": layer, "make": make, "encoder": meanings, "replicates": replicates, "seed": seed}
    return [score_suggestions(loaded, load_attributor(spec), **more) for spec in systems]


def _show_dataset(result: AttributionEvaluation) -> None:
    title = f"{result.n} texts, {result.statements} attributions"
    rows = [
        [scores.system, part.part, part.metric, *map(with_interval, (part.precision, part.recall, part.f1))]
        for scores in result.systems
        for part in scores.parts
        if part.predicted
    ]
    print_table(["system", "part", "metric", "precision", "recall", "F1"], rows, title=title)
    rows = [
        [scores.system, kind.kind, kind.part, kind.metric, str(kind.gold), str(kind.predicted), with_interval(kind.f1)]
        for scores in result.systems
        for kind in scores.kinds
        if kind.predicted
    ]
    print_table(["system", "quotation", "part", "metric", "gold", "predicted", "F1"], rows, right=(4, 5))
    rows = [
        [scores.system, outside.where, str(outside.n), str(outside.content_found), str(outside.source_found)]
        for scores in result.systems
        for outside in scores.outside
    ]
    print_table(["system", "source in the sentence of the cue", "gold", "content found", "source found"], rows, right=(2, 3, 4))
    rows = [[s.system, str(s.found), f"{s.seconds:.2f}", f"{result.n / max(s.seconds, 1e-9):.0f}"] for s in result.systems]
    print_table(["system", "attributions", "seconds", "texts a second"], rows, right=(1, 2, 3))
    if result.differences:
        rows = [
            [
                f"{d.a} − {d.b}",
                d.part,
                d.metric,
                signed(d.difference),
                signed_interval(d.difference),
                "–" if d.p is None else f"{d.p:.4f}",
            ]
            for d in result.differences
        ]
        print_table(["systems", "part", "metric", "difference", "95 % interval", "p"], rows, right=(3, 5))
    say(result.signature)


def _show_corpus(results: list[SuggestionScores]) -> None:
    for scores in results:
        title = f"{scores.system}: {scores.suggested} suggestions, {scores.gold} statements, {scores.matched} matched"
        names = {"content": "statement", "source": "speaker span"}
        rows = [
            [names.get(part.part, part.part), part.metric, *map(with_interval, (part.precision, part.recall, part.f1))]
            for part in scores.parts
        ]
        print_table(["part", "metric", "precision", "recall", "F1"], rows, title=title)
        rows = [[s.what, str(s.n), str(s.right), number(s.share), interval(s.share)] for s in scores.shares]
        print_table(["of the matched statements", "n", "right", "share", "95 % interval"], rows, right=(1, 2, 3))
