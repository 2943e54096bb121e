#!/usr/bin/env python3
"""Print how far the annotators of PolNeAR agree on the words of source, cue and content: what a system can be expected to reach.

Every pair of annotators of an article is compared, over the articles of train and dev that several have annotated.

    python scripts/polnear_annotators.py
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import msgspec

from claimkit.catalog import load_dataset
from claimkit.evaluation.spans import evaluate_spans
from claimkit.records import Statement


def pairs() -> Iterator[tuple[Statement, bool]]:
    """Yield statements with a document of their own for each pair of annotators, and whether the first of the pair marked them."""
    for split in ("train", "dev"):
        for text in load_dataset("polnear", split).texts():
            for one, other in combinations(text.layers, 2):
                document = f"{text.document.id}-{one}-{other}"
                for layer, is_first in ((one, True), (other, False)):
                    for entry in text.layers[layer]:
                        yield msgspec.structs.replace(entry, document=document), is_first


def main() -> None:
    """Print a line for each part and metric."""
    marked = list(pairs())
    first, second = ([entry for entry, is_first in marked if is_first is wanted] for wanted in (True, False))
    found = evaluate_spans(first, second)
    print(f"{found.n} pairs of annotators")
    for scores in found.parts:
        print(f"{scores.part:8} {scores.metric:24} F1 {scores.f1.value:.3f}")


if __name__ == "__main__":
    main()
