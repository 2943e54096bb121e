"""A number with its uncertainty, from the sums of resampled clusters or of resampled items."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from claimkit.errors import fewer_than
from claimkit.stats.bootstrap import MIN_CLUSTERS, draw_cell_sums, draw_cluster_sums, percentile_interval

Floats: TypeAlias = npt.NDArray[np.float64]
Compute: TypeAlias = Callable[[Floats], Floats]

_CELLS_HELD = 20_000_000  # sums held at a time
_TOO_OFTEN = "undefined in more than one in twenty resamples"


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A number with its uncertainty.

    Attributes
    ----------
    value : float or None
        ``None`` where it is undefined.
    low, high : float or None
        95 % interval; ``None`` where none can be given, and ``method`` says why.
    method : str
    signature : str or None
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    signature: str | None = None


def cluster_estimates(table: npt.NDArray[Any], compute: Compute, *, unit: str, replicates: int, seed: int) -> list[Estimate]:
    """Return values of the sums of a table, with intervals from resampling its rows.

    Parameters
    ----------
    table : array of shape (clusters, columns)
        What each cluster adds to the sums.
    compute : callable
        From sums, an array of shape (rows, columns), to values, an array of shape (rows, values); nan where undefined.
    unit : str
        What a cluster is, such as ``document``.
    replicates, seed : int

    Returns
    -------
    list of Estimate
        One for each value; without interval where there are fewer than :data:`MIN_CLUSTERS` clusters.
    """
    total = np.asarray(table, dtype=np.float64).sum(axis=0, keepdims=True)
    n = len(table)
    if n < MIN_CLUSTERS:
        return _estimates(compute(total)[0], None, fewer_than(MIN_CLUSTERS, n, "cluster", f"of '{unit}'"))
    block = max(1, _CELLS_HELD // max(1, table.shape[1]))
    draws = draw_cluster_sums(table, replicates, seed, min(block, replicates))
    return _estimates(compute(total)[0], _values(draws, compute), f"cluster({unit}),percentile,{replicates}")


def cell_estimates(
    counts: npt.NDArray[Any], columns: npt.NDArray[Any], compute: Compute, *, replicates: int, seed: int
) -> list[Estimate]:
    """Return values of sums over items, with intervals from resampling single items, which are counted by kind.

    Parameters
    ----------
    counts : int array of shape (kinds,)
        How many items there are of each kind.
    columns : array of shape (kinds, columns)
        What one item of the kind adds to the sums.
    compute, replicates, seed
        As in :func:`cluster_estimates`.
    """
    columns = np.asarray(columns, dtype=np.float64)
    found = compute((counts @ columns)[None])[0]
    if counts.sum() < MIN_CLUSTERS:
        return _estimates(found, None, fewer_than(MIN_CLUSTERS, int(counts.sum()), "item"))
    block = max(1, _CELLS_HELD // max(columns.shape))
    draws = (drawn @ columns for drawn in draw_cell_sums(counts, replicates, seed, min(block, replicates)))
    return _estimates(found, _values(draws, compute), f"item,percentile,{replicates}")


def _values(draws: Iterator[Floats], compute: Compute) -> Floats:
    return np.concatenate([compute(sums) for sums in draws])


def _estimates(found: Floats, values: Floats | None, method: str) -> list[Estimate]:
    estimates = []
    for index, value in enumerate(found.tolist()):
        if np.isnan(value):
            estimates.append(Estimate(value=None, method="undefined"))
        elif values is None:
            estimates.append(Estimate(value=value, method=method))
        else:
            low, high = percentile_interval(values[:, index])
            if np.isnan(low):
                estimates.append(Estimate(value=value, method=_TOO_OFTEN))
            else:
                estimates.append(Estimate(value=value, low=low, high=high, method=method))
    return estimates
