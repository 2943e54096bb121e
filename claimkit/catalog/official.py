"""Files in the formats of shared tasks, told by their first line, so that a published submission is scored as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from claimkit.catalog.fnc_submission import read_fnc, read_fnc_predictions
from claimkit.catalog.submission import read_semeval, read_semeval_predictions
from claimkit.jsonl import open_input
from claimkit.records import Item, Prediction


class OfficialFormat(NamedTuple):
    """How a shared task writes gold labels and submissions.

    Attributes
    ----------
    name : str
    first_line : bytes
        What a file starts with, after a byte order mark if there is one.
    read_gold, read_predictions : callable
        From a path.
    """

    name: str
    first_line: bytes
    read_gold: Callable[[str | Path], Iterable[Item]]
    read_predictions: Callable[[str | Path], Iterable[Prediction]]


OFFICIAL_FORMATS = (
    OfficialFormat("SemEval-2016 task 6", b"ID\tTarget\tTweet\tStance", read_semeval, read_semeval_predictions),
    OfficialFormat("Fake News Challenge 1", b"Headline,Body ID,Stance", read_fnc, read_fnc_predictions),
)


def official_format(path: str | Path) -> OfficialFormat | None:
    """Return the format of a file, ``None`` where it is none of :data:`OFFICIAL_FORMATS` or the standard input."""
    if str(path) == "-":
        return None
    with open_input(path) as file:
        start = file.read(200).removeprefix(b"\xef\xbb\xbf")
    return next((entry for entry in OFFICIAL_FORMATS if start.startswith(entry.first_line)), None)
