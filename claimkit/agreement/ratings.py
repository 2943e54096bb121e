"""What annotators said of items, as numbers: one row for each item, one column for each annotator."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from claimkit.errors import DataError

Label: TypeAlias = str | float | frozenset[str]
Codes: TypeAlias = npt.NDArray[Any]
MISSING = -1


class Rating(NamedTuple):
    """That an annotator gave an item a label; ``document`` is the text in which the item stands, where there is one."""

    item: str
    annotator: str
    label: Label
    document: str | None = None


@dataclass(frozen=True)
class Ratings:
    """The labels that annotators gave to items.

    Attributes
    ----------
    codes : int array of shape (items, annotators)
        Places in ``labels``; -1 where the annotator gave none.
    labels : tuple of str, float or frozenset of str
        In their order, where they have one.
    annotators : tuple of str
    items : sequence of str or None
        Ids of the rows; ``None``: they are numbered from 1.
    documents : int array of shape (items,) or None
        In which text each item stands, as places in ``document_names``; ``None``: items do not depend on each other.
    document_names : tuple of str
    weights : int array of shape (items,) or None
        How many items a row stands for; ``None``: one.
    """

    codes: Codes
    labels: tuple[Label, ...]
    annotators: tuple[str, ...]
    items: Sequence[str] | None = None
    documents: Codes | None = None
    document_names: tuple[str, ...] = ()
    weights: Codes | None = None

    def __post_init__(self) -> None:
        if self.codes.ndim != 2 or self.codes.shape[1] != len(self.annotators):
            raise ValueError(f"codes must have one column for each of {len(self.annotators)} annotators. Got {self.codes.shape}.")
        if self.codes.size and not (self.codes.min() >= -1 and self.codes.max() < len(self.labels)):
            raise ValueError(f"codes must lie between -1 and {len(self.labels) - 1}. Got {self.codes.min()} to {self.codes.max()}.")
        for name, column in (("documents", self.documents), ("weights", self.weights)):
            if column is not None and column.shape != (len(self.codes),):
                raise ValueError(f"{name} must have the shape {(len(self.codes),)}. Got {column.shape}.")

    @property
    def n(self) -> int:
        """How many items there are."""
        return len(self.codes) if self.weights is None else int(self.weights.sum())

    def name_of(self, row: int) -> str:
        """Return the id of an item."""
        return str(row + 1) if self.items is None else self.items[row]

    def of(self, annotators: Sequence[int]) -> Ratings:
        """Return the ratings of some annotators alone, by their places."""
        return replace(self, codes=self.codes[:, list(annotators)], annotators=tuple(self.annotators[i] for i in annotators))

    def hash_of(self, kinds: Codes, totals: Codes) -> str:
        """Return eight hexadecimal digits that name the ratings: the same for any order of the items.

        Parameters
        ----------
        kinds : int array of shape (kinds, annotators)
            Their kinds, in an order that does not depend on that of the items.
        totals : int array of shape (kinds,)
            How many items there are of each.
        """
        digest = hashlib.sha256(repr((self.annotators, [text_of(label) for label in self.labels])).encode())
        digest.update(kinds.astype("<i8").tobytes() + totals.astype("<i8").tobytes())
        return digest.hexdigest()[:8]


def ratings_of(
    rows: Iterable[Rating], *, labels: Sequence[Label] | None = None, annotators: Sequence[str] | None = None
) -> Ratings:
    """Return ratings in the order in which items and annotators first come.

    Parameters
    ----------
    rows : iterable of Rating
    labels : sequence of label, optional
        All labels that annotators could choose from, in their order. Default: those that occur, sorted.
    annotators : sequence of str, optional
        In the order of the columns. Default: in the order in which they first come.

    Raises
    ------
    DataError
        When an annotator rates an item twice, an item stands in two documents, or a label is not one of ``labels``.

    Examples
    --------
    >>> found = ratings_of([Rating("1", "ann", "yes"), Rating("1", "bob", "no"), Rating("2", "bob", "no")])
    >>> found.codes.tolist(), found.labels
    ([[1, 0], [-1, 0]], ('no', 'yes'))
    """
    given = list(rows)
    known = tuple(sorted({row.label for row in given}, key=_order) if labels is None else labels)
    code_of = {label: code for code, label in enumerate(known)}
    columns = {name: place for place, name in enumerate(annotators or dict.fromkeys(row.annotator for row in given))}
    places = {item: place for place, item in enumerate(dict.fromkeys(row.item for row in given))}
    codes = np.full((len(places), len(columns)), MISSING, dtype=np.int32)
    documents: dict[str, str | None] = {}
    for row in given:
        if row.label not in code_of:
            raise DataError(f"the label '{text_of(row.label)}' is not one of {', '.join(map(text_of, known))}")
        if documents.setdefault(row.item, row.document) != row.document:
            raise DataError(f"the item '{row.item}' stands in two documents, '{documents[row.item]}' and '{row.document}'")
        place = places[row.item], columns[row.annotator]
        if codes[place] != MISSING:
            raise DataError(f"'{row.annotator}' rates the item '{row.item}' twice; keep one of the two", code="duplicate-id")
        codes[place] = code_of[row.label]
    return Ratings(codes, known, tuple(columns), tuple(places), *_documents(documents))


def _documents(of_item: Mapping[str, str | None]) -> tuple[Codes | None, tuple[str, ...]]:
    """Return the documents of items as numbers, and their names; an item without one is a document of its own."""
    if all(document is None for document in of_item.values()):
        return None, ()
    names = {item: f"(item {item})" if document is None else document for item, document in of_item.items()}
    places = {name: place for place, name in enumerate(dict.fromkeys(names.values()))}
    return np.array([places[name] for name in names.values()], dtype=np.int64), tuple(places)


def _order(label: Label) -> tuple[int, float, str]:
    if isinstance(label, float):
        return 0, label, ""
    return 1, 0.0, text_of(label)


def text_of(label: Label) -> str:
    """Return a label as text: whole numbers without a point, sets joined by ``+``.

    >>> text_of(2.0), text_of(frozenset({"b", "a"})), text_of(frozenset())
    ('2', 'a+b', '(none)')
    """
    if isinstance(label, frozenset):
        return "+".join(sorted(label)) or "(none)"
    return f"{label:g}" if isinstance(label, float) else label
