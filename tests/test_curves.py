"""Learning curves: growing shares of the same rows, scored on the same items."""

from __future__ import annotations

import json

import msgspec
import pytest

from claimkit.classifiers import make_classifier
from claimkit.errors import DataError, UsageError
from claimkit.experiment.curves import learning_curve
from claimkit.records import Item
from claimkit.records.base import encode
from claimkit.schemes import SCHEMES

CLAIMS = SCHEMES["claims"]


def items(n=160):
    words = ("agreed with", "denied", "backed", "rejected", "welcomed", "disputed", "hailed", "doubted")
    return [
        Item(
            id=f"i{k}",
            text=f"The actor {words[k * 7 % 8]} statement {k} at {k * 37 % 101}",
            target=f"claim {k % 5}",
            stance=("support", "oppose")[k * 7 % 8 % 2],
            scheme="claims",
            groups={"document": f"d{k // 5}"},
        )
        for k in range(n)
    ]


def curve(rows, **options):
    def make(name, given):
        return make_classifier(name, CLAIMS, **given)

    return list(learning_curve(rows, make, CLAIMS, classifier="ngrams", **options))


def test_more_rows_are_learnt_from_at_every_step_and_the_items_scored_stay_the_same():
    points = curve(items(), shares=(0.1, 0.5, 1.0))
    assert [point.share for point in points] == [0.1, 0.5, 1.0]
    assert points[0].rows < points[1].rows < points[2].rows == pytest.approx(128)
    assert {point.evaluation.n for point in points} == {160}
    assert {point.evaluation.metrics["accuracy"].signature.split("data:")[1].split("|")[0] for point in points} == {
        points[0].evaluation.metrics["accuracy"].signature.split("data:")[1].split("|")[0]
    }
    values = [point.evaluation.metrics["accuracy"].value for point in points]
    assert values[2] > 0.95
    assert values[2] >= values[0]
    assert {base.name for base in points[0].evaluation.baselines} == {"majority", "text-only"}


def test_the_last_point_is_the_same_whatever_the_others_are():
    alone = curve(items(), shares=(1.0,))[0].evaluation.metrics["accuracy"]
    assert curve(items(), shares=(0.2, 1.0))[-1].evaluation.metrics["accuracy"] == alone


def test_shares_that_cannot_be_are_refused():
    with pytest.raises(UsageError, match="shares must be greater than 0 and at most 1"):
        curve(items(), shares=(0.0, 1.0))
    same = [msgspec.structs.replace(item, stance="support") for item in items()]
    with pytest.raises(DataError, match="20% of the training rows have one label only; begin with a larger share"):
        curve(same, shares=(0.2,))


def test_the_command_prints_points_and_writes_a_page(run_cli, tmp_path):
    (tmp_path / "items.jsonl").write_bytes(b"".join(encode(item) + b"\n" for item in items()))
    done = run_cli("curve", "items.jsonl", "--share", "0.3", "--share", "1", "--html", "page.html", "--json")
    assert done.status == 0, done.stderr
    assert [point["share"] for point in json.loads(done.stdout)["points"]] == [0.3, 1.0]
    assert "would more labels help" in (tmp_path / "page.html").read_text()
