"""Training runs: from a configuration to a folder that holds the model and every number."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from claimkit.classifiers import load_classifier
from claimkit.errors import ConfigError
from claimkit.experiment import read_experiment, run_experiment
from claimkit.experiment.artefacts import artefact_predictions
from claimkit.experiment.folds import cross_predict, fold_items
from claimkit.records import Item
from claimkit.records.base import encode
from claimkit.schemes import SCHEMES


def rows(n=120):
    """Items whose stance is told by one word, ten to a document."""
    return [
        Item(
            id=f"i{k}",
            text=f"they {'backed' if k % 3 else 'denied'} what was said in place {k}",
            target="the plan",
            stance="support" if k % 3 else "oppose",
            scheme="claims",
            groups={"document": f"d{k // 10}", "speaker": f"s{k % 5}"},
        )
        for k in range(n)
    ]


@pytest.fixture
def items_file(tmp_path):
    path = tmp_path / "items.jsonl"
    path.write_bytes(b"".join(encode(row) + b"\n" for row in rows()))
    return path


def config(tmp_path, text):
    path = tmp_path / "run.toml"
    path.write_text(text)
    return path


FOLDS = '[data]\ntrain = "items.jsonl"\n[split]\nby = "document"\nfolds = 4\n[evaluation]\nbaselines = ["majority", "actor-only"]\n'


def test_a_run_leaves_the_model_its_card_and_every_number(tmp_path, items_file):
    run = run_experiment(config(tmp_path, FOLDS), out=tmp_path / "model")
    assert {entry.name for entry in run.folder.iterdir()} == {
        "README.md", "config.json", "cost.json", "model.json", "model.safetensors", "predictions.jsonl", "result.json",
        "vocabulary.json",
    }  # fmt: skip
    result = json.loads((run.folder / "result.json").read_text())
    accuracy = result["evaluations"]["folds"]["metrics"]["accuracy"]
    assert accuracy["value"] == 1.0
    assert "1.000" in (run.folder / "README.md").read_text()
    assert result["data"]["trained_on"] == 120
    assert load_classifier(run.folder).predict(rows(4)).tolist() == ["oppose", "support", "support", "oppose"]


def test_with_folds_no_item_is_predicted_by_a_model_that_saw_its_document():
    folded = fold_items(rows(), "document", 4)
    side = {}
    for item in folded:
        assert side.setdefault(item.groups["document"], item.split) == item.split
    seen = []

    class Watching:
        def __init__(self):
            self.classes_ = ["support", "oppose"]

        def fit(self, train):
            self.documents = {item.groups["document"] for item in train}
            return self

        def predict_proba(self, test):
            assert not self.documents & {item.groups["document"] for item in test}
            seen.extend(item.id for item in test)
            return np.full((len(test), 2), 0.5)

        def predict(self, test):
            return ["support" for _ in test]

    found = cross_predict(folded, Watching, model="watching")
    assert sorted(seen) == sorted(item.id for item in folded)
    assert [entry.id for entry in found] == [item.id for item in folded]


def test_the_same_configuration_gives_the_same_bytes(tmp_path, items_file):
    path = config(tmp_path, FOLDS)
    folders = [run_experiment(path, out=tmp_path / name).folder for name in ("one", "two")]
    for name in ("model.json", "model.safetensors", "vocabulary.json", "predictions.jsonl", "result.json", "config.json"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[data]\ntrain = "items.jsonl"\n[clasifier]\nname = "x"', r"unknown key 'clasifier'"),
        ('[data]\ntrain = "items.jsonl"\n[split]\nfolds = 1', r"split\.folds: must be at least 2, found 1"),
        ("[data]", r"must have one of corpus, dataset and train"),
        ('seed = "a"\n[data]\ntrain = "items.jsonl"', r"seed: must be int, found str"),
    ],
)
def test_a_wrong_configuration_is_refused_with_the_path_of_the_key(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message):
        read_experiment(config(tmp_path, text))


def test_the_artefact_panel_leaves_out_what_the_items_do_not_name():
    train, test = rows(90), rows(20)
    panel = artefact_predictions(train, test, SCHEMES["claims"])
    assert list(panel) == ["majority", "majority-per-target", "target-only", "text-only", "length-only", "sentiment-only"]
    assert {entry.stance for entry in panel["majority"]} == {"support"}
    assert [entry.stance for entry in panel["text-only"]] == [item.stance for item in test]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "the file holds no record"),
        ([Item(id="a", text="x", target="y", scheme="claims")], "has no stance"),
        ([Item(id="a", text="x", target="y", stance="yes", scheme="claims")], "is not one of support, oppose"),
        ([Item(id=str(n), text="x", target="y", stance="support", scheme="claims") for n in range(4)], "needs at least two labels"),
        ([Item(id="a", text="x", target="y", stance="support")], "name no label scheme"),
    ],
)
def test_data_that_cannot_be_learnt_from_is_refused_in_one_sentence(run_cli, tmp_path, content, message):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"".join(encode(row) + b"\n" for row in content))
    done = run_cli("train", "--classifier", "ngrams", "--data", path, "--out", tmp_path / "model")
    assert done.status in (1, 2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "model").exists()


def test_ctrl_c_during_training_leaves_nothing_behind(tmp_path):
    words = [" ".join(f"w{(k * 31 + j) % 5003}" for j in range(300)) for k in range(20_000)]
    many = [
        Item(id=str(k), text=text, target=f"t{k % 50}", stance="FAVOR" if k % 2 else "AGAINST", scheme="pstance")
        for k, text in enumerate(words)
    ]
    path = tmp_path / "many.jsonl"
    path.write_bytes(b"".join(encode(row) + b"\n" for row in many))
    command = [
        sys.executable,
        "-m",
        "claimkit",
        "train",
        "--classifier",
        "ngrams",
        "--data",
        str(path),
        "--out",
        str(tmp_path / "model"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
    for line in process.stderr:
        if line.startswith("fitting"):
            break
    time.sleep(1.0)
    os.kill(process.pid, signal.SIGINT)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "nothing was written by halves" in said
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["many.jsonl"]


def test_predictions_come_in_the_order_of_the_items_with_probabilities_in_that_of_the_scheme(run_cli, tmp_path, items_file):
    assert run_cli("train", "--classifier", "ngrams", "--data", items_file, "--out", tmp_path / "model").status == 0
    done = run_cli("predict", tmp_path / "model", "-", input=items_file.read_bytes())
    assert done.status == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [entry["id"] for entry in found] == [row.id for row in rows()]
    assert list(found[0]["probabilities"]) == ["support", "oppose", "neutral", "unclear"]
    assert found[0]["model"].startswith("ngrams@")
