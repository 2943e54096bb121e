"""VAST, Varied Stance Topics (Allaway and McKeown 2020): the stance of a reader's comment toward one of thousands of topics.

An item's text is the comment and its target the topic as the authors' own models read it, ``topic_str``: in small letters, without
function words, nouns in the singular. An id is the split and the number of the row. The groups are ``document`` (comments with the
same text), ``topic``, ``shot`` (``zero`` or ``few``: whether train has the topic) and, in train, ``author``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.records import Item

_LABELS = {"0": "con", "1": "pro", "2": "neutral"}
# Columns that only the training file has, and that say something of a row.
_META = ("new_id", "type_idx", "new_topic", "ori_topic", "arc_id")


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of one split, in the order of the file."""
    if split == "train":
        with (
            zipfile.ZipFile(folder / "vast_train.zip") as archive,
            archive.open("vast_train.csv") as raw,
            io.TextIOWrapper(raw, encoding="utf-8", newline="") as file,
        ):
            yield from _items(file, split)
    else:
        with (folder / f"vast_{split}.csv").open(encoding="utf-8", newline="") as file:
            yield from _items(file, split)


def _items(file: TextIO, split: str) -> Iterator[Item]:
    for number, row in enumerate(csv.DictReader(file), start=1):
        # In train, `new_topic` of a synthetic neutral (type 4) is the topic that its comment was about before. In dev and test, the
        # column of that name holds what train has in `topic_str`.
        topic, author = row.get("topic_str", row["new_topic"]), row.get("author")
        groups = {
            "document": hashlib.sha256(row["post"].encode()).hexdigest()[:12],
            "topic": topic,
            "shot": "few" if row["seen?"] == "1" else "zero",
        }
        yield Item(
            id=f"{split}-{number}",
            text=row["post"],
            target=topic,
            stance=_LABELS[row["label"]],
            scheme="vast",
            target_kind="topic",
            split=split,
            groups=groups | ({"author": author} if author else {}),
            meta={"seen": row["seen?"] == "1"} | ({key: row[key] for key in _META} if split == "train" else {}),
        )


DATASET = Dataset(read, FACTS / "vast.toml")
