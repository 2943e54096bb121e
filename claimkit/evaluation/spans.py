"""Evaluation of marked spans: what is said, the word that reports it and the name of the speaker, each apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

import claimkit
from claimkit.errors import DataError, UsageError, fewer_than
from claimkit.evaluation.resampling import Floats
from claimkit.evaluation.result import Estimate
from claimkit.evaluation.signature import Signature, signed
from claimkit.metrics import SpanMetric, parse_metric
from claimkit.metrics.marked import PARTS, UNMARKED, marked_texts
from claimkit.metrics.spans import MarkedText, precision_recall_f1_of_spans
from claimkit.records import Statement
from claimkit.stats import MIN_CLUSTERS, cluster_estimates

DEFAULT_METRICS = tuple(f"span_f1(match={match})" for match in ("strict", "relaxed", "partial", "token"))


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
    >>> from claimkit.records import Span
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
    name = f"{data or 'statements'}@{statements_hash(ours)}"
    parts, scores = [], {}
    for part in PARTS:
        marked = [marked_texts(layer, part) for layer in (ours, theirs)]
        n_gold, n_predicted = (sum(len(text.marks) for text in entry.values()) for entry in marked)
        if not n_gold + n_predicted:
            continue
        for metric in wanted:
            precision, recall, f1 = span_estimates(_table(marked, metric, documents), replicates, seed)
            if part == "content":
                scores[str(metric)] = sign_spans(metric, f1, name, seed, len(documents))
            parts.append(
                SpanScores(
                    part=part, metric=str(metric), gold=n_gold, predicted=n_predicted, precision=precision, recall=recall, f1=f1
                )
            )
    strange = sum(statement.document not in known for statement in theirs)
    warnings = [f"{strange} predicted statements stand in documents without a gold statement and count as wrong"] if strange else []
    if len(documents) < MIN_CLUSTERS:
        warnings.append(f"no interval: {fewer_than(MIN_CLUSTERS, len(documents), 'document')}")
    return SpanEvaluation(
        n=len(documents), signature=scores[str(wanted[0])].signature or "", metrics=scores, parts=parts, warnings=warnings
    )


def span_counts_by_document(
    gold: Iterable[Statement], predicted: Iterable[Statement], part: str, metric: SpanMetric, documents: Sequence[str]
) -> Floats:
    """Return the counts from which precision, recall and F1 of one part are computed, an array of shape (documents, 4).

    Parameters
    ----------
    gold, predicted : iterable of Statement
    part : {"content", "cue", "source"}
    metric : SpanMetric
    documents : sequence of str
        Ids, in the order of the rows; statements of other documents are not looked at.
    """
    return _table([marked_texts(layer, part) for layer in (gold, predicted)], metric, documents)


def _table(marked: Sequence[Mapping[str, MarkedText]], metric: SpanMetric, documents: Sequence[str]) -> Floats:
    return np.array(
        [metric.counts(*(layer.get(document, UNMARKED) for layer in marked), **metric.parameters) for document in documents]
    )


def _metrics_for(names: Sequence[str]) -> list[SpanMetric]:
    wanted: dict[str, SpanMetric] = {}
    for name in names:
        metric = parse_metric(name)
        if not isinstance(metric, SpanMetric):
            raise UsageError(f"the metric {metric} is not one of spans; two layers are compared by {', '.join(DEFAULT_METRICS)}")
        wanted[str(metric)] = metric
    return list(wanted.values())


def span_estimates(table: Floats, replicates: int, seed: int) -> tuple[Estimate, Estimate, Estimate]:
    """Return precision, recall and F1 of span counts, an array of shape (documents, 4); documents are resampled."""
    precision, recall, f1 = cluster_estimates(table, _values, unit="document", replicates=replicates, seed=seed)
    return precision, recall, f1


def _values(sums: Floats) -> Floats:
    return np.stack(precision_recall_f1_of_spans(sums), axis=1)


def sign_spans(metric: SpanMetric, estimate: Estimate, data: str, seed: int, n: int, runs: int | None = None) -> Estimate:
    """Return an estimate over n documents with its signature; ``runs`` where it is the mean of several."""
    signature = Signature(
        metric=str(metric),
        labels=(),
        average="micro",
        data=data,
        seed=seed,
        runs=runs,
        n=n,
        version=claimkit.__version__,
    )
    return signed(estimate, signature)


def statements_hash(statements: Iterable[Statement]) -> str:
    """Return eight hexadecimal digits that name the spans of statements, whatever their order."""
    rows = sorted(
        f"{statement.document}\t{part}\t{[(span.start, span.end) for span in spans(statement)]}"
        for statement in statements
        for part, spans in PARTS.items()
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:8]
