"""Intervals of proportions."""

from __future__ import annotations

import math

from scipy.special import ndtri


def wilson_interval(successes: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion.

    Parameters
    ----------
    successes, n : float
        Counts, ``0 <= successes <= n``.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    low, high : float
        In [0, 1]; nan for ``n = 0``.

    References
    ----------
    Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference, JASA 22.

    Examples
    --------
    >>> low, high = wilson_interval(894, 1249)
    >>> round(low, 6), round(high, 6)
    (0.690126, 0.740096)
    """
    if not 0 <= successes <= max(n, 0):
        raise ValueError(f"successes must lie between 0 and n. Got {successes} of {n}.")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1. Got {level}.")
    if n == 0:
        return math.nan, math.nan
    z = float(ndtri((1 + level) / 2))
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # at the ends the bound is exactly 0 or 1; the two terms above leave a rounding error there
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return low, high
