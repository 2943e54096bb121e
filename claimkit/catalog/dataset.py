"""What a data set of the catalogue is: facts as data, a function that reads its official files, and the place where they lie."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from claimkit.catalog.annotated import AnnotatedText, TextReader
from claimkit.corpus.toml import read_toml
from claimkit.errors import DataError, UsageError, suggest
from claimkit.jsonl import opening
from claimkit.records import Document, Item, Statement
from claimkit.schemes import LabelScheme, scheme_of

if TYPE_CHECKING:
    import datasets
    import pandas as pd

Reader: TypeAlias = Callable[[Path, str], Iterator[Item]]
CollectionReader: TypeAlias = Callable[[Path], Iterator[Document]]
FACTS = Path(__file__).resolve().parent / "facts"
_BLOCK = 1024 * 1024


class DataFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of the official files.

    Attributes
    ----------
    sha256 : str
        Of the bytes of the file.
    splits : tuple of str
        The splits for which it is needed; empty: for all.
    url : str or None
        Where exactly these bytes can be had; ``None`` where they cannot, or may be had only from their authors.
    also : tuple of str
        SHA-256 of equivalent official variants of the file, which are taken too: the same rows, such as with other line ends.
    is_restored : bool
        Whether the checksum is that of a copy that was restored because the official bytes could not be had. Another file is then
        taken as well, and judged by its labels while it is read.
    """

    name: str
    bytes: int
    sha256: str
    splits: tuple[str, ...] = ()
    url: str | None = None
    also: tuple[str, ...] = ()
    is_restored: bool = False


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A number that others have published for the test split.

    Attributes
    ----------
    system : str
    metric : str
    value : float
        Between 0 and 1, as our metrics are.
    source : str
        Where it stands.
    split : str
        Which it is about.
    """

    system: str
    metric: str
    value: float
    source: str
    split: str = "test"


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is known of a data set.

    Attributes
    ----------
    sentence : str
        One sentence for lists.
    folder : str
        Name of the folder, inside the folder of all data sets, in which its files are looked for.
    licence : str
        As its authors state it.
    url : str
        Where the official files come from.
    origin : str
        Repository, commit and path of the bytes that the checksums belong to.
    scheme : str or tuple of str
        Name of a label scheme, or its labels in order.
    metric : str
        Name of the official metric.
    query : str or None
        Where that is one of rankings: the group key whose values are the queries.
    defects : tuple of str
        Known defects, a sentence each.
    published : tuple of Published
        Numbers of others on the official metric, read in their source or computed again from their outputs.
    holds : {"items", "statements"}
        What its records are: items, or statements that are marked in texts.
    labels : dict of str to dict of str to int
        Split to label to number of items, in the order of the splits. Of statements: to the ``kind`` under their ``meta``, those
        of each text's first annotator.
    """

    name: str
    title: str
    sentence: str
    folder: str
    licence: str
    citation: str
    url: str
    origin: str
    scheme: str | tuple[str, ...]
    metric: str
    files: tuple[DataFile, ...]
    labels: dict[str, dict[str, int]]
    holds: Literal["items", "statements"] = "items"
    query: str | None = None
    language: str | None = None
    defects: tuple[str, ...] = ()
    published: tuple[Published, ...] = ()

    @property
    def splits(self) -> tuple[str, ...]:
        """The names of the splits, in order."""
        return tuple(self.labels)

    @property
    def counts(self) -> dict[str, int]:
        """How many items, or statements, each split has."""
        return {split: sum(labels.values()) for split, labels in self.labels.items()}


def read_facts(path: str | Path) -> Facts:
    """Read the facts of a data set from a TOML file."""
    facts: Facts = read_toml(path, Facts)
    return facts


class Dataset:
    """A data set of the catalogue: its facts, and how its files are read.

    Parameters
    ----------
    read : callable or None
        ``read(folder, split)`` yields the items of one split, in the order of the files; ``None`` where it has annotated texts.
    facts : path-like or Facts
        A TOML file, which is read when it is needed, or the facts themselves.
    read_collection : callable, optional
        ``read_collection(folder)`` yields the documents among which the items' targets are to be found.
    read_texts : callable, optional
        ``read_texts(folder, split)`` yields the texts of one split with their statements, in place of items.
    """

    def __init__(
        self,
        read: Reader | None,
        facts: str | Path | Facts,
        read_collection: CollectionReader | None = None,
        *,
        read_texts: TextReader | None = None,
    ) -> None:
        self.read = read
        self.read_collection = read_collection
        self.read_texts = read_texts
        self._facts = facts

    @functools.cached_property
    def facts(self) -> Facts:
        """What is known of the data set."""
        return self._facts if isinstance(self._facts, Facts) else read_facts(self._facts)

    @property
    def sentence(self) -> str:
        """What it is, in one sentence."""
        return self.facts.sentence

    def check_split(self, split: str | None) -> tuple[str, ...]:
        """Return the splits that are meant: the one of that name, or all.

        Raises
        ------
        UsageError
            When there is none of that name.
        """
        if split is None:
            return self.facts.splits
        if split not in self.facts.splits:
            near = suggest(split, self.facts.splits)
            there = f"{near + ' ' if near else ''}there are: {', '.join(self.facts.splits)}"
            raise UsageError(f"the data set '{self.facts.name}' has no split '{split}'; {there}")
        return (split,)

    def locate(self, data_dir: str | Path | None, split: str | None = None) -> Path:
        """Return the folder in which the official files lie, after their checksums were compared.

        Parameters
        ----------
        data_dir : path-like or None
            The folder of all data sets, or that of this one.
        split : str, optional
            Look only for the files that this split needs.

        Raises
        ------
        DataError
            When a file is missing or is not the official one; says where the official files come from and what to set.
        """
        facts, wanted = self.facts, self.check_split(split)
        files = [file for file in facts.files if not file.splits or set(file.splits) & set(wanted)]
        source = self.source
        if data_dir is None:
            raise DataError(
                f"data set '{facts.name}': {source}, put them into a folder '{facts.folder}', "
                "and name the folder around it with --data-dir or CLAIMKIT_DATA",
                code="file-missing",
            )
        folder = self.folder_in(data_dir, files[0])
        for file in files:
            path = folder / file.name
            if not path.is_file():
                where = f"{source}, and name their folder with --data-dir or CLAIMKIT_DATA"
                raise DataError(f"this file of the data set '{facts.name}' is missing; {where}", path=path, code="file-missing")
            _check(path, file, source)
        return folder

    @property
    def source(self) -> str:
        """What to do to have the official files, as a part of a sentence."""
        facts = self.facts
        command = f" (claimkit data fetch {facts.name} does it)" if all(file.url for file in facts.files) else ""
        return f"get the official files from {facts.url}{command}"

    def folder_in(self, data_dir: str | Path, first: DataFile | None = None) -> Path:
        """Return the folder in which the files lie, or would have to: that of this data set, or ``data_dir`` itself.

        Parameters
        ----------
        data_dir : path-like
        first : DataFile, optional
            The file by which the folder is told; default: the first of the facts.
        """
        root, name = Path(data_dir), (first or self.facts.files[0]).name
        folders = [root / self.facts.folder, root / self.facts.name, root]
        return next((folder for folder in folders if (folder / name).is_file()), folders[0])


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the bytes of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with opening(path), path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _check(path: Path, file: DataFile, source: str) -> None:
    found = sha256_of(path)
    if found not in (file.sha256, *file.also) and not file.is_restored:
        raise DataError(
            f"this is not the official file: its SHA-256 is {found[:12]}…, not {file.sha256[:12]}…; {source}", path=path
        )


class LoadedDataset:
    """A data set whose files were found and checked; iteration reads the items one by one, each time anew.

    One of annotated texts is not iterated: its texts, documents and statements are read one by one by the methods of these names.

    Attributes
    ----------
    facts : Facts
    split : str or None
        The split that was asked for; ``None`` stands for all.
    folder : Path
        Where the files lie.
    """

    def __init__(self, dataset: Dataset, folder: Path, split: str | None) -> None:
        self.facts = dataset.facts
        self.folder = folder
        self.split = split
        self.splits = dataset.check_split(split)
        self._read = dataset.read
        self._read_collection = dataset.read_collection
        self._read_texts = dataset.read_texts

    def __iter__(self) -> Iterator[Item]:
        if self._read is None:
            raise UsageError(
                f"the data set '{self.name}' has annotated texts rather than items; "
                f"make a corpus of them: claimkit data export {self.name} --out DIR"
            )
        for split in self.splits:
            yield from self._judged(split, self._read(self.folder, split))

    def _judged(self, split: str, items: Iterator[Item]) -> Iterator[Item]:
        """Pass items on; where a checksum cannot tell whether a file is the right one, look at what can be told from them."""
        files = [file for file in self.facts.files if file.is_restored and (not file.splits or split in file.splits)]
        if not files:
            yield from items
            return
        path, found = self.folder / files[0].name, Counter[str]()
        try:
            for item in items:
                found[str(item.stance)] += 1
                yield item
        except KeyError as error:
            raise DataError(f"this is not the official file: it lacks {error} in a column or as a value", path=path) from None
        expected = self.facts.labels[split]
        if found != expected:
            there, wanted = (", ".join(f"{label} {n}" for label, n in sorted(counts.items())) for counts in (found, expected))
            raise DataError(f"this is not the official file: its split {split} has {there or 'no row'}, not {wanted}", path=path)

    def __len__(self) -> int:
        return sum(self.facts.counts[split] for split in self.splits)

    def __repr__(self) -> str:
        counts = ", ".join(f"{split} {self.facts.counts[split]}" for split in self.splits)
        return f"<data set {self.facts.name}: {counts}>"

    @property
    def name(self) -> str:
        """Its name in the catalogue."""
        return self.facts.name

    @property
    def scheme(self) -> LabelScheme:
        """The label scheme of its stances."""
        return scheme_of(self.facts.scheme)

    def collection(self) -> Iterator[Document]:
        """Return the documents among which the targets of the items are to be found, whatever the split.

        Raises
        ------
        UsageError
            When the data set has none: only retrieval does.
        """
        if self._read_collection is None:
            raise UsageError(f"the data set '{self.name}' has no collection of documents; its items are all there is")
        return self._read_collection(self.folder)

    def texts(self, split: str | None = None) -> Iterator[AnnotatedText]:
        """Return the annotated texts, each with what its annotators marked.

        Parameters
        ----------
        split : str, optional
            One of ``splits``; else all of them.

        Raises
        ------
        UsageError
            When the data set has items rather than annotated texts.
        """
        if self._read_texts is None:
            raise UsageError(f"the data set '{self.name}' has items rather than annotated texts; iterate over it")
        for part in self.splits if split is None else (split,):
            yield from self._read_texts(self.folder, part)

    def documents(self) -> Iterator[Document]:
        """Return the annotated texts without what is marked in them; raises as :meth:`texts` does."""
        return (text.document for text in self.texts())

    def statements(self, annotator: str | None = None) -> Iterator[Statement]:
        """Return the marked statements, text by text; raises as :meth:`texts` does.

        Parameters
        ----------
        annotator : str, optional
            Those of this annotator, of the texts that he or she annotated; else those of each text's first annotator.
        """
        for text in self.texts():
            yield from text.reference if annotator is None else text.layers.get(annotator, ())

    def to_pandas(self) -> pd.DataFrame:
        """Return the items as a table; see :func:`claimkit.corpus.frames.items_to_pandas`."""
        from claimkit.corpus.frames import items_to_pandas

        return items_to_pandas(self)

    def to_datasets(self) -> datasets.Dataset | datasets.DatasetDict:
        """Return the items as a Hugging Face ``DatasetDict`` by split, or as one ``Dataset`` where a split was asked for."""
        from claimkit.corpus.frames import items_to_datasets

        found = items_to_datasets(self)
        return found if self.split is None else found[self.split]
