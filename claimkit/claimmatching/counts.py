"""Texts as sparse counts of their terms, and as weighted vectors of length 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Analyser: TypeAlias = Callable[[str], list[str]]
Floats: TypeAlias = npt.NDArray[np.float64]


class Terms:
    """The terms of a collection of texts, and how often each text has each.

    Parameters
    ----------
    texts : sequence of str
    analyse : callable
        From a text to its terms.

    Attributes
    ----------
    counts : sparse array of shape (n texts, n terms)
    frequencies : int array of shape (n terms,)
        How many texts have a term.
    """

    def __init__(self, texts: Sequence[str], analyse: Analyser) -> None:
        self.analyse = analyse
        self._places: dict[str, int] = {}
        rows = [Counter(analyse(text)) for text in texts]
        for row in rows:
            for term in row:
                self._places.setdefault(term, len(self._places))
        self.counts = self._matrix(rows)
        self.frequencies = np.bincount(self.counts.indices, minlength=len(self._places))

    def count(self, texts: Sequence[str]) -> sp.csr_array:
        """Return the counts of other texts; terms that the collection lacks are left out."""
        return self._matrix([Counter(self.analyse(text)) for text in texts])

    def _matrix(self, rows: Sequence[Counter[str]]) -> sp.csr_array:
        known = [[(self._places[term], n) for term, n in row.items() if term in self._places] for row in rows]
        starts = np.cumsum([0, *(len(row) for row in known)])
        indices = np.array([place for row in known for place, _ in row], dtype=np.int64)
        data = np.array([n for row in known for _, n in row], dtype=np.float64)
        return sp.csr_array((data, indices, starts), shape=(len(rows), len(self._places)))


class TfIdf:
    """Vectors of length 1: one plus the logarithm of the count, times the smoothed inverse document frequency.

    Parameters
    ----------
    terms : Terms

    Attributes
    ----------
    vectors : sparse array of shape (n texts, n terms)
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._idf = np.log((1 + terms.counts.shape[0]) / (1 + terms.frequencies)) + 1
        self.vectors = self._weighted(terms.counts)

    def transform(self, texts: Sequence[str]) -> sp.csr_array:
        """Return the vectors of other texts."""
        return self._weighted(self._terms.count(texts))

    def _weighted(self, counts: sp.csr_array) -> sp.csr_array:
        found = counts.copy()
        found.data = (1 + np.log(found.data)) * self._idf[found.indices]
        lengths = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
        found.data /= np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(found.indptr))
        return found
