"""Krippendorff's alpha of unitizing: agreement on where units begin and end on a continuum, such as marks in a text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import NamedTuple, TypeAlias

import numpy as np

from claimkit.agreement.levels import Floats
from claimkit.metrics.base import ratio

Stretch: TypeAlias = tuple[int, int]


class Continuum(NamedTuple):
    """A stretch of text and the units that each annotator marked in it, in order and without overlap (:func:`merged`)."""

    start: int
    end: int
    units: Sequence[Sequence[Stretch]]

    @property
    def gaps(self) -> list[int]:
        """The lengths of what is not marked, of all annotators."""
        found = []
        for units in self.units:
            borders = [self.start, *(border for unit in units for border in unit), self.end]
            found += [last - first for first, last in zip(borders[::2], borders[1::2], strict=True) if last > first]
        return found


class Disagreement(NamedTuple):
    """Observed and expected disagreement; alpha is one less their ratio."""

    observed: float
    expected: float

    @property
    def alpha(self) -> float:
        """One less the ratio; nan where nothing is marked."""
        return float(1 - ratio(np.array(self.observed), np.array(self.expected)))


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches in order, those that overlap as one; those that only touch stay apart.

    >>> merged([(5, 9), (0, 3), (8, 12), (12, 14)])
    [(0, 3), (5, 12), (12, 14)]
    """
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def observed_sum(units: Sequence[Sequence[Stretch]]) -> int:
    """Return the squared differences of the units of all ordered pairs of annotators.

    Two units that overlap differ by the squares of the distances of their beginnings and of their ends; a unit that overlaps none
    of the other annotator differs from the gap in which it lies by the square of its length.

    >>> observed_sum([[(225, 295), (370, 400)], [(220, 300), (355, 375), (400, 420)]])  # Krippendorff (2004), p. 254: 50, 850, 400
    2600
    """
    total = 0
    for ours, theirs in permutations(units, 2):
        ends = [end for _, end in theirs]
        for start, end in ours:
            place, is_alone = bisect_right(ends, start), True
            while place < len(theirs) and theirs[place][0] < end:
                first, last = theirs[place]
                total += (start - first) ** 2 + (end - last) ** 2
                place, is_alone = place + 1, False
            if is_alone:
                total += 2 * (end - start) ** 2  # for both orders: the gap of the one, the unit of the other
    return total


@dataclass(frozen=True)
class UnitizingSums:
    """What the disagreements of continua are computed from, one row each, so that they can be summed and resampled.

    Attributes
    ----------
    lengths : float array of shape (sizes,)
        The distinct lengths of units.
    table : float array of shape (continua, 4 + 2 · sizes)
        Observed sum over one less than the annotators; length times annotators; length; sum of b (b − 1) over units of length b;
        then for each distinct length how many units have it, and at how many places of the gaps such a unit fits.
    """

    lengths: Floats
    table: Floats

    @classmethod
    def of(cls, continua: Sequence[Continuum]) -> UnitizingSums:
        """Count continua, each of at least two annotators."""
        sizes = [np.array([end - start for units in entry.units for start, end in units], dtype=np.int64) for entry in continua]
        lengths = np.unique(np.concatenate(sizes)) if sizes else np.zeros(0, dtype=np.int64)
        table = np.zeros((len(continua), 4 + 2 * len(lengths)))
        for row, (entry, own) in enumerate(zip(continua, sizes, strict=True)):
            length, annotators = entry.end - entry.start, len(entry.units)
            gaps = np.array(entry.gaps, dtype=np.int64)
            fits = np.maximum(0, gaps[:, None] - lengths[None, :] + 1).sum(axis=0)
            head = (observed_sum(entry.units) / (annotators - 1), length * annotators, length, (own * (own - 1)).sum())
            numbers = np.bincount(np.searchsorted(lengths, own), minlength=len(lengths))
            table[row] = np.concatenate([head, numbers, fits])
        return cls(lengths.astype(np.float64), table)

    def disagreements(self, sums: Floats) -> tuple[Floats, Floats]:
        """Return observed and expected disagreement of summed rows: two arrays of shape (rows,).

        Several continua are one whose gaps end where each of them ends.

        References
        ----------
        Krippendorff (2004), Measuring the Reliability of Qualitative Text Analysis Data, Quality & Quantity 38; Krippendorff
        (1995), On the Reliability of Unitizing Contiguous Data, Sociological Methodology 25.
        """
        k = len(self.lengths)
        observed, records, length, squares = (sums[:, column] for column in range(4))
        numbers, fits = sums[:, 4 : 4 + k], sums[:, 4 + k :]
        among_units = (2 * self.lengths**3 - 3 * self.lengths**2 + self.lengths) / 3
        other_units = numbers.sum(axis=1, keepdims=True) - 1
        places = (numbers * (other_units * among_units + self.lengths**2 * fits)).sum(axis=1)
        expected = ratio(2 * places, length * (records * (records - 1) - squares))
        return ratio(observed, records * length), expected

    def alpha(self, sums: Floats) -> Floats:
        """Return alpha of summed rows: an array of shape (rows,); nan where nothing is marked."""
        return np.asarray(1 - ratio(*self.disagreements(sums)))


def unitizing_disagreement(categories: Mapping[str, Continuum]) -> tuple[dict[str, Disagreement], Disagreement]:
    """Return the disagreement on the units of each category on one continuum, and that of all categories together.

    Parameters
    ----------
    categories : mapping of str to Continuum
        Of the same stretch and annotators.

    Returns
    -------
    dict of str to Disagreement, Disagreement
        The second is the sum of the first.

    Examples
    --------
    >>> units = [[(225, 295), (370, 400)], [(220, 300), (355, 375), (400, 420)]]
    >>> found, _ = unitizing_disagreement({"c": Continuum(150, 450, units)})
    >>> round(found["c"].alpha, 4)
    0.7286
    """
    found = {}
    for name, continuum in categories.items():
        counted = UnitizingSums.of([continuum])
        observed, expected = counted.disagreements(counted.table)
        found[name] = Disagreement(float(observed[0]), float(np.nan_to_num(expected[0])))
    total = Disagreement(sum(entry.observed for entry in found.values()), sum(entry.expected for entry in found.values()))
    return found, total


def segments(units: Sequence[Sequence[Stretch]], length: int) -> list[tuple[int, int]]:
    """Return how many annotators mark a stretch of a text, and how long it is, from border to border.

    >>> segments([[(0, 4)], [(2, 6)]], 10)
    [(1, 2), (2, 2), (1, 2), (0, 4)]
    """
    steps: dict[int, int] = {0: 0, length: 0}
    for marked in units:
        for start, end in marked:
            steps[start] = steps.get(start, 0) + 1
            steps[end] = steps.get(end, 0) - 1
    found, depth = [], 0
    for first, last in pairwise(sorted(steps)):
        depth += steps[first]
        found.append((depth, last - first))
    return found
