"""Reading a corpus folder: structure, references and labels are checked on the way, and the first error stops it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from claimkit.corpus.config import CorpusConfig, LayerConfig, layer_files, read_config
from claimkit.corpus.known import Known
from claimkit.corpus.store import RecordFile, uncollected
from claimkit.errors import ConfigError, DataError
from claimkit.issues import severity_of
from claimkit.jsonl import Line
from claimkit.records import Actor, Claim, Document, Relation, Statement
from claimkit.records.check import Finding

_ATTEMPTS = 10  # to read a corpus while other programs write to it


@dataclass(frozen=True)
class Layer:
    """The statements and relations of one annotator, human or model; ``gold`` is the layer that adjudication makes.

    Attributes
    ----------
    name : str
        The name of its file without ``.jsonl``.
    statements : mapping of str to Statement
        In file order.
    relations : mapping of str to Relation
        In file order.
    config : LayerConfig
        What ``corpus.toml`` says of it.
    """

    name: str
    statements: Mapping[str, Statement]
    relations: Mapping[str, Relation]
    config: LayerConfig = field(default_factory=LayerConfig)


@dataclass
class LayerContent:
    """A layer with its file and its number among the layers; the dictionaries behind a :class:`Layer`."""

    number: int
    file: RecordFile
    statements: dict[str, Statement] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)


@dataclass
class Loaded:
    """All that was read of a corpus.

    Attributes
    ----------
    stated : dict of str to tuple of str
        What each claim's own line says that it contradicts; ``claims`` hold it in both directions.
    """

    path: Path
    config: CorpusConfig
    known: Known
    files: dict[str, RecordFile] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    stated: dict[str, tuple[str, ...]] = field(default_factory=dict)
    contents: dict[str, LayerContent] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)

    def add_layer(self, name: str) -> LayerContent:
        """Add an empty layer."""
        content = LayerContent(len(self.contents), RecordFile(self.path / "layers" / f"{name}.jsonl"))
        self.contents[name] = content
        config = self.config.layers.get(name, LayerConfig())
        self.layers[name] = Layer(name, content.statements, content.relations, config)
        return content


def load(path: Path) -> Loaded:
    """Read a corpus folder; see :func:`claimkit.corpus.load_corpus`.

    Where another program writes meanwhile, a layer may name a claim that was not there when the claims were read. A file that has
    changed since it was read is therefore no fault yet: everything is read again.
    """
    config = read_config(path)
    for attempt in range(_ATTEMPTS):
        loaded = Loaded(path, config, Known(config.stance.labels, config.relations.kinds))
        try:
            with uncollected():
                _read_documents(loaded)
                _read_actors_and_claims(loaded)
                _read_layers(loaded)
        except DataError:
            if attempt + 1 == _ATTEMPTS or not any(file.is_stale() for file in loaded.files.values()):
                raise
        else:
            break
    return loaded


def reread(loaded: Loaded) -> None:
    """Read documents, actors and claims again; marks that no longer fit them are the error of the record, and nothing changes.

    Raises
    ------
    DataError
    """
    fresh = Loaded(loaded.path, loaded.config, Known(loaded.config.stance.labels, loaded.config.relations.kinds))
    with uncollected():
        _read_documents(fresh)
        _read_actors_and_claims(fresh)
    known = loaded.known
    before = known.texts, known.actors, known.claims
    known.texts, known.actors, known.claims = fresh.known.texts, fresh.known.actors, fresh.known.claims
    try:
        _check_marks(loaded)
    except DataError:
        known.texts, known.actors, known.claims = before
        raise
    loaded.files.update(fresh.files)
    for old, new in (
        (loaded.documents, fresh.documents),
        (loaded.actors, fresh.actors),
        (loaded.claims, fresh.claims),
        (loaded.stated, fresh.stated),
    ):
        _replace(old, new)


def _replace(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Give a dictionary that others hold the content of another one."""
    old.clear()
    old.update(new)


def _check_marks(loaded: Loaded) -> None:
    known, names = loaded.known, tuple(loaded.layers)
    for content in loaded.contents.values():
        for statement in content.statements.values():
            if not known.is_sound(statement):
                _raise_about(known.check_statement(statement), statement.id, content.file)
        for relation in content.relations.values():
            if not known.is_sound_relation(relation, content.number):
                _raise_about(known.check_relation(relation, content.number, names), relation.id, content.file)


def _raise_about(findings: Iterable[Finding], name: str, file: RecordFile) -> None:
    for finding in findings:
        if severity_of(finding.code) == "error":
            message = f"documents, actors or claims were changed by another program, and '{name}' no longer fits: {finding.message}"
            raise DataError(message, path=file.path, code=finding.code)


def raise_first(findings: Iterable[Finding], file: RecordFile, line: Line) -> None:
    """Raise the first error among findings about a line; warnings pass."""
    for finding in findings:
        if severity_of(finding.code) == "error":
            raise file.fault(line, finding)


def _read_documents(loaded: Loaded) -> None:
    file = loaded.files["documents"] = RecordFile(loaded.path / "documents.jsonl")
    for line, record in file.read(Document):
        raise_first(loaded.known.check_document(record), file, line)
        loaded.documents[record.id] = record
        loaded.known.texts[record.id] = record.text


def _read_actors_and_claims(loaded: Loaded) -> None:
    known = loaded.known
    actors_file = loaded.files["actors"] = RecordFile(loaded.path / "actors.jsonl")
    actors = list(actors_file.read(Actor))
    loaded.actors.update((record.id, record) for _, record in actors)
    known.actors.update(loaded.actors)
    part_of = {record.id: record.part_of for _, record in actors if record.part_of is not None}
    for line, actor in actors:
        raise_first(known.check_actor(actor, part_of), actors_file, line)
    claims_file = loaded.files["claims"] = RecordFile(loaded.path / "claims.jsonl")
    claims = list(claims_file.read(Claim))
    known.claims.update(record.id for _, record in claims)
    for line, claim in claims:
        raise_first(known.check_claim(claim), claims_file, line)
    loaded.stated.update((record.id, record.contradicts) for _, record in claims)
    opposed = symmetric(loaded.stated)
    loaded.claims.update((record.id, with_opposed(record, opposed[record.id])) for _, record in claims)


def _read_layers(loaded: Loaded) -> None:
    known = loaded.known
    waiting: list[tuple[LayerContent, Line, Statement | Relation]] = []
    for path in layer_files(loaded.path):
        content = loaded.add_layer(path.stem)
        loaded.files[f"layers/{path.stem}"] = content.file
        _read_layer(content, known, waiting)
    for name in loaded.config.layers:
        if name not in loaded.layers:
            raise ConfigError(f"there is no file layers/{name}.jsonl", path=loaded.path / "corpus.toml", key=f"layers.{name}")
    names = tuple(loaded.layers)
    for content, line, record in waiting:  # what refers to statements can be checked only now that all are known
        if isinstance(record, Relation):
            raise_first(known.check_relation(record, content.number, names), content.file, line)
        raise_first(known.check_decided_from(record), content.file, line)


def _read_layer(content: LayerContent, known: Known, waiting: list[tuple[LayerContent, Line, Statement | Relation]]) -> None:
    is_sound, numbers, document_of = known.is_sound, known.statements, known.document_of
    for line, record in content.file.read(Statement, Relation):
        if isinstance(record, Statement):
            if record.id in numbers:
                raise content.file.fault(line, repeated(record.id, "in another layer"))
            if not is_sound(record):
                raise_first(known.check_statement(record), content.file, line)
            content.statements[record.id] = record
            numbers[record.id] = content.number
            document_of[record.id] = record.document
            if record.decided_from:
                waiting.append((content, line, record))
        elif isinstance(record, Relation):
            if record.id in known.relations:
                raise content.file.fault(line, repeated(record.id, "by another relation"))
            content.relations[record.id] = record
            known.relations.add(record.id)
            waiting.append((content, line, record))


def repeated(name: str, where: str) -> Finding:
    """Return the finding about an id that exists already."""
    return Finding(("id",), "duplicate-id", f"the id '{name}' is already used {where}", "such ids are unique in the whole corpus")


def symmetric(stated: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return for each claim all that contradict it: first those that its own line names, then those whose lines name it.

    >>> symmetric({"a": (), "b": ("a", "c"), "c": ("b",)})
    {'a': ('b',), 'b': ('a', 'c'), 'c': ('b',)}
    """
    found = {claim: dict.fromkeys(others) for claim, others in stated.items()}
    for claim, others in stated.items():
        for other in others:
            found[other].setdefault(claim)
    return {claim: tuple(others) for claim, others in found.items()}


def with_opposed(claim: Claim, others: tuple[str, ...]) -> Claim:
    """Return a claim with the ids of those that contradict it."""
    # the writer leaves out the empty tuple of the record type alone, and Python 3.10 makes others
    return claim if claim.contradicts == others else msgspec.structs.replace(claim, contradicts=others or ())
