"""Evaluation of predicted stances: accuracy first, every number with its interval, n and signature."""

from __future__ import annotations

from claimkit.evaluation.compare import Comparison, Pair, compare
from claimkit.evaluation.result import Baseline, Confusion, Estimate, Evaluation, LabelScores, Slice
from claimkit.evaluation.sample import scheme_of_items
from claimkit.evaluation.score import DEFAULT_METRICS, evaluate
from claimkit.evaluation.signature import Signature, format_signature, parse_signature
from claimkit.evaluation.verdict import verdict

__all__ = [
    "DEFAULT_METRICS",
    "Baseline",
    "Comparison",
    "Confusion",
    "Estimate",
    "Evaluation",
    "LabelScores",
    "Pair",
    "Signature",
    "Slice",
    "compare",
    "evaluate",
    "format_signature",
    "parse_signature",
    "scheme_of_items",
    "verdict",
]
