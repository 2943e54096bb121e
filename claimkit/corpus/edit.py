"""Edits of a corpus: each record is checked against the rest before it is taken, and each layer is written on its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from claimkit.corpus.loading import LayerContent, Loaded, repeated, reread, symmetric, with_opposed
from claimkit.corpus.store import NAME_OF, RecordFile, check_form, references
from claimkit.errors import DataError, UsageError
from claimkit.issues import severity_of
from claimkit.jsonl import opening
from claimkit.jsonl.folders import writing_folder
from claimkit.records import Actor, Claim, Document, Record, Relation, Statement
from claimkit.records.check import Finding, is_id

EditedRecord = TypeVar("EditedRecord", Document, Actor, Claim, Statement, Relation)


class Editor:
    """Puts, removes and saves the records of a loaded corpus."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded

    def put(self, record: EditedRecord, layer: str | None) -> EditedRecord:
        """Add or replace a record; see :meth:`claimkit.corpus.Corpus.put`."""
        check_form(record)
        if isinstance(record, Statement | Relation):
            self._put_in_layer(record, layer)
            return record
        if layer is not None:
            raise UsageError(f"a {NAME_OF[type(record)]} belongs to the whole corpus, not to the layer '{layer}'")
        if isinstance(record, Document):
            self._put_document(record)
        elif isinstance(record, Actor):
            self._put_actor(record)
        else:
            return self._put_claim(record)
        return record

    # what belongs to the whole corpus

    def _put_document(self, record: Document) -> None:
        loaded, known = self.loaded, self.loaded.known
        _raise_first(known.check_document(record), record)
        old = loaded.documents.get(record.id)
        if old is not None and old.text != record.text:
            known.texts[record.id] = record.text
            try:
                self._check_marks_in(record.id)
            except DataError:
                known.texts[record.id] = old.text
                raise
        loaded.files["documents"].put(record, old)
        loaded.documents[record.id] = record
        known.texts[record.id] = record.text

    def _check_marks_in(self, document: str) -> None:
        """Check that all that was marked in a document still stands there."""
        loaded, known = self.loaded, self.loaded.known
        for content in loaded.contents.values():
            for statement in content.statements.values():
                if statement.document == document and not known.is_sound(statement):
                    _raise_first(known.check_statement(statement), statement)
            for relation in content.relations.values():
                if relation.evidence is not None and known.document_of.get(relation.source) == document:
                    _raise_first(known.check_relation(relation, content.number, tuple(loaded.layers)), relation)

    def _put_actor(self, record: Actor) -> None:
        loaded, known = self.loaded, self.loaded.known
        old = loaded.actors.get(record.id)
        part_of = {actor.id: actor.part_of for actor in loaded.actors.values() if actor.part_of is not None}
        part_of.pop(record.id, None)
        if record.part_of is not None:
            part_of[record.id] = record.part_of
        known.actors.add(record.id)
        try:
            _raise_first(known.check_actor(record, part_of), record)
        except DataError:
            if old is None:
                known.actors.discard(record.id)
            raise
        loaded.files["actors"].put(record, old)
        loaded.actors[record.id] = record

    def _put_claim(self, record: Claim) -> Claim:
        loaded, known = self.loaded, self.loaded.known
        old = loaded.claims.get(record.id)
        known.claims.add(record.id)
        try:
            _raise_first(known.check_claim(record), record)
        except DataError:
            if old is None:
                known.claims.discard(record.id)
            raise
        loaded.claims[record.id] = record
        if old is None:
            self._write_claim(record, record.contradicts, None)
        else:
            said_by_others = set(old.contradicts) - set(loaded.stated[record.id])
            stated = tuple(claim for claim in record.contradicts if claim not in said_by_others)
            self._write_claim(record, loaded.stated[record.id] if record.contradicts == old.contradicts else stated, old)
            for name in set(old.contradicts) - set(record.contradicts):
                other = loaded.claims[name]
                self._write_claim(other, tuple(claim for claim in loaded.stated[name] if claim != record.id), other)
        self._make_symmetric()
        return loaded.claims[record.id]

    def _write_claim(self, claim: Claim, stated: tuple[str, ...], old: Claim | None) -> None:
        """Write the line of a claim, which holds no more than what it says itself that it contradicts."""
        loaded = self.loaded
        before = None if old is None else with_opposed(old, loaded.stated[claim.id])
        loaded.files["claims"].put(with_opposed(claim, stated), before)
        loaded.stated[claim.id] = stated

    def _make_symmetric(self) -> None:
        claims = self.loaded.claims
        for name, others in symmetric(self.loaded.stated).items():
            if claims[name].contradicts != others:
                claims[name] = with_opposed(claims[name], others)

    # what belongs to a layer

    def _put_in_layer(self, record: Statement | Relation, layer: str | None) -> None:
        content = self._layer_for(record, layer)
        loaded, known = self.loaded, self.loaded.known
        if isinstance(record, Statement):
            _raise_first(known.check_statement(record), record)
        else:
            _raise_first(
                known.check_relation(record, content.number if content else len(loaded.layers), tuple(loaded.layers)), record
            )
        _raise_first(known.check_decided_from(record), record)
        if content is None:
            assert layer is not None  # _layer_for asks for it
            content = loaded.add_layer(layer)
            loaded.files[f"layers/{layer}"] = content.file
        if isinstance(record, Statement):
            old = content.statements.get(record.id)
            if old is not None and old.document != record.document:
                self._check_evidence(record, content)
            content.file.put(record, old)
            content.statements[record.id] = record
            known.statements[record.id] = content.number
            known.document_of[record.id] = record.document
        else:
            content.file.put(record, content.relations.get(record.id))
            content.relations[record.id] = record
            known.relations.add(record.id)

    def _check_evidence(self, record: Statement, content: LayerContent) -> None:
        for relation in content.relations.values():
            if relation.source == record.id and relation.evidence is not None:
                message = f"the relation '{relation.id}' has its evidence in the document that '{record.id}' would leave"
                raise DataError(f"{message}; change the relation first", code="span-text-mismatch")

    def _layer_for(self, record: Statement | Relation, layer: str | None) -> LayerContent | None:
        """Return the layer in which a record stands or is to stand; ``None`` for one that is yet to be made."""
        name = NAME_OF[type(record)]
        found = [key for key, content in self.loaded.contents.items() if record.id in _records(content, record)]
        if layer is None and not found:
            raise UsageError(f"the {name} '{record.id}' is new; say in which layer it belongs")
        if layer is not None and found and found[0] != layer:
            finding = repeated(record.id, f"in the layer '{found[0]}'")
            raise DataError(f"{finding.message}; {finding.hint}", code=finding.code)
        chosen = layer or found[0]
        if chosen not in self.loaded.contents and not is_id(chosen):
            raise UsageError(f"{chosen!r} cannot name a layer; a name has no space and no slash")
        return self.loaded.contents.get(chosen)

    # removing and saving

    def remove(self, record: Record) -> None:
        """Take a record out; see :meth:`claimkit.corpus.Corpus.remove`."""
        name = NAME_OF[type(record)]
        file, records = self._place_of(record)
        if record.id not in records:
            raise DataError(f"there is no {name} '{record.id}' to be removed", code="dangling-reference")
        referring = next(self._referring(name, record.id), None)
        if referring is not None:
            raise DataError(f"{name} '{record.id}' cannot be removed: {referring} refers to it", code="dangling-reference")
        file.remove(records.pop(record.id))
        known = self.loaded.known
        if isinstance(record, Document):
            known.texts.pop(record.id)
        elif isinstance(record, Actor):
            known.actors.discard(record.id)
        elif isinstance(record, Claim):
            known.claims.discard(record.id)
            self.loaded.stated.pop(record.id)
            self._make_symmetric()
        elif isinstance(record, Statement):
            known.statements.pop(record.id)
            known.document_of.pop(record.id)
        else:
            known.relations.discard(record.id)

    def drop_layer(self, name: str) -> None:
        """Take all records of a layer out; see :meth:`claimkit.corpus.Corpus.drop_layer`."""
        loaded, known = self.loaded, self.loaded.known
        content = loaded.contents[name]
        own = {("statement", record) for record in content.statements} | {("relation", record) for record in content.relations}
        for key, other in loaded.contents.items():
            records: tuple[Statement | Relation, ...] = (*other.statements.values(), *other.relations.values())
            for record in records if key != name else ():
                reference = next((entry for entry in references(record) if entry in own), None)
                if reference is not None:
                    who = f"the {NAME_OF[type(record)]} '{record.id}' of the layer '{key}'"
                    message = f"the layer '{name}' cannot be replaced: {who} refers to its {reference[0]} '{reference[1]}'"
                    raise DataError(message, code="dangling-reference")
        for relation in content.relations.values():
            content.file.remove(relation)
            known.relations.discard(relation.id)
        for statement in content.statements.values():
            content.file.remove(statement)
            known.statements.pop(statement.id)
            known.document_of.pop(statement.id)
        content.relations.clear()
        content.statements.clear()

    def _place_of(self, record: Record) -> tuple[RecordFile, dict[str, Any]]:
        """Return the file and the mapping in which a record stands, or would stand."""
        loaded = self.loaded
        if isinstance(record, Statement | Relation):
            contents = list(loaded.contents.values())
            content = next((content for content in contents if record.id in _records(content, record)), None)
            return (content.file, _records(content, record)) if content else (loaded.files["claims"], {})
        shared: dict[type[Record], dict[str, Any]] = {Document: loaded.documents, Actor: loaded.actors, Claim: loaded.claims}
        return loaded.files[f"{NAME_OF[type(record)]}s"], shared[type(record)]

    def _referring(self, name: str, wanted: str) -> Iterator[str]:
        """Yield the records that refer to one, in words."""
        loaded, reference = self.loaded, (name, wanted)
        if name == "actor":
            for actor in loaded.actors.values():
                if actor.part_of == wanted or any(link.actor == wanted for link in actor.affiliations):
                    yield f"the actor '{actor.id}'"
        for claim in loaded.claims.values():
            others = claim.about if name == "actor" else (*loaded.stated[claim.id], *claim.entails) if name == "claim" else ()
            if wanted in others:
                yield f"the claim '{claim.id}'"
        for key, content in loaded.contents.items():
            marks: tuple[Statement | Relation, ...] = (*content.statements.values(), *content.relations.values())
            for record in marks:
                if reference in references(record):
                    yield f"the {NAME_OF[type(record)]} '{record.id}' of the layer '{key}'"

    def refresh(self) -> bool:
        """Read again what other programs have written; see :meth:`claimkit.corpus.Corpus.refresh`."""
        loaded = self.loaded
        shared = [loaded.files[name] for name in ("documents", "actors", "claims")]
        if not any(file.is_stale() for file in shared):
            return False
        if any(file.is_changed for file in shared):
            raise UsageError("documents, actors or claims have edits that are not saved; save them before reading again")
        reread(loaded)
        return True

    def is_stale(self, layer: str) -> bool:
        """Tell whether the file of a layer is another one than was read; see :meth:`claimkit.corpus.Corpus.is_stale`."""
        content = self.loaded.contents.get(layer)
        return (content.file if content else RecordFile(self.loaded.path / "layers" / f"{layer}.jsonl")).is_stale()

    def save(self, path: Path | None) -> None:
        """Write what was edited, or a whole copy; see :meth:`claimkit.corpus.Corpus.save`."""
        loaded = self.loaded
        if path is None:
            # What is referred to is there before the reference, and leaves after it: a crash between two files harms neither.
            shared_last = any(file.has_removed for file in loaded.files.values() if not file.is_layer)
            for file in sorted(loaded.files.values(), key=lambda file: file.is_layer != shared_last):
                file.save()
            return
        with opening(path):
            if path.is_dir() and any(path.iterdir()):
                raise DataError("the folder for the copy is not empty; choose another one", path=path)
        with writing_folder(path, marker="corpus.toml") as work:
            (work / "layers").mkdir()
            shutil.copyfile(loaded.path / "corpus.toml", work / "corpus.toml")
            for name, file in loaded.files.items():
                file.copy_to(work / f"{name}.jsonl")


def _records(content: LayerContent, like: Statement | Relation) -> dict[str, Any]:
    return content.statements if isinstance(like, Statement) else content.relations


def _raise_first(findings: Iterable[Finding], record: Record) -> None:
    for finding in findings:
        if severity_of(finding.code) == "error":
            hint = f"; {finding.hint}" if finding.hint else ""
            raise DataError(f"{NAME_OF[type(record)]} '{record.id}': {finding.message}{hint}", code=finding.code)
