"""IBM's claim stance data (Bar-Haim et al. 2017): whether a claim from Wikipedia is for or against a motion.

An item's target is the motion and its text the claim as it was corrected. Groups are ``topic``, the number of the motion, and
``document``, the article of the claim. What the authors annotated on the way to the stance (targets, sentiments toward them, and
how the targets relate: 1 or -1 each) is under ``meta``; claims that do not fit that model (``compatible``) lack it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.records import Item


def read(folder: Path, split: str) -> Iterator[Item]:
    """Yield the items of one split, in the order of the file, which holds both."""
    with (folder / "claim_stance_dataset_v1.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["split"] == split:
                yield _item(row)


def _item(row: dict[str, str]) -> Item:
    return Item(
        id=row["claims.claimId"],
        text=row["claims.claimCorrectedText"],
        target=row["topicText"],
        stance=row["claims.stance"],
        scheme="ibm-claim-stance",
        target_kind="claim",
        split=row["split"],
        groups={"topic": row["topicId"], "document": row["claims.article.cleanFile"]},
        meta=_meta(row),
    )


def _meta(row: dict[str, str]) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "topic_target": row["topicTarget"],
        "topic_sentiment": int(row["topicSentiment"]),
        "original_text": row["claims.claimOriginalText"],
        "article_start": int(row["claims.article.cleanSpan.start"]),
        "article_end": int(row["claims.article.cleanSpan.end"]),
        "compatible": row["claims.Compatible"] == "yes",
    }
    if meta["compatible"]:
        meta |= {
            "claim_target": row["claims.claimTarget.text"],
            "claim_target_start": int(row["claims.claimTarget.span.start"]),
            "claim_target_end": int(row["claims.claimTarget.span.end"]),
            "claim_sentiment": int(row["claims.claimSentiment"]),
            "targets_relation": int(row["claims.targetsRelation"]),
        }
    return meta


DATASET = Dataset(read, FACTS / "ibm-claim-stance.toml")
