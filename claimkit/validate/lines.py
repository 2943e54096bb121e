"""What the checks of files and of corpora share: lines with progress and counts, the type of a line, findings in their places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from claimkit.errors import DataError, suggest
from claimkit.issues import Issue, severity_of
from claimkit.jsonl import Line, read_lines
from claimkit.records import RECORD_TYPES, Item, Prediction, Record
from claimkit.records.check import Finding
from claimkit.records.line import LinePlace

_UNTYPED = ("text", "target", "stance")
_STEP = 1_000_000
_TYPE = re.compile(rb'\{"type": ?"(\w+)"')


class _Tagged(msgspec.Struct):
    type: str | None = None


class Reader:
    """Reads the lines of one run of checks, tells how far it is, and counts the good records by type."""

    def __init__(self, progress: Callable[[int], None] | None, counts: Counter[str]) -> None:
        self.progress = progress
        self.counts = counts

    def lines(self, path: Path) -> Iterator[Line]:
        """Return the lines of a file, one after the other."""
        return read_lines(path) if self.progress is None else _telling(read_lines(path), self.progress)


def _telling(lines: Iterator[Line], progress: Callable[[int], None]) -> Iterator[Line]:
    told = end = 0
    for line in lines:
        end = line.offset + line.size + line.ended
        if end - told > _STEP:
            progress(end - told)
            told = end
        yield line
    progress(end - told)


def kind_of(raw: bytes) -> type[Record] | None:
    """Return the record type that a line names; items and predictions may leave ``"type"`` out.

    >>> kind_of(b'{"type":"claim","id":"c1"}').__name__, kind_of(b'{"id":"i1","text":"","target":""}').__name__, kind_of(b"{}")
    ('Claim', 'Item', None)
    """
    match = _TYPE.match(raw)
    if match is not None:
        return RECORD_TYPES.get(match.group(1).decode())
    try:
        tag = msgspec.json.decode(raw, type=_Tagged).type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if tag is not None:
        return RECORD_TYPES.get(tag)
    if b'"target"' in raw and b'"text"' in raw:
        return Item
    return Prediction if b'"probabilities"' in raw or b'"stance"' in raw else None


def tag_of(kind: type[Record]) -> str:
    """Return the name of a record type in JSON."""
    return next(name for name, entry in RECORD_TYPES.items() if entry is kind)


def place_of(line: Line, path: Path) -> LinePlace:
    """Return a line as a place for findings."""
    return LinePlace(line.raw, path=str(path), number=line.number, offset=line.offset)


def located(findings: Iterable[Finding], line: Line, path: Path) -> list[Issue]:
    """Return findings about a line as issues, in the order of their columns."""
    place = place_of(line, path)
    issues = [place.issue(found.code, found.message, found.hint, path=found.path, of_key=found.of_key) for found in findings]
    return sorted(issues, key=position)


def unknown_type(line: Line, path: Path) -> Iterator[Issue]:
    """Yield why a line has no known type: because it is not JSON, or because it names none."""
    place = place_of(line, path)
    faults = list(place.faults(None, size=line.size, ended=line.ended))
    yield from faults
    if any(fault.severity == "error" or fault.code == "blank-line" for fault in faults):
        return
    value = place.scanned.value
    tag = value.get("type") if isinstance(value, dict) else None
    known = ", ".join(RECORD_TYPES)
    if tag is None and isinstance(value, dict) and (untyped := _untyped(value)) is not None:
        yield place.issue("missing-key", *untyped, path=())
    elif tag is None:
        message = f"the record has no type; known types: {known}"
        yield place.issue("unknown-type", message, 'add "type" as the first key', path=())
    else:
        near = suggest(str(tag), RECORD_TYPES) or None
        yield place.issue("unknown-type", f"the type {tag!r} is not one of {known}", near, path=("type",))


def _untyped(value: dict[str, Any]) -> tuple[str, str] | None:
    """Return what a record without a type lacks to be an item or a prediction, which need none, and a hint."""
    meant = {key: near for key in value if (near := next(iter(get_close_matches(key, _UNTYPED, n=1, cutoff=0.7)), None))}
    if not meant:
        return None
    noun, wanted = ("a prediction", ("stance",)) if set(meant.values()) == {"stance"} else ("an item", ("text", "target"))
    lacking = [f"'{key}'" for key in wanted if key not in value]
    missing = f"key {lacking[0]} is missing" if len(lacking) == 1 else f"keys {' and '.join(lacking)} are missing"
    message = f"without a type this is {noun}, whose required {missing}"
    misspelt = [f"did you mean '{near}' by '{key}'? " for key, near in meant.items() if key != near]
    return message, f'{"".join(misspelt)}other records need "type" as their first key'


def position(issue: Issue) -> tuple[int, int]:
    """Return what issues of one file are sorted by."""
    return (issue.line or 0, issue.column or 0)


def file_issue(path: str | Path, code: str, message: str, hint: str | None = None) -> Issue:
    """Return an issue about a whole file."""
    return Issue(path=str(path), line=None, column=None, code=code, severity=severity_of(code), message=message, hint=hint)


def issue_of(error: DataError, path: Path) -> Issue:
    """Return an error that stops the reading of a file as an issue; one without a code comes from ``corpus.toml``."""
    code, shown = error.code or "corpus-config", error.path or str(path)
    return Issue(path=shown, line=error.line, column=error.column, code=code, severity=severity_of(code), message=error.message)
