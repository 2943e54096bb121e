"""The metrics: each is defined once, with its sentence and its source; a new one is one definition and one line here."""

from __future__ import annotations

from claimkit.metrics.base import LabelMetric, Metric, ProbabilityMetric, RankingMetric, SpanMetric
from claimkit.metrics.naming import metric_of
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
        "brier": "claimkit.metrics.calibration:brier",
        "ece": "claimkit.metrics.calibration:ece",
        "average_precision": "claimkit.metrics.rankings:average_precision",
        "map": "claimkit.metrics.rankings:map",
        "map_at_k": "claimkit.metrics.rankings:map_at_k",
        "mrr": "claimkit.metrics.rankings:mrr",
        "success_at_k": "claimkit.metrics.rankings:success_at_k",
        "span_f1": "claimkit.metrics.spans:span_f1",
    },
)


def parse_metric(text: str) -> Metric:
    """Return the metric that a text names; see :func:`claimkit.metrics.naming.metric_of`.

    >>> str(parse_metric("map@10")), str(parse_metric("map_at_k(k=10)")), str(parse_metric("accuracy"))
    ('map_at_k(k=10)', 'map_at_k(k=10)', 'accuracy')
    """
    return metric_of(text, METRICS)


__all__ = ["METRICS", "LabelMetric", "Metric", "ProbabilityMetric", "RankingMetric", "SpanMetric", "parse_metric"]
