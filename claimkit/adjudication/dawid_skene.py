"""The model of Dawid and Skene: true labels and the error rates of annotators, estimated from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from claimkit.adjudication.voting import Floats
from claimkit.agreement.ratings import Codes
from claimkit.metrics.base import ratio

MOST_ROUNDS = 1_000
TOLERANCE = 1e-9  # of the log-likelihood, relative


@dataclass(frozen=True)
class DawidSkene:
    """What the model has found.

    Attributes
    ----------
    priors : float array of shape (labels,)
        How frequent each true label is.
    confusion : float array of shape (annotators, labels, labels)
        ``confusion[annotator, true, given]``: the chance that an annotator gives a label to an item of a true label; nan where no
        item he rated is held to have it.
    posterior : float array of shape (items, labels)
        How sure each true label is; nan where nobody rated the item.
    log_likelihood : float
    rounds : int
    converged : bool
        Whether a further round would change the log-likelihood by less than :data:`TOLERANCE` of it.
    """

    priors: Floats
    confusion: Floats
    posterior: Floats
    log_likelihood: float
    rounds: int
    converged: bool


@dataclass(frozen=True)
class Observed:
    """Labels, one row each: which item, which annotator, which label. An annotator may rate an item several times."""

    item: Codes
    annotator: Codes
    label: Codes

    @classmethod
    def of(cls, codes: Codes) -> Observed:
        """Return the labels of a table of shape (items, annotators), in which -1 stands for none."""
        item, annotator = np.nonzero(codes >= 0)
        return cls(item, annotator, codes[item, annotator].astype(np.int64))


def dawid_skene(observed: Observed, *, items: int, annotators: int, labels: int) -> DawidSkene:
    """Estimate true labels and error rates by expectation maximisation, starting from the shares of labels; nothing is smoothed.

    Parameters
    ----------
    observed : Observed
    items, annotators, labels : int
        How many there are.

    References
    ----------
    Dawid and Skene (1979), Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm, Applied Statistics 28,
    section 3.

    Examples
    --------
    >>> codes = np.array([[0, 0, 0], [0, 0, 1], [1, 1, 1], [1, 1, 0], [0, 0, 1]])
    >>> found = dawid_skene(Observed.of(codes), items=5, annotators=3, labels=2)
    >>> found.posterior.argmax(axis=1).tolist()
    [0, 0, 1, 1, 0]
    """
    counts = np.zeros((items, labels))
    np.add.at(counts, (observed.item, observed.label), 1.0)
    is_rated = counts.sum(axis=1) > 0
    posterior = np.nan_to_num(ratio(counts, counts.sum(axis=1, keepdims=True)))
    before, found, converged, rounds = -np.inf, -np.inf, False, 0
    while rounds < MOST_ROUNDS and not converged:
        priors = posterior.sum(axis=0) / max(int(is_rated.sum()), 1)
        confusion = _error_rates(observed, posterior, annotators)
        posterior, found = _expected(observed, priors, confusion, is_rated)
        converged = abs(found - before) <= TOLERANCE * max(abs(found), 1.0)
        before, rounds = found, rounds + 1
    unrated = np.where(is_rated[:, None], posterior, np.nan)
    return DawidSkene(priors, confusion, unrated, float(found), rounds, converged)


def _error_rates(observed: Observed, posterior: Floats, annotators: int) -> Floats:
    labels = posterior.shape[1]
    cells = observed.annotator * labels + observed.label
    weights = posterior[observed.item]
    table = np.stack(
        [np.bincount(cells, weights=weights[:, true], minlength=annotators * labels) for true in range(labels)], axis=1
    )
    rates = table.reshape(annotators, labels, labels).transpose(0, 2, 1)
    return ratio(rates, rates.sum(axis=2, keepdims=True))


def _expected(observed: Observed, priors: Floats, confusion: Floats, is_rated: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    """Return how likely each true label is, and the log-likelihood of all that was observed."""
    items, labels = len(is_rated), len(priors)
    with np.errstate(divide="ignore"):
        log_rates = np.log(np.nan_to_num(confusion, nan=1 / labels))  # nothing was seen that could tell labels apart
        log_joint = np.tile(np.log(priors), (items, 1))
    for true in range(labels):
        given = log_rates[observed.annotator, true, observed.label]
        is_possible = np.isfinite(given)
        log_joint[:, true] += np.bincount(observed.item, weights=np.where(is_possible, given, 0.0), minlength=items)
        log_joint[np.unique(observed.item[~is_possible]), true] = -np.inf
    most = log_joint.max(axis=1, keepdims=True)
    most = np.where(np.isfinite(most), most, 0.0)
    joint = np.exp(log_joint - most)
    total = joint.sum(axis=1, keepdims=True)
    found = float((np.log(total[is_rated, 0]) + most[is_rated, 0]).sum())
    return np.where(is_rated[:, None], joint / np.where(total > 0, total, 1.0), 0.0), found
