"""Targets that the text mentions: which words stand near the mention, so that n-grams tell two targets of a sentence apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

MENTION = "targetmention"
_WORD = re.compile(r"\w+")
_NEAR = 5  # words on either side
_USUAL = 0.8  # share of the training rows whose text holds their target from which texts are marked


def are_mentions(texts: Sequence[str], targets: Sequence[str]) -> bool:
    """Tell whether targets are usually mentioned in their texts, word for word.

    >>> are_mentions(["Smith won.", "They met Jones."], ["Smith", "jones"])
    True
    """
    found = sum(target.lower() in text.lower() for text, target in zip(texts, targets, strict=True) if target)
    return found >= _USUAL * len(texts)


def marked(text: str, target: str) -> str:
    """Return a text whose first mention of the target is replaced by one word, followed by the words near it, each marked as near.

    >>> marked("Critics attacked Smith for the plan.", "Smith")
    'Critics attacked targetmention for the plan. near_critics near_attacked near_for near_the near_plan before_attacked after_for'
    """
    start = text.lower().find(target.lower()) if target else -1
    if start < 0:
        return text
    before, after = text[:start], text[start + len(target) :]
    left = [word.lower() for word in _WORD.findall(before)[-_NEAR:]]
    right = [word.lower() for word in _WORD.findall(after)[:_NEAR]]
    near = [f"near_{word}" for word in (*left, *right)]
    sides = [*(f"before_{word}" for word in left[-1:]), *(f"after_{word}" for word in right[:1])]
    return " ".join([f"{before}{MENTION}{after}", *near, *sides])
