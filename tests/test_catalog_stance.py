"""P-Stance, IBM's claim stance, RumourEval 2017 and NewsMTSC: majorities, structure, and the defects that the catalogue records."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from claimkit.catalog import DATASETS, load_dataset
from claimkit.evaluation import evaluate
from claimkit.records import Prediction


@pytest.fixture(scope="module")
def items(data_dir):
    """The items of a data set by split; each is read once."""
    read = {}

    def items_of(name):
        if name not in read:
            read[name] = {split: list(load_dataset(name, split, data_dir=data_dir)) for split in DATASETS[name].facts.splits}
        return read[name]

    return items_of


def majority(parts, split, metric, *, by_target=False):
    """Percent of the metric that the most frequent label of train reaches, of each target if asked for."""
    counts = defaultdict(Counter)
    for item in parts["train"]:
        counts[item.target if by_target else ""][item.stance] += 1
    said = [Prediction(id=item.id, stance=counts[item.target if by_target else ""].most_common(1)[0][0]) for item in parts[split]]
    result = evaluate(parts[split], said, metrics=(metric,), cluster="none", slices=(), replicates=20)
    return 100 * result.metrics[metric].value


def words(text):
    return tuple("".join(char.lower() if char.isalnum() else " " for char in text).split())


def defect(name, text):
    """Assert that a sentence is among the recorded defects, so that the number tested is the number told."""
    assert any(text in sentence for sentence in DATASETS[name].facts.defects), text


# majorities


@pytest.mark.parametrize(
    ("name", "split", "metric", "percent"),
    [
        # 700 of 1355 are PRO: accuracy 700 / 1355; macro-F1 half of 2 · 700 / (700 + 1355)
        ("ibm-claim-stance", "test", "accuracy", 51.66),
        ("ibm-claim-stance", "test", "f1_macro", 34.06),
        # comment: 778 / 1049
        ("rumoureval2017", "test", "accuracy", 74.17),
        # train has most of negative: a third of 2 · 429 / (429 + 1146), and of 2 · 482 / (482 + 1476)
        ("newsmtsc", "test-rw", "f1_macro", 18.16),
        ("newsmtsc", "test-mt", "f1_macro", 16.41),
    ],
)
def test_the_most_frequent_label_of_train_reaches_what_the_counts_say(items, name, split, metric, percent):
    assert round(majority(items(name), split, metric), 2) == percent


def test_the_most_frequent_label_of_each_politician_reaches_353_on_pstance(items):
    """The mean of the halves of 2 · 425 / (425 + 777), 2 · 408 / (408 + 745) and 2 · 343 / (343 + 635)."""
    found = majority(items("pstance"), "test", "f1_favor_against_per_target", by_target=True)
    assert found == pytest.approx(100 * (425 / 1202 + 408 / 1153 + 343 / 978) / 3)
    assert round(found, 1) == 35.3


# P-Stance


def test_pstance_has_the_totals_of_the_paper_for_each_politician(items):
    """Li et al. 2021: 21,574 tweets in all."""
    found = Counter(item.target for part in items("pstance").values() for item in part)
    assert found == {"Donald Trump": 7953, "Joe Biden": 7296, "Bernie Sanders": 6325}


def test_the_known_defects_of_pstance_are_in_the_data(items):
    parts = items("pstance")
    seen = {(item.target, words(item.text)) for item in parts["train"]}
    again = {split: sum((item.target, words(item.text)) in seen for item in parts[split]) for split in ("dev", "test")}
    defect("pstance", f"{again['test']} test rows and {again['dev']} dev row have a tweet that occurs in train")
    dev = {(item.target, item.text) for item in parts["dev"]}
    assert [item.target for item in parts["test"] if (item.target, item.text) in dev] == ["Joe Biden"]
    stances = defaultdict(set)
    for item in (item for part in parts.values() for item in part):
        stances[item.target, item.text].add(item.stance)
    assert [target for (target, _), labels in stances.items() if len(labels) > 1] == ["Bernie Sanders"]
    html = sum(bool(re.search("&(amp|lt|gt);", item.text)) for part in parts.values() for item in part)
    defect("pstance", f"{html} tweets hold character references")


# IBM claim stance


def test_no_motion_of_the_test_claims_is_one_of_train(items):
    topics = {split: {item.groups["topic"] for item in part} for split, part in items("ibm-claim-stance").items()}
    motions = {split: {item.target for item in part} for split, part in items("ibm-claim-stance").items()}
    for found in (topics, motions):
        assert (len(found["train"]), len(found["test"])) == (25, 30)
        assert not found["train"] & found["test"]


def test_an_article_of_a_claim_belongs_to_one_motion(items):
    topics = defaultdict(set)
    for item in (item for part in items("ibm-claim-stance").values() for item in part):
        topics[item.groups["document"]].add(item.groups["topic"])
    assert {len(found) for found in topics.values()} == {1}


def test_the_target_of_a_claim_stands_at_its_offsets(items):
    for item in (item for part in items("ibm-claim-stance").values() for item in part):
        if item.meta["compatible"]:
            start, end = item.meta["claim_target_start"], item.meta["claim_target_end"]
            assert item.text[start:end] == item.meta["claim_target"]
        assert item.meta["article_end"] - item.meta["article_start"] == len(item.meta["original_text"])


def test_the_known_defects_of_ibm_claim_stance_are_in_the_data(items):
    parts = items("ibm-claim-stance")
    together = [item for part in parts.values() for item in part]
    fitting = [item.meta for item in together if item.meta["compatible"]]
    defect("ibm-claim-stance", f"{len(together) - len(fitting)} claims do not fit that model")
    assert all("claim_sentiment" not in item.meta for item in together if not item.meta["compatible"])
    other = 0
    for item in together:
        if item.meta["compatible"]:
            product = item.meta["topic_sentiment"] * item.meta["claim_sentiment"] * item.meta["targets_relation"]
            other += (product > 0) != (item.stance == "PRO")
    defect("ibm-claim-stance", f"{other} claims have a stance that is not the product")
    seen = {words(item.text) for item in parts["train"]}
    defect("ibm-claim-stance", f"{sum(words(item.text) in seen for item in parts['test'])} test claims also occur in train")
    labels = defaultdict(list)
    for item in together:
        labels[item.target, words(item.text)].append(item.stance)
    twice = [found for found in labels.values() if len(found) > 1]
    assert all(len(found) == 2 and len(set(found)) == 1 for found in twice)
    defect("ibm-claim-stance", f"{len(twice)} claims stand twice with the same motion")


# RumourEval 2017


def test_a_reply_has_the_text_of_its_source_as_target_and_that_of_the_tweet_above_as_context(items):
    for part in items("rumoureval2017").values():
        texts = {item.id: item.text for item in part}
        for item in part:
            assert item.target == texts[item.groups["thread"]]
            assert item.context == texts.get(item.meta.get("reply_to"))


def test_a_thread_has_one_source_which_replies_to_nothing(items):
    for split, threads in (("train", 272), ("dev", 25), ("test", 28)):  # its README counts 297 threads for train and dev
        part = items("rumoureval2017")[split]
        sources = [item for item in part if "reply_to" not in item.meta]
        assert [item.id for item in sources] == [item.groups["thread"] for item in sources]
        assert {item.id for item in sources} == {item.groups["thread"] for item in part}
        assert len(sources) == threads
        assert {item.stance for item in sources} <= {"support", "deny", "comment"}


def test_events_are_those_of_the_folders_and_no_event_of_dev_is_one_of_train(items):
    events = {split: {item.groups.get("event") for item in part} for split, part in items("rumoureval2017").items()}
    assert events == {
        "train": {"charliehebdo", "ebola-essien", "ferguson", "ottawashooting", "prince-toronto", "putinmissing", "sydneysiege"},
        "dev": {"germanwings-crash"},
        "test": {None},
    }


def test_the_veracity_of_a_rumour_is_the_same_in_its_whole_thread(items):
    found = defaultdict(set)
    for item in (item for part in items("rumoureval2017").values() for item in part):
        found[item.groups["thread"]].add(item.meta["veracity"])
    assert {len(values) for values in found.values()} == {1}
    assert set().union(*found.values()) == {"true", "false", "unverified"}


def test_the_known_defects_of_rumoureval_are_in_the_data(items):
    parts = items("rumoureval2017")
    lost = {split: sum("reply_to" in item.meta and item.context is None for item in part) for split, part in parts.items()}
    assert lost == {"train": 0, "dev": 0, "test": 2}
    defect("rumoureval2017", f"{lost['test']} tweets of the test set reply to tweets that are not in the archive")
    known = {item.groups["author"] for item in parts["train"]}
    by = {split: sum(item.groups["author"] in known for item in parts[split]) for split in ("dev", "test")}
    defect("rumoureval2017", f"{by['test']} tweets of the test set and {by['dev']} of dev are by authors of tweets in train")
    stances = defaultdict(set)
    for split, part in parts.items():
        for item in part:
            stances[split, item.groups["thread"], item.text].add(item.stance)
    assert {split for (split, _, _), labels in stances.items() if len(labels) > 1} == {"test"}
    differ = sum(len(labels) > 1 for labels in stances.values())
    defect("rumoureval2017", f"{differ} texts occur more than once in one test thread")
    html = sum(bool(re.search("&(amp|lt|gt);", item.text)) for part in parts.values() for item in part)
    defect("rumoureval2017", f"{html} tweets hold character references")


# NewsMTSC


def test_a_mention_stands_at_its_offsets_and_so_do_the_further_ones(items):
    for item in (item for part in items("newsmtsc").values() for item in part):
        assert item.text[item.meta["start"] : item.meta["end"]] == item.target
        for other in item.meta["further_mentions"]:
            assert item.text[other["start"] : other["end"]] == other["text"]


def test_every_sentence_of_the_second_test_set_has_several_mentions(items):
    """Hamborg and Donnay 2021: that is what test-mt is for."""
    assert min(Counter(item.groups["sentence"] for item in items("newsmtsc")["test-mt"]).values()) >= 2


def test_a_sentence_has_one_document_and_a_document_at_most_one_event(items):
    sentences, events = defaultdict(set), defaultdict(set)
    for item in (item for part in items("newsmtsc").values() for item in part):
        sentences[item.groups["sentence"]].add((item.groups["document"], item.text))
        events[item.groups["document"]].add(item.groups.get("event"))
        assert ("event" in item.groups) == item.groups["document"].startswith("allsides_")
    assert {len(found) for found in sentences.values()} == {len(found) for found in events.values()} == {1}


def test_the_known_defects_of_newsmtsc_are_in_the_data(items):
    parts = items("newsmtsc")
    train, rw, mt = (parts[split] for split in ("train", "test-rw", "test-mt"))
    documents = {item.groups["document"] for item in train}
    known = [sum(item.groups["document"] in documents for item in part) for part in (rw, mt)]
    defect("newsmtsc", f"{known[0]} of the {len(rw)} rows of test-rw and {known[1]} of the {len(mt)} of test-mt are from articles")
    texts = {item.text for item in train}
    seen = [sum(item.text in texts for item in part) for part in (rw, mt)]
    defect("newsmtsc", f"{seen[0]} rows of test-rw and {seen[1]} of test-mt have a sentence that occurs in train; one of them")
    places = {(item.text, item.meta["start"], item.meta["end"]) for item in train}
    assert sum((item.text, item.meta["start"], item.meta["end"]) in places for item in rw + mt) == 1
    shared = {item.text for item in rw} & {item.text for item in mt}
    defect(
        "newsmtsc", f"{len(shared)} sentences of test-mt, with {sum(item.text in shared for item in mt)} mentions, are in test-rw"
    )
    twice = {}
    for split, part in parts.items():
        labels = defaultdict(list)
        for item in part:
            labels[item.text, item.meta["start"], item.meta["end"]].append(item.stance)
        assert all(len(set(found)) == 1 for found in labels.values())
        twice[split] = len(part) - len(labels)
    assert twice["test-rw"] == 0
    defect("newsmtsc", f"{twice['train']} mentions of train and {twice['test-mt']} of test-mt stand twice")
    assert set(parts) == {"train", "test-rw", "test-mt"}
