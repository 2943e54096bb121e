"""CheckThat! 2020, task 2 (Shaar et al. 2020): tweets, and the claims checked before that they repeat.

Each judgement is an item: its text is the tweet, its target the verified claim that settles it. A claim that no judgement names is
found only in the collection, as a document whose text is the claim and whose title is that of the article on it. An item's id is
those of tweet and claim; groups are ``query`` (the tweet) and ``claim``. The task is to rank the collection for each tweet.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.records import Document, Item

_FOLDERS = {"train": "v3.0/train", "dev": "v3.0/dev", "test": "test"}


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of one split, in the order of its judgements."""
    claims = {document.id: document.text or "" for document in read_collection(folder)}
    part = folder / _FOLDERS[split]
    tweets = dict(_rows(part / "tweets.queries.tsv"))
    with (part / "tweet-vclaim-pairs.qrels").open(encoding="utf-8") as file:
        rows = [row.split() for row in file]
    for query, claim in dict.fromkeys((row[0], row[2]) for row in rows):  # all are of relevance 1, and one stands twice
        yield Item(
            id=f"{query}-{claim}",
            text=tweets[query],
            target=claims[claim],
            stance="match",
            scheme="claim-matching",
            target_kind="claim",
            split=split,
            groups={"query": query, "claim": claim},
        )


def read_collection(folder: Path) -> Iterator[Document]:
    """Yield the verified claims, in the order of their file."""
    for name, claim, title in _rows(folder / "v3.0" / "verified_claims.docs.tsv"):
        yield Document(id=name, text=claim, title=title, lang="en")


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t")
        next(rows)
        yield from rows


DATASET = Dataset(read, FACTS / "checkthat2020-t2.toml", read_collection)
