"""Evaluation of predicted stances: accuracy first, every number with its interval, n and signature."""

from __future__ import annotations

from claimkit.evaluation.result import Baseline, Confusion, Estimate, Evaluation, LabelScores, Slice
from claimkit.evaluation.sample import scheme_of_items
from claimkit.evaluation.score import DEFAULT_METRICS, evaluate
from claimkit.evaluation.signature import Signature, format_signature, parse_signature

__all__ = [
    "DEFAULT_METRICS",
    "Baseline",
    "Confusion",
    "Estimate",
    "Evaluation",
    "LabelScores",
    "Signature",
    "Slice",
    "evaluate",
    "format_signature",
    "parse_signature",
    "scheme_of_items",
]
