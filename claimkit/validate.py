"""All checks of files and of corpora: every problem at once, in file order, one line held in memory at a time."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from claimkit.corpus.config import CorpusConfig, read_config
from claimkit.corpus.known import Known
from claimkit.errors import ConfigError, DataError, UsageError, suggest
from claimkit.issues import Issue, severity_of
from claimkit.jsonl import Line, read_lines
from claimkit.records import RECORD_TYPES, Actor, Claim, Document, Item, Prediction, Record, Relation, Statement
from claimkit.records.check import Finding
from claimkit.records.line import LinePlace, read_line
from claimkit.schemes import LabelScheme, scheme_of

Progress = Callable[[int], None]
_TYPE = re.compile(rb'\{"type": ?"(\w+)"')
_SUM_TOLERANCE = 1e-3
_R = TypeVar("_R", bound=Record)


class _Tagged(msgspec.Struct):
    type: str | None = None


def validate(*paths: str | Path, progress: Progress | None = None) -> Iterator[Issue]:
    """Yield every problem of the given files and corpora, in file order.

    Parameters
    ----------
    *paths : path-like
        JSON Lines files (``"-"``: standard input), corpus folders, or folders of corpora. A file that lies in a corpus is checked
        against the rest of that corpus.
    progress : callable, optional
        Called now and then with the number of bytes read since the last call.

    Yields
    ------
    Issue
        Errors and warnings, each with file, line and column.
    """
    was_enabled = gc.isenabled()
    gc.disable()  # millions of small records are made and none is part of a cycle; the collector would look at them again and again
    try:
        for path in paths:
            yield from _Checker(progress).check_path(Path(path))
    finally:
        if was_enabled:
            gc.enable()


def find_corpora(folder: Path) -> list[Path]:
    """Return the corpora that lie directly in a folder, by name."""
    return sorted(entry.parent for entry in folder.glob("*/corpus.toml"))


class _Checker:
    """The state of one check: where the ids of a file were first seen, and what a corpus holds."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress

    def check_path(self, path: Path) -> Iterator[Issue]:
        try:
            if path.is_dir():
                yield from self.check_folder(path)
            elif (root := corpus_around(path)) is not None:
                shown = str(path)
                resolved = path.resolve()
                yield from (issue for issue in self.check_corpus(root, shown_as={resolved: shown}) if issue.path == shown)
            else:
                yield from self.check_file(path)
        except DataError as error:
            yield _issue_of(error)
        except ConfigError as error:
            yield Issue(path=error.path or str(path), line=None, column=None, code="corpus-config", severity="error", message=f"{error.key or 'corpus.toml'}: {error.message}")

    def check_folder(self, path: Path) -> Iterator[Issue]:
        if (path / "corpus.toml").is_file():
            yield from self.check_corpus(path)
            return
        corpora = find_corpora(path)
        if not corpora:
            read_config(path)
        for corpus in corpora:
            yield from self.check_path(corpus)

    # single files

    def check_file(self, path: Path) -> Iterator[Issue]:
        seen: dict[type[Record], dict[str, int]] = {}
        schemes: dict[str, LabelScheme] = {}
        count = 0
        for line in self.lines(path):
            count += 1
            kind = kind_of(line.raw)
            if kind is None:
                yield from self.unknown_type(line, path)
                continue
            record, issues = _read(line, kind, path)
            yield from issues
            if record is not None:
                findings = list(_check_alone(record, schemes))
                first = seen.setdefault(kind, {}).setdefault(record.id, line.number)
                if first != line.number:
                    findings.append(Finding(("id",), "duplicate-id", f"the id '{record.id}' is already used in line {first}"))
                yield from _located(findings, line, path)
        if not count:
            yield _file_issue(path, "file-empty", "the file holds no record")

    # corpora

    def check_corpus(self, root: Path, shown_as: dict[Path, str] | None = None) -> Iterator[Issue]:
        def show(path: Path) -> Path:
            return Path((shown_as or {}).get(path.resolve(), path))

        config = read_config(root)
        known = Known(config.stance.labels, config.relations.kinds)
        yield from self.documents(show(root / "documents.jsonl"), known)
        yield from self.actors_and_claims(show(root / "actors.jsonl"), show(root / "claims.jsonl"), known)
        paths = tuple(show(path) for path in layer_paths(root))
        if not paths:
            yield _file_issue(root / "layers", "no-layer", "the corpus has no layer yet; layers stand in layers/<annotator>.jsonl")
        for name in config.layers:
            if name not in {path.stem for path in paths}:
                yield Issue(
                    path=str(root / "corpus.toml"),
                    line=None,
                    column=None,
                    code="corpus-config",
                    severity="error",
                    message=f"layers.{name}: there is no file layers/{name}.jsonl",
                )
        yield from self.layers(paths, known, config)

    def documents(self, path: Path, known: Known) -> Iterator[Issue]:
        for line, record, findings in self.records(path, Document):
            known.texts.setdefault(record.id, record.text)
            findings.extend(known.check_document(record))
            yield from _located(findings, line, path)
        yield from self.left_over

    def actors_and_claims(self, actors_path: Path, claims_path: Path, known: Known) -> Iterator[Issue]:
        actors = list(self.records(actors_path, Actor))
        actor_issues = self.left_over
        known.actors.update(record.id for _, record, _ in actors)
        part_of = {record.id: record.part_of for _, record, _ in actors if record.part_of is not None}
        claims = list(self.records(claims_path, Claim))
        claim_issues = self.left_over
        known.claims.update(record.id for _, record, _ in claims)
        for line, actor, findings in actors:
            findings.extend(known.check_actor(actor, part_of))
            actor_issues.extend(_located(findings, line, actors_path))
        for line, claim, findings in claims:
            findings.extend(known.check_claim(claim))
            claim_issues.extend(_located(findings, line, claims_path))
        yield from sorted(actor_issues, key=_place)
        yield from sorted(claim_issues, key=_place)

    def records(self, path: Path, kind: type[_R]) -> Iterator[tuple[Line, _R, list[Finding]]]:
        """Yield the valid records of a file that holds one type; what is wrong with the others is kept in ``left_over``."""
        self.left_over: list[Issue] = []
        first: dict[str, int] = {}
        count = 0
        for line in self.lines(path):
            count += 1
            found = kind_of(line.raw)
            if found is not None and found is not kind:
                place = _place_of(line, path)
                message = f"a record of type '{_tag(found)}' stands in a file of {_tag(kind)}s"
                self.left_over.append(place.issue("wrong-file", message, path=("type",)))
                continue
            record, issues = _read(line, kind, path)
            self.left_over.extend(issues)
            if record is not None:
                number = first.setdefault(record.id, line.number)
                repeated = f"the id '{record.id}' is already used in line {number}"
                yield line, record, [Finding(("id",), "duplicate-id", repeated)] if number != line.number else []
        if not count:
            self.left_over.append(_file_issue(path, "file-empty", f"the file holds no {_tag(kind)}"))

    def layers(self, paths: tuple[Path, ...], known: Known, config: CorpusConfig) -> Iterator[Issue]:
        names = tuple(path.stem for path in paths)
        found: list[list[Issue]] = [[] for _ in paths]
        waiting: list[tuple[int, Line, Statement | Relation]] = []
        for number, path in enumerate(paths):
            try:
                for item in self.layer(path, number, known, config, paths):
                    if isinstance(item, Issue):
                        found[number].append(item)
                    else:
                        waiting.append((number, *item))
            except DataError as error:
                found[number].append(_issue_of(error))
        for number, line, record in waiting:  # what refers to statements can be checked only now that all are known
            findings = list(known.check_relation(record, number, names)) if isinstance(record, Relation) else []
            findings.extend(known.check_decided_from(record))
            found[number].extend(_located(findings, line, paths[number]))
        for issues in found:
            yield from sorted(issues, key=_place)

    def layer(
        self, path: Path, number: int, known: Known, config: CorpusConfig, paths: tuple[Path, ...]
    ) -> Iterator[Issue | tuple[Line, Statement | Relation]]:
        """Yield the issues of a layer's lines, and the records whose references have to wait."""
        is_gold = path.stem == "gold"
        annotator = config.layers[path.stem].annotator if path.stem in config.layers else None
        names = {None, annotator or path.stem, path.stem}
        first: dict[str, int] = {}
        statements, document_of, is_sound = known.statements, known.document_of, known.is_sound
        count = 0
        for line in self.lines(path):
            count += 1
            kind = kind_of(line.raw)
            if kind is not Statement and kind is not Relation:
                yield from self.unknown_type(line, path) if kind is None else [_place_of(line, path).issue("wrong-file", f"a record of type '{_tag(kind)}' stands in a layer", path=("type",))]
                continue
            record, issues = _read(line, kind, path)
            yield from issues
            if record is None:
                continue
            findings: list[Finding] = []
            if isinstance(record, Statement):
                if not is_sound(record):
                    findings.extend(known.check_statement(record))
                if record.id in statements:
                    findings.append(_repeated(record.id, statements[record.id], number, first, paths))
                else:
                    statements[record.id] = number
                    document_of[record.id] = record.document
                    first[record.id] = line.number
                if record.decided_from:
                    yield line, record
            elif isinstance(record, Relation):
                if record.id in known.relations:
                    findings.append(Finding(("id",), "duplicate-id", f"the id '{record.id}' is already used by another relation"))
                known.relations.add(record.id)
                yield line, record
            if is_gold:
                if not record.decided_from:
                    findings.append(Finding((), "gold-without-source", f"'{record.id}' does not say, in decided_from, what it was decided from"))
            elif record.annotator not in names:
                findings.append(Finding(("annotator",), "wrong-annotator", f"annotator '{record.annotator}' stands in the layer '{path.stem}'"))
            if findings:
                yield from _located(findings, line, path)
        if not count:
            yield _file_issue(path, "file-empty", "the layer holds no record")

    # lines

    def lines(self, path: Path) -> Iterator[Line]:
        told = 0
        for line in read_lines(path):
            if self.progress is not None and line.offset - told > 1_000_000:
                self.progress(line.offset - told)
                told = line.offset
            yield line

    def unknown_type(self, line: Line, path: Path) -> Iterator[Issue]:
        """Yield why a line has no known type: because it is not JSON, or because it names none."""
        place = _place_of(line, path)
        faults = list(place.faults(None, size=line.size, ended=line.ended))
        yield from faults
        if any(fault.severity == "error" or fault.code == "blank-line" for fault in faults):
            return
        value = place.scanned.value
        tag = value.get("type") if isinstance(value, dict) else None
        known = ", ".join(RECORD_TYPES)
        if tag is None:
            yield place.issue("unknown-type", f"the record has no type; known types: {known}", 'add "type" as the first key', path=())
        else:
            hint = suggest(str(tag), RECORD_TYPES) or None
            yield place.issue("unknown-type", f"the type {tag!r} is not one of {known}", hint, path=("type",))


def kind_of(raw: bytes) -> type[Record] | None:
    """Return the record type that a line names; items and predictions may leave ``"type"`` out."""
    match = _TYPE.match(raw)
    if match is not None:
        return RECORD_TYPES.get(match.group(1).decode())
    try:
        tag = msgspec.json.decode(raw, type=_Tagged).type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if tag is None:
        return Item if b'"target"' in raw and b'"text"' in raw else Prediction if b'"probabilities"' in raw or b'"stance"' in raw else None
    return RECORD_TYPES.get(tag)


def layer_paths(root: str | Path) -> list[Path]:
    """Return the layer files of a corpus by name, the gold layer last."""
    return sorted((Path(root) / "layers").glob("*.jsonl"), key=lambda path: (path.stem == "gold", path.name))


def corpus_around(path: Path) -> Path | None:
    """Return the corpus folder in which a file is one of the corpus' own files."""
    parent = path.parent
    if parent.name == "layers" and path.suffix == ".jsonl" and (parent.parent / "corpus.toml").is_file() and path.is_file():
        return parent.parent
    if path.name in ("documents.jsonl", "actors.jsonl", "claims.jsonl") and (parent / "corpus.toml").is_file() and path.is_file():
        return parent
    return None


def _check_alone(record: Record, schemes: dict[str, LabelScheme]) -> Iterator[Finding]:
    """Yield what can be said of a record's content without a corpus around it."""
    if isinstance(record, Item):
        yield from _check_item(record, schemes)
    elif isinstance(record, Prediction):
        yield from _check_distribution(record.probabilities, "probabilities")
    elif isinstance(record, Document):
        yield from Known((), ()).check_document(record)
    elif isinstance(record, Statement):
        for index, span in enumerate(record.spans):
            if span.end - span.start != len(span.text):
                yield Finding(("spans", index), "span-text-mismatch", f"the span is {span.end - span.start} characters long, its text {len(span.text)}")


def _check_item(record: Item, schemes: dict[str, LabelScheme]) -> Iterator[Finding]:
    yield from _check_distribution(record.weights, "weights")
    if record.scheme is None:
        return
    key = record.scheme if isinstance(record.scheme, str) else "\n".join(record.scheme)
    if key not in schemes:
        try:
            schemes[key] = scheme_of(record.scheme)
        except (UsageError, ValueError) as error:
            yield Finding(("scheme",), "not-allowed", str(error))
            return
        if len(schemes) == 2:
            yield Finding(("scheme",), "mixed-schemes", "the items of this file belong to different label schemes")
    labels = schemes[key].labels
    if record.stance is not None and record.stance not in labels:
        message = f"stance '{record.stance}' is not one of {', '.join(labels)}"
        yield Finding(("stance",), "stance-not-in-scheme", message, suggest(record.stance, labels) or None)


def _check_distribution(shares: dict[str, float], name: str) -> Iterator[Finding]:
    if shares and abs(sum(shares.values()) - 1) > _SUM_TOLERANCE:
        yield Finding((name,), "probabilities-sum", f"the {name} sum to {sum(shares.values()):.4f}, not to 1")


def _read(line: Line, kind: type[_R], path: Path) -> tuple[_R | None, list[Issue]]:
    return read_line(line.raw, kind, path=str(path), number=line.number, offset=line.offset, size=line.size, ended=line.ended)


def _place_of(line: Line, path: Path) -> LinePlace:
    return LinePlace(line.raw, path=str(path), number=line.number, offset=line.offset)


def _located(findings: Iterable[Finding], line: Line, path: Path) -> list[Issue]:
    place = _place_of(line, path)
    issues = [place.issue(found.code, found.message, found.hint, path=found.path, of_key=found.of_key) for found in findings]
    return sorted(issues, key=_place)


def _repeated(name: str, layer: int, here: int, first: dict[str, int], paths: tuple[Path, ...]) -> Finding:
    where = f"line {first[name]}" if layer == here else f"the layer '{paths[layer].stem}'"
    return Finding(("id",), "duplicate-id", f"the id '{name}' is already used in {where}", "ids of statements are unique in the whole corpus")


def _tag(kind: type[Record]) -> str:
    return next(name for name, entry in RECORD_TYPES.items() if entry is kind)


def _file_issue(path: Path, code: str, message: str) -> Issue:
    return Issue(path=str(path), line=None, column=None, code=code, severity=severity_of(code), message=message)


def _issue_of(error: DataError) -> Issue:
    return Issue(
        path=error.path or "",
        line=error.line,
        column=error.column,
        code=error.code or "corpus-config",
        severity="error",
        message=error.message,
    )


def _place(issue: Issue) -> tuple[int, int]:
    return (issue.line or 0, issue.column or 0)
