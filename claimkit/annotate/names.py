"""Ids of statements and relations, and what is nearly the same as something that is there already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from claimkit.nearness import normal_words
from claimkit.records import Actor, Claim

_NEAR = 0.75  # of the characters of two names, as difflib counts them
_SAME_WORDS = 0.6  # of the words of two claims (Jaccard)
_AT_MOST = 5


class Near(NamedTuple):
    """Something with a similar name; ``likeness`` is in (0, 1], 1 for the same words."""

    id: str
    name: str
    likeness: float


def next_id(prefix: str, taken: Iterable[str]) -> str:
    """Return ``prefix`` with the number after the highest that is taken.

    >>> next_id("ann-d1-", ["ann-d1-01", "ann-d1-07", "ann-d2-30"])
    'ann-d1-08'
    """
    pattern = re.compile(re.escape(prefix) + r"(\d{1,9})")
    numbers = [int(match.group(1)) for match in map(pattern.fullmatch, taken) if match]
    return f"{prefix}{max(numbers, default=0) + 1:02d}"


def near_actors(name: str, actors: Iterable[Actor]) -> list[Near]:
    """Return the actors one of whose names is nearly the given one, the most similar first.

    >>> near_actors("the Foreign Office", [Actor(id="fo", name="Foreign Office", kind="government")])
    [Near(id='fo', name='Foreign Office', likeness=0.88)]
    """
    found = []
    for actor in actors:
        likeness = max(_likeness(name, known) for known in (actor.name, *actor.aliases))
        if likeness >= _NEAR:
            found.append(Near(actor.id, actor.name, likeness))
    return _first(found)


def near_claims(text: str, claims: Iterable[Claim]) -> list[Near]:
    """Return the claims that say nearly the same, the most similar first.

    >>> near_claims("The bridge must not stay.", [Claim(id="stay", text="The bridge must stay.")])
    [Near(id='stay', name='The bridge must stay.', likeness=0.91)]
    """
    words = set(normal_words(text).split())
    found = []
    for claim in claims:
        others = set(normal_words(claim.text).split())
        shared = len(words & others) / len(words | others)
        likeness = max(round(shared, 2), _likeness(text, claim.text))
        if shared >= _SAME_WORDS or likeness >= _NEAR:
            found.append(Near(claim.id, claim.text, likeness))
    return _first(found)


def _likeness(one: str, other: str) -> float:
    """Return the share of characters that two texts have in common in order, capitals and punctuation aside."""
    a, b = normal_words(one), normal_words(other)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.real_quick_ratio() < _NEAR or matcher.quick_ratio() < _NEAR:
        return 0.0
    return round(matcher.ratio(), 2)


def _first(found: list[Near]) -> list[Near]:
    return sorted(found, key=lambda near: (-near.likeness, near.id))[:_AT_MOST]


def mentioned(actors: Iterable[Actor], text: str) -> Iterator[str]:
    """Yield the ids of the actors who are named in a text, by the place where they are first named.

    >>> list(mentioned([Actor(id="fo", name="Foreign Office", kind="government", aliases=("the ministry",))], "Said the ministry."))
    ['fo']
    """
    places = []
    for actor in actors:
        starts = [_start_of(name, text) for name in (actor.name, *actor.aliases)]
        first = min((start for start in starts if start >= 0), default=-1)
        if first >= 0:
            places.append((first, actor.id))
    yield from (name for _, name in sorted(places))


def _start_of(name: str, text: str) -> int:
    """Return where a name stands as whole words, or -1."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
            return at
        at = text.find(name, at + 1)
    return -1
