"""From the relations that several layers see to those of a gold layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from claimkit.adjudication.cases import RelationCase
from claimkit.adjudication.decisions import EDITED, MAJORITY, NEITHER, Decision, take_decision, wrong_take
from claimkit.errors import DataError
from claimkit.records import Relation, Statement

_OF_CLAIM = "claim:"


@dataclass(frozen=True)
class AdjudicatedRelation:
    """What was made of one pair of statements, or of a statement and a claim.

    Attributes
    ----------
    case : RelationCase
    proposed, made : str or None
        Kind that the strategy makes of it, and the one that stands; ``None``: no relation.
    decision : Decision or None
        The one that was used.
    """

    case: RelationCase
    proposed: str | None
    made: str | None
    decision: Decision | None


@dataclass
class Related:
    """The relations of a gold layer, the cases they come from, and decisions on records that have changed since."""

    relations: list[Relation] = field(default_factory=list)
    cases: list[AdjudicatedRelation] = field(default_factory=list)
    stale: list[Decision] = field(default_factory=list)


def relate(
    cases: Sequence[RelationCase],
    gold_of: Mapping[str, Statement],
    given: dict[str, Decision],
    layer: str,
    kinds: Sequence[str],
) -> Related:
    """Decide on relations between statements that stand.

    Parameters
    ----------
    cases : sequence of RelationCase
    gold_of : mapping of str to Statement
        By unit; units of which nothing stands are missing.
    given : dict of str to Decision
        Those that are used are taken out.
    layer : str
        Name of the gold layer, with which ids begin.
    kinds : sequence of str
        Those of the corpus.

    Raises
    ------
    DataError
        When a decision takes what is not there.
    """
    result = Related()
    grouped: dict[tuple[str, str, tuple[str, ...]], list[AdjudicatedRelation]] = {}
    for case in cases:
        proposed = case.kinds.value if case.is_kept else None
        decision, is_stale = take_decision(case.id, case.sources, case.digest, given)
        result.stale += is_stale
        made = proposed if decision is None else decided_kind(case, decision, proposed, kinds)
        entry = AdjudicatedRelation(case, proposed, made, decision)
        result.cases.append(entry)
        stands = case.source in gold_of and (case.target.startswith(_OF_CLAIM) or case.target in gold_of)
        if made is not None and stands:
            grouped.setdefault((case.source, made, case.sources), []).append(entry)
    used: set[str] = set()
    for (source, kind, sources), entries in grouped.items():
        targets = tuple(_target(entry.case.target, gold_of) for entry in entries)
        name = _free(f"{layer}-{sources[0]}", used)
        result.relations.append(_relation(entries[0], name, kind, gold_of[source].id, targets))
    return result


def _free(name: str, used: set[str]) -> str:
    number = 2
    found = name
    while found in used:
        found, number = f"{name}-{number}", number + 1
    used.add(found)
    return found


def _target(name: str, gold_of: Mapping[str, Statement]) -> str:
    return name.removeprefix(_OF_CLAIM) if name.startswith(_OF_CLAIM) else gold_of[name].id


def _relation(entry: AdjudicatedRelation, name: str, kind: str, source: str, targets: tuple[str, ...]) -> Relation:
    case, decision = entry.case, entry.decision
    first = next(relation for relations in case.given.values() for relation in relations)
    meta: dict[str, Any] = {}
    note = None
    if decision is not None:
        meta["adjudication"] = {"strategy": "decision", "take": decision.take, **({"by": decision.by} if decision.by else {})}
        note = decision.reason
    elif case.disputed:
        meta["adjudication"] = {"strategy": "majority", "disputed": list(case.disputed), "tie": case.is_tied}
        seen = ", ".join(f"{layer}: {relations[0].kind}" for layer, relations in case.given.items())
        note = f"seen by {len(case.given)} of {len(case.asked)} ({seen})"
    return Relation(
        id=name,
        kind=kind,
        source=source,
        targets=targets,
        basis=first.basis,
        evidence=first.evidence,
        origin="adjudicated",
        guideline=first.guideline,
        created=None if decision is None else decision.created,
        decided_from=case.sources,
        note=note,
        meta=meta,
    )


def decided_kind(case: RelationCase, decision: Decision, proposed: str | None, kinds: Sequence[str]) -> str | None:
    """Return the kind that a decision makes of a pair of statements; ``None`` for no relation.

    Raises
    ------
    DataError
        When it takes what nobody said, or names a kind that the corpus does not have.
    """
    if decision.take == NEITHER:
        return None
    if decision.take in (MAJORITY, EDITED):
        kind = proposed
    elif decision.take in case.given:
        kind = case.given[decision.take][0].kind
    elif decision.take in case.asked:
        kind = None  # this layer has marked both statements and sees no relation
    else:
        raise DataError(wrong_take(decision, case.asked))
    edited = decision.edits.get("kind", kind)
    if edited is not None and edited not in kinds:
        raise DataError(f"the decision on '{decision.unit}' names the kind '{edited}', which is not one of {', '.join(kinds)}")
    return None if edited is None else str(edited)
