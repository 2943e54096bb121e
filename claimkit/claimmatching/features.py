"""What a text and a claim have in common, as numbers for a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from claimkit.claimmatching.bm25 import BM25
from claimkit.claimmatching.counts import Floats, Terms, TfIdf
from claimkit.claimmatching.words import characters_of, numbers_of, word_pairs_of, words_of

LEXICAL = (
    *(f"bm25_{field}" for field in ("both", "text", "title")),
    *(f"bm25_share_{field}" for field in ("both", "text", "title")),  # of the best in the collection
    *(f"{kind}_{field}" for field in ("text", "title") for kind in ("words", "characters", "of_claim", "of_query")),
    "word_pairs",
    "numbers",
    "number_missing",
)
DENSE = ("dense_text", "dense_title")


class TextEncoder(Protocol):
    """Anything that turns texts into vectors of length 1."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return an array of shape (n texts, dimension)."""
        ...


class ClaimFeatures:
    """The features of pairs of queries and claims of a collection.

    Parameters
    ----------
    texts, titles : sequence of str
        Of the claims; a title may be empty.
    k1, b : float
        Of :class:`~claimkit.claimmatching.BM25`.
    encoder : optional
        Has ``encode(texts)``, an array of float32 whose rows have length 1; adds the cosines of query and claim.

    Attributes
    ----------
    names : tuple of str
        Of the features, in order.
    """

    def __init__(
        self, texts: Sequence[str], titles: Sequence[str], *, k1: float, b: float, encoder: TextEncoder | None = None
    ) -> None:
        fields = [list(texts), list(titles)]
        both = [f"{title} {text}" for text, title in zip(texts, titles, strict=True)]
        self.names = LEXICAL if encoder is None else LEXICAL + DENSE
        self._bm25 = [BM25(field, k1=k1, b=b) for field in (both, *fields)]
        self._cosines = [[TfIdf(Terms(field, analyse)) for analyse in (words_of, characters_of)] for field in fields]
        self._pairs = TfIdf(Terms(both, word_pairs_of))
        self._numbers = Terms(both, numbers_of)
        self._words = Terms(both, words_of)
        self._idf = np.log1p(len(both) / (self._words.frequencies + 0.5))
        self._fields = [_present(self._words.count(field)) for field in fields]
        self._encoder = encoder
        self._vectors = [] if encoder is None else [encoder.encode(field) for field in fields]

    def of(self, queries: Sequence[str]) -> QueryFeatures:
        """Return what the features of some queries are read from."""
        dense = []
        if self._encoder is not None:
            asked = self._encoder.encode(queries)
            dense = [np.asarray(asked @ vectors.T, dtype=np.float64) for vectors in self._vectors]
        return QueryFeatures(self, queries, [bm25.scores(queries) for bm25 in self._bm25], dense)


class QueryFeatures:
    """The features of some queries with any claims of the collection.

    Attributes
    ----------
    bm25 : list of float array of shape (n queries, n claims)
        Over title and text together, the text, and the title.
    dense : list of float array of shape (n queries, n claims)
        Cosines with the text and with the title; empty without an encoder.
    """

    def __init__(self, claims: ClaimFeatures, queries: Sequence[str], bm25: list[Floats], dense: list[Floats]) -> None:
        self.bm25 = bm25
        self.dense = dense
        self._claims = claims
        self._cosines = [[kind.transform(queries) for kind in field] for field in claims._cosines]
        self._pairs = claims._pairs.transform(queries)
        self._numbers = claims._numbers.count(queries)
        self._words = _present(claims._words.count(queries))

    def table(self, row: int, candidates: npt.NDArray[np.integer]) -> Floats:
        """Return the features of one query with some claims, an array of shape (n candidates, n features)."""
        claims = self._claims
        found = [np.log1p(scores[row, candidates]) for scores in self.bm25]
        found += [scores[row, candidates] / max(float(scores[row].max()), 1e-9) for scores in self.bm25]
        weighted = self._words[[row]].multiply(claims._idf).toarray().ravel()
        for vectors, asked, present in zip(claims._cosines, self._cosines, claims._fields, strict=True):
            found += [_products(kind.vectors, query, row, candidates) for kind, query in zip(vectors, asked, strict=True)]
            words = present[candidates]
            shared = words @ weighted
            found += [shared / np.maximum(words @ claims._idf, 1e-9), shared / max(float(weighted.sum()), 1e-9)]
        found.append(_products(claims._pairs.vectors, self._pairs, row, candidates))
        numbers = claims._numbers.counts[candidates]
        n = np.asarray(numbers.sum(axis=1)).ravel()
        named = _products(claims._numbers.counts, self._numbers, row, candidates)
        found += [named / np.maximum(n, 1.0), (named < n).astype(np.float64)]
        found += [cosines[row, candidates] for cosines in self.dense]
        return np.column_stack(found)


def _present(counts: sp.csr_array) -> sp.csr_array:
    found = counts.copy()
    found.data[:] = 1.0
    return found


def _products(claims: sp.csr_array, queries: sp.csr_array, row: int, candidates: npt.NDArray[np.integer]) -> Floats:
    return np.asarray(claims[candidates] @ queries[[row]].toarray().ravel())
