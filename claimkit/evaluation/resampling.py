"""One resampling of the rows from which all numbers of an evaluation take their intervals, so that they can be compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from claimkit.errors import UsageError, fewer_than
from claimkit.evaluation.sample import Codes, Sample
from claimkit.stats import MIN_CLUSTERS, bca_interval, draw_cell_sums, draw_cluster_sums, percentile_interval

# Rows that share one of these depend on each other wherever it is present; the first one found is used.
DEFAULT_CLUSTER_KEYS = ("document", "thread", "body", "event", "claim")
_CELLS_HELD = 40_000_000  # counts held at a time
_CELLS_COUNTED = 4_000_000  # combinations up to which all are counted, also those that do not occur

Floats = npt.NDArray[np.float64]
Compute: TypeAlias = Callable[[list[Floats]], Floats]
IntervalKind: TypeAlias = Literal["percentile", "bca"]


@dataclass(frozen=True)
class Columns:
    """What is counted: a category for every row, out of ``size``."""

    codes: Codes
    size: int

    def total(self) -> Floats:
        """Return the counts over all rows: an array of shape (1, size)."""
        return np.bincount(self.codes, minlength=self.size)[None, :].astype(np.float64)


@dataclass(frozen=True)
class Plan:
    """How intervals are made: over the clusters of a key, or over single items where ``key`` is ``None``.

    Attributes
    ----------
    key : str or None
    clusters : int array of shape (n,) or None
    k : int or None
        How many clusters there are.
    refusal : str or None
        Why there is no interval.
    interval : {"percentile", "bca"}
    """

    key: str | None
    clusters: Codes | None
    k: int | None
    replicates: int
    seed: int
    refusal: str | None = None
    interval: IntervalKind = "percentile"

    @property
    def name(self) -> str:
        """What is resampled, for the signature."""
        return "item" if self.key is None else f"cluster({self.key})"

    def restricted(self, rows: npt.NDArray[np.bool_]) -> Plan:
        """Return the plan for a part of the rows."""
        if self.clusters is None:
            return self
        _, codes = np.unique(self.clusters[rows], return_inverse=True)
        return replace(self, **_clusters(self.key, codes.reshape(-1)))

    def repeated(self, times: int, n: int) -> Plan:
        """Return the plan for rows that stand one below the other several times; an item is then a cluster of its own rows."""
        if times == 1:
            return self
        codes = np.arange(n) if self.clusters is None else self.clusters
        return replace(self, **_clusters(self.key or "item", np.tile(codes, times)))

    def table(self, column: Columns) -> Floats:
        """Return the counts of each cluster: an array of shape (clusters, size).

        Raises
        ------
        ValueError
            When single items are resampled.
        """
        if self.clusters is None or self.k is None:
            raise ValueError("a plan over single items has no clusters")
        table = np.zeros((self.k, column.size))
        np.add.at(table, (self.clusters, column.codes), 1.0)
        return table

    def intervals_of(self, columns: Sequence[Columns], compute: Compute) -> Floats:
        """Return ``compute`` on the sums of every resample: an array of shape (replicates, values).

        Parameters
        ----------
        columns : sequence of Columns
        compute : callable
            From one array of shape (rows, size) for each of the columns to an array of shape (rows, values).
        """
        return np.concatenate([compute(sums) for sums in self._sums(columns)])

    def bounds_of(self, columns: Sequence[Columns], compute: Compute) -> list[tuple[float, float]]:
        """Return the 95 % interval of each value that ``compute`` gives; nan where the plan refuses one, or it is undefined."""
        if self.refusal:
            shape = compute([np.zeros((1, column.size)) for column in columns]).shape[1]
            return [(np.nan, np.nan)] * shape
        values = self.intervals_of(columns, compute)
        if self.interval == "percentile":
            return [percentile_interval(values[:, index]) for index in range(values.shape[1])]
        found = compute([column.total() for column in columns])[0]
        without, weights = self._without_each(columns, compute)
        return [bca_interval(values[:, index], float(found[index]), without[:, index], weights) for index in range(values.shape[1])]

    def _without_each(self, columns: Sequence[Columns], compute: Compute) -> tuple[Floats, Floats]:
        """Return the values without each resampled unit in turn, and how many units each row stands for."""
        ends = np.cumsum([column.size for column in columns])
        if self.clusters is None or self.k is None:
            cells, counts = _cells(columns)
            table = np.concatenate([_one_hot(cells[:, index], column.size) for index, column in enumerate(columns)], axis=1)
            weights = counts.astype(np.float64)
        else:
            table = np.concatenate([self.table(column) for column in columns], axis=1)
            weights = np.ones(self.k)
        total = np.concatenate([column.total() for column in columns], axis=1)
        block = max(1, _CELLS_HELD // int(ends[-1]))
        parts = [
            compute(np.split(total - table[start : start + block], ends[:-1], axis=1)) for start in range(0, len(table), block)
        ]
        return np.concatenate(parts), weights

    def means_of(self, values: Floats) -> Floats:
        """Return the mean of per-item values in each resample of clusters: an array of shape (replicates,)."""
        if self.clusters is None or self.k is None:
            raise ValueError("a plan over single items has no clusters")
        sums, counts = np.bincount(self.clusters, weights=values, minlength=self.k), np.bincount(self.clusters, minlength=self.k)
        table = np.stack([sums, counts], axis=1)
        return np.concatenate(
            [drawn[:, 0] / drawn[:, 1] for drawn in draw_cluster_sums(table, self.replicates, self.seed, self.replicates)]
        )

    def _sums(self, columns: Sequence[Columns]) -> Iterator[list[Floats]]:
        sizes = [column.size for column in columns]
        ends = np.cumsum(sizes)
        block = max(1, min(self.replicates, _CELLS_HELD // int(ends[-1])))
        if self.clusters is None or self.k is None:
            cells, counts = _cells(columns)
            projections = [_one_hot(cells[:, index], size) for index, size in enumerate(sizes)]
            for drawn in draw_cell_sums(counts, self.replicates, self.seed, block):
                weights = drawn.astype(np.float64)
                yield [weights @ projection for projection in projections]
            return
        table = np.concatenate([self.table(column) for column in columns], axis=1)
        for sums in draw_cluster_sums(table, self.replicates, self.seed, block):
            yield np.split(sums, ends[:-1], axis=1)


def _cells(columns: Sequence[Columns]) -> tuple[Codes, Codes]:
    """Return the combinations of codes that occur, an array of shape (cells, columns), and how many rows have each."""
    sizes = [column.size for column in columns]
    if math.prod(sizes) <= _CELLS_COUNTED:
        joint = np.ravel_multi_index(tuple(column.codes for column in columns), sizes) if len(sizes) > 1 else columns[0].codes
        counts = np.bincount(joint)
        found = np.flatnonzero(counts)
        return np.stack(np.unravel_index(found, sizes), axis=1), counts[found]
    cells, counts = np.unique(np.stack([column.codes for column in columns], axis=1), axis=0, return_counts=True)
    return cells, counts


def _one_hot(codes: Codes, size: int) -> Floats:
    table = np.zeros((codes.size, size))
    table[np.arange(codes.size), codes] = 1.0
    return table


def make_plans(
    sample: Sample, cluster: str, replicates: int, seed: int, interval: IntervalKind = "percentile"
) -> tuple[list[Plan], list[str]]:
    """Return the plans that a wish for clusters leads to, and what should be said about them.

    Parameters
    ----------
    sample : Sample
    cluster : str
        A group key; two, as in ``"document,target"`` (the wider interval is reported); ``"none"`` for single items; ``"auto"``
        for the first of :data:`DEFAULT_CLUSTER_KEYS` that the items have.
    replicates, seed : int
    interval : {"percentile", "bca"}

    Raises
    ------
    UsageError
        When no item has the key.
    """
    if interval not in ("percentile", "bca"):
        raise UsageError(f"the interval must be percentile or bca, found '{interval}'")
    present = sample.group_keys()
    single = Plan(None, None, None, replicates, seed, interval=interval)
    if cluster == "none":
        return [single], []
    if cluster == "auto":
        found = next((key for key in DEFAULT_CLUSTER_KEYS if key in present), None)
        if found is None:
            return [single], []
        keys = [found]
    else:
        keys = [part.strip() for part in cluster.split(",")]
    plans, warnings = [], []
    for key in keys:
        sample.check_key(key, "; 'none' resamples single items")
        values = sample.column(key)
        alone = sum(value is None for value in values)
        if alone:
            warnings.append(f"{alone} of {sample.n} items have no '{key}'; each counts as a cluster of its own")
        names = [f"{index}" if value is None else f"={value}" for index, value in enumerate(values)]
        _, codes = np.unique(np.array(names), return_inverse=True)
        plan = replace(single, **_clusters(key, codes.reshape(-1)))
        plans.append(plan)
        if plan.refusal:
            hint = "the cluster 'none' would resample single items, as if they did not depend on each other"
            warnings.append(f"no interval: {plan.refusal}; {hint}")
    return plans, warnings


def _clusters(key: str | None, codes: Codes) -> dict[str, Any]:
    k = int(codes.max()) + 1 if codes.size else 0
    refusal = fewer_than(MIN_CLUSTERS, k, "cluster", f"of '{key}'") if k < MIN_CLUSTERS else None
    return {"key": key, "clusters": codes, "k": k, "refusal": refusal}
