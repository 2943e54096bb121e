"""From what several layers say to one gold layer, whose records name what they were decided from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from claimkit.adjudication.cases import CORE_FIELDS, FIELDS, PRESENCE, Case, cases_of, relation_cases_of
from claimkit.adjudication.dawid_skene import DawidSkene, Observed, dawid_skene
from claimkit.adjudication.decisions import EDITED, MAJORITY, NEITHER, Decision, take_decision, wrong_take
from claimkit.adjudication.editing import edited
from claimkit.adjudication.relating import AdjudicatedRelation, relate
from claimkit.adjudication.voting import Vote
from claimkit.agreement.layers import stance_ratings
from claimkit.errors import DataError, UsageError, suggest
from claimkit.records import Relation, Statement

if TYPE_CHECKING:
    from claimkit.corpus import Corpus

STRATEGIES = ("majority", "soft", "dawid-skene")
SURE = 1e-9  # posteriors that differ by less are tied


@dataclass(frozen=True)
class Adjudicated:
    """What was made of one case.

    Attributes
    ----------
    case : Case
    proposed : Statement or None
        What the strategy makes of it; ``None``: it is left out.
    made : Statement or None
        What stands, after the decision of a person.
    decision : Decision or None
        The one that was used.
    draft : Statement
        What the votes make of it, whether it is kept or not.
    """

    case: Case
    proposed: Statement | None
    made: Statement | None
    decision: Decision | None
    draft: Statement

    def decided(self, decision: Decision) -> Statement | None:
        """Return what a decision makes of the case; ``None`` for nothing.

        Raises
        ------
        DataError
            When it takes what nobody said, or its edits are not valid.
        """
        return _decided(self.case, decision, self.proposed, self.draft)


@dataclass
class Adjudication:
    """A gold layer and how it came about.

    Attributes
    ----------
    layer : str
        Its name.
    layers : tuple of str
        What it was decided from.
    strategy : str
    statements : list of Statement
    relations : list of Relation
    cases : list of Adjudicated
    relation_cases : list of AdjudicatedRelation
    model : DawidSkene or None
        Of the stances, with the strategy ``dawid-skene``; annotators are in the order of ``layers``.
    stale : list of Decision
        Decisions on records that have changed since, or that do not exist; they were not used.
    """

    layer: str
    layers: tuple[str, ...]
    strategy: str
    statements: list[Statement] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    cases: list[Adjudicated] = field(default_factory=list)
    relation_cases: list[AdjudicatedRelation] = field(default_factory=list)
    model: DawidSkene | None = None
    stale: list[Decision] = field(default_factory=list)


def adjudicate(
    corpus: Corpus,
    layers: Sequence[str],
    *,
    strategy: str = "majority",
    layer: str = "gold",
    decisions: Mapping[str, Decision] | None = None,
    core: Sequence[str] = CORE_FIELDS,
    unmarked: str = "none",
) -> Adjudication:
    """Decide on every statement and relation of some layers; the corpus is not changed (:func:`write_gold`).

    A statement stands if at least half of the layers that have read its text marked it; exactly half is a tie, and then it stands
    too. Each of its fields has the value that most of them gave, ties go to the layer that was named first, and its words are those
    of the layer that has most in common with the others. A relation stands if at least half of the layers that marked both of its
    arguments see one. What a person decided goes before all of this.

    Parameters
    ----------
    corpus : Corpus
    layers : sequence of str
        At least two.
    strategy : {"majority", "soft", "dawid-skene"}
        How stances are decided: by most votes; likewise, with the shares of all stances kept; by the model of Dawid and Skene,
        which weighs annotators by how often they err, with its probabilities kept.
    layer : str
        Name of the gold layer, not one of ``layers``.
    decisions : mapping of str to Decision, optional
        By case.
    core : sequence of str
        Fields in which a difference is a disagreement.
    unmarked : {"none", "missing"}
        As in :func:`claimkit.corpus.alignment.readers_of`.

    Raises
    ------
    UsageError
        When a layer, strategy or field does not exist, or the gold layer is one of those it is decided from.
    DataError
        When a decision takes what is not there, or its edits are not valid.
    """
    strategy_named(strategy)
    if layer in layers:
        raise UsageError(f"the layer '{layer}' is one of those to decide from; annotators' layers are never written over")
    result = Adjudication(layer, tuple(layers), strategy)
    cases = cases_of(corpus, layers, core=core, unmarked=unmarked)
    stances = _stances(corpus, cases, result)
    given = dict(decisions or {})
    for case in cases:
        draft = _drafted(case, layer, strategy, stances.get(case.id))
        proposed = draft if case.is_kept else None
        decision, is_stale = take_decision(case.id, case.sources, case.digest, given)
        result.stale += is_stale
        made = proposed if decision is None else _decided(case, decision, proposed, draft)
        result.cases.append(Adjudicated(case, proposed, made, decision, draft))
        if made is not None:
            result.statements.append(made)
    gold_of = {entry.case.id: entry.made for entry in result.cases if entry.made is not None}
    relation_cases = relation_cases_of(corpus, layers, [case.unit for case in cases])
    related = relate(relation_cases, gold_of, given, layer, corpus.config.relations.kinds)
    result.relations, result.relation_cases = related.relations, related.cases
    result.stale += [*related.stale, *given.values()]
    return result


def strategy_named(name: str) -> str:
    """Return the name of a strategy.

    Raises
    ------
    UsageError
        When there is none of that name.
    """
    if name not in STRATEGIES:
        near = suggest(name, STRATEGIES)
        raise UsageError(f"no strategy is named '{name}'; {near + ' ' if near else ''}known: {', '.join(STRATEGIES)}")
    return name


# stances


def _stances(corpus: Corpus, cases: Sequence[Case], result: Adjudication) -> dict[str, tuple[Vote, dict[str, float]]]:
    """Return the stance of each case and how sure it is, where the strategy says more than the votes do."""
    labels = corpus.config.stance.labels
    if result.strategy == "majority":
        return {}
    if result.strategy == "soft":
        return {case.id: (case.votes["stance"], _shares(case.votes["stance"], labels)) for case in cases}
    ratings = stance_ratings(corpus, [case.unit for case in cases], result.layers)
    items = {name: place for place, name in enumerate(ratings.items or ())}
    result.model = dawid_skene(Observed.of(ratings.codes), items=len(items), annotators=len(result.layers), labels=len(labels))
    found = {}
    for case in cases:
        chances = result.model.posterior[items[f"{case.id}|{case.votes['claim'].value}"]]
        best = np.sort(chances)[::-1]
        winner = labels[int(chances.argmax())]
        is_tied = len(best) > 1 and bool(best[0] - best[1] < SURE)
        votes = Vote(winner, is_tied, case.votes["stance"].counts)
        found[case.id] = votes, {label: round(float(chance), 6) for label, chance in zip(labels, chances, strict=True)}
    return found


def _shares(votes: Vote, labels: Sequence[str]) -> dict[str, float]:
    total = sum(votes.counts.values())
    return {label: round(votes.counts.get(label, 0) / total, 6) for label in labels}


# statements


def _drafted(case: Case, layer: str, strategy: str, stance: tuple[Vote, dict[str, float]] | None) -> Statement:
    members = list(case.unit.members.values())
    votes = dict(case.votes) if stance is None else {**case.votes, "stance": stance[0]}
    meta: dict[str, Any] = {}
    if case.disputed:
        meta["adjudication"] = {"strategy": strategy, "disputed": list(case.disputed), "tie": case.is_tied}
    if stance is not None:
        meta["stance_distribution"] = stance[1]
    return Statement(
        id=f"{layer}-{case.id}",
        document=case.unit.document,
        spans=case.spans_of.spans,
        **{name: votes[name].value for name in FIELDS},
        origin="adjudicated",
        guideline=_common([statement.guideline for statement in members]),
        decided_from=case.sources,
        note=_note(case, votes) or None,
        meta=meta,
    )


def _common(values: Sequence[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


def _note(case: Case, votes: Mapping[str, Vote]) -> str:
    """Say what was disputed and how it came out."""
    parts = []
    for name in case.disputed:
        if name == PRESENCE:
            parts.append(f"marked by {len(case.unit.members)} of {len(case.unit.readers)}, not by {', '.join(case.unit.absent)}")
        else:
            others = [f"{count} {value}" for value, count in votes[name].counts.items() if value != votes[name].value]
            own = votes[name].counts.get(votes[name].value, 0)
            tie = ", a tie" if votes[name].is_tied else ""
            parts.append(f"{name} {votes[name].value}: {own} against {', '.join(others)}{tie}")
    return "; ".join(parts)


def _decided(case: Case, decision: Decision, proposed: Statement | None, draft: Statement) -> Statement | None:
    """Return the statement that a person decided on; ``None`` for none."""
    if decision.take == NEITHER:
        return None
    if decision.take in (MAJORITY, EDITED):
        if decision.take == MAJORITY and proposed is None and not decision.edits:
            return None
        base = draft
    elif decision.take in case.unit.members:
        taken = case.unit.members[decision.take]
        base = msgspec.structs.replace(draft, spans=taken.spans, **{name: getattr(taken, name) for name in FIELDS})
    elif decision.take in case.unit.absent:
        return None
    else:
        raise DataError(wrong_take(decision, case.unit.readers))
    meta = {key: value for key, value in draft.meta.items() if key != "stance_distribution"}
    meta["adjudication"] = {**meta.get("adjudication", {}), "strategy": "decision", "take": decision.take}
    if decision.by:
        meta["adjudication"]["by"] = decision.by
    made = msgspec.structs.replace(base, note=decision.reason, created=decision.created, meta=meta)
    return edited(made, decision, case.unit.members) if decision.edits else made


# writing


def write_gold(corpus: Corpus, result: Adjudication, *, force: bool = False) -> None:
    """Write a gold layer as a layer of its corpus; every record is checked first, and no other layer is touched.

    Parameters
    ----------
    corpus : Corpus
        The one that was adjudicated.
    result : Adjudication
    force : bool
        Replace the layer where it exists.

    Raises
    ------
    DataError
        When the layer exists, a record does not fit the corpus, or there is nothing to write; then nothing is written.
    """
    if not result.statements:
        raise DataError("no statement stands, so there is no gold layer to write", path=corpus.path)
    path = corpus.path / "layers" / f"{result.layer}.jsonl"
    if result.layer in corpus.layers:
        if not force:
            raise DataError("this layer exists already; name another one with --out-layer, or replace it with --force", path=path)
        corpus.drop_layer(result.layer)
    for statement in result.statements:
        corpus.put(statement, result.layer)
    for relation in result.relations:
        corpus.put(relation, result.layer)
    corpus.save()
