"""The torn last line that a crash leaves behind: finding it and dropping it, never a whole one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, NamedTuple

from claimkit.jsonl.reading import MAX_LINE, Line, open_input, opening
from claimkit.jsonl.writing import ends_open, locked, write_all
from claimkit.jsontext import is_cut

_BLOCK = 1024 * 1024


class Repair(NamedTuple):
    """What :func:`repair` did.

    Attributes
    ----------
    dropped : Line or None
        The torn line, with its bytes (if it was not too long to keep) and their offset.
    added_newline : bool
        Whether the last line was whole and lacked only its line feed, which it has now.
    """

    dropped: Line | None = None
    added_newline: bool = False


def torn_tail(path: str | Path) -> Line | None:
    """Return the last line of a file if it was cut off in the middle of a record, else ``None``."""
    with open_input(path) as file:
        end = file.seek(0, os.SEEK_END)
        start = _start_of_last_line(file, end)
        if not _is_cut(file, start, end):
            return None
        file.seek(start)
        raw = file.read() if end - start <= MAX_LINE else b""
        return Line(_count_newlines(file, start) + 1, start, raw, end - start, ended=False)


def repair(path: str | Path) -> Repair:
    """Drop a torn last line, never a whole one; where only the last line feed is missing, add it.

    Other writers wait meanwhile, so that a line which one of them is just writing is not taken for a torn one.

    Raises
    ------
    DataError
        When the file is missing or may not be written.
    """
    with opening(path), locked(path) as handle:
        tail = torn_tail(path)
        if tail is not None:
            os.ftruncate(handle, tail.offset)
        elif ends_open(handle):
            write_all(handle, b"\n")
        else:
            return Repair()
        os.fsync(handle)
    return Repair(tail, added_newline=tail is None)


def _start_of_last_line(file: IO[bytes], end: int) -> int:
    """Return where the last line starts, which is the end of the file when that line has its line feed."""
    at = end
    while at > 0:
        step = min(_BLOCK, at)
        file.seek(at - step)
        found = file.read(step).rfind(b"\n")
        if found >= 0:
            return at - step + found + 1
        at -= step
    return 0


def _is_cut(file: IO[bytes], start: int, end: int) -> bool:
    file.seek(start)
    if end - start <= MAX_LINE:
        return is_cut(file.read())
    head = file.read(1)  # too long to be read: a line that might be whole is never called torn
    file.seek(end - _BLOCK)
    return head == b"{" and not file.read().rstrip(b"\0 \t\r").endswith(b"}")


def _count_newlines(file: IO[bytes], end: int) -> int:
    file.seek(0)
    count = 0
    while end > 0:
        block = file.read(min(_BLOCK, end))
        count += block.count(b"\n")
        end -= len(block)
    return count
