"""NewsMTSC (Hamborg and Donnay 2021): the attitude of a sentence from the news toward a person or group that it mentions.

Each labelled mention gives an item: its text is the sentence, its target the mention as written. Under ``meta`` are its offsets
(``text[start:end]``), the source's own id, its ``entity`` and its further mentions in the sentence. Groups are ``document``,
``sentence`` and, for articles from AllSides, ``event``: the story under which others stand too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.records import Item

_FILES = {"train": "train.jsonl", "test-rw": "devtest_rw.jsonl", "test-mt": "devtest_mt.jsonl"}
_LABELS = {2: "negative", 4: "neutral", 6: "positive"}
# Article, story (-1: none), number of the sentence, entity, and offsets in the article's own sentence, before it was normalised.
_GID = re.compile(r"(?P<document>allsides_\d+|polusa_v1_\d+)_(?P<event>-1|\d+)_(?P<sentence>\d+)_(?P<entity>.*)_\d+_\d+", re.DOTALL)


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of one split, mention by mention in the order of the file."""
    with (folder / _FILES[split]).open("rb") as file:
        for line, raw in enumerate(file, start=1):
            row = msgspec.json.decode(raw)
            for number, mention in enumerate(row["targets"], start=1):
                yield _item(f"{split}-{line}-{number}", row["sentence_normalized"], mention, split)


def _item(name: str, sentence: str, mention: dict[str, Any], split: str) -> Item:
    found = _GID.fullmatch(mention["Input.gid"])
    assert found is not None
    document, event = found["document"], found["event"]
    return Item(
        id=name,
        text=sentence,
        target=mention["mention"],
        stance=_LABELS[mention["polarity"]],
        scheme="newsmtsc",
        target_kind="actor",
        split=split,
        groups={"document": document, "sentence": f"{document}-{found['sentence']}"} | ({} if event == "-1" else {"event": event}),
        meta={
            "start": mention["from"],
            "end": mention["to"],
            "gid": mention["Input.gid"],
            "entity": found["entity"],
            "further_mentions": [
                {"start": other["from"], "end": other["to"], "text": other["mention"]}
                for other in mention.get("further_mentions", ())
            ],
        },
    )


DATASET = Dataset(read, FACTS / "newsmtsc.toml")
