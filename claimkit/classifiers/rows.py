"""What classifiers read: items, a data frame, or pairs of text and target, brought into one shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from claimkit.errors import DataError, UsageError, suggest
from claimkit.records import Item

# Keys by which rows hang together, the first that the items have; the order of claimkit.evaluation's default cluster.
GROUP_KEYS = ("document", "thread", "body", "event", "claim")


class TrainingError(DataError, ValueError):
    """Rows that cannot be learnt from or predicted; also a ``ValueError``, as scikit-learn's contract asks."""


class ParameterError(UsageError, ValueError):
    """A parameter of a classifier has a value it cannot have; also a ``ValueError``, as scikit-learn's contract asks."""


class Rows(NamedTuple):
    """Texts and targets, with access to what else is known of each row.

    Attributes
    ----------
    texts, targets : list of str
    stances : list of str or None
        ``None`` for rows that are not items.
    column : callable
        From a group key to its value in each row; ``None`` when the rows have no such key.
    """

    texts: list[str]
    targets: list[str]
    stances: list[str | None] | None
    column: Callable[[str], Sequence[str | None] | None]

    def __len__(self) -> int:
        return len(self.texts)


def rows_of(X: Any) -> Rows:
    """Return the rows of a sequence of items, a data frame with columns text and target, or pairs of shape (n, 2).

    Raises
    ------
    TrainingError
        When there is no row, or a text or target is not a string.

    Examples
    --------
    >>> rows_of([("It rains.", "weather")]).targets
    ['weather']
    """
    if hasattr(X, "columns"):
        rows = _from_frame(X)
    else:
        entries = list(X)
        rows = _from_items(entries) if entries and isinstance(entries[0], Item) else _from_pairs(entries)
    if not rows.texts:
        raise TrainingError("there is no row; at least one is needed")
    for name, strings in (("text", rows.texts), ("target", rows.targets)):
        if not set(map(type, strings)) <= {str}:
            wrong = next((index for index, string in enumerate(strings) if not isinstance(string, str)), None)
            if wrong is not None:
                raise TrainingError(f"the {name} of row {wrong} must be a string. Got {strings[wrong]!r}.")
    return rows


def _from_items(items: list[Any]) -> Rows:
    for index, item in enumerate(items):
        if not isinstance(item, Item):
            raise TrainingError(f"rows must all be items. Got {type(item).__name__} in row {index}.")
    return Rows(
        [item.text for item in items],
        [item.target for item in items],
        [item.stance for item in items],
        lambda key: [item.groups.get(key) for item in items] if any(key in item.groups for item in items) else None,
    )


def _from_frame(frame: Any) -> Rows:
    columns = [str(column) for column in frame.columns]
    for name in ("text", "target"):
        if name not in columns:
            raise TrainingError(f"a data frame must have the columns text and target. Got {', '.join(columns)}.")
    return Rows(
        list(frame["text"]),
        list(frame["target"]),
        None,
        lambda key: [value if isinstance(value, str) else None for value in frame[key]] if key in columns else None,
    )


def _from_pairs(entries: Iterable[Any]) -> Rows:
    texts, targets = [], []
    for index, entry in enumerate(entries):
        if isinstance(entry, str) or not hasattr(entry, "__len__") or len(entry) != 2:
            raise TrainingError(f"rows must be items or pairs of text and target. Got {entry!r:.60} in row {index}.")
        texts.append(entry[0])
        targets.append(entry[1])
    return Rows(texts, targets, None, lambda _: None)


def codes_of(y: Any, rows: Rows, labels: Sequence[str]) -> list[int]:
    """Return the label of each row as its place in the scheme; without ``y``, the stance of each item.

    Raises
    ------
    TrainingError
        When a row has no label, or one outside the scheme.
    """
    given = rows.stances if y is None else list(y)
    if given is None:
        raise TrainingError("y is needed for rows that are not items")
    if len(given) != len(rows):
        raise TrainingError(f"y must have one label for each row. Got {len(given)} labels for {len(rows)} rows.")
    places = {label: index for index, label in enumerate(labels)}
    codes = [places.get(label, -1) if isinstance(label, str) else -1 for label in given]
    if -1 in codes:
        row = codes.index(-1)
        label = given[row]
        if label is None:
            raise TrainingError(f"row {row} has no stance; give one, or take the row out")
        near = suggest(str(label), labels)
        raise TrainingError(f"the label {str(label)!r} of row {row} is not one of {', '.join(labels)}{'; ' + near if near else ''}")
    return codes


def groups_of(groups: Any, rows: Rows) -> list[str]:
    """Return what rows hang together by: the given ids, else the first of the items' GROUP_KEYS; a row without one stands alone."""
    present = (column for column in map(rows.column, GROUP_KEYS) if column is not None)
    given = next(present, None) if groups is None else list(groups)
    if given is None:
        given = [None] * len(rows)
    if len(given) != len(rows):
        raise TrainingError(f"groups must have one value for each row. Got {len(given)} values for {len(rows)} rows.")
    return [f"row {index}" if value is None else f"group {value}" for index, value in enumerate(given)]
