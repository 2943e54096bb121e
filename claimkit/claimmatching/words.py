"""The words, pairs of words, character n-grams and numbers of tweets and claims."""

from __future__ import annotations

import re
from itertools import pairwise

_URL = re.compile(r"https?://\S*|pic\.twitter\.com/\S*")
_TAG = re.compile(r"[#@](\w+)")
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_")
_WORD = re.compile(r"\w\w+")
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_ENDINGS = ("ing", "ed", "es", "s")


def plain_words(text: str) -> list[str]:
    """Return the words of two letters or more, lower case, and nothing else done to them.

    >>> plain_words("Not #TheWall: https://t.co/x")
    ['not', 'thewall', 'https', 'co']
    """
    return _WORD.findall(text.lower())


def words_of(text: str) -> list[str]:
    """Return the words by which tweets and claims are compared.

    Links are dropped; hashtags and names of accounts are taken apart at their capitals; of an ending in -ing, -ed, -es or -s the
    stem is kept where that has three letters or more.

    >>> words_of("@JaneDoe denies #TheWall: https://t.co/x")
    ['jane', 'doe', 'deni', 'the', 'wall']
    """
    unlinked = _URL.sub(" ", text)
    return [_stem(word) for word in plain_words(_TAG.sub(lambda tag: f" {_SEAM.sub(' ', tag[1])} ", unlinked))]


def word_pairs_of(text: str) -> list[str]:
    """Return the pairs of neighbours among the words.

    >>> word_pairs_of("the wall stands")
    ['the wall', 'wall stand']
    """
    return [f"{one} {other}" for one, other in pairwise(words_of(text))]


def characters_of(text: str) -> list[str]:
    """Return the sequences of three to five characters of the words, each word with a space on both sides.

    >>> characters_of("wall")
    [' wa', 'wal', 'all', 'll ', ' wal', 'wall', 'all ', ' wall', 'wall ']
    """
    padded = [f" {word} " for word in words_of(text)]
    return [word[start : start + n] for word in padded for n in (3, 4, 5) for start in range(len(word) - n + 1)]


def numbers_of(text: str) -> list[str]:
    """Return the numbers of a text, each once.

    >>> numbers_of("1,000 of 22 in https://t.co/9x")
    ['1,000', '22']
    """
    return list(dict.fromkeys(_NUMBER.findall(_URL.sub(" ", text))))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
