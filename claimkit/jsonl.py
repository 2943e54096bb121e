"""JSON Lines on disk: lines with their place, strict records, durable appends, atomic replacement, repair of a torn tail."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from claimkit.errors import DataError
from claimkit.issues import Issue
from claimkit.records import Item, Prediction, Record, encode
from claimkit.records.base import AnyRecord
from claimkit.records.line import read_line

try:
    import fcntl
except ImportError:  # Windows has no advisory locks of this kind; appends are then safe within one process only
    fcntl = None  # type: ignore[assignment]  # stands for the missing module

MAX_LINE = 16 * 1024 * 1024
_BLOCK = 1024 * 1024


class Line(NamedTuple):
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
        while raw := file.readline(limit + 1):
            number += 1
            ended = raw.endswith(b"\n")
            size = len(raw)
            if size > limit and not ended:
                raw = b""
                while piece := file.readline(_BLOCK):
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
        yield sys.stdin.buffer
        return
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
        raise DataError("this is a folder, a file is needed", path=path, code="file-is-folder") from None
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
        record, issues = read_line(line.raw, kind, path=str(path), number=line.number, offset=line.offset, size=line.size, ended=line.ended)
        for issue in issues:
            if issue.severity == "error":
                raise error_of(issue)
        if record is not None:
            found = True
            yield line, record
    if not found:
        raise DataError("the file holds no record", path=path, code="file-empty")


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


def lines_of(records: Iterable[Record]) -> Iterator[bytes]:
    """Yield the canonical line of each record, with its line feed."""
    for record in records:
        yield encode(record) + b"\n"


def edit_line(raw: bytes, old: Record, new: Record) -> bytes:
    r"""Return the line of an edited record in which every value that did not change keeps its bytes.

    Parameters
    ----------
    raw : bytes
        The line as it was read, without line feed.
    old : Record
        What was read from it.
    new : Record
        The edited record, of the same type.

    Examples
    --------
    >>> from claimkit.records import Claim
    >>> raw = b'{"type":"claim","id":"c1","text":"It rains.","meta":{"score":1.10}}'
    >>> old = Claim(id="c1", text="It rains.", meta={"score": 1.1})
    >>> edit_line(raw, old, Claim(id="c1", text="It snows.", meta={"score": 1.1}))
    b'{"type":"claim","id":"c1","text":"It snows.","meta":{"score":1.10}}'
    """
    if new == old:
        return raw
    kept: dict[str, msgspec.Raw] = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    fresh: dict[str, msgspec.Raw] = msgspec.json.decode(encode(new), type=dict[str, msgspec.Raw])
    changed = {name for name in new.__struct_fields__ if getattr(new, name) != getattr(old, name)}
    order = list(kept) if set(fresh) <= set(kept) else list(fresh)
    merged = {key: fresh[key] if key in changed or key not in kept else kept[key] for key in order if key in fresh or key not in changed}
    return msgspec.json.encode(merged)


def append_records(path: str | Path, records: Iterable[Record]) -> int:
    """Append records to a file; when this returns they are on disk, and other writers' records are whole.

    Returns
    -------
    int
        How many records were appended.

    Raises
    ------
    DataError
        When the file ends in a torn line (``claimkit repair`` mends it) or cannot be written; then nothing was added.
    """
    chunks = list(lines_of(records))
    block = b"".join(chunks)
    if not block:
        return 0
    path = Path(path)
    with opening(path):
        fresh = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX)
            before = os.fstat(handle).st_size
            if before and os.pread(handle, 1, before - 1) != b"\n":
                block = _newline_after_tail(path) + block
            try:
                _write_all(handle, block)
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, before)
                raise
        finally:
            os.close(handle)
        if fresh:
            _sync_folder(path.parent)
    return len(chunks)


def _newline_after_tail(path: Path) -> bytes:
    tail = torn_tail(path)
    if tail is not None:
        raise DataError("the last line was cut off in the middle of a record; run: claimkit repair", path=path, line=tail.number, code="torn-line")
    return b"\n"


def _write_all(handle: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows gives no handle on a folder
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file to be written whole: at the end of the block it takes the place of ``path``; on any failure nothing changes.

    >>> import tempfile, pathlib
    >>> target = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> with replacing(target) as file:
    ...     _ = file.write(b"whole")
    >>> target.read_bytes()
    b'whole'
    """
    path = Path(path)
    with opening(path):
        if path.is_dir():
            raise IsADirectoryError
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            with opening(path):
                file.flush()
                os.fsync(file.fileno())
        with opening(path):
            Path(name).chmod(mode)
            Path(name).replace(path)
            _sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_records(path: str | Path, records: Iterable[Record]) -> int:
    """Write a file of records whole, in place of what was there; ``"-"`` is the standard output. Returns how many."""
    return write_lines(path, lines_of(records))


def write_lines(path: str | Path, lines: Iterable[bytes]) -> int:
    """Write lines (each with its line feed) as a whole file, in place of what was there; ``"-"`` is the standard output."""
    count = 0
    if str(path) == "-":
        for line in lines:
            sys.stdout.buffer.write(line)
            count += 1
        sys.stdout.buffer.flush()
        return count
    with replacing(path) as file:
        for line in lines:
            file.write(line)
            count += 1
    return count


def torn_tail(path: str | Path) -> Line | None:
    """Return the last line of a file if it was cut off in the middle of a record, else ``None``."""
    last = None
    for last in read_lines(path):  # noqa: B007 - only the last one matters
        pass
    if last is None or last.ended:
        return None
    try:
        msgspec.json.decode(last.raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return last
    return None


def repair(path: str | Path) -> Line | None:
    """Drop a torn last line, never a whole one; where only the last line feed is missing, add it.

    Returns
    -------
    Line or None
        The line that was dropped, with its bytes and their offset.
    """
    tail = torn_tail(path)
    with opening(path), Path(path).open("r+b") as file:
        if tail is not None:
            file.truncate(tail.offset)
        elif file.seek(0, os.SEEK_END) and not _ends_in_newline(file):
            file.write(b"\n")
        else:
            return None
        file.flush()
        os.fsync(file.fileno())
    return tail


def _ends_in_newline(file: IO[bytes]) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
