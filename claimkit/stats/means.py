"""Intervals of means of few values."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

from scipy.special import stdtrit


def t_interval(values: Iterable[float], level: float = 0.95) -> tuple[float, float]:
    """Return Student's interval of the mean of independent values.

    Parameters
    ----------
    values : iterable of float
    level : float
        Coverage, in (0, 1), where the values are normally distributed.

    Returns
    -------
    low, high : float
        nan for fewer than two values.

    References
    ----------
    Student (1908), The Probable Error of a Mean, Biometrika 6.

    Examples
    --------
    >>> low, high = t_interval([0.70, 0.72, 0.71])
    >>> round(low, 4), round(high, 4)
    (0.6852, 0.7348)
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1. Got {level}.")
    known = [float(value) for value in values]
    n = len(known)
    if n < 2:
        return math.nan, math.nan
    mean = statistics.fmean(known)
    half = float(stdtrit(n - 1, (1 + level) / 2)) * statistics.stdev(known) / math.sqrt(n)
    return mean - half, mean + half
