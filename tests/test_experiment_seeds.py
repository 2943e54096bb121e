"""Training runs with several seeds: means and spreads, the model of the first, the predictions of all, and what it cost."""

from __future__ import annotations

import json
import statistics

import pytest

from claimkit.classifiers import load_classifier
from claimkit.errors import ConfigError
from claimkit.experiment import read_experiment, run_experiment
from claimkit.jsonl import read_predictions
from claimkit.records import Item
from claimkit.records.base import encode

HEAD = '[data]\ntrain = "items.jsonl"\n[classifier]\nname = "svm-ngrams"\nparameters = { calibration = "none" }\n'
CONFIG = HEAD + '[evaluation]\nbaselines = ["majority"]\nmetrics = ["f1_macro"]\nseeds = 3\n'


def rows(n=160):
    """Items of which a fifth has a wrong label, so that it matters by chance what is learnt."""
    return [
        Item(
            id=f"i{k}",
            text=f"they {'backed' if k % 3 else 'denied'} what was said in place {k * 7 % 40} on day {k * 3 % 9}",
            target=f"plan {k % 3}",
            stance="support" if (k % 3 != 0) != (k % 5 == 0) else "oppose",
            scheme="claims",
            split="test" if k % 4 == 0 else "train",
            groups={"document": f"d{k // 8}"},
        )
        for k in range(n)
    ]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "items.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in rows()))
    return tmp_path


def run(folder, text=CONFIG, name="model"):
    path = folder / "run.toml"
    path.write_text(text)
    return run_experiment(path, out=folder / name)


def read(folder, name):
    return json.loads((folder / name).read_text())


def test_a_number_of_seeds_counts_from_that_of_the_run_and_the_first_is_kept(folder):
    made = run(folder, "seed = 5\n" + CONFIG)
    result = read(made.folder, "result.json")
    assert result["seeds"] == [5, 6, 7]
    assert result["config"]["classifier"]["parameters"]["seed"] == 5
    assert load_classifier(made.folder).seed == 5
    assert result["model"] == made.predictions[0].model


def test_seeds_can_be_named(folder):
    made = run(folder, CONFIG.replace("seeds = 3", "seeds = [8, 2]"))
    assert read(made.folder, "result.json")["seeds"] == [8, 2]
    assert load_classifier(made.folder).seed == 8


def test_scores_are_means_over_all_seeds_with_sd_least_and_most(folder):
    made = run(folder)
    result = read(made.folder, "result.json")["evaluations"]["test"]
    spread = result["seeds"]["accuracy"]
    gold = {row.id: row.stance for row in rows()}
    files = ["predictions.jsonl", "predictions-2.jsonl", "predictions-3.jsonl"]
    each = [statistics.fmean(gold[entry.id] == entry.stance for entry in read_predictions(made.folder / name)) for name in files]
    assert spread["values"] == pytest.approx(each)
    assert result["metrics"]["accuracy"]["value"] == pytest.approx(statistics.fmean(each))
    assert spread["sd"] == pytest.approx(statistics.stdev(each))
    assert (spread["low"], spread["high"]) == (min(each), max(each))
    assert "Means over 3 seeds" in (made.folder / "README.md").read_text()
    assert "Trained with the seeds 13, 14, 15; this is the model of the first." in (made.folder / "README.md").read_text()


def test_a_classifier_that_is_not_random_is_trained_once(folder):
    made = run(folder, CONFIG.replace(HEAD, '[data]\ntrain = "items.jsonl"\n[classifier]\nname = "majority-per-target"\n'))
    assert read(made.folder, "result.json")["seeds"] == []
    assert made.evaluations["test"].seeds is None
    assert not (made.folder / "predictions-2.jsonl").exists()
    assert [entry["seed"] for entry in read(made.folder, "cost.json")["seeds"]] == [None]


def test_in_folds_every_seed_predicts_every_item(folder):
    made = run(folder, CONFIG + '[split]\nby = "document"\nfolds = 3\n')
    names = {entry.model for entry in read_predictions(made.folder / "predictions-2.jsonl")}
    assert [len(found) for found in (made.predictions, *made.other_predictions)] == [160] * 3
    assert names == {f"{made.model}+seed14"}
    assert made.evaluations["folds"].seeds["accuracy"].n == 3


def test_the_cost_of_each_seed_stands_in_a_file_of_its_own(folder):
    made = run(folder)
    cost = read(made.folder, "cost.json")
    assert [entry["seed"] for entry in cost["seeds"]] == [13, 14, 15]
    for entry in cost["seeds"]:
        assert entry["fit_seconds"] > 0
        assert entry["predict_seconds"] > 0
        assert entry["predicted"] == 40
        assert entry["peak_memory_mib"] > 10
    assert "seconds" not in (made.folder / "result.json").read_text()


def test_the_same_configuration_with_seeds_gives_the_same_bytes_but_for_the_cost(folder):
    first, second = (run(folder, name=name).folder for name in ("one", "two"))
    names = {path.name for path in first.iterdir()}
    assert names == {path.name for path in second.iterdir()} >= {"predictions-3.jsonl", "cost.json", "result.json"}
    same = {name for name in names if (first / name).read_bytes() == (second / name).read_bytes()}
    assert names - same <= {"cost.json", "README.md"}  # the title of a card is the name of its folder


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        ("0", r"evaluation\.seeds: must be at least 1, found 0"),
        ("[]", r"evaluation\.seeds: must be a number of seeds, or different seeds"),
        ("[1, 1]", r"evaluation\.seeds: must be a number of seeds, or different seeds of at least 0, found \[1, 1\]"),
        ("[-1, 1]", r"evaluation\.seeds: must be a number of seeds, or different seeds"),
        ('"five"', r"evaluation\.seeds: must be"),
    ],
)
def test_seeds_that_cannot_be_are_refused_with_the_path_of_the_key(folder, seeds, message):
    path = folder / "run.toml"
    path.write_text(CONFIG.replace("seeds = 3", f"seeds = {seeds}"))
    with pytest.raises(ConfigError, match=message):
        read_experiment(path)


def test_seeds_named_twice_are_refused(folder):
    path = folder / "run.toml"
    path.write_text(CONFIG.replace('calibration = "none"', "seed = 4").replace("seeds = 3", "seeds = [1, 2]"))
    with pytest.raises(ConfigError, match=r"names seeds, and so do the parameters of the classifier"):
        read_experiment(path)


def test_a_folder_for_checkpoints_is_no_use_to_a_classifier_that_leaves_none(folder):
    said = []
    path = folder / "run.toml"
    path.write_text(CONFIG)
    run_experiment(path, work_dir=folder / "work", say=said.append)
    assert any("svm-ngrams leaves no checkpoints" in sentence for sentence in said)
