"""What is wrong with gold or predictions is said in one clear sentence, and no number is given."""

from __future__ import annotations

import json

import msgspec
import pytest

from claimkit.records import Item, Prediction
from claimkit.records.base import encode

LABELS = ["support", "oppose", "neutral"] * 20


def gold(**changes):
    return [
        Item(id=f"i{n}", text=f"t{n}", target="x", stance=label, scheme="claims", groups={"document": f"d{n % 12}"}, **changes)
        for n, label in enumerate(LABELS)
    ]


def said(labels=LABELS, prefix="i", **changes):
    return [Prediction(id=f"{prefix}{n}", stance=label, **changes) for n, label in enumerate(labels)]


@pytest.fixture
def run_on(run_cli, tmp_path):
    """Write gold items and predictions, and evaluate them."""

    def run(items, predictions, *arguments):
        for name, rows in (("gold.jsonl", items), ("said.jsonl", predictions)):
            (tmp_path / name).write_bytes(b"".join(encode(row) + b"\n" for row in rows))
        return run_cli("evaluate", "gold.jsonl", "said.jsonl", *arguments)

    return run


SPLITS = ["train"] * 24 + ["dev"] * 6 + ["test"] * 30


def in_splits():
    return [msgspec.structs.replace(item, split=split) for item, split in zip(gold(), SPLITS, strict=True)]


def test_predictions_of_all_rows_can_be_scored_on_one_split(run_on, run_cli, tmp_path):
    wrong = said(["neutral"] * 30 + LABELS[30:])  # wrong outside of test only
    (tmp_path / "base.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in said(["support"] * 60)))
    options = ("--split", "test", "--replicates", "100", "--json")
    pairs = ("--baseline", "base=base.jsonl", "--annotator", "ann=base.jsonl", "--out", "run")
    done = run_on(in_splits(), wrong, *options, *pairs)
    assert done.status == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["n"], result["metrics"]["accuracy"]["value"]) == (30, 1.0)
    assert len((tmp_path / "run" / "predictions.jsonl").read_text().splitlines()) == 30
    assert run_cli("rescore", "run").status == 0
    done = run_cli("compare", "--gold", "gold.jsonl", "said.jsonl", "base.jsonl", *options)
    assert done.status == 0, done.stderr
    assert json.loads(done.stdout)["n"] == 30


def test_on_one_split_an_unknown_item_is_still_an_error(run_on):
    stray = Prediction(id="j0", stance="support")
    done = run_on(in_splits(), [*said(), stray], "--split", "test")
    assert done.status == 1
    assert "said.jsonl:61: there is no gold item 'j0'" in done.stderr
    done = run_on(in_splits(), said()[:24], "--split", "test")
    assert done.status == 1
    assert "none of the 24 predictions belongs to the split 'test'; they are of other items of 'gold'" in done.stderr


def test_items_that_a_model_may_have_learnt_from_are_named_in_a_warning(run_on):
    options = ("--replicates", "100", "--json")
    sentence = "warning: 24 of the 60 scored items have the split 'train'"
    assert sentence in run_on(in_splits(), said(), *options).stderr
    assert "have the split" not in run_on(in_splits(), said(), "--split", "test", *options).stderr
    assert "have the split" not in run_on(gold(), said(), *options).stderr


def test_what_is_learnt_for_the_panel_is_the_split_train_where_a_file_has_splits(run_on, run_cli, tmp_path):
    options = ("--split", "test", "--replicates", "100", "--json")
    whole = run_on(in_splits(), said(), "--train", "gold.jsonl", *options)
    assert whole.status == 0, whole.stderr
    (tmp_path / "train.jsonl").write_bytes(b"".join(encode(row) + b"\n" for row in in_splits()[:24]))
    assert run_cli("evaluate", "gold.jsonl", "said.jsonl", "--train", "train.jsonl", *options).stdout == whole.stdout


CASES = {
    "labels of another scheme": (
        gold(),
        said(["FAVOR", "AGAINST", "NONE"] * 20),
        (),
        "not one of support, oppose, neutral, unclear; map it with --label-map semeval2016-to-claims",
    ),
    "labels in capitals": (gold(), said([label.upper() for label in LABELS]), (), "map it with --label-map case"),
    "a near miss": (gold(), said(["suport", *LABELS[1:]]), (), "did you mean 'support'"),
    "an id that occurs twice": (gold(), [*said(), *said()[:1]], (), "said.jsonl:61: the item 'i0' is predicted twice"),
    "a gold id that occurs twice": ([*gold(), *gold()[:1]], said(), (), "gold.jsonl:61: the id 'i0' occurs twice among the gold"),
    "an unknown id": (
        gold(),
        [*said()[1:], Prediction(id="j0", stance="support")],
        (),
        "said.jsonl:60: there is no gold item 'j0'",
    ),
    "another data set": (gold(), said(prefix="other"), (), "none of the 60 predictions belongs to a gold item"),
    "probabilities that do not sum to one": (
        gold(),
        said(probabilities={"support": 0.5, "oppose": 0.4}),
        (),
        "said.jsonl:1: the probabilities of 'i0' sum to 0.9000, not to 1",
    ),
    "probabilities of unknown labels": (
        gold(),
        said(probabilities={"support": 0.5, "opose": 0.5}),
        (),
        "name the label 'opose', which is not one of support, oppose, neutral, unclear; did you mean 'oppose'",
    ),
    "no probabilities for calibration": (
        gold(),
        said(),
        ("--metric", "ece"),
        "the metric ece(bins=10,kind=mass) needs probabilities, and 60 of 60 items have none (first: 'i0')",
    ),
    "a gold item without stance": (
        [*gold()[:-1], Item(id="i59", text="t", target="x", scheme="claims")],
        said(),
        (),
        "gold.jsonl:60: the gold item 'i59' has no stance",
    ),
    "two schemes": (
        [*gold()[:-1], Item(id="i59", text="t", target="x", stance="FAVOR", scheme="semeval2016")],
        said(),
        (),
        "the items belong to different label schemes",
    ),
    "an empty split": (
        [*gold(split="train")],
        said(),
        ("--split", "test"),
        "no gold item belongs to the split 'test'; there are: train",
    ),
    "an unknown slice": (gold(), said(), ("--slice", "documnt"), "no item has the group key 'documnt'; did you mean 'document'"),
    "an unknown cluster key": (gold(), said(), ("--cluster", "bodies"), "no item has the group key 'bodies'"),
    "a metric of another scheme": (
        gold(),
        said(),
        ("--metric", "fnc_score"),
        "the metric fnc_score needs the labels agree, disagree, discuss, unrelated; the scheme has support",
    ),
    "a metric of spans": (gold(), said(), ("--metric", "span_f1"), "the metric span_f1 compares marked spans: give two layers"),
    "annotators twice": (
        gold(),
        said(),
        ("--annotator", "a=said.jsonl", "--annotator", "a=said.jsonl"),
        "the name 'a' is given twice",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_scored_is_refused_with_one_sentence_and_no_number(run_on, name):
    items, predictions, arguments, message = CASES[name]
    done = run_on(items, predictions, *arguments)
    assert done.status in (1, 2)
    assert message in " ".join(done.stderr.split())
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_gold_of_one_class_is_scored_with_a_warning_and_undefined_numbers_are_null(run_on):
    items = [Item(id=f"i{n}", text=f"t{n}", target="x", stance="support", scheme="claims") for n in range(60)]
    done = run_on(items, said(["support"] * 60), "--metric", "mcc", "--metric", "kappa", "--json")
    found = json.loads(done.stdout)
    assert found["metrics"]["mcc"]["value"] is None
    assert found["metrics"]["kappa"]["value"] is None
    assert any("all gold items have one label" in warning for warning in found["warnings"])


def test_shuffled_official_files_score_the_same_and_cut_ones_are_refused(run_cli, tmp_path):
    rows = [f"{n}\tAtheism\ttweet {n}\t{('FAVOR', 'AGAINST', 'NONE')[n % 3]}" for n in range(60)]
    header = "ID\tTarget\tTweet\tStance"
    (tmp_path / "gold.txt").write_text("\n".join([header, *rows, ""]))
    (tmp_path / "shuffled.txt").write_text("\n".join([header, *reversed(rows), ""]))
    done = run_cli("evaluate", "gold.txt", "shuffled.txt", "--metric", "f1_favor_against", "--json")
    assert json.loads(done.stdout)["metrics"]["f1_favor_against"]["value"] == 1.0
    (tmp_path / "cut.txt").write_text("\n".join([header, *rows[:30], "30\tAtheism\ttweet"]))
    done = run_cli("evaluate", "gold.txt", "cut.txt")
    assert done.status == 1
    assert "cut.txt:32: 3 columns, the header has 4" in done.stderr
