"""Seeds, annotators as a ceiling, slices without being asked, the best baseline, BCa, metrics of probabilities by name."""

from __future__ import annotations

import json
import statistics

import numpy as np
import pytest
from scipy.stats import bootstrap

from claimkit.errors import DataError, UsageError
from claimkit.evaluation import evaluate
from claimkit.evaluation.ceiling import majority_of
from claimkit.records import Item, Prediction
from claimkit.records.base import encode

RNG = np.random.default_rng(11)
NAMES = ["support", "oppose", "neutral"]
LABELS = RNG.choice(NAMES, size=240)


def gold(**changes):
    return [
        Item(
            id=f"i{n}",
            text=f"text {n}",
            target=f"t{n % 3}",
            stance=str(label),
            scheme=("support", "oppose", "neutral"),
            groups={"document": f"d{n % 24}", "speaker": f"s{n % 40}", "date": f"{2016 + n % 3}-01-01"} | changes,
        )
        for n, label in enumerate(LABELS)
    ]


def run(share, seed, labels=LABELS, probabilities=False):
    rng = np.random.default_rng(seed)
    guesses = np.where(rng.random(240) < share, labels, rng.choice(NAMES, size=240))
    shares = [{name: 0.8 if name == str(label) else 0.1 for name in NAMES} for label in guesses]
    return [
        Prediction(id=f"i{n}", stance=str(label), probabilities=share if probabilities else {})
        for n, (label, share) in enumerate(zip(guesses, shares, strict=True))
    ]


# seeds


def test_scores_of_several_seeds_are_means_and_their_spread_is_given():
    runs = [run(0.6, seed) for seed in range(5)]
    single = [evaluate(gold(), one).metrics["f1_macro"].value for one in runs]
    found = evaluate(gold(), runs[0], other_seeds=runs[1:])
    assert found.metrics["f1_macro"].value == pytest.approx(statistics.fmean(single))
    spread = found.seeds["f1_macro"]
    assert (spread.n, spread.low, spread.high) == (5, pytest.approx(min(single)), pytest.approx(max(single)))
    assert spread.sd == pytest.approx(statistics.stdev(single))
    assert spread.values == pytest.approx(single)
    assert "|runs:5|" in found.metrics["f1_macro"].signature
    assert sum(map(sum, found.confusion.counts)) == 5 * 240


def test_the_mean_of_equal_runs_is_the_run():
    one = evaluate(gold(), run(0.6, 1))
    same = evaluate(gold(), run(0.6, 1), other_seeds=[run(0.6, 1)] * 2)
    for name in ("accuracy", "f1_macro"):
        assert same.metrics[name].value == pytest.approx(one.metrics[name].value)
        assert same.metrics[name].low == pytest.approx(one.metrics[name].low)
    assert one.seeds is None
    assert same.seeds["accuracy"].sd == 0


def test_a_metric_undefined_in_a_run_has_no_mean():
    constant = [Prediction(id=f"i{n}", stance="support") for n in range(240)]
    found = evaluate(gold(), run(0.6, 1), other_seeds=[constant], metrics=["mcc"])
    assert found.metrics["mcc"].value is None
    assert found.seeds["mcc"].mean is None
    assert found.seeds["mcc"].values[1] is None


# annotators


def test_each_annotator_is_compared_with_the_majority_of_the_others():
    perfect = run(1.0, 1)
    noisy = run(0.0, 2)
    found = evaluate(gold(), run(0.5, 3), annotators={"a": perfect, "b": perfect, "c": noisy})
    scores = {entry.annotator: entry for entry in found.ceiling}
    # a is compared with b and c, who differ on most items: only where they agree is there a majority
    agreed = sum(one.stance == other.stance for one, other in zip(perfect, noisy, strict=True))
    assert scores["a"].n == agreed
    assert scores["a"].undecided == 240 - agreed
    assert scores["a"].metrics["accuracy"].value == 1.0
    assert scores["c"].n == 240
    assert scores["c"].metrics["accuracy"].value == pytest.approx(agreed / 240)
    assert scores["c"].against == "the majority of the others"


def test_a_single_annotator_is_compared_with_gold_on_the_items_that_are_labelled():
    found = evaluate(gold(), run(0.5, 3), annotators={"a": run(1.0, 1)[:100]})
    assert [(entry.against, entry.n, entry.metrics["accuracy"].value) for entry in found.ceiling] == [("gold", 100, 1.0)]


def test_annotators_without_a_common_item_have_no_score():
    everything = run(1.0, 1)
    found = evaluate(gold(), run(0.5, 3), annotators={"a": everything[:50], "b": everything[50:]})
    assert [(entry.n, entry.metrics) for entry in found.ceiling] == [(0, {}), (0, {})]


def test_a_tie_is_no_majority():
    assert majority_of([np.array([0, 0, 1]), np.array([0, 1, 2]), np.array([2, 2, 2])], 2).tolist() == [0, 3, 1]


# slices and lift


def test_slices_are_looked_at_without_being_asked_and_a_date_gives_its_year():
    found = evaluate(gold(), run(0.6, 1))
    assert {entry.key for entry in found.slices} == {"target", "year"}  # no speaker has ten items
    assert {entry.value: entry.n for entry in found.slices if entry.key == "year"} == {"2016": 80, "2017": 80, "2018": 80}
    assert evaluate(gold(), run(0.6, 1), slices=()).slices == []


def test_the_lift_is_that_over_the_best_baseline_of_each_metric():
    found = evaluate(gold(), run(0.9, 1), baselines={"poor": run(0.1, 2), "fair": run(0.5, 3)})
    assert {name: lift.over for name, lift in found.lift.items()} == {"accuracy": "fair", "f1_macro": "fair"}
    fair = next(base for base in found.baselines if base.name == "fair")
    assert found.lift["accuracy"].estimate == fair.lift["accuracy"]
    assert evaluate(gold(), run(0.9, 1)).lift == {}


# BCa


def test_the_bca_interval_of_single_items_is_that_of_scipy():
    right = np.array([one.stance == str(label) for one, label in zip(run(0.3, 4), LABELS, strict=True)])
    ours = evaluate(gold(), run(0.3, 4), cluster="none", interval="bca", metrics=["kappa"], replicates=20_000).metrics["kappa"]
    assert ours.method == "item,bca,20000"
    codes = {name: n for n, name in enumerate(NAMES)}
    truth, guess = np.array([codes[str(label)] for label in LABELS]), np.array([codes[one.stance] for one in run(0.3, 4)])

    def kappa(x, y):
        table = np.zeros((3, 3))
        np.add.at(table, (x, y), 1)
        table /= table.sum()
        chance = (table.sum(0) * table.sum(1)).sum()
        return (np.trace(table) - chance) / (1 - chance)

    options = {"paired": True, "vectorized": False, "method": "BCa", "n_resamples": 20_000}
    theirs = bootstrap((truth, guess), kappa, rng=np.random.default_rng(1), **options)
    assert right.mean() < 0.6
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.006)


def test_an_unknown_kind_of_interval_is_refused():
    with pytest.raises(UsageError, match="the interval must be percentile or bca, found 'normal'"):
        evaluate(gold(), run(0.5, 1), interval="normal")


# metrics of probabilities by name


def test_brier_and_ece_are_metrics_like_others():
    found = evaluate(gold(), run(0.6, 1, probabilities=True), metrics=["f1_macro", "brier", "ece(bins=5,kind=width)"])
    assert list(found.metrics) == ["accuracy", "f1_macro", "brier", "ece(bins=5,kind=width)"]
    right = np.mean([one.stance == str(label) for one, label in zip(run(0.6, 1), LABELS, strict=True)])
    # right: .2² + 2 · .1², wrong: .8² + .9² + .1²
    assert found.metrics["brier"].value == pytest.approx(right * 0.06 + (1 - right) * 1.46)
    assert found.metrics["ece(bins=5,kind=width)"].value == pytest.approx(abs(right - 0.8))
    assert found.metrics["brier"].signature.startswith("brier|labels:support,oppose,neutral|missing:wrong|")
    assert all(set(entry.metrics) == {"accuracy", "f1_macro"} for entry in found.slices)


def test_without_probabilities_metrics_that_need_them_are_refused():
    with pytest.raises(DataError, match="the metric brier needs probabilities, and 240 of 240 items have none"):
        evaluate(gold(), run(0.6, 1), metrics=["brier"])
    part = [*run(0.6, 1, probabilities=True)[:239], run(0.6, 1)[239]]
    with pytest.raises(DataError, match=r"1 of 240 items have none \(first: 'i239'\)"):
        evaluate(gold(), part, metrics=["ece"])


# commands


def write(path, rows):
    path.write_bytes(b"".join(encode(row) + b"\n" for row in rows))
    return path


@pytest.fixture
def files(tmp_path):
    write(tmp_path / "gold.jsonl", gold())
    for seed in (1, 2, 3):
        write(tmp_path / f"seed{seed}.jsonl", run(0.7, seed, probabilities=True))
    write(tmp_path / "anna.jsonl", run(0.95, 7))
    return tmp_path


def test_several_files_of_predictions_are_seeds_and_the_run_is_scored_again_to_the_byte(run_cli, files):
    given = ["gold.jsonl", "seed1.jsonl", "seed2.jsonl", "seed3.jsonl", "--annotator", "anna=anna.jsonl", "--interval", "bca"]
    done = run_cli("evaluate", *given, "--out", "run", "--html", "page.html", "--json")
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["seeds"]["accuracy"]["n"] == 3
    assert found["ceiling"][0]["annotator"] == "anna"
    result = json.loads((files / "run" / "result.json").read_text())
    assert (result["seeds"], result["annotators"]) == (3, ["anna"])
    assert set(result["environment"]) == {"python", "claimkit", "numpy", "scipy"}
    assert len(result["options_hash"]) == 12
    assert run_cli("rescore", "run").status == 0
    page = (files / "page.html").read_text()
    assert "mean of 3 seeds" in page
    assert "anna (ceiling)" in page


def test_tables_show_seeds_ceiling_and_the_slices_that_cost_most(run_cli, files):
    done = run_cli("evaluate", "gold.jsonl", "seed1.jsonl", "seed2.jsonl", "--annotator", "anna=anna.jsonl", "--metric", "brier")
    for words in ("over seeds", "Ceiling: what annotators reach", "year", "brier"):
        assert words in done.stdout
    none = run_cli("evaluate", "gold.jsonl", "seed1.jsonl", "--slice", "none")
    assert "slice" not in none.stdout


def test_the_labels_of_another_layer_are_predictions_on_the_items_of_gold(run_cli, tmp_path):
    from claimkit.shipped import shipped_corpus

    done = run_cli("items", shipped_corpus(), "--labels-of", "model-c", "--out", tmp_path / "c.jsonl")
    assert done.status == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "c.jsonl").read_text().splitlines()]
    assert len({row["id"] for row in rows}) == len(rows) > 200
    assert {row["model"] for row in rows} == {"model-c"}
