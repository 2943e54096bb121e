"""Two uncertainties side by side: other seeds, and other rows."""

from __future__ import annotations

import json
import re

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from claimkit.benchmark.results import Cost, Result
from claimkit.benchmark.table import latex_table, seeds_of, seeds_table
from claimkit.catalog import DATASETS
from claimkit.evaluation import Estimate, evaluate
from claimkit.evaluation.result import Lift, SeedSpread
from claimkit.records import Item, Prediction
from claimkit.records.base import encode
from claimkit.report.leaderboard import leaderboard_page
from claimkit.stats import t_interval


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9), st.sampled_from([0.5, 0.9, 0.95]))
def test_the_interval_of_a_mean_is_that_of_scipy(values, level):
    low, high = t_interval(values, level)
    if np.std(values) == 0:
        assert (low, high) == pytest.approx((values[0], values[0]))
        return
    spread = np.std(values, ddof=1) / len(values) ** 0.5
    assert (low, high) == pytest.approx(stats.t.interval(level, len(values) - 1, np.mean(values), spread), abs=1e-9)


def test_one_value_has_no_interval_and_a_level_beyond_one_is_refused():
    assert np.isnan(t_interval([0.5])).all()
    with pytest.raises(ValueError, match=r"level must lie between 0 and 1\. Got 95"):
        t_interval([0.5, 0.6], 95)


def test_the_larger_uncertainty_is_named_with_how_many_times_it_is_the_smaller():
    spread = SeedSpread.of([0.60, 0.70, 0.80])  # standard deviation .1
    assert spread.beside(Estimate(value=0.7, low=0.7 - 0.0392, high=0.7 + 0.0392)).words == "seeds, 5.0 ×"  # standard error .02
    assert spread.beside(Estimate(value=0.7, low=0.7 - 0.392, high=0.7 + 0.392)).words == "rows, 2.0 ×"
    found = spread.beside(Estimate(value=0.7, low=0.5, high=0.9))
    assert (found.low, found.high) == pytest.approx((0.4516, 0.9484), abs=1e-4)  # 4.3027 · .1 / √3 on either side


def test_without_an_interval_over_rows_or_with_an_undefined_run_nothing_is_compared():
    assert SeedSpread.of([0.6, 0.7]).beside(Estimate(value=0.65)).words == "–"
    undefined = SeedSpread.of([0.6, float("nan")]).beside(Estimate(value=None))
    assert (undefined.low, undefined.sd_seeds, undefined.words) == (None, None, "–")


def test_seeds_that_agree_entirely_leave_the_rows_as_the_only_uncertainty():
    found = SeedSpread.of([0.6, 0.6, 0.6]).beside(Estimate(value=0.6, low=0.5, high=0.7))
    assert (found.larger, found.times, found.words) == ("rows", None, "rows")


def result(**changes):
    estimate = Estimate(value=0.7, low=0.66, high=0.74, method="item,percentile,10000")
    spread = SeedSpread.of([0.69, 0.7, 0.71])
    base = Result(
        task="vast",
        recipe="minilm-network",
        classifier="embeddings",
        parameters={},
        recipe_hash="0",
        trained_on=10,
        n=500,
        data="vast@0",
        metric="f1_macro",
        metrics={"accuracy": estimate, "f1_macro": estimate},
        lift={},
        seeds={"accuracy": spread, "f1_macro": spread},
        cost=Cost(fit_seconds=1.0, predict_seconds=1.0, peak_mib=1.0),
        environment={},
    )
    return msgspec.structs.replace(base, **changes)


def test_the_table_of_seeds_has_every_run_and_only_recipes_that_are_random():
    (row,) = seeds_table([result(), result(recipe="ngrams", seeds=None)]).splitlines()[2:]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:6] == ["vast", "`minilm-network`", "f1_macro", ".690 .700 .710", ".700", ".010"]
    assert cells[6:] == [".690 – .710", "[.675, .725]", "[.660, .740]", "rows, 2.0 ×"]
    assert seeds_table([result(seeds=None)]) == ""


def test_the_number_of_seeds_is_always_said():
    assert seeds_of(result(recipe="minilm-network")) == "3 seeds, sd .010"
    assert seeds_of(result(recipe="minilm-network", seeds=None)) == "1 seed"
    assert seeds_of(result(recipe="ngrams", seeds=None)) == ""


def test_the_latex_table_has_lift_cost_and_sources_and_nothing_that_latex_would_read_as_its_own():
    lift = {"f1_macro": Lift(over="text-only", estimate=Estimate(value=0.1, low=0.05, high=0.15, method="item"))}
    shown = latex_table([result(lift=lift), result(recipe="ngrams", seeds=None)])
    row = next(line for line in shown.splitlines() if "minilm-network" in line)
    assert row == (
        r"vast (f1\_macro) & minilm-network (3 seeds, sd .010) & .700 [.660, .740] & +0.100 [+0.050, +0.150] (text-only) & 2 & 1 \\"
    )
    assert all(source.source.partition(",")[0] in shown for source in DATASETS["vast"].facts.published if source.split == "test")
    for line in shown.splitlines()[2:]:
        assert not re.search(r"(?<!\\)[_#%$](?!-\$)", line.replace("$-$", "")), line
        assert line.count(" & ") in (0, 5)


def test_the_leaderboard_opens_to_the_seeds_of_a_recipe():
    page = leaderboard_page({"vast": [result(), result(recipe="ngrams", seeds=None)]}, {}, title="t")
    assert page.count("Seeds of minilm-network: 3 runs, rows move a run further") == 1
    assert "0.690 0.700 0.710" in page
    assert "Seeds of ngrams" not in page


def test_several_files_of_predictions_are_reported_with_both_uncertainties(run_cli, tmp_path):
    rng = np.random.default_rng(3)
    labels = rng.choice(["FAVOR", "AGAINST"], 200)
    rows = [Item(id=str(n), text="t", target="x", stance=str(label), scheme="pstance") for n, label in enumerate(labels)]
    (tmp_path / "gold.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in rows))
    runs = []
    for seed in (1, 2, 3):
        said = np.where(np.random.default_rng(seed).random(200) < 0.8, labels, "FAVOR")
        runs.append([Prediction(id=str(n), stance=str(label)) for n, label in enumerate(said)])
        (tmp_path / f"{seed}.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in runs[-1]))
    done = run_cli("evaluate", "gold.jsonl", "1.jsonl", "2.jsonl", "3.jsonl", "--html", "page.html")
    assert "95 %: other seeds" in done.stdout
    assert "95 %: other rows" in done.stdout
    found = evaluate(rows, runs[0], other_seeds=runs[1:])
    words = found.seeds["accuracy"].beside(found.metrics["accuracy"]).words
    assert words in done.stdout
    assert words in (tmp_path / "page.html").read_text()
    assert json.loads(run_cli("evaluate", "gold.jsonl", "1.jsonl", "2.jsonl", "--json").stdout)["seeds"]["accuracy"]["n"] == 2
