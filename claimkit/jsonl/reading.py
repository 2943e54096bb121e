"""Reading JSON Lines: lines with their place, and strict records."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from claimkit.errors import DataError
from claimkit.issues import Issue
from claimkit.records import Item, Prediction
from claimkit.records.base import AnyRecord
from claimkit.records.line import read_line

MAX_LINE = 16 * 1024 * 1024
_BLOCK = 1024 * 1024


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line of a file.

    Attributes
    ----------
    number : int
        1-based.
    offset : int
        Of its first byte in the file.
    raw : bytes
        Without the line feed; empty when the line was too long to keep.
    size : int
        Length in bytes, also of a line that was too long.
    ended : bool
        Whether a line feed follows; only the last line may lack it.
    """

    number: int
    offset: int
    raw: bytes
    size: int
    ended: bool

    def read(self, kind: type[AnyRecord], path: str | Path) -> tuple[AnyRecord | None, list[Issue]]:
        """Read the line as a record; see :func:`claimkit.records.line.read_line`."""
        return read_line(self.raw, kind, path=str(path), number=self.number, offset=self.offset, size=self.size, ended=self.ended)


def read_lines(path: str | Path, *, limit: int = MAX_LINE) -> Iterator[Line]:
    """Yield the lines of a file, without ever holding more than ``limit`` bytes of one.

    Parameters
    ----------
    path : path-like
        ``"-"`` is the standard input.
    limit : int
        Longest line that is kept, in bytes; a longer one comes with empty ``raw``.

    Raises
    ------
    DataError
        When the file is missing, a folder, or may not be read.
    """
    with open_input(path) as file:
        number, offset = 0, 0
        read, most = file.readline, limit + 1
        while raw := read(most):
            number += 1
            ended = raw.endswith(b"\n")
            size = len(raw)
            if size > limit and not ended:
                raw = b""
                while piece := read(_BLOCK):
                    size += len(piece)
                    ended = piece.endswith(b"\n")
                    if ended:
                        break
            yield Line(number, offset, raw[:-1] if ended and raw else raw, size - ended, ended)
            offset += size


@contextlib.contextmanager
def open_input(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, or the standard input for ``"-"``; the reasons why it cannot be become :class:`DataError`."""
    if str(path) == "-":
        with opening("<stdin>"):
            yield sys.stdin.buffer
    else:
        with opening(path), Path(path).open("rb") as file:
            yield file


@contextlib.contextmanager
def opening(path: str | Path) -> Iterator[None]:
    """Turn the operating system's refusals inside the block into a :class:`DataError` with a sentence."""
    try:
        yield
    except FileNotFoundError:
        parent = Path(path).parent
        hint = "" if parent.is_dir() else f"; the folder '{parent}' does not exist either"
        raise DataError(f"there is no such file{hint}", path=path, code="file-missing") from None
    except IsADirectoryError:
        is_corpus = (Path(path) / "corpus.toml").is_file()
        advice = f"; make a file of items with: claimkit items {path} --out items.jsonl" if is_corpus else ""
        what = "corpus" if is_corpus else "folder"
        raise DataError(f"this is a {what}, a file is needed{advice}", path=path, code="file-is-folder") from None
    except NotADirectoryError:
        raise DataError("a part of this path is a file, not a folder", path=path, code="file-missing") from None
    except PermissionError:
        raise DataError("you may not read or write this file; look at its permissions", path=path, code="file-unreadable") from None
    except OSError as error:
        raise DataError(f"{(error.strerror or 'it cannot be used').lower()}", path=path, code="file-unreadable") from None


def read_records(path: str | Path, kind: type[AnyRecord]) -> Iterator[AnyRecord]:
    """Yield the records of a file, all of one type, and stop at the first that is not valid.

    Raises
    ------
    DataError
        With file, line and column. ``claimkit validate`` lists all problems at once.
    """
    for _, record in read_numbered(path, kind):
        yield record


def read_numbered(path: str | Path, kind: type[AnyRecord]) -> Iterator[tuple[Line, AnyRecord]]:
    """Like :func:`read_records`, each record together with the line it stands in."""
    found = False
    for line in read_lines(path):
        record, issues = line.read(kind, path)
        for issue in issues:
            if issue.severity == "error":
                raise error_of(issue)
        if record is not None:
            found = True
            yield line, record
    if not found:
        raise DataError("the file holds no record", path=path, code="file-empty")


def read_distinct(paths: Iterable[str | Path], kind: type[AnyRecord]) -> Iterator[tuple[str | Path, Line, AnyRecord]]:
    """Like :func:`read_numbered`, of several files together; an id that occurs twice among them is an error.

    Yields
    ------
    path : path-like
    line : Line
    record : Record

    Raises
    ------
    DataError
        Also at the line of a second record with the same id.
    """
    seen: set[str] = set()
    for path in paths:
        for line, record in read_numbered(path, kind):
            if record.id in seen:
                message = f"the id '{record.id}' occurs twice; give one of the two another id, or take it out"
                raise DataError(message, path=path, line=line.number, code="duplicate-id")
            seen.add(record.id)
            yield path, line, record


def error_of(issue: Issue) -> DataError:
    """Return a finding as the exception that stops the work."""
    hint = f"; {issue.hint}" if issue.hint else ""
    return DataError(f"{issue.message}{hint}", path=issue.path, line=issue.line, column=issue.column, code=issue.code)


def read_items(path: str | Path) -> Iterator[Item]:
    """Yield the :class:`~claimkit.records.Item` records of a file (``"-"``: standard input); ``"type"`` may be left out."""
    return read_records(path, Item)


def read_predictions(path: str | Path) -> Iterator[Prediction]:
    """Yield the :class:`~claimkit.records.Prediction` records of a file (``"-"``: standard input)."""
    return read_records(path, Prediction)
