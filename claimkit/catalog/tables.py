"""Tables as people have them: CSV, TSV, JSON Lines with any keys, Parquet; read as rows that know their line."""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import msgspec

from claimkit.errors import DataError, UsageError
from claimkit.issues import Issue
from claimkit.jsonl import MAX_LINE, error_of, open_input, opening, read_lines
from claimkit.records.line import BOM, LinePlace

# Suffix of a file -> its format, and what parts the cells there.
FORMATS: Mapping[str, str] = MappingProxyType(
    {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet"}
)
_DELIMITERS = {"csv": ",", "tsv": "\t"}
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # of a zip archive, as .xlsx and .ods are, and of an old .xls
_LOOKED_AT = 100  # rows of a JSON Lines file whose keys tell what columns there are


class Row(NamedTuple):
    """A row of a table; ``line`` is where it starts, or its number where the format has no lines."""

    line: int
    cells: Mapping[str, Any]


Rows: TypeAlias = Iterator[Row | Issue]


class Table(NamedTuple):
    """The names of the columns of a table, and its rows; what is no row comes as an :class:`~claimkit.issues.Issue`."""

    columns: list[str]
    rows: Rows


class TableFormat(msgspec.Struct, frozen=True, kw_only=True):
    """How the files of a table are written.

    Attributes
    ----------
    name : {"csv", "tsv", "jsonl", "parquet"} or None
        ``None``: told by the suffix of the file.
    encoding : str
        Of CSV and TSV.
    delimiter : str or None
        What parts the cells of CSV and TSV; ``None``: a comma, or a tab.
    quotes : bool
        Whether quotation marks enclose cells in CSV and TSV, or are characters like others.
    """

    name: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    quotes: bool = True

    def of(self, path: str | Path) -> str:
        """Return the name of the format of a file."""
        name = self.name or FORMATS.get(Path(path).suffix.lower())
        if name is None or name not in FORMATS.values():
            _check_is_file(path)
            if Path(path).suffix.lower() in _WORKBOOKS:
                raise _workbook(path)
            known = ", ".join(dict.fromkeys(FORMATS.values()))
            raise UsageError(f"{path}: the format is not told by the suffix; say which it is (--format): {known}")
        return name


def read_table(path: str | Path, form: TableFormat) -> Table:
    """Open a table; its rows are read as they are asked for.

    Raises
    ------
    DataError
        When the file cannot be read as a table of that format; with its line.
    UsageError
        When the format is not known.
    """
    name = form.of(path)
    if name == "parquet":
        return _read_parquet(path)
    return _read_jsonl(path) if name == "jsonl" else _read_delimited(path, form, form.delimiter or _DELIMITERS[name])


def _check_is_file(path: str | Path) -> None:
    if str(path) == "-":
        return
    with opening(path):
        Path(path).stat()
        if Path(path).is_dir():
            raise IsADirectoryError


def _workbook(path: str | Path) -> DataError:
    return DataError("this is a workbook of a spreadsheet program; save its sheet as CSV in UTF-8, and name that file", path=path)


def there_are(columns: Sequence[str]) -> str:
    """Return what a refused column is told beside: the columns that there are, or that the header looks parted by something else.

    >>> there_are(["id", "text"]), there_are(["id;text"])
    ('there are: id, text', "its header looks parted by ';': say so (--delimiter)")
    """
    only = columns[0] if len(columns) == 1 else ""
    mark = next((mark for mark in ";\t|," if mark in only), None)
    if mark is not None:
        return f"its header looks parted by {mark!r}: say so (--delimiter)"
    return f"there are: {', '.join(columns)}" if columns else "there is none"


def _read_delimited(path: str | Path, form: TableFormat, delimiter: str) -> Table:
    if len(delimiter) != 1:
        raise UsageError(f"the delimiter must be one character. Got {delimiter!r}.")
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))  # the text of an article may be longer than csv's own limit
    lines = io.StringIO(decoded(path, form.encoding), newline="")
    if form.quotes:
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
    else:
        rows = csv.reader(lines, delimiter=delimiter, strict=True, quoting=csv.QUOTE_NONE)
    columns = next(_checked(rows, path), None)
    if columns is None:
        raise DataError("the file is empty; a table starts with the names of its columns", path=path, code="file-empty")
    return Table(columns[1], _delimited_rows(rows, columns[1], path))


def _delimited_rows(rows: Any, columns: list[str], path: str | Path) -> Rows:
    for line, cells in _checked(rows, path):
        if not cells:
            continue  # a blank line
        if len(cells) != len(columns):
            message = f"{len(cells)} cells, the header has {len(columns)}"
            hint = "a cell that holds the delimiter or a line feed stands in quotation marks"
            yield issue_at(path, line, "table-row", message, hint)
        else:
            yield Row(line, dict(zip(columns, cells, strict=True)))


def _checked(rows: Any, path: str | Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each row of a reader with the line on which it starts."""
    line = rows.line_num + 1
    try:
        for cells in rows:
            yield line, cells
            line = rows.line_num + 1
    except csv.Error as error:
        hint = "where quotation marks are characters like others, say so (--no-quotes)"
        raise DataError(f"this row cannot be read: {error}; {hint}", path=path, line=line, code="table-row") from None


def decoded(path: str | Path, encoding: str) -> str:
    """Return the content of a file of text, without a byte order mark.

    Raises
    ------
    DataError
        When it cannot be read, or is not in that encoding; with its line.
    UsageError
        When there is no such encoding.
    """
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise UsageError(f"no encoding is named '{encoding}'; known are utf-8, cp1252, latin-1, utf-16 and others") from None
    with open_input(path) as file:
        raw = file.read()
    if raw.startswith(_WORKBOOK_STARTS):
        raise _workbook(path)
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "name the encoding of the file (--encoding), such as cp1252"
        raise DataError(
            f"byte 0x{raw[error.start]:02x} is not {encoding} here; {hint}",
            path=path,
            line=line,
            code="invalid-utf8",
        ) from None


def _read_jsonl(path: str | Path) -> Table:
    rows = _jsonl_rows(path)
    first = list(islice(rows, _LOOKED_AT))
    if not first:
        raise DataError("the file is empty; each of its lines should be a row, a JSON object", path=path, code="file-empty")
    columns = list(dict.fromkeys(key for row in first if isinstance(row, Row) for key in row.cells))
    if not columns and isinstance(first[0], Issue):
        raise error_of(first[0])
    return Table(columns, chain(first, rows))


def _jsonl_rows(path: str | Path) -> Rows:
    for line in read_lines(path):
        raw = line.raw.removeprefix(BOM).strip()
        if not raw and not line.size > len(line.raw):
            continue
        if line.number == 1 and raw.startswith(b"["):
            hint = "write one object a line: jq -c '.[]' FILE > FILE.jsonl"
            raise DataError(f"this is one JSON array, not JSON Lines; {hint}", path=path, line=1, code="json-syntax")
        try:
            value = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            faults = LinePlace(line.raw, path=str(path), number=line.number, offset=line.offset).faults(None, size=line.size)
            fault = next((fault for fault in faults if fault.severity == "error" and fault.code != "byte-order-mark"), None)
            yield fault or issue_at(path, line.number, "json-syntax", "this line cannot be read as JSON")
            continue
        if isinstance(value, dict):
            yield Row(line.number, value)
        else:
            yield issue_at(path, line.number, "json-syntax", "a row is a JSON object, in braces")


def _read_parquet(path: str | Path) -> Table:
    import pandas as pd

    with opening(path), open_input(path) as file:
        data = io.BytesIO(file.read())
    try:
        frame = pd.read_parquet(data, dtype_backend="numpy_nullable")  # else a column of numbers with gaps holds 1.0 for 1
    except (ValueError, OSError) as error:  # what pyarrow raises is one of the two
        raise DataError(f"this is not a Parquet file: {str(error).splitlines()[0]}", path=path) from None
    columns = [str(name) for name in frame.columns]
    cells = [column.astype(object).where(column.notna(), None).tolist() for _, column in frame.items()]
    rows = (Row(number, dict(zip(columns, row, strict=True))) for number, row in enumerate(zip(*cells, strict=True), start=1))
    return Table(columns, rows)


def cell_text(value: Any) -> str | None:
    """Return a cell as text: whole numbers without a point, days in ISO 8601, what is missing as ``None``.

    Raises
    ------
    TypeError
        When it is a list, an object or the like; the message says what.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, int | float):
        return str(int(value) if math.isfinite(value) and value == int(value) else value)
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    raise TypeError(_NAMES.get(type(value).__name__, "something else"))


_NAMES = {"list": "a list", "ndarray": "a list", "dict": "an object", "bytes": "bytes"}


def issue_at(path: str | Path, line: int, code: str, message: str, hint: str | None = None, record: str | None = None) -> Issue:
    """Return an error about a row."""
    return Issue(path=str(path), line=line, column=None, code=code, severity="error", message=message, hint=hint, record=record)
