"""Baselines that only count: the most frequent label, overall, of a target, or of an actor."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from claimkit.classifiers.base import StanceClassifier, State, Training, check, shaped
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.rows import Rows, TrainingError


class CountClassifier(StanceClassifier):
    """Base of the counting baselines: how often each label occurs with each value of a key.

    A value that training did not have gets the counts of all rows. Probabilities are frequencies smoothed by one (Laplace) over the
    labels that training had.

    Attributes
    ----------
    values_ : list of str
        Values of the key, in alphabetical order.
    counts_ : ndarray of shape (n_values + 1, n_labels)
        The last row counts all.
    """

    @abc.abstractmethod
    def _keys(self, rows: Rows) -> Sequence[str | None]:
        """Return the value of the key for each row."""

    def _fit(self, training: Training) -> None:
        keys = self._keys(training.rows)
        self.values_ = sorted({key for key in keys if key is not None})
        places = {value: index for index, value in enumerate(self.values_)}
        weights = np.ones(len(keys)) if training.weights is None else training.weights
        self.counts_ = np.zeros((len(self.values_) + 1, len(self.classes_)))
        self.counts_[-1] = np.bincount(training.codes, weights, minlength=len(self.classes_))
        known = np.array([index for index, key in enumerate(keys) if key is not None], dtype=np.int64)
        rows = np.array([places[keys[index] or ""] for index in known], dtype=np.int64)
        np.add.at(self.counts_, (rows, training.codes[known]), weights[known])

    def _probabilities(self, rows: Rows) -> Array:
        places = {value: index for index, value in enumerate(self.values_)}
        last = len(self.values_)
        of = np.array([last if key is None else places.get(key, last) for key in self._keys(rows)])
        smoothed = self.counts_ + (self.counts_[-1] > 0)
        return np.asarray((smoothed / smoothed.sum(axis=1, keepdims=True))[of])

    def _state(self) -> State:
        return State({"counts": self.counts_}, {"values": self.values_}, {})

    def _restore(self, state: State) -> None:
        self.values_ = state.vocabularies["values"]
        counts = shaped(state, "counts", (len(self.values_) + 1, len(self.classes_)))
        if (counts < 0).any() or not (counts.sum(axis=1) > 0).all():
            raise ValueError("the tensor 'counts' has a negative count, or a row of zeros")
        self.counts_ = counts.astype(np.float64)


class MajorityClassifier(CountClassifier):
    """The most frequent label of the training rows, for every row."""

    name: ClassVar[str] = "majority"
    reads_target: ClassVar[bool] = False

    def _keys(self, rows: Rows) -> Sequence[str | None]:
        return [None] * len(rows)


class MajorityPerTargetClassifier(CountClassifier):
    """The most frequent label of the target; of all rows, for a target that training did not have."""

    name: ClassVar[str] = "majority-per-target"

    def _keys(self, rows: Rows) -> Sequence[str | None]:
        return rows.targets


class ActorOnlyClassifier(CountClassifier):
    """The most frequent label of the actor; of all rows, for an actor that training did not have.

    Parameters
    ----------
    labels : sequence of str
    key : str
        Group key (a column, in a data frame) that names the actor.
    """

    name: ClassVar[str] = "actor-only"
    reads_target: ClassVar[bool] = False

    def __init__(self, labels: Sequence[str], key: str = "speaker") -> None:
        super().__init__(labels)
        self.key = key

    def _check_parameters(self) -> None:
        check(isinstance(self.key, str) and bool(self.key), "key", "the name of a group key", self.key)

    def _fit(self, training: Training) -> None:
        if training.rows.column(self.key) is None:
            raise TrainingError(f"no row has the group key '{self.key}', so there is no actor to count by; name another with key=…")
        super()._fit(training)

    def _keys(self, rows: Rows) -> Sequence[Any]:
        return rows.column(self.key) or [None] * len(rows)
