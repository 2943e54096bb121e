"""The format of SemEval-2016 Task 6: ``ID<TAB>Target<TAB>Tweet<TAB>Stance`` under a header, of gold labels and submissions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from claimkit.errors import DataError, suggest
from claimkit.jsonl import open_input, write_lines
from claimkit.records import Item, Prediction
from claimkit.records.check import is_id
from claimkit.schemes import SCHEMES

HEADER = ("ID", "Target", "Tweet", "Stance")
UNKNOWN = "UNKNOWN"  # stands in test files that were given out without labels
_LABELS = SCHEMES["semeval2016"].labels


def read_semeval(path: str | Path, *, encoding: str = "utf-8") -> Iterator[Item]:
    """Yield the rows of a file in the task's format as items.

    Parameters
    ----------
    path : path-like
        ``"-"`` is the standard input. Further columns, such as ``Sentiment``, go to ``meta``.
    encoding : str
        The task's own training file is in ``cp1252``.

    Raises
    ------
    DataError
        When the header, a row or a label is not that of the format; with its line.
    """
    with open_input(path) as file:
        raw = file.read()
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"byte 0x{raw[error.start]:02x} is not {encoding}; the task's training file is cp1252"
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(message, path=path, line=line, code="invalid-utf8") from None
    lines = text.removeprefix("\ufeff").split("\n")
    names = tuple(lines[0].rstrip("\r").split("\t"))
    if names[: len(HEADER)] != HEADER:
        raise DataError(f"the first line must be {'<TAB>'.join(HEADER)}, found {lines[0][:60]!r}", path=path, line=1)
    for number, row in enumerate(lines[1:], start=2):
        if row.strip():
            yield _item(row.rstrip("\r").split("\t"), names, path, number)


def _item(cells: list[str], names: tuple[str, ...], path: str | Path, line: int) -> Item:
    if len(cells) != len(names):
        raise DataError(f"{len(cells)} columns, the header has {len(names)}", path=path, line=line)
    name, target, tweet, stance = cells[: len(HEADER)]
    if not is_id(name) or not target:
        raise DataError("ID and Target must not be empty, and an ID has no space", path=path, line=line)
    if stance not in (*_LABELS, UNKNOWN):
        near = suggest(stance, _LABELS)
        message = f"stance '{stance}' is not one of {', '.join(_LABELS)}{'; ' + near if near else ''}"
        raise DataError(message, path=path, line=line, code="stance-not-in-scheme")
    return Item(
        id=name,
        text=tweet,
        target=target,
        stance=None if stance == UNKNOWN else stance,
        scheme="semeval2016",
        target_kind="topic",
        groups={"target": target},
        meta={_key(column): cell for column, cell in zip(names[len(HEADER) :], cells[len(HEADER) :], strict=True)},
    )


def _key(column: str) -> str:
    return column.lower().replace(" ", "_")


def read_semeval_predictions(path: str | Path, *, model: str | None = None, encoding: str = "utf-8") -> Iterator[Prediction]:
    """Yield the rows of a submission as predictions; rows with ``UNKNOWN`` are left out.

    Parameters
    ----------
    path : path-like
    model : str, optional
        Name of the system.
    encoding : str

    Raises
    ------
    DataError
        As in :func:`read_semeval`.
    """
    for item in read_semeval(path, encoding=encoding):
        if item.stance is not None:
            yield Prediction(id=item.id, stance=item.stance, model=model)


def write_semeval(path: str | Path, items: Iterable[Item], predictions: Iterable[Prediction] | None = None) -> int:
    """Write items in the task's format, which its official scorer reads; in UTF-8, one row an item, in their order.

    Parameters
    ----------
    path : path-like
        ``"-"`` is the standard output.
    items : iterable of Item
    predictions : iterable of Prediction, optional
        Their labels take the place of the items' own; an item without prediction is ``UNKNOWN``.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    DataError
        When a label is not one of the task, or a prediction is for no item.
    """
    known = list(items)
    if predictions is None:
        labels = {item.id: item.stance for item in known}
    else:
        labels = dict.fromkeys(item.id for item in known)
        for prediction in predictions:
            if prediction.id not in labels:
                raise DataError(f"there is no item '{prediction.id}' for this prediction", path=path, code="dangling-reference")
            labels[prediction.id] = prediction.stance
    rows = [_row(item, labels) for item in known]
    return write_lines(path, ("\t".join(cells).encode() + b"\n" for cells in (HEADER, *rows))) - 1


def _row(item: Item, labels: Mapping[str, str | None]) -> tuple[str, ...]:
    label = labels[item.id] or UNKNOWN
    if label not in (*_LABELS, UNKNOWN):
        raise DataError(f"'{label}', the stance of '{item.id}', is not one of {', '.join(_LABELS)}", code="stance-not-in-scheme")
    return (item.id, _cell(item.target), _cell(item.text), label)


def _cell(text: str) -> str:
    """Return a text without the characters that end a cell or a row."""
    return text.replace("\t", " ").replace("\r", " ").replace("\n", " ")
