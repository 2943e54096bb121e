"""A text as attribution reads it: tokens, sentences, paragraphs and quotations, all of them by number."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import sentencex

from claimkit.attribution.wordclasses import word_set

# Signs of Indic scripts and joiners belong to words, but are not \w.
_W = r"[\w\u0300-\u036f\u0900-\u0dff\u200c\u200d]"
_TOKEN = re.compile(
    rf"\w+n[’']t\b|{_W}+(?:[-.&@]{_W}+)*(?:[’'](?!(?:ll|re|ve)\b){_W}{{2,}})?|[’'](?:s|re|ve|ll|d|m)\b|'''?|[^\w\s]"
)
_MARK = re.compile(r"[“”„«»\"‘’]|'''?")
_PIECE = 4000  # sentence boundaries of longer paragraphs are found piece by piece: unbalanced quotation marks make them quadratic
_OPENERS = {"“": '”"', "„": "“”", "«": "»", "‘": "’", '"': '"', "''": "'''"}
_OPEN_ABBREVIATIONS = word_set(
    """mr mrs ms messrs dr prof rev hon sen sens rep reps gov govs gen lt col sgt capt maj adm st sec amb vs no jan feb aug
    sept oct nov dec"""
)
_BEFORE_OPENING = frozenset("([{—–-/:…")


class Quote(NamedTuple):
    """A quotation: numbers of its first token (the opening mark) and of the one after its last (the closing mark).

    A speech that goes on over several paragraphs is one quotation for each paragraph; ``goes_on`` holds for all but the last.
    """

    first: int
    end: int
    goes_on: bool


class Sentence(NamedTuple):
    """Numbers of the first token and of the one after the last, and of the paragraph."""

    first: int
    end: int
    paragraph: int


@dataclass(frozen=True)
class Reading:
    """A text in tokens.

    Attributes
    ----------
    starts, ends : list of int
        Where each token begins and ends in the text, in code points.
    words : list of str
        The tokens in lower case, with straight apostrophes.
    capital : list of bool
        Whether a token begins with a capital letter.
    sentences : list of Sentence
    quotes : list of Quote
        None within another.
    quote_of : list of int
        For each token, the place of the quotation that it stands in, its marks included; -1 outside.
    """

    text: str
    starts: list[int]
    ends: list[int]
    words: list[str]
    capital: list[bool]
    sentences: list[Sentence]
    quotes: list[Quote]
    quote_of: list[int]


def read(text: str) -> Reading:
    """Return a text in tokens, sentences, paragraphs and quotations.

    >>> reading = read("He left. “I will not,” she wrote.")
    >>> [text for sentence in reading.sentences for text in [" ".join(reading.words[sentence.first : sentence.end])]]
    ['he left .', '“ i will not , ” she wrote .']
    >>> reading.quotes
    [Quote(first=3, end=9, goes_on=False)]
    """
    starts, ends, words, capital = [], [], [], []
    for match in _TOKEN.finditer(text):
        word = match.group()
        starts.append(match.start())
        ends.append(match.end())
        capital.append(word[0].isupper())
        words.append(word.lower().replace("’", "'") if len(word) > 1 else word.lower())
    quotes = list(_quotes(text, starts))
    quote_of = [-1] * len(words)
    for place, quote in enumerate(quotes):
        quote_of[quote.first : quote.end] = [place] * (quote.end - quote.first)
    sentences = list(_joined(_sentences(text, starts), words))
    return Reading(text, starts, ends, words, capital, sentences, quotes, quote_of)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end > start:
            yield start, end
        start = end + 1


def _sentences(text: str, starts: list[int]) -> Iterator[Sentence]:
    for number, (start, end) in enumerate(_paragraphs(text)):
        for first, last in _pieces(text, start, end):
            places = [
                first,
                *(first + found["end_index"] for found in sentencex.get_sentence_boundaries("en", text[first:last])),
                last,
            ]
            numbers = [bisect.bisect_left(starts, place) for place in places]
            yield from (Sentence(a, b, number) for a, b in pairwise(numbers) if b > a)


def _joined(sentences: Iterator[Sentence], words: list[str]) -> Iterator[Sentence]:
    """Put together what was cut after an abbreviation that always has something after it."""
    held: Sentence | None = None
    for sentence in sentences:
        if (
            held is not None
            and held.paragraph == sentence.paragraph
            and words[held.end - 1] == "."
            and words[held.end - 2] in _OPEN_ABBREVIATIONS
        ):
            held = Sentence(held.first, sentence.end, sentence.paragraph)
            continue
        if held is not None:
            yield held
        held = sentence
    if held is not None:
        yield held


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _PIECE:
        cut = text.rfind(" ", start + _PIECE // 2, start + _PIECE)
        cut = start + _PIECE if cut < 0 else cut
        yield start, cut
        start = cut
    yield start, end


def _quotes(text: str, starts: list[int]) -> Iterator[Quote]:
    """Yield the quotations of a text; marks without a partner are left out, apostrophes are none."""
    ranges: list[tuple[int, int, bool]] = []
    for start, end in _paragraphs(text):
        opened, closers = -1, ""
        for match in _MARK.finditer(text, start, end):
            mark, at = match.group(), match.start()
            before = text[at - 1] if at > start else " "
            after = text[match.end()] if match.end() < end else " "
            if opened < 0:
                if mark in _OPENERS and not after.isspace() and (before.isspace() or before in _BEFORE_OPENING or mark in "“„«"):
                    opened, closers = at, _OPENERS[mark]
            elif mark in closers and not (mark in '’"' and (after.isalnum() or before.isspace())):
                ranges.append((opened, match.end(), False))
                opened = -1
        if opened >= 0 and closers != "’":
            ranges.append((opened, end, True))
    for place, (start, end, is_open) in enumerate(ranges):
        following = ranges[place + 1] if place + 1 < len(ranges) else None
        goes_on = is_open and following is not None and not text[end : following[0]].strip()
        # without a closing mark it counts where the next paragraph goes on, or where it has the paragraph to itself
        if not is_open or goes_on or not text[text.rfind("\n", 0, start) + 1 : start].strip():
            first, last = bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)
            if last > first:
                yield Quote(first, last, goes_on)
