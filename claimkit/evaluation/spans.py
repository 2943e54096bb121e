"""Evaluation of marked spans: what is said, the word that reports it and the name of the speaker, each apart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec
import numpy as np

import claimkit
from claimkit.errors import DataError, UsageError
from claimkit.evaluation.resampling import Floats
from claimkit.evaluation.result import Estimate
from claimkit.evaluation.signature import Signature, signed
from claimkit.metrics import SpanMetric, parse_metric
from claimkit.metrics.spans import MarkedText, precision_recall_f1_of_spans, tokens_of
from claimkit.records import Span, Statement
from claimkit.stats import MIN_CLUSTERS, draw_cluster_sums, percentile_interval

DEFAULT_METRICS = tuple(f"span_f1(match={match})" for match in ("strict", "relaxed", "partial", "token"))


def _one(span: Span | None) -> tuple[Span, ...]:
    return () if span is None else (span,)


# Part of a statement -> its spans.
PARTS: Mapping[str, Callable[[Statement], tuple[Span, ...]]] = MappingProxyType(
    {
        "content": lambda statement: statement.spans,
        "cue": lambda statement: _one(statement.cue),
        "source": lambda statement: _one(statement.speaker_span),
    }
)


class SpanScores(msgspec.Struct, frozen=True, kw_only=True):
    """How the marks of one part of statements compare.

    Attributes
    ----------
    part : str
        ``content``, ``cue`` or ``source``.
    metric : str
    gold, predicted : int
        Marks.
    precision, recall, f1 : Estimate
    """

    part: str
    metric: str
    gold: int
    predicted: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


class SpanEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The result of comparing the marks of two layers.

    Attributes
    ----------
    n : int
        Documents with a mark in either.
    signature : str
        Of the first metric.
    metrics : dict of str to Estimate
        F1 of the content spans.
    parts : list of SpanScores
        Content, cue and source by each metric; parts that neither layer marks are left out.
    warnings : list of str
    """

    n: int
    signature: str
    metrics: dict[str, Estimate]
    parts: list[SpanScores]
    warnings: list[str]


def evaluate_spans(
    gold: Iterable[Statement],
    predicted: Iterable[Statement],
    *,
    metrics: Sequence[str] = DEFAULT_METRICS,
    replicates: int = 10_000,
    seed: int = 13,
    data: str | None = None,
) -> SpanEvaluation:
    """Compare the marks of two layers over the same documents; documents are resampled for the intervals.

    Parameters
    ----------
    gold, predicted : iterable of Statement
    metrics : sequence of str
        ``"span_f1"`` with its parameter ``match``.
    replicates, seed : int
        Of the bootstrap.
    data : str, optional
        Name of the gold layer, for the signatures.

    Raises
    ------
    DataError
        When there is no gold statement.
    UsageError
        When a metric does not exist or is not one of spans.

    Examples
    --------
    >>> def said(start, end):
    ...     spans = (Span(start, end, "x" * (end - start)),)
    ...     return Statement(id="s", document="d", spans=spans, speaker="a", claim="c", stance="support")
    >>> found = evaluate_spans([said(0, 10)], [said(0, 9)], metrics=["span_f1(match=relaxed)"])
    >>> found.metrics["span_f1(match=relaxed)"].value
    1.0
    """
    wanted = _metrics_for(metrics)
    ours, theirs = list(gold), list(predicted)
    if not ours:
        raise DataError("there is no gold statement to compare with")
    documents = list(dict.fromkeys(statement.document for statement in (*ours, *theirs)))
    known = {statement.document for statement in ours}
    name = f"{data or 'statements'}@{_hash(ours)}"
    parts, scores = [], {}
    for part in PARTS:
        marked = [marks_by_document(layer, part) for layer in (ours, theirs)]
        n_gold, n_predicted = (sum(len(text.marks) for text in entry.values()) for entry in marked)
        if not n_gold + n_predicted:
            continue
        for metric in wanted:
            empty = MarkedText((), frozenset())
            table = np.array(
                [metric.counts(*(layer.get(document, empty) for layer in marked), **metric.parameters) for document in documents]
            )
            precision, recall, f1 = span_estimates(table, replicates, seed)
            if part == "content":
                scores[str(metric)] = _signed(metric, f1, name, seed, len(documents))
            parts.append(
                SpanScores(
                    part=part, metric=str(metric), gold=n_gold, predicted=n_predicted, precision=precision, recall=recall, f1=f1
                )
            )
    strange = sum(statement.document not in known for statement in theirs)
    warnings = [f"{strange} predicted statements stand in documents without a gold statement and count as wrong"] if strange else []
    if len(documents) < MIN_CLUSTERS:
        warnings.append(f"no interval: {len(documents)} documents are fewer than {MIN_CLUSTERS}")
    return SpanEvaluation(
        n=len(documents), signature=scores[str(wanted[0])].signature or "", metrics=scores, parts=parts, warnings=warnings
    )


def _metrics_for(names: Sequence[str]) -> list[SpanMetric]:
    wanted: dict[str, SpanMetric] = {}
    for name in names:
        metric = parse_metric(name)
        if not isinstance(metric, SpanMetric):
            raise UsageError(f"the metric {metric} is not one of spans; two layers are compared by {', '.join(DEFAULT_METRICS)}")
        wanted[str(metric)] = metric
    return list(wanted.values())


def marks_by_document(layer: Iterable[Statement], part: str) -> dict[str, MarkedText]:
    """Return the marks of one part by document; words that several statements share are one mark."""
    spans: dict[str, dict[tuple[tuple[int, int], ...], tuple[Span, ...]]] = {}
    for statement in layer:
        marked = PARTS[part](statement)
        if marked:
            ordered = tuple(sorted(marked, key=lambda span: span.start))
            spans.setdefault(statement.document, {})[tuple((span.start, span.end) for span in ordered)] = ordered
    return {
        document: MarkedText(
            tuple(marks),
            frozenset(token for entry in marks.values() for span in entry for token in tokens_of(span.start, span.text)),
        )
        for document, marks in spans.items()
    }


def span_estimates(table: Floats, replicates: int, seed: int) -> tuple[Estimate, Estimate, Estimate]:
    """Return precision, recall and F1 of span counts, an array of shape (documents, 4); documents are resampled."""
    values = np.array(precision_recall_f1_of_spans(table.sum(axis=0)))
    n = len(table)
    if n < MIN_CLUSTERS:
        refusal = f"{n} documents are fewer than {MIN_CLUSTERS}"
        bounds = [(np.nan, np.nan)] * 3
    else:
        refusal = "undefined in more than one in twenty resamples"
        sums = np.concatenate(list(draw_cluster_sums(table, replicates, seed, replicates)))
        bounds = [percentile_interval(column) for column in precision_recall_f1_of_spans(sums)]
    found = []
    for value, (low, high) in zip(values, bounds, strict=True):
        if np.isnan(value):
            found.append(Estimate(value=None, method="undefined"))
        elif np.isnan(low):
            found.append(Estimate(value=float(value), method=refusal))
        else:
            found.append(Estimate(value=float(value), low=low, high=high, method=f"cluster(document),percentile,{replicates}"))
    return found[0], found[1], found[2]


def _signed(metric: SpanMetric, estimate: Estimate, data: str, seed: int, n: int) -> Estimate:
    signature = Signature(
        metric=str(metric),
        labels=(),
        average="micro",
        data=data,
        seed=seed,
        n=n,
        version=claimkit.__version__,
    )
    return signed(estimate, signature)


def _hash(statements: Iterable[Statement]) -> str:
    rows = sorted(
        f"{statement.document}\t{part}\t{[(span.start, span.end) for span in spans(statement)]}"
        for statement in statements
        for part, spans in PARTS.items()
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:8]
