"""The files of a corpus in memory: every line as it was read, so that saving changes only the lines that were edited."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import msgspec

from claimkit.errors import DataError
from claimkit.jsonl import Line, edit_line, error_of, locked, opening, read_lines, replacing, write_lines
from claimkit.records import RECORD_TYPES, Actor, Claim, Record, Relation, Statement, encode
from claimkit.records.base import AnyRecord
from claimkit.records.check import Finding
from claimkit.records.line import LinePlace, read_line

MAY_LACK: frozenset[type[Record]] = frozenset({Actor, Claim})  # a corpus whose annotation has not begun has none of them
NAME_OF = {kind: name for name, kind in RECORD_TYPES.items()}
Stamp: TypeAlias = tuple[int, int, int]


class _Tagged(msgspec.Struct):
    type: str = ""


class RecordFile:
    """One file of a corpus: its lines, and in which line each record stands.

    Parameters
    ----------
    path : path-like
        Need not exist yet.
    may_vanish : bool, optional
        Whether the file is taken away when it has no record left; by default that of a layer is.
    """

    def __init__(self, path: str | Path, *, may_vanish: bool | None = None) -> None:
        self.path = Path(path)
        self.is_layer = self.path.parent.name == "layers"
        self.may_vanish = self.is_layer if may_vanish is None else may_vanish
        self.is_changed = False
        self.has_removed = False
        self._lines: list[bytes | None] = []
        self._places: dict[type[Record], dict[str, int]] = {}
        self._digest: bytes | None = None
        self._stamp: Stamp | None = None

    def read(self, *kinds: type[AnyRecord]) -> Iterator[tuple[Line, AnyRecord]]:
        """Yield the records of the file, each with its line.

        Raises
        ------
        DataError
            At the first record that is not valid.
        """
        digest = hashlib.sha256()
        self._stamp = stamp_of(self.path)  # before the first byte is read: what comes later makes the file stale
        for line in read_lines(self.path):
            digest.update(line.raw + b"\n" if line.ended else line.raw)
            kind = kinds[0] if len(kinds) == 1 else _kind_among(line.raw, kinds)
            record = self._record(line, kind)
            if record is not None:
                places = self._places.setdefault(kind, {})
                if record.id in places:
                    first = places[record.id] + 1
                    raise self.fault(
                        line, Finding(("id",), "duplicate-id", f"the id '{record.id}' is already used in line {first}")
                    )
                places[record.id] = len(self._lines)
            self._lines.append(line.raw)
            if record is not None:
                yield line, record
        if not self._places and not set(kinds) <= MAY_LACK:
            raise DataError(f"the file holds no {' or '.join(NAME_OF[kind] for kind in kinds)}", path=self.path, code="file-empty")
        self._digest = digest.digest()

    def _record(self, line: Line, kind: type[AnyRecord]) -> AnyRecord | None:
        record, issues = read_line(
            line.raw, kind, path=str(self.path), number=line.number, offset=line.offset, size=line.size, ended=line.ended
        )
        error = next((issue for issue in issues if issue.severity == "error"), None)
        if error is not None:
            found = _tag(line.raw)
            if found in RECORD_TYPES and RECORD_TYPES[found] is not kind:
                place = "layer" if self.is_layer else f"file of {NAME_OF[kind]}s"
                raise self.fault(line, Finding(("type",), "wrong-file", f"a record of type '{found}' stands in a {place}"))
            raise error_of(error)
        return record

    def fault(self, line: Line, finding: Finding) -> DataError:
        """Return a finding about a record of this file as the exception that stops the work."""
        place = LinePlace(line.raw, path=str(self.path), number=line.number, offset=line.offset)
        return error_of(place.issue(finding.code, finding.message, finding.hint, path=finding.path, of_key=finding.of_key))

    def put(self, record: Record, old: Record | None) -> None:
        """Add a record at the end, or replace the line of ``old``, of which only the edited values change."""
        places = self._places.setdefault(type(record), {})
        if old is None:
            places[record.id] = len(self._lines)
            self._lines.append(encode(record))
            self.is_changed = True
            return
        at = places[record.id]
        raw = self._lines[at]
        assert raw is not None  # removed lines have no place
        fresh = edit_line(raw, old, record)
        if fresh != raw:
            self._lines[at] = fresh
            self.is_changed = True

    def remove(self, record: Record) -> None:
        """Take the line of a record out."""
        self._lines[self._places[type(record)].pop(record.id)] = None
        self.is_changed = self.has_removed = True

    def is_stale(self) -> bool:
        """Tell whether another program has written to the file since it was read or saved, or taken it away."""
        return stamp_of(self.path) != self._stamp

    def lines(self) -> Iterator[bytes]:
        """Yield the lines as they now are, each with its line feed."""
        for raw in self._lines:
            if raw is not None:
                yield raw + b"\n"

    def save(self) -> None:
        """Write the file if it was edited.

        Raises
        ------
        DataError
            When somebody else wrote to the file since it was read; then it stays as it is.
        """
        if not self.is_changed:
            return
        with opening(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.path, create=True):
                content = self.path.read_bytes()
                found = hashlib.sha256(content).digest() if content or self._digest is not None else None
                if found != self._digest:
                    raise DataError(
                        "the file was changed by another program since it was read; load the corpus again", path=self.path
                    )
                digest = hashlib.sha256()
                if self.may_vanish and not any(self._places.values()):  # an annotator who has marked nothing has no layer
                    self.path.unlink()
                    self._digest, self._stamp, self.is_changed, self.has_removed = None, None, False, False
                    return
                with replacing(self.path) as file:
                    for line in self.lines():
                        digest.update(line)
                        file.write(line)
                self._stamp = stamp_of(self.path)
        self._digest, self.is_changed, self.has_removed = digest.digest(), False, False

    def copy_to(self, path: Path) -> None:
        """Write the lines as they now are to another file."""
        write_lines(path, self.lines())


def stamp_of(path: Path) -> Stamp | None:
    """Return what changes when a file is written to or replaced: its number, size and time; ``None`` where there is no file."""
    try:
        found = os.stat(path)  # noqa: PTH116 - beside the other calls of the system
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _kind_among(raw: bytes, kinds: Iterable[type[AnyRecord]]) -> type[AnyRecord]:
    """Return the kind that a line names, or the first one, against which a wrong line is then reported."""
    first, *others = kinds
    for kind in (first, *others):
        if raw.startswith(b'{"type":"%b"' % NAME_OF[kind].encode()):
            return kind
    tag = _tag(raw)
    return next((kind for kind in others if NAME_OF[kind] == tag), first)


def _tag(raw: bytes) -> str:
    try:
        return msgspec.json.decode(raw, type=_Tagged).type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def check_form(record: Record) -> None:
    """Raise what a reader of the record's line would find wrong with it.

    Raises
    ------
    DataError
    """
    _, issues = read_line(encode(record), type(record), path="", number=1)
    for issue in issues:
        if issue.severity == "error":
            hint = f"; {issue.hint}" if issue.hint else ""
            raise DataError(f"{NAME_OF[type(record)]} '{record.id}': {issue.message}{hint}", code=issue.code)


def references(record: Statement | Relation) -> Iterator[tuple[str, str]]:
    """Yield every reference of a record of a layer: the name of a record type, and an id."""
    if isinstance(record, Relation):
        yield "statement", record.source
        yield from (("statement", target) for target in record.targets)
        yield from (("claim", target) for target in record.targets)
        yield from (("relation", source) for source in record.decided_from)
        return
    yield "document", record.document
    yield "claim", record.claim
    yield "actor", record.speaker
    if isinstance(record.on_behalf_of, str):
        yield "actor", record.on_behalf_of
    yield from (("actor", target.actor) for target in record.targets)
    yield from (("actor", actor) for actor in (*record.addressees, *record.chain))
    yield from (("statement", source) for source in record.decided_from)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector out: many small records are made, none in a cycle, and it would look at them again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
