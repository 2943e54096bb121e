"""Comparison of systems on the same items: paired tests by cluster, corrected for their number, and what could have been found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import msgspec
import numpy as np

from claimkit.errors import UsageError
from claimkit.evaluation.resampling import Floats, IntervalKind, Plan, make_plans
from claimkit.evaluation.result import Estimate
from claimkit.evaluation.sample import Codes, Place, join, predicted_codes
from claimkit.evaluation.score import DEFAULT_METRICS, REPLICATES, metrics_for
from claimkit.evaluation.scorer import Scorer
from claimkit.evaluation.signature import data_hash
from claimkit.metrics import LabelMetric, Metric
from claimkit.records import Item, Prediction
from claimkit.schemes import LabelScheme, scheme_of
from claimkit.stats import holm, item_permutation_test, mcnemar_test, permutation_test, smallest_detectable
from claimkit.stats.paired import Test


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two systems on one metric.

    Attributes
    ----------
    a, b, metric : str
    difference : float or None
        Of ``a`` minus ``b``; ``None`` where either is undefined.
    low, high : float or None
        95 % interval.
    p, p_holm : float or None
        Two-sided; the latter corrected for all tests of the comparison. ``None`` where no test can be made, and ``test`` says why.
    test : str
    clusters : int or None
    detectable : float or None
        The true difference that would have been found with a chance of 80 % before correction.
    """

    a: str
    b: str
    metric: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    test: str
    clusters: int | None
    detectable: float | None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The result of comparing systems.

    Attributes
    ----------
    n : int
        Gold items.
    data : str
        Name and hash.
    clusters : dict of str to int
    family : int
        How many tests were made, for which p values are corrected.
    scores : dict of str to (dict of str to Estimate)
        System to metric to score.
    pairs : list of Pair
        Every system with every later one, for every metric.
    warnings : list of str
    counted : str
        What ``n`` counts.
    """

    n: int
    data: str
    clusters: dict[str, int]
    family: int
    scores: dict[str, dict[str, Estimate]]
    pairs: list[Pair]
    warnings: list[str]
    counted: str = "items"


def compare(
    items: Iterable[Item],
    systems: Mapping[str, Iterable[Prediction]],
    *,
    scheme: str | Sequence[str] | LabelScheme | None = None,
    metrics: Sequence[str] = DEFAULT_METRICS,
    cluster: str = "auto",
    interval: IntervalKind = "percentile",
    replicates: int = REPLICATES,
    seed: int = 13,
    data: str | None = None,
    places: Mapping[str, Place] | None = None,
) -> Comparison:
    """Compare systems pairwise on the same gold items.

    Parameters
    ----------
    items : iterable of Item
    systems : mapping of str to iterable of Prediction
        At least two.
    scheme, metrics, cluster, interval, replicates, seed, data
        As in :func:`claimkit.evaluation.evaluate`. With two cluster keys the wider interval and the larger p are reported.
    places : mapping of str to callable, optional
        For each system, from an id to ``path`` and ``line``, for messages.

    Returns
    -------
    Comparison

    Raises
    ------
    DataError, UsageError
        As :func:`claimkit.evaluation.evaluate` does.
    """
    if len(systems) < 2:
        raise UsageError("a comparison needs at least two systems")
    chosen = scheme if isinstance(scheme, LabelScheme) or scheme is None else scheme_of(scheme)
    sample = join(items, [], chosen)
    wanted = _testable(metrics_for(metrics, sample.scheme))
    plans, warnings = make_plans(sample, cluster, replicates, seed, interval)
    name = f"{data or 'items'}@{data_hash(sample.items)}"
    scorer = Scorer(sample, wanted, plans, name, None)
    places = places or {}
    codes = {
        system: predicted_codes(scorer.rows, entries, sample.scheme, place=places.get(system, lambda _: {}))
        for system, entries in systems.items()
    }
    for system, predicted in codes.items():
        missing = int((predicted == len(sample.scheme.labels)).sum())
        if missing:
            warnings.append(f"{system}: {missing} of {sample.n} items have no prediction and count as wrong")
    found = [_pair(scorer, metric, a, b, codes) for metric in wanted for a, b in combinations(codes, 2)]
    return Comparison(
        n=sample.n,
        data=name,
        clusters={plan.key: plan.k for plan in plans if plan.key is not None and plan.k is not None},
        family=sum(pair.p is not None for pair in found),
        scores={system: scorer.scores((predicted,)) for system, predicted in codes.items()},
        pairs=corrected(found),
        warnings=warnings,
    )


def _testable(metrics: Sequence[Metric]) -> list[LabelMetric]:
    for metric in metrics:
        if not isinstance(metric, LabelMetric):
            raise UsageError(f"the metric {metric} is one of probabilities; systems are compared on metrics of labels")
    return [metric for metric in metrics if isinstance(metric, LabelMetric)]


def _pair(scorer: Scorer, metric: LabelMetric, a: str, b: str, codes: Mapping[str, Codes]) -> Pair:
    estimate = scorer.difference(metric, (codes[a],), (codes[b],))
    tests = [_test(scorer, metric, plan, codes[a], codes[b]) for plan in scorer.plans if not plan.refusal]
    test = max(tests, key=lambda entry: entry.p, default=None)
    if estimate.value is None or len(tests) < len(scorer.plans):
        test = None
    return Pair(
        a=a,
        b=b,
        metric=str(metric),
        difference=estimate.value,
        low=estimate.low,
        high=estimate.high,
        p=test.p if test else None,
        p_holm=None,
        test=test.method if test else estimate.method,
        clusters=scorer.plans[0].k,
        detectable=detectable(estimate),
    )


def _test(scorer: Scorer, metric: LabelMetric, plan: Plan, a: Codes, b: Codes) -> Test:
    columns = [scorer.columns(metric, codes, scorer.all_rows) for codes in (a, b)]

    def difference(ours: Floats, theirs: Floats) -> Floats:
        return scorer.value(metric, ours) - scorer.value(metric, theirs)

    if plan.clusters is not None:
        tables = [plan.table(column) for column in columns]
        return permutation_test(tables[0], tables[1], difference, replicates=plan.replicates, seed=plan.seed)
    if metric.name == "accuracy":
        right = [codes == scorer.sample.gold for codes in (a, b)]
        return mcnemar_test(int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum()))
    kinds, counts = np.unique(np.stack([column.codes for column in columns], axis=1), axis=0, return_counts=True)
    ours, theirs = (np.eye(column.size)[kinds[:, index]] for index, column in enumerate(columns))
    return item_permutation_test(counts, ours, theirs, difference, replicates=plan.replicates, seed=plan.seed)


def detectable(difference: Estimate) -> float | None:
    """Return the true difference that would have been found four times in five, from the interval of the one that was seen."""
    if difference.low is None or difference.high is None:
        return None
    return smallest_detectable((difference.high - difference.low) / 3.919927969080108)  # it is 2 · 1.96 standard errors wide


def corrected(pairs: list[Pair]) -> list[Pair]:
    """Return the pairs with p values corrected for the number of tests."""
    tested = [index for index, pair in enumerate(pairs) if pair.p is not None]
    adjusted = dict(zip(tested, holm([pairs[index].p or 0.0 for index in tested]), strict=True)) if tested else {}
    return [
        msgspec.structs.replace(pair, p_holm=float(adjusted[index])) if index in adjusted else pair
        for index, pair in enumerate(pairs)
    ]
