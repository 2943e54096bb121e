"""Data sets whose records are texts in which annotators marked statements, rather than items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from claimkit.corpus.config import CorpusConfig, LayerConfig, StanceConfig
from claimkit.corpus.writing import write_corpus
from claimkit.errors import DataError
from claimkit.records import Actor, Claim, Document, Record, Statement
from claimkit.records.base import AnyRecord

if TYPE_CHECKING:
    from claimkit.catalog.dataset import LoadedDataset

_CORPUS_SPLITS = ("train", "dev", "test")
# Who speaks and what is claimed are ids in a statement; these stand where a data set marks the words only.
UNKNOWN_ACTOR = Actor(id="not-annotated", name="not annotated", kind="unspecified")
UNKNOWN_CLAIM = Claim(id="not-annotated", text="not annotated")
UNKNOWN_STANCE = "unclear"


class AnnotatedText(NamedTuple):
    """A text, and what each of its annotators marked in it.

    Attributes
    ----------
    document : Document
    layers : mapping of str to tuple of Statement
        By annotator; the first is the one whose marks are the reference. An annotator who found nothing has an empty tuple.
    actors, claims : tuple of record
        Those to which the statements refer; the same record may come with several texts.
    """

    document: Document
    layers: Mapping[str, tuple[Statement, ...]]
    actors: tuple[Actor, ...] = (UNKNOWN_ACTOR,)
    claims: tuple[Claim, ...] = (UNKNOWN_CLAIM,)

    @property
    def reference(self) -> tuple[Statement, ...]:
        """The statements of the first annotator."""
        return next(iter(self.layers.values()), ())


TextReader: TypeAlias = Callable[[Path, str], Iterator[AnnotatedText]]


def export_corpus(data: LoadedDataset, folder: str | Path, *, force: bool = False) -> Path:
    """Write annotated texts as a corpus folder with one layer for each annotator.

    Parameters
    ----------
    data : LoadedDataset
        One of annotated texts.
    folder : path-like
    force : bool
        As in :func:`claimkit.corpus.writing.write_corpus`.

    Raises
    ------
    DataError
        When the folder may not be replaced, also where a corpus of another name or with other layers lies in it.
    UsageError
        When the data set has items rather than annotated texts.
    """
    parts = {split: list(data.texts(split)) for split in data.splits}
    texts = [text for part in parts.values() for text in part]
    layers: dict[str, list[Statement]] = {}
    for text in texts:
        for annotator, statements in text.layers.items():
            layers.setdefault(annotator, []).extend(statements)
    layers = {name: layers[name] for name in sorted(layers) if layers[name]}
    actors, claims = _distinct(text.actors for text in texts), _distinct(text.claims for text in texts)
    facts = data.facts
    config = CorpusConfig(
        name=facts.name,
        title=facts.title,
        licence=facts.licence,
        language=facts.language,
        stance=StanceConfig(labels=tuple(dict.fromkeys(entry.stance for layer in layers.values() for entry in layer))),
        layers={name: LayerConfig(annotator=name, kind="human") for name in layers},
        splits={split: [text.document.id for text in part] for split, part in parts.items() if split in _CORPUS_SPLITS},
        origin={"origin": facts.origin, "citation": facts.citation.strip()},
    )
    return write_corpus(folder, config, (text.document for text in texts), actors, claims, layers, force=force)


def records_of(texts: Iterable[AnnotatedText]) -> Iterator[Record]:
    """Yield the records of texts: each document before what is marked in it, actors and claims where they first come.

    Raises
    ------
    DataError
        When two records of one type have the same id and are not the same.
    """
    seen: dict[tuple[str, str], Record] = {}
    for text in texts:
        yield text.document
        named: tuple[Record, ...] = (*text.actors, *text.claims)
        for record in named:
            key = (type(record).__name__, record.id)
            if key not in seen:
                seen[key] = record
                yield record
            elif seen[key] != record:
                raise DataError(f"two records have the id '{record.id}'", code="duplicate-id")
        for statements in text.layers.values():
            yield from statements


def _distinct(groups: Iterable[tuple[AnyRecord, ...]]) -> list[AnyRecord]:
    return list({record.id: record for group in groups for record in group}.values())
