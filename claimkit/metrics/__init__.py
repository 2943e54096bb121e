"""The metrics: each is defined once, with its sentence and its source; a new one is one definition and one line here."""

from __future__ import annotations

from claimkit.metrics.base import Metric
from claimkit.registry import Registry

METRICS = Registry(
    "metric",
    "claimkit.metrics",
    {
        "accuracy": "claimkit.metrics.labels:accuracy",
        "f1_macro": "claimkit.metrics.labels:f1_macro",
        "f1_favor_against": "claimkit.metrics.labels:f1_favor_against",
        "f1_favor_against_per_target": "claimkit.metrics.labels:f1_favor_against_per_target",
        "fnc_score": "claimkit.metrics.labels:fnc_score",
        "kappa": "claimkit.metrics.labels:kappa",
        "mcc": "claimkit.metrics.labels:mcc",
    },
)

__all__ = ["METRICS", "Metric"]
