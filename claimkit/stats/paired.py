"""Paired tests of two systems on the same items: swap their answers cluster by cluster and see how often chance does as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri
from scipy.stats import binomtest

Floats = npt.NDArray[np.float64]
Difference = Callable[[Floats, Floats], Floats]

EXACT_UP_TO = 14  # clusters; 2 ** 14 ways to swap are fewer than two rounds of random ones
_CELLS_HELD = 20_000_000
_TIE = 1e-12  # two ways to add the same numbers may differ in the last digits


class Test(NamedTuple):
    """A p value and how it was found.

    Attributes
    ----------
    p : float
        Two-sided, in (0, 1].
    method : str
    """

    p: float
    method: str


def permutation_test(
    a: npt.NDArray[Any], b: npt.NDArray[Any], difference: Difference, *, replicates: int = 10_000, seed: int = 13
) -> Test:
    """Test whether two systems differ, by swapping their answers in whole clusters.

    Under the null hypothesis the two answers to a cluster could as well have come from the other system. Every way to swap clusters
    is looked at where there are at most :data:`EXACT_UP_TO` of them, else ``replicates`` random ways.

    Parameters
    ----------
    a, b : arrays of shape (clusters, cells)
        Counts of the two systems in each cluster.
    difference : callable
        From the summed counts of both, arrays of shape (ways, cells), to the difference of the metric, an array of shape (ways,).
    replicates, seed : int

    Returns
    -------
    Test
        ``p`` counts the ways whose difference is at least as far from zero as the one found, itself included.

    References
    ----------
    Noreen (1989), Computer-Intensive Methods for Testing Hypotheses, chapter 2; Dror et al. (2018), The Hitchhiker's Guide to
    Testing Statistical Significance in NLP, ACL. Whole clusters: Winkler et al. (2015), NeuroImage 123.
    """
    if a.shape != b.shape or a.ndim != 2 or not len(a):
        raise ValueError(f"a and b must have the same shape (clusters, cells). Got {a.shape} and {b.shape}.")
    clusters = len(a)
    is_exact = clusters <= EXACT_UP_TO
    total, both, change = a.sum(axis=0, dtype=np.float64), (a + b).sum(axis=0, dtype=np.float64), (b - a).astype(np.float64)
    found = abs(float(difference(total[None], (both - total)[None])[0]))
    extreme, ways = 0, 0
    for swaps in _all_swaps(clusters) if is_exact else _random_swaps(clusters, replicates, seed, a.shape[1]):
        ours = total + swaps @ change
        extreme += int((np.abs(difference(ours, both - ours)) >= found - _TIE).sum())
        ways += len(swaps)
    if is_exact:
        return Test(extreme / ways, f"permutation of {clusters} clusters,exact")
    return Test((extreme + 1) / (ways + 1), f"permutation of {clusters} clusters,{ways}")


def item_permutation_test(
    counts: npt.NDArray[Any], a: Floats, b: Floats, difference: Difference, *, replicates: int = 10_000, seed: int = 13
) -> Test:
    """Test whether two systems differ, by swapping their answers item by item; for items that do not depend on each other.

    Parameters
    ----------
    counts : int array of shape (kinds,)
        How many items there are of each kind; items are of one kind when gold label and both answers are the same.
    a, b : arrays of shape (kinds, cells)
        What one item of the kind adds to the counts of each system.
    difference, replicates, seed
        As in :func:`permutation_test`.
    """
    rng = np.random.default_rng(seed)
    total, both, change = counts @ a, counts @ (a + b), b - a
    found = abs(float(difference(total[None], (both - total)[None])[0]))
    extreme, block = 0, max(1, _CELLS_HELD // max(a.shape))
    for start in range(0, replicates, block):
        swapped = rng.binomial(counts, 0.5, size=(min(block, replicates - start), len(counts)))
        ours = total + swapped @ change
        extreme += int((np.abs(difference(ours, both - ours)) >= found - _TIE).sum())
    return Test((extreme + 1) / (replicates + 1), f"permutation of {int(counts.sum())} items,{replicates}")


def _all_swaps(clusters: int) -> Iterator[Floats]:
    yield ((np.arange(2**clusters)[:, None] >> np.arange(clusters)) & 1).astype(np.float64)


def _random_swaps(clusters: int, replicates: int, seed: int, cells: int) -> Iterator[Floats]:
    rng = np.random.default_rng(seed)
    block = max(1, _CELLS_HELD // max(clusters, cells))
    for start in range(0, replicates, block):
        yield rng.integers(0, 2, size=(min(block, replicates - start), clusters)).astype(np.float64)


def mcnemar_test(only_a: int, only_b: int) -> Test:
    """Test whether two systems are right equally often, from the items on which just one of them is.

    Parameters
    ----------
    only_a, only_b : int
        Items that only the first, and only the second, got right.

    References
    ----------
    McNemar (1947), Psychometrika 12; exact binomial form.

    Examples
    --------
    >>> round(mcnemar_test(288, 221).p, 4)
    0.0034
    """
    if only_a < 0 or only_b < 0:
        raise ValueError(f"counts must not be negative. Got {only_a} and {only_b}.")
    if only_a + only_b == 0:
        return Test(1.0, "McNemar,exact")
    return Test(float(binomtest(only_a, only_a + only_b, 0.5).pvalue), "McNemar,exact")


def holm(p: npt.ArrayLike) -> Floats:
    """Return p values adjusted so that the chance of any false finding in the family stays below the level.

    References
    ----------
    Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03, 0.005]).round(4).tolist()
    [0.03, 0.06, 0.06, 0.02]
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    steps = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def benjamini_hochberg(p: npt.ArrayLike) -> Floats:
    """Return p values adjusted so that the expected share of false findings among the findings stays below the level.

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.005]).round(4).tolist()
    [0.02, 0.04, 0.04, 0.02]
    """
    values = np.asarray(p, dtype=np.float64)
    n = len(values)
    order = np.argsort(values, kind="stable")[::-1]
    steps = np.minimum.accumulate(values[order] * n / np.arange(n, 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def smallest_detectable(standard_error: float, *, level: float = 0.05, power: float = 0.8) -> float:
    """Return the true difference that a two-sided test would find with the given power.

    Parameters
    ----------
    standard_error : float
        Of the difference.
    level, power : float
        In (0, 1).

    References
    ----------
    Card et al. (2020), With Little Power Comes Great Responsibility, EMNLP, section 2.
    """
    if not 0 < level < 1 or not 0 < power < 1:
        raise ValueError(f"level and power must lie between 0 and 1. Got {level} and {power}.")
    return float((ndtri(1 - level / 2) + ndtri(power)) * standard_error)
