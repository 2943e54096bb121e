"""Long texts in pieces that an encoder can read."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_LONGEST = 60  # words of a sentence; longer ones are cut there
_MOST = 40  # sentences of a text that are looked at


def sentences_of(text: str) -> list[str]:
    r"""Return the sentences of a text: cut at full stops and line ends, at most 60 words each, at most 40.

    >>> sentences_of("One. Two?\nThree")
    ['One.', 'Two?', 'Three']
    """
    found = []
    for part in _SENTENCE.split(text):
        words = part.split()
        found += [" ".join(words[start : start + _LONGEST]) for start in range(0, len(words), _LONGEST)]
    return found[:_MOST] or [text]
