"""What a metric is: a function of summed counts, so that one resampling serves all metrics at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from claimkit.errors import UsageError
from claimkit.schemes import LabelScheme

Counts: TypeAlias = npt.NDArray[Any]
Values: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """A named number about predicted labels.

    Attributes
    ----------
    name : str
    sentence : str
        What it is, in one sentence.
    source : str
        The publication or program that defines it.
    compute : callable
        ``compute(confusion, scheme)``: an array of shape (…, k, k + 1), gold × predicted, to an array of shape (…). The last
        column counts the items without a prediction. With ``by_target`` the shape is (…, targets, k, k + 1).
    low, high : float
        Bounds of the value.
    labels : tuple of str
        Labels that the scheme must have; empty: any scheme.
    by_target : bool
        Whether the metric needs the counts of each target apart.
    average : str or None
        How values of labels or targets are put together, for the signature.
    """

    name: str
    sentence: str
    source: str
    compute: Callable[[Counts, LabelScheme], Values]
    low: float = 0.0
    high: float = 1.0
    labels: tuple[str, ...] = ()
    by_target: bool = False
    average: str | None = None

    def check_scheme(self, scheme: LabelScheme) -> None:
        """Refuse a scheme for which the metric is not defined.

        Raises
        ------
        UsageError
            Names the labels that are missing.
        """
        missing = [label for label in self.labels if label not in scheme.labels]
        if missing:
            raise UsageError(
                f"the metric {self.name} needs the labels {', '.join(self.labels)}; the scheme has {', '.join(scheme.labels)}"
            )


def ratio(numerator: Counts, denominator: Counts, empty: float = np.nan) -> Values:
    """Return ``numerator / denominator`` element by element, ``empty`` where the denominator is zero."""
    over = np.asarray(denominator, dtype=np.float64)
    result = np.full(np.broadcast_shapes(np.shape(numerator), over.shape), empty)
    np.divide(numerator, over, out=result, where=over != 0)
    return result
