"""P-Stance (Li et al. 2021): the stance of a tweet toward Donald Trump, Joe Biden or Bernie Sanders.

The files have no ids: an item's is the target, the split and the number of the row. The group is ``target``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.records import Item

_TARGETS = ("trump", "biden", "bernie")
_PARTS = {"train": "train", "dev": "val", "test": "test"}  # split -> how the files name it


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of one split, target by target in the order of the files."""
    for name in _TARGETS:
        with (folder / f"raw_{_PARTS[split]}_{name}.csv").open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=1):
                yield Item(
                    id=f"{name}-{split}-{number}",
                    text=row["Tweet"],
                    target=row["Target"],
                    stance=row["Stance"],
                    scheme="pstance",
                    target_kind="actor",
                    split=split,
                    groups={"target": row["Target"]},
                )


DATASET = Dataset(read, FACTS / "pstance.toml")
