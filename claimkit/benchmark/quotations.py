"""Attribution by quotation marks alone: the least that a system which finds who said what has to exceed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from claimkit.catalog.annotated import UNKNOWN_ACTOR, UNKNOWN_CLAIM, UNKNOWN_STANCE, AnnotatedText
from claimkit.records import Document, Span, Statement

_QUOTED = re.compile(r"“[^“”\n]{2,}”|\"[^\"\n]{2,}\"")
_VERB = re.compile(
    r"(?<![\w-])(?:said|says|saying|told|tells|added|adds|asked|wrote|writes|tweeted|argued|argues|claimed|claims|called|calls|noted|notes"
    r"|explained|insisted|warned|declared|announced|replied|responded|stated|according to)\b"
)
_NAME = re.compile(r"\b[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*)*\b|\b(?:he|she|they|He|She|They)\b")
_NEAR = 80  # characters between a quotation and its verb, and between the verb and a name


class QuotationMarks:
    """Each quotation is a content, the nearest reporting verb its cue, and the capitalised words nearest to that its source.

    Words inside quotation marks are neither cue nor source, and nothing is looked for beyond the paragraph. Nothing is learnt.

    Examples
    --------
    >>> document = Document(id="d", text="“We will not go,” Mayor Smith said on Monday.")
    >>> [found] = QuotationMarks().statements(document)
    >>> found.spans[0].text, found.cue.text, found.speaker_span.text
    ('“We will not go,”', 'said', 'Mayor Smith')
    """

    def fit(self, texts: Sequence[AnnotatedText]) -> QuotationMarks:
        """Return itself."""
        return self

    def statements(self, document: Document) -> Iterator[Statement]:
        """Yield a statement for each quotation of a document."""
        text = document.text or ""
        start = 0
        for paragraph in text.split("\n"):
            quoted = [(start + found.start(), start + found.end()) for found in _QUOTED.finditer(paragraph)]
            verbs = _outside(_VERB, text, start, start + len(paragraph), quoted)
            names = _outside(_NAME, text, start, start + len(paragraph), quoted)
            for quotation in quoted:
                cue = _nearest(quotation, verbs)
                source = None if cue is None else _nearest(cue, [name for name in names if name[0] >= cue[1] or name[1] <= cue[0]])
                yield Statement(
                    id=f"{document.id}-{quotation[0]}",
                    document=document.id,
                    spans=(Span(*quotation, text[slice(*quotation)]),),
                    speaker=UNKNOWN_ACTOR.id,
                    claim=UNKNOWN_CLAIM.id,
                    stance=UNKNOWN_STANCE,
                    cue=None if cue is None else Span(*cue, text[slice(*cue)]),
                    speaker_span=None if source is None else Span(*source, text[slice(*source)]),
                    origin="model",
                )
            start += len(paragraph) + 1


def _outside(pattern: re.Pattern[str], text: str, start: int, end: int, quoted: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found = [match.span() for match in pattern.finditer(text, start, end)]
    return [place for place in found if not any(place[0] < high and low < place[1] for low, high in quoted)]


def _nearest(to: tuple[int, int], places: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the place with the fewest characters between, none where there are more than :data:`_NEAR`; the earlier of two."""

    def between(place: tuple[int, int]) -> int:
        return max(place[0] - to[1], to[0] - place[1])

    best = min(places, key=between, default=None)
    return best if best is not None and between(best) <= _NEAR else None
