"""Findings about data: what an :class:`Issue` is, and the table of all stable codes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """One finding about one place of one file.

    Attributes
    ----------
    path : str
        The file as the caller named it.
    line, column : int or None
        1-based; the column counts characters. ``None`` where the finding is about the whole file.
    code : str
        A key of :data:`CODES`; never renamed once published.
    severity : {"error", "warning"}
    message : str
        What was found and what is allowed, in one sentence.
    hint : str or None
        What to do next.
    record : str or None
        Id of the record, where it has one.
    byte_offset : int or None
        Offset of the line in the file, in bytes.
    """

    path: str
    line: int | None
    column: int | None
    code: str
    severity: Severity
    message: str
    hint: str | None = None
    record: str | None = None
    byte_offset: int | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        hint = f"; {self.hint}" if self.hint else ""
        return f"{place} {self.code}: {self.message}{hint}"


# code -> what it means. The severity is "error" unless the code stands in WARNINGS.
CODES: Mapping[str, str] = MappingProxyType(
    {
        # files
        "file-missing": "The path does not exist.",
        "file-unreadable": "The file exists but may not be read.",
        "file-is-folder": "A folder stands where a file was expected.",
        "file-empty": "The file holds no record.",
        "not-a-corpus": "The folder has no corpus.toml.",
        "corpus-config": "corpus.toml is not valid.",
        "no-layer": "The corpus has no layer of statements.",
        # lines
        "byte-order-mark": "The file starts with a byte order mark.",
        "carriage-return": "Lines end with CR LF, or a line holds a bare carriage return.",
        "invalid-utf8": "The bytes are not valid UTF-8.",
        "line-too-long": "A line is longer than a record may be.",
        "blank-line": "A line is empty.",
        "torn-line": "The last line was cut off in the middle of a record.",
        "no-final-newline": "The last line has no line feed at its end.",
        # JSON
        "json-syntax": "The line is not one JSON object.",
        "json-not-a-number": "NaN, Infinity or -Infinity, which JSON does not have.",
        "json-number": "A number is too large or too long to be read back exactly.",
        "json-depth": "Objects and arrays are nested too deeply.",
        "duplicate-key": "An object has the same key twice.",
        "lone-surrogate": "Half of a UTF-16 surrogate pair stands alone.",
        "nul-character": "A text holds the character U+0000.",
        # schema
        "unknown-type": "The record's type is missing or not one of the known ones.",
        "unknown-key": "The record has a key that its type does not have.",
        "missing-key": "A required key is missing.",
        "wrong-type": "A value has the wrong JSON type.",
        "not-allowed": "A value is not one of the allowed ones or is out of range.",
        "not-a-date": "A value is not an ISO 8601 date.",
        "wrong-file": "A record stands in a file of the corpus that is meant for another type.",
        "table-row": "A row of a table has more or fewer cells than its header, or cannot be read.",
        # references and content
        "duplicate-id": "Two records of one type have the same id.",
        "dangling-reference": "A reference names a record that does not exist.",
        "span-out-of-text": "A span reaches beyond its document.",
        "span-empty": "A span ends at or before its start.",
        "span-text-mismatch": "The document does not hold the span's text at the span's offsets.",
        "text-hash-mismatch": "The document's text does not have its text_sha256.",
        "text-withheld": "A span points into a document whose text is not given, so it cannot be checked.",
        "stance-not-in-scheme": "A stance is not a label of the corpus.",
        "relation-not-in-scheme": "A relation kind is not one of the corpus.",
        "relation-to-itself": "A relation has its own source among its targets.",
        "contradicts-itself": "A claim contradicts or entails itself.",
        "part-of-cycle": "An actor is, through part_of, a part of itself.",
        "dates-reversed": "An affiliation ends before it starts.",
        "wrong-annotator": "A record names another annotator than the layer it stands in.",
        "relation-across-layers": "A relation connects statements of different layers.",
        "gold-without-source": "A record of the gold layer does not name the records it was decided from.",
        "probabilities-sum": "Probabilities are negative or do not sum to one.",
        "mixed-schemes": "Items of one file belong to different label schemes.",
        "bidi-control": "A text holds invisible bidirectional control characters.",
    }
)

WARNINGS = frozenset(
    {
        "no-final-newline",
        "no-layer",
        "blank-line",
        "text-withheld",
        "relation-across-layers",
        "gold-without-source",
        "mixed-schemes",
        "wrong-annotator",
        "bidi-control",
    }
)


def severity_of(code: str) -> Severity:
    """Return the severity that belongs to a code.

    >>> severity_of("torn-line"), severity_of("blank-line")
    ('error', 'warning')
    """
    if code not in CODES:
        raise ValueError(f"code must be a key of CODES. Got {code!r}.")
    return "warning" if code in WARNINGS else "error"
