"""Uncertainty: intervals by resampling items or whole clusters, and in closed form."""

from __future__ import annotations

from claimkit.stats.bootstrap import MIN_CLUSTERS, draw_cell_sums, draw_cluster_sums, percentile_interval
from claimkit.stats.proportions import wilson_interval

__all__ = ["MIN_CLUSTERS", "draw_cell_sums", "draw_cluster_sums", "percentile_interval", "wilson_interval"]
