"""Word and character n-grams of many texts in one vectorised pass, and the vocabulary that gives them columns.

Counting n-grams is what limits the speed of a linear text model. Here a block of texts becomes one array of code points; every
n-gram gets a 64-bit polynomial hash (Karp & Rabin 1987), computed with NumPy for all windows at once, and a vocabulary is a table
from hash to column. The strings are kept, so a model can be read; among a million n-grams two share a hash with a probability
below 1e-7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

BLOCK_CHARACTERS = 50_000  # the arrays of a block then fit into the second-level cache
_SPACE, _NEWLINE = 32, 10
_LONGEST = 128  # characters of a word that tell it from others by their place
# Odd 64-bit constants: 2**64 divided by the golden ratio, and those of SplitMix64 (Steele, Lea & Flood 2014).
_GOLDEN, _MIX, _BASE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_POWERS = np.cumprod(np.array([1] + [int(_BASE)] * (_LONGEST - 1), dtype=np.uint64), dtype=np.uint64)
_WORD = re.compile(r"[\w'’]")
_kinds = np.full(0x110000, -1, dtype=np.int8)  # by code point: 1 belongs to a word, 0 does not, -1 was not looked at yet


class Grams(NamedTuple):
    """Occurrences of n-grams: the row of each, its hash, and where it starts and ends in the joined text of the block."""

    rows: Array
    hashes: Array
    starts: Array
    ends: Array


class Block:
    """Some texts as one array of code points: lower case, one space on either side of every word, a line feed after every text."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.n_rows = len(texts)
        self.joined = "".join([f" {' '.join(text.split())} \n" for text in texts]).lower()
        self.codes = _codes(self.joined)
        self.newline = self.codes == _NEWLINE
        self.rows = np.repeat(np.arange(self.n_rows, dtype=np.int64), np.diff(np.flatnonzero(self.newline), prepend=-1))
        self.mixed = _mix(self.codes)
        self.tokens = self._tokens()

    def _tokens(self) -> Grams:
        edges = np.flatnonzero(np.diff(_is_word(self.codes), prepend=False, append=False))
        starts, ends = edges[::2], edges[1::2]
        first = np.zeros(len(self.codes), dtype=np.int64)
        first[starts] = starts
        return Grams(self.rows[starts], _window_hashes(self.mixed, np.maximum.accumulate(first), starts, ends), starts, ends)

    def words(self, low: int, high: int) -> Iterator[Grams]:
        """Yield the n-grams of words, one length after the other; a word is a run of letters, digits, _ and apostrophes."""
        rows, hashes, starts, ends = self.tokens
        for n in range(1, high + 1):
            if n > 1:
                size = max(len(rows) - n + 1, 0)
                hashes = hashes[:size] * _MIX + self.tokens.hashes[n - 1 :]
            if n >= low:
                same = np.flatnonzero(rows[: len(hashes)] == rows[n - 1 :])
                yield Grams(rows[same], hashes[same], starts[same], ends[same + n - 1])

    def chars(self, low: int, high: int) -> Iterator[Grams]:
        """Yield the n-grams inside words and at their edges (scikit-learn's ``char_wb``), one length after the other."""
        space = self.codes == _SPACE
        inner = space | self.newline
        hashes, fits = self.mixed, ~self.newline
        for n in range(2, high + 1):
            size = max(len(self.codes) - n + 1, 0)
            hashes = hashes[:size] + self.mixed[n - 1 :] * _POWERS[n - 1]
            fits = fits[:size] & ~self.newline[n - 1 :]
            fits &= ~(space[:-1] & space[1:]) if n == 2 else ~inner[n - 2 : n - 2 + size]
            if n >= low:
                starts = np.flatnonzero(fits)
                yield Grams(self.rows[starts], hashes[starts], starts, starts + n)


def blocks_of(texts: Sequence[str], size: int = BLOCK_CHARACTERS) -> Iterator[tuple[int, Block]]:
    """Cut texts into blocks of about ``size`` characters; yields the row where each begins."""
    start, length = 0, 0
    for index, text in enumerate(texts):
        length += len(text) + 3
        if length >= size:
            yield start, Block(texts[start : index + 1])
            start, length = index + 1, 0
    if start < len(texts):
        yield start, Block(texts[start:])


def hash_chars(strings: Sequence[str]) -> Array:
    """Return the hash that :meth:`Block.chars` gives each string."""
    lengths = np.fromiter(map(len, strings), dtype=np.int64, count=len(strings))
    ends = np.cumsum(lengths)
    starts = ends - lengths
    return _window_hashes(_mix(_codes("".join(strings))), np.repeat(starts, lengths), starts, ends)


def hash_words(strings: Sequence[str]) -> Array:
    """Return the hash that :meth:`Block.words` gives each string; its words are joined by single spaces."""
    tokens = hash_chars(" ".join(strings).split(" "))
    counts = np.fromiter((string.count(" ") + 1 for string in strings), dtype=np.int64, count=len(strings))
    starts = np.cumsum(counts) - counts
    hashes = tokens[starts].copy() if len(strings) else np.zeros(0, dtype=np.uint64)
    for n in range(1, int(counts.max(initial=1))):
        longer = np.flatnonzero(counts > n)
        hashes[longer] = hashes[longer] * _MIX + tokens[starts[longer] + n]
    return hashes


class Lookup:
    """A table from 64-bit hash to column; unknown hashes give -1.

    The first bits of a hash name a bucket, as in a radix table, so that nearly every hash is found or refused by one comparison.
    """

    def __init__(self, hashes: Array) -> None:
        bits = max(len(hashes).bit_length() + 2, 4)
        self._shift = np.uint64(64 - bits)
        self._columns = np.append(np.argsort(hashes, kind="stable"), -1).astype(np.int32)
        ordered = hashes[self._columns[:-1]]
        sizes = np.bincount((ordered >> self._shift).astype(np.int64), minlength=2**bits)
        self._first = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
        self._ordered = np.append(ordered, np.uint64(0))

    def __call__(self, hashes: Array) -> Array:
        """Return the column of each hash."""
        bucket = (hashes >> self._shift).astype(np.int64)
        at, end = self._first[bucket], self._first[bucket + 1]
        found = np.where((self._ordered[at] == hashes) & (at < end), self._columns[at], np.int32(-1))
        left = np.flatnonzero((found < 0) & (at + 1 < end))
        while len(left):
            at[left] += 1
            here = at[left]
            same = self._ordered[here] == hashes[left]
            found[left[same]] = self._columns[here[same]]
            left = left[~same & (here + 1 < end[left])]
        return found


def _codes(text: str) -> Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _mix(codes: Array) -> Array:
    mixed = (codes.astype(np.uint64) + np.uint64(1)) * _GOLDEN
    mixed ^= mixed >> np.uint64(30)
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(27)
    return mixed


def _window_hashes(mixed: Array, first: Array, starts: Array, ends: Array) -> Array:
    place = np.minimum(np.arange(len(mixed)) - first, _LONGEST - 1)
    total = np.zeros(len(mixed) + 1, dtype=np.uint64)
    np.cumsum(mixed * _POWERS[place], out=total[1:])
    return np.asarray(total[ends] - total[starts])


def _is_word(codes: Array) -> Array:
    kinds = _kinds[codes]
    if (kinds < 0).any():
        fresh = np.unique(codes[kinds < 0])
        _kinds[fresh] = [_WORD.match(chr(code)) is not None for code in fresh.tolist()]
        kinds = _kinds[codes]
    return np.asarray(kinds == 1)
