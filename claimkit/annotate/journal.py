"""The journal of an annotator: every change on disk before it is acknowledged, so that a killed program loses nothing."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from claimkit.errors import DataError, UsageError
from claimkit.jsonl import opening, read_lines
from claimkit.jsonl.writing import sync_folder, write_all

try:
    import fcntl
except ImportError:  # Windows has no advisory locks of this kind; there nothing keeps a second program off the same layer
    fcntl = None  # type: ignore[assignment]  # stands for the missing module

FORMAT = 1
Way = Literal["do", "undo", "redo"]


class Step(msgspec.Struct, frozen=True, gc=False):
    """That one thing was changed: a record of the layer, a draft, an actor, the state of a document.

    Attributes
    ----------
    kind, id : str
        Of the thing.
    before, after : dict or None
        Its JSON; ``None`` where it is not there.
    """

    kind: str
    id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def reversed(self) -> Step:
        """Return the step that takes this one back."""
        return Step(self.kind, self.id, self.after, self.before)


class Started(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="op", tag="started"):
    """That the page was opened; ``token`` is the SHA-256 of the secret in its address, which a later start accepts again."""

    at: str
    token: str | None = None
    format: int = FORMAT


class Changed(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="op", tag="changed"):
    """One change, which is undone as one.

    Attributes
    ----------
    revision : int
        Counts the changes of the layer, from 1.
    label : str
        What was done, in words.
    document : str or None
        To which an undo leads.
    request : str or None
        By which the page knows the change, so that one that is sent again is not made again.
    of : int or None
        Of an undo or redo: the revision of the change that is undone or made again.
    """

    revision: int
    at: str
    label: str
    steps: tuple[Step, ...]
    document: str | None = None
    request: str | None = None
    way: Way = "do"
    of: int | None = None


class Spent(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="op", tag="spent"):
    """Seconds of activity on a document or an item; ``shown``: whether suggestions could be seen, ``None`` where there are none.

    In journals of older versions it is also true where the annotator had hidden them.
    """

    document: str
    seconds: float
    shown: bool | None = None


class Closed(msgspec.Struct, frozen=True, tag_field="op", tag="closed"):
    """That the program ended in order, so that nothing has to be recovered."""


Entry = Started | Changed | Spent | Closed
_decoder = msgspec.json.Decoder(Entry)


class Journal:
    """An append-only file of entries, held by one program at a time.

    Parameters
    ----------
    path : path-like
        Is made, with its folder, where it does not exist. What a crash cut off at its end is dropped: it was never acknowledged.
    readonly : bool
        Read only, also while another program holds it; nothing is made or changed.

    Attributes
    ----------
    entries : list of Entry
        All that the file holds.

    Raises
    ------
    UsageError
        When another program holds it.
    DataError
        When it cannot be read.
    """

    def __init__(self, path: str | Path, *, readonly: bool = False) -> None:
        self.path = Path(path)
        self.readonly = readonly
        self.entries: list[Entry] = []
        self._last = self._size = 0
        self._handle = -1
        if readonly:
            if self.path.exists():
                self._read()
            return
        with opening(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            self._lock()
            self._size = self._read()
            self._drop_tail()
        except BaseException:
            os.close(self._handle)
            raise

    def _lock(self) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = "another claimkit is at work on this layer; use its page, or stop it first"
            raise UsageError(f"{self.path}: {message}") from None

    def _read(self) -> int:
        size = 0
        for line in read_lines(self.path):
            if not line.ended:
                break
            try:
                self.entries.append(_decoder.decode(line.raw))
            except msgspec.DecodeError as error:
                hint = "move the file away to start without undo and drafts; what is finished stands in the layer"
                raise DataError(f"not an entry of a journal ({error}); {hint}", path=self.path, line=line.number) from None
            size = line.offset + line.size + 1
        return size

    def _drop_tail(self) -> None:
        with opening(self.path):
            self._cut()
            sync_folder(self.path.parent)

    def append(self, *entries: Entry, durable: bool = True) -> None:
        """Write entries; when this returns they are on disk, unless ``durable`` is false.

        Raises
        ------
        DataError
            When they cannot be written; then the journal is as it was before.
        """
        block = msgspec.json.Encoder().encode_lines(entries)
        with opening(self.path):
            self._check_place()
            self._cut()
            is_done = False
            try:
                write_all(self._handle, block)
                if durable:
                    os.fsync(self._handle)
                is_done = True
            finally:
                if not is_done:
                    with contextlib.suppress(OSError):  # else it is cut before the next entry, or at the next start
                        self._cut()
        self._last = self._size
        self._size += len(block)
        self.entries.extend(entries)

    def take_back(self) -> None:
        """Drop the entry that was appended last, because what it announced could not be done."""
        self._size = self._last
        self.entries.pop()
        with contextlib.suppress(OSError):  # likewise
            self._cut()

    def _cut(self) -> None:
        if os.fstat(self._handle).st_size > self._size:
            os.ftruncate(self._handle, self._size)
            os.fsync(self._handle)

    def _check_place(self) -> None:
        try:
            is_there = os.path.samestat(os.fstat(self._handle), self.path.stat())
        except FileNotFoundError:
            is_there = False
        if not is_there:
            raise DataError(
                "the journal was moved or deleted while it was in use; stop claimkit annotate and start it again", path=self.path
            )

    def discard(self) -> None:
        """Let go of the file, and take it away if nothing was written to it."""
        if not self.entries and not self.readonly:
            self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


@contextlib.contextmanager
def folder_locked(folder: Path) -> Iterator[None]:
    """Keep other annotators of the corpus out for the length of the block: they share its actors and claims."""
    if fcntl is None:
        yield
        return
    with opening(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def undo_and_redo(entries: Sequence[Entry]) -> tuple[list[Changed], list[Changed]]:
    """Return the changes that can be undone and those that can be made again, each with the next one last."""
    undo: list[Changed] = []
    redo: list[Changed] = []
    by_revision: dict[int, Changed] = {}
    for entry in entries:
        if not isinstance(entry, Changed):
            continue
        if entry.way == "do":
            by_revision[entry.revision] = entry
            undo.append(entry)
            redo.clear()
            continue
        source, target = (undo, redo) if entry.way == "undo" else (redo, undo)
        change = by_revision.get(entry.of or 0)
        if change is not None and source and source[-1] is change:
            target.append(source.pop())
    return undo, redo
