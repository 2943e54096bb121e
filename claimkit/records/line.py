"""From the bytes of one line to a record, with every fault in its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from claimkit.issues import Issue, severity_of
from claimkit.jsontext import MAX_DEPTH, Scan, is_cut, scan
from claimkit.records.base import AnyRecord, Record, decoder_of, decoder_of_any, encode, encode_lines
from claimkit.records.check import check_record, is_well_formed, needs_type

BOM = b"\xef\xbb\xbf"
# U+202A to U+202E and U+2066 to U+2069, as themselves or escaped (an escaped backslash before the u is none).
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]|(?<!\\)(?:\\\\)*\\u(202[a-eA-E]|206[6-9])")
_BIDI_BYTES = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
_OF_TABLES = "is this a table? claimkit data convert makes items of it"
_ESCAPED_FAULT = re.compile(rb"\\u(?:0000|20[26])")


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
    record = good_record(raw, kind) if ended else None
    if record is not None:
        return record, []
    place = LinePlace(raw, path=path, number=number, offset=offset)
    issues = list(place.faults(kind, size=size, ended=ended))
    if any(issue.severity == "error" for issue in issues) or not isinstance(place.scanned.value, dict):
        return None, issues
    try:
        return decoder_of(kind).decode(raw), issues
    except msgspec.DecodeError as error:
        refusal = str(error)
    try:  # 3.0 is a whole number in JSON Schema, but not to the decoder
        return msgspec.convert(place.scanned.value, kind, strict=False), issues
    except msgspec.ValidationError:  # the decoder refuses what the checker lets pass: never accept it silently
        return None, [*issues, place.issue("wrong-type", refusal)]


def good_record(raw: bytes, kind: type[AnyRecord]) -> AnyRecord | None:
    """Return the record of a line in which there is nothing to find, fast; ``None`` where the line has to be looked at closely."""
    try:
        record = decoder_of(kind).decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    # What the decoder lets pass and a canonical line cannot hold: a key twice, no type, a carriage return.
    is_good = is_well_formed(record) and not _needs_a_look(raw, record) and (encode(record) == raw or _is_plain(raw, kind))
    return record if is_good else None


def good_records(lines: Sequence[bytes], *kinds: type[Record]) -> list[Any] | None:
    """Return the records of many lines in canonical form in which there is nothing to find, faster; ``None`` where there may be."""
    block = b"\n".join((*lines, b""))
    try:
        records = decoder_of_any(*kinds).decode_lines(block)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if len(records) != len(lines) or encode_lines(records) != block or not all(map(is_well_formed, records)):
        return None
    if _BIDI_BYTES.search(block) or _ESCAPED_FAULT.search(block):
        return None
    has_meta = any(getattr(record, "meta", None) for record in records)
    return None if has_meta and any(map(_needs_a_look, lines, records)) else records


def _needs_a_look(raw: bytes, record: Record) -> bool:
    """Tell whether a line that decodes may still hold a fault that the decoder does not see."""
    if getattr(record, "meta", None) and raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        return True  # only free data can be nested deeply
    return (b"\xe2" in raw and _BIDI_BYTES.search(raw) is not None) or (b"\\" in raw and _ESCAPED_FAULT.search(raw) is not None)


def _is_plain(raw: bytes, kind: type[Record]) -> bool:
    """Tell whether a line that decodes, but not in canonical form, has no carriage return, no key twice, and a type."""
    duplicated = False

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal duplicated
        members = dict(pairs)
        duplicated = duplicated or len(members) < len(pairs)
        return members

    if b"\r" in raw:
        return False
    value = json.loads(raw, object_pairs_hook=look)
    return not duplicated and ("type" in value or not needs_type(kind))


def looks_like_table(text: str) -> bool:
    """Tell whether a line looks like the header of a table rather than like JSON.

    >>> looks_like_table("id,text,label"), looks_like_table('{"id": 1, "text": x}'), looks_like_table("hello")
    (True, False, False)
    """
    start = text.lstrip("\ufeff \"'")[:1]
    return start.isalpha() and any(mark in text for mark in ",;\t|")


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
        """What the line holds."""
        if self._scan is None:
            self._scan = scan(self.raw.removeprefix(BOM).decode("utf-8", errors="replace"))
        return self._scan

    def issue(
        self,
        code: str,
        message: str,
        hint: str | None = None,
        *,
        at: int = 0,
        path: tuple[str | int, ...] | None = None,
        of_key: bool = False,
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
            message = f"the line has {size:,} bytes, more than a record may have"
            yield self.issue("line-too-long", message, "is this a JSON Lines file?")
            return
        raw = self.raw
        if raw.startswith(BOM):
            whose = "file" if self.number == 1 else "line"
            yield self.issue("byte-order-mark", f"the {whose} starts with a byte order mark", "save the file as UTF-8 without BOM")
            raw = raw.removeprefix(BOM)
        if not ended and is_cut(raw):
            message = f"the last line was cut off in the middle of a record ({len(self.raw):,} bytes from offset {self.offset:,})"
            yield self.issue("torn-line", message, f"run: claimkit repair {self.path}", at=self._end_of_readable(raw))
            return
        if not raw.strip(b" \t\r"):
            yield self.issue("blank-line", "the line is empty")
            return
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            at = len(raw[: error.start].decode("utf-8"))
            yield self.issue("invalid-utf8", f"byte 0x{raw[error.start]:02x} is not UTF-8 here", "save the file as UTF-8", at=at)
            return
        yield from sorted(self._faults_of_text(text, kind, ended), key=lambda issue: issue.column or 0)

    @staticmethod
    def _end_of_readable(raw: bytes) -> int:
        return len(raw.rstrip(b"\0").decode("utf-8", errors="ignore"))

    def _faults_of_text(self, text: str, kind: type[Record] | None, ended: bool) -> Iterator[Issue]:
        scanned = self.scanned
        for fault in scanned.faults:
            is_table = self.number == 1 and fault.code == "json-syntax" and looks_like_table(text)
            yield self.issue(fault.code, fault.message, _OF_TABLES if is_table else fault.hint, at=fault.at)
        if not any(fault.code in ("json-syntax", "json-depth") for fault in scanned.faults):
            if not isinstance(scanned.value, dict):
                yield self.issue("json-syntax", "a record is a JSON object, in braces")
            elif kind is not None:
                for finding in check_record(scanned.value, kind):
                    yield self.issue(finding.code, finding.message, finding.hint, path=finding.path, of_key=finding.of_key)
        if "\r" in text:
            yield self.issue("carriage-return", *_about_return(text), at=text.index("\r"))
        if match := _BIDI.search(text):
            name = match.group(1) or f"{ord(match.group()):04X}"
            yield self.issue("bidi-control", f"U+{name.upper()} is invisible and reorders text", at=match.start())
        if not ended:
            hint = f"run: claimkit repair {self.path}"
            yield self.issue("no-final-newline", "the last line has no line feed", hint, at=len(text))


def _about_return(text: str) -> tuple[str, str]:
    if text.index("\r") == len(text) - 1:
        return "lines end with CR LF", "save the file with LF line ends (Unix)"
    return "a bare carriage return (CR) stands in the line", "take it out"
