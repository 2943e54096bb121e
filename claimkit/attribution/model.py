"""What attribution finds: who is reported to have said what, by which words."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol, TypeAlias

import msgspec

from claimkit.records import Span

Kind = Literal["direct", "indirect", "mixed", "narrated"]
Range: TypeAlias = tuple[int, int]
"""The number of the first token, and of the one after the last."""


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """That a text ascribes something to somebody; all spans are of the same text and none of them overlaps another.

    Attributes
    ----------
    source : tuple of Span
        The words beside the cue that name who speaks, thinks or wants: ``he``, ``the Foreign Office``; empty where none do.
    cue : tuple of Span
        The words that ascribe: ``has repeatedly denied``, ``according to``; empty where a quotation has only a speaker.
    content : tuple of Span
        What is ascribed, with the quotation marks that belong to it.
    kind : str
        ``direct``: all of the content stands in quotation marks; ``mixed``: a part of it; ``indirect``: none of it; ``narrated``:
        none of it, and the content is a thing rather than a clause (``rejected the charge``).
    rule : str
        The rule or model that found it.
    outer : int or None
        Within a list of attributions, the place of the one in whose content this one stands: "A said that B had denied it".
    confidence : float or None
        In [0, 1], where the system has one.
    """

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    kind: Kind
    rule: str
    outer: int | None = None
    confidence: float | None = None


class Attributor(Protocol):
    """A system that finds attributions."""

    name: str

    def find(self, text: str) -> list[Attribution]:
        """Return the attributions of a text, in the order of their cues."""
        ...


class Found(NamedTuple):
    """An attribution as ranges of token numbers, before it is written as spans of the text."""

    source: tuple[Range, ...]
    cue: tuple[Range, ...]
    content: tuple[Range, ...]
    rule: str
