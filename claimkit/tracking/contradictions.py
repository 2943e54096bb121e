"""Contradictions: pairs of actors who cannot both be right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from claimkit.corpus import Corpus
from claimkit.records import Statement

# Relations by which a statement answers another one in disagreement.
ANSWERING = ("denies", "counters", "rebuts", "counter_accuses")


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """That actor ``a`` holds a claim which actor ``b`` denies, or holds the opposite of.

    Attributes
    ----------
    a, b : str
        Actor ids.
    claim : str
        Id of the claim that ``a`` supports.
    against : str
        Id of the claim on which ``b`` stands: the same one, which ``b`` opposes, or one that contradicts it, which ``b`` supports.
    statements_a, statements_b : tuple of str
        Ids, by date.
    first : str or None
        Who spoke first, ``None`` where both did on the same day or a date is missing.
    since : str or None
        ISO date of the first day on which both had spoken.
    explicit : int
        How many statements of either answer one of the other by a relation of :data:`ANSWERING`.
    """

    a: str
    b: str
    claim: str
    against: str
    statements_a: tuple[str, ...]
    statements_b: tuple[str, ...]
    first: str | None
    since: str | None
    explicit: int


def contradictions(corpus: Corpus, layer: str = "gold") -> list[Contradiction]:
    """Return every pair of actors who contradict each other on a claim, the most often voiced first.

    An actor contradicts another by opposing a claim that the other supports, or by supporting a claim that contradicts it.
    Of two claims that contradict each other each pair is given once, under the claim whose id comes first.

    Parameters
    ----------
    corpus : Corpus
        Its stance scheme must have opposite labels, such as support and oppose.
    layer : str
    """
    opposites = corpus.config.scheme.opposites
    held: dict[tuple[str, str], dict[str, list[Statement]]] = defaultdict(lambda: defaultdict(list))
    for statement in sorted(corpus.statements(layer), key=lambda entry: (corpus.date(entry) or "", entry.id)):
        held[statement.claim, statement.stance][corpus.party(statement)].append(statement)
    answers = _answers(corpus, layer)
    positive = [label for label in corpus.config.stance.labels if label in opposites][:1]
    found: list[Contradiction] = []
    for claim in sorted(corpus.claims):
        for label in positive:
            sides = [(claim, opposites[label])]
            sides += [(other, label) for other in corpus.contradicting(claim) if claim < other]
            for side in sides:
                found.extend(_pairs(corpus, claim, held.get((claim, label), {}), side[0], held.get(side, {}), answers))
    found.sort(
        key=lambda entry: (-min(len(entry.statements_a), len(entry.statements_b)), -entry.explicit, entry.claim, entry.a, entry.b)
    )
    return found


def _pairs(
    corpus: Corpus,
    claim: str,
    ours: dict[str, list[Statement]],
    against: str,
    theirs: dict[str, list[Statement]],
    answers: set[frozenset[str]],
) -> Iterator[Contradiction]:
    for a, mine in sorted(ours.items()):
        for b, others in sorted(theirs.items()):
            if a == b:
                continue
            start_a, start_b = corpus.date(mine[0]), corpus.date(others[0])
            first = None if start_a is None or start_b is None or start_a == start_b else a if start_a < start_b else b
            yield Contradiction(
                a=a,
                b=b,
                claim=claim,
                against=against,
                statements_a=tuple(statement.id for statement in mine),
                statements_b=tuple(statement.id for statement in others),
                first=first,
                since=None if start_a is None or start_b is None else max(start_a, start_b),
                explicit=sum(frozenset((x.id, y.id)) in answers for x in mine for y in others),
            )


def _answers(corpus: Corpus, layer: str) -> set[frozenset[str]]:
    return {
        frozenset((relation.source, target))
        for relation in corpus.relations(layer)
        if relation.kind in ANSWERING
        for target in relation.targets
        if target != relation.source
    }
