"""Two uncertainties of a score, side by side: another seed, and another sample of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from claimkit.stats import t_interval

if TYPE_CHECKING:
    from claimkit.evaluation.result import Estimate, SeedSpread

_NORMAL = 2 * 1.959963984540054  # standard errors in the width of a 95 % interval


class Uncertainty(msgspec.Struct, frozen=True, kw_only=True):
    """How far a score may be off for either reason.

    Attributes
    ----------
    runs : int
    low, high : float or None
        95 % interval of the mean over seeds (Student's t): what other seeds would change, the rows being these.
    sd_seeds : float or None
        Standard deviation of one run over seeds.
    se_rows : float or None
        Standard error of the score over rows: the width of its resampled interval, divided by 3.92. What other rows would change,
        the runs being these.
    larger : {"seeds", "rows"} or None
        Which of the two is larger for a single run.
    times : float or None
        How many times the larger is the smaller; ``None`` where the smaller is 0.
    """

    runs: int
    low: float | None
    high: float | None
    sd_seeds: float | None
    se_rows: float | None
    larger: str | None
    times: float | None

    @property
    def words(self) -> str:
        """Which uncertainty is larger, and how many times; a dash where one of the two is unknown."""
        if self.larger is None:
            return "–"
        return self.larger if self.times is None else f"{self.larger}, {self.times:.1f} ×"


def uncertainty_of(spread: SeedSpread, estimate: Estimate) -> Uncertainty:
    """Return the uncertainty over seeds beside that over rows.

    Parameters
    ----------
    spread : SeedSpread
        Of the runs.
    estimate : Estimate
        Their mean, with the interval over rows (or clusters of rows).

    Examples
    --------
    >>> from claimkit.evaluation.result import Estimate, SeedSpread
    >>> spread = SeedSpread.of([0.70, 0.72, 0.71])
    >>> uncertainty_of(spread, Estimate(value=0.71, low=0.671, high=0.749)).words
    'rows, 2.0 ×'
    """
    values = [value for value in spread.values if value is not None]
    low, high = t_interval(values) if len(values) == spread.n else (None, None)
    rows = None if estimate.low is None or estimate.high is None else (estimate.high - estimate.low) / _NORMAL
    larger, times = None, None
    if spread.sd is not None and rows is not None and (spread.sd or rows):
        larger = "seeds" if spread.sd > rows else "rows"
        least = min(spread.sd, rows)
        times = max(spread.sd, rows) / least if least else None
    return Uncertainty(runs=spread.n, low=low, high=high, sd_seeds=spread.sd, se_rows=rows, larger=larger, times=times)
