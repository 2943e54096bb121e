"""Evaluation of attribution systems on texts in which source, cue and content are marked, such as those of PolNeAR."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec
import numpy as np

from claimkit.attribution import Attribution, Attributor
from claimkit.attribution.reading import Reading, read
from claimkit.errors import DataError, fewer_than
from claimkit.evaluation.resampling import Floats
from claimkit.evaluation.result import Estimate
from claimkit.evaluation.spans import SpanScores, evaluate_spans, span_estimates
from claimkit.matching import Mark, pair_marks
from claimkit.metrics import SpanMetric, parse_metric
from claimkit.metrics.marked import PARTS, marked_texts
from claimkit.metrics.spans import MarkedText, precision_recall_f1_of_spans
from claimkit.records import Span, Statement
from claimkit.stats import MIN_CLUSTERS, draw_cluster_sums, percentile_interval, permutation_test

KINDS = ("direct", "mixed", "indirect")
BY_KIND = ("span_f1(match=strict)", "span_f1(match=partial)", "span_f1(match=token)")
COMPARED = (("content", "span_f1(match=token)"), ("content", "span_f1(match=partial)"), ("source", "span_f1(match=partial)"))
_FOUND_FROM = 0.5  # intersection over union from which on a mark is found, as in relaxed span F1


class Marked(NamedTuple):
    """A text with the attributions that are marked in it: ``spans`` are the content, ``cue`` and ``speaker_span`` the rest."""

    document: str
    text: str
    statements: Sequence[Statement]


class KindScores(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the attributions of one kind of quotation: ``gold`` and ``predicted`` are numbers of marks of that kind."""

    kind: str
    part: str
    metric: str
    gold: int
    predicted: int
    f1: Estimate


class OutsideScores(msgspec.Struct, frozen=True, kw_only=True):
    """Gold attributions whose source does not stand in the sentence of the cue.

    Attributes
    ----------
    where : str
        ``inside``, ``outside`` (the source is in another sentence) or ``none`` (nobody is named).
    n : int
    content_found, source_found : int
        How many have a predicted content, and for these a predicted source, that has at least half in common with theirs. Where
        nobody is named, the source counts as found when none is predicted.
    """

    where: str
    n: int
    content_found: int
    source_found: int


class SystemScores(msgspec.Struct, frozen=True, kw_only=True):
    """What one system reaches.

    Attributes
    ----------
    system : str
    seconds : float
        For finding all attributions, on one core; loading of the system and of the texts is not counted.
    found : int
        Attributions, those within others left out.
    parts : list of SpanScores
    kinds : list of KindScores
    outside : list of OutsideScores
    """

    system: str
    seconds: float
    found: int
    parts: list[SpanScores]
    kinds: list[KindScores]
    outside: list[OutsideScores]


class SystemDifference(msgspec.Struct, frozen=True, kw_only=True):
    """By how much system ``a`` exceeds ``b``, over the same documents; ``p`` is two-sided, by permutation of documents."""

    a: str
    b: str
    part: str
    metric: str
    difference: Estimate
    p: float | None


class AttributionEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The result of scoring attribution systems on the same texts.

    Attributes
    ----------
    n : int
        Documents.
    statements : int
        Gold attributions.
    signature : str
        Of the token F1 of the first system's content.
    systems : list of SystemScores
    differences : list of SystemDifference
        Every later system against the first.
    """

    n: int
    statements: int
    signature: str
    systems: list[SystemScores]
    differences: list[SystemDifference]


class _Predicted(NamedTuple):
    statements: list[Statement]
    seconds: float


def evaluate_attributions(
    texts: Iterable[Marked],
    systems: Mapping[str, Attributor],
    *,
    replicates: int = 10_000,
    seed: int = 13,
    data: str | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> AttributionEvaluation:
    """Score attribution systems; documents are resampled for the intervals.

    Attributions within the content of others are left out of what the systems find, because PolNeAR hardly marks any.

    Parameters
    ----------
    texts : iterable of Marked
    systems : mapping of str to Attributor
        By the name under which each is reported; the others are compared with the first.
    replicates, seed : int
        Of the bootstrap.
    data : str, optional
        Name of the data, for the signature.
    advance : callable
        Is told of each text and system.

    Raises
    ------
    DataError
        When no attribution is marked.
    """
    marked = list(texts)
    gold = [statement for text in marked for statement in text.statements]
    if not gold:
        raise DataError("no attribution is marked in these texts, so there is nothing to compare with")
    readings = {text.document: read(text.text) for text in marked}
    predicted = {name: _predict(system, marked, advance) for name, system in systems.items()}
    documents = [text.document for text in marked]
    scores, signature = [], ""
    for name, (statements, seconds) in predicted.items():
        found = evaluate_spans(gold, statements, replicates=replicates, seed=seed, data=data)
        signature = signature or found.metrics["span_f1(match=token)"].signature or ""
        scores.append(
            SystemScores(
                system=name,
                seconds=round(seconds, 3),
                found=len(statements),
                parts=found.parts,
                kinds=list(_by_kind(gold, statements, readings, documents, replicates, seed)),
                outside=_outside(gold, statements, readings),
            )
        )
    first, *others = predicted
    differences = [
        difference for other in others for difference in _differences(other, first, gold, predicted, documents, replicates, seed)
    ]
    return AttributionEvaluation(n=len(marked), statements=len(gold), signature=signature, systems=scores, differences=differences)


def statements_of(document: str, text: str, attributions: Sequence[Attribution]) -> Iterator[Statement]:
    """Yield attributions as statements whose spans are the content; who speaks and what is claimed is left open."""
    for number, entry in enumerate(attributions, start=1):
        yield Statement(
            id=f"{document}-{number}",
            document=document,
            spans=entry.content,
            speaker="x",
            claim="x",
            stance="x",
            cue=_hull(text, entry.cue),
            speaker_span=_hull(text, entry.source),
        )


def _hull(text: str, spans: Sequence[Span]) -> Span | None:
    """Return the stretch from the first to the last of some spans, as the marks of several pieces are read."""
    if not spans:
        return None
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    return Span(start, end, text[start:end])


def _predict(system: Attributor, texts: Sequence[Marked], advance: Callable[[int], None]) -> _Predicted:
    statements: list[Statement] = []
    start = time.process_time()
    for text in texts:
        outermost = [entry for entry in system.find(text.text) if entry.outer is None]
        statements += statements_of(text.document, text.text, outermost)
        advance(1)
    return _Predicted(statements, time.process_time() - start)


# by kind


def kind_in(reading: Reading, spans: Sequence[Span]) -> str:
    """Return ``direct``, ``mixed`` or ``indirect``: whether all, some or none of the words of spans stand in quotation marks."""
    quoted = total = 0
    for span in spans:
        for i in _token_range(reading, span):
            if reading.words[i][0].isalnum():
                total += 1
                quoted += reading.quote_of[i] >= 0
    return "direct" if total and quoted == total else "mixed" if quoted else "indirect"


def _token_range(reading: Reading, span: Span) -> range:
    return range(bisect_right(reading.ends, span.start), bisect_left(reading.starts, span.end))


def _by_kind(
    gold: Sequence[Statement],
    predicted: Sequence[Statement],
    readings: Mapping[str, Reading],
    documents: Sequence[str],
    replicates: int,
    seed: int,
) -> Iterator[KindScores]:
    kinds = [[kind_in(readings[entry.document], entry.spans) for entry in side] for side in (gold, predicted)]
    for kind in KINDS:
        sides = [
            [entry for entry, found in zip(side, marked, strict=True) if found == kind]
            for side, marked in zip((gold, predicted), kinds, strict=True)
        ]
        for part, spans in PARTS.items():
            ours, theirs = (sum(bool(spans(entry)) for entry in side) for side in sides)
            for name in BY_KIND:
                table = _table(sides[0], sides[1], part, name, documents)
                f1 = span_estimates(table, replicates, seed)[2]
                yield KindScores(kind=kind, part=part, metric=name, gold=ours, predicted=theirs, f1=f1)


def _table(gold: Sequence[Statement], predicted: Sequence[Statement], part: str, name: str, documents: Sequence[str]) -> Floats:
    """Return the span counts of each document, an array of shape (documents, 4)."""
    metric = parse_metric(name)
    assert isinstance(metric, SpanMetric)
    ours, theirs = (marked_texts(side, part) for side in (gold, predicted))
    empty = MarkedText((), frozenset())
    rows = [metric.counts(ours.get(name, empty), theirs.get(name, empty), **metric.parameters) for name in documents]
    return np.array(rows, dtype=np.float64).reshape(len(documents), 4)


# sources outside the sentence


def _outside(gold: Sequence[Statement], predicted: Sequence[Statement], readings: Mapping[str, Reading]) -> list[OutsideScores]:
    ours, theirs = (_grouped(side) for side in (gold, predicted))
    counts = {where: [0, 0, 0] for where in ("inside", "outside", "none")}
    for document, entries in ours.items():
        others = theirs.get(document, [])
        pairs = pair_marks([_mark(entry) for entry in entries], [_mark(entry) for entry in others], at_least=_FOUND_FROM)
        partner = {pair.a: others[pair.b] for pair in pairs}
        for place, entry in enumerate(entries):
            count = counts[_where(entry, readings[document])]
            count[0] += 1
            if place in partner:
                count[1] += 1
                count[2] += _same_source(entry, partner[place])
    return [
        OutsideScores(where=where, n=n, content_found=content, source_found=source)
        for where, (n, content, source) in counts.items()
    ]


def _grouped(statements: Sequence[Statement]) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for entry in statements:
        found.setdefault(entry.document, []).append(entry)
    return found


def _mark(entry: Statement) -> Mark:
    return tuple(sorted((span.start, span.end) for span in entry.spans))


def _where(entry: Statement, reading: Reading) -> str:
    if entry.speaker_span is None:
        return "none"
    beside = entry.cue or entry.spans[0]
    first, second = (_sentence(reading, span.start) for span in (entry.speaker_span, beside))
    return "inside" if first == second else "outside"


def _sentence(reading: Reading, place: int) -> int:
    return bisect_right(reading.sentences, place, key=lambda sentence: reading.starts[sentence.first])


def _same_source(one: Statement, other: Statement) -> bool:
    if one.speaker_span is None or other.speaker_span is None:
        return one.speaker_span is None and other.speaker_span is None
    marks = [((span.start, span.end),) for span in (one.speaker_span, other.speaker_span)]
    return bool(pair_marks([marks[0]], [marks[1]], at_least=_FOUND_FROM))


# differences


def _differences(
    a: str,
    b: str,
    gold: Sequence[Statement],
    predicted: Mapping[str, _Predicted],
    documents: Sequence[str],
    replicates: int,
    seed: int,
) -> Iterator[SystemDifference]:
    for part, name in COMPARED:
        one, other = (_table(gold, predicted[system].statements, part, name, documents) for system in (a, b))
        value = float(_difference(one.sum(axis=0)[None], other.sum(axis=0)[None])[0])
        if len(documents) < MIN_CLUSTERS:
            estimate, p = Estimate(value=value, method=fewer_than(MIN_CLUSTERS, len(documents), "document")), None
        else:
            both = np.concatenate([one, other], axis=1)
            sums = np.concatenate(list(draw_cluster_sums(both, replicates, seed, replicates)))
            low, high = percentile_interval(_difference(sums[:, :4], sums[:, 4:]))
            estimate = Estimate(value=value, low=low, high=high, method=f"paired,cluster(document),percentile,{replicates}")
            p = permutation_test(one, other, _difference, replicates=replicates, seed=seed).p
        yield SystemDifference(a=a, b=b, part=part, metric=name, difference=estimate, p=p)


def _difference(one: Floats, other: Floats) -> Floats:
    found: Floats = precision_recall_f1_of_spans(one)[2] - precision_recall_f1_of_spans(other)[2]
    return found


# what needs no system


class Everything:
    """Marks every sentence: how high a token F1 gets without looking at the text."""

    name = "everything"

    def find(self, text: str) -> list[Attribution]:
        """Return every sentence as the content of an attribution without source and cue."""
        reading = read(text)
        places = ((reading.starts[sentence.first], reading.ends[sentence.end - 1]) for sentence in reading.sentences)
        return [_bare(text, start, end) for start, end in places]


class QuotationMarks:
    """Marks whatever stands in quotation marks."""

    name = "quotation-marks"

    def find(self, text: str) -> list[Attribution]:
        """Return every quotation as the content of an attribution without source and cue."""
        reading = read(text)
        places = ((reading.starts[quote.first], reading.ends[quote.end - 1]) for quote in reading.quotes)
        return [_bare(text, start, end) for start, end in places]


def _bare(text: str, start: int, end: int) -> Attribution:
    return Attribution(source=(), cue=(), content=(Span(start, end, text[start:end]),), kind="direct", rule="baseline")


BASELINES: Mapping[str, Callable[[], Attributor]] = MappingProxyType({"everything": Everything, "quotation-marks": QuotationMarks})
