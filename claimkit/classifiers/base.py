"""What all classifiers share: labels in the order of the scheme, rows in one shape, a state that is written without pickle."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.validation import check_is_fitted

from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.rows import ParameterError, Rows, TrainingError, codes_of, groups_of, rows_of

_LARGEST = 1e300  # no parameter comes near; whole numbers of Python have no infinity
Self = TypeVar("Self", bound="StanceClassifier")


class State(NamedTuple):
    """A fitted classifier in plain parts.

    Attributes
    ----------
    tensors : dict of str to ndarray
    vocabularies : dict of str to list of str
    facts : dict
        What JSON can hold: facts of training, and what is needed beside the tensors.
    """

    tensors: dict[str, Array]
    vocabularies: dict[str, list[str]]
    facts: dict[str, Any]


class Training(NamedTuple):
    """Checked training rows.

    Attributes
    ----------
    rows : Rows
    codes : ndarray of int
        Places of the labels in the scheme.
    groups : list of str
    weights : ndarray of float or None
    seed : int
    """

    rows: Rows
    codes: Array
    groups: list[str]
    weights: Array | None


class StanceClassifier(ClassifierMixin, BaseEstimator, abc.ABC):  # type: ignore[misc]  # scikit-learn has no type information
    """Base of all classifiers; a subclass gives ``_fit``, ``_probabilities``, ``_state`` and ``_restore``.

    Parameters
    ----------
    labels : sequence of str
        The labels of the scheme, in order; ``classes_`` is always this order.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_labels,)
    n_rows_ : int
        Rows that it was fitted on.
    label_counts_ : dict of str to int
        Among them; a label with 0 has probability 0.
    """

    name: ClassVar[str]
    reads_target: ClassVar[bool] = True
    needs_two_labels: ClassVar[bool] = False
    fit_options: ClassVar[frozenset[str]] = frozenset()  # what ``fit`` takes beyond rows, labels, groups and weights

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = labels

    def fit(self: Self, X: Any, y: Any = None, *, groups: Any = None, sample_weight: Any = None) -> Self:
        """Learn from labelled rows.

        Parameters
        ----------
        X : sequence of Item, DataFrame with columns text and target, or pairs of shape (n, 2)
        y : sequence of str, optional
            Labels; default: the items' stances.
        groups : sequence, optional
            What rows hang together by, so that calibration does not cut through it; default: the items' document, or else thread,
            body, event or claim.
        sample_weight : sequence of float, optional

        Returns
        -------
        self

        Raises
        ------
        TrainingError
            When the rows cannot be learnt from: none, no label, a label outside the scheme, or a single label.
        """
        labels = self._check_labels()
        self._check_parameters()
        rows = rows_of(X)
        codes = np.array(codes_of(y, rows, labels), dtype=np.int64)
        counts = np.bincount(codes, minlength=len(labels))
        if self.needs_two_labels and (counts > 0).sum() < 2:
            only = labels[int(codes[0])]
            raise TrainingError(f"all {len(rows)} training rows have the label '{only}'; '{self.name}' needs at least two labels")
        training = Training(rows, codes, groups_of(groups, rows), _weights(sample_weight, len(rows)))
        self.classes_ = np.array(labels)
        self.n_rows_ = len(rows)
        self.label_counts_ = dict(zip(labels, counts.tolist(), strict=True))
        self._fit(training)
        return self

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each label for each row, of shape (n_rows, n_labels), in the order of ``classes_``."""
        check_is_fitted(self, "classes_")
        return self._probabilities(rows_of(X))

    def predict(self, X: Any) -> Array:
        """Return the most probable label of each row; where two are equally probable, the first of the scheme."""
        best = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[best])

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Return the accuracy; ``y`` defaults to the items' stances."""
        truth = self.classes_[codes_of(y, rows_of(X), self._check_labels())]
        return float(accuracy_score(truth, self.predict(X), sample_weight=sample_weight))

    def _check_labels(self) -> list[str]:
        labels = [self.labels] if isinstance(self.labels, str) else [str(label) for label in self.labels]
        if len(labels) < 2 or len(set(labels)) < len(labels) or not all(labels):
            raise ParameterError(f"labels must be at least two different names, in order. Got {self.labels!r}.")
        return labels

    def _check_parameters(self) -> None:
        """Raise a ParameterError for values that cannot be."""

    @abc.abstractmethod
    def _fit(self, training: Training) -> None:
        """Learn from checked rows."""

    @abc.abstractmethod
    def _probabilities(self, rows: Rows) -> Array:
        """Return the probability of each label for each row, of shape (n_rows, n_labels)."""

    @abc.abstractmethod
    def _state(self) -> State:
        """Return what was learnt in plain parts."""

    @abc.abstractmethod
    def _restore(self, state: State) -> None:
        """Take over what :meth:`_state` returned; raise ``KeyError`` or ``ValueError`` where it does not fit."""


class WatchedClassifier(StanceClassifier):
    """Base of classifiers that can watch rows of their own while they learn, and go on after an interruption."""

    fit_options: ClassVar[frozenset[str]] = frozenset({"dev", "work_dir"})
    _given: tuple[Any, Any] = (None, None)  # dev and work_dir, while fitting

    def fit(
        self: Self,
        X: Any,
        y: Any = None,
        *,
        groups: Any = None,
        sample_weight: Any = None,
        dev: Any = None,
        work_dir: str | Path | None = None,
    ) -> Self:
        """Learn from labelled rows.

        Parameters
        ----------
        X, y, groups, sample_weight
            As in every classifier; ``groups`` decide what is held out together.
        dev : sequence of Item, or a pair of rows and labels, optional
            Rows that tell when to stop; default: a part of the training rows.
        work_dir : path-like, optional
            Folder for checkpoints: a training that was interrupted or killed and is begun again with the same rows and parameters
            goes on from there, and ends with the same weights as without interruption.

        Returns
        -------
        self
        """
        self._given = (dev, work_dir)
        try:
            return super().fit(X, y, groups=groups, sample_weight=sample_weight)
        finally:
            del self._given


def check(holds: bool, parameter: str, must_be: str, value: Any) -> None:
    """Raise a :class:`ParameterError` in scikit-learn's words unless a condition holds."""
    if not holds:
        raise ParameterError(f"{parameter} must be {must_be}. Got {value!r}.")


def is_number(value: Any) -> bool:
    """Return whether a value is a finite number."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and bool(-_LARGEST < value < _LARGEST)


def is_count(value: Any, least: int = 1) -> bool:
    """Return whether a value is a whole number of at least ``least``."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= least


def shaped(state: State, name: str, shape: tuple[int, ...]) -> Array:
    """Return a tensor that must have a shape."""
    tensor = state.tensors[name]
    if tensor.shape != shape:
        raise ValueError(f"the tensor '{name}' has the shape {tensor.shape}, not {shape}")
    return tensor


def _weights(given: Any, n_rows: int) -> Array | None:
    if given is None:
        return None
    weights = np.asarray(given, dtype=np.float64)
    if weights.shape != (n_rows,) or not np.isfinite(weights).all() or (weights < 0).any() or not weights.sum():
        raise TrainingError(f"sample_weight must be {n_rows} finite numbers of at least 0, not all 0. Got shape {weights.shape}.")
    return weights
