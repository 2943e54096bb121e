"""The mean of several classifiers, and labels chosen for a metric: both from training rows that each model had not seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import minimize
from sklearn.base import clone

from claimkit.classifiers.base import StanceClassifier, State, Training, WatchedClassifier, check, is_count
from claimkit.classifiers.calibration import grouped_folds, softmax
from claimkit.classifiers.members import Subset, make_member, restore_members, state_of
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.rows import ParameterError, Rows
from claimkit.metrics import LabelMetric, parse_metric
from claimkit.schemes import LabelScheme

_DEFAULT = ({"name": "ngrams"}, {"name": "svm-ngrams"})
_OFFSETS = np.linspace(-3, 3, 25)  # of a log probability, tried for one label after the other
_ROUNDS = 3


class EnsembleClassifier(WatchedClassifier):
    """The weighted mean of the probabilities of other classifiers, or of their logarithms.

    Parameters
    ----------
    labels : sequence of str
        The labels of the scheme, in order.
    members : sequence of mapping
        Each with ``name`` and, where they are not the defaults, ``parameters`` of a classifier.
    weights : {"equal", "fitted"}
        Fitted ones have the least log loss on rows that the members had not seen.
    pool : {"linear", "log"}
        Whether probabilities are averaged, or their logarithms, in which one member that is sure weighs more.
    decide_for : str
        A metric of labels, or ``"none"``. Probabilities are then multiplied by a factor of each label, those that give the metric
        its greatest value on rows that the members had not seen; they lead to better labels and are no longer calibrated.
    n_folds : int
        Of these out-of-fold predictions, which are made only where they are needed.
    unseen_targets : bool
        Whether also the targets of these rows must be new to the members; then n_folds² parts are cut, of which n_folds are used.
    seed : int
        Of the folds, and of members whose parameters name none.

    Attributes
    ----------
    members_ : list of StanceClassifier
    weights_ : ndarray of shape (n_members,)
    offsets_ : ndarray of shape (n_labels,)
        Probabilities are multiplied by exp(offset) and divided by their sum.
    """

    name: ClassVar[str] = "ensemble"
    needs_two_labels: ClassVar[bool] = True

    def __init__(
        self,
        labels: Sequence[str],
        members: Sequence[Mapping[str, Any]] = _DEFAULT,
        weights: str = "equal",
        pool: str = "linear",
        decide_for: str = "none",
        n_folds: int = 5,
        unseen_targets: bool = False,
        seed: int = 13,
    ) -> None:
        super().__init__(labels)
        self.members = members
        self.weights = weights
        self.pool = pool
        self.decide_for = decide_for
        self.n_folds = n_folds
        self.unseen_targets = unseen_targets
        self.seed = seed

    def _check_parameters(self) -> None:
        listed = isinstance(self.members, Sequence) and not isinstance(self.members, str)
        good = listed and bool(self.members) and all(isinstance(each, Mapping) and "name" in each for each in self.members)
        check(good, "members", "a list of tables with name and parameters", self.members)
        check(self.weights in ("equal", "fitted"), "weights", "'equal' or 'fitted'", self.weights)
        check(self.pool in ("linear", "log"), "pool", "'linear' or 'log'", self.pool)
        check(is_count(self.n_folds, 2), "n_folds", "a whole number of at least 2", self.n_folds)
        check(isinstance(self.unseen_targets, bool), "unseen_targets", "true or false", self.unseen_targets)
        check(is_count(self.seed, 0), "seed", "a whole number of at least 0", self.seed)
        for member in self._made():
            member._check_parameters()
        self._metric()

    def _metric(self) -> LabelMetric | None:
        if self.decide_for == "none":
            return None
        metric = parse_metric(self.decide_for)
        if not isinstance(metric, LabelMetric) or metric.by_target:
            raise ParameterError(
                f"decide_for must be a metric of labels over all targets together, or 'none'. Got {self.decide_for!r}."
            )
        metric.check_scheme(LabelScheme("given", tuple(self._check_labels())))
        return metric

    def _made(self) -> list[StanceClassifier]:
        return [make_member(member, self._check_labels(), self.seed) for member in self.members]

    def _fit(self, training: Training) -> None:
        made = self._made()
        items = Subset(training)
        k = len(self.classes_)
        self.weights_ = np.full(len(made), 1 / len(made))
        self.offsets_ = np.zeros(k)
        metric = self._metric()
        if self.weights == "fitted" or metric is not None:
            unseen, held = self._unseen(made, training, items)
            codes = training.codes[held]
            if self.weights == "fitted":
                self.weights_ = fit_weights(unseen, codes)
            if metric is not None:
                mean = pooled(unseen, self.weights_, self.pool)
                self.offsets_ = fit_offsets(mean, codes, metric, LabelScheme("given", tuple(self.classes_.tolist())))
        everything = np.arange(len(training.codes))
        self.members_ = [items.fit(member, everything, given=self._given) for member in made]

    def _unseen(self, made: list[StanceClassifier], training: Training, items: Subset) -> tuple[Array, Array]:
        """Return the members' probabilities of unseen rows, of shape (members, rows, labels), and which rows these are."""
        found, rows = [], []
        folds = grouped_folds(training.codes, training.groups, self.n_folds, self.seed)
        if self.unseen_targets:
            folds = both_new(folds, training.rows.targets, self.n_folds, self.seed)
        for inside, held in folds:
            if not len(held) or len(np.unique(training.codes[inside])) < 2:
                continue
            found.append([items.fit(clone(member), inside, given=self._given)._probabilities(items.rows(held)) for member in made])
            rows.append(held)
        if not rows:
            raise ParameterError("the rows are too few, or hang together too much, to fit weights or decisions; use equal and none")
        return np.concatenate([np.stack(each) for each in found], axis=1), np.concatenate(rows)

    def _probabilities(self, rows: Rows) -> Array:
        each = np.stack([member._probabilities(rows) for member in self.members_])
        return shifted(pooled(each, self.weights_, self.pool), self.offsets_)

    def _state(self) -> State:
        state = state_of(self.members_)
        return State(
            {"weights": self.weights_, "offsets": self.offsets_} | state.tensors, state.vocabularies, {"members": state.facts}
        )

    def _restore(self, state: State) -> None:
        self.weights_, self.offsets_ = state.tensors["weights"], state.tensors["offsets"]
        self.members_ = self._made()
        if len(self.weights_) != len(self.members_) or len(self.offsets_) != len(self.classes_):
            raise ValueError("the weights or offsets do not fit the members and labels")
        counts = [self.label_counts_] * len(self.members_)
        restore_members(self.members_, counts, state._replace(facts=state.facts["members"]))


def pooled(probabilities: Array, weights: Array, pool: str) -> Array:
    """Return the weighted mean of probabilities (``linear``), or the normalised exponential of that of their logarithms (``log``).

    Parameters
    ----------
    probabilities : array of shape (members, rows, labels)
    weights : array of shape (members,)
        Of sum 1.
    pool : {"linear", "log"}

    Examples
    --------
    >>> each = np.array([[[0.5, 0.5]], [[0.1, 0.9]]])
    >>> pooled(each, np.array([0.5, 0.5]), "log").round(3).tolist()  # odds of 1 and 9: their geometric mean is 3
    [[0.25, 0.75]]

    References
    ----------
    Genest and Zidek (1986). Combining Probability Distributions. Statistical Science 1.
    """
    if pool == "linear":
        return np.asarray(np.tensordot(weights, probabilities, axes=1))
    logs = np.tensordot(weights, np.log(np.maximum(probabilities, 1e-12)), axes=1)
    seen = (probabilities > 0).any(axis=0)
    return np.asarray(softmax(np.where(seen, logs, -np.inf)))


def both_new(
    folds: Iterable[tuple[Array, Array]], targets: Sequence[str], n_folds: int, seed: int
) -> Iterator[tuple[Array, Array]]:
    """Yield of each fold the rows whose target is in a fold of targets, too, and the rows that share neither with them."""
    names, of = np.unique(np.array(targets, dtype=object), return_inverse=True)
    target_fold = np.random.default_rng(seed).permutation(len(names))[of] % n_folds
    for fold, (inside, held) in enumerate(folds):
        yield inside[target_fold[inside] != fold], held[target_fold[held] == fold]


def fit_weights(probabilities: Array, codes: Array) -> Array:
    """Return weights of at least 0, of sum 1, at which the weighted mean of probabilities has the least log loss.

    Parameters
    ----------
    probabilities : array of shape (members, rows, labels)
    codes : int array of shape (rows,)

    Examples
    --------
    >>> sure, wrong = np.array([[0.9, 0.1]] * 5), np.array([[0.2, 0.8]] * 5)
    >>> fit_weights(np.stack([sure, wrong]), np.zeros(5, dtype=int)).round(2).tolist()
    [1.0, 0.0]
    """
    picked = probabilities[:, np.arange(len(codes)), codes]

    def loss(raw: Array) -> float:
        return float(-np.log(np.maximum(softmax(raw[None])[0] @ picked, 1e-12)).mean())

    found = minimize(loss, np.zeros(len(probabilities)), method="L-BFGS-B", bounds=[(-8.0, 8.0)] * len(probabilities))
    return np.asarray(softmax(found.x[None])[0])


def fit_offsets(probabilities: Array, codes: Array, metric: LabelMetric, scheme: LabelScheme) -> Array:
    """Return the offset of each label's log probability at which the most probable labels give a metric its greatest value.

    Labels are gone through one by one, a few times; among offsets that are equally good the smallest is taken.

    Parameters
    ----------
    probabilities : array of shape (rows, labels)
    codes : int array of shape (rows,)
    metric : LabelMetric
    scheme : LabelScheme
    """
    k = probabilities.shape[1]
    logs = np.log(np.maximum(probabilities, 1e-12))

    def value(offsets: Array) -> float:
        predicted = (logs + offsets).argmax(axis=1)
        counts = np.bincount(codes * (k + 1) + predicted, minlength=k * (k + 1)).reshape(1, k, k + 1)
        found = float(metric.compute(counts, scheme)[0])
        return -np.inf if np.isnan(found) else found

    best = np.zeros(k)
    for _ in range(_ROUNDS):
        before = best.copy()
        for label in range(1, k):
            tried = [np.where(np.arange(k) == label, offset, best) for offset in sorted(_OFFSETS, key=abs)]
            best = max([best, *tried], key=value)
        if np.array_equal(before, best):
            break
    return best


def shifted(probabilities: Array, offsets: Array) -> Array:
    """Return probabilities times exp(offset), divided by their sum."""
    if not offsets.any():
        return probabilities
    raised = probabilities * np.exp(offsets)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
