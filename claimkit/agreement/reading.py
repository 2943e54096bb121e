"""Ratings from files: a wide table, a long one, or one file for each annotator; CSV, TSV, JSON Lines or Parquet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from claimkit.agreement.levels import LEVELS
from claimkit.agreement.ratings import Label, Rating, Ratings, ratings_of, text_of
from claimkit.catalog.tables import Row, Table, TableFormat, issue_at, read_table, there_are
from claimkit.errors import DataError, UsageError, suggest
from claimkit.issues import Issue
from claimkit.jsonl import error_of

# Where a column is not named, the first of these that there is.
ITEM_COLUMNS = ("id", "item", "item_id", "unit")
LABEL_COLUMNS = ("stance", "label", "value", "category", "rating")
ANNOTATOR_COLUMNS = ("annotator", "annotators", "rater", "coder", "worker", "model")
DOCUMENT_COLUMNS = ("document", "groups.document", "doc", "document_id")
# What a wide table has beside the columns of its annotators.
_OF_ITEMS = ("type", "text", "target", "scheme", "target_kind", "context", "split", "groups", "weights", "meta")
_NOT_ANNOTATORS = (*ITEM_COLUMNS, *DOCUMENT_COLUMNS, *_OF_ITEMS)


class Columns(NamedTuple):
    """Which column holds what; ``None``: found by its name. A name with points leads into objects, as ``groups.document``.

    Attributes
    ----------
    item, document, label, annotator : str or None
        ``label`` and ``annotator`` are those of a long table and of the file of one annotator.
    annotators : tuple of str
        The columns of a wide table that hold the labels of one annotator each; empty: all that are nothing else.
    """

    item: str | None = None
    document: str | None = None
    label: str | None = None
    annotator: str | None = None
    annotators: tuple[str, ...] = ()


def read_ratings(
    paths: Sequence[str | Path],
    *,
    level: str = "nominal",
    columns: Columns | None = None,
    labels: Sequence[str] | None = None,
    missing: Sequence[str] = (),
    separator: str = ";",
    form: TableFormat | None = None,
    names: Sequence[str] | None = None,
) -> Ratings:
    """Read the ratings of annotators from one file, or from one for each annotator.

    One file is a long table where it has a column of annotators, else a wide one: a row for each item, a column for each annotator.
    Of several files each holds the labels of one annotator, who is called as the file is. An empty cell is a label that was not
    given.

    Parameters
    ----------
    paths : sequence of path-like
    level : str
        At which labels are measured: numbers for ``interval`` and ``ratio``, sets for ``masi``.
    columns : Columns, optional
    labels : sequence of str, optional
        All labels that annotators could choose from, in their order; ``ordinal`` needs them unless labels are numbers.
    missing : sequence of str
        What stands in a cell beside nothing where no label was given, such as ``NA``.
    separator : str
        What parts the members of a set in a cell; JSON Lines may have lists instead.
    form : TableFormat, optional
        How the files are written; default: told by their suffixes.
    names : sequence of str, optional
        What annotators are called, in the order of several files.

    Raises
    ------
    DataError
        With file and line, when a row cannot be read or a label does not fit.
    UsageError
        When a column does not exist, or the labels have no order and need one.
    """
    if level not in LEVELS:
        near = suggest(level, LEVELS)
        raise UsageError(f"no level is named '{level}'; {near + ' ' if near else ''}known: {', '.join(LEVELS)}")
    reader = _Reader(level, columns or Columns(), labels, missing, separator)
    form = form or TableFormat()
    annotators: Sequence[str] | None = None
    if len(paths) == 1:
        table = read_table(paths[0], form)
        rows: Iterable[Rating] = reader.of_table(table, str(paths[0]))
        if not reader.is_long(table):
            annotators = reader.wide_columns(table, str(paths[0]))
    else:
        annotators = list(names) if names is not None else _names(paths)
        rows = [
            rating
            for name, path in zip(annotators, paths, strict=True)
            for rating in reader.of_annotator(read_table(path, form), str(path), name)
        ]
    given = list(rows)
    if not given:
        raise DataError("there is no label in it", path=paths[0], code="file-empty")
    return ratings_of(given, labels=reader.order(given), annotators=annotators)


def _names(paths: Sequence[str | Path]) -> list[str]:
    names = [Path(path).stem for path in paths]
    if len(set(names)) < len(names):
        raise UsageError("two files have the same name; name the annotators, as in ann=a/labels.jsonl")
    return names


class _Reader:
    """Turns rows of tables into ratings."""

    def __init__(self, level: str, columns: Columns, labels: Sequence[str] | None, missing: Sequence[str], separator: str) -> None:
        self.level = level
        self.columns = columns
        self.missing = {"", *missing}
        self.separator = separator
        self.seen: dict[tuple[str, str], str] = {}
        self.wants_numbers = level in ("interval", "ratio")
        if level == "ordinal" and labels is not None:
            self.wants_numbers = all(_is_number(label) for label in labels)
        self.known: list[Label] | None = None
        if labels is not None and level != "masi":
            self.known = [float(label) if self.wants_numbers and _is_number(label) else label for label in labels]

    def is_long(self, table: Table) -> bool:
        """Tell whether a table has a column of annotators."""
        if self.columns.annotators:
            return False
        return self._column(table, self.columns.annotator, ANNOTATOR_COLUMNS) is not None

    def of_table(self, table: Table, path: str) -> Iterator[Rating]:
        """Yield the ratings of a long or wide table."""
        if self.is_long(table):
            yield from self.of_annotator(table, path, None)
            return
        names = self.wide_columns(table, path)
        item, document = self._places(table)
        for row in _rows(table):
            name = str(row.line) if item is None else self._needed(row, item, path)
            where = None if document is None else _text(_value(row.cells, document))
            for annotator in names:
                label = self._label(row, annotator, path)
                if label is not None:
                    yield self._once(Rating(name, annotator, label, where), row, path)

    def of_annotator(self, table: Table, path: str, name: str | None) -> Iterator[Rating]:
        """Yield the ratings of a table with one label in each row; ``None``: a column says of which annotator."""
        self._refuse_layers(table, path)
        item, document = self._places(table)
        if item is None:
            raise self._missing("items", ITEM_COLUMNS, "--item", table, path)
        label_column = self._column(table, self.columns.label, LABEL_COLUMNS)
        if label_column is None:
            raise self._missing("labels", LABEL_COLUMNS, "--label", table, path)
        by = None if name is not None else self._column(table, self.columns.annotator, ANNOTATOR_COLUMNS)
        for row in _rows(table):
            label = self._label(row, label_column, path)
            if label is not None:
                annotator = name if by is None else self._needed(row, by, path)
                where = None if document is None else _text(_value(row.cells, document))
                yield self._once(Rating(self._needed(row, item, path), str(annotator), label, where), row, path)

    def wide_columns(self, table: Table, path: str) -> list[str]:
        """Return the columns of a wide table that hold the labels of annotators."""
        self._refuse_layers(table, path)
        if self.columns.annotators:
            return [self._existing(table, name) for name in self.columns.annotators]
        used = {*_NOT_ANNOTATORS, self.columns.item, self.columns.document}
        found = [name for name in table.columns if name not in used and name != ""]
        if len(found) < 2:
            hint = "a wide table has a column for each annotator, a long one a column 'annotator' beside that of labels"
            message = f"fewer than two columns can be annotators; {there_are(table.columns)}; {hint}"
            raise DataError(message, path=path, line=1)
        return found

    def order(self, given: Sequence[Rating]) -> Sequence[Label] | None:
        """Return the labels in the order in which they were named, or ``None`` where they are sorted by themselves."""
        if self.known is None and self.level == "ordinal" and not all(isinstance(rating.label, float) for rating in given):
            words = ", ".join(sorted({text_of(rating.label) for rating in given})[:6])
            raise UsageError(f"the labels are words ({words}); say in which order they stand: --labels low,middle,high")
        return self.known

    def _places(self, table: Table) -> tuple[str | None, str | None]:
        item = self._column(table, self.columns.item, ITEM_COLUMNS)
        return item, self._column(table, self.columns.document, DOCUMENT_COLUMNS)

    def _column(self, table: Table, named: str | None, usual: Sequence[str]) -> str | None:
        if named is not None:
            return self._existing(table, named)
        heads = set(table.columns)
        return next((name for name in usual if name.partition(".")[0] in heads), None)

    def _existing(self, table: Table, name: str) -> str:
        if name not in table.columns and name.partition(".")[0] not in table.columns:
            near = suggest(name, table.columns)
            raise UsageError(f"no column is named '{name}'; {near + ' ' if near else ''}{there_are(table.columns)}")
        return name

    def _missing(self, what: str, usual: Sequence[str], option: str, table: Table, path: str) -> DataError:
        message = f"no column of {what} ({', '.join(usual)}); name it with {option}; {there_are(table.columns)}"
        return DataError(message, path=path, line=1)

    def _refuse_layers(self, table: Table, path: str) -> None:
        if "spans" in table.columns and "speaker" in table.columns:
            hint = "name the folder of the corpus, and the layers with --layers"
            raise UsageError(f"{path}: this is a layer of a corpus, whose statements stand in texts; {hint}")

    def _needed(self, row: Row, column: str, path: str) -> str:
        value = _text(_value(row.cells, column))
        if not value:
            raise error_of(issue_at(path, row.line, "missing-key", f"the column '{column}' is empty"))
        return value

    def _label(self, row: Row, column: str, path: str) -> Label | None:
        value = _value(row.cells, column)
        if self.level == "masi":
            return self._set(value)
        text = _text(value)
        if text is None or text in self.missing:
            return None
        label: Label = text
        if self.wants_numbers or (self.level == "ordinal" and self.known is None and _is_number(text)):
            if not _is_number(text):
                message = f"the label '{text}' in the column '{column}' is not a number, which the level {self.level} needs"
                raise error_of(issue_at(path, row.line, "wrong-type", message))
            label = float(text)
        if self.known is not None and label not in self.known:
            names = [text_of(entry) for entry in self.known]
            message = f"the label '{text}' in the column '{column}' is not one of {', '.join(names)}"
            raise error_of(issue_at(path, row.line, "not-allowed", message, suggest(text, names) or None))
        return label

    def _set(self, value: Any) -> frozenset[str] | None:
        if isinstance(value, list):
            return frozenset(str(entry) for entry in value)
        text = _text(value)
        if text is None or text in self.missing:
            return None
        return frozenset(part for entry in text.split(self.separator) if (part := entry.strip()))

    def _once(self, rating: Rating, row: Row, path: str) -> Rating:
        key = rating.item, rating.annotator
        place = f"{path}:{row.line}"
        if key in self.seen:
            message = f"'{rating.annotator}' rates the item '{rating.item}' a second time, after {self.seen[key]}"
            raise error_of(issue_at(path, row.line, "duplicate-id", message, "keep one of the two"))
        self.seen[key] = place
        return rating


def _rows(table: Table) -> Iterator[Row]:
    for row in table.rows:
        if isinstance(row, Issue):
            raise error_of(row)
        yield row


def _value(cells: Mapping[str, Any], column: str) -> Any:
    if column in cells:
        return cells[column]
    value: Any = cells
    for key in column.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
