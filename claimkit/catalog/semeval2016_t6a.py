"""SemEval-2016 Task 6, subtask A (Mohammad et al. 2016): the stance of a tweet toward one of five targets.

Item ids are the task's own, which are unique over all splits; the group is ``target``. ``trial`` is the sample that was given out
before the training data.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.catalog.submission import read_semeval
from claimkit.records import Item

# Split -> file and its encoding; the training file holds two tweets with characters that only cp1252 has.
_FILES = {
    "train": ("trainingdata-all-annotations.txt", "cp1252"),
    "trial": ("trialdata-all-annotations.txt", "ascii"),
    "test": ("testdata-taskA-all-annotations.txt", "ascii"),
}


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of one split, in the order of the file."""
    name, encoding = _FILES[split]
    for item in read_semeval(folder / name, encoding=encoding):
        yield msgspec.structs.replace(item, split=split)


DATASET = Dataset(read, FACTS / "semeval2016-t6a.toml")
