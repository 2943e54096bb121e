"""Uncertainty: intervals by resampling items or whole clusters, and in closed form; paired tests; corrections for many tests."""

from __future__ import annotations

from claimkit.stats.bootstrap import MIN_CLUSTERS, bca_interval, draw_cell_sums, draw_cluster_sums, percentile_interval
from claimkit.stats.means import t_interval
from claimkit.stats.paired import (
    benjamini_hochberg,
    holm,
    item_permutation_test,
    mcnemar_test,
    permutation_test,
    smallest_detectable,
)
from claimkit.stats.proportions import wilson_interval

__all__ = [
    "MIN_CLUSTERS",
    "bca_interval",
    "benjamini_hochberg",
    "draw_cell_sums",
    "draw_cluster_sums",
    "holm",
    "item_permutation_test",
    "mcnemar_test",
    "percentile_interval",
    "permutation_test",
    "smallest_detectable",
    "t_interval",
    "wilson_interval",
]
