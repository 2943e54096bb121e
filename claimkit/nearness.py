"""Texts that are nearly the same: wire copies, retweets with another link, rows that were pasted twice."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from itertools import combinations, pairwise

_WORDS = re.compile(r"\w+")
_SHINGLE = 3
_BANDS, _ROWS = 21, 4  # two texts of similarity .8 fail to share a band once in 60,000 times


def normal_words(text: str) -> str:
    """Return the words of a text, lower case, with single spaces; the text itself where it has none.

    >>> normal_words("Same, WORDS!")
    'same words'
    """
    return " ".join(_WORDS.findall(text.casefold())) or text


def near_duplicates(texts: Sequence[str], similarity: float = 0.8) -> list[tuple[int, int]]:
    """Return pairs of texts whose word triples are nearly the same.

    Candidates are found by MinHash with banding, and each is checked exactly: no pair below the similarity is returned, and one of
    similarity .8 is missed once in 60,000 times. Texts of fewer than three words are compared as wholes.

    Parameters
    ----------
    texts : sequence of str
    similarity : float
        Least Jaccard similarity of the sets of word triples, in (0, 1].

    Returns
    -------
    list of (int, int)
        Places in ``texts``, the smaller first, sorted. Of texts with the same words only neighbours are paired.

    References
    ----------
    Broder (1997), On the Resemblance and Containment of Documents; Leskovec, Rajaraman and Ullman (2020), Mining of Massive
    Datasets, section 3.4.

    Examples
    --------
    >>> near_duplicates(["the talks broke down in Doha on Friday night", "The talks broke down, in Doha, on Friday night again!"])
    [(0, 1)]
    """
    if not 0 < similarity <= 1:
        raise ValueError(f"similarity must be greater than 0 and at most 1. Got {similarity}.")
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    pairs: set[tuple[int, int]] = set()
    for index, text in enumerate(texts):
        words = normal_words(text)
        first.setdefault(words, index)
        if words in last:
            pairs.add((last[words], index))
        last[words] = index
    places = list(first.values())
    shingles = [_shingles(words) for words in first]
    for a, b in _candidates(shingles):
        if _are_near(shingles[a], shingles[b], similarity):
            pairs.add((min(places[a], places[b]), max(places[a], places[b])))
    return sorted(pairs)


def near_across(texts: Sequence[str], sides: Sequence[Set[int]], similarity: float = 0.8) -> list[tuple[int, int]]:
    """Return every pair of distinct texts, nearly the same, of which one is on a side where the other is not, or both on several.

    Found as in :func:`near_duplicates`, but all pairs across sides are returned, not only as many as connect the texts; none within
    a side.

    Parameters
    ----------
    texts : sequence of str
        No two with the same words.
    sides : sequence of set of int
        For each text, the sides on which it stands.
    similarity : float
        Least Jaccard similarity of the sets of word triples, in (0, 1].

    Examples
    --------
    >>> texts = ["the talks broke down in Doha on Friday night", "The talks broke down, in Doha, on Friday night again!"]
    >>> near_across(texts, [{0}, {1}]), near_across(texts, [{0}, {0}])
    ([(0, 1)], [])
    """
    if not 0 < similarity <= 1:
        raise ValueError(f"similarity must be greater than 0 and at most 1. Got {similarity}.")
    shingles = [_shingles(normal_words(text)) for text in texts]
    candidates = {
        pair for members in _buckets(shingles) for pair in combinations(members, 2) if len(sides[pair[0]] | sides[pair[1]]) > 1
    }
    return sorted((a, b) for a, b in candidates if _are_near(shingles[a], shingles[b], similarity))


def _are_near(one: frozenset[int], other: frozenset[int], similarity: float) -> bool:
    shared = len(one & other)
    return shared > 0 and shared >= similarity * (len(one) + len(other) - shared)


def _shingles(words: str) -> frozenset[int]:
    parts = words.split(" ")
    if len(parts) < _SHINGLE:
        return frozenset({zlib.crc32(words.encode())})
    return frozenset(zlib.crc32(" ".join(parts[at : at + _SHINGLE]).encode()) for at in range(len(parts) - _SHINGLE + 1))


def _candidates(shingles: Sequence[frozenset[int]]) -> set[tuple[int, int]]:
    """Return pairs that agree in a whole band of their MinHash signatures, as many as connect all that do."""
    found: set[tuple[int, int]] = set()
    for members in _buckets(shingles):
        # a chain of neighbours connects a bucket as well as all its pairs do, and each text is still compared with several others
        found.update(pairwise(members))
        found.update((members[0], other) for other in members[2:])
    return found


def _buckets(shingles: Sequence[frozenset[int]]) -> Iterator[list[int]]:
    """Yield the texts that agree in a whole band of their MinHash signatures, in order."""
    import numpy as np

    rng = np.random.default_rng(0)
    factors = rng.integers(0, 1 << 64, size=_BANDS * _ROWS, dtype=np.uint64) | np.uint64(1)  # odd: no two hashes fall together
    shifts = rng.integers(0, 1 << 64, size=_BANDS * _ROWS, dtype=np.uint64)
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for index, hashes in enumerate(shingles):
        values = np.fromiter(hashes, dtype=np.uint64, count=len(hashes))
        signature = (values[:, None] * factors + shifts).min(axis=0)  # modulo 2 ** 64
        for band in range(_BANDS):
            buckets[band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes()].append(index)
    yield from buckets.values()
