"""What the page shows, as JSON: the corpus, one document with its marks, what may be related, what a search finds."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, TypeAlias, get_args

import msgspec

from claimkit.annotate.guideline import Guideline
from claimkit.annotate.names import mentioned
from claimkit.annotate.pairs import fitting_kinds, pair_key, propose_pairs, reason
from claimkit.annotate.session import Session
from claimkit.annotate.store import NEEDED
from claimkit.catalog.annotated import UNKNOWN_ACTOR, UNKNOWN_CLAIM
from claimkit.corpus import Corpus
from claimkit.corpus.derive import text_of
from claimkit.corpus.store import stamp_of
from claimkit.errors import DataError
from claimkit.records import Document, Statement
from claimkit.records.entities import ActorKind, ClaimKind
from claimkit.records.marks import Attitude, Basis, Modality, Quotation
from claimkit.schemes import LabelScheme

View: TypeAlias = dict[str, Any]

_MOST_FOUND = 60
_MOST_CANDIDATES = 200
_MOST_PAIRS = 200
_AROUND = 40  # characters of context on each side of what a search finds
_SIGNS = "○?◇△"


def label_views(scheme: LabelScheme) -> list[View]:
    """Return the labels of a scheme, each with a sign: + and − for opposites, others for the rest, so that colour is never alone.

    >>> [view["sign"] for view in label_views(LabelScheme("x", ("for", "against", "none"), {"for": "against", "against": "for"}))]
    ['+', '−', '○']
    """
    views: list[View] = []
    signs = iter(_SIGNS)
    positive: set[str] = set()
    for label in scheme.labels:
        opposite = scheme.opposites.get(label)
        if opposite is None:
            sign, tone = next(signs, label[:1]), "other"
        elif opposite in positive:
            sign, tone = "−", "against"
        else:
            sign, tone = "+", "for"
            positive.add(label)
        views.append({"label": label, "sign": sign, "tone": tone})
    return views


def corpus_view(session: Session, guideline: Guideline | None) -> View:
    """Return all that the page needs once."""
    corpus = session.store.corpus
    suggestions = session.suggestions
    return {
        "mode": "corpus",
        "name": corpus.config.name,
        "title": corpus.config.title or corpus.config.name,
        "annotator": session.annotator,
        "labels": label_views(corpus.config.scheme),
        "kinds": corpus.config.relations.kinds,
        "attitudes": get_args(Attitude),
        "quotations": get_args(Quotation),
        "modalities": get_args(Modality),
        "bases": get_args(Basis),
        "actor_kinds": get_args(ActorKind),
        "claim_kinds": get_args(ClaimKind),
        "suggestions": None if suggestions is None else {"name": suggestions.name, "count": len(suggestions)},
        "guideline": guideline,
        **entities_view(session),
        **state_view(session),
        "documents": document_list(session),
    }


def state_view(session: Session) -> View:
    """Return what changes with every change."""
    return {
        "revision": session.revision,
        "undo": session.next_undo,
        "redo": session.next_redo,
        "entities": entities_version(session.store.corpus),
    }


def entities_version(corpus: Corpus) -> str:
    """Return a text that changes when the files of actors or claims do."""
    stamps = [stamp_of(corpus.path / f"{name}.jsonl") for name in ("actors", "claims")]
    return " ".join("-".join(map(str, stamp or ())) for stamp in stamps)


def entities_view(session: Session) -> View:
    """Return the actors and claims for the type-ahead lists."""
    corpus = session.store.corpus
    return {
        "actors": [
            {"id": actor.id, "name": actor.name, "kind": actor.kind, "aliases": actor.aliases}
            for actor in corpus.actors.values()
            if actor.id != UNKNOWN_ACTOR.id  # nobody is to choose what stands for nothing
        ],
        "claims": [
            {"id": claim.id, "text": claim.text, "about": claim.about, "topics": claim.topics, "contradicts": claim.contradicts}
            for claim in corpus.claims.values()
            if claim.id != UNKNOWN_CLAIM.id
        ],
    }


def document_list(session: Session, only: str | None = None) -> list[View]:
    """Return how far each document is, or only one of them."""
    store = session.store
    finished = Counter(statement.document for statement in store.statements())
    drafts = Counter(draft["document"] for draft in store.tables["draft"].values())
    chosen = store.corpus.documents.values() if only is None else [store.corpus.documents[only]]
    return [
        {
            "id": document.id,
            "title": document.title or document.id,
            "source": document.source,
            "published": document.published,
            "length": None if document.text is None else len(document.text),
            "statements": finished[document.id],
            "drafts": drafts[document.id],
            "seconds": round(session.seconds.get(document.id, 0.0)),
            "blind": session.suggestions is not None and session.suggestions.is_blind(document.id),
            **(store.get("document", document.id) or {}),
        }
        for document in chosen
    ]


def document_view(session: Session, name: str, *, with_text: bool = True) -> View:
    """Return a document with what stands in it.

    Raises
    ------
    DataError
        When there is no such document.
    """
    store = session.store
    document = store.corpus.documents.get(name)
    if document is None:
        raise DataError(f"there is no document '{name}'", code="dangling-reference")
    statements = [statement for statement in store.statements() if statement.document == name]
    ours = {statement.id for statement in statements}
    relations = [relation for relation in store.relations() if relation.source in ours]
    others = {target for relation in relations for target in relation.targets} - ours
    view: View = {
        "id": name,
        "marks": [_mark_view(session, statement) for statement in statements] + _draft_views(session, name),
        "relations": [msgspec.to_builtins(relation) for relation in relations],
        "answered": _answers_from_elsewhere(session, ours),
        "elsewhere": {target: _elsewhere(session, target) for target in sorted(others)},
        **_suggestion_views(session, name),
    }
    if with_text:
        view |= _text_view(session, document)
    return view


def _text_view(session: Session, document: Document) -> View:
    keys = ("title", "source", "author", "url", "published", "section", "lang", "licence")
    text = document.text or ""
    return {
        "text": document.text,
        "about": {key: getattr(document, key) for key in keys},
        "mentioned": list(mentioned(session.store.corpus.actors.values(), text)),
    }


def _mark_view(session: Session, statement: Statement) -> View:
    behalf = statement.on_behalf_of
    corpus = session.store.corpus
    party = corpus.party(statement)
    how = "given" if isinstance(behalf, str) else "self" if behalf is None else "role" if party != statement.speaker else "speaker"
    value: View = msgspec.to_builtins(statement)
    return {**value, "draft": False, "missing": [], "party": party, "how": how}


def _draft_views(session: Session, document: str) -> list[View]:
    views = []
    for draft in session.store.tables["draft"].values():
        if draft["document"] == document:
            view = {**draft, "draft": True, "missing": [key for key in NEEDED if key not in draft]}
            text = session.store.known.texts.get(document) or ""
            if any(text[span["start"] : span["end"]] != span["text"] for span in draft["spans"]):
                view["broken"] = True  # the text was changed since; only an undo or a removal helps
            views.append(view)
    return views


def _suggestion_views(session: Session, document: str) -> View:
    suggestions = session.suggestions
    if suggestions is None or suggestions.is_blind(document):
        return {"suggestions": [], "blind": suggestions is not None}
    verdicts = session.store.tables["suggestion"]
    return {
        "suggestions": [
            {"id": name, **value, "missing": [key for key in NEEDED if key not in value]}
            for name, value in suggestions.of_document(document)
            if suggestions.verdict(name, verdicts) is None
        ],
        "blind": False,
    }


def pairs_view(session: Session, document: str) -> View:
    """Return the pairs of statements of a document that may be related and are not judged yet."""
    corpus = session.store.corpus
    related = {frozenset((relation.source, target)) for relation in session.store.relations() for target in relation.targets}
    declined = session.store.tables["pair"]
    statements = [statement for statement in session.store.statements() if statement.document == document]
    proposed = propose_pairs(statements, corpus.claims, corpus.config.scheme.opposites, corpus.config.relations.kinds)
    is_open = [
        frozenset((pair.source, pair.target)) not in related and pair_key(pair.source, pair.target) not in declined
        for pair in proposed
    ]
    return {"document": document, "pairs": [pair for pair, keep in zip(proposed, is_open, strict=True) if keep][:_MOST_PAIRS]}


def _answers_from_elsewhere(session: Session, ours: set[str]) -> list[View]:
    """Return the relations of other documents' statements that answer one of this document."""
    return [
        msgspec.to_builtins(relation)
        for relation in session.store.relations()
        if relation.source not in ours and not ours.isdisjoint(relation.targets)
    ]


def _elsewhere(session: Session, name: str) -> View:
    statement = next((entry for entry in session.store.statements() if entry.id == name), None)
    if statement is not None:
        return {"document": statement.document, "text": text_of(statement), "stance": statement.stance}
    claim = session.store.corpus.claims.get(name)
    return {"claim": name, "text": claim.text if claim else name}


def candidates_view(session: Session, source: str) -> View:
    """Return what a statement may answer: statements that contradict it first, near ones before far ones, then claims.

    Raises
    ------
    DataError
        When there is no such statement.
    """
    corpus = session.store.corpus
    statements = list(session.store.statements())
    chosen = next((statement for statement in statements if statement.id == source), None)
    if chosen is None:
        raise DataError("only a finished statement can be related; give it speaker, claim and stance first")
    ranked = []
    for other in statements:
        if other.id == source:
            continue
        why = reason(chosen, other, corpus.claims, corpus.config.scheme.opposites)
        is_far = other.document != chosen.document
        if is_far and why is None:
            continue
        first = why in ("opposed", "contradicts")
        distance = 0 if is_far else abs(other.spans[0].start - chosen.spans[0].start)
        is_later = not is_far and other.spans[0].start > chosen.spans[0].start
        order = (not first, is_far, why is None, is_later, distance, other.id)
        view = {
            "id": other.id,
            "document": other.document,
            "text": text_of(other),
            "speaker": other.speaker,
            "stance": other.stance,
        }
        ranked.append(
            (order, {**view, "claim": other.claim, "why": why, "kinds": fitting_kinds(why, corpus.config.relations.kinds)})
        )
    ranked.sort(key=lambda entry: entry[0])
    return {
        "source": source,
        "candidates": [view for _, view in ranked[:_MOST_CANDIDATES]],
        "claims": [chosen.claim, *corpus.contradicting(chosen.claim)],
        "kinds": corpus.config.relations.kinds,
    }


def search_view(session: Session, query: str) -> View:
    """Return where documents hold some words, in their titles, texts and notes; capitals do not matter."""
    pattern = re.compile(re.escape(query), re.IGNORECASE)
    found: list[View] = []
    for document in session.store.corpus.documents.values():
        text = document.text or ""
        for match in pattern.finditer(text):
            start, end = match.span()
            found.append(
                {
                    "document": document.id,
                    "start": start,
                    "end": end,
                    "before": text[max(0, start - _AROUND) : start],
                    "match": match.group(),
                    "after": text[end : end + _AROUND],
                }
            )
            if len(found) >= _MOST_FOUND:
                return {"found": found, "more": True}
        if not pattern.search(text) and any(pattern.search(words) for words in (document.id, document.title or "")):
            found.append(
                {"document": document.id, "start": 0, "end": 0, "before": "", "match": document.title or document.id, "after": ""}
            )
    return {"found": found, "more": False}
