"""What a metric is: a named function of counts or of per-item values, so that one resampling serves all metrics at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from claimkit.errors import UsageError
from claimkit.schemes import LabelScheme

if TYPE_CHECKING:
    from claimkit.metrics.calibration import Bins

Counts: TypeAlias = npt.NDArray[Any]
Values: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A named number; what it is computed from depends on its kind.

    Attributes
    ----------
    name : str
    sentence : str
        What it is, in one sentence.
    source : str
        The publication or program that defines it.
    low, high : float
        Bounds of the value.
    parameters : mapping of str to int or str
        Named in parentheses when the metric is printed, as in ``map_at_k(k=5)``.
    choices : mapping of str to tuple of str
        What a parameter that is a word may be.
    """

    name: str
    sentence: str
    source: str
    low: float = 0.0
    high: float = 1.0
    parameters: Mapping[str, int | str] = field(default_factory=lambda: MappingProxyType({}))
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        if not self.parameters:
            return self.name
        return f"{self.name}({','.join(f'{key}={value}' for key, value in self.parameters.items())})"


@dataclass(frozen=True, kw_only=True)
class LabelMetric(Metric):
    """A metric of predicted labels.

    Attributes
    ----------
    compute : callable
        ``compute(confusion, scheme)``: an array of shape (…, k, k + 1), gold × predicted, to an array of shape (…). The last
        column counts the items without a prediction. With ``by_target`` the shape is (…, targets, k, k + 1).
    labels : tuple of str
        Labels that the scheme must have; empty: any scheme.
    by_target : bool
        Whether the metric needs the counts of each target apart.
    average : str or None
        How values of labels or targets are put together, for the signature.
    """

    compute: Callable[[Counts, LabelScheme], Values]
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


@dataclass(frozen=True, kw_only=True)
class ProbabilityMetric(Metric):
    """A metric of predicted probabilities.

    Attributes
    ----------
    measure : callable
        ``measure(probabilities, gold, predicted, **parameters)``, arrays of shape (n, labels), (n,) and (n,), to the loss of each
        item, whose mean is the value, or to the bins whose calibration error it is.
    """

    measure: Callable[..., Values | Bins]


@dataclass(frozen=True, kw_only=True)
class RankingMetric(Metric):
    """A metric of rankings: the mean of a value of each query.

    Attributes
    ----------
    of_query : callable
        ``of_query(ranks, relevant, **parameters)``: the ranks, from 1, at which relevant documents stand, in ascending order, and
        how many relevant documents there are, found or not, at least 1.
    """

    of_query: Callable[..., float]


@dataclass(frozen=True, kw_only=True)
class SpanMetric(Metric):
    """A metric of marked spans, from sums over documents.

    Attributes
    ----------
    counts : callable
        ``counts(gold, predicted, **parameters)``: the marks of one document to an array of shape (4,): what of the predicted marks
        is right, what of the gold marks is found, how much is predicted, how much is gold.
    """

    counts: Callable[..., Values]


def ratio(numerator: Counts, denominator: Counts, empty: float = np.nan) -> Values:
    """Return ``numerator / denominator`` element by element, ``empty`` where the denominator is zero."""
    over = np.asarray(denominator, dtype=np.float64)
    result = np.full(np.broadcast_shapes(np.shape(numerator), over.shape), empty)
    np.divide(numerator, over, out=result, where=over != 0)
    return result
