"""One label for each item from those of several annotators: by majority, or as shares."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from claimkit.agreement.ratings import Codes
from claimkit.metrics.base import ratio

Floats: TypeAlias = npt.NDArray[np.float64]
Value = TypeVar("Value", bound=Hashable)


class Votes(NamedTuple):
    """Decided labels.

    Attributes
    ----------
    winner : int array of shape (items,)
        Places of labels; -1 where nobody gave one.
    is_tied : bool array of shape (items,)
        Whether several labels were given most often.
    counts : int array of shape (items, labels)
    """

    winner: Codes
    is_tied: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.int64]

    @property
    def shares(self) -> Floats:
        """The share of each label: an array of shape (items, labels); nan where nobody gave one."""
        return ratio(self.counts, self.counts.sum(axis=1, keepdims=True))


def majority(codes: Codes, k: int) -> Votes:
    """Return the label that most annotators gave each item; among several, that of the annotator who stands first.

    Parameters
    ----------
    codes : int array of shape (items, annotators)
        Places of labels; -1 where there is none.
    k : int
        How many labels there are.

    Examples
    --------
    >>> found = majority(np.array([[0, 1, 1], [1, 0, -1], [-1, -1, -1]]), 2)
    >>> found.winner.tolist(), found.is_tied.tolist()
    ([1, 1, -1], [False, True, False])
    """
    counts = np.stack([(codes == label).sum(axis=1) for label in range(k)], axis=1).astype(np.int64)
    most = counts.max(axis=1, initial=0)
    is_leading = (counts == most[:, None]) & (most[:, None] > 0)
    winner = np.where(most > 0, counts.argmax(axis=1), -1).astype(np.int64)
    is_tied = is_leading.sum(axis=1) > 1
    for row in np.flatnonzero(is_tied):
        winner[row] = next(code for code in codes[row].tolist() if code >= 0 and is_leading[row, code])
    return Votes(winner, is_tied, counts)


class Vote(NamedTuple):
    """The value that most voters have, whether another has as many, and how many have each."""

    value: Any
    is_tied: bool
    counts: dict[Any, int]


def vote(given: Mapping[str, Value]) -> Vote:
    """Return the value that most voters have; among several, that of the voter who stands first.

    >>> vote({"ann": "yes", "bob": "no", "cat": "no"})
    Vote(value='no', is_tied=False, counts={'yes': 1, 'no': 2})
    """
    counts: dict[Any, int] = {}
    for value in given.values():
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values())
    leading = [value for value, count in counts.items() if count == most]
    return Vote(leading[0], len(leading) > 1, counts)
