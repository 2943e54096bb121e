"""The F1 of marked spans: equal ones, ones that overlap, and single tokens."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from claimkit.matching import Mark, length_of, pair_marks
from claimkit.metrics.base import SpanMetric, Values, ratio

_TOKEN = re.compile(r"\w+|[^\w\s]")
RELAXED_FROM = 0.5  # intersection over union


class MarkedText(NamedTuple):
    """The marks of one document, and where the tokens begin and end that any of them holds."""

    marks: tuple[Mark, ...]
    tokens: frozenset[tuple[int, int]]


def tokens_of(start: int, text: str) -> list[tuple[int, int]]:
    """Return where the words and punctuation marks of a stretch of text begin and end; ``start`` is where it stands.

    >>> tokens_of(10, "It's")
    [(10, 12), (12, 13), (13, 14)]
    """
    return [(start + found.start(), start + found.end()) for found in _TOKEN.finditer(text)]


def span_counts(gold: MarkedText, predicted: MarkedText, match: str) -> Values:
    """Return what is right of the predicted marks, what is found of the gold marks, how much is predicted and how much is gold.

    Parameters
    ----------
    gold, predicted : MarkedText
        Of the same document.
    match : {"strict", "relaxed", "partial", "token"}
        Marks that are equal; marks paired one to one with an intersection of at least half of their union; marks paired one to one,
        each counting by the share of it that the other covers; tokens that are marked, whatever mark they belong to.

    Returns
    -------
    array of shape (4,)

    References
    ----------
    Partial: Johansson and Moschitti (2013), Relational Features in Fine-Grained Opinion Analysis, Computational Linguistics 39,
    section 3.2, here with marks paired one to one, so that overlapping marks cannot count twice.
    """
    if match == "token":
        both = len(predicted.tokens & gold.tokens)
        return np.array([both, both, len(predicted.tokens), len(gold.tokens)], dtype=np.float64)
    sizes = [float(len(predicted.marks)), float(len(gold.marks))]
    if match == "partial":
        pairs = pair_marks(gold.marks, predicted.marks)
        right = sum(pair.overlap / length_of(predicted.marks[pair.b]) for pair in pairs)
        found = sum(pair.overlap / length_of(gold.marks[pair.a]) for pair in pairs)
        return np.array([right, found, *sizes])
    if match == "strict":
        hits = sum((Counter(gold.marks) & Counter(predicted.marks)).values())
    else:
        hits = len(pair_marks(gold.marks, predicted.marks, at_least=RELAXED_FROM))
    return np.array([hits, hits, *sizes])


def precision_recall_f1_of_spans(sums: npt.NDArray[np.float64]) -> tuple[Values, Values, Values]:
    """Return precision, recall and F1 of summed counts.

    Parameters
    ----------
    sums : array of shape (…, 4)
        As :func:`span_counts` gives them.

    Returns
    -------
    precision, recall, f1 : arrays of shape (…)
        In [0, 1]; nan where undefined: nothing predicted, nothing gold, neither.
    """
    precision = ratio(sums[..., 0], sums[..., 2])
    recall = ratio(sums[..., 1], sums[..., 3])
    p, r = np.nan_to_num(precision), np.nan_to_num(recall)
    f1 = np.where(sums[..., 2] + sums[..., 3] > 0, ratio(2 * p * r, p + r, empty=0.0), np.nan)
    return precision, recall, f1


span_f1 = SpanMetric(
    name="span_f1",
    sentence="F1 of marked spans: strict (equal), relaxed (half in common), partial (by the share in common), or of tokens.",
    source="Partial: Johansson and Moschitti (2013), Computational Linguistics 39; relaxed: pairs of most overlap, Kuhn (1955).",
    counts=span_counts,
    parameters={"match": "strict"},
    choices={"match": ("strict", "relaxed", "partial", "token")},
)
