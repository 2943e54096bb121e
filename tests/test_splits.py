"""Splits: nothing that was held out occurs on two sides."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import DataError, UsageError
from claimkit.records import Item
from claimkit.records.base import encode
from claimkit.splits import leakage, split_items


def items_of(rows):
    return [
        Item(id=str(index), text=f"words {index}", target="t", stance=label, groups=groups)
        for index, (label, groups) in enumerate(rows)
    ]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.integers(0, 30)), min_size=30, max_size=120),
    st.integers(0, 99),
)
@settings(max_examples=150)
def test_no_value_of_a_held_out_key_occurs_on_two_sides(rows, seed):
    items = items_of([(label, {"document": f"d{a}", "speaker": f"s{b}"}) for label, a, b in rows])
    for keys in (["document"], ["document", "speaker"]):
        try:
            done = split_items(items, keys, seed=seed)
        except DataError:
            continue  # everything hangs together
        for key in keys:
            side = {}
            for item in done.items:
                assert side.setdefault(item.groups[key], item.split) == item.split
        assert all(leak.shared == 0 for leak in done.report.leaks if leak.key in keys)


def test_the_same_words_never_stand_on_two_sides():
    rows = [
        Item(id=str(index), text=f"Same, words {index % 20}!", target="t", groups={"document": f"d{index}"}) for index in range(60)
    ]
    done = split_items(rows, "document")
    assert [leak.shared for leak in done.report.leaks if leak.key == "text"] == [0, 0]


def test_sizes_and_labels_come_close_to_the_wanted_shares():
    rows = items_of([("ab"[index % 3 == 0], {"document": f"d{index // 4}"}) for index in range(400)])
    report = split_items(rows, "document", {"train": 0.5, "test": 0.5}).report
    assert report.sizes == {"train": 200, "test": 200}
    assert abs(report.labels["train"]["b"] - report.labels["test"]["b"]) <= 4


def test_the_same_seed_gives_the_same_split_and_another_one_another():
    rows = items_of([("a", {"document": f"d{index // 2}"}) for index in range(80)])
    parts = [[item.split for item in split_items(rows, seed=seed).items] for seed in (1, 1, 2)]
    assert parts[0] == parts[1] != parts[2]


def test_a_split_by_time_trains_on_the_past():
    rows = items_of([("a", {"date": f"20{10 + index // 10}-01-0{index % 9 + 1}", "document": f"d{index}"}) for index in range(90)])
    done = split_items(rows, "time")
    latest = {part: max(item.groups["date"] for item in done.items if item.split == part) for part in ("train", "dev")}
    assert latest["train"] < min(item.groups["date"] for item in done.items if item.split == "dev")
    assert latest["dev"] < min(item.groups["date"] for item in done.items if item.split == "test")


def test_a_value_with_more_than_half_of_the_rows_cannot_be_held_out():
    rows = items_of([("a", {"speaker": "one" if index < 15 else f"s{index}"}) for index in range(25)])
    with pytest.raises(DataError, match="15 of 25 rows have the speaker 'one'"):
        split_items(rows, "speaker")


def test_too_few_documents_and_unknown_keys_are_refused():
    rows = items_of([("a", {"document": f"d{index // 5}"}) for index in range(10)])
    with pytest.raises(DataError, match="2 groups of rows that belong together cannot be spread over 3 splits"):
        split_items(rows)
    with pytest.raises(UsageError, match="did you mean 'document'"):
        split_items(rows, "documnt")
    with pytest.raises(DataError, match="no item to split"):
        split_items([])


def test_the_leakage_table_counts_values_and_rows_known_from_training():
    rows = [
        Item(id="1", text="a", target="t", split="train", groups={"document": "d1"}),
        Item(id="2", text="b", target="t", split="test", groups={"document": "d1"}),
        Item(id="3", text="a", target="t", split="test", groups={"document": "d2"}),
    ]
    found = {leak.key: (leak.values, leak.shared, leak.rows) for leak in leakage(rows)}
    assert found == {"text": (2, 1, 1), "target": (1, 1, 2), "document": (2, 1, 1)}


def test_the_command_writes_every_item_with_its_split(run_cli, tmp_path):
    rows = items_of([("a", {"document": f"d{index // 2}"}) for index in range(40)])
    source = tmp_path / "items.jsonl"
    source.write_bytes(b"".join(encode(row) + b"\n" for row in rows))
    done = run_cli("split", source, "--out", tmp_path / "out.jsonl", "--json")
    assert done.status == 0
    assert json.loads(done.stdout)["sizes"] == {"train": 24, "dev": 8, "test": 8}
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 40


def test_splits_that_are_set_are_checked_and_left(run_cli, tmp_path):
    source = tmp_path / "items.jsonl"
    rows = [
        Item(id="1", text="a", target="t", split="train", groups={"document": "d1"}),
        Item(id="2", text="b", target="u", split="test", groups={"document": "d1"}),
    ]
    source.write_bytes(b"".join(encode(row) + b"\n" for row in rows))
    before = source.read_bytes()
    leaks = {leak["key"]: leak["rows"] for leak in json.loads(run_cli("split", "--check", source, "--json").stdout)["leaks"]}
    assert leaks == {"text": 0, "target": 0, "document": 1}
    assert "What is known from train" in run_cli("split", "--check", source).stdout
    assert source.read_bytes() == before
    assert run_cli("split", "--check", source, "--out", tmp_path / "out.jsonl").status == 2
    source.write_bytes(encode(rows[1]) + b"\n")
    assert "no item has the split 'train'" in run_cli("split", "--check", source).stderr


def test_a_thousand_random_graphs_leak_nothing():
    """Items as edges between documents, speakers and events of many densities; near copies of texts tie rows too."""
    possible = 0
    for seed in range(1000):
        rng = random.Random(seed)
        size = rng.choice([3, 6, 12, 40, 80])
        rows = []
        for n in range(rng.randrange(6, 60)):
            own = f"row {n} says {rng.randrange(10**9)} and {rng.randrange(10**9)}"
            text = own if rng.random() < 0.9 else f"common words {rng.randrange(5)}"
            groups = {key: f"{key}{rng.randrange(size)}" for key in ("document", "speaker", "event") if rng.random() < 0.8}
            rows.append(Item(id=str(n), text=text, target="t", stance=rng.choice("ab"), groups=groups))
        keys = rng.sample(["document", "speaker", "event"], rng.randrange(1, 3))
        try:
            done = split_items(rows, keys, seed=seed)
        except (DataError, UsageError):
            continue
        possible += 1
        side = {}
        for item in done.items:
            for key in (*keys, "text"):
                value = " ".join(item.text.lower().split()) if key == "text" else item.groups.get(key)
                if value is not None:
                    assert side.setdefault((key, value), item.split) == item.split
        assert all(leak.shared == 0 for leak in done.report.leaks if leak.key in (*keys, "text"))
    assert possible > 300


def test_without_text_ties_copies_may_part_and_the_report_counts_them():
    rows = [Item(id=f"{n}", text="RIP", target="t", groups={"document": f"d{n // 3}"}) for n in range(30)]
    with pytest.raises(DataError, match=r"hang together through document and near copies of texts.*--no-text-ties"):
        split_items(rows, "document")
    report = split_items(rows, "document", tie_texts=False).report
    assert {leak.split: leak.rows for leak in report.leaks if leak.key == "text"} == {"dev": 6, "test": 6}
    assert [leak.shared for leak in report.leaks if leak.key == "document"] == [0, 0]
