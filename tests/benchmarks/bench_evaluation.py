"""How long evaluation takes: the bootstrap of a million rows and of 5,000 clusters, and a full report of 25,413 predictions.

Run with: python tests/benchmarks/bench_evaluation.py

The peer is a bootstrap that draws rows and calls scikit-learn for each resample, as is common; it is timed on a few resamples and
scaled up.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from sklearn.metrics import f1_score

from claimkit.evaluation import evaluate
from claimkit.evaluation.resampling import Columns, Plan
from claimkit.metrics import METRICS
from claimkit.records import Item, Prediction
from claimkit.report.evaluation import evaluation_page
from claimkit.schemes import SCHEMES

FNC = SCHEMES["fnc1"]
REPLICATES = 10_000


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time of some rounds."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def labels(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw gold labels as frequent as in the Fake News Challenge, and predictions of which nine in ten are right."""
    gold = rng.choice(4, size=n, p=[0.075, 0.027, 0.176, 0.722])
    return gold, np.where(rng.random(n) < 0.9, gold, rng.integers(0, 4, n))


def main() -> None:
    """Print times and the ratio to the peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rng = np.random.default_rng(13)
    gold, predicted = labels(rng, 1_000_000)
    column = Columns(gold * 5 + predicted, 20)
    macro = METRICS["f1_macro"]

    def compute(sums: list[np.ndarray]) -> np.ndarray:
        return macro.compute(sums[0].reshape(-1, 4, 5), FNC)[:, None]

    items = Plan(None, None, None, REPLICATES, 13)
    ours = seconds(lambda: items.bounds_of([column], compute), options.rounds)
    few = 3
    drawn = seconds(
        lambda: [
            f1_score(gold[rows], predicted[rows], average="macro") for rows in rng.integers(0, len(gold), size=(few, len(gold)))
        ],
        1,
    )
    peer = drawn / few * REPLICATES
    print(f"macro-F1, 1,000,000 rows, {REPLICATES:,} resamples of items: {ours * 1000:.0f} ms with counting the cells")
    print(f"  the same by drawing rows with scikit-learn: {peer:.0f} s (from {few} resamples), ratio {peer / ours:,.0f}")
    cells = np.unique(column.codes, return_counts=True)[1]
    from claimkit.stats import draw_cell_sums

    drawing = seconds(lambda: list(draw_cell_sums(cells, REPLICATES, 13, REPLICATES)), options.rounds)
    print(f"  of which drawing: {drawing * 1000:.0f} ms, whatever the number of rows")
    clusters = rng.integers(0, 5000, len(gold))
    plan = Plan("document", clusters, 5000, REPLICATES, 13)
    ours = seconds(lambda: plan.bounds_of([column], compute), options.rounds)
    print(f"macro-F1, 1,000,000 rows in 5,000 clusters, {REPLICATES:,} resamples of clusters: {ours:.2f} s")
    gold, predicted = labels(rng, 25_413)
    bodies, headlines = rng.integers(0, 904, 25_413), rng.integers(0, 894, 25_413)
    rows = [
        Item(
            id=str(n),
            text=f"Headline number {headlines[n]} of the test set",
            target=f"headline {headlines[n]}",
            stance=FNC.labels[gold[n]],
            scheme="fnc1",
            groups={"body": str(bodies[n]), "headline": str(headlines[n])},
        )
        for n in range(25_413)
    ]
    shares = dict.fromkeys(FNC.labels, 0.25)
    said = [Prediction(id=str(n), stance=FNC.labels[predicted[n]], probabilities=shares) for n in range(25_413)]
    always = [Prediction(id=str(n), stance="unrelated") for n in range(25_413)]

    def report() -> None:
        baselines = dict.fromkeys(("majority", "majority-per-target", "text-only", "length-only"), always)
        result = evaluate(rows, said, metrics=("fnc_score", "f1_macro"), baselines=baselines)
        evaluation_page(result, rows, [said], title="report")

    print(f"full report of 25,413 predictions over 904 bodies, four baselines, slices, page: {seconds(report, 3):.2f} s")


if __name__ == "__main__":
    main()
