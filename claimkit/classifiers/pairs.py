"""Numbers about a text and its target together: overlap, similarity, and words of denial, each alone and where the two meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, vstack

from claimkit.classifiers.ngrams import Array, Block, hash_words

NEGATIONS = (
    *("no", "not", "never", "none", "nobody", "nothing", "nor", "neither", "nowhere", "without", "cannot", "against", "ain't"),
    *("can't", "won't", "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't", "weren't", "shouldn't", "wouldn't", "couldn't"),
    *("hasn't", "haven't", "hadn't"),
)
REFUTATIONS = (
    # the refuting words of the FNC-1 organisers' baseline (feature_engineering.py, refuting_features)
    *(
        "fake",
        "fraud",
        "hoax",
        "false",
        "deny",
        "denies",
        "despite",
        "nope",
        "doubt",
        "doubts",
        "bogus",
        "debunk",
        "pranks",
        "retract",
    ),
    # verbs of denial in news
    *("denied", "reject", "rejects", "rejected", "refute", "refutes", "refuted", "dispute", "disputes", "disputed"),
    *("dismiss", "dismisses", "dismissed", "baseless"),
)
# Column order of the matrix; the names are written into the model folder.
PAIR_FEATURES = (
    "overlap_in_target",
    "overlap_in_text",
    "jaccard",
    "cosine_words",
    "cosine_chars",
    "negations",
    "refutations",
    "target_negations",
    "negations_differ",
    "negations_x_overlap",
    "refutations_x_overlap",
    "negations_x_cosine",
    "log_text_length",
    "log_target_length",
)
_BITS = np.uint64(40)  # 24 bits of the hash tell the words of one text apart


class Side(NamedTuple):
    """What is known of each distinct text (or target): its words as a 0/1 matrix, how many it has, and its words of denial."""

    words: Any
    lengths: Array
    negations: Array
    refutations: Array


def side_of(block: Block) -> Side:
    """Return what pair features need of a block of texts."""
    rows, hashes, _, _ = block.tokens
    keys = np.unique(rows << np.int64(24) | (hashes >> _BITS).astype(np.int64))
    row = keys >> np.int64(24)
    pointer = np.searchsorted(row, np.arange(block.n_rows + 1)).astype(np.int32)
    columns = (keys & np.int64(2**24 - 1)).astype(np.int32)
    words = csr_matrix((np.ones(len(keys)), columns, pointer), shape=(block.n_rows, 2**24))
    counts = (np.bincount(rows[np.isin(hashes, cues)], minlength=block.n_rows) for cues in (_NEGATION_HASHES, _REFUTATION_HASHES))
    return Side(words, np.bincount(rows, minlength=block.n_rows), *counts)


def joined(sides: Sequence[Side]) -> Side:
    """Return the sides of several blocks as one."""
    numbers = [np.concatenate(part) for part in list(zip(*sides, strict=True))[1:]]
    return Side(vstack([side.words for side in sides], format="csr"), *numbers)


def pair_rows(text: Side, target: Side, cosines: Sequence[Array], of_text: Array, of_target: Array) -> Array:
    """Return the features of each pair, in the order of :data:`PAIR_FEATURES`.

    Parameters
    ----------
    text, target : Side
        Of the distinct texts and targets.
    cosines : sequence of two ndarrays of shape (n_pairs,)
        Over words and over characters.
    of_text, of_target : ndarray of int, shape (n_pairs,)
        Which text and which target make up a pair.
    """
    shared = row_products(text.words[of_text], target.words[of_target])
    n_text, n_target = (np.diff(side.words.indptr)[rows] for side, rows in ((text, of_text), (target, of_target)))
    in_target = shared / np.maximum(n_target, 1)
    negations, refutations = (np.log1p(counts[of_text]) for counts in (text.negations, text.refutations))
    differ = (text.negations[of_text] % 2) != (target.negations[of_target] % 2)
    columns = (
        in_target,
        shared / np.maximum(n_text, 1),
        shared / np.maximum(n_text + n_target - shared, 1),
        *cosines,
        negations,
        refutations,
        np.log1p(target.negations[of_target]),
        differ,
        negations * in_target,
        refutations * in_target,
        negations * cosines[0],
        np.log1p(text.lengths[of_text]),
        np.log1p(target.lengths[of_target]),
    )
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def row_products(left: Any, right: Any) -> Array:
    """Return the dot product of each row of one sparse matrix with the same row of another."""
    return np.asarray(left.multiply(right).sum(axis=1)).ravel()


_NEGATION_HASHES = hash_words(NEGATIONS)
_REFUTATION_HASHES = hash_words(REFUTATIONS)
