"""Flat items, one after the other: the labels of one annotator, in a file of items of its own."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from claimkit.annotate.journal import Changed, Step
from claimkit.annotate.ledger import Ledger, Outcome, now_utc
from claimkit.annotate.session import check_annotator
from claimkit.annotate.store import Value, plain
from claimkit.corpus.store import RecordFile, check_form
from claimkit.errors import DataError, UsageError
from claimkit.jsonl import read_items
from claimkit.records import Item
from claimkit.schemes import SCHEMES, LabelScheme, scheme_of


class LabelRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the page says of one item; what is left out stays as it is.

    Attributes
    ----------
    label : str or None
        ``None`` takes the label back.
    skipped, flag : bool
    note : str or None
    revision, request
        As in :class:`claimkit.annotate.actions.Request`.
    """

    revision: int
    request: Annotated[str, msgspec.Meta(min_length=8, max_length=64)]
    id: str
    label: str | UnsetType | None = UNSET
    skipped: bool | UnsetType = UNSET
    flag: bool | UnsetType = UNSET
    note: str | UnsetType | None = UNSET


class ItemFiles:
    """The file of labelled items, and what is said of items without a label.

    Parameters
    ----------
    items : dict of str to Item
        As they were given.
    path : Path
        Of the labelled ones; it holds nothing else.
    scheme : LabelScheme
    annotator : str
    """

    def __init__(self, items: dict[str, Item], path: Path, scheme: LabelScheme, annotator: str) -> None:
        self.items = items
        self.path = path
        self.scheme = scheme
        self.annotator = annotator
        self.tables: dict[str, dict[str, Value]] = {"item": {}}
        self.kept: list[str] = []
        self.labelled: dict[str, Item] = {}
        self.reload()

    @property
    def folder_to_lock(self) -> Path:
        """The folder in which the files lie."""
        return self.path.parent

    @property
    def shared_kinds(self) -> frozenset[str]:
        """None: annotators of items share nothing that changes."""
        return frozenset()

    def reload(self) -> None:
        """Read the labelled items; edits in memory that were not saved are dropped."""
        self.file = RecordFile(self.path, may_vanish=True)
        self.labelled = {}
        if not self.path.exists():
            return
        for line, item in self.file.read(Item):
            if item.id not in self.items or item.stance not in self.scheme.labels:
                what = (
                    f"'{item.id}' is none of the items" if item.id not in self.items else f"'{item.stance}' is none of the labels"
                )
                raise DataError(
                    f"{what}; is this file the work of {self.annotator} on other items?", path=self.path, line=line.number
                )
            self.labelled[item.id] = item

    def get(self, kind: str, name: str) -> Value | None:
        """Return the labelled item, or what is said of it beside."""
        if kind in self.tables:
            return self.tables[kind].get(name)
        return plain(self.labelled[name]) if name in self.labelled else None

    def set(self, step: Step) -> None:
        """Make a step in memory."""
        if step.kind in self.tables:
            self.set_table(step)
            return
        old = self.labelled.get(step.id)
        if step.after is None:
            if old is not None:
                self.file.remove(self.labelled.pop(step.id))
            return
        item = msgspec.convert(step.after, Item)
        check_form(item)
        self.file.put(item, old)
        self.labelled[step.id] = item

    def set_table(self, step: Step) -> None:
        """Make a step on what stands in the journal alone."""
        if step.after is None:
            self.tables[step.kind].pop(step.id, None)
        else:
            self.tables[step.kind][step.id] = step.after

    def save(self) -> None:
        """Write what was changed."""
        self.file.save()

    def refresh(self, steps: Iterable[Step]) -> None:
        """Do nothing: annotators of items share nothing that changes."""

    def restore(self, steps: Sequence[Step]) -> None:
        """Read the file again, and take out of it what steps that failed on the way have left there."""
        self.reload()
        for step in reversed(steps):
            if step.kind == "label" and self.get(step.kind, step.id) == step.after:
                self.set(step.reversed())
        self.save()

    def recover(self, change: Changed) -> None:
        """Make the steps of the last change that did not reach the file before the program was killed."""
        for step in change.steps:
            if step.kind == "label" and self.get(step.kind, step.id) == step.before:
                self.set(step)
        self.save()

    def is_stale(self) -> bool:
        """Tell whether another program has written to the file."""
        return self.file.is_stale()


class _Labelling:
    """The steps of one request."""

    def __init__(self, files: ItemFiles, request: LabelRequest, today: str) -> None:
        self.files, self.request, self.today = files, request, today
        self.steps: list[Step] = []
        self.documents: dict[str, None] = {}
        self.marked: str | None = None

    def run(self) -> None:
        request, files = self.request, self.files
        item = files.items.get(request.id)
        if item is None:
            raise DataError(f"there is no item '{request.id}'", code="dangling-reference")
        if isinstance(request.label, str) and request.label not in files.scheme.labels:
            message = f"'{request.label}' is not one of {', '.join(files.scheme.labels)}"
            raise DataError(message, code="stance-not-in-scheme")
        said = dict(files.get("item", item.id) or {})
        given = {"flag": request.flag, "note": request.note, "skipped": request.skipped}
        said |= {key: value for key, value in given.items() if value is not UNSET}
        if request.label is not UNSET:
            said["skipped"] = False
        said = {key: value for key, value in said.items() if value}
        found = files.labelled.get(item.id)
        label = (found.stance if found else None) if request.label is UNSET else request.label
        self._step("item", item.id, said or None)
        self._step("label", item.id, None if label is None else self._record(item, found, label, said))
        self.documents[item.id] = None

    def _record(self, item: Item, found: Item | None, label: str, said: Value) -> Value:
        """Return an item with its label; note and flag go along in ``meta``, beside who said so and when."""
        meta: dict[str, Any] = {**item.meta, "annotator": self.files.annotator}
        meta["created"] = self.today if found is None or found.stance != label else found.meta.get("created", self.today)
        meta |= {key: value for key, value in (("flagged", said.get("flag")), ("note", said.get("note"))) if value}
        scheme = self.files.scheme
        named = item.scheme or (scheme.name if scheme.name in SCHEMES else scheme.labels)
        return plain(msgspec.structs.replace(item, stance=label, scheme=named, weights={}, meta=meta))

    def _step(self, kind: str, name: str, after: Value | None) -> None:
        step = Step(kind, name, self.files.get(kind, name), after)
        if step.before != step.after:
            self.files.set(step)
            self.steps.append(step)


class ItemSession(Ledger[ItemFiles]):
    """The work of one annotator on a file of items.

    Parameters
    ----------
    path : path-like
        Of the items; it is only read. Labels that stand in it are not shown.
    annotator : str
        The labelled items stand beside it, in ``<name>.<annotator>.jsonl``.
    scheme : str, optional
        A scheme or its labels in order; by default that of the items.
    order : callable, optional
        From items and scheme to the ids in the order in which they are to be shown; by default that of the file.
    clock : callable
        Gives the time.

    Attributes
    ----------
    queue : list of str
        Ids of all items, in the order in which they are to be shown.

    Raises
    ------
    DataError, UsageError
        When the items are not valid, their scheme is not known, or another program works on them.
    """

    def __init__(
        self,
        path: str | Path,
        annotator: str,
        *,
        scheme: str | None = None,
        order: Callable[[Sequence[Item], LabelScheme], list[str]] | None = None,
        clock: Callable[[], datetime.datetime] = now_utc,
    ) -> None:
        check_annotator(annotator)
        path = Path(path)
        self.name = path.stem
        self.annotator = annotator
        items: dict[str, Item] = {}
        for item in read_items(path):
            if item.id in items:
                raise DataError(f"the id '{item.id}' stands twice; ids of items must differ", path=path, code="duplicate-id")
            items[item.id] = item
        self.scheme = _scheme_among(items.values(), scheme, path)
        out = path.with_name(f"{path.stem}.{annotator}.jsonl")
        self.queue = [item.id for item in items.values()] if order is None else order(list(items.values()), self.scheme)
        super().__init__(out.with_suffix(".journal"), lambda: ItemFiles(items, out, self.scheme, annotator), clock)

    def label(self, request: LabelRequest) -> Outcome:
        """Make what the page says of an item; see :meth:`claimkit.annotate.ledger.Ledger.make` for what is raised."""
        words = (
            f"label {request.label}" if isinstance(request.label, str) else "skip" if request.skipped is True else "note or flag"
        )
        today = self.clock().date().isoformat()
        return self.make(
            lambda: _Labelling(self.store, request, today), seen=request.revision, request=request.request, label=words
        )

    def pending(self, which: Literal["open", "skipped", "flagged", "labelled", "all"] = "open") -> list[str]:
        """Return the ids of the items of one kind, in the order of the queue; of ``open``, those skipped come last."""
        labelled, said = self.store.labelled, self.store.tables["item"]
        if which == "open":
            left = [name for name in self.queue if name not in labelled]
            return sorted(left, key=lambda name: bool(said.get(name, {}).get("skipped")))
        if which == "labelled":
            return [name for name in self.queue if name in labelled]
        if which == "all":
            return list(self.queue)
        key = "flag" if which == "flagged" else "skipped"
        return [name for name in self.queue if said.get(name, {}).get(key)]


def _scheme_among(items: Iterable[Item], given: str | None, path: Path) -> LabelScheme:
    """Return the scheme of items, which must be one."""
    if given is not None:
        return scheme_of(given)
    named = dict.fromkeys(item.scheme for item in items if item.scheme is not None)
    if not named:
        raise UsageError(f"{path}: the items name no label scheme; give one with --scheme, as in --scheme support,oppose,neutral")
    schemes = {scheme_of(name).labels: scheme_of(name) for name in named}
    if len(schemes) > 1:
        raise UsageError(
            f"{path}: the items belong to {len(schemes)} label schemes; label one at a time, or give one with --scheme"
        )
    return next(iter(schemes.values()))
