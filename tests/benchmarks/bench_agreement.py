"""How long alpha of ten million ratings takes, its interval included; and a whole report of layers.

Run with: python tests/benchmarks/bench_agreement.py

The peer is the package krippendorff, which computes alpha alone; a bootstrap with it would take that long for each resample.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import krippendorff
import numpy as np

from claimkit.agreement import Ratings, coefficients_of, layer_agreement, measure_agreement
from claimkit.corpus import load_corpus
from claimkit.shipped import shipped_corpus

LABELS = ("support", "oppose", "neutral", "unclear")
# items, annotators, documents (0: items do not depend on each other)
SHAPES = ((2_000_000, 5, 1_000), (5_000_000, 2, 1_000), (1_000_000, 10, 5_000), (2_000_000, 5, 0))


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time of some rounds."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def draw(items: int, annotators: int, documents: int) -> Ratings:
    """Draw ratings of which seven in ten are right and one in twenty is missing."""
    rng = np.random.default_rng(13)
    truth = rng.choice(4, size=items, p=[0.5, 0.3, 0.15, 0.05])
    codes = np.empty((items, annotators), dtype=np.int8)
    for column in range(annotators):
        codes[:, column] = np.where(rng.random(items) < 0.7, truth, rng.integers(0, 4, items))
        codes[rng.random(items) < 0.05, column] = -1
    names = tuple(map(str, range(documents)))
    places = rng.integers(0, documents, items) if documents else None
    return Ratings(codes, LABELS, tuple(f"ann{n}" for n in range(annotators)), documents=places, document_names=names)


def main() -> None:
    """Print times and the ratio to the peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for items, annotators, documents in SHAPES:
        ratings = draw(items, annotators, documents)
        found: dict[str, float] = {}

        def ours(ratings: Ratings = ratings, found: dict[str, float] = found) -> None:
            found["ours"] = coefficients_of(ratings, ["krippendorff_alpha"])["krippendorff_alpha"].value or 0.0

        data = np.where(ratings.codes < 0, np.nan, ratings.codes.astype(np.float64)).T

        def peer(data: np.ndarray = data, found: dict[str, float] = found) -> None:
            found["peer"] = float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))

        here, there = seconds(ours, options.rounds), seconds(peer, 1)
        over = f"{documents:,} documents" if documents else "single items"
        print(
            f"{items * annotators:,} ratings ({items:,} items × {annotators} annotators), alpha and its interval over {over}, "
            f"10,000 resamples: {here:.2f} s; krippendorff, alpha alone: {there:.2f} s, ratio {there / here:.1f}; "
            f"both {found['ours']:.6f} and {found['peer']:.6f}"
        )
    ratings = draw(200_000, 5, 1_000)
    report = seconds(lambda: measure_agreement(ratings), 3)
    print(f"all coefficients, pairs, labels, documents, items of 1,000,000 ratings: {report:.2f} s")
    corpus = load_corpus(shipped_corpus())
    print(f"three layers of the shipped corpus, all of it: {seconds(lambda: layer_agreement(corpus), 3):.2f} s")


if __name__ == "__main__":
    main()
