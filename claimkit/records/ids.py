"""Ids made of names, and digests by which contents are told apart."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Container

import msgspec

_LONGEST = 60
_DIGITS = 16  # of a digest; enough for what one file holds


def slug_of(name: str, taken: Container[str]) -> str:
    """Return an id made of a name, which is not taken.

    Letters of all scripts stay; accents and marks stay with their letters.

    >>> slug_of("Ruth Adeyemi, mayor", {"ruth-adeyemi-mayor"})
    'ruth-adeyemi-mayor-2'
    >>> slug_of("عمران خان", ())
    'عمران-خان'
    """
    text = unicodedata.normalize("NFC", name).casefold()
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in text)
    slug = "-".join(kept.split())[:_LONGEST].strip("-") or "x"
    number, chosen = 1, slug
    while chosen in taken:
        number += 1
        chosen = f"{slug}-{number}"
    return chosen


def digest_of(content: object) -> str:
    """Return a short text that is another one when anything in a JSON value is; the order of keys does not matter.

    >>> digest_of({"a": 1, "b": None}) == digest_of({"b": None, "a": 1}), digest_of([1, 2]) == digest_of([2, 1])
    (True, False)
    """
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()[:_DIGITS]
