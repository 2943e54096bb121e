"""The bootstrap over items and over clusters, of counts rather than of rows, so that one serves any number of metrics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

# With fewer, intervals that resample clusters are far too narrow: Cameron, Gelbach and Miller (2008), Review of Economics and
# Statistics 90, section IV.
MIN_CLUSTERS = 10
_DRAWS_HELD = 4_000_000


def draw_cell_sums(counts: npt.NDArray[Any], replicates: int, seed: int, block: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the cell counts of resampled items, at most ``block`` resamples at a time.

    Resampling n items with replacement and counting them by cell is one multinomial draw, whatever n is.

    Parameters
    ----------
    counts : int array of shape (cells,)
        How many items fall into each cell.
    replicates, seed, block : int
        The numbers drawn do not depend on ``block``.

    Yields
    ------
    int array of shape (at most block, cells)
        Each row sums to ``counts.sum()``.

    References
    ----------
    Efron (1979), Bootstrap Methods: Another Look at the Jackknife, Annals of Statistics 7.
    """
    n = int(counts.sum())
    if n == 0:
        raise ValueError("counts must hold at least one item. Got none.")
    rng = np.random.default_rng(seed)
    for start in range(0, replicates, block):
        yield rng.multinomial(n, counts / n, size=min(block, replicates - start))


def draw_cluster_sums(counts: npt.NDArray[Any], replicates: int, seed: int, block: int) -> Iterator[npt.NDArray[np.float64]]:
    """Yield the summed counts of resampled clusters, at most ``block`` resamples at a time.

    Parameters
    ----------
    counts : array of shape (clusters, cells)
        How many items of each cluster fall into each cell.
    replicates, seed, block : int
        The numbers drawn do not depend on ``block``.

    Yields
    ------
    array of shape (at most block, cells)
        Sums over as many clusters as there are, drawn with replacement.

    References
    ----------
    Field and Welsh (2007), Bootstrapping Clustered Data, Journal of the Royal Statistical Society B 69.
    """
    clusters = counts.shape[0]
    if clusters == 0:
        raise ValueError("counts must hold at least one cluster. Got none.")
    rng = np.random.default_rng(seed)
    table = np.asarray(counts, dtype=np.float64)
    block = max(1, min(block, _DRAWS_HELD // clusters))
    for start in range(0, replicates, block):
        rows = min(block, replicates - start)
        drawn = rng.integers(0, clusters, size=(rows, clusters))
        drawn += np.arange(rows)[:, None] * clusters
        weights = np.bincount(drawn.ravel(), minlength=rows * clusters).reshape(rows, clusters)
        yield weights.astype(np.float64) @ table


def percentile_interval(values: npt.NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of bootstrap values.

    Parameters
    ----------
    values : array of shape (replicates,)
        Undefined ones are nan.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    low, high : float
        nan where more than one in twenty values is undefined: an interval of the rest would be about other data.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1. Got {level}.")
    defined = values[~np.isnan(values)]
    if defined.size < 0.95 * values.size or not defined.size:
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def bca_interval(
    values: npt.NDArray[np.float64],
    value: float,
    jackknife: npt.NDArray[np.float64],
    weights: npt.NDArray[Any] | None = None,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return the bias-corrected and accelerated interval of bootstrap values.

    Parameters
    ----------
    values : array of shape (replicates,)
        Undefined ones are nan.
    value : float
        Of the data themselves.
    jackknife : array of shape (units,)
        The value without each resampled unit (item or cluster) in turn.
    weights : array of shape (units,), optional
        How many units each entry of ``jackknife`` stands for; default 1.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    low, high : float
        nan where :func:`percentile_interval` gives nan.

    References
    ----------
    Efron (1987), Better Bootstrap Confidence Intervals, JASA 82, equations 2.3 and 6.6.
    """
    low, high = percentile_interval(values, level)
    if np.isnan(low) or low == high:
        return low, high
    defined = values[~np.isnan(values)]
    below = (np.sum(defined < value) + 0.5 * np.sum(defined == value)) / defined.size
    below = min(max(below, 1 / (defined.size + 1)), defined.size / (defined.size + 1))
    shift = ndtri(below)
    known = ~np.isnan(jackknife)
    share = np.ones(jackknife.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    centred = np.average(jackknife[known], weights=share[known]) - jackknife[known]
    squares = float((share[known] * centred**2).sum())
    acceleration = 0.0 if squares == 0 else float((share[known] * centred**3).sum()) / (6 * squares**1.5)
    ends = shift + ndtri([(1 - level) / 2, (1 + level) / 2])
    low, high = np.quantile(defined, ndtr(shift + ends / (1 - acceleration * ends)))
    return float(low), float(high)
