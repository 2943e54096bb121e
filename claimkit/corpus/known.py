"""What is known of a corpus while it is checked, and the checks of one record against it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import UNSET

from claimkit.errors import suggest
from claimkit.records import Actor, Claim, Document, Relation, Span, Statement
from claimkit.records.check import Finding

Path: TypeAlias = tuple[str | int, ...]


class Known:
    """Ids and texts of a corpus, filled while its files are read.

    Attributes
    ----------
    texts : dict of str to (str or None)
        Document id to text.
    actors, claims : set of str
    statements : dict of str to int
        Statement id to the number of its layer.
    document_of : dict of str to str
        Statement id to document id.
    relations : set of str
    broken : set of str
        Ids of records that are there but have errors of their own: a reference to one of them is not reported as dangling.
    unread : set of str
        Types of which a file could not be read: references to them cannot be checked.
    """

    def __init__(self, labels: tuple[str, ...], kinds: tuple[str, ...]) -> None:
        self.labels = labels
        self.kinds = kinds
        self._labels = frozenset(labels)
        self.texts: dict[str, str | None] = {}
        self.actors: set[str] = set()
        self.claims: set[str] = set()
        self.statements: dict[str, int] = {}
        self.document_of: dict[str, str] = {}
        self.relations: set[str] = set()
        self.broken: set[str] = set()
        self.unread: set[str] = set()
        self._withheld: set[str] = set()  # documents of which it has been said that their text is not given

    def is_sound(self, record: Statement) -> bool:
        """Tell quickly whether :meth:`check_statement` would find nothing."""
        text = self.texts.get(record.document)
        if text is None:
            return record.document in self._withheld and not any(self.check_statement(record))
        for span in record.spans:
            if span.end <= span.start or text[span.start : span.end] != span.text:
                return False
        actors = self.actors
        if record.speaker not in actors or record.claim not in self.claims or record.stance not in self._labels:
            return False
        for named in (record.cue, record.speaker_span):
            if named is not None and (named.end <= named.start or text[named.start : named.end] != named.text):
                return False
        for span in record.duplicate_spans:
            if span.end <= span.start or text[span.start : span.end] != span.text:
                return False
        behalf = record.on_behalf_of
        if behalf is not UNSET and behalf is not None and behalf not in actors:
            return False
        for target in record.targets:
            if target.actor not in actors:
                return False
        return actors.issuperset(record.addressees) and actors.issuperset(record.chain)

    def check_document(self, record: Document) -> Iterator[Finding]:
        """Yield what is wrong with a document's content."""
        if record.text is not None and record.text_sha256 is not None:
            found = hashlib.sha256(record.text.encode()).hexdigest()
            if found != record.text_sha256:
                message = f"the text has the hash {found[:12]}…, not {record.text_sha256[:12]}…"
                yield Finding(("text_sha256",), "text-hash-mismatch", message)
        if record.text is None and record.text_sha256 is None:
            yield Finding(("text",), "missing-key", "a document without text needs text_sha256")

    def check_actor(self, record: Actor, part_of: Mapping[str, str]) -> Iterator[Finding]:
        """Yield what is wrong with an actor's references; ``part_of`` holds those of all actors."""
        if record.part_of is not None:
            yield from self._refers(record.part_of, self.actors, "actor", ("part_of",))
            seen, here = {record.id}, part_of.get(record.id)
            while here is not None and here not in seen:
                seen.add(here)
                here = part_of.get(here)
            if here == record.id:
                yield Finding(("part_of",), "part-of-cycle", f"'{record.id}' is, through part_of, a part of itself")
        for index, link in enumerate(record.affiliations):
            yield from self._refers(link.actor, self.actors, "actor", ("affiliations", index, "actor"))
            if link.start and link.end and link.end[:10] < link.start[:10]:
                message = f"the affiliation ends on {link.end}, before it starts on {link.start}"
                yield Finding(("affiliations", index, "end"), "dates-reversed", message)

    def check_claim(self, record: Claim) -> Iterator[Finding]:
        """Yield what is wrong with a claim's references."""
        for index, actor in enumerate(record.about):
            yield from self._refers(actor, self.actors, "actor", ("about", index))
        for key, claims in (("contradicts", record.contradicts), ("entails", record.entails)):
            for index, claim in enumerate(claims):
                yield from self._refers(claim, self.claims, "claim", (key, index))
                if claim == record.id:
                    yield Finding((key, index), "contradicts-itself", f"a claim cannot stand under its own '{key}'")

    def check_statement(self, record: Statement) -> Iterator[Finding]:
        """Yield everything that is wrong with a statement's references, spans and labels."""
        yield from self._refers(record.document, self.texts, "document", ("document",))
        yield from self._spans(record)
        yield from self._refers(record.speaker, self.actors, "actor", ("speaker",))
        yield from self._refers(record.claim, self.claims, "claim", ("claim",))
        if record.stance not in self._labels:
            near = suggest(record.stance, self.labels)
            message = f"stance '{record.stance}' is not one of {', '.join(self.labels)}"
            yield Finding(("stance",), "stance-not-in-scheme", message, near or "the labels stand in corpus.toml, under [stance]")
        if isinstance(record.on_behalf_of, str):
            yield from self._refers(record.on_behalf_of, self.actors, "actor", ("on_behalf_of",))
        for index, target in enumerate(record.targets):
            yield from self._refers(target.actor, self.actors, "actor", ("targets", index, "actor"))
        for key, actors in (("addressees", record.addressees), ("chain", record.chain)):
            for index, actor in enumerate(actors):
                yield from self._refers(actor, self.actors, "actor", (key, index))

    def is_sound_relation(self, record: Relation, layer: int) -> bool:
        """Tell quickly whether :meth:`check_relation` would find nothing, with the statements that are known so far."""
        layer_of, claims = self.statements.get, self.claims
        if record.kind not in self.kinds or layer_of(record.source) != layer or record.source in record.targets:
            return False
        for target in record.targets:
            if layer_of(target) != layer and target not in claims:
                return False
        return record.evidence is None or not any(self._evidence(record))

    def check_relation(self, record: Relation, layer: int, layers: tuple[str, ...]) -> Iterator[Finding]:
        """Yield what is wrong with a relation; all statements must be known by now."""
        if record.kind not in self.kinds:
            near = suggest(record.kind, self.kinds)
            message = f"relation kind '{record.kind}' is not one of {', '.join(self.kinds)}"
            yield Finding(("kind",), "relation-not-in-scheme", message, near or "the kinds stand in corpus.toml, under [relations]")
        places: list[tuple[Path, str]] = [(("source",), record.source)]
        places += [(("targets", index), target) for index, target in enumerate(record.targets) if target not in self.claims]
        for path, reference in places:
            what = "statement" if path == ("source",) else "statement or claim"
            yield from self._refers(reference, self.statements, what, path)
            if self.statements.get(reference, layer) != layer:
                other = layers[self.statements[reference]]
                yield Finding(path, "relation-across-layers", f"'{reference}' is a statement of the layer '{other}'")
        if record.source in record.targets:
            path = ("targets", record.targets.index(record.source))
            yield Finding(path, "relation-to-itself", f"'{record.source}' is related to itself")
        yield from self._evidence(record)

    def _evidence(self, record: Relation) -> Iterator[Finding]:
        text = self.texts.get(self.document_of.get(record.source, ""))
        if record.evidence is not None and text is not None:
            yield from check_span(record.evidence, text, ("evidence",))

    def check_decided_from(self, record: Statement | Relation) -> Iterator[Finding]:
        """Yield the records that a gold record names but that do not exist."""
        known, what = (self.statements, "statement") if isinstance(record, Statement) else (self.relations, "relation")
        for index, reference in enumerate(record.decided_from):
            if reference not in known:
                yield from self._refers(reference, known, what, ("decided_from", index))

    def _spans(self, record: Statement) -> Iterator[Finding]:
        if record.document not in self.texts:
            return
        text = self.texts[record.document]
        if text is None and record.document not in self._withheld:
            self._withheld.add(record.document)
            message = f"the text of '{record.document}' is not given, so no span in it can be checked"
            yield Finding(("spans",), "text-withheld", message)
        for path, span in spans_of(record):
            yield from check_span(span, text, path)

    def _refers(self, reference: str, known: Mapping[str, object] | set[str], what: str, path: Path) -> Iterator[Finding]:
        if reference in known or reference in self.broken or not self.unread.isdisjoint(what.split(" or ")):
            return
        near = suggest(reference, known) if len(known) <= 5000 else ""
        hint = near or (f"add it to {what}s.jsonl" if what in ("document", "actor", "claim") else None)
        yield Finding(path, "dangling-reference", f"there is no {what} '{reference}'", hint)


def spans_of(record: Statement) -> Iterator[tuple[Path, Span]]:
    """Yield the spans of a statement, each with the path that leads to it."""
    for index, span in enumerate(record.spans):
        yield ("spans", index), span
    if record.cue is not None:
        yield ("cue",), record.cue
    if record.speaker_span is not None:
        yield ("speaker_span",), record.speaker_span
    for index, span in enumerate(record.duplicate_spans):
        yield ("duplicate_spans", index), span


def check_span(span: Span, text: str | None, path: Path) -> Iterator[Finding]:
    """Yield what is wrong with a span of a text, and what would fix it; without the text (``None``), what can still be said."""
    if span.end <= span.start:
        hint = None if text is None else _mend(span, text)
        yield Finding(path, "span-empty", f"the span {span.start}–{span.end} ends at or before its start", hint)
    elif text is None:
        if span.end - span.start != len(span.text):
            message = f"the span {span.start}–{span.end} is {span.end - span.start} characters long, its text {len(span.text)}"
            yield Finding(path, "span-text-mismatch", message)
    elif span.end > len(text):
        message = f"the span {span.start}–{span.end} reaches beyond the text, which has {len(text)} characters"
        yield Finding(path, "span-out-of-text", message, _mend(span, text))
    elif text[span.start : span.end] != span.text:
        found = text[span.start : span.end]
        message = f"the document holds {_short(found)} at {span.start}–{span.end}, the span says {_short(span.text)}"
        yield Finding(path, "span-text-mismatch", message, _mend(span, text))


def _mend(span: Span, text: str) -> str | None:
    """Say which other way of counting would make the span match, or where its text really stands."""
    if not span.text:
        return None
    for name, unit, width in (("UTF-16", "utf-16-le", 2), ("UTF-8 byte", "utf-8", 1)):
        raw = text[: span.end].encode(unit)  # other units are never fewer than code points
        wanted = span.text.encode(unit)
        if len(wanted) == (span.end - span.start) * width and raw[span.start * width : span.end * width] == wanted:
            start = len(raw[: span.start * width].decode(unit))
            return f"it matches as {name} offsets; in code points it is {start}–{start + len(span.text)}"
    before = text.rfind(span.text, 0, span.start + len(span.text))
    after = text.find(span.text, span.start)
    starts = [start for start in (before, after) if start >= 0]
    if starts:
        start = min(starts, key=lambda place: abs(place - span.start))
        return f"the text stands at {start}–{start + len(span.text)}"
    if unicodedata.normalize("NFC", span.text) in unicodedata.normalize("NFC", text):
        return "the text occurs in another Unicode normalisation form; copy it from the document"
    return "the text does not occur in the document"


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "…")
