"""Run folders: every number can be had again, to the byte."""

from __future__ import annotations

import json

import numpy as np
import pytest

from claimkit.errors import DataError
from claimkit.evaluation.runs import rescore
from claimkit.records import Item, Prediction
from claimkit.records.base import encode


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(2)
    labels = [str(label) for label in rng.choice(["FAVOR", "AGAINST", "NONE"], size=90)]
    items = [
        Item(id=f"i{n}", text=f"t{n}", target=f"x{n % 3}", stance=label, scheme="semeval2016", groups={"document": f"d{n % 15}"})
        for n, label in enumerate(labels)
    ]
    said = [
        Prediction(id=f"i{n}", stance=label if n % 4 else "NONE", probabilities={"FAVOR": 0.25, "AGAINST": 0.25, "NONE": 0.5})
        for n, label in enumerate(labels)
    ]
    base = [Prediction(id=f"i{n}", stance="AGAINST") for n in range(90)]
    for name, records in (("gold", items), ("said", said), ("base", base)):
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(encode(record) + b"\n" for record in records))
    return tmp_path


def evaluated(run_cli, files, *more):
    metrics = ["--metric", "f1_favor_against", "--metric", "f1_favor_against_per_target"]
    options = [*metrics, "--slice", "target", "--baseline", f"all against={files / 'base.jsonl'}"]
    done = run_cli("evaluate", files / "gold.jsonl", files / "said.jsonl", *options, "--out", files / "run", *more)
    assert done.status == 0, done.stderr
    return files / "run"


def test_a_run_is_computed_again_to_the_byte(run_cli, files):
    run = evaluated(run_cli, files)
    found = rescore(run)
    assert found.is_same
    done = run_cli("rescore", run, "--print")
    assert done.status == 0
    assert done.stdout.encode() == (run / "result.json").read_bytes()


def test_a_changed_prediction_shows_as_different_numbers(run_cli, files):
    run = evaluated(run_cli, files)
    path = run / "predictions.jsonl"
    path.write_text(path.read_text().replace('"stance":"NONE"', '"stance":"FAVOR"', 1))
    done = run_cli("rescore", run)
    assert done.status == 1
    assert "the numbers differ" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_folder_is_not_replaced_unless_told(run_cli, files):
    evaluated(run_cli, files)
    done = run_cli("evaluate", files / "gold.jsonl", files / "said.jsonl", "--out", files / "run")
    assert done.status == 1
    assert "the folder has something in it" in done.stderr
    evaluated(run_cli, files, "--force")


def test_a_folder_that_is_no_run_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "result.json").write_text(json.dumps({"schema_version": 1}))
    with pytest.raises(DataError, match=r"result\.json: not the result of a run"):
        rescore(tmp_path)
    with pytest.raises(DataError, match="there is no such file"):
        rescore(tmp_path / "absent")


def test_the_demo_leaves_a_run_that_can_be_rescored(run_cli, tmp_path):
    assert run_cli("demo", "--out", tmp_path / "demo").status == 0
    assert run_cli("rescore", tmp_path / "demo").status == 0
