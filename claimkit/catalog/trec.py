"""The formats of TREC, in which shared tasks give relevance judgements (qrels) and rankings (runs)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from claimkit.errors import DataError
from claimkit.jsonl import open_input

QRELS = ("query", "iteration", "document", "relevance")
RUN = ("query", "Q0", "document", "rank", "score", "tag")


def trec_format(path: str | Path) -> Literal["qrels", "run"] | None:
    """Tell from the first line whether a file holds judgements or a ranking; ``None`` for neither, or the standard input."""
    if str(path) == "-":
        return None
    with open_input(path) as file:
        start = file.read(4096)
    cells = start.split(b"\n", 1)[0].split()
    if len(cells) == len(QRELS) and cells[3].lstrip(b"-").isdigit() and not start.startswith((b"{", b"[")):
        return "qrels"
    return "run" if len(cells) == len(RUN) and cells[1].upper() == b"Q0" else None


def read_qrels(path: str | Path) -> dict[str, set[str]]:
    """Return the relevant documents of each query; a query of which every document is irrelevant has an empty set.

    Raises
    ------
    DataError
        When a line does not have the four columns query, iteration, document, relevance; with its line.
    """
    found: dict[str, set[str]] = {}
    for line, (query, _, document, relevance) in _rows(path, QRELS):
        if not relevance.lstrip("-").isdigit():
            raise DataError(f"the relevance must be a whole number, found '{relevance}'", path=path, line=line)
        documents = found.setdefault(query, set())
        if int(relevance) > 0:
            documents.add(document)
    return found


def read_run(path: str | Path) -> dict[str, dict[str, float]]:
    """Return the score of each document of each query, in the order of the file; the column of ranks is not looked at.

    Raises
    ------
    DataError
        When a line does not have the six columns query, Q0, document, rank, score, tag, or a document comes twice; with its line.
    """
    found: dict[str, dict[str, float]] = {}
    for line, (query, _, document, _, score, _) in _rows(path, RUN):
        try:
            value = float(score)
        except ValueError:
            value = math.nan
        if math.isnan(value):
            raise DataError(f"the score must be a number, found '{score}'", path=path, line=line)
        ranking = found.setdefault(query, {})
        if document in ranking:
            raise DataError(f"the document '{document}' is ranked twice for the query '{query}'", path=path, line=line)
        ranking[document] = value
    return found


def _rows(path: str | Path, names: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    with open_input(path) as file:
        for number, raw in enumerate(file, start=1):
            try:
                cells = raw.decode("utf-8-sig" if number == 1 else "utf-8").split()
            except UnicodeDecodeError as error:
                message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
                raise DataError(message, path=path, line=number, code="invalid-utf8") from None
            if cells and len(cells) != len(names):
                raise DataError(f"{len(cells)} columns, expected {len(names)}: {', '.join(names)}", path=path, line=number)
            if cells:
                yield number, cells
