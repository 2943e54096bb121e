"""Positions: how often an actor takes each stance on a claim."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from claimkit.corpus import Corpus
from claimkit.records import Statement


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """What one actor says of one claim.

    Attributes
    ----------
    claim, actor : str
        Ids. The actor is the one for whom the statements were made: a state, an organisation, or a person who speaks for himself.
    counts : dict of str to int
        Stance to number of statements, in the order of the scheme; stances that do not occur are left out.
    first, last : str or None
        ISO dates of the earliest and latest dated statement.
    statements : tuple of str
        Ids, by date.
    """

    claim: str
    actor: str
    counts: dict[str, int]
    first: str | None
    last: str | None
    statements: tuple[str, ...]


class ClaimTally(msgspec.Struct, frozen=True, kw_only=True):
    """All that is said of one claim: counts by stance, and the positions of the actors, the most outspoken first."""

    claim: str
    counts: dict[str, int]
    positions: list[Position]

    @property
    def n(self) -> int:
        """How many statements there are."""
        return sum(self.counts.values())


def positions(corpus: Corpus, layer: str = "gold") -> list[Position]:
    """Return the position of every actor on every claim he speaks of, by claim and actor.

    Parameters
    ----------
    corpus : Corpus
    layer : str

    Returns
    -------
    list of Position
        Sorted by claim id and actor id.
    """
    found: dict[tuple[str, str], list[tuple[str, Statement]]] = defaultdict(list)
    for statement in corpus.statements(layer):
        found[statement.claim, corpus.party(statement)].append((corpus.date(statement) or "", statement))
    result = []
    for (claim, actor), dated in sorted(found.items()):
        dated.sort(key=lambda pair: (pair[0], pair[1].id))
        dates = [date for date, _ in dated if date]
        result.append(
            Position(
                claim=claim,
                actor=actor,
                counts=_count([statement.stance for _, statement in dated], corpus.config.stance.labels),
                first=dates[0] if dates else None,
                last=dates[-1] if dates else None,
                statements=tuple(statement.id for _, statement in dated),
            )
        )
    return result


def tally_claims(corpus: Corpus, layer: str = "gold") -> list[ClaimTally]:
    """Return what is said of each claim, the most disputed claims first.

    A claim is the more disputed the more statements stand on its weaker side; ties are broken by the number of statements, then
    by id.
    """
    by_claim: dict[str, list[Position]] = defaultdict(list)
    for position in positions(corpus, layer):
        by_claim[position.claim].append(position)
    labels = corpus.config.stance.labels
    opposed = [pair for pair in corpus.config.scheme.opposites.items() if labels.index(pair[0]) < labels.index(pair[1])]
    tallies = []
    for claim, group in by_claim.items():
        counts = _count([label for position in group for label, n in position.counts.items() for _ in range(n)], labels)
        group.sort(key=lambda position: (-sum(position.counts.values()), position.actor))
        tallies.append(ClaimTally(claim=claim, counts=counts, positions=group))

    def order(tally: ClaimTally) -> tuple[int, int, str]:
        weaker = sum(min(tally.counts.get(a, 0), tally.counts.get(b, 0)) for a, b in opposed)
        return -weaker, -tally.n, tally.claim

    return sorted(tallies, key=order)


def _count(stances: list[str], labels: tuple[str, ...]) -> dict[str, int]:
    return {label: stances.count(label) for label in labels if label in stances}
