"""Writing JSON Lines: edits of one line, durable appends, atomic replacement."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, TypeAlias

import msgspec

from claimkit.errors import DataError
from claimkit.jsonl.reading import opening
from claimkit.records import Record, encode

try:
    import fcntl
except ImportError:  # Windows has no advisory locks of this kind; appends are then safe within one process only
    fcntl = None  # type: ignore[assignment]  # stands for the missing module

_BINARY = getattr(os, "O_BINARY", 0)  # Windows would otherwise write CR LF
_Members: TypeAlias = dict[str, msgspec.Raw]


def lines_of(records: Iterable[msgspec.Struct]) -> Iterator[bytes]:
    """Yield the canonical line of each record, with its line feed."""
    for record in records:
        yield encode(record) + b"\n"


def edit_line(raw: bytes, old: Record, new: Record) -> bytes:
    r"""Return the line of an edited record in which every value that did not change keeps its bytes and its place.

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
    before, after = _members(encode(old)), _members(encode(new))
    # Compared as bytes, because to Python 1, 1.0 and true are equal.
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if not changed:
        return raw
    kept = _members(raw)
    order = [key for key in kept if key not in changed or key in after]
    previous = -1
    for key in after:
        if key in changed and key not in kept:
            order.insert(previous + 1, key)
        previous = order.index(key) if key in order else previous
    return msgspec.json.encode({key: after[key] if key in changed else kept[key] for key in order})


def _members(raw: bytes) -> _Members:
    return msgspec.json.decode(raw, type=_Members)


def append_records(path: str | Path, records: Iterable[msgspec.Struct]) -> int:
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
    if not chunks:
        return 0
    block = b"".join(chunks)
    path = Path(path)
    with _writing(path), locked(path, create=True) as handle:
        before = os.fstat(handle).st_size
        if ends_open(handle):
            block = _newline_after_tail(path) + block
        is_done = False
        try:
            write_all(handle, block)
            os.fsync(handle)
            if not before:
                sync_folder(path.parent)
            is_done = True
        finally:
            if not is_done:
                os.ftruncate(handle, before)
    return len(chunks)


@contextlib.contextmanager
def locked(path: str | Path, *, create: bool = False) -> Iterator[int]:
    """Open a file for reading and appending, and keep other writers out of it for the length of the block.

    Whoever reads a file in order to write it anew with :func:`replacing` does both inside this block; else what others append
    between the two is lost. :func:`append_records` and :func:`repair <claimkit.jsonl.repair>` take the lock themselves.

    Yields
    ------
    int
        File descriptor.
    """
    flags = os.O_RDWR | os.O_APPEND | _BINARY | (os.O_CREAT if create else 0)
    while True:
        handle = os.open(path, flags, 0o666)
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX)
            if _is_still_at(handle, path):
                yield handle
                return
        finally:
            os.close(handle)


def _is_still_at(handle: int, path: str | Path) -> bool:
    """Tell whether the path still leads to the open file: while the lock was waited for, another file may have taken its place."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))  # noqa: PTH116 - the pair of os.fstat
    except FileNotFoundError:
        return False


def ends_open(handle: int) -> bool:
    """Tell whether an open file has bytes and the last one is not a line feed."""
    if os.fstat(handle).st_size == 0:
        return False
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1) != b"\n"


def _newline_after_tail(path: Path) -> bytes:
    from claimkit.jsonl.mending import torn_tail  # here, because mending writes too

    tail = torn_tail(path)
    if tail is not None:
        message = f"the last line was cut off in the middle of a record; run: claimkit repair {path}"
        raise DataError(message, path=path, line=tail.number, code="torn-line")
    return b"\n"


def write_all(handle: int, block: bytes) -> None:
    """Write a block through a file descriptor, however many calls it takes."""
    view = memoryview(block)
    while view:
        view = view[os.write(handle, view) :]


def sync_folder(folder: Path) -> None:
    """Put on disk which files a folder holds."""
    if os.name == "nt":
        return  # Windows gives no handle on a folder
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _NewFile(io.FileIO):
    """The file that will take the place of another; the system's refusals become errors about that other one."""

    def __init__(self, handle: int, path: Path) -> None:
        super().__init__(handle, "wb")
        self.path = path

    def write(self, block: Any) -> int:
        with opening(self.path):
            return os.write(self.fileno(), block)


def check_writable(path: str | Path) -> None:
    """Raise a :class:`DataError` when no file can be written at a path; call it before long work.

    A device or a pipe is passed over.
    """
    path = Path(path)
    if path.exists() and not path.is_file() and not path.is_dir():
        return
    if path.is_dir():
        raise DataError("this is a folder, a file is needed", path=path, code="file-is-folder")
    folder = (path.resolve() if path.is_symlink() else path).parent
    if not folder.exists():
        raise DataError(f"the folder '{folder}' does not exist; make it first, or name another place", path=path)
    if not folder.is_dir():
        raise DataError(f"'{folder}' is a file, not a folder; name another place", path=path)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DataError(f"you may not write in the folder '{folder}'; name another place", path=path)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Like :func:`opening`, for a file that is made: what is missing or shut is its folder, not the file."""
    with opening(path):
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            check_writable(path)
            raise


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file to be written whole: at the end of the block it takes the place of ``path``; on any failure nothing changes.

    A symbolic link stays one: what it leads to is replaced. A device or a pipe is written to directly.

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
        is_special = path.exists() and not path.is_file()
    if is_special:
        with opening(path):
            handle = os.open(path, os.O_WRONLY | _BINARY)
        with io.BufferedWriter(_NewFile(handle, path)) as file:
            yield file
        return
    with _writing(path):
        real = path.resolve() if path.is_symlink() else path
        part = real.with_name(f".{real.name[:40]}.{secrets.token_hex(4)}.part")
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    try:
        with io.BufferedWriter(_NewFile(handle, path)) as file:
            yield file
            file.flush()
            with opening(path):
                os.fsync(handle)
        with opening(path):
            if real.exists():
                part.chmod(real.stat().st_mode & 0o777)
            os.replace(part, real)  # noqa: PTH105 - the call that the tests make fail
            sync_folder(real.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


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
