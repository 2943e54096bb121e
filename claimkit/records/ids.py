"""Ids made of names."""

from __future__ import annotations

import unicodedata
from collections.abc import Container

_LONGEST = 60


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
