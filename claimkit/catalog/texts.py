"""Texts as people have them, as the documents of a corpus: plain text files, or a table with a row for each text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from claimkit.catalog.tables import FORMATS, Row, TableFormat, cell_text, decoded, issue_at, read_table, there_are
from claimkit.errors import DataError
from claimkit.issues import Issue
from claimkit.jsonl import error_of
from claimkit.records import Document
from claimkit.records.base import encode
from claimkit.records.check import is_date
from claimkit.records.ids import slug_of
from claimkit.records.line import read_line

SUFFIX = ".txt"
FIELDS = ("text", "title", "source", "author", "url", "published", "section", "lang", "licence")
_TAKEN = ("type", "id", "meta", *FIELDS)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?!\d)")


def documents_from(paths: Iterable[str | Path], *, form: TableFormat | None = None) -> list[Document]:
    r"""Read documents from plain text files, folders of such, and tables.

    A text file is one document: its name gives the id and, where it starts with a day such as ``2024-03-04``, the day of
    publication; a first line that a blank line follows is the title, and is no part of the text. A table (CSV, TSV, JSON Lines,
    Parquet) has a row for each document: the column ``text``, any of ``id`` and the other fields of a document; further columns are
    kept under ``meta``.

    Parameters
    ----------
    paths : iterable of path-like
        Files and folders; of a folder, the files whose names end with ``.txt``, in the order of their names.
    form : TableFormat, optional
        How tables are written, where their suffix does not tell; the encoding is also that of text files. With the name of
        a format, a file that ends with ``.txt`` is a table too.

    Returns
    -------
    list of Document

    Raises
    ------
    DataError
        When a file cannot be read, holds no text, or a row is no document; with file and line.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "2024-03-04 Mill Lane.txt"
    >>> _ = path.write_text("Lane closed\n\nThe council voted on Monday.\n")
    >>> [(d.id, d.published, d.title, d.text) for d in documents_from([path])]
    [('2024-03-04-mill-lane', '2024-03-04', 'Lane closed', 'The council voted on Monday.')]
    """
    form = form or TableFormat()
    found: dict[str, Document] = {}
    for path in _files(paths):
        if path.suffix.lower() == SUFFIX and form.name is None:
            document = _of_text(path, form.encoding, found)
            found[document.id] = document
        else:
            for document in _of_table(path, form, found):
                found[document.id] = document
    return list(found.values())


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    for path in map(Path, paths):
        if not path.is_dir():
            yield path
            continue
        inside = sorted(entry for entry in path.iterdir() if entry.suffix.lower() == SUFFIX and entry.is_file())
        if not inside:
            known = ", ".join(FORMATS)
            raise DataError(f"the folder holds no file whose name ends with {SUFFIX}; name tables ({known}) as files", path=path)
        yield from inside


def _of_text(path: Path, encoding: str, taken: dict[str, Document]) -> Document:
    text = decoded(path, encoding).replace("\r\n", "\n").strip()
    title, blank, rest = text.partition("\n\n")
    has_title = bool(blank and rest.strip()) and "\n" not in title
    if not text:
        raise DataError("the file holds no text", path=path, code="file-empty")
    day = _DAY.match(path.stem)
    return Document(
        id=slug_of(path.stem, taken),
        text=rest.strip() if has_title else text,
        title=title.strip() if has_title else None,
        published=day.group(1) if day and is_date(day.group(1)) else None,
    )


def _of_table(path: Path, form: TableFormat, taken: dict[str, Document]) -> Iterator[Document]:
    table = read_table(path, form)
    if "text" not in table.columns:
        message = f"no column is named 'text', which holds the texts; {there_are(table.columns)}"
        raise DataError(message, path=path, line=1)
    ids: set[str] = set(taken)
    for number, row in enumerate(table.rows, start=1):
        if isinstance(row, Issue):
            raise error_of(row)
        document = _of_row(row, str(path), number, ids)
        ids.add(document.id)
        yield document


def _of_row(row: Row, path: str, number: int, taken: set[str]) -> Document:
    def refused(code: str, message: str, hint: str) -> DataError:
        return error_of(issue_at(path, row.line, code, message, hint))

    cells: dict[str, Any] = {}
    for name in ("id", *FIELDS):
        try:
            value = cell_text(row.cells.get(name))
        except TypeError as error:
            raise refused("wrong-type", f"column '{name}' holds {error}, a text is needed", "write it as a text") from None
        if value is not None and value.strip():
            cells[name] = value if name == "text" else value.strip()
    if "text" not in cells:
        raise refused("missing-key", "column 'text' is empty", "take the row out, or give it its text")
    name = cells.pop("id", None)
    if name in taken:
        raise refused("duplicate-id", f"the id '{name}' stands twice", "leave the column id out to number the rows")
    name = name or slug_of(f"{Path(path).stem}-{number:03d}", taken)
    rest = {
        key: value for key, value in row.cells.items() if key not in ("id", "type", "meta", *FIELDS) and value not in (None, "")
    }
    meta = row.cells.get("meta")
    document = Document(id=name, meta=rest | (meta if isinstance(meta, dict) else {}), **cells)
    try:
        raw = encode(document)
    except UnicodeEncodeError:
        raise refused("lone-surrogate", "the text holds half of a surrogate pair", "mend it where it comes from") from None
    except TypeError:
        raise refused("wrong-type", "a further column holds what JSON cannot say", "leave that column out") from None
    for fault in read_line(raw, Document, path=path, number=row.line)[1]:
        if fault.severity == "error":
            raise refused(fault.code, fault.message, fault.hint or "mend the row")
    return document
