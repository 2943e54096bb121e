"""PERSPECTRUM (Chen et al. 2019): whether a perspective supports or undermines a claim.

An item's target is the claim and its text the perspective; a cluster of paraphrases shares one label, and each gives an item. The
groups are ``claim``, ``cluster``, ``perspective`` and, where the claim has topics, ``topic``: all of them, joined by ``|``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.records import Item


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of one split, claim by claim in the order of the file."""
    part_of: dict[str, str] = _load(folder / "dataset_split_v1.0.json")
    pool = {entry["pId"]: entry for entry in _load(folder / "perspective_pool_v1.0.json")}
    for claim in _load(folder / "perspectrum_with_answers_v1.0.json"):
        if part_of[str(claim["cId"])] != split:
            continue
        for index, cluster in enumerate(claim["perspectives"]):
            for perspective in cluster["pids"]:
                yield _item(claim, index, cluster, pool[perspective], split)


def _item(claim: dict[str, Any], index: int, cluster: dict[str, Any], perspective: dict[str, Any], split: str) -> Item:
    number, topics = claim["cId"], claim["topics"]
    groups = {"claim": str(number), "cluster": f"{number}-{index}", "perspective": str(perspective["pId"])}
    return Item(
        id=f"{number}-{index}-{perspective['pId']}",
        text=perspective["text"],
        target=claim["text"],
        stance=cluster["stance_label_3"],
        scheme="perspectrum",
        target_kind="claim",
        split=split,
        groups=groups | ({"topic": "|".join(sorted(topics))} if topics else {}),
        meta={"source": perspective["source"], "claim_source": claim["source"], "stance_label_5": cluster["stance_label_5"]},
    )


def _load(path: Path) -> Any:
    return msgspec.json.decode(path.read_bytes())


DATASET = Dataset(read, FACTS / "perspectrum.toml")
