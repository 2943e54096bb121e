"""The bootstrap and the closed intervals."""

from __future__ import annotations

import numpy as np
import pytest

from claimkit.stats import draw_cell_sums, draw_cluster_sums, percentile_interval, wilson_interval

X = np.array([1, 1, 0, 1, 0, 0, 1, 1, 0, 0])
CLUSTERS = np.array([0, 0, 0, 1, 1, 2, 2, 3, 3, 4])


def per_cluster(values, clusters):
    table = np.zeros((clusters.max() + 1, 2))
    np.add.at(table, (clusters, 0), values)
    np.add.at(table, (clusters, 1), 1)
    return table


def test_cluster_resamples_spread_like_the_clustered_standard_error():
    # For a ratio of sums the spread of the cluster bootstrap tends to the uncorrected clustered standard error, .070711 for these
    # data (statsmodels' cluster covariance without correction); with few clusters of unequal size it is somewhat larger.
    many = per_cluster(np.tile(X, 200), np.concatenate([CLUSTERS + 5 * index for index in range(200)]))
    sums = np.concatenate(list(draw_cluster_sums(many, 4000, 1, 1000)))
    assert np.std(sums[:, 0] / sums[:, 1]) * np.sqrt(200) == pytest.approx(0.070711, rel=0.04)


def test_item_resamples_spread_like_the_naive_standard_error():
    counts = np.array([1200, 800])
    sums = np.concatenate(list(draw_cell_sums(counts, 4000, 1, 1000)))
    assert np.std(sums[:, 0] / 2000) == pytest.approx(np.sqrt(0.6 * 0.4 / 2000), rel=0.04)


def test_the_size_of_the_blocks_does_not_change_the_numbers():
    table = per_cluster(X, CLUSTERS)
    one = np.concatenate(list(draw_cluster_sums(table, 100, 7, 100)))
    many = np.concatenate(list(draw_cluster_sums(table, 100, 7, 9)))
    assert np.array_equal(one, many)
    cells = np.array([3, 4, 5])
    assert np.array_equal(
        np.concatenate(list(draw_cell_sums(cells, 50, 7, 50))), np.concatenate(list(draw_cell_sums(cells, 50, 7, 8)))
    )


def test_every_resample_holds_as_many_clusters_as_there_are():
    sums = np.concatenate(list(draw_cluster_sums(np.ones((12, 1)), 200, 3, 64)))
    assert (sums == 12).all()


@pytest.mark.parametrize(
    ("successes", "n", "expected"), [(0, 10, (0.0, 0.277533)), (10, 10, (0.722467, 1.0)), (1, 2, (0.094531, 0.905469))]
)
def test_wilson_intervals_at_the_edges(successes, n, expected):
    # checked against scipy.stats.binomtest(...).proportion_ci(method="wilson")
    from scipy.stats import binomtest

    interval = binomtest(successes, n).proportion_ci(method="wilson")
    assert wilson_interval(successes, n) == pytest.approx(expected, abs=5e-6)
    assert wilson_interval(successes, n) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_no_interval_is_given_when_more_than_one_in_twenty_values_is_undefined():
    values = np.arange(100.0)
    values[:6] = np.nan
    assert np.isnan(percentile_interval(values)).all()
    values[:6] = 1.0
    values[:5] = np.nan
    assert not np.isnan(percentile_interval(values)).any()


@pytest.mark.parametrize(("call", "message"), [((5, 3), "between 0 and n"), ((1, 3, 1.0), "between 0 and 1")])
def test_impossible_counts_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        wilson_interval(*call)
