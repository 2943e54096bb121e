"""Reading gold and predictions from files so that every message can name the line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from claimkit.jsonl import read_numbered
from claimkit.records.base import AnyRecord


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
        for line, record in read_numbered(self.path, self._kind):
            self._lines[record.id] = line.number
            yield record

    def place(self, name: str) -> dict[str, Any]:
        """Return where the record of an id stands, as keyword arguments of :class:`claimkit.errors.DataError`."""
        return {"path": self.path, "line": self._lines.get(name)}
