"""What the page of adjudication shows, as JSON: the disputed cases, and one document with what its annotators say."""

from __future__ import annotations

from collections import Counter
from typing import Any, get_args

from claimkit.adjudication import Decision
from claimkit.adjudication.relating import AdjudicatedRelation
from claimkit.annotate.deciding import DecisionFiles, DecisionSession, Entry
from claimkit.annotate.guideline import Guideline
from claimkit.annotate.store import Value, plain
from claimkit.annotate.views import View, label_views
from claimkit.errors import DataError
from claimkit.records import Statement
from claimkit.records.marks import Modality, Quotation

_SHOWN = (
    "spans",
    "speaker",
    "claim",
    "stance",
    "on_behalf_of",
    "targets",
    "chain",
    "addressees",
    "quotation",
    "modality",
    "said",
    "cue",
    "speaker_span",
    "duplicate_spans",
    "confidence",
    "note",
)
_OF_CLAIM = "claim:"
_EXCERPT = 60  # characters


def overview(session: DecisionSession, guideline: Guideline | None) -> View:
    """Return all that the page needs once: names, labels, lists, and every disputed case in short."""
    files = session.store
    corpus, result = files.corpus, files.result
    disputed = list(_disputed(files))
    counts = Counter(_document(entry) for entry in disputed)
    return {
        "mode": "adjudication",
        "name": corpus.config.name,
        "title": corpus.config.title or corpus.config.name,
        "by": session.by,
        "layer": result.layer,
        "layers": result.layers,
        "strategy": result.strategy,
        "labels": label_views(corpus.config.scheme),
        "kinds": corpus.config.relations.kinds,
        "quotations": get_args(Quotation),
        "modalities": get_args(Modality),
        "guideline": guideline,
        "actors": [{"id": actor.id, "name": actor.name, "kind": actor.kind} for actor in corpus.actors.values()],
        "claims": [{"id": claim.id, "text": claim.text} for claim in corpus.claims.values()],
        "documents": [
            {
                "id": name,
                "title": corpus.documents[name].title or name,
                "published": corpus.documents[name].published,
                "cases": count,
            }
            for name, count in counts.items()
        ],
        "cases": [_short(files, entry) for entry in disputed],
        "agreed": len(files.statements) + len(files.relations) - len(disputed),
        "has_gold": result.layer in corpus.layers,
        **state(session),
    }


def state(session: DecisionSession) -> View:
    """Return what changes with every decision."""
    return {"revision": session.revision, "undo": session.next_undo, "redo": session.next_redo}


def one(files: DecisionFiles, entry: Entry) -> View:
    """Return a case in full, after a decision on it."""
    return {"short": _short(files, entry), "full": _full(files, entry)}


def document(files: DecisionFiles, name: str) -> View:
    """Return a document: its text, what is agreed on, and each disputed case in full.

    Raises
    ------
    DataError
        When there is no such document.
    """
    found = files.corpus.documents.get(name)
    if found is None:
        raise DataError(f"there is no document '{name}'", code="dangling-reference")
    everything: list[Entry] = [*files.statements.values(), *files.relations.values()]
    here = [entry for entry in everything if _document(entry) == name]
    return {
        "id": name,
        "text": found.text,
        "about": {"title": found.title, "published": found.published, "source": found.source, "lang": found.lang},
        "agreed": [
            _fields(entry.made)
            for entry in here
            if not isinstance(entry, AdjudicatedRelation) and not entry.case.disputed and entry.made is not None
        ],
        "cases": [_full(files, entry) for entry in here if entry.case.disputed],
    }


def _disputed(files: DecisionFiles) -> list[Entry]:
    """Return what is disputed, document by document; statements before the relations between them."""
    entries: list[Entry] = [entry for entry in files.statements.values() if entry.case.disputed]
    entries += [entry for entry in files.relations.values() if entry.case.disputed]
    order = {name: place for place, name in enumerate(files.corpus.documents)}
    return sorted(entries, key=lambda entry: (order[_document(entry)], isinstance(entry, AdjudicatedRelation)))


def _document(entry: Entry) -> str:
    return entry.case.document if isinstance(entry, AdjudicatedRelation) else entry.case.unit.document


def _short(files: DecisionFiles, entry: Entry) -> View:
    decision = files.decision(entry)
    return {
        "unit": entry.case.id,
        "kind": "relation" if isinstance(entry, AdjudicatedRelation) else "statement",
        "document": _document(entry),
        "disputed": entry.case.disputed,
        "tied": entry.case.is_tied,
        "take": None if decision is None else decision.take,
        "stale": decision is None and entry.case.id in files.decisions,
        "words": _words(files, entry),
    }


def _words(files: DecisionFiles, entry: Entry) -> str:
    """Return what a case is about, cut where it is long."""
    if isinstance(entry, AdjudicatedRelation):
        source = files.statements[entry.case.source].draft
        target = entry.case.target
        answered = target if target.startswith(_OF_CLAIM) else files.corpus.annotated_text(files.statements[target].draft)
        return f"{_cut(files.corpus.annotated_text(source))} → {_cut(answered)}"
    return _cut(files.corpus.annotated_text(entry.draft), 2 * _EXCERPT)


def _cut(text: str, most: int = _EXCERPT) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _full(files: DecisionFiles, entry: Entry) -> View:
    decision = files.decision(entry)
    shown = {**_short(files, entry), "decision": None if decision is None else _choice(decision)}
    made = files.made(entry, decision)
    if isinstance(entry, AdjudicatedRelation):
        case = entry.case
        said: dict[str, Value | None] = dict.fromkeys(case.asked)
        said |= {layer: _relation(relations[0]) for layer, relations in case.given.items()}
        return {
            **shown,
            "said": said,
            "proposed": entry.proposed,
            "made": made,
            "source": _argument(files, case.source),
            "target": _argument(files, case.target),
        }
    unit = entry.case.unit
    members = {layer: _fields(unit.members[layer]) if layer in unit.members else None for layer in unit.readers}
    return {**shown, "said": members, "proposed": _fields(entry.proposed), "made": _fields(made), "draft": _fields(entry.draft)}


def _relation(relation: Any) -> Value:
    evidence = None if relation.evidence is None else relation.evidence.text
    return {"kind": relation.kind, "evidence": evidence, "note": relation.note, "confidence": relation.confidence}


def _argument(files: DecisionFiles, name: str) -> Value:
    """Return the words of a statement, or the claim, that a relation connects."""
    if name.startswith(_OF_CLAIM):
        claim = name.removeprefix(_OF_CLAIM)
        return {"claim": claim, "spans": []}
    return _fields(files.statements[name].draft) or {}


def _fields(statement: Statement | None) -> Value | None:
    if statement is None:
        return None
    value = plain(statement)
    fields = {key: value[key] for key in _SHOWN if key in value}
    return fields | {"speaks_for_himself": "on_behalf_of" in value and value["on_behalf_of"] is None}


def _choice(decision: Decision) -> Value:
    return {
        "take": decision.take,
        "edits": decision.edits,
        "reason": decision.reason,
        "by": decision.by,
        "created": decision.created,
    }
