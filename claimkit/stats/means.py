"""Intervals of means of few values."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit


def t_interval(values: npt.NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Return Student's interval of a mean, which holds for few values where resampling them gives too narrow a one.

    Parameters
    ----------
    values : array of shape (n,)
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    low, high : float
        nan for fewer than two values.

    References
    ----------
    Student (1908), The Probable Error of a Mean, Biometrika 6; for few clusters: Cameron, Gelbach and Miller (2008), Review of
    Economics and Statistics 90, section III.

    Examples
    --------
    >>> [round(bound, 3) for bound in t_interval(np.array([1.0, 2.0, 3.0]))]
    [-0.484, 4.484]
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1. Got {level}.")
    n = len(values)
    if n < 2:
        return math.nan, math.nan
    half = float(stdtrit(n - 1, (1 + level) / 2)) * float(values.std(ddof=1)) / math.sqrt(n)
    mean = float(values.mean())
    return mean - half, mean + half
