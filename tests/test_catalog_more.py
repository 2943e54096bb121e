"""Fake News Challenge, VAST and subtask B of SemEval-2016: published baselines, ids of submissions, and the recorded defects."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import numpy as np
import pytest

from claimkit.catalog import DATASETS, load_dataset
from claimkit.catalog.fnc_submission import read_fnc_predictions
from claimkit.metrics import METRICS
from claimkit.schemes import scheme_of


@pytest.fixture(scope="module")
def items(data_dir):
    """Read each split of a data set once."""
    known = {}

    def load(name, split):
        if (name, split) not in known:
            known[name, split] = list(load_dataset(name, split, data_dir=data_dir))
        return known[name, split]

    return load


def constant(metric, gold, label):
    """Return a metric of the system that gives every item the same label."""
    scheme = scheme_of(gold[0].scheme)
    table = np.zeros((len(scheme.labels), len(scheme.labels) + 1), dtype=int)
    for item in gold:
        table[scheme.index(item.stance), scheme.index(label)] += 1
    return float(METRICS[metric].compute(table, scheme))


def defects(name):
    return " ".join(DATASETS[name].facts.defects)


def repeated(keys):
    """Return how many rows have a key that an earlier row has."""
    return sum(n - 1 for n in Counter(keys).values())


# SemEval-2016 task 6, subtask B


def test_always_against_reaches_the_2972_of_semeval_subtask_b(items):
    """Mohammad et al. 2016: the majority class, 29.72, is 2 · 299 / (707 + 299) / 2."""
    gold = items("semeval2016-t6b", "test")
    assert round(constant("f1_favor_against", gold, "AGAINST"), 4) == 0.2972


def test_the_two_subtasks_of_semeval_share_no_id_and_no_tweet(items):
    ours = items("semeval2016-t6b", "test")
    others = [item for split in ("train", "trial", "test") for item in items("semeval2016-t6a", split)]
    assert {item.id for item in ours}.isdisjoint(item.id for item in others)
    assert {item.text for item in ours}.isdisjoint(item.text for item in others)


def test_the_recorded_defects_of_subtask_b_are_in_the_data(items):
    gold = items("semeval2016-t6b", "test")
    assert all(item.text.endswith("#SemST") for item in gold)
    found = Counter((item.stance, item.meta["opinion_towards"]) for item in gold)
    assert sum(n for (_, about), n in found.items() if about == "TARGET") == 324
    assert found["NONE", "TARGET"] == found["FAVOR", "OTHER"] == 3
    assert found["AGAINST", "OTHER"] + found["AGAINST", "NO ONE"] == 123
    assert all(text in defects("semeval2016-t6b") for text in ("324", "123 are AGAINST"))


# Fake News Challenge, stage 1


def test_all_unrelated_reaches_3937_points_and_210_macro_f1_in_the_fake_news_challenge(items):
    """Points: .25 · 18349 of .25 · 18349 + 7064; F1: 2 · 18349 / (18349 + 25413) / 4."""
    gold = items("fnc1", "test")
    assert round(constant("fnc_score", gold, "unrelated"), 4) == 0.3937
    assert round(constant("f1_macro", gold, "unrelated"), 3) == 0.210


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_submission_to_the_fake_news_challenge_meets_the_items(items, data_dir, split):
    path = data_dir / "fnc1" / {"train": "train_stances.csv", "test": "competition_test_stances.csv"}[split]
    assert [(entry.id, entry.stance) for entry in read_fnc_predictions(path)] == [
        (item.id, item.stance) for item in items("fnc1", split)
    ]


def test_the_official_labels_score_one_through_the_command(run_cli, data_dir):
    path = data_dir / "fnc1" / "competition_test_stances.csv"
    done = run_cli("evaluate", "--dataset", "fnc1", "--split", "test", path, "--replicates", 100, "--json", "--data-dir", data_dir)
    assert done.status == 0, done.stderr
    assert json.loads(done.stdout)["metrics"]["accuracy"]["value"] == 1.0


def test_train_and_test_of_the_fake_news_challenge_share_the_bodies_headlines_and_pairs_of_the_facts(items):
    train, test = items("fnc1", "train"), items("fnc1", "test")
    assert {item.meta["body_id"] for item in train}.isdisjoint(item.meta["body_id"] for item in test)
    known = {key: {item.groups[key] for item in train} for key in ("body", "headline")}
    hits = {key: [item for item in test if item.groups[key] in known[key]] for key in known}
    assert {key: len({item.groups[key] for item in found}) for key, found in hits.items()} == {"body": 10, "headline": 10}
    assert {key: len(found) for key, found in hits.items()} == {"body": 237, "headline": 155}
    assert len({item.id for found in hits.values() for item in found}) == 370
    assert len({(item.text, item.target) for item in train} & {(item.text, item.target) for item in test}) == 14
    assert all(text in defects("fnc1") for text in ("10 bodies", "10 headlines", "237", "155", "370 rows", "14 pairs"))


@pytest.mark.parametrize(("split", "pairs", "texts"), [("train", 402, 14), ("test", 242, 4)])
def test_the_fake_news_challenge_repeats_the_pairs_and_bodies_of_the_facts(items, split, pairs, texts):
    rows = items("fnc1", split)
    assert repeated((item.target, item.meta["body_id"]) for item in rows) == pairs
    labels, ids = defaultdict(set), defaultdict(set)
    for item in rows:
        labels[item.target, item.text].add(item.stance)
        ids[item.text].add(item.meta["body_id"])
    assert {len(found) for found in labels.values()} == {1}
    assert Counter(len(found) for found in ids.values())[2] == texts
    assert len({item.groups["body"] for item in rows}) == len(ids)
    assert {"train": "402 pairs", "test": "242 in test"}[split] in defects("fnc1")


def test_the_odd_texts_of_the_fake_news_challenge_are_those_of_the_facts(items):
    train, test = items("fnc1", "train"), items("fnc1", "test")
    assert sum(item.target.endswith("\n") for item in test) == sum(item.target != item.target.strip() for item in test) == 5
    assert sum(item.target.endswith(" ") for item in train) == sum(item.target != item.target.strip() for item in train) == 245
    assert {item.meta["body_id"] for item in train + test if "\ufffd" in item.text} == {"759", "1057", "1148"}
    assert {item.meta["body_id"] for item in train + test if "â€" in item.text} == {"269", "1893", "57"}
    notice = [item for item in train if item.meta["body_id"] == "624"]
    assert [(item.stance, len(item.text)) for item in notice] == [("agree", 39)]


# VAST


def test_the_majority_of_train_reaches_1687_macro_f1_on_vast(items):
    """All con: 2 · 1018 / (1018 + 3006) / 3."""
    majority = Counter(item.stance for item in items("vast", "train")).most_common(1)[0][0]
    assert majority == "con"
    assert round(constant("f1_macro", items("vast", "test"), majority), 4) == 0.1687


def test_vast_has_the_documents_and_topics_of_its_paper(items):
    """Allaway and McKeown 2020: 1845, 682 and 786 comments; 600 zero-shot and 159 few-shot topics in test."""
    documents = {split: {item.groups["document"] for item in items("vast", split)} for split in ("train", "dev", "test")}
    assert [len(found) for found in documents.values()] == [1845, 682, 786]
    assert sum(len(found) for found in documents.values()) == len(set().union(*documents.values()))
    shots = {shot: {item.target for item in items("vast", "test") if item.groups["shot"] == shot} for shot in ("zero", "few")}
    assert {shot: len(found) for shot, found in shots.items()} == {"zero": 600, "few": 159}
    assert Counter(item.groups["shot"] for item in items("vast", "test")) == {"zero": 1460, "few": 1546}


@pytest.mark.parametrize("split", ["dev", "test"])
def test_train_has_no_zero_shot_topic_of_vast_and_all_few_shot_topics_but_six(items, split):
    known = {item.target for item in items("vast", "train")}
    rows = items("vast", split)
    assert known.isdisjoint(item.target for item in rows if item.groups["shot"] == "zero")
    unknown = [item.target for item in rows if item.groups["shot"] == "few" and item.target not in known]
    assert (len(set(unknown)), len(unknown)) == {"dev": (0, 0), "test": (6, 10)}[split]
    assert all(item.meta["seen"] == (item.groups["shot"] == "few") for item in rows)


def test_the_target_of_a_synthetic_neutral_of_vast_is_not_the_topic_its_comment_was_about(items):
    synthetic = [item for item in items("vast", "train") if item.meta["type_idx"] == "4"]
    assert len(synthetic) == 2313
    assert {item.stance for item in synthetic} == {"neutral"}
    assert all(item.target != item.meta["new_topic"] for item in synthetic)
    assert "2313" in defects("vast")


@pytest.mark.parametrize(
    ("split", "again", "pairs", "rows"), [("train", 1705, 467, 1132), ("dev", 45, 10, 20), ("test", 89, 10, 21)]
)
def test_vast_repeats_and_contradicts_the_pairs_of_the_facts(items, split, again, pairs, rows):
    labels = defaultdict(list)
    for item in items("vast", split):
        labels[item.text, item.target].append(item.stance)
    assert sum(len(found) - 1 for found in labels.values()) == again
    torn = [found for found in labels.values() if len(set(found)) > 1]
    assert (len(torn), sum(map(len, torn))) == (pairs, rows)
    assert str(again) in defects("vast")
    assert f"({rows} rows)" in defects("vast")


def test_the_lost_texts_of_vast_are_those_of_the_facts(items):
    train = items("vast", "train")
    assert sum(item.text == "#NAME?" for item in train) == 11
    assert sum(item.target == "11-Sep" for item in train) == 1
