"""Pairing of marks: which mark of one annotator is which of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

Mark: TypeAlias = tuple[tuple[int, int], ...]
"""The half-open stretches of a text that one mark covers, in ascending order and without overlap."""


class MarkPair(NamedTuple):
    """The mark ``a`` of one list and ``b`` of the other, the characters they have in common, and their share of the union."""

    a: int
    b: int
    overlap: int
    share: float


def length_of(mark: Mark) -> int:
    """Return how many characters a mark covers."""
    return sum(end - start for start, end in mark)


def overlap_of(one: Mark, other: Mark) -> int:
    """Return how many characters two marks have in common.

    >>> overlap_of(((0, 5), (8, 12)), ((3, 10),))
    4
    """
    return sum(max(0, min(end, last) - max(start, first)) for start, end in one for first, last in other)


def pair_marks(
    ours: Sequence[Mark],
    theirs: Sequence[Mark],
    *,
    at_least: float = 0.0,
    bonus: Callable[[int, int], float] = lambda _a, _b: 0.0,
) -> list[MarkPair]:
    """Pair marks one to one so that the shares they have in common are greatest in sum.

    Parameters
    ----------
    ours, theirs : sequence of marks
    at_least : float
        Pairs whose intersection over union is smaller are not made; marks without a common character are never paired.
    bonus : callable
        What speaks for a pair beside its words: added to the share of marks ``a`` and ``b``, at least 0.

    Returns
    -------
    list of MarkPair
        In the order of ``ours``.

    References
    ----------
    Kuhn (1955), The Hungarian Method for the Assignment Problem, Naval Research Logistics Quarterly 2.

    Examples
    --------
    >>> [(pair.a, pair.b) for pair in pair_marks([((0, 10),), ((20, 30),)], [((21, 30),), ((40, 50),)])]
    [(1, 0)]
    """
    candidates: dict[tuple[int, int], MarkPair] = {}
    for a, mark in enumerate(ours):
        for b, other in enumerate(theirs):
            overlap = overlap_of(mark, other)
            if not overlap:
                continue
            share = overlap / (length_of(mark) + length_of(other) - overlap)
            if share >= at_least:
                candidates[a, b] = MarkPair(a, b, overlap, share)
    if not candidates:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows, columns = sorted({a for a, _ in candidates}), sorted({b for _, b in candidates})
    table = np.zeros((len(rows), len(columns)))
    for (a, b), pair in candidates.items():
        table[rows.index(a), columns.index(b)] = pair.share + bonus(a, b)
    chosen = ((rows[i], columns[j]) for i, j in zip(*linear_sum_assignment(table, maximize=True), strict=True))
    return [candidates[place] for place in chosen if place in candidates]
