"""Whether the probabilities of a classifier mean what they say, and what it gains by answering only where it is sure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from claimkit.errors import DataError, suggest
from claimkit.evaluation.resampling import Columns, Floats, Plan
from claimkit.evaluation.result import Calibration, CoveragePoint, Estimate, ReliabilityBin
from claimkit.evaluation.sample import Place, Sample
from claimkit.evaluation.scorer import System
from claimkit.metrics import ProbabilityMetric
from claimkit.metrics.calibration import Bins, bin_by_confidence, brier_of, calibration_error
from claimkit.records import Prediction
from claimkit.schemes import LabelScheme
from claimkit.stats import percentile_interval

BINS = 10
_SUM_TOLERANCE = 1e-3
_COVERAGES = 20


def probabilities_of(
    rows: Mapping[str, int], predictions: Iterable[Prediction], scheme: LabelScheme, mapping: Mapping[str, str], place: Place
) -> Floats:
    """Return the predicted probabilities in the order of the gold rows: an array of shape (n, labels), nan where there are none.

    Raises
    ------
    DataError
        When probabilities do not sum to one, or name a label outside the scheme.
    """
    codes = {label: index for index, label in enumerate(scheme.labels)}
    table = np.full((len(rows), len(codes)), np.nan)
    for entry in predictions:
        if not entry.probabilities or entry.id not in rows:
            continue
        total = sum(entry.probabilities.values())
        if abs(total - 1) > _SUM_TOLERANCE:
            message = f"the probabilities of '{entry.id}' sum to {total:.4f}, not to 1"
            raise DataError(message, code="probabilities-sum", **place(entry.id))
        shares = np.zeros(len(codes))
        for label, share in entry.probabilities.items():
            image = mapping.get(label, label)
            if image not in codes:
                near = suggest(label, scheme.labels)
                named = f"the probabilities of '{entry.id}' name the label '{label}'"
                message = f"{named}, which is not one of {', '.join(scheme.labels)}{'; ' + near if near else ''}"
                raise DataError(message, code="stance-not-in-scheme", **place(entry.id))
            shares[codes[image]] += share
        table[rows[entry.id]] = shares
    return table


def probability_estimate(
    metric: ProbabilityMetric, sample: Sample, system: System, probabilities: Sequence[Floats], plans: Sequence[Plan]
) -> Estimate:
    """Return a metric of probabilities; over several runs, of their items together.

    Raises
    ------
    DataError
        When a prediction has no probabilities, or an item no prediction.
    """
    pooled = _Pooled(sample, system, probabilities, plans)
    lacking = int((~pooled.known).sum())
    if lacking:
        first = sample.items[int(np.flatnonzero(~pooled.known)[0]) % sample.n].id
        raise DataError(
            f"the metric {metric} needs probabilities, and {lacking} of {len(pooled.known)} items have none (first: '{first}'); "
            'write them as "probabilities": {label: share} in the predictions, or leave the metric out',
            code="missing-key",
        )
    found = metric.measure(pooled.table, pooled.gold, pooled.predicted, **metric.parameters)
    if isinstance(found, Bins):
        return _error(found, pooled.predicted == pooled.gold, pooled.plans)
    return _mean(found, pooled.plans)


class _Pooled:
    """The items of all runs that have probabilities, one below the other; the clusters of an item are the same in each run."""

    def __init__(self, sample: Sample, system: System, probabilities: Sequence[Floats], plans: Sequence[Plan]) -> None:
        table = np.concatenate(list(probabilities))
        self.known = ~np.isnan(table[:, 0])
        self.table = table[self.known]
        self.gold = np.tile(sample.gold, len(system))[self.known]
        self.predicted = np.concatenate(system)[self.known]
        self.plans = [plan.repeated(len(system), sample.n).restricted(self.known) for plan in plans]


def calibration_of(sample: Sample, system: System, probabilities: Sequence[Floats], plans: Sequence[Plan]) -> Calibration | None:
    """Return the calibration of the items that have probabilities; ``None`` where none has."""
    pooled = _Pooled(sample, system, probabilities, plans)
    if not pooled.known.any():
        return None
    table, gold, predicted, parts = pooled.table, pooled.gold, pooled.predicted, pooled.plans
    confidence = table[np.arange(len(table)), predicted]
    correct = predicted == gold
    bins = bin_by_confidence(confidence, correct, BINS, "mass")
    filled = np.flatnonzero(bins.counts)
    return Calibration(
        n=len(table),
        brier=_mean(brier_of(table, gold), parts),
        ece=_error(bins, correct, parts),
        ece_width=_error(bin_by_confidence(confidence, correct, BINS, "width"), correct, parts),
        reliability=[
            ReliabilityBin(
                low=float(bins.edges[index]),
                high=float(bins.edges[index + 1]),
                n=int(bins.counts[index]),
                confidence=float(bins.confidence[index]),
                accuracy=float(bins.accuracy[index]),
            )
            for index in filled
        ],
        coverage=_coverage(confidence, correct),
    )


def _coverage(confidence: Floats, correct: npt.NDArray[np.bool_]) -> list[CoveragePoint]:
    order = np.argsort(-confidence, kind="stable")
    right = np.cumsum(correct[order])
    ends = sorted({max(1, round(len(order) * step / _COVERAGES)) for step in range(1, _COVERAGES + 1)})
    return [
        CoveragePoint(coverage=end / len(order), accuracy=float(right[end - 1] / end), confidence=float(confidence[order[end - 1]]))
        for end in ends
    ]


def _mean(values: Floats, plans: Sequence[Plan]) -> Estimate:
    """Return the mean of per-item values; its interval over clusters, or the normal one over items."""
    value = float(values.mean())
    found = []
    for plan in plans:
        if plan.refusal:
            return Estimate(value=value, method=plan.refusal)
        if plan.clusters is None:
            half = 1.959963984540054 * float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else float("nan")
            found.append((value - half, value + half, "item,normal"))
            continue
        low, high = percentile_interval(plan.means_of(values))
        found.append((low, high, f"{plan.name},percentile,{plan.replicates}"))
    low, high, method = max(found, key=lambda entry: entry[1] - entry[0])
    if np.isnan(low):
        return Estimate(value=value, method="one item has no interval")
    return Estimate(value=value, low=low, high=high, method=method)


def _error(bins: Bins, correct: npt.NDArray[np.bool_], plans: Sequence[Plan]) -> Estimate:
    """Return the expected calibration error; its bins and their mean confidence stay as they are in resamples."""
    size = len(bins.counts)
    value = float(calibration_error(bins.counts, bins.accuracy - bins.confidence))
    column = Columns(bins.of * 2 + correct, 2 * size)

    def compute(sums: list[Floats]) -> Floats:
        cells = sums[0].reshape(-1, size, 2)
        counts = cells.sum(axis=-1)
        accuracy = np.divide(cells[..., 1], counts, out=np.zeros_like(counts), where=counts > 0)
        return calibration_error(counts, accuracy - np.nan_to_num(bins.confidence))[:, None]

    found = []
    for plan in plans:
        if plan.refusal:
            return Estimate(value=value, method=plan.refusal)
        low, high = percentile_interval(plan.intervals_of([column], compute)[:, 0])
        found.append((low, high, f"{plan.name},percentile,{plan.replicates}"))
    low, high, method = max(found, key=lambda entry: entry[1] - entry[0])
    return Estimate(value=value, low=low, high=high, method=method)
