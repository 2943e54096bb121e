"""Changes that are durable before they are acknowledged, with undo and redo across restarts; for corpora and for items alike."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from claimkit.annotate.journal import Changed, Closed, Journal, Spent, Started, Step, Way, folder_locked, undo_and_redo
from claimkit.errors import DataError

_REMEMBERED_TOKENS = 5
_MOST_SECONDS = 300.0


class StaleError(DataError):
    """The page has not seen the newest state of what it wants to change; nothing was changed."""


class NotSavedError(DataError):
    """The disk refuses; nothing was changed, and the change can be sent again."""


class Outcome(msgspec.Struct, frozen=True):
    """What a change did.

    Attributes
    ----------
    revision : int
        Of the layer, afterwards.
    document : str or None
        Where it happened.
    marked : str or None
        Id of the statement that was marked or accepted.
    label : str
        In words.
    kept : list of str
        Actors and claims that an undo left in the corpus, because others use them by now.
    """

    revision: int
    document: str | None
    marked: str | None
    label: str
    kept: list[str] = []


class Files(Protocol):
    """What a ledger needs of the files behind it; :class:`claimkit.annotate.store.Store` tells what each does."""

    tables: dict[str, dict[str, dict[str, object]]]
    kept: list[str]

    @property
    def folder_to_lock(self) -> Path:
        """The folder that is locked while anything is written."""

    @property
    def shared_kinds(self) -> frozenset[str]:
        """Kinds of things that belong to all annotators."""

    def get(self, kind: str, name: str) -> dict[str, object] | None:
        """Return the JSON of a thing, ``None`` where it is not there."""

    def set(self, step: Step) -> None:
        """Make a step in memory."""

    def set_table(self, step: Step) -> None:
        """Make a step on what stands in the journal alone."""

    def save(self) -> None:
        """Write what was changed."""

    def reload(self) -> None:
        """Read the files again; what was not saved is dropped."""

    def refresh(self, steps: Iterable[Step]) -> None:
        """Read what others have written, as far as it matters for the steps."""

    def restore(self, steps: Sequence[Step]) -> None:
        """Take out of the files what steps that failed on the way have left there."""

    def recover(self, change: Changed) -> None:
        """Make the steps of the last change that did not reach the files."""

    def is_stale(self) -> bool:
        """Tell whether another program has written to the annotator's own file."""


class Work(Protocol):
    """Steps that are made in memory one after the other."""

    steps: list[Step]
    documents: dict[str, None]
    marked: str | None

    def run(self) -> None:
        """Make the steps."""


AnyFiles = TypeVar("AnyFiles", bound=Files)


def now_utc() -> datetime.datetime:
    """Return the time, to the second."""
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


class Ledger(Generic[AnyFiles]):
    """The changes of one annotator.

    Opening it recovers what a killed program left: the last change that reached the journal is made in the files too.

    Parameters
    ----------
    journal : path-like
    open_files : callable
        Gives the files; called when the journal is held, so that nobody else works on them.
    clock : callable
        Gives the time.
    readonly : bool
        Only look; nothing is recovered, and nothing can be changed.

    Attributes
    ----------
    store : Files
    revision : int
        How many changes were made, undoing included.
    seconds : dict of str to float
        Time of activity by document or item.
    shown : dict of str to set
        Whether suggestions were shown in the document, as in :class:`claimkit.annotate.journal.Spent`; all that was ever the case.
    """

    store: AnyFiles

    def __init__(
        self,
        journal: str | Path,
        open_files: Callable[[], AnyFiles],
        clock: Callable[[], datetime.datetime],
        *,
        readonly: bool = False,
    ) -> None:
        self.clock = clock
        self.journal = Journal(journal, readonly=readonly)
        try:
            self.store = open_files()
            self._replay()
        except BaseException:
            self.journal.discard()
            raise

    def _replay(self) -> None:
        changes = [entry for entry in self.journal.entries if isinstance(entry, Changed)]
        self.revision = changes[-1].revision if changes else 0
        self._requests = {entry.request: entry for entry in changes if entry.request is not None}
        self._unsettled: tuple[Step, ...] = ()
        self._must_reload = False
        self._touched: dict[str, int] = {}
        self._used: dict[str, None] = {}
        self.seconds: dict[str, float] = {}
        self.shown: dict[str, set[bool | None]] = {}
        for entry in changes:
            self._remember(entry)
            for step in entry.steps:
                if step.kind in self.store.tables:
                    self.store.set_table(step)
        for spent in self.journal.entries:
            if isinstance(spent, Spent):
                self._count(spent)
        self._undo, self._redo = undo_and_redo(changes)
        if changes and not isinstance(self.journal.entries[-1], Closed) and not self.journal.readonly:
            with folder_locked(self.store.folder_to_lock):
                self.store.recover(changes[-1])

    # who may speak to it

    def tokens(self) -> list[str]:
        """Return the hashes of the secrets of earlier starts, so that a page which is still open goes on after a restart."""
        found = [entry.token for entry in self.journal.entries if isinstance(entry, Started) and entry.token is not None]
        return found[-_REMEMBERED_TOKENS:]

    def start(self, token: str | None = None) -> None:
        """Note that the page was opened, with the hash of its secret."""
        self.journal.append(Started(at=self._time(), token=token))

    # changes

    def make(self, prepare: Callable[[], Work], *, seen: int, request: str, label: str) -> Outcome:
        """Make a change; when this returns it is on disk.

        Parameters
        ----------
        prepare : callable
            Gives the work, when the files are up to date and locked.
        seen : int
            The last revision that the page has seen.
        request : str
            By which the page knows the change; a second one of the same name is not made.
        label : str
            In words.

        Raises
        ------
        StaleError
            When something it touches was changed since the revision that the page has seen.
        NotSavedError
            When it cannot be written.
        DataError
            When it is not valid. In all cases nothing is changed.
        """
        done = self._requests.get(request)
        if done is not None:  # its acknowledgement was lost, and it is sent again
            return Outcome(self.revision, done.document, marked_in(done.steps), done.label)
        with self._held():
            self._look()
            self.store.refresh(())
            work = prepare()
            try:
                work.run()
                self._check_revision(seen, work.documents)
            except StaleError:
                self._take_back(work.steps)
                raise
            except DataError as error:
                self._take_back(work.steps)
                if seen < self.revision:  # what it asks for may have been right for what it has seen
                    raise StaleError(error.message, code=error.code) from None
                raise
            document = next(iter(work.documents), None)
            self._write(tuple(work.steps), label, document, request=request)
        return Outcome(self.revision, document, work.marked, label)

    def undo(self, revision: int, request: str | None = None) -> Outcome:
        """Take the last change back; see :meth:`make` for what is raised."""
        return self._turn("undo", self._undo, revision, request)

    def redo(self, revision: int, request: str | None = None) -> Outcome:
        """Make the change that was undone last again."""
        return self._turn("redo", self._redo, revision, request)

    def _turn(self, way: Way, stack: list[Changed], revision: int, request: str | None) -> Outcome:
        done = self._requests.get(request) if request else None
        if done is not None:
            return Outcome(self.revision, done.document, None, done.label)
        if revision != self.revision:
            raise StaleError("another tab has changed this layer since; look at its state first")
        if not stack:
            raise DataError(f"there is nothing to {way}")
        change = stack[-1]
        steps = tuple(step.reversed() for step in reversed(change.steps)) if way == "undo" else change.steps
        with self._held():
            self._look()
            self.store.refresh(steps)
            made: list[Step] = []
            self.store.kept.clear()
            try:
                for step in steps:
                    if step.kind not in self.store.shared_kinds and self.store.get(step.kind, step.id) != step.before:
                        raise DataError(f"cannot {way} '{change.label}': '{step.id}' was changed by another program since")
                    self.store.set(step)
                    made.append(step)
            except DataError:
                self._take_back(made)
                raise
            kept = list(self.store.kept)
            self._write(steps, change.label, change.document, way=way, of=change.revision, request=request)
        return Outcome(self.revision, change.document, None, change.label, kept)

    @property
    def next_undo(self) -> str | None:
        """What would be undone, in words."""
        return self._undo[-1].label if self._undo else None

    @property
    def next_redo(self) -> str | None:
        """What would be made again, in words."""
        return self._redo[-1].label if self._redo else None

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(folder_locked(self.store.folder_to_lock))
            except DataError as error:
                raise NotSavedError(error.message, path=error.path) from None
            yield

    def _look(self) -> None:
        """See that the files are as they were left; else read them, and have the page do so too."""
        try:
            self._settle()
            if self._must_reload:
                self._reload()
        except DataError as error:
            raise NotSavedError(error.message, path=error.path) from None
        if self.store.is_stale():
            self._reload()
            self._touched["*"] = self.revision = self.revision + 1
            raise StaleError("your layer was changed by another program; look at its state first")

    def _check_revision(self, seen: int, documents: Mapping[str, None]) -> None:
        newest = max((self._touched.get(document, 0) for document in ("*", *documents)), default=0)
        if seen < newest:
            raise StaleError("another tab has changed this document since; look at its state first")

    def _write(
        self,
        steps: tuple[Step, ...],
        label: str,
        document: str | None,
        *,
        way: Way = "do",
        of: int | None = None,
        request: str | None,
    ) -> None:
        if not steps:
            return
        number = self.revision + 1
        entry = Changed(number, self._time(), label, steps, document=document, request=request, way=way, of=of)
        try:
            self.journal.append(entry)
        except DataError as error:
            self._take_back(steps)
            raise NotSavedError(error.message, path=error.path) from None
        try:
            self.store.save()
        except DataError as error:
            self._undo_tables(steps)
            self._unsettled = steps
            with contextlib.suppress(DataError):  # then it is tried again before the next change
                self._settle()
            raise NotSavedError(error.message, path=error.path) from None
        self.revision = number
        if request is not None:
            self._requests[request] = entry
        self._remember(entry)
        self._undo, self._redo = self._moved(entry)

    def _moved(self, entry: Changed) -> tuple[list[Changed], list[Changed]]:
        if entry.way == "do":
            return [*self._undo, entry], []
        if entry.way == "undo":
            return self._undo[:-1], [*self._redo, self._undo[-1]]
        return [*self._undo, self._redo[-1]], self._redo[:-1]

    def _settle(self) -> None:
        """Take out of the files what a change that failed has left in them; only then its entry leaves the journal.

        A program that is killed before finds the entry at its next start, and makes the change whole.
        """
        if self._unsettled:
            self._must_reload = True
            self.store.restore(self._unsettled)
            self._must_reload = False
            self.journal.take_back()
            self._unsettled = ()

    def _take_back(self, steps: Sequence[Step]) -> None:
        """Bring the memory back to what is on disk."""
        self._undo_tables(steps)
        with contextlib.suppress(DataError):  # then it is tried again before the next change
            self._reload()

    def _reload(self) -> None:
        self._must_reload = True
        self.store.reload()
        self._must_reload = False

    def _undo_tables(self, steps: Sequence[Step]) -> None:
        for step in reversed(steps):
            if step.kind in self.store.tables:
                self.store.set_table(step.reversed())

    def _remember(self, entry: Changed) -> None:
        for step in entry.steps:
            self._used[step.id] = None
            for value in (step.before, step.after):
                if value is not None and isinstance(value.get("document"), str):
                    self._touched[value["document"]] = entry.revision
        if entry.document is not None:
            self._touched[entry.document] = entry.revision

    # time

    def spend(self, document: str, seconds: float, *, shown: bool | None = None) -> None:
        """Add to the time of a document or item; at most five minutes at once, so that a page left open counts for little.

        No time at all is noted only where suggestions are shown for the first time: what was seen for a moment was seen.
        """
        is_first_sight = seconds == 0 and shown is True and True not in self.shown.get(document, ())
        if self._unsettled or not (seconds > 0 or is_first_sight):
            return
        spent = Spent(document=document, seconds=round(min(seconds, _MOST_SECONDS), 1), shown=shown)
        self.journal.append(spent, durable=False)
        self._count(spent)

    def _count(self, spent: Spent) -> None:
        self.seconds[spent.document] = self.seconds.get(spent.document, 0.0) + spent.seconds
        self.shown.setdefault(spent.document, set()).add(spent.shown)

    def close(self) -> None:
        """End in order; what is on disk needs no recovery then, unless a change that failed is still in the journal."""
        try:
            if self.journal.entries and not self.journal.readonly and not self._unsettled:
                self.journal.append(Closed())
        finally:
            self.journal.discard()  # nothing but an empty file goes

    def _time(self) -> str:
        return self.clock().isoformat().replace("+00:00", "Z")


def marked_in(steps: Sequence[Step]) -> str | None:
    """Return the id of the statement that steps have made, if they have made one."""
    made = [step.id for step in steps if step.kind in ("statement", "draft") and step.before is None and step.after is not None]
    return made[-1] if made else None
