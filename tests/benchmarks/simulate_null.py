"""How often paired tests find a difference where there is none, simulated for clustered items; see docs/evaluation.md.

Run with: python tests/benchmarks/simulate_null.py
"""

from __future__ import annotations

import argparse

import numpy as np

from claimkit.stats import mcnemar_test, permutation_test


def simulate(rng: np.random.Generator, clusters: int, size: int, icc: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw which items two equally good systems get right; the difficulty of a cluster is its own for each system."""
    right = []
    for _ in range(2):
        shared = rng.normal(size=(clusters, 1)) * np.sqrt(icc)
        own = rng.normal(size=(clusters, size)) * np.sqrt(1 - icc)
        right.append((shared + own < 0.5).astype(float))
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
    for clusters, size, icc in ((50, 10, 0.2), (50, 10, 0.7)):
        rng = np.random.default_rng(20)
        by_cluster = by_item = 0
        for seed in range(options.simulations):
            a, b = simulate(rng, clusters, size, icc)
            found = permutation_test(
                a.sum(axis=1, keepdims=True), b.sum(axis=1, keepdims=True), share, replicates=options.replicates, seed=seed
            )
            by_cluster += found.p <= 0.05
            by_item += mcnemar_test(int(((a == 1) & (b == 0)).sum()), int(((a == 0) & (b == 1)).sum())).p <= 0.05
        n = options.simulations
        print(f"{clusters} clusters of {size}, ICC {icc}: by cluster {by_cluster / n:.1%}, by item {by_item / n:.1%}")


if __name__ == "__main__":
    main()
