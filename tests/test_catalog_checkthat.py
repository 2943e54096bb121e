"""CheckThat! 2019 task 1 and 2020 task 2: the figures of the tasks, the collection, and the recorded defects."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import numpy as np
import pytest

from claimkit.catalog import DATASETS, load_dataset
from claimkit.catalog.trec import read_qrels
from claimkit.errors import UsageError
from claimkit.evaluation.rankings import evaluate_rankings, rankings_of_items
from claimkit.jsonl import write_records
from claimkit.records import Prediction

DEBATES, TWEETS = "checkthat2019-t1", "checkthat2020-t2"


@pytest.fixture(scope="module")
def items(data_dir):
    """The items of a data set by split; each is read once."""
    read = {}

    def items_of(name):
        if name not in read:
            read[name] = {split: list(load_dataset(name, split, data_dir=data_dir)) for split in DATASETS[name].facts.splits}
        return read[name]

    return items_of


def words(text):
    return tuple("".join(char.lower() if char.isalnum() else " " for char in text).split())


def defects(name):
    return " ".join(DATASETS[name].facts.defects)


# CheckThat! 2019, task 1


def test_train_has_19_debates_and_test_7(items):
    """Atanasova et al. 2019, Table 1: 19 and 7 debates and speeches."""
    debates = {split: Counter(item.groups["debate"] for item in part) for split, part in items(DEBATES).items()}
    assert {split: len(found) for split, found in debates.items()} == {"train": 19, "test": 7}
    assert not debates["train"].keys() & debates["test"].keys()


def test_the_context_of_a_sentence_is_the_one_before_it_in_the_same_debate(items):
    for part in items(DEBATES).values():
        before = {}
        for item in part:
            debate, line = item.groups["debate"], item.meta["line"]
            assert item.context == before.get((debate, line - 1))
            before[debate, line] = item.text


def chance(relevant, n):
    """Return the expected average precision of a random order.

    Rank k holds a relevant one with R / n, and then 1 + (k - 1)(R - 1)/(n - 1) relevant ones are expected up to k.
    """
    ranks = np.arange(1, n + 1)
    return float(((1 + (ranks - 1) * (relevant - 1) / (n - 1)) / ranks).sum() / n)


def test_random_rankings_of_the_debates_have_the_map_that_chance_gives(items, data_dir, run_cli, tmp_path):
    gold = items(DEBATES)["test"]
    sizes, relevant = Counter(), Counter()
    for item in gold:
        sizes[item.groups["debate"]] += 1
        relevant[item.groups["debate"]] += item.stance == "check-worthy"
    expected = np.mean([chance(relevant[debate], n) for debate, n in sizes.items()])
    assert expected == pytest.approx(0.033, abs=0.003)
    rng = np.random.default_rng(3)
    values = []
    for _ in range(50):
        shares = rng.random(len(gold)).tolist()
        said = [
            Prediction(id=item.id, stance="other", probabilities={"check-worthy": share, "other": 1 - share})
            for item, share in zip(gold, shares, strict=True)
        ]
        ranked = rankings_of_items(gold, said, "debate")
        values.append(evaluate_rankings(ranked.relevant, ranked.scores, metrics=["map"], replicates=20).metrics["map"].value)
    assert np.mean(values) == pytest.approx(expected, abs=0.004)
    write_records(tmp_path / "predictions.jsonl", said)
    options = ("--split", "test", "predictions.jsonl", "--query", "debate", "--metric", "map", "--json", "--data-dir", data_dir)
    done = run_cli("evaluate", "--dataset", DEBATES, *options)
    assert json.loads(done.stdout)["metrics"]["map"]["value"] == values[-1]


def test_the_known_defects_of_the_debates_are_in_the_data(items):
    parts = items(DEBATES)
    seen = {words(item.text) for item in parts["train"]}
    again = [item for item in parts["test"] if words(item.text) in seen]
    worth = sum(item.stance == "check-worthy" for item in again)
    assert f"{len(again)} of the 7080 test sentences also occur in train" in defects(DEBATES)
    assert f"; {worth} of them is worth checking" in defects(DEBATES)
    stances = defaultdict(set)
    for item in (item for part in parts.values() for item in part):
        stances[item.text].add(item.stance)
    assert f"{sum(len(found) > 1 for found in stances.values())} sentences occur both" in defects(DEBATES)
    speakers = Counter(item.groups["speaker"] for part in parts.values() for item in part)
    assert f"{speakers['SYSTEM']} lines are of the speaker SYSTEM" in defects(DEBATES)
    assert sum(len(speaker) > 100 for speaker in speakers) == 2


# CheckThat! 2020, task 2


def test_items_and_collection_are_those_of_the_qrels_and_of_the_file_of_claims(items, data_dir):
    data = load_dataset(TWEETS, data_dir=data_dir)
    claims = {document.id: document for document in data.collection()}
    assert len(claims) == 10375
    assert all(document.text and document.title for document in claims.values())
    for split, folder, queries in (("train", "v3.0/train", 800), ("dev", "v3.0/dev", 197), ("test", "test", 199)):
        found = defaultdict(set)
        for item in items(TWEETS)[split]:
            found[item.groups["query"]].add(item.groups["claim"])
            assert item.target == claims[item.groups["claim"]].text
        assert found == read_qrels(data.folder / folder / "tweet-vclaim-pairs.qrels")
        assert len(found) == queries


def test_a_data_set_without_a_collection_says_so(data_dir):
    with pytest.raises(UsageError, match="the data set 'checkthat2019-t1' has no collection of documents"):
        load_dataset(DEBATES, data_dir=data_dir).collection()


def test_the_known_defects_of_the_tweets_are_in_the_data(items, data_dir):
    parts = items(TWEETS)
    claims = Counter(words(document.text) for document in load_dataset(TWEETS, data_dir=data_dir).collection())
    assert f"{sum(n - 1 for n in claims.values())} claims of the collection repeat another one" in defects(TWEETS)
    known = {item.groups["claim"] for item in parts["train"]}
    again = {split: sum(item.groups["claim"] in known for item in parts[split]) for split in ("dev", "test")}
    assert f"{again['test']} test pairs and {again['dev']} of dev are of a claim that a pair of train has" in defects(TWEETS)
    tweets = {split: {words(item.text) for item in part} for split, part in parts.items()}
    shared = {split: len(tweets["test"] & tweets[split]) for split in ("train", "dev")}
    assert f"{shared['train']} test tweets occur in train and {shared['dev']} in dev" in defects(TWEETS)
