"""The corpus as an object: its records by id, who stands behind a statement, edits that keep every other line, and saving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from claimkit.corpus.config import CorpusConfig
from claimkit.corpus.derive import derive_items, text_of
from claimkit.corpus.edit import EditedRecord, Editor
from claimkit.corpus.known import Known
from claimkit.corpus.loading import Layer, Loaded, load
from claimkit.corpus.roles import represents
from claimkit.errors import UsageError, suggest
from claimkit.records import Actor, Claim, Document, Item, Relation, Statement

if TYPE_CHECKING:
    import datasets
    import pandas as pd


def load_corpus(path: str | Path) -> Corpus:
    """Read a corpus folder.

    Every reference, span and label is checked on the way. ``contradicts`` holds in both directions afterwards; the files stay as
    they are.

    Parameters
    ----------
    path : path-like
        A folder with ``corpus.toml``, ``documents.jsonl``, ``actors.jsonl``, ``claims.jsonl`` and ``layers/*.jsonl``.

    Raises
    ------
    DataError
        At the first error; ``claimkit validate PATH`` lists all of them.
    ConfigError
        When ``corpus.toml`` is not valid.
    """
    return Corpus(load(Path(path)))


class Corpus:
    """Documents, actors, claims, and what annotators marked; made by :func:`load_corpus`.

    The mappings are in the order of the files. They are changed with :meth:`put` and :meth:`remove` only, which check the record
    and remember its line.

    Attributes
    ----------
    path : Path
        The folder.
    config : CorpusConfig
        What ``corpus.toml`` says.
    documents, actors, claims : mapping of str to record
    layers : mapping of str to Layer
        By name, the gold layer last.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.path = loaded.path
        self.config: CorpusConfig = loaded.config
        self.documents: Mapping[str, Document] = loaded.documents
        self.actors: Mapping[str, Actor] = loaded.actors
        self.claims: Mapping[str, Claim] = loaded.claims
        self.layers: Mapping[str, Layer] = loaded.layers
        self._editor = Editor(loaded)

    @property
    def known(self) -> Known:
        """Ids and texts of the corpus, with the checks of one record against them."""
        return self._editor.loaded.known

    def __repr__(self) -> str:
        layers = ", ".join(f"{name} {len(layer.statements)}" for name, layer in self.layers.items())
        return (
            f"<Corpus {self.config.name}: {len(self.documents)} documents, {len(self.actors)} actors, {len(self.claims)} claims; "
            f"statements: {layers or 'none'}>"
        )

    # reading

    def layer(self, name: str = "gold") -> Layer:
        """Return a layer.

        Raises
        ------
        UsageError
            When there is none of that name; lists those there are.
        """
        if name not in self.layers:
            near = suggest(name, self.layers)
            there = f"there are: {', '.join(self.layers)}" if self.layers else "the corpus has no layer yet"
            raise UsageError(f"{self.path}: no layer is named '{name}'; {near + ' ' if near else ''}{there}")
        return self.layers[name]

    def statements(self, layer: str = "gold") -> Iterator[Statement]:
        """Return the statements of a layer, in file order."""
        return iter(self.layer(layer).statements.values())

    def relations(self, layer: str = "gold") -> Iterator[Relation]:
        """Return the relations of a layer, in file order."""
        return iter(self.layer(layer).relations.values())

    def annotated_text(self, statement: Statement) -> str:
        """Return the words of a statement: the texts of its spans, joined by ``" … "``."""
        return text_of(statement)

    def date(self, statement: Statement) -> str | None:
        """Return the day on which a statement was made, as ``YYYY-MM-DD``: when it was said, else when its document was published.

        ``None`` where neither is known.
        """
        date = statement.said or self.documents[statement.document].published
        return date[:10] if date else None

    def represents(self, actor: str | Actor, on: str | None = None) -> str | None:
        """Return the state or organisation for which an actor speaks at a date; see :func:`claimkit.corpus.roles.represents`.

        Parameters
        ----------
        actor : str or Actor
        on : str, optional
            ISO 8601 date. Without it only what holds at every date counts.

        Returns
        -------
        str or None
            Id of an actor; ``None`` where it is nobody or cannot be told.
        """
        return represents(self.actors, actor if isinstance(actor, str) else actor.id, on)

    def party(self, statement: Statement) -> str:
        """Return on whose behalf a statement is made.

        Returns
        -------
        str
            Id of an actor: ``on_behalf_of`` where it is given; the speaker where it is explicitly ``null``; else whom the speaker
            represents on the day of the statement, and the speaker where that is nobody or cannot be told.
        """
        behalf = statement.on_behalf_of
        if isinstance(behalf, str):
            return behalf
        if behalf is UNSET:
            return self.represents(statement.speaker, self.date(statement)) or statement.speaker
        return statement.speaker

    def contradicting(self, claim: str | Claim) -> tuple[str, ...]:
        """Return the ids of the claims that cannot hold together with a claim, whichever of the two lines says so."""
        return (self.claims[claim] if isinstance(claim, str) else claim).contradicts

    # deriving

    def items(self, layer: str = "gold", kinds: Sequence[str] = ("stance",), negative_label: str = "neutral") -> Iterator[Item]:
        """Yield flat items for classifiers and benchmarks, statement by statement; always in the same order.

        Parameters
        ----------
        layer : str
        kinds : sequence of str
            Which to derive from each statement:

            ``stance``
                (its text, its claim) → its stance; the item's id is the statement's.
            ``contradicting``
                (its text, a claim that contradicts its claim) → the opposite stance, where the scheme has one.
            ``other-claims``
                (its text, another claim of the same document) → ``negative_label``. Claims linked to its own claim, and claims of
                other statements in the same words, are left out.
            ``attitude``
                (its text, an actor among its targets) → the attitude; the scheme is ``attitude``.
        negative_label : str
            Label of the corpus for ``other-claims``.

        Yields
        ------
        Item
            ``groups`` holds ``document``, ``speaker``, ``actor`` (see :meth:`party`), ``target_actor`` (the first actor the claim
            is about who is not that party), ``actor_pair`` (the two, sorted, as ``"a|b"``), ``claim``, ``source``, ``date``,
            ``year``, ``quotation`` and ``modality``, each where it is known. ``context`` is the paragraph of the first span.
            ``split`` is what ``[splits]`` in ``corpus.toml`` says; see :func:`claimkit.corpus.parts.read_parts`.
            ``meta["statement"]`` names the statement where the id does not, and ``meta["derived"]`` the kind of an item that
            no annotator has labelled.

        Raises
        ------
        UsageError
            When a layer, kind or label does not exist.
        """
        return derive_items(self, self.layer(layer), kinds, negative_label)

    def to_pandas(self, kind: str, layer: str = "gold", **options: Any) -> pd.DataFrame:
        """Return records as a table; see :func:`claimkit.corpus.frames.corpus_to_pandas`."""
        from claimkit.corpus.frames import corpus_to_pandas

        return corpus_to_pandas(self, kind, layer, **options)

    def to_datasets(self, kind: str, layer: str = "gold", **options: Any) -> datasets.Dataset | datasets.DatasetDict:
        """Return records as a Hugging Face dataset; see :func:`claimkit.corpus.frames.corpus_to_datasets`."""
        from claimkit.corpus.frames import corpus_to_datasets

        return corpus_to_datasets(self, kind, layer, **options)

    # editing

    def put(self, record: EditedRecord, layer: str | None = None) -> EditedRecord:
        """Add a record, or put it in the place of the one of its type that has the same id.

        Parameters
        ----------
        record : Document, Actor, Claim, Statement or Relation
        layer : str, optional
            For statements and relations; may be left out where the record exists already. A layer that does not exist is made. No
            other layer is touched.

        Returns
        -------
        record
            As it now stands in the corpus: a claim with all that contradict it.

        Raises
        ------
        DataError
            When the record is not valid in this corpus; then nothing changes.
        UsageError
            When the layer is missing or is not the one in which the record stands.
        """
        return self._editor.put(record, layer)

    def remove(self, record: EditedRecord) -> None:
        """Take a record out.

        Raises
        ------
        DataError
            When there is no such record, or another one refers to it; then nothing changes.
        """
        self._editor.remove(record)

    def drop_layer(self, layer: str) -> None:
        """Take all records of a layer out, as before it is made anew.

        Raises
        ------
        UsageError
            When there is no such layer.
        DataError
            When another layer refers to one of its records; then nothing changes.
        """
        self.layer(layer)
        self._editor.drop_layer(layer)

    def refresh(self) -> bool:
        """Read documents, actors and claims again where another program has written to their files, such as a second annotator.

        Returns
        -------
        bool
            Whether anything was read.

        Raises
        ------
        DataError
            When a file is no longer valid, or a mark in memory no longer fits; then nothing changes.
        UsageError
            When there are edits of these files that are not saved.
        """
        return self._editor.refresh()

    def is_stale(self, layer: str) -> bool:
        """Tell whether another program has written to the file of a layer since it was read or saved."""
        return self._editor.is_stale(layer)

    def save(self, path: str | Path | None = None) -> None:
        """Write what was edited; all other lines keep their bytes.

        Parameters
        ----------
        path : path-like, optional
            Where to write a whole copy instead: a folder that does not exist or is empty. Only the corpus' own files are copied.

        Raises
        ------
        DataError
            When a file was changed by another program since it was read, or the folder for the copy holds something.
        """
        self._editor.save(None if path is None else Path(path))
