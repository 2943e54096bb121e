"""From token numbers to spans of the text: attributions with their kind and their place within each other."""

from __future__ import annotations

from collections.abc import Sequence

from claimkit.attribution.model import Attribution, Found, Kind, Range
from claimkit.attribution.reading import Reading
from claimkit.attribution.wordclasses import word_set
from claimkit.records import Span

_THINGS = frozenset(["object", "noun"])  # rules whose content may be a thing rather than a clause
_CLAUSE_WORDS = word_set(
    """is are was were be been has have had will would could should may might can must do does did that it he she they we i there
    not to if whether"""
)


def attributions_of(reading: Reading, found: Sequence[Found], confidences: Sequence[float] | None = None) -> list[Attribution]:
    """Return attributions as spans of the text, in the order of their cues.

    Parameters
    ----------
    reading : Reading
    found : sequence of Found
    confidences : sequence of float, optional
        One for each; in [0, 1].
    """
    order = sorted(range(len(found)), key=lambda place: (_first(found[place]), place))
    outer = _outer(found, order)
    place_of = {old: new for new, old in enumerate(order)}
    return [
        Attribution(
            source=_spans(reading, found[old].source),
            cue=_spans(reading, found[old].cue),
            content=_spans(reading, found[old].content),
            kind=kind_of(reading, found[old]),
            rule=found[old].rule,
            outer=None if (around := outer[old]) is None else place_of[around],
            confidence=None if confidences is None else confidences[old],
        )
        for old in order
    ]


def _first(entry: Found) -> int:
    return (entry.cue or entry.content)[0][0]


def _outer(found: Sequence[Found], order: Sequence[int]) -> dict[int, int | None]:
    """Return for each attribution the one in whose content its cue stands, the nearest where there are several.

    An outer one reaches further than the inner one, or as far and is not reported by it, so that no two can be within each other:
    "The army had answered, he said, that it waited".
    """
    reach = [_reach(entry) for entry in found]
    by_start = sorted((start, end, place) for place in order for start, end in found[place].content)
    result: dict[int, int | None] = {}
    open_contents: list[Range] = []  # end, place; of contents that begin before the cue
    at = 0
    for place in order:
        cue = _first(found[place])
        while at < len(by_start) and by_start[at][0] <= cue:
            open_contents.append((by_start[at][1], by_start[at][2]))
            at += 1
        open_contents = [entry for entry in open_contents if entry[0] > cue]
        around = [
            other
            for _, other in open_contents
            if reach[other] > reach[place] or (reach[other] == reach[place] and not _holds(found[place], _first(found[other])))
        ]
        result[place] = around[-1] if around else None
    return result


def _holds(entry: Found, token: int) -> bool:
    return any(start <= token < end for start, end in entry.content)


def _reach(entry: Found) -> int:
    marks = (*entry.source, *entry.cue, *entry.content)
    return max(end for _, end in marks) - min(start for start, _ in marks)


def _spans(reading: Reading, ranges: Sequence[Range]) -> tuple[Span, ...]:
    places = ((reading.starts[first], reading.ends[end - 1]) for first, end in ranges)
    return tuple(Span(start, end, reading.text[start:end]) for start, end in places)


def kind_of(reading: Reading, entry: Found) -> Kind:
    """Return how an attribution reports: by how much of its content stands in quotation marks."""
    words, quote_of = reading.words, reading.quote_of
    tokens = [i for first, end in entry.content for i in range(first, end)]
    quoted = sum(quote_of[i] >= 0 for i in tokens)
    if quoted == len(tokens):
        return "direct"
    if quoted:
        return "mixed"
    is_thing = entry.rule in _THINGS and not any(words[i] in _CLAUSE_WORDS for i in tokens)
    return "narrated" if is_thing else "indirect"
