"""Training time and prediction speed of ``ngrams``, beside a plain scikit-learn pipeline in the same run.

Run with: python tests/benchmarks/bench_classifiers.py
"""

from __future__ import annotations

import argparse
import random
import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from claimkit.classifiers import make_classifier


def texts(n: int, words: int, seed: int) -> list[str]:
    """Return texts of words that are drawn as in language: few often, many seldom."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    return [" ".join(rng.choices(vocabulary, weights, k=words)) for _ in range(n)]


def main() -> None:
    """Print seconds, texts a second, and the ratio to the pipeline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=13_000)
    parser.add_argument("--words", type=int, default=17)
    options = parser.parse_args()
    train, test = texts(options.rows, options.words, 1), texts(20_000, options.words, 2)
    labels = ["FAVOR" if "a" in text[:6] else "AGAINST" for text in train]
    pairs = [(text, f"target {index % 20}") for index, text in enumerate(train)]
    wanted = [(text, f"target {index % 20}") for index, text in enumerate(test)]

    start = time.perf_counter()
    ours = make_classifier("ngrams", "pstance").fit(pairs, labels)
    fitted = time.perf_counter()
    ours.predict(wanted)
    done = time.perf_counter()
    print(f"ngrams: {fitted - start:.2f} s for {options.rows} rows, {len(test) / (done - fitted):,.0f} texts/s")

    union = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2), TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2)
    )
    pipeline = make_pipeline(union, LogisticRegression(solver="liblinear", class_weight="balanced"))
    start = time.perf_counter()
    pipeline.fit(train, labels)
    peer_fitted = time.perf_counter()
    pipeline.predict(test)
    peer_done = time.perf_counter()
    print(f"scikit-learn pipeline: {peer_fitted - start:.2f} s, {len(test) / (peer_done - peer_fitted):,.0f} texts/s")
    print(f"prediction is {(peer_done - peer_fitted) / (done - fitted):.1f} times as fast as the pipeline")


if __name__ == "__main__":
    main()
