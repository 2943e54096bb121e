"""Baselines that look at a text without reading it: how long it is, and how many of its words sound good or bad."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import ClassVar

from claimkit.classifiers.counts import CountClassifier
from claimkit.classifiers.rows import Rows

_WORD = re.compile(r"[^\W\d_]+")
_MOST = 3

# Common English words of praise and blame, chosen for this project; whole words, lower case.
GOOD = frozenset(
    """
    agree agreed good great best better love loved like support supported thank thanks happy hope hopeful proud right true win won
    success successful peace peaceful safe strong help helped helpful friend friendly welcome welcomed valuable honest fair free
    brave wise kind progress benefit benefits improve improved trust respect praise praised blessed beautiful excellent
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
BAD = frozenset(
    """
    bad worse worst wrong false lie lies lying liar hate hated evil kill killed killing murder terror terrorist terrorism attack
    attacked war dead death fail failed failure threat danger dangerous sad angry fear crime criminal corrupt stupid crazy sick
    shame unfair illegal reject rejected deny denied blame blamed accuse accused condemn condemned baseless broken damage hurt
    """.split()  # noqa: SIM905 - likewise
)


def length_key(text: str) -> str:
    """Return the class of length of a text: half a power of two of its words.

    >>> length_key("one two three"), length_key("word " * 100)
    ('4', '13')
    """
    return str(round(2 * math.log2(1 + len(text.split()))))


def sentiment_key(text: str) -> str:
    """Return how many more good words than bad ones a text has, at most three either way.

    >>> sentiment_key("a great success"), sentiment_key("they denied the lies"), sentiment_key("the sky")
    ('2', '-2', '0')
    """
    words = _WORD.findall(text.lower())
    return str(max(-_MOST, min(_MOST, sum(word in GOOD for word in words) - sum(word in BAD for word in words))))


class LengthOnlyClassifier(CountClassifier):
    """The most frequent label among texts of like length: what can be had without reading."""

    name: ClassVar[str] = "length-only"
    reads_target: ClassVar[bool] = False

    def _keys(self, rows: Rows) -> Sequence[str | None]:
        return [length_key(text) for text in rows.texts]


class SentimentOnlyClassifier(CountClassifier):
    """The most frequent label among texts with as many more good words than bad ones: what can be had from tone alone."""

    name: ClassVar[str] = "sentiment-only"
    reads_target: ClassVar[bool] = False

    def _keys(self, rows: Rows) -> Sequence[str | None]:
        return [sentiment_key(text) for text in rows.texts]
