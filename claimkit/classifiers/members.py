"""Classifiers inside classifiers: made from a table, fitted on some of the rows, and kept as parts of one state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from claimkit.classifiers.base import StanceClassifier, State, Training, WatchedClassifier
from claimkit.classifiers.ngrams import Array
from claimkit.classifiers.rows import Rows
from claimkit.errors import UsageError


def make_member(table: Mapping[str, Any], labels: Sequence[str], seed: int) -> StanceClassifier:
    """Return the classifier that a table with ``name`` and ``parameters`` stands for; it gets the seed where it names none.

    Raises
    ------
    UsageError
        When the table has other keys, or there is no such classifier or parameter.
    """
    from claimkit.classifiers import make_classifier

    unknown = set(table) - {"name", "parameters"}
    if unknown:
        raise UsageError(f"a member has name and parameters, not '{sorted(unknown)[0]}'")
    given = table.get("parameters", {})
    made = make_classifier(str(table["name"]), labels, **given)
    if "seed" in made.get_params(deep=False) and "seed" not in given:
        made.set_params(seed=seed)
    return made


def state_of(members: Sequence[StanceClassifier]) -> State:
    """Return the states of members as one: names of tensors and vocabularies begin with the member's number, so do the facts."""
    tensors: dict[str, Array] = {}
    vocabularies: dict[str, list[str]] = {}
    facts: dict[str, Any] = {}
    for number, member in enumerate(members):
        state = member._state()
        tensors |= {f"{number}/{name}": tensor for name, tensor in state.tensors.items()}
        vocabularies |= {f"{number}/{name}": terms for name, terms in state.vocabularies.items()}
        facts[str(number)] = state.facts
    return State(tensors, vocabularies, facts)


def restore_members(members: Sequence[StanceClassifier], label_counts: Sequence[Mapping[str, int]], state: State) -> None:
    """Give members the states that :func:`state_of` joined.

    Parameters
    ----------
    members : sequence of StanceClassifier
        Unfitted.
    label_counts : sequence of dict of str to int
        Training rows of each label, for every member.
    state : State
    """
    for number, (member, counts) in enumerate(zip(members, label_counts, strict=True)):
        start = f"{number}/"
        member.classes_ = np.array(member._check_labels())
        member.label_counts_ = dict(counts)
        member.n_rows_ = sum(counts.values())
        member._restore(
            State(
                {name.removeprefix(start): tensor for name, tensor in state.tensors.items() if name.startswith(start)},
                {name.removeprefix(start): terms for name, terms in state.vocabularies.items() if name.startswith(start)},
                state.facts[str(number)],
            )
        )


class Subset:
    """Training rows of which parts are taken."""

    def __init__(self, training: Training) -> None:
        self._training = training

    def rows(self, part: Array) -> Rows:
        """Return some of the rows."""
        rows = self._training.rows

        def column(key: str) -> list[str | None] | None:
            values = rows.column(key)
            return None if values is None else [values[row] for row in part]

        stances = None if rows.stances is None else [rows.stances[row] for row in part]
        return Rows([rows.texts[row] for row in part], [rows.targets[row] for row in part], stances, column)

    def fit(
        self, member: StanceClassifier, part: Array, codes: Array | None = None, given: tuple[Any, Any] = (None, None)
    ) -> StanceClassifier:
        """Fit a member on some of the rows, whose codes may be those of other labels, and return it.

        Parameters
        ----------
        member : StanceClassifier
        part : int array of shape (m,)
        codes : int array of shape (m,), optional
        given : tuple
            ``dev`` and ``work_dir``, for members that take them.
        """
        training, labels = self._training, member._check_labels()
        learnt = training.codes[part] if codes is None else codes
        counts = np.bincount(learnt, minlength=len(labels))
        weights = None if training.weights is None else training.weights[part]
        member.classes_ = np.array(labels)
        member.n_rows_ = len(part)
        member.label_counts_ = dict(zip(labels, counts.tolist(), strict=True))
        training_part = Training(self.rows(part), learnt, [training.groups[row] for row in part], weights)
        if not isinstance(member, WatchedClassifier):
            member._fit(training_part)
            return member
        member._given = given
        try:
            member._fit(training_part)
        finally:
            del member._given
        return member
