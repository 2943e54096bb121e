"""What there is to decide: statements and relations of several layers, aligned, with what is agreed on and what is disputed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from claimkit.adjudication.voting import Vote, vote
from claimkit.agreement.relations import triples_of
from claimkit.corpus.alignment import Unit, align_layers, mark_of
from claimkit.errors import UsageError, suggest
from claimkit.matching import Mark, length_of, overlap_of
from claimkit.records import Relation, Statement
from claimkit.records.ids import digest_of

if TYPE_CHECKING:
    from claimkit.corpus import Corpus

PRESENCE = "presence"
# Field of a statement -> its value, in the order in which fields are decided. The spans are decided by what they have in common.
FIELDS: Mapping[str, Callable[[Statement], Hashable]] = MappingProxyType(
    {
        "claim": lambda statement: statement.claim,
        "stance": lambda statement: statement.stance,
        "speaker": lambda statement: statement.speaker,
        "on_behalf_of": lambda statement: statement.on_behalf_of,
        "cue": lambda statement: statement.cue,
        "speaker_span": lambda statement: statement.speaker_span,
        "targets": lambda statement: statement.targets,
        "addressees": lambda statement: statement.addressees,
        "chain": lambda statement: statement.chain,
        "quotation": lambda statement: statement.quotation,
        "modality": lambda statement: statement.modality,
        "said": lambda statement: statement.said,
        "duplicate_spans": lambda statement: statement.duplicate_spans,
    }
)
# Those that make a statement what it is: a difference in one of them is a disagreement.
CORE_FIELDS = ("claim", "stance", "speaker")
_ON_THE_CLAIM = ("stance", "targets")  # they mean something only together with the claim
# What a decision is made on; who wrote it when, how sure he was, and notes may change.
_SAID_BY_STATEMENT = ("document", "spans", *FIELDS)
_SAID_BY_RELATION = ("kind", "basis", "evidence")


@dataclass(frozen=True)
class Case:
    """A statement to decide on.

    Attributes
    ----------
    unit : Unit
        What each layer marked.
    votes : mapping of str to Vote
        By field, of the layers that marked it; stance and targets only of those on the winning claim.
    is_kept : bool
        Whether at least half of the layers that have read the text marked it.
    disputed : tuple of str
        The core fields on which the layers differ, and ``presence`` where not all marked it.
    is_tied : bool
        Whether presence or a disputed field has no majority.
    """

    unit: Unit
    votes: Mapping[str, Vote]
    is_kept: bool
    disputed: tuple[str, ...]
    is_tied: bool

    @property
    def id(self) -> str:
        """The id of the unit."""
        return self.unit.id

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the statements to decide from, in the order of the layers."""
        return tuple(statement.id for statement in self.unit.members.values())

    @property
    def digest(self) -> str:
        """A text that is another one when a source says something else."""
        return _digest(self.unit.members.values(), _SAID_BY_STATEMENT)

    @property
    def spans_of(self) -> Statement:
        """The statement whose words have most in common with those of the others."""
        return closest(list(self.unit.members.values()))


@dataclass(frozen=True)
class RelationCase:
    """A relation to decide on: whether one statement answers another one, or a claim, and how.

    Attributes
    ----------
    source, target : str
        Ids of units; the target after ``claim:`` of a claim.
    document : str
    given : mapping of str to tuple of Relation
        By layer; the layers that see a relation.
    asked : tuple of str
        The layers that have marked both arguments, and so could have seen it.
    """

    source: str
    target: str
    document: str
    given: Mapping[str, tuple[Relation, ...]]
    asked: tuple[str, ...]

    @property
    def id(self) -> str:
        """Source and target."""
        return f"{self.source}->{self.target}"

    @property
    def kinds(self) -> Vote:
        """The kinds that the layers see, the first of each."""
        return vote({layer: relations[0].kind for layer, relations in self.given.items()})

    @property
    def is_kept(self) -> bool:
        """Whether at least half of the layers that could see it do."""
        return 2 * len(self.given) >= len(self.asked)

    @property
    def disputed(self) -> tuple[str, ...]:
        """``presence`` and ``kind``, where layers differ."""
        presence = (PRESENCE,) if len(self.given) < len(self.asked) else ()
        return (*presence, "kind") if len(self.kinds.counts) > 1 else presence

    @property
    def is_tied(self) -> bool:
        """Whether there is no majority for the one or the other."""
        return 2 * len(self.given) == len(self.asked) or (self.is_kept and self.kinds.is_tied)

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the relations to decide from, in the order of the layers."""
        return tuple(dict.fromkeys(relation.id for relations in self.given.values() for relation in relations))

    @property
    def digest(self) -> str:
        """A text that is another one when a source says something else."""
        return _digest((relation for relations in self.given.values() for relation in relations), _SAID_BY_RELATION)


def _digest(records: Iterable[Statement | Relation], keys: Sequence[str]) -> str:
    said = {}
    for record in records:
        value = msgspec.to_builtins(record)
        said[record.id] = {key: value[key] for key in keys if key in value}
    return digest_of(said)


def closest(statements: Sequence[Statement]) -> Statement:
    """Return the statement whose words have most in common with those of the others; the first among equals."""
    marks = [mark_of(statement) for statement in statements]
    shares = [sum(_share(one, other) for other in marks) for one in marks]
    return statements[max(range(len(statements)), key=lambda place: (shares[place], -place))]


def _share(one: Mark, other: Mark) -> float:
    overlap = overlap_of(one, other)
    return overlap / (length_of(one) + length_of(other) - overlap)


def case_of(unit: Unit, core: Sequence[str] = CORE_FIELDS) -> Case:
    """Return what is agreed on and what is disputed in a unit; ties go to the layer that was named first."""
    claim = vote({layer: statement.claim for layer, statement in unit.members.items()})
    votes: dict[str, Vote] = {}
    for name, value in FIELDS.items():
        voters = {
            layer: value(statement)
            for layer, statement in unit.members.items()
            if name not in _ON_THE_CLAIM or statement.claim == claim.value
        }
        votes[name] = vote(voters)
    disputed = tuple(name for name in core if len(votes[name].counts) > 1)
    presence = 2 * len(unit.members) - len(unit.readers)
    is_tied = presence == 0 or any(votes[name].is_tied for name in disputed)
    if unit.absent:
        disputed = (PRESENCE, *disputed)
    return Case(unit, votes, presence >= 0, disputed, is_tied)


def cases_of(corpus: Corpus, layers: Sequence[str], *, core: Sequence[str] = CORE_FIELDS, unmarked: str = "none") -> list[Case]:
    """Return what layers say of each statement, in the order of the texts.

    Parameters
    ----------
    corpus : Corpus
    layers : sequence of str
        The first one's value stands where votes are tied.
    core : sequence of str
        Keys of :data:`FIELDS`: those in which a difference is a disagreement.
    unmarked : {"none", "missing"}
        As in :func:`claimkit.corpus.alignment.readers_of`.

    Raises
    ------
    UsageError
        When a field does not exist.
    """
    for name in core:
        if name not in FIELDS:
            near = suggest(name, FIELDS)
            raise UsageError(f"no field to decide on is named '{name}'; {near + ' ' if near else ''}known: {', '.join(FIELDS)}")
    return [case_of(unit, core) for unit in align_layers(corpus, layers, unmarked=unmarked)]


@dataclass
class _Found:
    given: dict[str, dict[str, Relation]] = field(default_factory=lambda: defaultdict(dict))


def relation_cases_of(corpus: Corpus, layers: Sequence[str], units: Sequence[Unit]) -> list[RelationCase]:
    """Return what layers say of each pair of statements that any of them relates, in the order of the texts."""
    by_id = {unit.id: unit for unit in units}
    unit_of = {statement.id: unit.id for unit in units for statement in unit.members.values()}
    found: dict[tuple[str, str], _Found] = {}
    for layer in layers:
        for triple, relation in triples_of(list(corpus.relations(layer)), unit_of, corpus.claims):
            found.setdefault((triple.source, triple.target), _Found()).given[layer][relation.id] = relation
    order = {unit.id: place for place, unit in enumerate(units)}
    cases = [
        RelationCase(
            source,
            target,
            by_id[source].document,
            {layer: tuple(entry.given[layer].values()) for layer in layers if layer in entry.given},
            _asked(by_id, source, target, layers),
        )
        for (source, target), entry in found.items()
    ]
    return sorted(cases, key=lambda case: (order[case.source], order.get(case.target, len(order)), case.target))


def _asked(by_id: Mapping[str, Unit], source: str, target: str, layers: Sequence[str]) -> tuple[str, ...]:
    marked = set(by_id[source].members)
    if target in by_id:
        marked &= set(by_id[target].members)
    return tuple(layer for layer in layers if layer in marked)
