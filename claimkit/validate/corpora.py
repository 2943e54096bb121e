"""The checks of a corpus: its files one after the other, each against what the earlier ones hold."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from itertools import repeat
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from claimkit.corpus.config import CorpusConfig, layer_files, read_config
from claimkit.corpus.known import Known
from claimkit.errors import DataError
from claimkit.issues import Issue
from claimkit.jsonl import Line, read_lines
from claimkit.records import Actor, Claim, Document, Record, Relation, Statement
from claimkit.records.check import Finding
from claimkit.records.line import good_records
from claimkit.validate.lines import Reader, file_issue, issue_of, kind_of, located, place_of, position, tag_of, unknown_type

_R = TypeVar("_R", bound=Record)
_BATCH = 50_000  # bytes; larger ones fall out of the processor's cache


def check_corpus(root: Path, reader: Reader, only: Iterable[Path] | None = None) -> Iterator[Issue]:
    """Yield every problem of a corpus; ``only`` narrows what is reported and counted to some of its files."""
    if only is None:
        yield from _CorpusCheck(root, reader, {}).run()
        return
    names = {path.resolve(): path for path in only}
    shown = {str(path) for path in names.values()}
    yield from (issue for issue in _CorpusCheck(root, reader, names).run() if issue.path in shown)


def _decoded(lines: Iterable[Line]) -> Iterator[tuple[Line, Statement | Relation | None]]:
    """Yield the lines of a layer, each with its record if nothing is wrong in the lines around it, else to be read on its own."""
    for batch in _batches(lines):
        records = good_records([line.raw for line in batch], Statement, Relation) if batch[-1].ended else None
        yield from zip(batch, repeat(None) if records is None else records, strict=False)


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += line.size
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Named(msgspec.Struct):
    type: str = ""
    id: str = ""


def _lines_by_id(path: Path) -> dict[str, int]:
    """Return the line in which the id of each statement first stands: read again, because good layers need not remember it."""
    first: dict[str, int] = {}
    for line in read_lines(path):
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            named = msgspec.json.decode(line.raw, type=_Named)
            if named.type == "statement":
                first.setdefault(named.id, line.number)
    return first


class _Layer(NamedTuple):
    path: Path
    number: int
    annotators: frozenset[str | None]

    @property
    def name(self) -> str:
        return self.path.stem


class _CorpusCheck:
    """The state of the check of one corpus.

    Parameters
    ----------
    root : Path
    reader : Reader
    names : dict of Path to Path
        Where only some files are asked for: their resolved paths, and the paths as they were given.
    """

    def __init__(self, root: Path, reader: Reader, names: dict[Path, Path]) -> None:
        self.root = root
        self.reader = reader
        self.names = names
        self.config: CorpusConfig = read_config(root)
        self.known = Known(self.config.stance.labels, self.config.relations.kinds)
        self.layers: list[_Layer] = []
        self.first: dict[int, dict[str, int]] = {}  # layer -> statement id -> line, of layers in which an id stands twice

    def run(self) -> Iterator[Issue]:
        yield from self.documents(self.shown(self.root / "documents.jsonl"))
        yield from self.actors_and_claims(self.shown(self.root / "actors.jsonl"), self.shown(self.root / "claims.jsonl"))
        yield from self.all_layers()

    def shown(self, path: Path) -> Path:
        return self.names.get(path.resolve(), path) if self.names else path

    def count(self, path: Path, kind: type[Record], number: int) -> None:
        if number and (not self.names or path in self.names.values()):
            self.reader.counts[tag_of(kind)] += number

    # documents, actors, claims

    def records(self, path: Path, kind: type[_R]) -> Iterator[tuple[Line | None, _R | None, list[Issue], list[Finding]]]:
        """Yield each line of a file that holds one type: its record, what is wrong with its form, and whether its id is new."""
        first: dict[str, int] = {}
        good = 0
        is_empty = True
        try:
            for line in self.reader.lines(path):
                is_empty = False
                found = kind_of(line.raw)
                if found is not None and found is not kind:
                    message = f"a record of type '{tag_of(found)}' stands in a file of {tag_of(kind)}s"
                    yield line, None, [place_of(line, path).issue("wrong-file", message, path=("type",))], []
                    continue
                record, issues = line.read(kind, path)
                findings = []
                if record is None:
                    self.known.broken.update(issue.record for issue in issues if issue.record is not None)
                else:
                    good += 1
                    number = first.setdefault(record.id, line.number)
                    if number != line.number:
                        findings.append(Finding(("id",), "duplicate-id", f"the id '{record.id}' is already used in line {number}"))
                yield line, record, issues, findings
        except DataError as error:
            self.known.unread.add(tag_of(kind))
            yield None, None, [issue_of(error, path)], []
            return
        if is_empty and kind is Document:  # actors and claims are found while one annotates
            yield None, None, [file_issue(path, "file-empty", f"the file holds no {tag_of(kind)}")], []
        self.count(path, kind, good)

    def documents(self, path: Path) -> Iterator[Issue]:
        for line, record, issues, findings in self.records(path, Document):
            yield from issues
            if line is not None and record is not None:
                self.known.texts.setdefault(record.id, record.text)
                findings.extend(self.known.check_document(record))
                if findings:
                    yield from located(findings, line, path)

    def actors_and_claims(self, actors_path: Path, claims_path: Path) -> Iterator[Issue]:
        # Actors refer to actors and claims to claims, so both are known before either is checked.
        known = self.known
        actors = list(self.records(actors_path, Actor))
        known.actors.update(record.id for _, record, _, _ in actors if record is not None)
        part_of = {record.id: record.part_of for _, record, _, _ in actors if record is not None and record.part_of is not None}
        claims = list(self.records(claims_path, Claim))
        known.claims.update(record.id for _, record, _, _ in claims if record is not None)
        for line, actor, issues, findings in actors:
            yield from issues
            if line is not None and actor is not None:
                yield from located([*findings, *known.check_actor(actor, part_of)], line, actors_path)
        for line, claim, issues, findings in claims:
            yield from issues
            if line is not None and claim is not None:
                yield from located([*findings, *known.check_claim(claim)], line, claims_path)

    # layers

    def all_layers(self) -> Iterator[Issue]:
        settings = self.config.layers
        for number, path in enumerate(self.shown(path) for path in layer_files(self.root)):
            annotator = settings[path.stem].annotator if path.stem in settings else None
            self.layers.append(_Layer(path, number, frozenset({None, annotator or path.stem, path.stem})))
        if not self.layers:
            message = "the corpus has no layer yet; layers stand in layers/<annotator>.jsonl"
            yield file_issue(self.root / "layers", "no-layer", message)
        for name in sorted(settings.keys() - {layer.name for layer in self.layers}):
            yield file_issue(self.root / "corpus.toml", "corpus-config", f"layers.{name}: there is no file layers/{name}.jsonl")
        found: list[list[Issue]] = [[] for _ in self.layers]
        waiting: list[tuple[_Layer, Line, Statement | Relation]] = []
        for layer in self.layers:
            try:
                for item in self.layer(layer):
                    if isinstance(item, Issue):
                        found[layer.number].append(item)
                    else:
                        waiting.append((layer, *item))
            except DataError as error:  # noqa: PERF203 - the other layers are checked all the same
                self.known.unread.update(("statement", "relation"))
                found[layer.number].append(issue_of(error, layer.path))
        names = tuple(layer.name for layer in self.layers)
        for layer, line, record in waiting:  # what refers to records that stand further down
            findings = list(self.known.check_relation(record, layer.number, names)) if isinstance(record, Relation) else []
            findings.extend(self.known.check_decided_from(record))
            if findings:
                found[layer.number].extend(located(findings, line, layer.path))
        for issues in found:
            yield from sorted(issues, key=position)

    def layer(self, layer: _Layer) -> Iterator[Issue | tuple[Line, Statement | Relation]]:
        """Yield the issues of a layer's lines, and the records whose references have to wait."""
        path, known, is_gold = layer.path, self.known, layer.name == "gold"
        is_sound, annotators = known.is_sound, layer.annotators
        statements = relations = 0
        is_empty = True
        for line, record in _decoded(self.reader.lines(path)):
            is_empty = False
            if record is None:
                record, issues = self.read_closely(line, path)
                yield from issues
                if record is None:
                    known.broken.update(issue.record for issue in issues if issue.record is not None)
                    continue
            if isinstance(record, Statement):
                statements += 1
                findings = [] if is_sound(record) else list(known.check_statement(record))
                findings += self.enter(record, layer)
                is_settled = True
            else:
                relations += 1
                findings = self.enter_relation(record)
                is_settled = known.is_sound_relation(record, layer.number)
            if not is_settled or (record.decided_from and any(known.check_decided_from(record))):
                yield line, record
            if is_gold:
                if not record.decided_from:
                    message = f"'{record.id}' does not say, in decided_from, what it was decided from"
                    findings.append(Finding((), "gold-without-source", message))
            elif record.annotator not in annotators:
                message = f"annotator '{record.annotator}' stands in the layer '{layer.name}'"
                findings.append(Finding(("annotator",), "wrong-annotator", message))
            if findings:
                yield from located(findings, line, path)
        if is_empty:
            yield file_issue(path, "file-empty", "the layer holds no record")
        self.count(path, Statement, statements)
        self.count(path, Relation, relations)

    def enter(self, record: Statement, layer: _Layer) -> list[Finding]:
        """Note that a statement exists; return what is wrong with its id."""
        known, name = self.known, record.id
        if name not in known.statements:
            known.statements[name] = layer.number
            known.document_of[name] = record.document
            return []
        other = known.statements[name]
        where = f"the layer '{self.layers[other].name}'"
        if other == layer.number:
            if layer.number not in self.first:
                self.first[layer.number] = _lines_by_id(layer.path)
            where = f"line {self.first[layer.number].get(name, 'above')}"
        hint = "ids of statements are unique in the whole corpus"
        return [Finding(("id",), "duplicate-id", f"the id '{name}' is already used in {where}", hint)]

    def enter_relation(self, record: Relation) -> list[Finding]:
        """Note that a relation exists; return what is wrong with its id."""
        if record.id in self.known.relations:
            return [Finding(("id",), "duplicate-id", f"the id '{record.id}' is already used by another relation")]
        self.known.relations.add(record.id)
        return []

    def read_closely(self, line: Line, path: Path) -> tuple[Statement | Relation | None, list[Issue]]:
        """Read a line of a layer on its own."""
        kind = kind_of(line.raw)
        if kind is Statement:
            return line.read(Statement, path)
        if kind is Relation:
            return line.read(Relation, path)
        if kind is None:
            return None, list(unknown_type(line, path))
        message = f"a record of type '{tag_of(kind)}' stands in a layer"
        return None, [place_of(line, path).issue("wrong-file", message, path=("type",))]
