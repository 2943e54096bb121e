"""Paired tests, corrections for many tests, and the accelerated bootstrap, against scipy and published vectors."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import bootstrap
from scipy.stats import permutation_test as scipy_permutation

from claimkit.stats import (
    bca_interval,
    benjamini_hochberg,
    draw_cluster_sums,
    holm,
    item_permutation_test,
    mcnemar_test,
    permutation_test,
    smallest_detectable,
)

RNG = np.random.default_rng(11)


def share(ours, theirs):
    """Difference of two accuracies; the cells are wrong and right."""
    return ours[:, 1] / ours.sum(axis=1) - theirs[:, 1] / theirs.sum(axis=1)


def per_cluster(right, clusters):
    table = np.zeros((clusters.max() + 1, 2))
    np.add.at(table, (clusters, right.astype(int)), 1)
    return table


def test_few_clusters_are_permuted_in_all_ways_as_in_scipy():
    clusters = np.repeat(np.arange(9), 6)
    a, b = RNG.random(54) < 0.7, RNG.random(54) < 0.5
    found = permutation_test(per_cluster(a, clusters), per_cluster(b, clusters), share)
    sums = [np.bincount(clusters, weights=x) for x in (a, b)]
    other = scipy_permutation(sums, lambda x, y: (x - y).sum(), permutation_type="samples", n_resamples=np.inf)
    assert found.method == "permutation of 9 clusters,exact"
    assert found.p == pytest.approx(other.pvalue, abs=1e-12)


def test_many_clusters_are_permuted_at_random_near_the_exact_value():
    clusters = np.repeat(np.arange(15), 4)
    a, b = RNG.random(60) < 0.7, RNG.random(60) < 0.5
    tables = per_cluster(a, clusters), per_cluster(b, clusters)
    found = permutation_test(*tables, share, replicates=40_000)
    sums = [np.bincount(clusters, weights=x) for x in (a, b)]
    exact = scipy_permutation(sums, lambda x, y: (x - y).sum(), permutation_type="samples", n_resamples=np.inf).pvalue
    assert found.p == pytest.approx(exact, abs=0.01)


def test_swapping_single_items_agrees_with_mcnemar():
    # 60 items only A gets right, 40 only B, 200 both or none: the permutation of signs is the binomial test.
    counts = np.array([60, 40, 150, 50])
    a = np.array([[0.0, 1], [1, 0], [0, 1], [1, 0]])
    b = np.array([[1.0, 0], [0, 1], [0, 1], [1, 0]])
    found = item_permutation_test(counts, a, b, share, replicates=40_000)
    assert found.p == pytest.approx(mcnemar_test(60, 40).p, abs=0.01)


def test_systems_with_the_same_answers_do_not_differ():
    table = per_cluster(RNG.random(60) < 0.5, np.repeat(np.arange(20), 3))
    assert permutation_test(table, table, share).p == 1.0
    assert mcnemar_test(0, 0).p == 1.0


def test_published_vectors_are_met(oracle_dir):
    known = json.loads((oracle_dir / "stat_vectors.json").read_text())
    assert mcnemar_test(known["mcnemar"]["b"], known["mcnemar"]["c"]).p == pytest.approx(known["mcnemar"]["p_exact"], rel=1e-9)
    assert holm(known["multiple"]["p"]) == pytest.approx(known["multiple"]["holm"])
    assert benjamini_hochberg(known["multiple"]["p"]) == pytest.approx(known["multiple"]["bh"])
    for n, expected in known["mdd_80pct_unpaired_p.7"].items():
        assert smallest_detectable(np.sqrt(2 * 0.7 * 0.3 / int(n))) == pytest.approx(expected, rel=1e-9)


def test_the_accelerated_interval_agrees_with_scipy():
    values = RNG.exponential(size=60)
    table = np.stack([values, np.ones(60)], axis=1)
    sums = np.concatenate(list(draw_cluster_sums(table, 20_000, 5, 1000)))
    means = sums[:, 0] / sums[:, 1]
    without = (values.sum() - values) / 59
    found = bca_interval(means, values.mean(), without)
    other = bootstrap((values,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(5)).confidence_interval
    assert found == pytest.approx((other.low, other.high), abs=0.02)


def test_equal_units_may_be_given_once_with_their_number():
    values = np.repeat([0.2, 0.5, 0.9], [5, 3, 2])
    boot = RNG.normal(0.41, 0.05, 5000)
    without = (values.sum() - values) / 9
    short = (values.sum() - np.array([0.2, 0.5, 0.9])) / 9
    assert bca_interval(boot, 0.41, without) == pytest.approx(bca_interval(boot, 0.41, short, np.array([5, 3, 2])))


@pytest.mark.parametrize(
    "call",
    [
        lambda: mcnemar_test(-1, 2),
        lambda: smallest_detectable(0.1, level=1.0),
        lambda: permutation_test(np.ones((0, 2)), np.ones((0, 2)), share),
    ],
)
def test_impossible_arguments_are_refused(call):
    with pytest.raises(ValueError, match="Got"):
        call()
