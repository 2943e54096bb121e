"""Reading gold, predictions and layers from files so that every message can name the line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from claimkit.errors import DataError
from claimkit.jsonl import error_of, open_input, read_lines, read_numbered
from claimkit.records import Item, Relation, Statement
from claimkit.records.base import AnyRecord

CONFIG = "corpus.toml"  # by which the folder of a corpus is known


class Numbered:
    """The records of a file, and the line in which each id stands (the last one, where an id occurs twice).

    Parameters
    ----------
    path : path-like
        ``"-"`` is the standard input.
    kind : type
        A record type.
    """

    def __init__(self, path: str | Path, kind: type[AnyRecord]) -> None:
        self.path = path
        self._kind = kind
        self._lines: dict[str, int] = {}

    def __iter__(self) -> Iterator[Any]:
        if self._kind is Item and (Path(self.path) / CONFIG).is_file():
            hint = f"make one with: claimkit items {self.path} --out items.jsonl"
            raise DataError(f"this is a corpus, a file of items is needed; {hint}", path=self.path, code="file-is-folder")
        for line, record in read_numbered(self.path, self._kind):
            self._lines[record.id] = line.number
            yield record

    def place(self, name: str) -> dict[str, Any]:
        """Return where the record of an id stands, as keyword arguments of :class:`claimkit.errors.DataError`."""
        return {"path": self.path, "line": self._lines.get(name)}


class _Typed(msgspec.Struct):
    type: str = ""


def _type_of(raw: bytes) -> str:
    try:
        return msgspec.json.decode(raw, type=_Typed).type
    except msgspec.DecodeError:
        return ""


def is_layer(path: str | Path) -> bool:
    """Tell whether a file starts with a statement or a relation; the standard input is taken for something else."""
    if str(path) == "-":
        return False
    with open_input(path) as file:
        return _type_of(file.readline().removeprefix(b"\xef\xbb\xbf")) in ("statement", "relation")


def read_statements(path: str | Path) -> Iterator[Statement]:
    """Yield the statements of a layer file, and pass over its relations.

    Raises
    ------
    DataError
        At the first line that is neither, or when there is no statement.
    """
    found = False
    for line in read_lines(path):
        kind = Relation if _type_of(line.raw) == "relation" else Statement
        record, issues = line.read(kind, path)
        for issue in issues:
            if issue.severity == "error":
                raise error_of(issue)
        if isinstance(record, Statement):
            found = True
            yield record
    if not found:
        raise DataError("the file holds no statement", path=path, code="file-empty")
