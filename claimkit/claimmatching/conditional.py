"""Conditional logistic regression: learn which of several candidates is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from claimkit.claimmatching.counts import Floats


class ConditionalLogit:
    """Weights of features under which the chosen one of some candidates has the highest probability.

    The probability of a candidate is the softmax of its weighted features over the candidates of the same query, so that only
    differences within a query count. Features are scaled to mean 0 and deviation 1 first.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty on squared weights, as in scikit-learn.

    Attributes
    ----------
    weights : float array of shape (n features,)
        Of the scaled features.

    References
    ----------
    McFadden (1974), Conditional Logit Analysis of Qualitative Choice Behavior; as a loss of rankings: Cao et al. (2007), Learning
    to Rank: From Pairwise Approach to Listwise Approach, ICML.

    Examples
    --------
    >>> model = ConditionalLogit().fit([np.array([[1.0], [0.0]]), np.array([[3.0], [2.5]])], [np.array([1, 0]), np.array([1, 0])])
    >>> bool(model.scores(np.array([[2.0], [1.0]])).argmax() == 0)
    True
    """

    def __init__(self, C: float = 1.0) -> None:
        if C <= 0:
            raise ValueError(f"C must be more than 0. Got {C!r}.")
        self.C = C
        self.weights: Floats = np.zeros(0)
        self._mean: Floats = np.zeros(0)
        self._scale: Floats = np.ones(0)

    def fit(self, features: Sequence[Floats], chosen: Sequence[npt.NDArray[np.integer]]) -> ConditionalLogit:
        """Learn from queries.

        Parameters
        ----------
        features : sequence of float array of shape (n candidates, n features)
            One array a query.
        chosen : sequence of int array of shape (n candidates,)
            1 for the candidates that are right, of which each query has at least one; several share its weight.
        """
        if not features or any(not right.any() for right in chosen):
            raise ValueError("every query must have a candidate that is right, and there must be a query. Got none.")
        table = np.concatenate(features)
        self._mean, scale = table.mean(axis=0), table.std(axis=0)
        self._scale = np.where(scale > 0, scale, 1.0)
        scaled = (table - self._mean) / self._scale
        sizes = np.array([len(part) for part in features])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        wanted = np.concatenate([right / right.sum() for right in chosen])

        def loss(weights: Floats) -> tuple[float, Floats]:
            values = scaled @ weights
            highest = np.maximum.reduceat(values, starts)
            shares = np.exp(values - np.repeat(highest, sizes))
            sums = np.add.reduceat(shares, starts)
            shares /= np.repeat(sums, sizes)
            total = (np.log(sums) + highest).sum() - wanted @ values + weights @ weights / (2 * self.C)
            return float(total), scaled.T @ (shares - wanted) + weights / self.C

        self.weights = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
        return self

    def tensors(self) -> dict[str, Floats]:
        """Return what was learnt: the weights, and the mean and the scale of each feature."""
        return {"weights": self.weights, "mean": self._mean, "scale": self._scale}

    @classmethod
    def of(cls, C: float, tensors: Mapping[str, npt.NDArray[Any]]) -> ConditionalLogit:
        """Return a model of what :meth:`tensors` gave.

        Raises
        ------
        ValueError
            When a scale is not above 0.
        """
        model = cls(C)
        model.weights, model._mean, model._scale = (
            np.asarray(tensors[name], dtype=np.float64) for name in ("weights", "mean", "scale")
        )
        if not (model._scale > 0).all():
            raise ValueError("the tensor 'scale' has a number that is not above 0")
        return model

    def scores(self, features: Floats) -> Floats:
        """Return the weighted sum of the features of each candidate."""
        return np.asarray((features - self._mean) / self._scale @ self.weights)
