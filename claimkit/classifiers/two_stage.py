"""One label told apart first, the others among the rest: for schemes such as unrelated, and then agree, disagree, discuss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from claimkit.classifiers.base import StanceClassifier, State, Training, WatchedClassifier, check, is_count
from claimkit.classifiers.members import Subset, make_member, restore_members, state_of
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.rows import Rows, TrainingError

_DEFAULT = {"name": "boosting"}


class TwoStageClassifier(WatchedClassifier):
    """A detector of one label, and a classifier of the others that learns from their rows alone.

    The probability of another label is the product: not the first label, and then this one.

    Parameters
    ----------
    labels : sequence of str
        The labels of the scheme, in order; at least three.
    first : str
        The label that is told apart first; empty: ``unrelated`` where the scheme has it, else the most frequent one.
    detector : mapping
        ``name`` and, where they are not the defaults, ``parameters`` of the classifier that does it.
    others : mapping
        Likewise, of the classifier of the other labels.
    seed : int
        Of both, where their parameters name none.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_labels,)
    first_ : str
    members_ : list of StanceClassifier
        The detector, whose labels are "no" and "yes", and the classifier of the others.
    """

    name: ClassVar[str] = "two-stage"
    needs_two_labels: ClassVar[bool] = True
    fit_options: ClassVar[frozenset[str]] = frozenset({"work_dir"})  # the stages have labels of their own, so they hold out rows

    def __init__(
        self,
        labels: Sequence[str],
        first: str = "",
        detector: Mapping[str, Any] = _DEFAULT,
        others: Mapping[str, Any] = _DEFAULT,
        seed: int = 13,
    ) -> None:
        super().__init__(labels)
        self.first = first
        self.detector = detector
        self.others = others
        self.seed = seed

    def _check_parameters(self) -> None:
        labels = self._check_labels()
        check(len(labels) > 2, "labels", "at least three, for two stages", labels)
        check(self.first in ("", *labels), "first", f"empty, or one of {', '.join(labels)}", self.first)
        check(is_count(self.seed, 0), "seed", "a whole number of at least 0", self.seed)
        for key in ("detector", "others"):
            value = getattr(self, key)
            check(isinstance(value, Mapping) and "name" in value, key, "a table with name and parameters", value)
        for member in self._made(self.first or labels[-1]):
            member._check_parameters()

    def _made(self, first: str) -> list[StanceClassifier]:
        others = [label for label in self._check_labels() if label != first]
        return [make_member(self.detector, ["no", "yes"], self.seed), make_member(self.others, others, self.seed)]

    def _others(self) -> Array:
        """Return the places of the other labels in the scheme."""
        return np.flatnonzero(self.classes_ != self.first_)

    def _fit(self, training: Training) -> None:
        frequent = max(self.label_counts_, key=lambda label: self.label_counts_[label])
        self.first_ = self.first or ("unrelated" if "unrelated" in self.label_counts_ else frequent)
        others = self._others()
        is_first = ~np.isin(training.codes, others)
        rest = np.flatnonzero(~is_first)
        if not is_first.any() or len(np.unique(training.codes[rest])) < 2:
            raise TrainingError(f"two stages need rows with the label '{self.first_}' and rows with at least two other labels")
        detector, classifier = self._made(self.first_)
        given = (None, self._given[1])
        subset, everything = Subset(training), np.arange(len(training.codes))
        self.members_ = [
            subset.fit(detector, everything, is_first.astype(np.int64), given),
            subset.fit(classifier, rest, np.searchsorted(others, training.codes[rest]), given),
        ]

    def _probabilities(self, rows: Rows) -> Array:
        detector, classifier = self.members_
        is_first = detector._probabilities(rows)[:, 1]
        found = np.zeros((len(rows), len(self.classes_)))
        found[:, self._others()] = (1 - is_first)[:, None] * classifier._probabilities(rows)
        found[:, self.classes_ == self.first_] = is_first[:, None]
        return found

    def _state(self) -> State:
        state = state_of(self.members_)
        return State(state.tensors, state.vocabularies, {"first": self.first_, "members": state.facts})

    def _restore(self, state: State) -> None:
        self.first_ = str(state.facts["first"])
        self.members_ = self._made(self.first_)
        rest = {label: n for label, n in self.label_counts_.items() if label != self.first_}
        n_first = self.label_counts_[self.first_]
        counts = [{"no": sum(rest.values()), "yes": n_first}, rest]
        restore_members(self.members_, counts, state._replace(facts=state.facts["members"]))
