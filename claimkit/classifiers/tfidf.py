"""A vocabulary of word or character n-grams and the TF-IDF rows of texts over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec
import numpy as np
from scipy.sparse import csr_matrix

from claimkit.classifiers.ngrams import Array, Block, Grams, Lookup, hash_chars, hash_words

Weighting = Literal["sublinear", "binary"]


class NgramSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which n-grams are counted, and how.

    Attributes
    ----------
    unit : {"word", "char"}
        ``char`` counts inside words and at their edges.
    low, high : int
        Lengths, both included.
    min_df : int
        Texts in which an n-gram must occur.
    max_features : int
        The most frequent n-grams are kept.
    weighting : {"sublinear", "binary"}
        ``sublinear``: (1 + ln count) x idf, rows of unit length; ``binary``: 1 for what is there.
    """

    unit: Literal["word", "char"]
    low: int
    high: int
    min_df: int = 2
    max_features: int = 200_000
    weighting: Weighting = "sublinear"

    def grams(self, block: Block) -> Iterator[Grams]:
        """Yield the occurrences in a block of texts."""
        return block.words(self.low, self.high) if self.unit == "word" else block.chars(self.low, self.high)


class Vocabulary:
    """The n-grams that a model knows, in alphabetical order, each with its inverse document frequency.

    Parameters
    ----------
    spec : NgramSpec
    terms : sequence of str
        Words of an n-gram are joined by a space.
    idf : ndarray of float32, shape (n_terms,)
    """

    def __init__(self, spec: NgramSpec, terms: Sequence[str], idf: Array) -> None:
        self.spec = spec
        self.terms = terms
        self.idf = idf
        self._lookup = Lookup(hash_words(terms) if spec.unit == "word" else hash_chars(terms))

    def __len__(self) -> int:
        return len(self.terms)

    @classmethod
    def learn(cls, spec: NgramSpec, blocks: Sequence[Block]) -> Vocabulary:
        """Collect the n-grams of some texts; idf = 1 + ln((1 + n) / (1 + df)), as in scikit-learn."""
        hashes, counts = _document_frequencies(spec, blocks)
        keep = np.flatnonzero(counts >= spec.min_df)
        terms = _spell(spec, blocks, hashes[keep])
        order = sorted(range(len(keep)), key=lambda index: (-counts[keep[index]], terms[index]))[: spec.max_features]
        order.sort(key=terms.__getitem__)
        n_texts = sum(block.n_rows for block in blocks)
        idf = 1 + np.log((1 + n_texts) / (1 + counts[keep[np.array(order, dtype=np.int64)]]))
        return cls(spec, [terms[index] for index in order], idf.astype(np.float32))

    def rows(self, block: Block) -> Any:
        """Return the rows of a block as a sparse matrix of shape (n_rows, n_terms)."""
        width = max(len(self), 1)
        keys = [np.zeros(0, dtype=np.int64)]
        for rows, hashes, _, _ in self.spec.grams(block):
            columns = self._lookup(hashes)
            known = np.flatnonzero(columns >= 0)
            keys.append(rows[known] * width + columns[known])
        joined = np.sort(np.concatenate(keys))
        firsts = np.flatnonzero(np.diff(joined, prepend=-1))
        kept = joined[firsts]
        row = kept // width
        column = kept - row * width
        if self.spec.weighting == "binary":
            data = np.ones(len(kept))
        else:
            data = (1 + np.log(np.diff(firsts, append=len(joined)))) * self.idf[column]
            data /= np.sqrt(np.bincount(row, data * data, minlength=block.n_rows))[row]
        pointer = np.searchsorted(row, np.arange(block.n_rows + 1))
        return csr_matrix((data, column.astype(np.int32), pointer.astype(np.int32)), shape=(block.n_rows, len(self)))


def _document_frequencies(spec: NgramSpec, blocks: Sequence[Block]) -> tuple[Array, Array]:
    found, counted = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
    for block in blocks:
        for rows, hashes, _, _ in spec.grams(block):
            order = np.argsort(hashes, kind="stable")  # rows stay in order within a hash, so repeats in one text are neighbours
            rows, hashes = rows[order], hashes[order]
            new_hash = np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)]
            once = np.flatnonzero(new_hash | (np.diff(rows, prepend=-1) != 0))
            values, counts = np.unique(hashes[once], return_counts=True)
            found.append(values)
            counted.append(counts)
    hashes, inverse = np.unique(np.concatenate(found), return_inverse=True)
    return hashes, np.bincount(inverse, np.concatenate(counted), minlength=len(hashes)).astype(np.int64)


def _spell(spec: NgramSpec, blocks: Sequence[Block], hashes: Array) -> list[str]:
    """Return the text of each hash from its first occurrence."""
    lookup = Lookup(hashes)
    terms: list[str | None] = [None] * len(hashes)
    missing = np.ones(len(hashes), dtype=bool)
    for block in blocks:
        for _, found, starts, ends in spec.grams(block):
            columns = lookup(found)
            known = np.flatnonzero(columns >= 0)
            at = known[missing[columns[known]]]
            fresh, first = np.unique(columns[at], return_index=True)
            missing[fresh] = False
            for column, place in zip(fresh.tolist(), at[first].tolist(), strict=True):
                terms[column] = _text_of(spec, block, int(starts[place]), int(ends[place]))
    return [term or "" for term in terms]


def _text_of(spec: NgramSpec, block: Block, start: int, end: int) -> str:
    if spec.unit == "char":
        return block.joined[start:end]
    starts, ends = block.tokens.starts, block.tokens.ends
    first, last = np.searchsorted(starts, (start, end))
    return " ".join(block.joined[a:b] for a, b in zip(starts[first:last].tolist(), ends[first:last].tolist(), strict=True))
