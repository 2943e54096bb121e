"""RumourEval 2017, subtask A (Derczynski et al. 2017): how a tweet responds to the rumour that started its thread.

An item's text is the tweet, its target the source tweet of the thread, its context the tweet that it replies to; a source tweet is
an item of its own, toward itself. Ids are those of Twitter. Groups are ``thread`` (the id of its source), ``author`` and, in train
and dev, ``event``: the threads of the test set are not sorted by event. The veracity of the rumour (subtask B) is under ``meta``.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.records import Item

_ARCHIVE = "rumoureval2017.tar.gz"


class _User(msgspec.Struct):
    id_str: str


class _Tweet(msgspec.Struct):
    id_str: str
    text: str
    created_at: str
    user: _User
    in_reply_to_status_id_str: str | None = None


class _Thread(NamedTuple):
    event: str | None
    tweets: dict[str, _Tweet]


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of one split, thread by thread in the order of the archive; replies stand before their source there."""
    threads, stances, veracity = _load(folder / _ARCHIVE, split)
    for source, thread in threads.items():
        for tweet in thread.tweets.values():
            yield _item(tweet, source, thread, split, stances[tweet.id_str], veracity[source])


def _load(path: Path, split: str) -> tuple[dict[str, _Thread], dict[str, str], dict[str, str]]:
    """Return the threads of a split by source, its labels, and the veracity of its rumours; in one pass, nothing is unpacked."""
    threads: dict[str, _Thread] = {}
    keys: dict[str, dict[str, str]] = {}
    decode = msgspec.json.Decoder(_Tweet).decode
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            parts = member.name.split("/")
            if not member.isfile() or parts[-1] == "structure.json" or not parts[-1].endswith(".json"):
                continue
            if parts[1] == f"{split}-annotations":
                keys[parts[-1]] = msgspec.json.decode(_bytes(archive, member))
            elif parts[1] == split:  # data / split / (event) / thread / "replies" or "source-tweet" / tweet.json
                tweet = decode(_bytes(archive, member))
                thread = threads.setdefault(parts[-3], _Thread(parts[2] if len(parts) == 6 else None, {}))
                thread.tweets[tweet.id_str] = tweet
    return threads, keys["subtaskA.json"], keys["subtaskB.json"]


def _bytes(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def _item(tweet: _Tweet, source: str, thread: _Thread, split: str, stance: str, veracity: str) -> Item:
    reply_to = tweet.in_reply_to_status_id_str
    above = thread.tweets.get(reply_to) if reply_to else None
    meta: dict[str, Any] = {"created_at": tweet.created_at, "veracity": veracity}
    return Item(
        id=tweet.id_str,
        text=tweet.text,
        target=thread.tweets[source].text,
        stance=stance,
        scheme="rumoureval",
        target_kind="post",
        context=above.text if above else None,
        split=split,
        groups={"thread": source, "author": tweet.user.id_str} | ({"event": thread.event} if thread.event else {}),
        meta=meta | ({"reply_to": reply_to} if reply_to else {}),
    )


DATASET = Dataset(read, FACTS / "rumoureval2017.toml")
