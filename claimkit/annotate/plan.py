"""From what the page asks for to steps: each action is made in memory at once, so that the next one sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import UNSET

from claimkit.annotate.actions import (
    Accept,
    Action,
    Behalf,
    Decline,
    Fields,
    Mark,
    NewActor,
    NewClaim,
    Reject,
    Relate,
    RelationFields,
    Remove,
    Set,
    SetDocument,
    SetRelation,
    Stretch,
    Unrelate,
)
from claimkit.annotate.journal import Step
from claimkit.annotate.names import next_id
from claimkit.annotate.pairs import pair_key
from claimkit.annotate.store import NEEDED, Store, Value
from claimkit.annotate.suggestions import CONTENT, Suggestions
from claimkit.errors import DataError
from claimkit.records.ids import slug_of

_SPANS = ("spans", "duplicate_spans")
_SPAN = ("cue", "speaker_span")
_PLAIN = ("stance", "quotation", "modality", "said", "confidence", "note")
_ACTOR = ("speaker",)
_ACTORS = ("addressees", "chain")


class Plan:
    """The steps of one change, and the things it touches.

    Parameters
    ----------
    store : Store
    suggestions : Suggestions or None
    used : collection of str
        Ids of statements and relations that stood in the layer once; they are not given again.
    today : str
        ISO date, for ``created``.
    actions : sequence of Action

    Attributes
    ----------
    steps : list of Step
    marked : str or None
        Id of the statement marked or accepted last.
    documents : set of str
        Ids of the documents that the change touches.
    """

    def __init__(
        self, store: Store, suggestions: Suggestions | None, used: Iterable[str], today: str, actions: Sequence[Action]
    ) -> None:
        self.store = store
        self.suggestions = suggestions
        self.used = used
        self.today = today
        self.actions = actions
        self.steps: list[Step] = []
        self.marked: str | None = None
        self.documents: dict[str, None] = {}
        self._new: dict[str, str] = {}

    def run(self) -> None:
        """Make the actions, one after the other.

        Raises
        ------
        DataError
            When one cannot be made; what was made before it has then to be taken back.
        """
        for action in self.actions:
            _METHODS[type(action)](self, action)

    def step(self, kind: str, name: str, after: Value | None) -> None:
        """Make one step, unless it changes nothing."""
        before = self.store.get(kind, name)
        step = Step(kind, name, before, after)
        self.store.set(step)
        if kind in ("statement", "relation") and after is not None:
            step = Step(kind, name, before, self.store.get(kind, name))
        if step.before != step.after:
            self.steps.append(step)

    # statements

    def mark(self, action: Mark) -> None:
        """Mark a statement."""
        if action.fields.spans is UNSET:
            raise DataError("a statement needs the words in which it stands; select some", code="missing-key")
        name = self._next_id(action.document)
        value: Value = {"type": "statement", "id": name, "document": action.document, "origin": "manual"}
        self._stamp(value)
        self._fill(value, action.fields)
        self._put_mark(value, None)
        self.marked = name

    def set(self, action: Set) -> None:
        """Set values of a statement."""
        name = action.id or self.marked
        kind, value = self._mark(name or "")
        old = value
        value = dict(value)
        self._fill(value, action.fields)
        if value.get("origin") in ("accepted", "edited"):
            value["origin"] = "edited" if self._is_edited(value, old) else "accepted"
        if value != old:
            self._put_mark(value, kind)

    def _is_edited(self, value: Value, old: Value) -> bool:
        """Tell whether a statement differs from its suggestion; where that is not at hand, whether it was or is changed."""
        source = self._accepted_from(value)
        if source is not None:
            return any(value.get(key) != source.get(key) for key in CONTENT)
        return old["origin"] == "edited" or any(value.get(key) != old.get(key) for key in CONTENT)

    def _accepted_from(self, value: Value) -> Value | None:
        """Return what was accepted as a statement; ``None`` where it is not given, or another one has its id by now."""
        named = _suggestion_of(value)
        if self.suggestions is None or named.get("layer") != self.suggestions.name:
            return None
        verdict = self.suggestions.verdict(str(named.get("id")), self.store.tables["suggestion"])
        is_ours = verdict is not None and verdict.get("statement") == value["id"]
        return self.suggestions.content(str(named.get("id"))) if is_ours else None

    def remove(self, action: Remove) -> None:
        """Take a statement out."""
        kind, value = self._mark(action.id)
        for relation in list(self.store.relations()):
            if relation.source == action.id or relation.targets == (action.id,):
                self.step("relation", relation.id, None)
            elif action.id in relation.targets:
                rest = [target for target in relation.targets if target != action.id]
                self.step("relation", relation.id, {**(self.store.get("relation", relation.id) or {}), "targets": rest})
        self.step(kind, action.id, None)
        suggestion = str(_suggestion_of(value).get("id"))
        verdict = self.store.tables["suggestion"].get(suggestion)
        if verdict is not None and verdict.get("statement") == action.id:  # it is open again
            self.step("suggestion", suggestion, None)
        self.documents[value["document"]] = None

    def _mark(self, name: str) -> tuple[str, Value]:
        found = self.store.mark(name)
        if found is None:
            raise DataError(f"there is no statement '{name}' in this layer any more", code="dangling-reference")
        return found

    def _put_mark(self, value: Value, before: str | None) -> None:
        kind = "statement" if all(key in value for key in NEEDED) else "draft"
        if before is not None and before != kind:
            self.step(before, value["id"], None)
        self.step(kind, value["id"], value)
        self.documents[value["document"]] = None

    def _fill(self, value: Value, fields: Fields) -> None:
        text = self._text(value["document"])
        given = {name: getattr(fields, name) for name in fields.__struct_fields__ if getattr(fields, name) is not UNSET}
        for key, entry in given.items():
            if key == "behalf":
                self._fill_behalf(value, entry)
            elif entry is None or entry == ():
                if key == "spans":
                    raise DataError("a statement needs the words in which it stands", code="missing-key")
                value.pop(key, None)
            elif key in _SPANS:
                value[key] = [span_of(stretch, text) for stretch in joined(entry)]
            elif key in _SPAN:
                value[key] = span_of(entry, text)
            elif key == "targets":
                value[key] = [{"actor": self._named(actor), "attitude": attitude} for actor, attitude in entry]
            elif key in _ACTORS:
                value[key] = [self._named(actor) for actor in entry]
            else:
                value[key] = entry if key in _PLAIN else self._named(entry)

    def _fill_behalf(self, value: Value, behalf: Behalf) -> None:
        if behalf.how == "auto":
            value.pop("on_behalf_of", None)
        else:
            value["on_behalf_of"] = self._named(behalf.actor or "") if behalf.how == "actor" else None

    def _stamp(self, value: Value) -> None:
        guideline = self.store.corpus.config.guideline
        if guideline:
            value["guideline"] = guideline
        value["created"] = self.today

    def _next_id(self, document: str) -> str:
        taken = {*self.store.known.statements, *self.store.tables["draft"], *self.used}
        return next_id(f"{self.store.layer}-{document}-", taken)

    def _text(self, document: str) -> str:
        if document not in self.store.known.texts:
            raise DataError(f"there is no document '{document}'", code="dangling-reference")
        text = self.store.known.texts[document]
        if text is None:
            raise DataError(f"the text of '{document}' is not given, so nothing can be marked in it", code="text-withheld")
        return text

    def _named(self, reference: str) -> str:
        return self._new.get(reference, reference)

    # suggestions

    def accept(self, action: Accept) -> None:
        """Make a suggestion a statement, or a draft where it lacks something."""
        suggestions = self._suggestions()
        source = suggestions.content(action.suggestion)
        if source is None:
            raise DataError(f"there is no suggestion '{action.suggestion}'", code="dangling-reference")
        if suggestions.verdict(action.suggestion, self.store.tables["suggestion"]) is not None:
            raise DataError("this suggestion is decided already", code="not-allowed")
        name = self._next_id(source["document"])
        value: Value = {"type": "statement", "id": name, **source, "origin": "accepted"}
        value["meta"] = {"suggestion": {"layer": suggestions.name, "id": action.suggestion}}
        self._stamp(value)
        self._put_mark(value, None)
        verdict: Value = {"verdict": "accepted", "statement": name, "digest": suggestions.digest(action.suggestion)}
        self.step("suggestion", action.suggestion, verdict)
        self.marked = name

    def reject(self, action: Reject) -> None:
        """Put a suggestion away."""
        suggestions = self._suggestions()
        source = suggestions.content(action.suggestion)
        if source is None:
            raise DataError(f"there is no suggestion '{action.suggestion}'", code="dangling-reference")
        verdict: Value = {"verdict": "rejected", "digest": suggestions.digest(action.suggestion)}
        self.step("suggestion", action.suggestion, verdict)
        self.documents[source["document"]] = None

    def _suggestions(self) -> Suggestions:
        if self.suggestions is None:
            raise DataError("no suggestions were given; start with --suggestions LAYER", code="not-allowed")
        return self.suggestions

    # relations

    def relate(self, action: Relate) -> None:
        """Add a relation."""
        targets = list(dict.fromkeys(action.targets))
        for relation in self.store.relations():
            if (relation.source, relation.kind, sorted(relation.targets)) == (action.source, action.kind, sorted(targets)):
                raise DataError(f"this relation is there already: '{relation.id}'", code="duplicate-id")
        name = next_id(f"{self.store.layer}-r-", {*self.store.known.relations, *self.used})
        value: Value = {"type": "relation", "id": name, "kind": action.kind, "source": action.source, "targets": targets}
        if action.basis is not None:
            value["basis"] = action.basis
        value["origin"] = "manual"
        self._stamp(value)
        self._put_relation(value, action.evidence)

    def set_relation(self, action: SetRelation) -> None:
        """Set values of a relation."""
        value = dict(self._relation(action.id))
        fields: RelationFields = action.fields
        for key in ("kind", "targets", "basis", "note"):
            entry = getattr(fields, key)
            if entry is None:
                value.pop(key, None)
            elif entry is not UNSET:
                value[key] = list(entry) if key == "targets" else entry
        if fields.evidence is None:
            value.pop("evidence", None)
        self._put_relation(value, None if fields.evidence is UNSET else fields.evidence)

    def unrelate(self, action: Unrelate) -> None:
        """Take a relation out."""
        value = self._relation(action.id)
        self.step("relation", action.id, None)
        self._touch_source(value)

    def decline(self, action: Decline) -> None:
        """Say that two statements are not related."""
        self.step("pair", pair_key(action.source, action.target), {"verdict": "no"})
        self._touch_source({"source": action.source})

    def _relation(self, name: str) -> Value:
        value = self.store.get("relation", name)
        if value is None:
            raise DataError(f"there is no relation '{name}' in this layer any more", code="dangling-reference")
        return value

    def _put_relation(self, value: Value, evidence: Stretch | None) -> None:
        source = self.store.get("statement", value["source"])
        if source is None:
            raise DataError(
                "only a finished statement can be related; give it speaker, claim and stance first", code="dangling-reference"
            )
        if evidence is not None:
            value["evidence"] = span_of(evidence, self._text(source["document"]))
        unfinished = [target for target in value["targets"] if target in self.store.tables["draft"]]
        if unfinished:
            raise DataError("a draft cannot be answered yet; give it speaker, claim and stance first", code="dangling-reference")
        self.step("relation", value["id"], value)
        self._touch_source(value)

    def _touch_source(self, relation: Mapping[str, Any]) -> None:
        source = self.store.get("statement", relation["source"])
        if source is not None:
            self.documents[source["document"]] = None

    # what belongs to the corpus

    def actor(self, action: NewActor) -> None:
        """Add an actor."""
        name = slug_of(action.name, self.store.corpus.actors)
        value: Value = {"type": "actor", "id": name, "name": action.name.strip(), "kind": action.kind}
        if action.part_of is not None:
            value["part_of"] = self._named(action.part_of)
        self.step("actor", name, value)
        self._new[action.name_as] = name

    def claim(self, action: NewClaim) -> None:
        """Add a claim."""
        name = slug_of(action.text, self.store.corpus.claims)
        value: Value = {"type": "claim", "id": name, "text": action.text.strip()}
        if action.kind is not None:
            value["kind"] = action.kind
        for key, references in (("about", action.about), ("contradicts", action.contradicts)):
            if references:
                value[key] = [self._named(reference) for reference in references]
        self.step("claim", name, value)
        self._new[action.name_as] = name

    def document(self, action: SetDocument) -> None:
        """Say something of a document."""
        if action.document not in self.store.corpus.documents:
            raise DataError(f"there is no document '{action.document}'", code="dangling-reference")
        state = dict(self.store.get("document", action.document) or {})
        for key in ("done", "flag", "note"):
            entry = getattr(action, key)
            if entry is not UNSET:
                state[key] = entry
        state = {key: entry for key, entry in state.items() if entry}
        self.step("document", action.document, state or None)
        self.documents[action.document] = None


_METHODS: Mapping[type[msgspec.Struct], Callable[[Plan, Any], None]] = MappingProxyType(
    {
        Mark: Plan.mark,
        Set: Plan.set,
        Remove: Plan.remove,
        Relate: Plan.relate,
        SetRelation: Plan.set_relation,
        Unrelate: Plan.unrelate,
        NewActor: Plan.actor,
        NewClaim: Plan.claim,
        SetDocument: Plan.document,
        Accept: Plan.accept,
        Reject: Plan.reject,
        Decline: Plan.decline,
    }
)


def _suggestion_of(value: Value) -> Value:
    """Return layer and id of the suggestion that a statement was; empty where it was none."""
    named: Value = (value.get("meta") or {}).get("suggestion") or {}
    return named


def span_of(stretch: Stretch, text: str) -> Value:
    """Return a span with the text that it covers."""
    start, end = stretch
    return {"start": start, "end": end, "text": text[start:end]}


def joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return stretches in the order of the text, those that overlap or touch as one.

    >>> joined([(8, 9), (0, 3), (2, 5), (5, 6)])
    [(0, 6), (8, 9)]
    """
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
