"""The marks of statements by document: what is said, the word that reports it, and the name of the speaker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from claimkit.matching import Mark
from claimkit.metrics.spans import MarkedText, tokens_of
from claimkit.records import Span, Statement


def _one(span: Span | None) -> tuple[Span, ...]:
    return () if span is None else (span,)


# Part of a statement -> its spans.
PARTS: Mapping[str, Callable[[Statement], tuple[Span, ...]]] = MappingProxyType(
    {
        "content": lambda statement: statement.spans,
        "cue": lambda statement: _one(statement.cue),
        "source": lambda statement: _one(statement.speaker_span),
    }
)
UNMARKED = MarkedText((), frozenset())


def marked_texts(statements: Iterable[Statement], part: str) -> dict[str, MarkedText]:
    """Return the marks of one part by document; words that several statements share are one mark.

    Parameters
    ----------
    statements : iterable of Statement
    part : str
        A key of :data:`PARTS`.
    """
    spans: dict[str, dict[Mark, tuple[Span, ...]]] = {}
    for statement in statements:
        marked = PARTS[part](statement)
        if marked:
            ordered = tuple(sorted(marked, key=lambda span: span.start))
            spans.setdefault(statement.document, {})[tuple((span.start, span.end) for span in ordered)] = ordered
    return {
        document: MarkedText(
            tuple(marks),
            frozenset(token for entry in marks.values() for span in entry for token in tokens_of(span.start, span.text)),
        )
        for document, marks in spans.items()
    }
