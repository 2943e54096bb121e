"""SemEval-2016 Task 6, subtask B (Mohammad et al. 2016): the stance of a tweet toward Donald Trump, without training data.

Item ids are the task's own and none of them is one of subtask A; the group is ``target``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.catalog.submission import read_semeval
from claimkit.records import Item


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of the only split, in the order of the file."""
    for item in read_semeval(folder / "testdata-taskB-all-annotations.txt", encoding="ascii"):
        yield msgspec.structs.replace(item, split=split)


DATASET = Dataset(read, FACTS / "semeval2016-t6b.toml")
