"""One annotator at work on one layer: changes, undo and redo, each durable before it is acknowledged; testable without a page."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from claimkit.annotate.actions import Request
from claimkit.annotate.journal import Changed, Closed, Journal, Spent, Started, Step, Way, folder_locked, undo_and_redo
from claimkit.annotate.plan import Plan
from claimkit.annotate.store import Store
from claimkit.annotate.suggestions import Suggestions
from claimkit.corpus.config import read_config
from claimkit.errors import DataError, UsageError
from claimkit.records.check import is_id

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


def now_utc() -> datetime.datetime:
    """Return the time, to the second."""
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def journal_path(folder: str | Path, annotator: str) -> Path:
    """Return where the journal of an annotator lies: beside the layer, with another ending, so that no reader takes it for one."""
    return Path(folder) / "layers" / f"{annotator}.journal"


def check_annotator(annotator: str) -> None:
    """Raise a :class:`UsageError` when a name cannot be that of an annotator."""
    if not is_id(annotator) or len(annotator) > 60 or annotator.startswith("."):
        raise UsageError(f"{annotator!r} cannot name an annotator: at most 60 characters, no space, no slash, no dot at the start")
    if annotator == "gold":
        raise UsageError("gold is what adjudication makes of the layers of annotators; name yourself with --annotator NAME")


class Session:
    """The work of one annotator.

    Opening it recovers what a killed program left: the last change that reached the journal is made in the layer too.

    Parameters
    ----------
    folder : path-like
        Of a corpus.
    annotator : str
        Names the layer; it is made with the first finished statement.
    suggestions : str, optional
        A layer, or a file of statements, to be shown as suggestions.
    blind_share : float
        Share of the documents in which none is shown, in [0, 1].
    seed : int
        Which documents these are.
    clock : callable
        Gives the time, for the journal and for ``created``.

    Attributes
    ----------
    store : Store
    revision : int
        How many changes were made, undoing included.
    seconds : dict of str to float
        Time of activity by document.

    Raises
    ------
    DataError, ConfigError, UsageError
        When the corpus is not valid, or another program works on the layer.
    """

    def __init__(
        self,
        folder: str | Path,
        annotator: str,
        *,
        suggestions: str | None = None,
        blind_share: float = 0.0,
        seed: int = 13,
        clock: Callable[[], datetime.datetime] = now_utc,
    ) -> None:
        check_annotator(annotator)
        read_config(folder)  # before anything is made in what is no corpus
        self.annotator = annotator
        self.clock = clock
        self.journal = Journal(journal_path(folder, annotator))
        try:
            self._open(Path(folder), suggestions, blind_share, seed)
        except BaseException:
            self.journal.discard()
            raise

    def _open(self, folder: Path, suggestions: str | None, blind_share: float, seed: int) -> None:
        self.store = Store(folder, self.annotator)
        changes = [entry for entry in self.journal.entries if isinstance(entry, Changed)]
        self.revision = changes[-1].revision if changes else 0
        self._requests = {entry.request: entry for entry in changes if entry.request is not None}
        self._unsettled: tuple[Step, ...] = ()
        self._touched: dict[str, int] = {}
        self._used: dict[str, None] = {}
        self.seconds: dict[str, float] = {}
        for entry in changes:
            self._remember(entry)
            for step in entry.steps:
                if step.kind in self.store.tables:
                    self.store.set_table(step)
        for spent in self.journal.entries:
            if isinstance(spent, Spent):
                self.seconds[spent.document] = self.seconds.get(spent.document, 0.0) + spent.seconds
        self._undo, self._redo = undo_and_redo(changes)
        if changes and not isinstance(self.journal.entries[-1], Closed):
            with folder_locked(self.store.folder / "layers"):
                self.store.recover(changes[-1])
        self.suggestions = (
            Suggestions(self.store, suggestions, blind_share=blind_share, seed=seed) if suggestions is not None else None
        )

    # who may speak to it

    def tokens(self) -> list[str]:
        """Return the hashes of the secrets of earlier starts, so that a page which is still open goes on after a restart."""
        found = [entry.token for entry in self.journal.entries if isinstance(entry, Started) and entry.token is not None]
        return found[-_REMEMBERED_TOKENS:]

    def start(self, token: str | None = None) -> None:
        """Note that the page was opened, with the hash of its secret."""
        self.journal.append(Started(at=self._time(), token=token))

    # changes

    def change(self, request: Request) -> Outcome:
        """Make a change; when this returns it is on disk.

        Raises
        ------
        StaleError
            When something it touches was changed since the revision that the page has seen.
        NotSavedError
            When it cannot be written.
        DataError
            When it is not valid. In all cases nothing is changed.
        """
        done = self._requests.get(request.request)
        if done is not None:  # its acknowledgement was lost, and it is sent again
            return Outcome(self.revision, done.document, self._marked_in(done.steps), done.label)
        with folder_locked(self.store.folder / "layers"):
            self._check_layer()
            self.store.refresh(())
            plan = Plan(self.store, self.suggestions, self._used, self.clock().date().isoformat())
            try:
                for action in request.actions:
                    plan.do(action)
                self._check_revision(request.revision, plan.documents)
            except StaleError:
                self._take_back(plan.steps)
                raise
            except DataError as error:
                self._take_back(plan.steps)
                if request.revision < self.revision:  # what it asks for may have been right for what it has seen
                    raise StaleError(error.message, code=error.code) from None
                raise
            document = next(iter(plan.documents), None)
            self._write(tuple(plan.steps), request.label, document, request=request.request)
        return Outcome(self.revision, document, plan.marked, request.label)

    def undo(self, revision: int, request: str | None = None) -> Outcome:
        """Take the last change back; see :meth:`change` for what is raised."""
        return self._step_back("undo", self._undo, revision, request)

    def redo(self, revision: int, request: str | None = None) -> Outcome:
        """Make the change that was undone last again."""
        return self._step_back("redo", self._redo, revision, request)

    def _step_back(self, way: Way, stack: list[Changed], revision: int, request: str | None) -> Outcome:
        done = self._requests.get(request) if request else None
        if done is not None:
            return Outcome(self.revision, done.document, None, done.label)
        if revision != self.revision:
            raise StaleError("another tab has changed this layer since; look at its state first")
        if not stack:
            raise DataError(f"there is nothing to {way}")
        change = stack[-1]
        steps = tuple(step.reversed() for step in reversed(change.steps)) if way == "undo" else change.steps
        with folder_locked(self.store.folder / "layers"):
            self._check_layer()
            self.store.refresh(steps)
            made: list[Step] = []
            self.store.kept.clear()
            try:
                for step in steps:
                    if step.kind not in ("actor", "claim") and self.store.get(step.kind, step.id) != step.before:
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

    def _check_layer(self) -> None:
        try:
            self._settle()
        except DataError as error:
            raise NotSavedError(error.message, path=error.path) from None
        if self.store.is_layer_stale():
            self.store.reload()
            self._touched["*"] = self.revision = self.revision + 1
            raise StaleError(f"layers/{self.annotator}.jsonl was changed by another program; look at its state first")

    def _check_revision(self, seen: int, documents: Sequence[str] | dict[str, None]) -> None:
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
        entry = Changed(
            revision=self.revision + 1,
            at=self._time(),
            label=label,
            steps=steps,
            document=document,
            request=request,
            way=way,
            of=of,
        )
        try:
            self.journal.append(entry)
        except DataError as error:
            self._take_back(steps)
            raise NotSavedError(error.message, path=error.path) from None
        try:
            self.store.corpus.save()
        except DataError as error:
            for step in reversed(steps):
                if step.kind in self.store.tables:
                    self.store.set_table(step.reversed())
            self._unsettled = steps
            with contextlib.suppress(DataError):  # then it is tried again before the next change
                self._settle()
            raise NotSavedError(error.message, path=error.path) from None
        self.revision = entry.revision
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
            self.store.restore(self._unsettled)
            self.journal.take_back()
            self._unsettled = ()

    def _take_back(self, steps: Sequence[Step]) -> None:
        """Bring the memory back to what is on disk."""
        for step in reversed(steps):
            if step.kind in self.store.tables:
                self.store.set_table(step.reversed())
        self.store.reload()

    def _remember(self, entry: Changed) -> None:
        for step in entry.steps:
            if step.kind in ("statement", "draft", "relation"):
                self._used[step.id] = None
            for value in (step.before, step.after):
                if value is not None and "document" in value and step.kind in ("statement", "draft"):
                    self._touched[value["document"]] = entry.revision
        if entry.document is not None:
            self._touched[entry.document] = entry.revision

    @staticmethod
    def _marked_in(steps: Sequence[Step]) -> str | None:
        made = [step.id for step in steps if step.kind in ("statement", "draft") and step.before is None and step.after is not None]
        return made[-1] if made else None

    # time

    def spend(self, document: str, seconds: float) -> None:
        """Add to the time of a document; at most five minutes at once, so that a page left open counts for nothing."""
        if document not in self.store.corpus.documents or not seconds > 0 or self._unsettled:
            return
        seconds = round(min(seconds, _MOST_SECONDS), 1)
        shown = None if self.suggestions is None else not self.suggestions.is_blind(document)
        self.journal.append(Spent(document=document, seconds=seconds, shown=shown), durable=False)
        self.seconds[document] = self.seconds.get(document, 0.0) + seconds

    def close(self) -> None:
        """End in order; what is on disk needs no recovery then."""
        try:
            if self.journal.entries:
                self.journal.append(Closed())
        finally:
            self.journal.discard()  # nothing but an empty file goes

    def _time(self) -> str:
        return self.clock().isoformat().replace("+00:00", "Z")
