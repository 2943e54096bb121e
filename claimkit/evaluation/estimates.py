"""From values and the intervals of one or two plans to one estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence

from claimkit.evaluation.resampling import Plan
from claimkit.evaluation.result import Estimate
from claimkit.stats import wilson_interval

Bounds = tuple[float, float]


def widest(value: float, bounds: Sequence[Bounds], plans: Sequence[Plan]) -> Estimate:
    """Return the estimate with the widest of the intervals that the plans give."""
    if math.isnan(value):
        return Estimate(value=None, method="undefined")
    refusals = [plan.refusal for plan in plans if plan.refusal]
    if refusals:
        return Estimate(value=value, method=refusals[0])
    (low, high), plan = max(
        zip(bounds, plans, strict=True), key=lambda pair: pair[0][1] - pair[0][0] if not math.isnan(pair[0][0]) else -1.0
    )
    if math.isnan(low):
        return Estimate(value=value, method="undefined in more than one in twenty resamples")
    return Estimate(value=value, low=low, high=high, method=f"{plan.name},{plan.interval},{plan.replicates}")


def accuracy_estimate(value: float, n: int, bounds: Sequence[Bounds], plans: Sequence[Plan], runs: int = 1) -> Estimate:
    """Return accuracy with its interval: Wilson where single items are resampled, or where every cluster is alike."""
    estimate = widest(value, bounds, plans)
    if estimate.value is None or any(plan.refusal for plan in plans):
        return estimate
    if len(plans) == 1 and plans[0].key is None and runs == 1:
        low, high = wilson_interval(round(value * n), n)
        return Estimate(value=value, low=low, high=high, method="item,wilson")
    if estimate.low == estimate.high and value in (0.0, 1.0):
        k = min(plan.k or n for plan in plans)
        low, high = wilson_interval(value * k, k)
        return Estimate(value=value, low=low, high=high, method=f"{plans[0].name},wilson over clusters")
    return estimate
