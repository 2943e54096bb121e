"""The standard designs: what is held out is never seen, and the future never teaches the past."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest

from claimkit.classifiers import make_classifier
from claimkit.experiment.designs import DESIGNS, _steps, run_designs
from claimkit.records import Item
from claimkit.records.base import encode
from claimkit.schemes import SCHEMES

CLAIMS = SCHEMES["claims"]
WORDS = ("agreed with", "denied", "welcomed", "rejected", "backed", "disputed")


def corpus(n=200, seed=2):
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(n):
        word = int(rng.integers(0, 6))
        actor, other = (f"a{one}" for one in rng.choice(12, 2, replace=False))
        pair = "|".join(sorted((actor, other)))
        groups = {"document": f"d{k // 8}", "actor": actor, "actor_pair": pair, "date": f"20{10 + k // 20}-0{1 + k % 9}-01"}
        text = f"{actor} {WORDS[word]} statement number {k} of {other} {' '.join(map(str, rng.integers(0, 999, 4)))}"
        stance = ("support", "oppose")[word % 2]
        rows.append(Item(id=f"i{k}", text=text, target=f"claim {k % 6}", stance=stance, scheme="claims", groups=groups))
    return rows


def designs(items, **options):
    def make(name, parameters):
        return make_classifier(name, CLAIMS, **parameters)

    return {entry.design.name: entry for entry in run_designs(items, make, CLAIMS, model="ngrams", classifier="ngrams", **options)}


@pytest.mark.parametrize("key", ["document", "actor", "actor_pair"])
def test_no_value_of_the_held_out_key_is_learnt_from(key):
    scored = []
    for train, test in _steps(corpus(), key, 13)[1]:
        assert not {item.groups[key] for item in train} & {item.groups[key] for item in test}
        scored += [item.id for item in test]
    assert sorted(scored) == sorted(item.id for item in corpus())


def test_the_future_is_predicted_from_the_past():
    for train, test in _steps(corpus(), "time", 13)[1]:
        assert max(item.groups["date"] for item in train) < min(item.groups["date"] for item in test)


def test_all_four_designs_are_scored_beside_the_artefact_panel():
    found = designs(corpus())
    assert list(found) == list(DESIGNS)
    for entry in found.values():
        assert entry.design.evaluation.metrics["accuracy"].value > 0.8  # the verb tells all
        assert {"majority", "actor-only", "text-only"} <= {base.name for base in entry.design.evaluation.baselines}
    known = {name: {row.key: row.share for row in entry.design.known} for name, entry in found.items()}
    assert known["held-out actor"]["actor"] == known["held-out pair"]["actor_pair"] == known["in-domain"]["document"] == 0
    assert known["in-domain"]["actor"] > 0.9
    assert "160 of 200 items are scored" in found["held-out time"].design.notes


def test_a_design_that_is_impossible_is_refused_with_its_reason():
    items = [msgspec.structs.replace(item, groups={"document": item.groups["document"]}) for item in corpus()]
    found = designs(items)
    assert found["in-domain"].design.evaluation is not None
    assert "no item has the group key 'actor'" in found["held-out actor"].design.refusal
    assert "no item has the group key 'date'" in found["held-out time"].design.refusal


def test_the_command_reports_and_leaves_run_folders_that_can_be_scored_again(run_cli, tmp_path):
    (tmp_path / "items.jsonl").write_bytes(b"".join(encode(item) + b"\n" for item in corpus()))
    done = run_cli("designs", "items.jsonl", "--out", "runs", "--html", "page.html", "--json")
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    assert [design["name"] for design in found["designs"]] == list(DESIGNS)
    assert run_cli("rescore", *sorted((tmp_path / "runs").iterdir())).status == 0
    assert "four designs" in (tmp_path / "page.html").read_text()


def test_a_folder_with_something_in_it_is_refused_before_any_work(run_cli, tmp_path):
    (tmp_path / "items.jsonl").write_bytes(b"".join(encode(item) + b"\n" for item in corpus()))
    (tmp_path / "runs" / "held-out-time").mkdir(parents=True)
    (tmp_path / "runs" / "held-out-time" / "mine.txt").write_text("kept")
    done = run_cli("designs", "items.jsonl", "--out", "runs")
    assert done.status == 1
    assert done.stderr.count("\n") == 1
    assert "runs/held-out-time: the folder has something in it" in done.stderr
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["held-out-time"]
