"""How good suggestions are: words, speakers, kinds of quotation, claims and stances beside a layer of annotated statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from claimkit.attribution import Attributor
from claimkit.corpus.alignment import mark_of
from claimkit.errors import fewer_than
from claimkit.evaluation.result import Estimate
from claimkit.evaluation.spans import SpanScores, evaluate_spans
from claimkit.matching import pair_marks
from claimkit.records import Statement
from claimkit.stats import MIN_CLUSTERS, draw_cluster_sums, percentile_interval
from claimkit.suggestion.claims import ClaimFinder
from claimkit.suggestion.layer import suggest_statements

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier
    from claimkit.corpus import Corpus
    from claimkit.encoders import Encoder

_PRONOUNS = frozenset(["he", "she", "it", "they", "we", "i", "his", "her", "its", "their", "who"])


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the matched statements a suggestion has right in one respect.

    Attributes
    ----------
    what : str
    n, right : int
    share : Estimate
        ``right / n``, with an interval over documents.
    """

    what: str
    n: int
    right: int
    share: Estimate


class SuggestionScores(msgspec.Struct, frozen=True, kw_only=True):
    """The result of comparing suggestions with annotated statements.

    Attributes
    ----------
    system : str
    gold, suggested, matched : int
        Statements; matched are the pairs that have a character in common, one to one.
    documents : int
    parts : list of SpanScores
        Statement, cue and speaker spans.
    shares : list of Share
        Of the matched statements.
    """

    system: str
    gold: int
    suggested: int
    matched: int
    documents: int
    parts: list[SpanScores]
    shares: list[Share]


def score_suggestions(
    corpus: Corpus,
    system: Attributor,
    *,
    layer: str = "gold",
    make: Callable[[], StanceClassifier] | None = None,
    encoder: Encoder | None = None,
    folds: int = 5,
    replicates: int = 10_000,
    seed: int = 13,
) -> SuggestionScores:
    """Compare suggestions with the statements of a layer.

    Parameters
    ----------
    corpus : Corpus
    system : Attributor
    layer : str
        Of the annotated statements.
    make : callable, optional
        Returns a new classifier. It is trained on the statements of all documents but those of one fold, in turn, and proposes
        claims and stances for these, so that no statement is judged by a model that knows its document.
    encoder : Encoder, optional
        Helps to find the claims.
    folds : int
        Of documents, in their order.
    replicates, seed : int
        Of the bootstrap over documents.

    Raises
    ------
    DataError
        When the layer has no statement.
    UsageError
        When there is no such layer.
    """
    gold = list(corpus.statements(layer))
    suggested = suggest_statements(corpus, system, layer="scored", stance=corpus.config.stance.labels[-1]).statements
    parts = evaluate_spans(gold, suggested, replicates=replicates, seed=seed, data=corpus.config.name).parts
    pairs = list(_matched(gold, suggested))
    rows = [(entry.document, what, right) for entry, other, share in pairs for what, right in _judged(entry, other, share)]
    if make is not None:
        rows += _claims_and_stances(corpus, gold, pairs, make, encoder, folds)
    documents = list(dict.fromkeys(entry.document for entry in gold))
    return SuggestionScores(
        system=system.name,
        gold=len(gold),
        suggested=len(suggested),
        matched=len(pairs),
        documents=len(documents),
        parts=parts,
        shares=list(_shares(rows, documents, replicates, seed)),
    )


_Pair = tuple[Statement, Statement, float]
_Row = tuple[str, str, bool]


def _matched(gold: Sequence[Statement], suggested: Sequence[Statement]) -> Iterator[_Pair]:
    """Yield pairs of a gold statement and a suggestion with a character in common, and the share of their union that is common."""
    ours, theirs = (_by_document(side) for side in (gold, suggested))
    for document, entries in ours.items():
        others = theirs.get(document, [])
        for pair in pair_marks([mark_of(entry) for entry in entries], [mark_of(entry) for entry in others]):
            yield entries[pair.a], others[pair.b], pair.share


def _by_document(statements: Sequence[Statement]) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for entry in statements:
        found.setdefault(entry.document, []).append(entry)
    return found


def _judged(gold: Statement, suggested: Statement, share: float) -> Iterator[tuple[str, bool]]:
    is_right = suggested.speaker == gold.speaker
    named = gold.speaker_span is not None and gold.speaker_span.text.lower() not in _PRONOUNS
    yield "speaker", is_right
    yield f"speaker, {'named beside the cue' if named else 'by pronoun or not beside the cue'}", is_right
    if share >= 0.5:
        yield "speaker, at least half of the words in common", is_right
    yield "chain", suggested.chain == gold.chain
    if gold.quotation is not None:
        yield "quotation", suggested.quotation == gold.quotation


def _claims_and_stances(
    corpus: Corpus,
    gold: Sequence[Statement],
    pairs: Sequence[_Pair],
    make: Callable[[], StanceClassifier],
    encoder: Encoder | None,
    folds: int,
) -> Iterator[_Row]:
    """Judge claim and stance of the matched statements, by classifiers that have not seen their documents."""
    items = {item.id: item for item in corpus.items(kinds=("stance",))}
    documents = list(corpus.documents)
    for fold in range(folds):
        held_out = set(documents[fold::folds])
        chosen = [(entry, other) for entry, other, _ in pairs if entry.document in held_out]
        learnt = [items[entry.id] for entry in gold if entry.document not in held_out and entry.id in items]
        if not chosen or not learnt:
            continue
        finder = ClaimFinder(corpus, make().fit(learnt), [entry for entry in gold if entry.document not in held_out], encoder)
        suggested = [other for _, other in chosen]
        proposals = finder.propose(suggested)
        stances = finder.stances(suggested, [entry.claim for entry, _ in chosen])
        for (entry, _), proposal, (stance, _) in zip(chosen, proposals, stances, strict=True):
            claim_is_right = proposal.claim == entry.claim
            yield entry.document, "claim", claim_is_right
            yield entry.document, "stance, toward the claim of the layer", stance == entry.stance
            yield entry.document, "claim and stance", bool(claim_is_right and proposal.stance == entry.stance)


def _shares(rows: Sequence[_Row], documents: Sequence[str], replicates: int, seed: int) -> Iterator[Share]:
    counts: dict[str, dict[str, list[int]]] = {}
    for document, what, right in rows:
        count = counts.setdefault(what, {}).setdefault(document, [0, 0])
        count[0] += 1
        count[1] += right
    for what, by_document in counts.items():
        table = np.array([by_document.get(document, [0, 0]) for document in documents], dtype=np.float64)
        n, correct = (int(value) for value in table.sum(axis=0))
        yield Share(what=what, n=n, right=correct, share=_share(table, correct / n, replicates, seed))


def _share(table: np.ndarray, value: float, replicates: int, seed: int) -> Estimate:
    if len(table) < MIN_CLUSTERS:
        return Estimate(value=value, method=fewer_than(MIN_CLUSTERS, len(table), "document"))
    sums = np.concatenate(list(draw_cluster_sums(table, replicates, seed, replicates)))
    low, high = percentile_interval(np.divide(sums[:, 1], sums[:, 0], out=np.full(len(sums), np.nan), where=sums[:, 0] > 0))
    return Estimate(value=value, low=low, high=high, method=f"cluster(document),percentile,{replicates}")
