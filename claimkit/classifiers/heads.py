"""Heads on dense features: logistic regression whose penalty is chosen on held-out groups, and small networks, averaged."""

from __future__ import annotations

import abc
import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no type information

from claimkit.classifiers.calibration import fit_temperature, grouped_folds, log_loss, softmax
from claimkit.classifiers.ngrams import Array

PENALTIES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)  # C of the logistic regression that are tried
_FOLDS = 5  # in which the penalty is chosen
_ENOUGH_ROWS = 3000  # with more, one fold is held out only: the loss on it is sure enough
_LEAST_ROWS = 50  # with fewer the penalty is not chosen but taken from the middle
_MIDDLE = 1e-3


class Head(abc.ABC):
    """What turns standardised features into probabilities.

    Attributes
    ----------
    tensors : dict of str to ndarray
        All that was learnt.
    """

    def __init__(self, tensors: dict[str, Array]) -> None:
        self.tensors = tensors

    @abc.abstractmethod
    def probabilities(self, X: Array) -> Array:
        """Return the probabilities of rows of features, an array of shape (n, labels)."""


class LinearHead(Head):
    """Multinomial logistic regression with a temperature."""

    def probabilities(self, X: Array) -> Array:
        """Return the probabilities; see :class:`Head`."""
        scores = X @ self.tensors["coef"].T.astype(np.float64) + self.tensors["intercept"]
        return softmax(scores / float(self.tensors["temperature"][0]))

    @classmethod
    def learn(
        cls, X: Array, codes: Array, groups: Sequence[str], *, C: float, balanced: bool, weights: Array | None, seed: int
    ) -> LinearHead:
        """Fit on rows of features; ``C = 0`` chooses the penalty by the log loss on held-out groups.

        Parameters
        ----------
        X : array of shape (n, features)
            Standardised.
        codes : int array of shape (n,)
            0 … k - 1, all of which occur.
        groups : sequence of str
            Rows of one group are on one side when the penalty is chosen.
        C : float
            Inverse strength of the L2 penalty, or 0.
        balanced : bool
            Whether rare labels weigh as much as frequent ones.
        weights : array of shape (n,), optional
        seed : int
        """
        k = int(codes.max()) + 1
        chosen, temperature = C or _MIDDLE, 1.0
        folds = [
            fold for fold in grouped_folds(codes, groups, _FOLDS, seed) if len(fold[1]) and len(np.unique(codes[fold[0]])) == k
        ]
        if len(codes) > _ENOUGH_ROWS:
            folds = folds[:1]
        if len(codes) >= _LEAST_ROWS and folds:
            best = np.inf
            held = np.concatenate([fold[1] for fold in folds])
            for candidate in (C,) if C else PENALTIES:
                scores = np.concatenate(
                    [
                        _scores(X[out], *_solve(X[inside], codes[inside], candidate, balanced, _part(weights, inside)))
                        for inside, out in folds
                    ]
                )
                warmth = fit_temperature(scores, codes[held])
                loss = log_loss(softmax(scores / warmth), codes[held])
                if loss < best:
                    best, chosen, temperature = loss, candidate, warmth
        coef, intercept = _solve(X, codes, chosen, balanced, weights)
        return cls(
            {
                "coef": coef.astype(np.float32),
                "intercept": intercept,
                "temperature": np.array([temperature]),
                "penalty": np.array([chosen]),
            }
        )


class NetworkHead(Head):
    """The mean of networks with one hidden layer, which differ by their seed."""

    def probabilities(self, X: Array) -> Array:
        """Return the probabilities; see :class:`Head`."""
        found = []
        for index in range(len(self.tensors["outer_bias"])):
            hidden = np.maximum(X @ self.tensors["inner"][index] + self.tensors["inner_bias"][index], 0)
            found.append(softmax((hidden @ self.tensors["outer"][index] + self.tensors["outer_bias"][index]).astype(np.float64)))
        return np.asarray(np.mean(found, axis=0))

    @classmethod
    def learn(cls, X: Array, codes: Array, *, hidden: int, alpha: float, n_models: int, seed: int) -> NetworkHead:
        """Fit networks with early stopping on a tenth of the rows.

        Parameters
        ----------
        X : array of shape (n, features)
            Standardised.
        codes : int array of shape (n,)
            0 … k - 1, all of which occur.
        hidden : int
            Units.
        alpha : float
            Strength of the L2 penalty.
        n_models, seed : int
        """
        k = int(codes.max()) + 1
        parts: dict[str, list[Array]] = {name: [] for name in ("inner", "inner_bias", "outer", "outer_bias")}
        rows = np.asarray(X, dtype=np.float32)
        for number in range(n_models):
            network = MLPClassifier(
                (hidden,),
                alpha=alpha,
                early_stopping=len(codes) >= _LEAST_ROWS and int(np.bincount(codes).min()) > 1,
                n_iter_no_change=5,
                max_iter=60,
                random_state=seed + number,
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose
                network.fit(rows, codes)
            outer, bias = network.coefs_[1], network.intercepts_[1]
            if k == 2:  # one output for two labels: the softmax of both halves is its logistic function
                outer, bias = np.concatenate([-outer, outer], axis=1) / 2, np.concatenate([-bias, bias]) / 2
            for name, tensor in zip(parts, (network.coefs_[0], network.intercepts_[0], outer, bias), strict=True):
                parts[name].append(np.asarray(tensor, dtype=np.float32))
        return cls({name: np.stack(tensors) for name, tensors in parts.items()})


def _solve(X: Array, codes: Array, C: float, balanced: bool, weights: Array | None) -> tuple[Array, Array]:
    model = LogisticRegression(C=C, class_weight="balanced" if balanced else None, max_iter=300, tol=1e-4)
    with warnings.catch_warnings(), threadpool_limits(limits=1):  # sums in another order would change the last bits
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, codes, sample_weight=weights)
    coef, intercept = model.coef_, model.intercept_
    if len(coef) == 1:
        coef, intercept = np.concatenate([-coef, coef]) / 2, np.concatenate([-intercept, intercept]) / 2
    return coef.astype(np.float32).astype(np.float64), intercept


def _scores(X: Array, coef: Array, intercept: Array) -> Array:
    return np.asarray(X @ coef.T + intercept)


def _part(weights: Array | None, rows: Array) -> Array | None:
    return None if weights is None else weights[rows]
