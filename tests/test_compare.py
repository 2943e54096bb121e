"""Comparison of systems: tests by cluster, corrected for their number."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest

from claimkit.errors import UsageError
from claimkit.evaluation import compare
from claimkit.records import Item, Prediction
from claimkit.records.base import encode

RNG = np.random.default_rng(3)
LABELS = RNG.choice(["FAVOR", "AGAINST", "NONE"], size=240)


def gold(clusters=24):
    return [
        Item(id=f"i{n}", text=f"t{n}", target="x", stance=str(label), scheme="semeval2016", groups={"document": f"d{n % clusters}"})
        for n, label in enumerate(LABELS)
    ]


def system(share, seed):
    rng = np.random.default_rng(seed)
    guesses = np.where(rng.random(240) < share, LABELS, rng.choice(["FAVOR", "AGAINST", "NONE"], size=240))
    return [Prediction(id=f"i{n}", stance=str(label)) for n, label in enumerate(guesses)]


def test_every_pair_is_tested_on_every_metric_and_p_is_corrected_for_all_of_them():
    result = compare(gold(), {"good": system(0.8, 1), "fair": system(0.5, 2), "poor": system(0.1, 3)}, metrics=["f1_favor_against"])
    assert [(pair.a, pair.b) for pair in result.pairs[:3]] == [("good", "fair"), ("good", "poor"), ("fair", "poor")]
    assert result.family == 6
    assert all(pair.p <= pair.p_holm <= 1 for pair in result.pairs)
    assert min(pair.p_holm for pair in result.pairs) == pytest.approx(6 * min(pair.p for pair in result.pairs))
    clear = next(pair for pair in result.pairs if (pair.a, pair.b) == ("good", "poor"))
    assert clear.low > 0
    assert clear.p_holm < 0.05


def test_a_difference_smaller_than_the_detectable_one_is_seldom_found():
    result = compare(gold(), {"a": system(0.60, 1), "b": system(0.58, 2)})
    pair = result.pairs[0]
    assert abs(pair.difference) < pair.detectable
    assert pair.p > 0.05


def test_swapping_the_systems_turns_the_sign_and_keeps_p():
    one, two = system(0.7, 1), system(0.5, 2)
    forth, back = compare(gold(8), {"a": one, "b": two}, cluster="none"), compare(gold(8), {"b": two, "a": one}, cluster="none")
    assert forth.pairs[0].difference == pytest.approx(-back.pairs[0].difference)
    assert forth.pairs[0].p == back.pairs[0].p


def test_with_too_few_clusters_nothing_is_tested_and_the_reason_is_given():
    result = compare(gold(8), {"a": system(0.7, 1), "b": system(0.5, 2)})
    assert result.family == 0
    assert result.pairs[0].p is None
    assert "8 clusters of 'document' are fewer than 10" in result.pairs[0].test


def test_one_system_is_not_a_comparison():
    with pytest.raises(UsageError, match="at least two systems"):
        compare(gold(), {"a": system(0.7, 1)})


def test_the_command_reads_run_folders_and_prints_the_contract_as_json(run_cli, tmp_path):
    for name, share in (("one", 0.8), ("two", 0.3)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "predictions.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in system(share, 1)))
    (tmp_path / "one" / "items.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in gold()))
    done = run_cli("compare", tmp_path / "one", tmp_path / "two", "--json")
    assert done.status == 0, done.stderr
    pair = json.loads(done.stdout)["pairs"][0]
    assert {"a", "b", "metric", "difference", "low", "high", "p", "p_holm", "test", "clusters"} <= set(pair)
    assert (pair["a"], pair["b"]) == ("one", "two")


def test_runs_on_other_gold_items_are_not_compared(run_cli, tmp_path):
    def write(path, rows):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"".join(encode(row) + b"\n" for row in rows))

    other = [msgspec.structs.replace(item, stance="NONE") for item in gold()]
    for name, items in (("one", gold()), ("two", other)):
        write(tmp_path / name / "items.jsonl", items)
        write(tmp_path / name / "predictions.jsonl", system(0.5, 1))
    done = run_cli("compare", "one", "two")
    assert done.status == 1
    assert "two/items.jsonl: this run was made on other gold items" in done.stderr


def test_the_command_writes_a_page_with_verdicts(run_cli, tmp_path):
    (tmp_path / "gold.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in gold()))
    for name, share in (("good", 0.9), ("poor", 0.1)):
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in system(share, 1)))
    done = run_cli("compare", "--gold", "gold.jsonl", "good.jsonl", "poor.jsonl", "--html", "page.html", "--interval", "bca")
    assert done.status == 0, done.stderr
    page = (tmp_path / "page.html").read_text()
    assert "good is better than poor" in page
    assert "good is better than poor" in done.stderr


def test_metrics_of_probabilities_are_not_tested():
    with pytest.raises(UsageError, match="the metric brier is one of probabilities; systems are compared on metrics of labels"):
        compare(gold(), {"a": system(0.5, 1), "b": system(0.5, 2)}, metrics=["brier"])
