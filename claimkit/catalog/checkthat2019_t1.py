"""CheckThat! 2019, task 1 (Atanasova et al. 2019): which sentences of political debates and speeches are worth checking.

An item's text is a sentence, its context the sentence before it, whoever said that; the target is the same for all. An id is the
debate and the number of the line, which is also under ``meta``. Groups are ``debate`` and ``speaker``. The task is to rank the
sentences of each debate: ``claimkit evaluate --query debate --metric map``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.records import Item

_STANCES = {"1": "check-worthy", "0": "other"}
_TARGET = "worth checking"


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of one split, debate by debate in the order of the files in the facts."""
    for file in DATASET.facts.files:
        if split in file.splits:
            yield from _sentences(folder / file.name, split)


def _sentences(path: Path, split: str) -> Iterator[Item]:
    before = None
    with path.open(encoding="utf-8") as file:
        for row in file:
            number, speaker, text, label = row.rstrip("\n").split("\t")
            yield Item(
                id=f"{path.stem}-{number}",
                text=text,
                target=_TARGET,
                stance=_STANCES[label],
                scheme="checkworthiness",
                context=before,
                split=split,
                groups={"debate": path.stem, "speaker": speaker},
                meta={"line": int(number)},
            )
            before = text


DATASET = Dataset(read, FACTS / "checkthat2019-t1.toml")
