"""Evaluation of rankings: the mean over queries of what the ranks of their relevant documents give."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
import numpy as np

import claimkit
from claimkit.errors import DataError, UsageError, fewer_than, suggest
from claimkit.evaluation.resampling import Floats
from claimkit.evaluation.result import Estimate
from claimkit.evaluation.sample import Place, scheme_of_items
from claimkit.evaluation.signature import Signature, signed
from claimkit.metrics import RankingMetric, parse_metric
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme
from claimkit.stats import MIN_CLUSTERS, draw_cluster_sums, percentile_interval, t_interval

DEFAULT_METRICS = ("map", "map_at_k", "mrr", "success_at_k")


class QueryScores(msgspec.Struct, frozen=True, kw_only=True):
    """The values of one query: how many documents are relevant, how many of them were ranked, and each metric."""

    query: str
    relevant: int
    found: int
    metrics: dict[str, float]


class RankingEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The result of comparing rankings with relevance judgements.

    Attributes
    ----------
    n : int
        Queries with a relevant document.
    missing : int
        How many of them have no ranking; their value is 0.
    relevant : int
        Pairs of a query and a relevant document.
    signature : str
        Of the first metric.
    metrics : dict of str to Estimate
    queries : list of QueryScores
        The worst first.
    warnings : list of str
    """

    n: int
    missing: int
    relevant: int
    signature: str
    metrics: dict[str, Estimate]
    queries: list[QueryScores]
    warnings: list[str]


class Rankings(msgspec.Struct, frozen=True, kw_only=True):
    """Relevance judgements and rankings of the same queries, as :func:`evaluate_rankings` takes them.

    Attributes
    ----------
    relevant : dict of str to set of str
        Query to relevant documents; an empty set where a query has none.
    scores : dict of str to dict of str to float
        Query to document to score, in the order of the file.
    """

    relevant: dict[str, set[str]]
    scores: dict[str, dict[str, float]]


def evaluate_rankings(
    relevant: Mapping[str, Collection[str]],
    scores: Mapping[str, Mapping[str, float]],
    *,
    metrics: Sequence[str] = DEFAULT_METRICS,
    replicates: int = 10_000,
    seed: int = 13,
    data: str | None = None,
    place: Place = lambda _: {},
) -> RankingEvaluation:
    """Compare rankings with relevance judgements.

    Documents are ranked by score, the highest first; those of equal score stay in the order in which they are given, and the result
    warns of them. A query without a relevant document is left out, one without a ranking counts 0. Queries are resampled for the
    intervals; that of fewer than ten is Student's.

    Parameters
    ----------
    relevant : mapping of str to collection of str
        Query to relevant documents.
    scores : mapping of str to mapping of str to float
        Query to document to score.
    metrics : sequence of str
        Names of ranking metrics, with parameters where they have some, such as ``"map@5"``.
    replicates, seed : int
        Of the bootstrap.
    data : str, optional
        Name of the data set, for the signatures.
    place : callable, optional
        From a query to ``path`` and ``line``, for messages.

    Raises
    ------
    DataError
        When a ranking is of an unknown query, or no query has a relevant document.
    UsageError
        When a metric does not exist or does not rank.

    Examples
    --------
    >>> found = evaluate_rankings({"q": {"b", "e"}}, {"q": {"a": 5, "b": 4, "c": 3, "d": 2, "e": 1}}, metrics=["map"])
    >>> found.metrics["map"].value, found.metrics["map"].method
    (0.45, 'one query has no interval')
    """
    wanted = _metrics_for(metrics)
    unknown = [query for query in scores if query not in relevant]
    if unknown:
        near = suggest(unknown[0], relevant) if len(relevant) <= 5000 else ""
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        hint = near or f"is this another data set? The judgements have '{next(iter(relevant), '')}'"
        raise DataError(
            f"there is no query '{unknown[0]}'{more} among the judgements; {hint}", code="dangling-reference", **place(unknown[0])
        )
    queries = [query for query, documents in relevant.items() if documents]
    if not queries:
        raise DataError("no query has a relevant document, so there is nothing to find", **place(""))
    ranks = {query: _ranks(relevant[query], scores.get(query, {})) for query in queries}
    table = np.array(
        [[metric.of_query(ranks[query], len(relevant[query]), **metric.parameters) for metric in wanted] for query in queries]
    )
    total = sum(len(relevant[query]) for query in queries)
    pairs = "\n".join(sorted(f"{query}\t{document}" for query in queries for document in relevant[query]))
    name = f"{data or 'queries'}@{hashlib.sha256(pairs.encode()).hexdigest()[:8]}"
    estimates = {
        str(metric): sign_ranking(metric, mean_over_queries(table[:, index], replicates, seed), name, seed, len(queries))
        for index, metric in enumerate(wanted)
    }
    found = [
        QueryScores(
            query=query,
            relevant=len(relevant[query]),
            found=len(ranks[query]),
            metrics={str(metric): float(value) for metric, value in zip(wanted, row, strict=True)},
        )
        for query, row in zip(queries, table, strict=True)
    ]
    first = str(wanted[0])
    return RankingEvaluation(
        n=len(queries),
        missing=sum(not scores.get(query) for query in queries),
        relevant=total,
        signature=estimates[first].signature or "",
        metrics=estimates,
        queries=sorted(found, key=lambda entry: (entry.metrics[first], entry.query)),
        warnings=_warnings(relevant, scores, queries),
    )


def rankings_of_items(
    items: Iterable[Item],
    predictions: Iterable[Prediction],
    query: str,
    positive: str | None = None,
    scheme: LabelScheme | None = None,
    *,
    place: Place = lambda _: {},
) -> Rankings:
    """Return the rankings of items within each value of a group key, by the probability of one label.

    Parameters
    ----------
    items : iterable of Item
        Gold items.
    predictions : iterable of Prediction
        With probabilities.
    query : str
        Group key, or ``"target"``.
    positive : str, optional
        The label that makes an item relevant; default: the first of the scheme.
    scheme : LabelScheme, optional
        Default: the one that the items name.
    place : callable, optional
        From the id of a prediction to ``path`` and ``line``, for messages.

    Raises
    ------
    DataError
        When a prediction has no probability of the label, is of an unknown item or comes twice, or an item has no stance.
    UsageError
        When no item has the key, or the label is not one of the scheme.
    """
    gold = list(items)
    chosen = scheme or scheme_of_items(gold)
    label = chosen.labels[0] if positive is None else positive
    if label not in chosen.labels:
        near = suggest(label, chosen.labels)
        raise UsageError(f"'{label}' is not one of {', '.join(chosen.labels)}{'; ' + near if near else ''}")
    where = {item.id: item.target if query == "target" else item.groups.get(query) for item in gold}
    lacking = next((name for name, value in where.items() if value is None), None)
    if lacking is not None:
        keys = ", ".join(dict.fromkeys(key for item in gold for key in item.groups))
        raise UsageError(f"the item '{lacking}' has no group '{query}', so it belongs to no query; the items have: {keys}, target")
    result = Rankings(relevant={str(value): set() for value in where.values()}, scores={})
    for item in gold:
        if item.stance is None:
            raise DataError(f"the gold item '{item.id}' has no stance, so nothing can be measured on it", code="missing-key")
        if item.stance == label:
            result.relevant[str(where[item.id])].add(item.id)
    for entry in predictions:
        name = where.get(entry.id)
        if name is None:
            raise DataError(f"there is no gold item '{entry.id}'", code="dangling-reference", **place(entry.id))
        if label not in entry.probabilities:
            raise DataError(
                f"the prediction '{entry.id}' has no probability of '{label}', by which the items are ranked",
                code="missing-key",
                **place(entry.id),
            )
        ranking = result.scores.setdefault(name, {})
        if entry.id in ranking:
            raise DataError(
                f"the item '{entry.id}' is predicted twice; keep one prediction", code="duplicate-id", **place(entry.id)
            )
        ranking[entry.id] = entry.probabilities[label]
    return result


def _metrics_for(names: Sequence[str]) -> list[RankingMetric]:
    wanted: dict[str, RankingMetric] = {}
    for name in names:
        metric = parse_metric(name)
        if not isinstance(metric, RankingMetric):
            raise UsageError(f"the metric {metric} is not one of rankings; those are {', '.join(DEFAULT_METRICS)}")
        wanted[str(metric)] = metric
    return list(wanted.values())


def _ranks(relevant: Collection[str], scores: Mapping[str, float]) -> np.ndarray:
    order = sorted(scores, key=lambda document: -scores[document])  # stable: ties stay as they were given
    wanted = set(relevant)
    return np.array([rank for rank, document in enumerate(order, start=1) if document in wanted], dtype=np.int64)


def mean_over_queries(
    values: Floats, replicates: int = 10_000, seed: int = 13, *, within: tuple[float, float] = (0, 1)
) -> Estimate:
    """Return the mean of the values of queries with its interval.

    Parameters
    ----------
    values : array of shape (queries,)
    replicates, seed : int
        Of the bootstrap over queries; fewer than ten of them have Student's interval.
    within : tuple of float
        The least and the greatest mean that there can be, which Student's interval may not leave.
    """
    value, n = float(values.mean()), len(values)
    if n < 2:
        return Estimate(value=value, method="one query has no interval")
    if n < MIN_CLUSTERS:
        low, high = t_interval(values)
        return Estimate(value=value, low=max(low, within[0]), high=min(high, within[1]), method=f"query,t,{n - 1}")
    sums = np.concatenate(list(draw_cluster_sums(values[:, None], replicates, seed, replicates)))
    low, high = percentile_interval(sums[:, 0] / n)
    return Estimate(value=value, low=low, high=high, method=f"query,percentile,{replicates}")


def sign_ranking(metric: RankingMetric, estimate: Estimate, data: str, seed: int, n: int, runs: int | None = None) -> Estimate:
    """Return an estimate over n queries with its signature; ``runs`` where it is the mean of several."""
    signature = Signature(
        metric=str(metric),
        labels=(),
        average="query",
        missing="zero",
        data=data,
        seed=seed,
        runs=runs,
        n=n,
        version=claimkit.__version__,
    )
    return signed(estimate, signature)


def _warnings(
    relevant: Mapping[str, Collection[str]], scores: Mapping[str, Mapping[str, float]], queries: Sequence[str]
) -> list[str]:
    found = []
    without = len(relevant) - len(queries)
    if without:
        found.append(f"{without} queries have no relevant document and are left out")
    missing = sum(not scores.get(query) for query in queries)
    if missing:
        found.append(f"{missing} of {len(queries)} queries have no ranking and count 0")
    tied = sum(len(set(ranking.values())) < len(ranking) for ranking in scores.values())
    if tied:
        found.append(f"{tied} rankings have equal scores; such documents stay in the order of the file, which decides their ranks")
    if len(queries) < MIN_CLUSTERS:
        found.append(f"{fewer_than(MIN_CLUSTERS, len(queries), 'query', plural='queries')}, so an interval over them says little")
    return found
