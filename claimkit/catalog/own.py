"""Your own data as items: from a table, or from a data set of the Hugging Face library, by naming its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from claimkit.catalog.tables import Row, Rows, TableFormat, cell_text, issue_at, read_table, there_are
from claimkit.errors import UsageError, suggest
from claimkit.issues import Issue
from claimkit.jsonl import error_of
from claimkit.labelmaps import LABEL_MAPS, maps_for, parse_label_map
from claimkit.records import Item
from claimkit.records.base import encode
from claimkit.records.check import is_id
from claimkit.records.line import read_line
from claimkit.schemes import SCHEMES, LabelScheme, scheme_of

if TYPE_CHECKING:
    import datasets

_NOT_IN_IDS = re.compile(r"[^\w.-]+")


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Which column of a table holds what; ``"=VALUE"`` instead of a column gives all rows the same target or split.

    Attributes
    ----------
    text, target : str
    stance : str or None
        Without it the items have no labels.
    id : str or None
        Without it ids are made from the name of the file and the number of the row.
    split : str or None
    groups : dict of str to str
        Group key to column; an empty cell gives no group.
    """

    text: str
    target: str
    stance: str | None = None
    id: str | None = None
    split: str | None = None
    groups: dict[str, str] = {}

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that have to be there."""
        parts = (self.text, self.target, self.stance, self.id, self.split, *self.groups.values())
        fixed = {part for part in (self.target, self.split) if part is not None and part.startswith("=")}
        return tuple(dict.fromkeys(part for part in parts if part is not None and part not in fixed))


def items_from_table(
    path: str | Path,
    columns: Columns,
    *,
    scheme: str | Iterable[str] | None = None,
    label_map: str | None = None,
    form: TableFormat | None = None,
    issues: list[Issue] | None = None,
) -> Iterator[Item]:
    r"""Yield the rows of a CSV, TSV, JSON Lines or Parquet file as items.

    Parameters
    ----------
    path : path-like
        ``"-"`` is the standard input.
    columns : Columns
    scheme : str or iterable of str, optional
        A label scheme, by name or by its labels; every stance has to be one of them.
    label_map : str, optional
        As in :func:`claimkit.labelmaps.parse_label_map`; a named map brings the scheme it leads to.
    form : TableFormat, optional
        Where the suffix of the file does not tell its format, or it is not in UTF-8, or its cells are parted by something else.
    issues : list of Issue, optional
        Bad rows are left out and added here; without it the first of them stops the reading.

    Raises
    ------
    DataError
        When a row cannot be an item, with its line and the name of the column; or the file is no such table.
    UsageError
        When a column, scheme or label map does not exist; with near misses.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = path.write_text("tweet,label\nWe reject this.,no\n")
    >>> next(items_from_table(path, Columns(text="tweet", target="=The treaty", stance="label"), scheme="yes,no")).id
    'mine-1'
    """
    return items_from_tables([path], columns, scheme=scheme, label_map=label_map, form=form, issues=issues)


def items_from_tables(
    paths: Iterable[str | Path],
    columns: Columns,
    *,
    scheme: str | Iterable[str] | None = None,
    label_map: str | None = None,
    form: TableFormat | None = None,
    issues: list[Issue] | None = None,
) -> Iterator[Item]:
    """Yield the rows of several files as items with different ids; as :func:`items_from_table` does for one."""
    making = _Making(columns, _labels(scheme, label_map), issues)
    for path in paths:
        table = read_table(path, form or TableFormat())
        _check_columns(columns, table.columns, str(path))
        yield from making.items(table.rows, str(path), "row" if str(path) == "-" else Path(path).stem)


def items_from_dataset(
    dataset: datasets.Dataset | datasets.DatasetDict,
    columns: Columns,
    *,
    scheme: str | Iterable[str] | None = None,
    label_map: str | None = None,
    name: str = "row",
    issues: list[Issue] | None = None,
) -> Iterator[Item]:
    """Yield the rows of a Hugging Face data set as items; whatever is a ``ClassLabel`` there is resolved to its name.

    Parameters
    ----------
    dataset : datasets.Dataset or datasets.DatasetDict
        As ``datasets.load_dataset`` and ``datasets.load_from_disk`` return it. The parts of a ``DatasetDict`` are the splits,
        unless ``columns`` names another.
    columns : Columns
    scheme, label_map, issues
        As in :func:`items_from_table`. Without either, the names of a ``ClassLabel`` are the scheme.
    name : str
        What ids made from the number of the row start with.

    Raises
    ------
    DataError, UsageError
        As in :func:`items_from_table`; the line is the number of the row, from 1.

    Examples
    --------
    >>> from datasets import ClassLabel, Dataset, Features, Value
    >>> features = Features({"text": Value("string"), "label": ClassLabel(names=["con", "pro"])})
    >>> data = Dataset.from_dict({"text": ["We reject this."], "label": [0]}, features=features)
    >>> item = next(items_from_dataset(data, Columns(text="text", target="=The treaty", stance="label")))
    >>> item.stance, item.scheme
    ('con', ('con', 'pro'))
    """
    parts = dict(dataset) if isinstance(dataset, Mapping) else {None: dataset}
    first = next(iter(parts.values()))
    names = _class_names(first, columns.stance)
    labels = _labels(names if scheme is None and label_map is None else scheme, label_map)
    making = _Making(columns, labels, issues)
    for split, part in parts.items():
        place = name if split is None else str(split)
        _check_columns(columns, list(part.column_names), place)
        chosen = columns if split is None or columns.split else msgspec.structs.replace(columns, split=f"={split}")
        making.columns = chosen
        yield from making.items(_dataset_rows(part, columns), place, name if split is None else f"{name}-{split}")


def _class_names(part: Any, column: str | None) -> tuple[str, ...] | None:
    names = getattr(part.features.get(column), "names", None)
    return tuple(names) if names else None


def _dataset_rows(part: Any, columns: Columns) -> Rows:
    classes = {column: _class_names(part, column) for column in columns.named}
    for number, cells in enumerate(part.select_columns(list(columns.named)), start=1):
        yield Row(number, {column: _resolved(value, classes[column]) for column, value in cells.items()})


def _resolved(value: Any, names: tuple[str, ...] | None) -> Any:
    if names is None or not isinstance(value, int):
        return value
    return names[value] if value >= 0 else None  # -1 stands for a label that is kept back


def _check_columns(columns: Columns, present: list[str], place: str) -> None:
    for column in columns.named:
        if column not in present:
            near = suggest(column, present)
            raise UsageError(f"{place}: no column is named '{column}'; {near + ' ' if near else ''}{there_are(present)}")
        if present.count(column) > 1:
            raise UsageError(f"{place}: {present.count(column)} columns are named '{column}'; rename one")


class _Labels(msgspec.Struct):
    """How stances are checked: their scheme, and the map that leads there."""

    scheme: LabelScheme | None
    label_map: str | None
    images: dict[str, str | None] = {}

    @property
    def written(self) -> str | tuple[str, ...] | None:
        """The scheme as items have it."""
        return None if self.scheme is None else self.scheme.name if self.scheme.name in SCHEMES else self.scheme.labels

    def image(self, label: str) -> str | None:
        if self.label_map is None or self.scheme is None:
            return label
        if label not in self.images:
            self.images[label] = parse_label_map(self.label_map, [label], self.scheme).mapping.get(label)
        return self.images[label]


def _labels(scheme: str | Iterable[str] | None, label_map: str | None) -> _Labels:
    if scheme is not None:
        wanted = scheme_of(scheme)
    elif label_map is not None and label_map in LABEL_MAPS:
        wanted = LABEL_MAPS[label_map].target
    elif label_map is not None:
        raise UsageError(f"the label map '{label_map}' needs the scheme to which it leads (--scheme)")
    else:
        return _Labels(None, None)
    if label_map is not None:
        parse_label_map(label_map, wanted.labels, wanted)  # a map that does not exist is told before any row is read
    return _Labels(wanted, label_map)


class _BadRow(Exception):  # noqa: N818 - it never leaves this module
    """Why a row is no item."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


class _Making:
    """Makes items of rows, and knows the ids that there are already."""

    def __init__(self, columns: Columns, labels: _Labels, issues: list[Issue] | None) -> None:
        self.columns = columns
        self.labels = labels
        self.issues = issues
        self.seen: dict[str, str] = {}

    def items(self, rows: Rows, path: str, stem: str) -> Iterator[Item]:
        start = _NOT_IN_IDS.sub("-", stem)[:150] or "row"
        for number, row in enumerate(rows, start=1):
            made = row if isinstance(row, Issue) else self._made(row, f"{start}-{number}", path)
            if isinstance(made, Item):
                yield made
            elif self.issues is None:
                raise error_of(made)
            else:
                self.issues.append(made)

    def _made(self, row: Row, name: str, path: str) -> Item | Issue:
        try:
            item = self._item(row.cells, name)
            if item.id in self.seen:
                hint = (
                    "leave --id out to number the rows"
                    if self.columns.id
                    else "give the files different names, or name a column of ids"
                )
                raise _BadRow("duplicate-id", f"the id '{item.id}' stands already at {self.seen[item.id]}", hint)
            raw = encode(item)
        except _BadRow as bad:
            return issue_at(path, row.line, bad.code, bad.message, bad.hint)
        except UnicodeEncodeError:
            return issue_at(
                path, row.line, "lone-surrogate", "a text holds half of a surrogate pair", "mend the text where it comes from"
            )
        faults = [fault for fault in read_line(raw, Item, path=path, number=row.line)[1] if fault.severity == "error"]
        return (
            msgspec.structs.replace(faults[0], column=None, byte_offset=None) if faults else self._kept(item, f"{path}:{row.line}")
        )

    def _kept(self, item: Item, place: str) -> Item:
        self.seen[item.id] = place
        return item

    def _item(self, cells: Mapping[str, Any], name: str) -> Item:
        columns, labels = self.columns, self.labels
        groups = {key: _trimmed(cells, column) for key, column in columns.groups.items()}
        return Item(
            id=name if columns.id is None else self._id(cells, columns.id),
            text=_needed(cells, columns.text),
            target=columns.target[1:] if columns.target.startswith("=") else _needed(cells, columns.target),
            stance=None if columns.stance is None else self._stance(_trimmed(cells, columns.stance), columns.stance),
            scheme=labels.written,
            split=columns.split[1:] if columns.split and columns.split.startswith("=") else _trimmed(cells, columns.split),
            groups={key: value for key, value in groups.items() if value is not None},
        )

    def _id(self, cells: Mapping[str, Any], column: str) -> str:
        value = _needed(cells, column).strip()
        if not is_id(value):
            hint = "an id has 1 to 200 characters, no space and no slash; leave --id out to number the rows"
            raise _BadRow("not-allowed", f"column '{column}': {value[:60]!r} is not an id", hint)
        return value

    def _stance(self, label: str | None, column: str) -> str | None:
        scheme = self.labels.scheme
        if label is None or scheme is None:
            return label
        image = self.labels.image(label)
        if image is None:
            hint = f"give it one of {', '.join(scheme.labels)}, or leave such rows out (--skip-bad)"
            raise _BadRow("stance-not-in-scheme", f"column '{column}': the label map has nothing for '{label[:60]}'", hint)
        if image not in scheme.labels:
            maps = maps_for([label], scheme)
            hint = (
                f"map it with --label-map {maps[0]}" if maps else suggest(label, scheme.labels) or "map it with --label-map FROM=TO"
            )
            message = f"column '{column}': '{label[:60]}' is not one of {', '.join(scheme.labels)}"
            raise _BadRow("stance-not-in-scheme", message, hint)
        return image


def _needed(cells: Mapping[str, Any], column: str) -> str:
    value = _text(cells, column)
    if value is None or not value.strip():
        raise _BadRow("missing-key", f"column '{column}' is empty", "every item needs it; leave such rows out (--skip-bad)")
    return value


def _trimmed(cells: Mapping[str, Any], column: str | None) -> str | None:
    value = None if column is None else _text(cells, column)
    return (value.strip() or None) if value is not None else None


def _text(cells: Mapping[str, Any], column: str) -> str | None:
    try:
        return cell_text(cells.get(column))
    except TypeError as error:
        raise _BadRow("wrong-type", f"column '{column}' holds {error}, a text is needed") from None
