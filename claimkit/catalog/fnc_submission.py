"""The format of the Fake News Challenge, stage 1: ``Headline,Body ID,Stance`` under a header, of gold labels and submissions."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from claimkit.errors import DataError, suggest
from claimkit.jsonl import open_input
from claimkit.records import Item, Prediction
from claimkit.schemes import SCHEMES

HEADER = ("Headline", "Body ID", "Stance")
_LABELS = SCHEMES["fnc1"].labels


def read_fnc(path: str | Path) -> Iterator[Item]:
    """Yield the rows of a file in the challenge's format as items, with the headline as text.

    The challenge's test set holds some pairs of headline and body twice; an id therefore counts how often its pair has occurred, so
    that gold and submission meet whatever the order of their rows.

    Parameters
    ----------
    path : path-like
        ``"-"`` is the standard input.

    Raises
    ------
    DataError
        When the header, a row or a label is not that of the format; with its line.
    """
    with open_input(path) as file:
        raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(f"byte 0x{raw[error.start]:02x} is not UTF-8", path=path, line=line, code="invalid-utf8") from None
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows, [])
    if tuple(header) != HEADER:
        raise DataError(f"the first line must be {','.join(HEADER)}, found {','.join(header)[:60]!r}", path=path, line=1)
    seen: Counter[tuple[str, str]] = Counter()
    try:
        for row in rows:
            if row:
                yield _item(row, seen, path, rows.line_num)
    except csv.Error as error:
        raise DataError(f"not a CSV row: {error}", path=path, line=rows.line_num) from None


def _item(row: list[str], seen: Counter[tuple[str, str]], path: str | Path, line: int) -> Item:
    if len(row) != len(HEADER):
        raise DataError(f"{len(row)} columns, the header has {len(HEADER)}", path=path, line=line)
    headline, body, stance = row
    if not body.isdigit():
        raise DataError(f"Body ID must be a number, found {body[:40]!r}", path=path, line=line)
    if stance not in _LABELS:
        near = suggest(stance, _LABELS)
        message = f"stance '{stance}' is not one of {', '.join(_LABELS)}{'; ' + near if near else ''}"
        raise DataError(message, path=path, line=line, code="stance-not-in-scheme")
    seen[headline, body] += 1
    name = hashlib.sha256(headline.encode()).hexdigest()[:12]
    return Item(
        id=f"{body}-{name}-{seen[headline, body]}",
        text=headline,
        target=f"body {body}",
        stance=stance,
        scheme="fnc1",
        target_kind="post",
        groups={"body": body, "headline": name},
    )


def read_fnc_predictions(path: str | Path, *, model: str | None = None) -> Iterator[Prediction]:
    """Yield the rows of a submission as predictions; see :func:`read_fnc`."""
    for item in read_fnc(path):
        yield Prediction(id=item.id, stance=item.stance or "", model=model)
