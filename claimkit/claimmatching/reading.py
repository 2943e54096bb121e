"""Reading what is matched: claims and texts of JSON Lines of any kind that have an id and a text, and judged pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from claimkit.catalog.trec import read_qrels
from claimkit.errors import DataError
from claimkit.jsonl import read_lines, read_numbered
from claimkit.records import Document, Item


class _Row(msgspec.Struct):
    """A line with an id and a text; whatever else it holds is not looked at."""

    id: str
    text: str
    title: str | None = None
    groups: dict[str, Any] = {}


def read_claims(path: str | Path) -> list[Document]:
    """Return the claims of a file, such as the ``claims.jsonl`` of a corpus: lines with ``id``, ``text`` and perhaps ``title``.

    Raises
    ------
    DataError
        When a line is something else, an id comes twice or there is no claim; with its line.
    """
    return [Document(id=row.id, text=row.text, title=row.title) for row in _rows(path, "a claim")]


def read_texts(path: str | Path) -> dict[str, str]:
    """Return the texts of a file by their ids: items, documents, or any lines with ``id`` and ``text``.

    Items that name a ``query`` among their ``groups`` are of one text, whose id that is.

    Raises
    ------
    DataError
        As in :func:`read_claims`.
    """
    return {str(row.groups.get("query", row.id)): row.text for row in _rows(path, "a text")}


def read_pairs(path: str | Path, judgements: str | Path | None = None) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return texts and the claims that each repeats.

    Parameters
    ----------
    path : path-like
        Items whose ``groups`` name the ``claim``, as ``claimkit items`` makes them, and the ``query`` where several items are of
        one text; with ``judgements`` texts as in :func:`read_texts`.
    judgements : path-like, optional
        Relevance judgements (qrels) of TREC.

    Raises
    ------
    DataError
        When a line is something else, or a judgement is of a text that is not there.
    """
    if judgements is not None:
        texts, relevant = read_texts(path), read_qrels(judgements)
        unknown = next((name for name in relevant if name not in texts), None)
        if unknown is not None:
            raise DataError(f"'{unknown}' is judged, but {path} has no such text", path=judgements, code="dangling-reference")
        return texts, relevant
    texts, relevant = {}, {}
    for line, item in read_numbered(path, Item):
        claim, name = item.groups.get("claim"), item.groups.get("query", item.id)
        if claim is None:
            hint = 'give "groups":{"claim":"…"}, or judgements with --qrels'
            raise DataError(f"the item '{item.id}' does not say which claim it repeats; {hint}", path=path, line=line.number)
        texts[name] = item.text
        relevant.setdefault(name, set()).add(claim)
    return texts, relevant


def _rows(path: str | Path, what: str) -> Iterator[_Row]:
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(_Row).decode
    seen: dict[str, int] = {}
    for line in read_lines(path):
        raw = line.raw.removeprefix(b"\xef\xbb\xbf")
        if not raw.strip():
            continue
        try:
            row = decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f'{what} is a JSON object with "id" and "text": {str(error).replace("Object", "object", 1)}'
            raise DataError(message, path=path, line=line.number, code="json-syntax") from None
        if row.id in seen:
            first = seen[row.id]
            raise DataError(f"the id '{row.id}' is already used in line {first}", path=path, line=line.number, code="duplicate-id")
        seen[row.id] = line.number
        yield row
    if not seen:
        raise DataError(f"the file holds nothing; {what} is one line", path=path, code="file-empty")
