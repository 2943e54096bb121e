"""The numbers of one evaluation: systems on a sample, all from the same resamples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

import claimkit
from claimkit.evaluation.estimates import Bounds, accuracy_estimate, widest
from claimkit.evaluation.resampling import Columns, Floats, Plan
from claimkit.evaluation.result import Baseline, Estimate, LabelScores, SeedSpread, Slice
from claimkit.evaluation.sample import Codes, Sample
from claimkit.evaluation.signature import Signature, signed
from claimkit.metrics import LabelMetric, Metric
from claimkit.metrics.labels import precision_recall_f1

SMALL = 30  # items; numbers of fewer are flagged

# What a system says of every item: once for each seed that it was trained with.
System: TypeAlias = tuple[Codes, ...]
Rows: TypeAlias = npt.NDArray[np.bool_]


class Scorer:
    """A sample, the metrics and the resampling plans: what every number of one evaluation has in common.

    A system that was run with several seeds has the mean of its metric over them, and the interval of that mean.
    """

    def __init__(
        self, sample: Sample, metrics: Sequence[LabelMetric], plans: Sequence[Plan], data: str | None, split: str | None
    ) -> None:
        self.sample = sample
        self.metrics = metrics
        self.plans = plans
        self.data = data
        self.split = split
        self.k = len(sample.scheme.labels)
        self.all_rows = np.ones(sample.n, dtype=bool)
        self.rows = {item.id: index for index, item in enumerate(sample.items)}
        names = sample.column("target")
        self.targets = np.unique(np.array([name or "" for name in names]), return_inverse=True)[1].reshape(-1)

    def scores(self, system: System, rows: Rows | None = None) -> dict[str, Estimate]:
        """Return each metric of a system, on all items or on some rows."""
        chosen = self.all_rows if rows is None else rows
        plans = self.plans if rows is None else [plan.restricted(rows) for plan in self.plans]
        columns, (runs,) = self._layout([system], chosen)

        def compute(sums: list[Floats]) -> Floats:
            return self._values(sums, runs)

        values = compute([column.total() for column in columns])[0]
        bounds = [plan.bounds_of(columns, compute) for plan in plans]
        return self._named(values, bounds, plans, int(chosen.sum()), len(system))

    def _layout(self, systems: Sequence[System], rows: Rows) -> tuple[list[Columns], list[list[dict[bool, int]]]]:
        """Return what is counted, and for every run of every system where, without and with the counts by target."""
        columns: list[Columns] = []
        places: list[list[dict[bool, int]]] = []
        kinds = {metric.by_target: metric for metric in self.metrics}
        for system in systems:
            places.append([])
            for codes in system:
                places[-1].append({kind: len(columns) + index for index, kind in enumerate(kinds)})
                columns += [self.columns(metric, codes, rows) for metric in kinds.values()]
        return columns, places

    def _values(self, sums: list[Floats], runs: list[dict[bool, int]]) -> Floats:
        """Return every metric, mean over runs: an array of shape (rows of the sums, metrics)."""
        each = [[self.value(metric, sums[run[metric.by_target]]) for run in runs] for metric in self.metrics]
        return np.stack([np.mean(values, axis=0) for values in each], axis=1)

    def _named(
        self, values: Floats, bounds: Sequence[Sequence[Bounds]], plans: Sequence[Plan], n: int, runs: int
    ) -> dict[str, Estimate]:
        found = {}
        for index, metric in enumerate(self.metrics):
            value, each = float(values[index]), [of_plan[index] for of_plan in bounds]
            if metric.name == "accuracy":
                found[str(metric)] = accuracy_estimate(value, n, each, plans, runs)
            else:
                found[str(metric)] = widest(value, each, plans)
        return found

    def slices(self, system: System, key: str, most: int | None = None) -> list[Slice]:
        """Return the scores for each value of a key, or for the ``most`` largest, the largest first."""
        values = np.array([value or "" for value in self.sample.column(key)])
        names, counts = np.unique(values, return_counts=True)
        order = sorted((-int(n), str(name)) for name, n in zip(names, counts, strict=True) if name)
        return [
            Slice(key=key, value=name, n=-negative, small=-negative < SMALL, metrics=self.scores(system, values == name))
            for negative, name in order[:most]
        ]

    def baseline(self, name: str, system: System, baseline: System) -> Baseline:
        """Return the scores of a baseline, and the lift of the system over it from the same resamples."""
        columns, (theirs, ours) = self._layout([baseline, system], self.all_rows)
        m = len(self.metrics)

        def compute(sums: list[Floats]) -> Floats:
            found = self._values(sums, theirs)
            return np.concatenate([found, self._values(sums, ours) - found], axis=1)

        values = compute([column.total() for column in columns])[0]
        bounds = [plan.bounds_of(columns, compute) for plan in self.plans]
        lift = {
            str(metric): widest(float(values[m + index]), [of_plan[m + index] for of_plan in bounds], self.plans)
            for index, metric in enumerate(self.metrics)
        }
        scores = self._named(values[:m], [of_plan[:m] for of_plan in bounds], self.plans, self.sample.n, len(baseline))
        return Baseline(name=name, metrics=scores, lift=lift)

    def difference(self, metric: LabelMetric, a: System, b: System) -> Estimate:
        """Return by how much one system exceeds another, with an interval from the same resamples of both."""
        columns = [self.columns(metric, codes, self.all_rows) for system in (a, b) for codes in system]
        split = len(a)

        def compute(sums: list[Floats]) -> Floats:
            values = np.stack([self.value(metric, part) for part in sums], axis=1)
            gap: Floats = values[:, :split].mean(axis=1) - values[:, split:].mean(axis=1)
            return gap[:, None]

        value = float(compute([column.total() for column in columns])[0, 0])
        return widest(value, [plan.bounds_of(columns, compute)[0] for plan in self.plans], self.plans)

    def seeds(self, system: System) -> dict[str, SeedSpread] | None:
        """Return how each metric varies over the seeds of a system; ``None`` where there is one."""
        if len(system) < 2:
            return None
        found = {}
        for metric in self.metrics:
            values = [float(self.value(metric, self.columns(metric, codes, self.all_rows).total())[0]) for codes in system]
            found[str(metric)] = SeedSpread.of(values)
        return found

    def per_label(self, system: System) -> dict[str, LabelScores]:
        """Return precision, recall and F1 of each label."""
        k = self.k
        columns = [self._confusion_column(codes, self.all_rows) for codes in system]

        def compute(sums: list[Floats]) -> Floats:
            each = [np.concatenate(precision_recall_f1(part.reshape(-1, k, k + 1)), axis=-1) for part in sums]
            mean: Floats = np.mean(each, axis=0)
            return mean

        values = compute([column.total() for column in columns])[0]
        bounds = [plan.bounds_of(columns, compute) for plan in self.plans]
        estimates = [widest(float(values[index]), [each[index] for each in bounds], self.plans) for index in range(3 * k)]
        gold = np.bincount(self.sample.gold, minlength=k)
        predicted = np.bincount(np.concatenate(system), minlength=k + 1)
        return {
            label: LabelScores(
                n=int(gold[index]),
                predicted=int(predicted[index]),
                precision=estimates[index],
                recall=estimates[k + index],
                f1=estimates[2 * k + index],
            )
            for index, label in enumerate(self.sample.scheme.labels)
        }

    def signed(self, metric: Metric, estimate: Estimate, runs: int = 1) -> Estimate:
        """Return an estimate with its signature."""
        plan = self.plans[0]
        signature = Signature(
            metric=str(metric),
            labels=self.sample.scheme.labels,
            average=metric.average if isinstance(metric, LabelMetric) else None,
            data=self.data,
            split=self.split,
            seed=plan.seed,
            runs=runs if runs > 1 else None,
            n=self.sample.n,
            clusters=plan.k,
            version=claimkit.__version__,
        )
        return signed(estimate, signature)

    def columns(self, metric: LabelMetric, predicted: Codes, rows: Rows) -> Columns:
        """Return what a metric counts of some rows."""
        column = self._confusion_column(predicted, rows)
        if not metric.by_target:
            return column
        _, targets = np.unique(self.targets[rows], return_inverse=True)
        targets = targets.reshape(-1)
        return Columns(targets * column.size + column.codes, column.size * (int(targets.max(initial=0)) + 1))

    def value(self, metric: LabelMetric, sums: Floats) -> Floats:
        """Return a metric of summed counts: an array of shape (rows of ``sums``,)."""
        shape = (len(sums), -1, self.k, self.k + 1) if metric.by_target else (len(sums), self.k, self.k + 1)
        return metric.compute(sums.reshape(shape), self.sample.scheme)

    def _confusion_column(self, predicted: Codes, rows: Rows) -> Columns:
        return Columns((self.sample.gold * (self.k + 1) + predicted)[rows], self.k * (self.k + 1))
