"""From the bytes of one line to a record, with every fault in its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from claimkit.issues import Issue, severity_of
from claimkit.jsontext import MAX_DEPTH, Scan, scan
from claimkit.records.base import AnyRecord, Record, decoder_of, encode
from claimkit.records.check import check_record, is_well_formed

BOM = b"\xef\xbb\xbf"
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MAY_HIDE_BIDI = re.compile(b"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\\\\u20[26]")


def read_line(
    raw: bytes, kind: type[AnyRecord], *, path: str, number: int, offset: int = 0, size: int | None = None, ended: bool = True
) -> tuple[AnyRecord | None, list[Issue]]:
    """Read one line as a record of a given type.

    A line in canonical form is read at the speed of the decoder; any other line is looked at more closely.

    Parameters
    ----------
    raw : bytes
        The line without its line feed.
    kind : type
        A record type. A missing ``"type"`` is taken as given.
    path, number, offset
        Where the line stands, for the findings.
    size : int, optional
        Length of the line in bytes where ``raw`` was left empty because it is too long.
    ended : bool
        Whether a line feed follows.

    Returns
    -------
    record : Record or None
        ``None`` when there is an error.
    issues : list of Issue
        All that was found, in the order of the line.
    """
    try:
        record = decoder_of(kind).decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        place = LinePlace(raw, path=path, number=number, offset=offset)
        issues = list(place.faults(kind, size=size, ended=ended))
        if not issues:  # the decoder refuses what the checker lets pass: never accept it silently
            issues = [place.issue("wrong-type", str(error))]
        return None, issues
    if ended and is_well_formed(record) and not needs_a_look(raw):
        if encode(record) == raw:
            return record, []
        if b"\r" not in raw and not _has_duplicate_keys(raw):
            return record, []
    place = LinePlace(raw, path=path, number=number, offset=offset)
    issues = list(place.faults(kind, size=size, ended=ended))
    return (None if any(issue.severity == "error" for issue in issues) else record), issues


def needs_a_look(raw: bytes) -> bool:
    """Tell whether a line that decodes may still hold a fault that the decoder does not see."""
    return b"\\u0000" in raw or raw.count(b"{") + raw.count(b"[") > MAX_DEPTH or _MAY_HIDE_BIDI.search(raw) is not None


def _has_duplicate_keys(raw: bytes) -> bool:
    duplicated = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal duplicated
        duplicated = duplicated or len({key for key, _ in pairs}) < len(pairs)

    json.loads(raw, object_pairs_hook=look)
    return duplicated


class LinePlace:
    """A line as a place for findings: turns paths into columns, and is scanned at most once."""

    def __init__(self, raw: bytes, *, path: str, number: int, offset: int) -> None:
        self.raw = raw
        self.path = path
        self.number = number
        self.offset = offset
        self._scan: Scan | None = None

    @property
    def scanned(self) -> Scan:
        if self._scan is None:
            self._scan = scan(self.raw.removeprefix(BOM).decode("utf-8", errors="replace"))
        return self._scan

    def issue(
        self, code: str, message: str, hint: str | None = None, *, at: int = 0, path: tuple[str | int, ...] | None = None, of_key: bool = False
    ) -> Issue:
        """Return a finding at a character index, or at the value (or key) to which a path leads."""
        if path is not None:
            at = (self.scanned.keys if of_key else self.scanned.places).get(path, 0)
        value = self._scan.value if self._scan else None
        record = value.get("id") if isinstance(value, dict) else None
        return Issue(
            path=self.path,
            line=self.number,
            column=at + 1,
            code=code,
            severity=severity_of(code),
            message=message,
            hint=hint,
            record=record if isinstance(record, str) else None,
            byte_offset=self.offset,
        )

    def faults(self, kind: type[Record] | None, *, size: int | None = None, ended: bool = True) -> Iterator[Issue]:
        """Yield everything that is wrong with the line, alone and as a record of the type; ``None`` stands for any type."""
        if size is not None and size > len(self.raw):
            yield self.issue("line-too-long", f"the line has {size:,} bytes, more than a record may have", "is this a JSON Lines file?")
            return
        raw = self.raw
        if raw.startswith(BOM):
            if self.number == 1:
                yield self.issue("byte-order-mark", "the file starts with a byte order mark", "save it as UTF-8 without BOM")
            raw = raw.removeprefix(BOM)
        if not raw.strip(b" \t\r"):
            yield self.issue("blank-line", "the line is empty")
            return
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            at = len(raw[: error.start].decode("utf-8"))
            code, hint = "invalid-utf8", "save the file as UTF-8"
            if not ended and error.end == len(raw) and "unexpected end" in error.reason:
                code, hint = "torn-line", f"run: claimkit repair {self.path}"
            yield self.issue(code, f"byte 0x{raw[error.start]:02x} is not UTF-8 here", hint, at=at)
            return
        yield from self._faults_of_text(text, kind, ended)

    def _faults_of_text(self, text: str, kind: type[Record] | None, ended: bool) -> Iterator[Issue]:
        scanned = self.scanned
        syntax = any(fault.code in ("json-syntax", "json-depth") for fault in scanned.faults)
        if syntax and not ended:
            last = scanned.faults[-1]
            message = f"the last line was cut off in the middle of a record ({len(self.raw)} bytes from offset {self.offset})"
            yield self.issue("torn-line", message, f"run: claimkit repair {self.path}", at=last.at)
            return
        found = [self.issue(fault.code, fault.message, fault.hint, at=fault.at) for fault in scanned.faults]
        if not syntax and not isinstance(scanned.value, dict):
            found.append(self.issue("json-syntax", "a record is a JSON object, in braces"))
        elif not syntax and kind is not None:
            for finding in check_record(scanned.value, kind):
                found.append(
                    self.issue(finding.code, finding.message, finding.hint, path=finding.path, of_key=finding.of_key)  # noqa: PERF401 - reads better
                )
        if "\r" in text:
            found.append(self.issue("carriage-return", *_about_return(text), at=text.index("\r")))
        if match := _BIDI.search(text):
            found.append(self.issue("bidi-control", f"U+{ord(match.group()):04X} is invisible and reorders text", at=match.start()))
        if not ended:
            found.append(self.issue("no-final-newline", "the last line has no line feed", f"run: claimkit repair {self.path}", at=len(text)))
        yield from sorted(found, key=lambda issue: issue.column or 0)


def _about_return(text: str) -> tuple[str, str]:
    if text.index("\r") == len(text) - 1:
        return "lines end with CR LF", "save the file with LF line ends (Unix)"
    return "a bare carriage return (CR) stands in the line", "take it out"
