"""Calibration: whether probabilities mean what they say."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from claimkit.metrics.base import ProbabilityMetric

Floats = npt.NDArray[np.float64]


class Bins(NamedTuple):
    """Predictions grouped by their confidence.

    Attributes
    ----------
    edges : float array of shape (bins + 1,)
    of : int array of shape (n,)
        The bin of each prediction.
    counts : int array of shape (bins,)
    confidence, accuracy : float arrays of shape (bins,)
        Means; nan for an empty bin.
    """

    edges: Floats
    of: npt.NDArray[Any]
    counts: npt.NDArray[Any]
    confidence: Floats
    accuracy: Floats


def brier_of(probabilities: Floats, gold: npt.NDArray[Any]) -> Floats:
    """Return the Brier loss of each item: the squared distance of its probabilities from the truth, summed over labels.

    Parameters
    ----------
    probabilities : array of shape (n, labels)
    gold : int array of shape (n,)

    Returns
    -------
    array of shape (n,)
        In [0, 2].

    References
    ----------
    Brier (1950), Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review 78.

    Examples
    --------
    >>> brier_of(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([0, 0])).tolist()
    [0.0, 0.5]
    """
    truth = np.zeros_like(probabilities)
    truth[np.arange(len(gold)), gold] = 1.0
    loss: Floats = ((probabilities - truth) ** 2).sum(axis=1)
    return loss


def bin_by_confidence(
    confidence: Floats, correct: npt.NDArray[Any], bins: int = 15, kind: Literal["width", "mass"] = "mass"
) -> Bins:
    """Group predictions by confidence, in bins of equal width or of equal mass.

    Parameters
    ----------
    confidence : array of shape (n,)
        Probability of the predicted label, in [0, 1].
    correct : bool array of shape (n,)
    bins : int
        Ties may leave fewer bins of equal mass.
    kind : {"width", "mass"}
    """
    if bins < 1 or not len(confidence):
        raise ValueError(f"bins must be at least 1 and there must be a prediction. Got {bins} and {len(confidence)}.")
    if kind == "width":
        edges = np.linspace(0, 1, bins + 1)
    else:
        inner = np.quantile(confidence, np.arange(1, bins) / bins)
        edges = np.unique(np.concatenate(([0.0], inner, [1.0])))
    # a confidence on an edge belongs to the lower bin, as in Guo et al.
    of = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, len(edges) - 2)
    counts = np.bincount(of, minlength=len(edges) - 1)
    with np.errstate(invalid="ignore"):
        sure = np.bincount(of, weights=confidence, minlength=len(edges) - 1) / counts
        right = np.bincount(of, weights=np.asarray(correct, dtype=np.float64), minlength=len(edges) - 1) / counts
    return Bins(edges, of, counts, sure, right)


def calibration_error(counts: npt.NDArray[Any], gap: Floats, norm: Literal["l1", "l2", "max"] = "l1") -> Floats:
    """Return the calibration error of bins.

    Parameters
    ----------
    counts : array of shape (…, bins)
    gap : array of shape (…, bins)
        Accuracy minus confidence; not looked at where the count is zero.
    norm : {"l1", "l2", "max"}
        Mean (the expected calibration error), root mean square, or largest gap.

    References
    ----------
    Guo, Pleiss, Sun and Weinberger (2017), On Calibration of Modern Neural Networks, ICML, equation 3; Kumar, Liang and Ma (2019),
    Verified Uncertainty Calibration, NeurIPS, definition 2.1.

    Examples
    --------
    >>> found = bin_by_confidence(np.array([0.25, 0.25, 0.55, 0.75, 0.75]), np.array([0, 0, 1, 1, 1]), bins=2, kind="width")
    >>> [round(float(calibration_error(found.counts, found.accuracy - found.confidence, norm)), 5) for norm in ("l1", "l2", "max")]
    [0.29, 0.29183, 0.31667]
    """
    away = np.where(counts > 0, np.abs(gap), 0.0)
    share = counts / counts.sum(axis=-1, keepdims=True)
    if norm == "max":
        return np.asarray(away.max(axis=-1))
    if norm == "l2":
        return np.asarray(np.sqrt((share * away**2).sum(axis=-1)))
    return np.asarray((share * away).sum(axis=-1))


def _brier(probabilities: Floats, gold: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> Floats:
    return brier_of(probabilities, gold)


def _confidence_bins(
    probabilities: Floats, gold: npt.NDArray[Any], predicted: npt.NDArray[Any], *, bins: int, kind: Literal["width", "mass"]
) -> Bins:
    return bin_by_confidence(probabilities[np.arange(len(gold)), predicted], predicted == gold, bins, kind)


brier = ProbabilityMetric(
    name="brier",
    sentence="Squared distance of the probabilities from the truth, summed over labels, mean over items; 0 is best.",
    source="Brier (1950), Monthly Weather Review 78.",
    measure=_brier,
    high=2.0,
)
ece = ProbabilityMetric(
    name="ece",
    sentence="Expected calibration error: how far accuracy is from confidence, mean over bins of equal mass or width; 0 is best.",
    source="Guo et al. (2017), On Calibration of Modern Neural Networks, ICML, equation 3.",
    measure=_confidence_bins,
    parameters={"bins": 10, "kind": "mass"},
    choices={"kind": ("mass", "width")},
)
