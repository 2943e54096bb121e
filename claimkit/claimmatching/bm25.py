"""BM25: the ranking of texts by the words that they share with a query."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from claimkit.claimmatching.counts import Analyser, Floats, Terms
from claimkit.claimmatching.words import words_of


class BM25:
    """Score texts by the words that they share with a query.

    A word that ``tf`` of a text's ``l`` words are adds ``idf · tf (k1 + 1) / (tf + k1 (1 - b + b l / mean l))``, where idf is
    ``log(1 + (n - df + .5) / (df + .5))``, which is never negative. A word that a query has twice counts once.

    Parameters
    ----------
    texts : sequence of str
    k1 : float
        How slowly further occurrences of a word lose weight, at least 0.
    b : float
        How far long texts are held back, from 0 to 1.
    analyse : callable
        From a text to its words.

    References
    ----------
    Robertson, Walker, Jones, Hancock-Beaulieu and Gatford (1995), Okapi at TREC-3; Robertson and Zaragoza (2009), The Probabilistic
    Relevance Framework: BM25 and Beyond, section 3. The idf is that of Lucene.

    Examples
    --------
    >>> BM25(["the wall stands", "the bridge"]).scores(["which wall?"]).round(3).tolist()
    [[0.664, 0.0]]
    """

    def __init__(self, texts: Sequence[str], *, k1: float = 1.2, b: float = 0.4, analyse: Analyser = words_of) -> None:
        if k1 < 0 or not 0 <= b <= 1:
            raise ValueError(f"k1 must be at least 0 and b between 0 and 1. Got {k1!r} and {b!r}.")
        self._terms = terms = Terms(texts, analyse)
        counts, frequencies = terms.counts, terms.frequencies
        idf = np.log1p((len(texts) - frequencies + 0.5) / (frequencies + 0.5))
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        held_back = k1 * (1 - b + b * lengths / max(float(lengths.mean()) if len(texts) else 0.0, 1.0))
        weights = counts.copy()
        times = counts.data
        weights.data = idf[counts.indices] * times * (k1 + 1) / (times + np.repeat(held_back, np.diff(counts.indptr)))
        self._by_term = weights.T.tocsr()

    def scores(self, queries: Sequence[str]) -> Floats:
        """Return the scores, an array of shape (n queries, n texts), at least 0."""
        asked = self._terms.count(queries)
        asked.data[:] = 1.0
        return np.asarray((asked @ self._by_term).toarray(), dtype=np.float64)
