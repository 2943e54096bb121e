"""The Fake News Challenge, stage 1 (2017): whether the body of a news article agrees with a headline, or is about it at all.

An item's target is the headline and its text the body of the article. Ids are those that a submission in the challenge's format
gets (:func:`claimkit.catalog.fnc_submission.read_fnc`), so that gold and submission meet; no body id of train is one of test. The
groups are ``body``, which some articles with the same text share, and ``headline``.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.catalog.fnc_submission import read_fnc
from claimkit.records import Item

# Split -> what the names of its two files start with.
_FILES = {"train": "train", "test": "competition_test"}


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of one split, in the order of the file of stances."""
    bodies = _bodies(folder / f"{_FILES[split]}_bodies.csv")
    for row in read_fnc(folder / f"{_FILES[split]}_stances.csv"):
        number = row.groups["body"]
        text, body = bodies[number]
        yield Item(
            id=row.id,
            text=text,
            target=row.text,
            stance=row.stance,
            scheme="fnc1",
            target_kind="claim",
            split=split,
            groups={"body": body, "headline": row.groups["headline"]},
            meta={"body_id": number},
        )


def _bodies(path: Path) -> dict[str, tuple[str, str]]:
    """Return body id -> text, and a name that is the same for the same text."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {number: (text, hashlib.sha256(text.encode()).hexdigest()[:12]) for number, text in rows}


DATASET = Dataset(read, FACTS / "fnc1.toml")
