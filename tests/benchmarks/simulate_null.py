"""How often paired tests find a difference where there is none, simulated for clustered items; see docs/evaluation.md.

Run with: python tests/benchmarks/simulate_null.py
"""

from __future__ import annotations

import argparse

import numpy as np

from claimkit.stats import item_permutation_test, permutation_test

# What an item of each kind (neither right, only the second, only the first, both) adds to the counts.
OURS = np.array([[0.0], [0.0], [1.0], [1.0]])
THEIRS = np.array([[0.0], [1.0], [0.0], [1.0]])


def simulate(rng: np.random.Generator, clusters: int, size: int, icc: float, shared: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw which items two equally good systems get right.

    The chance of a system to be right in a cluster is Beta distributed with mean .7, so that two items of a cluster correlate by
    the intraclass correlation ``icc``; the two systems have their own chances. A share of the items is as hard for the one system
    as for the other: both chances are compared with one uniform number there, and each with its own elsewhere.
    """
    total = 1 / icc - 1
    chances = rng.beta(0.7 * total, 0.3 * total, size=(2, clusters, 1))
    hard = rng.random((2, clusters, size))
    hard[1] = np.where(rng.random((clusters, size)) < shared, hard[0], hard[1])
    right = (hard < chances).astype(float)
    return right[0], right[1]


def share(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return the difference of accuracies; the cells count right items."""
    return ours[:, 0] - theirs[:, 0]


def main() -> None:
    """Print the share of rejections at 5 % of the test by cluster and of the test by item."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--replicates", type=int, default=1000)
    options = parser.parse_args()
    print(f"{options.simulations} simulations under the null, tests at 5 %")
    for clusters, size, icc, shared in ((50, 10, 0.2, 0.75), (50, 10, 0.7, 0.75), (50, 10, 0.2, 0.0), (50, 10, 0.7, 0.0)):
        rng = np.random.default_rng(20)
        by_cluster = by_item = 0
        alike = []
        for seed in range(options.simulations):
            a, b = simulate(rng, clusters, size, icc, shared)
            alike.append(np.corrcoef(a.ravel(), b.ravel())[0, 1])
            found = permutation_test(
                a.sum(axis=1, keepdims=True), b.sum(axis=1, keepdims=True), share, replicates=options.replicates, seed=seed
            )
            by_cluster += found.p <= 0.05
            both = np.array([((a == x) & (b == y)).sum() for x in (0, 1) for y in (0, 1)])
            by_item += item_permutation_test(both, OURS, THEIRS, share, replicates=options.replicates, seed=seed).p <= 0.05
        n = options.simulations
        systems = f"correlation of the systems {np.mean(alike):.2f}"
        print(f"{clusters} clusters of {size}, ICC {icc}, {systems}: by cluster {by_cluster / n:.1%}, by item {by_item / n:.1%}")


if __name__ == "__main__":
    main()
