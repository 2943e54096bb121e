"""All that an annotator changes, in one place: the layer, drafts, new actors and claims, the state of documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from claimkit.annotate.drafts import is_in_a_draft
from claimkit.annotate.journal import Changed, Step
from claimkit.corpus import Corpus, load_corpus
from claimkit.corpus.config import layer_files
from claimkit.corpus.known import Known
from claimkit.errors import DataError
from claimkit.issues import severity_of
from claimkit.records import Actor, Claim, Record, Relation, Statement, encode
from claimkit.records.check import check_record

Value: TypeAlias = dict[str, Any]

NEEDED = ("speaker", "claim", "stance")  # what a statement lacks as long as it is a draft
_RECORDS: dict[str, type[Actor] | type[Claim] | type[Statement] | type[Relation]] = {
    "actor": Actor,
    "claim": Claim,
    "statement": Statement,
    "relation": Relation,
}
# Drafts, what is said of a document as a whole, and verdicts on suggestions and on proposed pairs stand in the journal alone.
_KEPT_IN_JOURNAL = ("draft", "document", "suggestion", "pair")


class Store:
    """The things of one annotator in memory, and the files of the corpus behind them.

    Parameters
    ----------
    folder : path-like
        Of the corpus.
    layer : str
        The annotator's.

    Attributes
    ----------
    corpus : Corpus
    tables : dict of str to dict
        What stands in the journal alone, by kind and id.
    kept : list of str
        After :meth:`set`: actors and claims that were to be taken away, but that others use by now, in drafts too.
    """

    def __init__(self, folder: str | Path, layer: str) -> None:
        self.folder = Path(folder)
        self.layer = layer
        self.corpus: Corpus = load_corpus(folder)
        self.tables: dict[str, dict[str, Value]] = {kind: {} for kind in _KEPT_IN_JOURNAL}
        self.kept: list[str] = []

    # reading

    @property
    def known(self) -> Known:
        """Ids and texts of the corpus."""
        return self.corpus.known

    def statements(self) -> Iterable[Statement]:
        """Return the finished statements of the layer."""
        return self.corpus.statements(self.layer) if self.layer in self.corpus.layers else ()

    def relations(self) -> Iterable[Relation]:
        """Return the relations of the layer."""
        return self.corpus.relations(self.layer) if self.layer in self.corpus.layers else ()

    def get(self, kind: str, name: str) -> Value | None:
        """Return the JSON of a thing, ``None`` where it is not there."""
        if kind in self.tables:
            return self.tables[kind].get(name)
        record = self._record(kind, name)
        if record is None:
            return None
        return plain(record)

    def _record(self, kind: str, name: str) -> Actor | Claim | Statement | Relation | None:
        if kind == "actor":
            return self.corpus.actors.get(name)
        if kind == "claim":
            return self.corpus.claims.get(name)
        layer = self.corpus.layers.get(self.layer)
        if layer is None:
            return None
        return layer.statements.get(name) if kind == "statement" else layer.relations.get(name)

    def mark(self, name: str) -> tuple[str, Value] | None:
        """Return a statement of the layer or a draft, as its kind and JSON."""
        for kind in ("statement", "draft"):
            value = self.get(kind, name)
            if value is not None:
                return kind, value
        return None

    # changing

    def set(self, step: Step) -> None:
        """Make a step in memory.

        Raises
        ------
        DataError
            When the thing would not be valid.
        """
        kind, name, value = step.kind, step.id, step.after
        if kind in self.tables:
            if kind == "draft" and value is not None:
                self.check_draft(value)
            self.set_table(step)
            return
        old = self._record(kind, name)
        if value is None:
            if old is not None:
                self._remove(kind, old)
            return
        if kind in ("actor", "claim"):
            if old is None:  # one that was kept when its making was undone is there already
                self.corpus.put(_convert(kind, value))
            return
        self.corpus.put(_convert(kind, value), self.layer)

    def set_table(self, step: Step) -> None:
        """Make a step on what stands in the journal alone, unchecked."""
        table = self.tables[step.kind]
        if step.after is None:
            table.pop(step.id, None)
        else:
            table[step.id] = step.after

    def _remove(self, kind: str, record: Any) -> None:
        if kind not in ("actor", "claim"):
            self.corpus.remove(record)
            return
        if is_in_a_draft(self.folder_to_lock, kind, record.id, but=self.layer):
            self.kept.append(record.id)
            return
        try:
            self.corpus.remove(record)
        except DataError as error:
            if error.code != "dangling-reference":
                raise
            self.kept.append(record.id)

    def check_draft(self, value: Value) -> None:
        """Raise what is wrong with an unfinished statement, apart from what it lacks.

        Raises
        ------
        DataError
        """
        missing = {key for key in NEEDED if key not in value}
        filled = value | dict.fromkeys(missing, "-")
        findings = list(check_record(filled, Statement))
        if not findings:
            findings = list(self.known.check_statement(msgspec.convert(filled, Statement)))
        for finding in findings:
            if severity_of(finding.code) == "error" and (not finding.path or finding.path[0] not in missing):
                hint = f"; {finding.hint}" if finding.hint else ""
                raise DataError(f"draft '{value.get('id')}': {finding.message}{hint}", code=finding.code)

    # files

    def reload(self) -> None:
        """Read the corpus again; edits in memory that were not saved are dropped."""
        self.corpus = load_corpus(self.folder)

    @property
    def folder_to_lock(self) -> Path:
        """The folder that all annotators of the corpus lock while they write."""
        return self.folder / "layers"

    @property
    def shared_kinds(self) -> frozenset[str]:
        """Kinds of things that belong to all annotators."""
        return frozenset(("actor", "claim"))

    def save(self) -> None:
        """Write what was changed."""
        self.corpus.save()

    def is_stale(self) -> bool:
        """Tell whether another program has written to the annotator's own layer."""
        return self.corpus.is_stale(self.layer)

    def refresh(self, steps: Iterable[Step]) -> None:
        """Read what other annotators have written, as far as it matters for the steps.

        Raises
        ------
        DataError
            When their files are not valid.
        """
        takes_away = any(step.kind in ("actor", "claim") and step.after is None for step in steps)
        if takes_away:  # then it matters what the layers of the others refer to
            names = {path.stem for path in layer_files(self.folder)}
            if names - set(self.corpus.layers) or any(self.corpus.is_stale(name) for name in self.corpus.layers):
                self.reload()
                return
        self.corpus.refresh()

    def restore(self, steps: Sequence[Step]) -> None:
        """Read the corpus again, and take out of its files what steps that failed on the way have left there.

        Raises
        ------
        DataError
            When the files cannot be read or written.
        """
        self.reload()
        for step in reversed(steps):
            if step.kind in self.tables:
                continue
            found = self.get(step.kind, step.id)
            is_made = (found is None) == (step.after is None) if step.kind in ("actor", "claim") else found == step.after
            if is_made:
                self.set(step.reversed())
        self.corpus.save()

    def recover(self, change: Changed) -> None:
        """Make the steps of the last change that did not reach the files before the program was killed."""
        for step in change.steps:
            if step.kind not in self.tables and self.get(step.kind, step.id) == step.before:
                self.set(step)
        self.corpus.save()


def plain(record: Record) -> Value:
    """Return the JSON of a record, as it would be read from its line."""
    value: Value = msgspec.json.decode(encode(record))
    return value


def _convert(kind: str, value: Value) -> Any:
    try:
        return msgspec.convert({"type": kind, **value}, _RECORDS[kind])
    except msgspec.ValidationError:
        finding = next(iter(check_record({"type": kind, **value}, _RECORDS[kind])), None)
        message = finding.message if finding else f"not a {kind}"
        raise DataError(f"{kind} '{value.get('id')}': {message}", code=finding.code if finding else None) from None
