"""Comparison of rankings of the same queries: paired tests over queries, corrected for their number."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import numpy as np

from claimkit.errors import UsageError
from claimkit.evaluation.compare import Comparison, Pair, corrected, detectable
from claimkit.evaluation.rankings import DEFAULT_METRICS, Rankings, evaluate_rankings, mean_over_queries
from claimkit.evaluation.resampling import Floats
from claimkit.evaluation.sample import Place
from claimkit.evaluation.score import REPLICATES
from claimkit.evaluation.signature import parse_signature
from claimkit.stats import permutation_test


def compare_rankings(
    systems: Mapping[str, Rankings],
    *,
    metrics: Sequence[str] = DEFAULT_METRICS,
    replicates: int = REPLICATES,
    seed: int = 13,
    data: str | None = None,
    places: Mapping[str, Place] | None = None,
) -> Comparison:
    """Compare rankings of the same queries pairwise; queries are resampled, and swapped in the test.

    Parameters
    ----------
    systems : mapping of str to Rankings
        At least two, with the same judgements.
    metrics, replicates, seed, data
        As in :func:`claimkit.evaluation.rankings.evaluate_rankings`.
    places : mapping of str to callable, optional
        For each system, from a query to ``path`` and ``line``, for messages.

    Raises
    ------
    DataError, UsageError
        As :func:`claimkit.evaluation.rankings.evaluate_rankings` does, and when there is only one system.

    References
    ----------
    Smucker, Allan and Carterette (2007), A Comparison of Statistical Significance Tests for Information Retrieval Evaluation, CIKM:
    the randomisation test over queries.
    """
    if len(systems) < 2:
        raise UsageError("a comparison needs at least two systems")
    judged: Mapping[str, Collection[str]] = next(iter(systems.values())).relevant
    if any(entry.relevant != judged for entry in systems.values()):
        raise UsageError("the systems are judged by different relevance judgements; compare them on one set of queries")
    places = places or {}
    results = {
        name: evaluate_rankings(
            judged,
            entry.scores,
            metrics=metrics,
            replicates=replicates,
            seed=seed,
            data=data,
            place=places.get(name, lambda _: {}),
        )
        for name, entry in systems.items()
    }
    first = next(iter(results.values()))
    queries = sorted(entry.query for entry in first.queries)
    values = {name: {entry.query: entry.metrics for entry in result.queries} for name, result in results.items()}
    found = []
    for metric in first.metrics:
        columns = {name: np.array([by_query[query][metric] for query in queries]) for name, by_query in values.items()}
        found += [_pair(a, b, metric, columns[a], columns[b], replicates, seed) for a, b in combinations(columns, 2)]
    warnings = []
    for name, result in results.items():
        if result.missing:
            warnings.append(f"{name}: {result.missing} of {result.n} queries have no ranking and count 0")
        warnings += [f"{name}: {warning}" for warning in result.warnings]
    return Comparison(
        n=len(queries),
        data=parse_signature(first.signature).data or "queries",
        clusters={"query": len(queries)},
        family=sum(pair.p is not None for pair in found),
        scores={name: result.metrics for name, result in results.items()},
        pairs=corrected(found),
        warnings=warnings,
        counted="queries",
    )


def _pair(a: str, b: str, metric: str, ours: Floats, theirs: Floats, replicates: int, seed: int) -> Pair:
    estimate = mean_over_queries(ours - theirs, replicates, seed, within=(-1.0, 1.0))
    n = len(ours)
    test = None
    if n > 1:
        test = permutation_test(ours[:, None], theirs[:, None], lambda a, b: (a - b)[:, 0] / n, replicates=replicates, seed=seed)
    return Pair(
        a=a,
        b=b,
        metric=metric,
        difference=estimate.value,
        low=estimate.low,
        high=estimate.high,
        p=test.p if test else None,
        p_holm=None,
        test=test.method.replace("clusters", "queries") if test else estimate.method,
        clusters=n,
        detectable=detectable(estimate),
    )
