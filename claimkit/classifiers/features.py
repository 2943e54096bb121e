"""From (text, target) pairs to rows of numbers: n-grams of the text, n-grams of the target, and what the two have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack

from claimkit.classifiers.ngrams import Array, blocks_of
from claimkit.classifiers.pairs import PAIR_FEATURES, joined, pair_rows, row_products, side_of
from claimkit.classifiers.tfidf import NgramSpec, Vocabulary

_CHUNK_CHARACTERS = 400_000
_SMALLEST_SPREAD = 1e-6
# Standard deviation of the pair features in the training data: nearer to the size of an n-gram's weight in a row of length 1, which
# lets the solver converge in half the time, at the same scores.
PAIR_SPREAD = 0.3


class Pairs(NamedTuple):
    """Texts and their targets, of equal length."""

    texts: Sequence[str]
    targets: Sequence[str]


class PairFeatures:
    """A fitted map from (text, target) pairs to a sparse matrix.

    Parameters
    ----------
    vocabularies : dict of str to Vocabulary
        ``text_word``, ``text_char``, ``target_word``; a part that is absent gives no columns.
    spread : ndarray of float32, shape (2, n_pair_features) or None
        Mean and standard deviation in the training data of the features of text and target together; ``None`` leaves them out.
    target_weight : float
        Length of the n-gram rows of targets; those of texts have length 1.
    """

    def __init__(self, vocabularies: dict[str, Vocabulary], spread: Array | None, target_weight: float = 1.0) -> None:
        self.vocabularies = vocabularies
        self.spread = spread
        self.target_weight = target_weight

    @property
    def n_features(self) -> int:
        """Columns of the matrix."""
        return sum(map(len, self.vocabularies.values())) + (0 if self.spread is None else len(PAIR_FEATURES))

    @classmethod
    def learn(
        cls, pairs: Pairs, specs: dict[str, NgramSpec], *, together: bool, target_weight: float = 1.0
    ) -> tuple[PairFeatures, Any]:
        """Learn the vocabularies; returns the map and the matrix of the pairs it was learnt from."""
        texts, _ = _distinct(pairs.texts)
        targets, _ = _distinct(pairs.targets)
        blocks = {"text": [block for _, block in blocks_of(texts)], "target": [block for _, block in blocks_of(targets)]}
        learnt = cls({part: Vocabulary.learn(spec, blocks[side_name(part)]) for part, spec in specs.items()}, None, target_weight)
        del blocks
        if not together:
            return learnt, learnt.matrix(pairs)
        sparse, dense = learnt._both(pairs, together=True)
        mean, deviation = dense.mean(axis=0), dense.std(axis=0)
        learnt.spread = np.stack([mean, np.where(deviation > _SMALLEST_SPREAD, deviation, 1)]).astype(np.float32)
        return learnt, learnt._joined(sparse, dense)

    def matrix(self, pairs: Pairs) -> Any:
        """Return the rows of some pairs, as a sparse matrix of shape (n_pairs, n_features)."""
        return self._joined(*self._both(pairs, together=self.spread is not None))

    def _joined(self, sparse: Any, dense: Array) -> Any:
        if self.spread is None:
            return sparse
        scaled = PAIR_SPREAD * (dense - self.spread[0].astype(np.float64)) / self.spread[1].astype(np.float64)
        return hstack([sparse, csr_matrix(scaled)], format="csr")

    def _both(self, pairs: Pairs, *, together: bool) -> tuple[Any, Array]:
        """Return the n-gram columns, and the pair features as they were before scaling."""
        sparse, dense = [], []
        for chunk in _chunks(pairs):
            texts, of_text = _distinct(chunk.texts)
            targets, of_target = _distinct(chunk.targets)
            of = {"text": of_text, "target": of_target}
            rows = {
                "text": self._rows("text", texts, together=together),
                "target": self._rows("target", targets, together=together),
            }
            parts = []
            for part in self.vocabularies:
                side = side_name(part)
                weight = self.target_weight if side == "target" else 1.0
                parts.append(rows[side].ngrams[part][of[side]] * weight)
            sparse.append(hstack(parts, format="csr"))
            if together:
                sides = rows["text"].side, rows["target"].side
                dense.append(pair_rows(*sides, _cosines(rows, of_text, of_target), of_text, of_target))
        return vstack(sparse, format="csr"), np.concatenate(dense) if dense else np.zeros((len(pairs.texts), 0))

    def _rows(self, name: str, strings: Sequence[str], *, together: bool) -> SideRows:
        """Return the rows of distinct texts or targets over each vocabulary, and what pair features need of them."""
        parts = [part for part in self.vocabularies if side_name(part) == name or (together and side_name(part) == "text")]
        found: dict[str, list[Any]] = {part: [] for part in parts}
        sides = []
        for _, block in blocks_of(strings) if parts else ():
            for part in parts:
                found[part].append(self.vocabularies[part].rows(block))
            if together:
                sides.append(side_of(block))
        ngrams = {part: vstack(matrices, format="csr") for part, matrices in found.items()}
        return SideRows(ngrams, joined(sides) if together else None)


class SideRows(NamedTuple):
    """Distinct texts or targets: their n-gram rows over each vocabulary, and what pair features need."""

    ngrams: dict[str, Any]
    side: Any


def side_name(part: str) -> str:
    """Return which side the n-grams of a part are taken from: ``text`` or ``target``."""
    return part.partition("_")[0]


def _cosines(rows: dict[str, SideRows], of_text: Array, of_target: Array) -> list[Array]:
    """Return the cosine of text and target over the words and over the characters that are known of texts."""
    text, target = rows["text"].ngrams, rows["target"].ngrams
    return [
        row_products(text[part][of_text], target[part][of_target]) if part in text else np.zeros(len(of_text))
        for part in ("text_word", "text_char")
    ]


def _chunks(pairs: Pairs) -> Iterator[Pairs]:
    start, length = 0, 0
    for index, text in enumerate(pairs.texts):
        length += len(text)
        if length >= _CHUNK_CHARACTERS:
            yield Pairs(pairs.texts[start : index + 1], pairs.targets[start : index + 1])
            start, length = index + 1, 0
    if start < len(pairs.texts):
        yield Pairs(pairs.texts[start:], pairs.targets[start:])


def _distinct(strings: Sequence[str]) -> tuple[list[str], Array]:
    places: dict[str, int] = {}
    of = np.fromiter((places.setdefault(string, len(places)) for string in strings), dtype=np.int64, count=len(strings))
    return list(places), of
