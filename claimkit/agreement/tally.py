"""Ratings counted by kind: items that were rated alike are one kind, so that formulas and resamples see counts, not rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from claimkit.agreement.levels import Floats
from claimkit.agreement.ratings import MISSING, Codes, Ratings
from claimkit.stats import Estimate, cell_estimates, cluster_estimates

if TYPE_CHECKING:
    from collections.abc import Callable

    from scipy import sparse

_ROWS = 1 << 17  # looked at in one go; they stay in the processor's cache
_KEYS_COUNTED = 1 << 22  # possible kinds up to which they are counted rather than sorted
_CELLS_COUNTED = 1 << 24  # clusters × kinds, likewise
# With more kinds of items, or more clusters, a resample takes long; they are dealt at random into groups, which are resampled: the
# groups are as independent of each other as what is in them, and their number is known to be more than enough.
_KINDS_DRAWN, _ITEMS_DRAWN, _CLUSTERS_DRAWN, _GROUPS = 2_000, 40_000, 4_000, 2_000


@dataclass(frozen=True)
class Tally:
    """How many items of each kind there are, by cluster; items with one label or none say nothing of agreement and are left out.

    Attributes
    ----------
    codes : int array of shape (kinds, annotators)
        One item of each kind. Where ``ordered`` is false the labels are sorted, and who gave which is lost.
    counts : float array of shape (kinds, labels)
        How many annotators gave each label.
    table : sparse array of shape (clusters, kinds)
        How many items there are.
    kinds : int array of shape (items,)
        The kind of each item; -1 where fewer than two annotators rated it.
    unit : str or None
        What a cluster is; ``None``: single items are resampled.
    """

    codes: Codes
    counts: Floats
    table: sparse.csr_array[Any]
    kinds: Codes
    unit: str | None

    @property
    def totals(self) -> npt.NDArray[np.int64]:
        """How many items there are of each kind: an array of shape (kinds,)."""
        return np.asarray(self.table.sum(axis=0)).reshape(-1).astype(np.int64)

    @property
    def n_clusters(self) -> int | None:
        """How many clusters are resampled; ``None``: single items are."""
        return None if self.unit is None else int(self.table.shape[0])

    def by_cluster(self, columns: Floats) -> Floats:
        """Return the sums of columns, of shape (kinds, columns), in each cluster."""
        return np.asarray(self.table @ columns, dtype=np.float64)

    def estimates(self, columns: Floats, compute: Callable[[Floats], Floats], *, replicates: int, seed: int) -> list[Estimate]:
        """Return values of sums over items, with intervals.

        Parameters
        ----------
        columns : array of shape (kinds, columns)
            What one item of each kind adds to the sums.
        compute : callable
            From sums, an array of shape (rows, columns), to values, an array of shape (rows, values).
        replicates, seed : int
        """
        if self.unit is None:
            return cell_estimates(self.totals, columns, compute, replicates=replicates, seed=seed)
        return cluster_estimates(self.by_cluster(columns), compute, unit=self.unit, replicates=replicates, seed=seed)


def tally(ratings: Ratings, *, ordered: bool = False, unit: str = "document", seed: int = 13) -> Tally:
    """Count ratings by kind.

    Parameters
    ----------
    ratings : Ratings
    ordered : bool
        Whether items are of one kind only if each annotator gave the same label, or if each label was given as often.
    unit : str
        What the documents of the ratings are called.
    seed : int
        For dealing very many kinds or clusters into groups.
    """
    k = len(ratings.labels)
    kinds, codes = _ordered_kinds(ratings.codes, k) if ordered else _unordered_kinds(ratings.codes, k)
    counts = np.stack([(codes == label).sum(axis=1) for label in range(k)], axis=1).astype(np.float64)
    clusters, name = ratings.documents, None if ratings.documents is None else unit
    size = 1 if clusters is None else max(int(clusters.max(initial=-1)) + 1, len(ratings.document_names))
    rng = np.random.default_rng(seed)
    if clusters is None and len(codes) > _KINDS_DRAWN and len(kinds) > _ITEMS_DRAWN:
        clusters, size, name = rng.permutation(np.arange(len(kinds)) % _GROUPS), _GROUPS, "random group of items"
    elif clusters is not None and size > _CLUSTERS_DRAWN:
        clusters, size, name = rng.permutation(np.arange(size) % _GROUPS)[clusters], _GROUPS, f"random group of {unit}s"
    table = _table(kinds, len(codes), clusters, size, ratings.weights)
    is_pairable = counts.sum(axis=1) >= 2
    place = np.where(is_pairable, np.cumsum(is_pairable) - 1, -1)
    table = table[:, np.flatnonzero(is_pairable)]
    table = table[np.flatnonzero(table.sum(axis=1))] if name is not None else table
    return Tally(codes[is_pairable], counts[is_pairable], table, place[kinds], name)


def _table(kinds: Codes, size: int, clusters: Codes | None, rows: int, weights: Codes | None) -> sparse.csr_array[Any]:
    from scipy import sparse

    cells = kinds if clusters is None else clusters.astype(np.int64) * size + kinds
    if rows * size <= _CELLS_COUNTED:
        return sparse.csr_array(np.bincount(cells, weights=weights, minlength=rows * size).reshape(rows, size))
    found, places = np.unique(cells, return_inverse=True)
    amounts = np.bincount(places.reshape(-1), weights=weights)
    return sparse.csr_array((amounts, (found // size, found % size)), shape=(rows, size))


def _ordered_kinds(codes: Codes, k: int) -> tuple[Codes, Codes]:
    columns = codes.shape[1]
    base = k + 1
    if base**columns >= 1 << 62:
        return _sorted_kinds(codes)
    digits = [np.concatenate([np.arange(1, base), [0]]).astype(np.int64) * base**place for place in range(columns)]
    kinds, keys = _keys(codes, digits, base**columns)
    return kinds, np.stack([keys // base**place % base - 1 for place in range(columns)], axis=1)


def _unordered_kinds(codes: Codes, k: int) -> tuple[Codes, Codes]:
    columns = codes.shape[1]
    base = columns + 1
    if base**k >= 1 << 62:
        return _sorted_kinds(np.sort(codes, axis=1))
    digit = np.array([*(base**label for label in range(k)), 0], dtype=np.int64)
    kinds, keys = _keys(codes, [digit] * columns, base**k)
    counts = np.stack([keys // base**label % base for label in range(k)], axis=1) if k else np.zeros((len(keys), 0), dtype=np.int64)
    sample = np.full((len(keys), columns), MISSING, dtype=np.int64)
    for row, count in enumerate(counts):
        labels = np.repeat(np.arange(k), count)
        sample[row, : len(labels)] = labels
    return kinds, sample


def _keys(codes: Codes, digits: Sequence[npt.NDArray[np.int64]], size: int) -> tuple[Codes, Codes]:
    """Return the kind of each row, and the number that stands for each kind; ``digits[column][code]`` are what numbers are sums of.

    A missing code, -1, takes the last of the digits.
    """
    kind: type[np.signedinteger[Any]] = np.int32 if size <= _KEYS_COUNTED else np.int64
    lookup = [digit.astype(kind) for digit in digits]
    keys = np.zeros(len(codes), dtype=kind)
    for start in range(0, len(codes), _ROWS):
        block, part = codes[start : start + _ROWS], keys[start : start + _ROWS]
        for column, digit in enumerate(lookup):
            part += digit[block[:, column]]
    if size > _KEYS_COUNTED:
        found, kinds = np.unique(keys, return_inverse=True)
        return kinds.reshape(-1), found.astype(np.int64)
    found = np.flatnonzero(np.bincount(keys, minlength=size))
    place = np.zeros(size, dtype=np.int64)
    place[found] = np.arange(len(found))
    return place[keys], found


def _sorted_kinds(codes: Codes) -> tuple[Codes, Codes]:
    found, kinds = np.unique(codes, axis=0, return_inverse=True)
    return kinds.reshape(-1), found.astype(np.int64)
