"""Decisions of a person, and the queue of disagreements that waits for them: written, filled in, and read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from claimkit.errors import DataError, suggest
from claimkit.jsonl import append_records, read_lines, replacing

MAJORITY, NEITHER, EDITED = "majority", "neither", "edited"


class Choice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a person decided.

    Attributes
    ----------
    take : str
        The name of the layer or annotator who is right; ``majority`` for what was proposed, ``neither`` for nothing at all,
        ``edited`` for what was proposed with ``edits``.
    edits : dict
        Values that replace those of what is taken, by the keys of the record; of a statement also ``{"from": LAYER}``, which stands
        for what this layer says in that field.
    reason, by, created : str or None
        Why, who, and on which day (ISO 8601).
    """

    take: str
    edits: dict[str, Any] = {}
    reason: str | None = None
    by: str | None = None
    created: str | None = None


class Decision(Choice, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="type", tag="decision"):
    """What a person decided, and on what.

    Attributes
    ----------
    unit : str
        Id of the case.
    sources : tuple of str
        Ids of the records that were looked at; a decision on others than there are now is not used. Empty: not checked.
    digest : str or None
        Of what these records said; a decision on anything else is not used either. ``None``, as in older files: not checked.
    """

    unit: str
    sources: tuple[str, ...] = ()
    digest: str | None = None

    def is_stale(self, sources: Sequence[str], digest: str | None) -> bool:
        """Tell whether the records that were looked at are others than these, or said something else."""
        are_others = bool(self.sources) and set(self.sources) != set(sources)
        return are_others or (None not in (self.digest, digest) and self.digest != digest)


class Disagreement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="disagreement"):
    """One line of the queue: what annotators say, what the strategy proposes, and room for a decision.

    Attributes
    ----------
    kind : {"statement", "relation", "item"}
    unit : str
    document : str or None
    disputed : tuple of str
        Fields on which they differ; ``presence`` where not all marked it.
    tied : bool
        Whether no majority decides.
    text : str or None
        The words that it is about.
    said : dict of str to object or None
        By layer or annotator; ``None``: marked nothing.
    proposed : object or None
        What stands if nobody decides; ``None``: nothing.
    sources : tuple of str
        Ids of the records.
    decision : Choice or None
        To be filled in, such as ``{"take": "ann", "reason": "…"}``.
    earlier : Choice or None
        What was decided on records that have changed since.
    digest : str or None
        Of what the records say.
    """

    kind: Literal["statement", "relation", "item"]
    unit: str
    document: str | None
    disputed: tuple[str, ...]
    tied: bool
    text: str | None
    said: dict[str, Any]
    proposed: Any
    sources: tuple[str, ...]
    decision: Choice | None = None
    earlier: Choice | None = None
    digest: str | None = None

    def decided(self) -> Decision | None:
        """Return the decision with its unit, sources and digest, where there is one."""
        if self.decision is None:
            return None
        return Decision(**msgspec.structs.asdict(self.decision), unit=self.unit, sources=self.sources, digest=self.digest)


def take_decision(
    unit: str, sources: Sequence[str], digest: str, given: dict[str, Decision]
) -> tuple[Decision | None, list[Decision]]:
    """Take the decision on a case out of those given: the decision, or the one that is stale."""
    decision = given.pop(unit, None)
    if decision is not None and decision.is_stale(sources, digest):
        return None, [decision]
    return decision, []


def wrong_take(decision: Decision, layers: Sequence[str]) -> str:
    """Return the sentence about a decision that takes what nobody said."""
    allowed = [*layers, MAJORITY, NEITHER, EDITED]
    near = suggest(decision.take, allowed)
    return f"the decision on '{decision.unit}' takes '{decision.take}'; {near + ' ' if near else ''}allowed: {', '.join(allowed)}"


def read_decisions(path: str | Path) -> dict[str, Decision]:
    """Return the decisions of a file by unit; of several on one unit the last.

    Parameters
    ----------
    path : path-like
        Lines are decisions, or disagreements of which some are decided.

    Raises
    ------
    DataError
        With the line that is neither.
    """
    found = {}
    for entry in _read(path):
        decision = entry if isinstance(entry, Decision) else entry.decided()
        if decision is not None:
            found[decision.unit] = decision
    return found


def read_queue(path: str | Path) -> list[Disagreement]:
    """Return the disagreements of a file."""
    return [entry for entry in _read(path) if isinstance(entry, Disagreement)]


def _read(path: str | Path) -> Iterator[Decision | Disagreement]:
    for line in read_lines(path):
        if not line.raw.strip():
            continue
        try:
            yield msgspec.json.decode(line.raw, type=Decision | Disagreement)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f"this line is neither a decision nor a disagreement: {str(error).lower()}"
            hint = 'a decision is written as {"take": "LAYER", "reason": "…"}'
            raise DataError(f"{message}; {hint}", path=path, line=line.number, code="json-syntax") from None


def write_queue(path: str | Path, entries: Iterable[Disagreement], decisions: Mapping[str, Decision]) -> tuple[int, int]:
    """Write disagreements with the decisions that there are, in place of what was there; no decision is lost.

    Those on other units are kept after the disagreements, those on records that have changed since as ``earlier``.

    Returns
    -------
    open, kept : int
        How many disagreements are undecided, and how many decisions have no disagreement any more.
    """
    waiting = 0
    seen: set[str] = set()
    before = {entry.unit: entry.earlier for entry in read_queue(path)} if Path(path).exists() else {}
    encoder = msgspec.json.Encoder()
    with replacing(path) as file:
        for entry in entries:
            seen.add(entry.unit)
            decision = decisions.get(entry.unit)
            is_stale = decision is not None and decision.is_stale(entry.sources, entry.digest)
            earlier = _choice(decision) if decision is not None and is_stale else before.get(entry.unit)
            choice = None if decision is None or is_stale else _choice(decision)
            waiting += choice is None
            file.write(encoder.encode(msgspec.structs.replace(entry, decision=choice, earlier=earlier)) + b"\n")
        left = [decision for unit, decision in decisions.items() if unit not in seen]
        for decision in left:
            file.write(encoder.encode(decision) + b"\n")
    return waiting, len(left)


def append_decision(path: str | Path, decision: Decision) -> None:
    """Add a decision to a file; when this returns it is on disk, and it overrules earlier ones on the same unit."""
    append_records(path, [decision])


def _choice(decision: Decision) -> Choice:
    values = msgspec.structs.asdict(decision)
    return Choice(**{name: values[name] for name in Choice.__struct_fields__})
