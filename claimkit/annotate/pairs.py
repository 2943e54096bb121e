"""Pairs of statements that may be related, for the pass in which an annotator only says yes or no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from claimkit.records import Claim, Statement


class Pair(msgspec.Struct, frozen=True):
    """That ``source`` may answer ``target``.

    Attributes
    ----------
    source, target : str
        Ids of statements; the source stands after the target.
    why : {"opposed", "contradicts", "agrees", "repeats"}
        They take opposite stances on one claim, stand on claims that contradict each other, agree across speakers, or are one
        speaker's same position again.
    kinds : tuple of str
        Relation kinds of the corpus that fit, the likeliest first.
    """

    source: str
    target: str
    why: str
    kinds: tuple[str, ...]


# Which kinds fit which reason, the likeliest first; a corpus that has none of them gets its own kinds in its own order.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "opposed": ("denies", "rebuts", "counter_accuses", "concedes", "qualifies", "counters", "responds_to"),
    "contradicts": ("counters", "rebuts", "counter_accuses", "denies", "responds_to"),
    "agrees": ("supports", "concedes", "qualifies", "responds_to"),
    "repeats": ("restates", "qualifies", "concedes"),
}
_ORDER = tuple(_KINDS)


def propose_pairs(
    statements: Iterable[Statement], claims: Mapping[str, Claim], opposites: Mapping[str, str], kinds: tuple[str, ...]
) -> list[Pair]:
    """Return the pairs of statements of one document that may be related, those that contradict each other first.

    Parameters
    ----------
    statements : iterable of Statement
        Of one document and layer.
    claims : mapping of str to Claim
    opposites : mapping of str to str
        Of the stance scheme.
    kinds : tuple of str
        Relation kinds of the corpus, in its order.

    Returns
    -------
    list of Pair
        Within one reason by the distance of the two in the text.
    """
    marks = sorted(statements, key=lambda mark: (mark.spans[0].start, mark.spans[0].end, mark.id))
    found = []
    for later, source in enumerate(marks):
        for earlier, target in enumerate(marks[:later]):
            why = reason(source, target, claims, opposites)
            if why is not None:
                found.append((_ORDER.index(why), later - earlier, later))
    fitting = {why: fitting_kinds(why, kinds) for why in _ORDER}
    return [
        Pair(marks[later].id, marks[later - distance].id, _ORDER[order], fitting[_ORDER[order]])
        for order, distance, later in sorted(found)
    ]


def pair_key(source: str, target: str) -> str:
    """Return under which key the verdict on a pair of statements stands; ids have no space."""
    return f"{source} {target}"


def reason(source: Statement, target: Statement, claims: Mapping[str, Claim], opposites: Mapping[str, str]) -> str | None:
    """Return why a statement may answer another one (see :class:`Pair`), ``None`` where nothing speaks for it."""
    is_same_speaker = source.speaker == target.speaker
    if source.claim == target.claim:
        if opposites.get(source.stance) == target.stance:
            return "opposed"
        if source.stance == target.stance and source.stance in opposites:
            return "repeats" if is_same_speaker else "agrees"
        return None
    if target.claim in claims[source.claim].contradicts and source.stance == target.stance and source.stance in opposites:
        return None if is_same_speaker else "contradicts"
    return None


def fitting_kinds(why: str | None, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the relation kinds of a corpus, those that fit a reason first."""
    if why is None:
        return kinds
    first = [kind for kind in _KINDS[why] if kind in kinds]
    return (*first, *(kind for kind in kinds if kind not in first))
