"""For whom an actor speaks at a date."""

from __future__ import annotations

from collections.abc import Mapping

from claimkit.records import Actor, Affiliation

# Kinds that are themselves a state or organisation; a person or an unnamed source only speaks for one.
COLLECTIVE_KINDS = frozenset({"state", "government", "organisation", "armed_group", "media"})


def represents(actors: Mapping[str, Actor], actor: str, on: str | None = None) -> str | None:
    """Return the state or organisation for which an actor speaks at a date.

    A state speaks for itself. Everybody else speaks for whom his affiliations name on that day, both days of an affiliation
    included and open where absent; then for whom he is ``part_of``, and so on to the top. A person who has affiliations is not
    looked up through ``part_of``: a former ambassador represents nobody.

    Parameters
    ----------
    actors : mapping of str to Actor
    actor : str
        Id of an actor.
    on : str, optional
        ISO 8601 date or date-time. Without it only what holds at every date counts.

    Returns
    -------
    str or None
        Id of an actor; ``None`` where nobody is represented, or where it cannot be told, because affiliations of the same day lead
        to different states or organisations.

    Raises
    ------
    KeyError
        When there is no such actor.

    Examples
    --------
    >>> from claimkit.records import Actor, Affiliation
    >>> role = Affiliation(actor="us", role="ambassador", start="2010-08-01", end="2012-07-31")
    >>> actors = {"us": Actor(id="us", name="United States", kind="state"),
    ...           "munter": Actor(id="munter", name="Cameron Munter", kind="person", affiliations=(role,))}
    >>> represents(actors, "munter", on="2012-07-31"), represents(actors, "munter", on="2017-08-22")
    ('us', None)
    """
    found = _roots(actors, actors[actor], None if on is None else on[:10], frozenset())
    return next(iter(found)) if len(found) == 1 else None


def _roots(actors: Mapping[str, Actor], actor: Actor, on: str | None, above: frozenset[str]) -> frozenset[str | None]:
    """Return all actors that may be represented; ``None`` among them means that it may be nobody."""
    if actor.kind == "state":
        return frozenset({actor.id})
    if actor.id in above:  # somebody who is affiliated with himself, by way of others
        return frozenset({None})
    above = above | {actor.id}
    sure = [link.actor for link in actor.affiliations if _holds(link, on)]
    possible = [link.actor for link in actor.affiliations if on is None and not _holds(link, on)]
    found: frozenset[str | None] = frozenset()
    for other in (*sure, *possible):
        found |= _roots(actors, actors[other], on, above)
    if sure:
        return found
    if actor.kind in COLLECTIVE_KINDS or not actor.affiliations:
        if actor.part_of is not None:
            return found | _roots(actors, actors[actor.part_of], on, above)
        return found | {actor.id if actor.kind in COLLECTIVE_KINDS else None}
    return found | {None}


def _holds(link: Affiliation, on: str | None) -> bool:
    if on is None:
        return link.start is None and link.end is None
    return (link.start is None or link.start[:10] <= on) and (link.end is None or on <= link.end[:10])
