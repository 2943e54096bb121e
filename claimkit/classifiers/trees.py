"""Gradient-boosted trees on dense features, kept as plain arrays so that they are written without pickle."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no type information

from claimkit.classifiers.calibration import softmax
from claimkit.classifiers.ngrams import Array

_PARTS = ("value", "feature_idx", "num_threshold", "missing_go_to_left", "left", "right", "is_leaf")
_LARGEST = 1e300  # stands for the threshold above which only missing values are


class Trees:
    """Boosted trees.

    Attributes
    ----------
    tensors : dict of str to ndarray
        All that was learnt: the nodes of all trees one after the other, where each starts, and the scores before the first.
    """

    def __init__(self, tensors: dict[str, Array]) -> None:
        self.tensors = tensors

    @classmethod
    def learn(
        cls, X: Array, codes: Array, *, iterations: int, learning_rate: float, balanced: bool, weights: Array | None, seed: int
    ) -> Trees:
        """Fit trees; nan is a value of its own.

        Parameters
        ----------
        X : array of shape (n, features)
        codes : int array of shape (n,)
            0 … k - 1, all of which occur.
        iterations : int
            Trees of each label.
        learning_rate : float
        balanced : bool
        weights : array of shape (n,), optional
        seed : int
        """
        model = HistGradientBoostingClassifier(
            max_iter=iterations,
            learning_rate=learning_rate,
            class_weight="balanced" if balanced else None,
            early_stopping=False,
            random_state=seed,
        )
        known = np.where(np.isnan(X).all(axis=0), 0.0, X)  # scikit-learn cannot take a column without any value
        with threadpool_limits(limits=1):  # same sums in the same order; and threads that wait for each other are slower than one
            model.fit(known, codes, sample_weight=weights)
        nodes = [tree.nodes for trees in model._predictors for tree in trees]
        starts = np.cumsum([0, *map(len, nodes)])
        joined = np.concatenate(nodes)
        tensors = {name: np.nan_to_num(joined[name].astype(np.float64), posinf=_LARGEST) for name in _PARTS}
        return cls(
            {**tensors, "starts": starts.astype(np.float64), "baseline": model._baseline_prediction.ravel().astype(np.float64)}
        )

    @classmethod
    def restored(cls, tensors: dict[str, Array], n_labels: int) -> Trees:
        """Return the trees of tensors that were read; raises ``ValueError`` where a walk through them could leave them."""
        trees = cls({name: tensors[name] for name in (*_PARTS, "starts", "baseline")})
        size, starts = len(tensors["value"]), tensors["starts"]
        if any(len(tensors[name]) != size for name in _PARTS) or len(tensors["baseline"]) != (1 if n_labels == 2 else n_labels):
            raise ValueError("the parts of the trees are not of one length, or not of as many labels as the model has")
        if starts[0] != 0 or starts[-1] != size or (np.diff(starts) < 1).any():
            raise ValueError("the tensor 'starts' does not divide the nodes into trees")
        inner = tensors["is_leaf"] == 0
        place = np.arange(size) - np.repeat(starts[:-1], np.diff(starts).astype(np.int64))
        room = np.repeat(np.diff(starts), np.diff(starts).astype(np.int64))
        for name in ("left", "right"):  # a child comes after its parent, so every walk ends
            if not ((tensors[name] > place) & (tensors[name] < room))[inner].all():
                raise ValueError(f"the tensor '{name}' points out of a tree")
        return trees

    def scores(self, X: Array) -> Array:
        """Return the scores of rows, of shape (n, k), or (n, 1) for two labels: the log-odds of the second."""
        baseline, value, threshold = (self.tensors[name] for name in ("baseline", "value", "num_threshold"))
        feature, left, right, starts = (self.tensors[name].astype(np.int64) for name in ("feature_idx", "left", "right", "starts"))
        is_leaf, missing = (self.tensors[name] > 0 for name in ("is_leaf", "missing_go_to_left"))
        found = np.tile(baseline, (len(X), 1))
        for number, start in enumerate(starts[:-1].tolist()):
            at = np.full(len(X), start, dtype=np.int64)
            rows = np.flatnonzero(~is_leaf[at])
            while len(rows):
                here = at[rows]
                values = X[rows, feature[here]]
                goes_left = np.where(np.isnan(values), missing[here], values <= threshold[here])
                at[rows] = start + np.where(goes_left, left[here], right[here])
                rows = rows[~is_leaf[at[rows]]]
            found[:, number % len(baseline)] += value[at]
        return found

    def probabilities(self, X: Array) -> Array:
        """Return the probabilities of rows, of shape (n, k)."""
        scores = self.scores(X)
        return softmax(np.concatenate([np.zeros_like(scores), scores], axis=1) if scores.shape[1] == 1 else scores)
