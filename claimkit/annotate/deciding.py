"""Decisions on what annotators disagree about, made one after the other; testable without a page."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from claimkit.adjudication import Adjudication, Decision, adjudicate, read_decisions, write_gold
from claimkit.adjudication.gold import Adjudicated
from claimkit.adjudication.relating import AdjudicatedRelation, decided_kind
from claimkit.annotate.journal import Changed, Step
from claimkit.annotate.ledger import Ledger, NotSavedError, Outcome, now_utc
from claimkit.annotate.store import Value
from claimkit.corpus import Corpus, load_corpus
from claimkit.corpus.config import LayerConfig, describe_layer, layer_files
from claimkit.corpus.store import Stamp, stamp_of
from claimkit.errors import DataError
from claimkit.jsonl import lines_of, replacing

Entry = Adjudicated | AdjudicatedRelation
_NOTE = "Decided by a person where the annotators differ; each record names what it was decided from."


class DecideRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the page says of one case.

    Attributes
    ----------
    unit : str
        Of the case.
    take : str or None
        As in :class:`claimkit.adjudication.Choice`; ``None`` takes the decision back.
    edits : dict
    reason : str or None
    revision, request
        As in :class:`claimkit.annotate.actions.Request`.
    """

    revision: int
    request: Annotated[str, msgspec.Meta(min_length=8, max_length=64)]
    unit: Annotated[str, msgspec.Meta(max_length=1000)]
    take: str | None
    edits: dict[str, Any] = {}
    reason: Annotated[str, msgspec.Meta(max_length=4000)] | None = None


def decisions_path(folder: str | Path, layer: str) -> Path:
    """Return where the decisions of a gold layer lie: beside it, with another ending, so that no reader takes them for a layer."""
    return Path(folder) / "layers" / f"{layer}.decisions"


class DecisionFiles:
    """The file of decisions, and what the layers of the corpus say.

    Parameters
    ----------
    folder : path-like
        Of the corpus.
    path : Path
        Of the decisions.
    decide : callable
        From the corpus to its adjudication, without any decision.
    layer : str
        The gold layer, which is written here and not looked at.
    """

    def __init__(self, folder: str | Path, path: Path, decide: Callable[[Corpus], Adjudication], layer: str) -> None:
        self.folder = Path(folder)
        self.path = path
        self.layer = layer
        self.decide = decide
        self.tables: dict[str, dict[str, Value]] = {}
        self.kept: list[str] = []
        self.decisions: dict[str, Decision] = {}
        self.reload()

    @property
    def folder_to_lock(self) -> Path:
        """The folder in which the decisions lie."""
        return self.path.parent

    @property
    def shared_kinds(self) -> frozenset[str]:
        """None: nothing else is changed here."""
        return frozenset()

    def reload(self) -> None:
        """Read the corpus and the decisions; what was not saved is dropped."""
        self._seen = self._stamps()
        self._stamp = stamp_of(self.path)
        self.corpus = load_corpus(self.folder)
        self.result = self.decide(self.corpus)
        self.statements = {entry.case.id: entry for entry in self.result.cases}
        self.relations = {entry.case.id: entry for entry in self.result.relation_cases}
        self.decisions = read_decisions(self.path) if self.path.exists() else {}

    def _stamps(self) -> dict[Path, Stamp | None]:
        """Return when the files were written from which is decided."""
        corpus = [self.folder / f"{name}.jsonl" for name in ("documents", "actors", "claims")]
        layers = [path for path in layer_files(self.folder) if path.stem != self.layer]
        return {path: stamp_of(path) for path in (*corpus, *layers)}

    # the cases

    def find(self, unit: str) -> Entry | None:
        """Return the case of an id, ``None`` where there is none."""
        return self.statements.get(unit) or self.relations.get(unit)

    def entry(self, unit: str) -> Entry:
        """Return the case of an id.

        Raises
        ------
        DataError
            When there is none.
        """
        found = self.find(unit)
        if found is None:
            raise DataError(f"there is no case '{unit}'", code="dangling-reference")
        return found

    def decision(self, entry: Entry) -> Decision | None:
        """Return the decision on a case, unless what it was made on, or what it names, has changed since."""
        found = self.decisions.get(entry.case.id)
        if found is None or found.is_stale(entry.case.sources, entry.case.digest):
            return None
        try:
            self.made(entry, found)
        except DataError:  # a claim of its edits is gone, or the layer that it takes
            return None
        return found

    def unused(self) -> dict[str, Decision]:
        """Return the decisions on cases that there are, but on which they say nothing any more."""
        entries: list[Entry] = [*self.statements.values(), *self.relations.values()]
        decided = [entry for entry in entries if entry.case.id in self.decisions]
        return {entry.case.id: self.decisions[entry.case.id] for entry in decided if self.decision(entry) is None}

    def made(self, entry: Entry, decision: Decision | None) -> Any:
        """Return what stands: a statement, a kind of relation, or ``None``.

        Raises
        ------
        DataError
            When the decision takes what is not there, or what it makes does not fit the corpus.
        """
        if isinstance(entry, AdjudicatedRelation):
            kinds = self.corpus.config.relations.kinds
            return entry.proposed if decision is None else decided_kind(entry.case, decision, entry.proposed, kinds)
        made = entry.proposed if decision is None else entry.decided(decision)
        if made is not None and decision is not None and decision.edits:
            for finding in self.corpus.known.check_statement(made):
                raise DataError(finding.message, code=finding.code)
        return made

    # what a ledger needs

    def get(self, kind: str, name: str) -> Value | None:  # noqa: ARG002 - there is one kind
        """Return a decision."""
        found = self.decisions.get(name)
        return None if found is None else _plain(found)

    def set(self, step: Step) -> None:
        """Make a step in memory."""
        if step.after is None:
            self.decisions.pop(step.id, None)
        else:
            self.decisions[step.id] = msgspec.convert(step.after, Decision)

    def set_table(self, step: Step) -> None:
        """Do nothing: all decisions stand in their file."""

    def save(self) -> None:
        """Write the decisions, all or nothing."""
        if self.decisions:
            with replacing(self.path) as file:
                for line in lines_of(self.decisions.values()):
                    file.write(line)
        else:
            self.path.unlink(missing_ok=True)
        self._stamp = stamp_of(self.path)

    def refresh(self, steps: Iterable[Step]) -> None:
        """Do nothing: one program at a time decides."""

    def restore(self, steps: Sequence[Step]) -> None:
        """Read the file again, and take out of it what steps that failed on the way have left there."""
        self.reload()
        for step in reversed(steps):
            if self.get(step.kind, step.id) == step.after:
                self.set(step.reversed())
        self.save()

    def recover(self, change: Changed) -> None:
        """Make the steps of the last change that did not reach the file before the program was killed."""
        for step in change.steps:
            if self.get(step.kind, step.id) == step.before:
                self.set(step)
        self.save()

    def is_stale(self) -> bool:
        """Tell whether another program has written decisions, or to the layers from which is decided."""
        return self._stamp != stamp_of(self.path) or self._seen != self._stamps()


def _plain(decision: Decision) -> Value:
    """Return the JSON of a decision, as it would be read from its line."""
    value: Value = msgspec.json.decode(msgspec.json.encode(decision))
    return value


class _Deciding:
    """One decision, as a step."""

    def __init__(self, files: DecisionFiles, request: DecideRequest, by: str | None, today: str) -> None:
        self.files, self.request, self.by, self.today = files, request, by, today
        self.steps: list[Step] = []
        self.documents: dict[str, None] = {request.unit: None}
        self.marked: str | None = None

    def run(self) -> None:
        """Check the decision, and make it in memory."""
        request, files = self.request, self.files
        entry = files.entry(request.unit)
        after = None
        if request.take is not None:
            decision = Decision(
                unit=request.unit,
                take=request.take,
                edits=request.edits,
                reason=request.reason or None,
                by=self.by,
                created=self.today,
                sources=entry.case.sources,
                digest=entry.case.digest,
            )
            files.made(entry, decision)
            after = _plain(decision)
        step = Step("decision", request.unit, files.get("decision", request.unit), after)
        if step.before != step.after:
            files.set(step)
            self.steps.append(step)


class DecisionSession(Ledger[DecisionFiles]):
    """The work of one person who decides on several layers of a corpus.

    Parameters
    ----------
    folder : path-like
        Of a corpus.
    layers : sequence of str
        What is decided from; ties go to the first.
    strategy : {"majority", "soft", "dawid-skene"}
        What is proposed, and stands where nobody decides.
    layer : str
        The gold layer.
    by : str, optional
        Who decides; stands in every decision.
    unmarked : {"none", "missing"}
        As in :func:`claimkit.adjudication.adjudicate`.
    path : path-like, optional
        Of the decisions; by default beside the gold layer.
    clock : callable
        Gives the time.

    Raises
    ------
    DataError, ConfigError, UsageError
        When the corpus is not valid, or another program decides on it.
    """

    def __init__(
        self,
        folder: str | Path,
        layers: Sequence[str],
        *,
        strategy: str = "majority",
        layer: str = "gold",
        by: str | None = None,
        unmarked: str = "none",
        path: str | Path | None = None,
        clock: Callable[[], datetime.datetime] = now_utc,
    ) -> None:
        place = Path(path) if path is not None else decisions_path(folder, layer)
        self.by = by

        def decide(corpus: Corpus, decisions: Mapping[str, Decision] | None = None) -> Adjudication:
            return adjudicate(corpus, layers, strategy=strategy, layer=layer, unmarked=unmarked, decisions=decisions)

        self._decide = decide
        super().__init__(place.with_name(f"{place.name}.journal"), lambda: DecisionFiles(folder, place, decide, layer), clock)

    def decide(self, request: DecideRequest) -> Outcome:
        """Make a decision; see :meth:`claimkit.annotate.ledger.Ledger.make` for what is raised."""
        words = "take the decision back" if request.take is None else f"take {request.take}"
        today = self.clock().date().isoformat()
        return self.make(
            lambda: _Deciding(self.store, request, self.by, today), seen=request.revision, request=request.request, label=words
        )

    def write(self, *, force: bool) -> Adjudication:
        """Write the gold layer with all decisions that the page shows as used; the others are among the stale ones.

        Raises
        ------
        DataError
            When the layer exists and ``force`` is not given, or nothing stands.
        NotSavedError
            When it cannot be written.
        """
        with self._held():
            self._look()
            files = self.store
            corpus = load_corpus(files.folder)
            unused = files.unused()
            result = self._decide(corpus, {unit: decision for unit, decision in files.decisions.items() if unit not in unused})
            result.stale += unused.values()
            if not force and result.layer in corpus.layers:
                raise DataError("this layer exists already", code="layer-exists")
            try:
                write_gold(corpus, result, force=force)
                describe_layer(files.folder, result.layer, LayerConfig(kind="adjudicated", note=_NOTE))
            except OSError as error:
                raise NotSavedError(str(error)) from None
        return result
