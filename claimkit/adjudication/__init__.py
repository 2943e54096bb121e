"""Adjudication: from what several annotators say to one gold layer that names its sources, and the labels that may be wrong."""

from __future__ import annotations

from claimkit.adjudication.cases import Case, RelationCase, cases_of, relation_cases_of
from claimkit.adjudication.dawid_skene import DawidSkene, dawid_skene
from claimkit.adjudication.decisions import Choice, Decision, Disagreement, append_decision, read_decisions, read_queue, write_queue
from claimkit.adjudication.doubts import Doubts, confident_labels, find_doubts
from claimkit.adjudication.gold import STRATEGIES, Adjudication, adjudicate, write_gold
from claimkit.adjudication.items import ItemAdjudication, adjudicate_ratings
from claimkit.adjudication.queue import disagreements
from claimkit.adjudication.voting import majority

__all__ = [
    "STRATEGIES",
    "Adjudication",
    "Case",
    "Choice",
    "DawidSkene",
    "Decision",
    "Disagreement",
    "Doubts",
    "ItemAdjudication",
    "RelationCase",
    "adjudicate",
    "adjudicate_ratings",
    "append_decision",
    "cases_of",
    "confident_labels",
    "dawid_skene",
    "disagreements",
    "find_doubts",
    "majority",
    "read_decisions",
    "read_queue",
    "relation_cases_of",
    "write_gold",
    "write_queue",
]
