"""Adjudication: what stands, why, from what; decisions of people; the layers of annotators never change."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.adjudication import (
    Decision,
    adjudicate,
    adjudicate_ratings,
    append_decision,
    confident_labels,
    disagreements,
    find_doubts,
    majority,
    read_decisions,
    read_queue,
    write_gold,
    write_queue,
)
from claimkit.adjudication.dawid_skene import Observed, dawid_skene
from claimkit.adjudication.items import as_items, as_predictions, item_disagreements
from claimkit.agreement import Ratings
from claimkit.corpus import load_corpus
from claimkit.errors import DataError, UsageError
from claimkit.evaluation.ceiling import majority_of
from claimkit.records import Item, Prediction
from claimkit.schemes import scheme_of
from claimkit.validate import validate
from tests.quarrel import relation, statement, write_quarrel

CLEAN, DENIES, AGREES = "The mill is clean", "The town denies it", "Bob agrees with the town"


# voting


@given(st.lists(st.lists(st.integers(-1, 2), min_size=3, max_size=3), min_size=1, max_size=10))
def test_the_majority_is_the_label_given_most_often_and_ties_go_to_the_first_annotator(codes):
    found = majority(np.array(codes), 3)
    for row, winner, is_tied in zip(codes, found.winner.tolist(), found.is_tied.tolist(), strict=True):
        given_labels = [label for label in row if label >= 0]
        if not given_labels:
            assert (winner, is_tied) == (-1, False)
            continue
        most = max(map(given_labels.count, given_labels))
        leading = [label for label in given_labels if given_labels.count(label) == most]
        assert winner == leading[0]
        assert is_tied == (len(set(leading)) > 1)


@given(st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=1, max_size=10))
def test_the_ceiling_takes_the_same_majority_and_leaves_ties_out(rows):
    columns = [np.array(column) for column in zip(*rows, strict=True)]  # 3 stands for no label there
    found = majority_of(columns, 3)
    votes = majority(np.where(np.array(rows) < 3, rows, -1), 3)
    expected = np.where(votes.winner < 0, 3, np.where(votes.is_tied, 4, votes.winner))
    assert found.tolist() == expected.tolist()


# Dawid and Skene


def test_the_likelihood_never_falls_and_probabilities_sum_to_one():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 200)
    codes = np.where(rng.random((200, 5)) < 0.7, truth[:, None], rng.integers(0, 3, (200, 5)))
    codes[rng.random(codes.shape) < 0.3] = -1
    found = dawid_skene(Observed.of(codes), items=200, annotators=5, labels=3)
    rated = (codes >= 0).any(axis=1)
    np.testing.assert_allclose(found.posterior[rated].sum(axis=1), 1)
    assert np.isnan(found.posterior[~rated]).all()
    np.testing.assert_allclose(found.confusion.sum(axis=2), 1)
    assert found.converged
    assert (found.posterior.argmax(axis=1) == truth)[rated].mean() > 0.8


def test_an_annotator_who_turns_labels_round_is_heard_the_other_way():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 300)
    good = np.where(rng.random((300, 3)) < 0.85, truth[:, None], 1 - truth[:, None])
    contrary = np.where(rng.random((300, 2)) < 0.95, 1 - truth[:, None], truth[:, None])
    codes = np.concatenate([good, contrary], axis=1)
    found = dawid_skene(Observed.of(codes), items=300, annotators=5, labels=2)
    by_votes = (majority(codes, 2).winner == truth).mean()
    by_model = (found.posterior.argmax(axis=1) == truth).mean()
    assert by_model > 0.95 > by_votes
    assert found.confusion[4, 0, 1] > 0.9


def test_what_was_never_seen_has_no_error_rate():
    found = dawid_skene(Observed.of(np.array([[0, 0], [0, 0]])), items=2, annotators=2, labels=2)
    assert found.confusion[:, 0].tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert np.isnan(found.confusion[:, 1]).all()
    assert found.posterior.tolist() == [[1.0, 0.0], [1.0, 0.0]]


# a gold layer


def layers(**changes):
    found = {
        "a": [statement("a1", "d0", CLEAN), statement("a2", "d0", DENIES, "town", stance="oppose"), relation("ar", "a2", "a1")],
        "b": [
            statement("b1", "d0", CLEAN + ", says Ann"),
            statement("b2", "d0", DENIES, "town", stance="oppose"),
            relation("br", "b2", "b1"),
        ],
        "c": [
            statement("c1", "d0", CLEAN),
            statement("c2", "d0", DENIES, "bob", stance="neutral"),
            statement("c3", "d0", AGREES, "bob", stance="oppose"),
            relation("cr", "c2", "c1", kind="rebuts"),
        ],
    }
    return found | changes


@pytest.fixture
def folder(tmp_path):
    return write_quarrel(tmp_path / "corpus", layers())


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((folder / "layers").iterdir())}


def test_most_layers_decide_and_every_record_names_its_sources(folder):
    corpus = load_corpus(folder)
    result = adjudicate(corpus, ["a", "b", "c"])
    first, second = result.statements
    assert first.decided_from == ("a1", "b1", "c1")
    assert first.spans[0].text == CLEAN  # two of three have these words
    assert (second.stance, second.speaker, second.decided_from) == ("oppose", "town", ("a2", "b2", "c2"))
    assert second.note == "stance oppose: 2 against 1 neutral; speaker town: 2 against 1 bob"
    assert second.meta["adjudication"] == {"strategy": "majority", "disputed": ["stance", "speaker"], "tie": False}
    (answer,) = result.relations
    assert (answer.kind, answer.source, answer.targets) == ("denies", second.id, (first.id,))
    assert answer.decided_from == ("ar", "br", "cr")
    assert [entry.made is None for entry in result.cases] == [False, False, True]  # what one of three marked does not stand


def test_the_gold_layer_is_valid_and_no_other_layer_changes(folder):
    before = digests(folder)
    corpus = load_corpus(folder)
    write_gold(corpus, adjudicate(corpus, ["a", "b", "c"]))
    after = digests(folder)
    assert {name: after[name] for name in before} == before
    assert [issue for issue in validate(folder) if issue.severity == "error"] == []
    assert {record.origin for record in load_corpus(folder).statements("gold")} == {"adjudicated"}


def test_exactly_half_is_a_tie_that_stands_and_is_flagged(folder):
    corpus = load_corpus(folder)
    result = adjudicate(corpus, ["a", "c"])
    third = result.cases[2]
    assert third.case.disputed == ("presence",)
    assert third.case.is_tied
    assert third.made.note == "marked by 1 of 2, not by a"
    assert result.statements[1].stance == "oppose"  # one against one: the layer that was named first
    assert adjudicate(corpus, ["c", "a"]).statements[1].stance == "neutral"
    assert result.statements[1].meta["adjudication"]["tie"] is True


def test_stance_is_decided_among_those_on_the_winning_claim(tmp_path):
    three = {
        "a": [statement("a1", "d0", CLEAN, claim="dirty", stance="oppose")],
        "b": [statement("b1", "d0", CLEAN, claim="clean", stance="support")],
        "c": [statement("c1", "d0", CLEAN, claim="clean", stance="support")],
    }
    (found,) = adjudicate(load_corpus(write_quarrel(tmp_path / "c", three)), ["a", "b", "c"]).statements
    assert (found.claim, found.stance) == ("clean", "support")
    assert found.decided_from == ("a1", "b1", "c1")


def test_an_unread_text_is_no_vote_against_a_statement(tmp_path):
    found = layers(a=layers()["a"][:1])
    corpus = load_corpus(write_quarrel(tmp_path / "c", found | {"d": [statement("d1", "d1", CLEAN)]}, documents=2))
    names = ["a", "b", "c", "d"]
    assert len(adjudicate(corpus, names).statements) == 2  # d1 alone is one of four; c3 too
    assert len(adjudicate(corpus, names, unmarked="missing").statements) == 3


def test_soft_labels_keep_the_shares_of_the_votes_and_become_weights_of_items(folder):
    corpus = load_corpus(folder)
    write_gold(corpus, adjudicate(corpus, ["a", "b", "c"], strategy="soft"))
    second = list(load_corpus(folder).items())[1]
    assert second.weights == {"oppose": 0.666667, "neutral": 0.333333}


def test_dawid_and_skene_weigh_annotators_of_a_corpus(tmp_path):
    # a and b err together in a third of the texts, c and d never: majority is tied there, the model is not
    found = {name: [] for name in "abcd"}
    for n in range(30):
        truth = "support" if n % 2 else "oppose"
        for name, records in found.items():
            wrong = name in "ab" and n % 3 == (0 if name == "a" else 1)
            records.append(statement(f"{name}{n}", f"d{n}", CLEAN, stance="neutral" if wrong else truth))
    corpus = load_corpus(write_quarrel(tmp_path / "c", found, documents=30))
    result = adjudicate(corpus, list("abcd"), strategy="dawid-skene")
    assert [entry.stance for entry in result.statements] == ["support" if n % 2 else "oppose" for n in range(30)]
    assert result.statements[0].meta["stance_distribution"]["oppose"] == pytest.approx(1, abs=1e-3)
    assert result.model.confusion[2].diagonal()[:2].tolist() == pytest.approx([1, 1])


def test_a_relation_needs_both_of_its_statements(tmp_path):
    # c alone marks the third statement, so what c relates to it does not stand
    records = layers()
    records["c"].append(relation("cr2", "c3", "c2", kind="supports"))
    corpus = load_corpus(write_quarrel(tmp_path / "c", records))
    result = adjudicate(corpus, ["a", "b", "c"])
    assert [entry.kind for entry in result.relations] == ["denies"]
    assert result.relation_cases[-1].made == "supports"  # of those who could see it, all do


def test_relations_with_several_targets_keep_them_together(tmp_path):
    records = {
        name: [
            statement(f"{name}1", "d0", CLEAN),
            statement(f"{name}2", "d0", DENIES, "town", stance="oppose"),
            statement(f"{name}3", "d0", AGREES, "bob", stance="oppose"),
            relation(f"{name}r", f"{name}3", f"{name}1", f"{name}2", "dirty", kind="counters"),
        ]
        for name in "ab"
    }
    corpus = load_corpus(write_quarrel(tmp_path / "c", records))
    (found,) = adjudicate(corpus, ["a", "b"]).relations
    assert found.targets == ("gold-a1", "gold-a2", "dirty")
    assert found.decided_from == ("ar", "br")


def test_an_existing_gold_layer_is_not_written_over_unless_that_is_asked(folder):
    corpus = load_corpus(folder)
    write_gold(corpus, adjudicate(corpus, ["a", "b", "c"]))
    before = digests(folder)["gold.jsonl"]
    again = load_corpus(folder)
    result = adjudicate(again, ["a", "c"])
    with pytest.raises(DataError, match=r"gold\.jsonl: this layer exists already; name another one with --out-layer"):
        write_gold(again, result)
    assert digests(folder)["gold.jsonl"] == before
    write_gold(again, result, force=True)
    assert digests(folder)["gold.jsonl"] != before
    assert [issue for issue in validate(folder) if issue.severity == "error"] == []


def test_an_annotators_layer_is_never_the_gold_layer(folder):
    corpus = load_corpus(folder)
    with pytest.raises(UsageError, match="annotators' layers are never written over"):
        adjudicate(corpus, ["a", "b"], layer="b")


def test_a_layer_to_which_another_refers_is_not_dropped(tmp_path):
    records = layers()
    records["b"].append(relation("bx", "b2", "a1"))
    corpus = load_corpus(write_quarrel(tmp_path / "c", records))
    with pytest.raises(
        DataError, match="the layer 'a' cannot be replaced: the relation 'bx' of the layer 'b' refers to its statement 'a1'"
    ):
        corpus.drop_layer("a")
    assert len(list(corpus.statements("a"))) == 2


def test_the_same_layers_give_the_same_bytes(folder, tmp_path):
    other = write_quarrel(tmp_path / "other", layers())
    for path in (folder, other):
        corpus = load_corpus(path)
        write_gold(corpus, adjudicate(corpus, ["a", "b", "c"], strategy="dawid-skene"))
    assert digests(folder) == digests(other)


# decisions


def decide(folder, **decisions):
    corpus = load_corpus(folder)
    given_decisions = {unit: Decision(unit=unit, **values) for unit, values in decisions.items()}
    return adjudicate(corpus, ["a", "b", "c"], decisions=given_decisions)


def test_a_person_overrules_the_majority_and_the_reason_is_kept(folder):
    result = decide(folder, a2={"take": "c", "reason": "the town only reports", "by": "dora", "created": "2024-05-01"})
    second = result.statements[1]
    assert (second.stance, second.speaker) == ("neutral", "bob")
    assert (second.note, second.created) == ("the town only reports", "2024-05-01")
    assert second.decided_from == ("a2", "b2", "c2")
    assert second.meta["adjudication"] == {
        "strategy": "decision",
        "disputed": ["stance", "speaker"],
        "tie": False,
        "take": "c",
        "by": "dora",
    }


def test_neither_takes_a_statement_and_its_relations_out(folder):
    result = decide(folder, a1={"take": "neither"})
    assert [entry.id for entry in result.statements] == ["gold-a2"]
    assert result.relations == []


def test_what_the_majority_left_out_can_be_taken(folder):
    result = decide(folder, c3={"take": "c"})
    assert result.statements[-1].decided_from == ("c3",)
    assert decide(folder, c3={"take": "a"}).statements == decide(folder).statements  # a marked nothing here
    assert decide(folder, c3={"take": "majority"}).statements == decide(folder).statements


def test_values_can_be_edited(folder):
    result = decide(folder, a2={"take": "edited", "edits": {"stance": "unclear"}})
    assert (result.statements[1].stance, result.statements[1].speaker) == ("unclear", "town")


def test_relations_are_decided_by_their_two_ends(folder):
    unit = "a2->a1"
    assert decide(folder, **{unit: {"take": "c"}}).relations[0].kind == "rebuts"
    assert decide(folder, **{unit: {"take": "neither"}}).relations == []
    assert decide(folder, **{unit: {"take": "edited", "edits": {"kind": "counters"}}}).relations[0].kind == "counters"


@pytest.mark.parametrize(
    ("unit", "values", "message"),
    [
        ("a2", {"take": "d"}, "takes 'd'; allowed: a, b, c, majority, neither, edited"),
        ("a2", {"take": "edited", "edits": {"stanec": "x"}}, "the edits of the decision on 'a2' are not valid"),
        ("a2", {"take": "edited", "edits": {"id": "x"}}, "edits 'id', which cannot be edited"),
        ("a2->a1", {"take": "edited", "edits": {"kind": "hates"}}, "names the kind 'hates', which is not one of denies"),
    ],
)
def test_a_decision_that_takes_what_is_not_there_is_refused(folder, unit, values, message):
    with pytest.raises(DataError, match=message):
        decide(folder, **{unit: values})


def test_an_edit_that_does_not_fit_the_corpus_writes_nothing(folder):
    before = digests(folder)
    corpus = load_corpus(folder)
    result = adjudicate(corpus, ["a", "b"], decisions={"a2": Decision(unit="a2", take="edited", edits={"speaker": "nobody-known"})})
    with pytest.raises(DataError, match="there is no actor 'nobody-known'"):
        write_gold(corpus, result)
    assert digests(folder) == before


def test_decisions_on_what_has_changed_are_not_used_but_kept(folder, tmp_path):
    corpus = load_corpus(folder)
    stale = Decision(unit="a2", take="neither", sources=("a2", "b2"))
    unknown = Decision(unit="zz", take="neither")
    result = adjudicate(corpus, ["a", "b", "c"], decisions={"a2": stale, "zz": unknown})
    assert len(result.statements) == 2
    assert result.stale == [stale, unknown]
    queue = tmp_path / "queue.jsonl"
    waiting, kept = write_queue(queue, disagreements(corpus, result), {"a2": stale, "zz": unknown})
    assert (waiting, kept) == (3, 1)
    assert read_decisions(queue) == {"zz": unknown}
    for _ in range(2):  # it stays there however often the queue is written
        assert next(entry for entry in read_queue(queue) if entry.unit == "a2").earlier.take == "neither"
        write_queue(queue, disagreements(corpus, result), read_decisions(queue))


@pytest.mark.parametrize(
    ("changed", "is_used"),
    [
        ({"stance": "oppose"}, False),
        ({"speaker": "ann"}, False),
        ({"chain": ["ann"]}, False),
        ({"on_behalf_of": None}, False),
        ({"note": "sure", "confidence": 0.9, "created": "2024-05-01"}, True),
    ],
)
def test_a_decision_on_what_says_something_else_by_now_is_not_used(tmp_path, changed, is_used):
    queue = tmp_path / "queue.jsonl"
    corpus = load_corpus(write_quarrel(tmp_path / "before", layers()))
    write_queue(queue, disagreements(corpus, adjudicate(corpus, ["a", "b", "c"])), {})
    lines = [json.loads(line) for line in queue.read_text().splitlines()]
    for line in lines:
        line["decision"] = {"take": "c"} if line["unit"] in ("a2", "a2->a1") else None
    queue.write_text("".join(json.dumps(line) + "\n" for line in lines))
    records = layers()
    records["c"][1] |= changed
    corpus = load_corpus(write_quarrel(tmp_path / "after", records))
    decisions = read_decisions(queue)
    result = adjudicate(corpus, ["a", "b", "c"], decisions=decisions)
    assert [decision.unit for decision in result.stale] == ([] if is_used else ["a2"])
    assert result.statements[1].stance == ("neutral" if is_used else "oppose")
    write_queue(queue, disagreements(corpus, result), decisions)
    entry = next(entry for entry in read_queue(queue) if entry.unit == "a2")
    assert [entry.decision is None, entry.earlier is None] == [not is_used, is_used]
    before = Decision(unit="a2", take="c", sources=("a2", "b2", "c2"))  # an older file has no digest
    assert adjudicate(corpus, ["a", "b", "c"], decisions={"a2": before}).stale == []


def test_a_decision_on_a_relation_that_is_of_another_kind_by_now_is_not_used(tmp_path):
    records = layers()
    corpus = load_corpus(write_quarrel(tmp_path / "before", records))
    case = adjudicate(corpus, ["a", "b", "c"]).relation_cases[0].case
    decision = Decision(unit=case.id, take="c", sources=case.sources, digest=case.digest)
    assert adjudicate(corpus, ["a", "b", "c"], decisions={case.id: decision}).stale == []
    records["c"][-1] |= {"kind": "supports"}
    corpus = load_corpus(write_quarrel(tmp_path / "after", records))
    assert adjudicate(corpus, ["a", "b", "c"], decisions={case.id: decision}).stale == [decision]


def test_the_queue_is_filled_in_and_read_back(folder, tmp_path):
    corpus = load_corpus(folder)
    queue = tmp_path / "queue.jsonl"
    result = adjudicate(corpus, ["a", "c"])
    write_queue(queue, disagreements(corpus, result), {})
    entries = read_queue(queue)
    assert [entry.tied for entry in entries] == sorted((entry.tied for entry in entries), reverse=True)
    entry = next(entry for entry in entries if entry.unit == "a2")
    assert (entry.disputed, entry.sources, entry.text) == (("stance", "speaker"), ("a2", "c2"), DENIES)
    assert entry.said["c"]["stance"] == "neutral"
    assert entry.proposed["stance"] == "oppose"
    lines = [json.loads(line) for line in queue.read_text().splitlines()]
    for line in lines:
        if line["unit"] == "a2":
            line["decision"] = {"take": "c", "reason": "so it is"}
    queue.write_text("".join(json.dumps(line) + "\n" for line in lines))
    decisions = read_decisions(queue)
    again = adjudicate(corpus, ["a", "c"], decisions=decisions)
    assert again.statements[1].stance == "neutral"
    waiting, kept = write_queue(queue, disagreements(corpus, again), decisions)
    assert (waiting, kept) == (len(entries) - 1, 0)
    assert read_decisions(queue) == decisions


def test_of_several_decisions_on_one_case_the_last_counts(tmp_path):
    path = tmp_path / "decisions.jsonl"
    append_decision(path, Decision(unit="a2", take="a"))
    append_decision(path, Decision(unit="a1", take="b"))
    append_decision(path, Decision(unit="a2", take="c", by="dora"))
    found = read_decisions(path)
    assert (found["a2"].take, found["a2"].by, found["a1"].take) == ("c", "dora", "b")


@pytest.mark.parametrize(
    "line", ['{"type":"decision","unit":"a"}', '{"type":"statement"}', "nonsense", '{"type":"decision","unit":3,"take":"a"}']
)
def test_a_line_that_is_no_decision_is_named(tmp_path, line):
    path = tmp_path / "decisions.jsonl"
    path.write_text('{"type":"decision","unit":"a","take":"b"}\n' + line + "\n")
    with pytest.raises(DataError, match=r"decisions\.jsonl:2: this line is neither a decision nor a disagreement"):
        read_decisions(path)


# flat items


def flat(codes, labels=("no", "yes")):
    return Ratings(np.array(codes), labels, ("ann", "bob", "cat"))


def test_labels_of_items_keep_votes_shares_and_who_gave_them():
    result = adjudicate_ratings(flat([[0, 1, 1], [0, 1, -1], [-1, -1, -1]]))
    assert [(entry.item, entry.label, entry.tie) for entry in result.items] == [("1", "yes", False), ("2", "no", True)]
    first, second = as_predictions(result)
    assert first.probabilities == {"no": 0.333333, "yes": 0.666667}
    assert first.meta["adjudication"] == {
        "votes": {"no": 1, "yes": 2},
        "decided_from": ["ann", "bob", "cat"],
        "strategy": "majority",
    }
    assert second.meta["adjudication"]["tie"] is True


def test_items_get_the_labels_and_with_soft_labels_weights():
    items = [Item(id=str(n), text="t", target="x", scheme=("no", "yes")) for n in (1, 2, 3)]
    ratings = flat([[0, 1, 1], [1, 1, 1], [-1, -1, -1]])
    hard = list(as_items(adjudicate_ratings(ratings), items))
    assert [(item.id, item.stance, item.weights) for item in hard] == [("1", "yes", {}), ("2", "yes", {})]
    soft = list(as_items(adjudicate_ratings(ratings, strategy="soft"), items))
    assert soft[0].weights == {"no": 0.333333, "yes": 0.666667}
    assert soft[1].weights == {"yes": 1.0}


def test_a_person_decides_on_items():
    decisions = {
        "1": Decision(unit="1", take="ann", sources=("ann", "bob", "cat")),
        "2": Decision(unit="2", take="neither"),
        "3": Decision(unit="3", take="edited", edits={"label": "yes"}),
    }
    result = adjudicate_ratings(flat([[0, 1, 1], [0, 1, -1], [0, 0, 0]]), decisions=decisions)
    assert [entry.label for entry in result.items] == ["no", None, "yes"]
    assert [entry.id for entry in as_predictions(result)] == ["1", "3"]
    with pytest.raises(DataError, match="names the label 'maybe', which is not one of no, yes"):
        adjudicate_ratings(flat([[0, 1, 1]]), decisions={"1": Decision(unit="1", take="edited", edits={"label": "maybe"})})


def test_a_decision_on_labels_that_were_changed_since_is_not_used():
    (entry,) = item_disagreements(adjudicate_ratings(flat([[0, 1, 1]])))
    decision = Decision(unit="1", take="ann", sources=entry.sources, digest=entry.digest)
    assert adjudicate_ratings(flat([[0, 1, 1]]), decisions={"1": decision}).items[0].label == "no"
    changed = adjudicate_ratings(flat([[0, 0, 1]]), decisions={"1": decision})
    assert (changed.stale, changed.items[0].decision) == ([decision], None)
    before = Decision(unit="1", take="ann", sources=entry.sources)
    assert adjudicate_ratings(flat([[0, 0, 1]]), decisions={"1": before}).stale == []


def test_the_queue_of_items_has_those_without_majority_first():
    result = adjudicate_ratings(flat([[0, 1, 1], [0, 1, -1], [0, 0, 0]]))
    assert [(entry.unit, entry.tied, entry.proposed) for entry in item_disagreements(result)] == [
        ("2", True, "no"),
        ("1", False, "yes"),
    ]


# labels that may be wrong


def test_planted_errors_are_found_before_others():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 600)
    scores = rng.normal(0, 1, (600, 3)) + 3 * np.eye(3)[truth]
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    given_labels = truth.copy()
    wrong = rng.choice(600, 40, replace=False)
    given_labels[wrong] = (truth[wrong] + 1) % 3
    names = ("a", "b", "c")
    items = [Item(id=str(n), text="t", target="x", stance=names[label]) for n, label in enumerate(given_labels)]
    predictions = [
        Prediction(id=str(n), stance="a", probabilities=dict(zip(names, map(float, row), strict=True)))
        for n, row in enumerate(shares)
    ]
    found = find_doubts(items, predictions, scheme_of(names))
    first = {int(doubt.item) for doubt in found.candidates[:40]}
    assert len(first & set(wrong.tolist())) >= 32
    assert found.candidates[0].p_suggested > 0.9 > 0.1 > found.candidates[0].p_label
    assert sum(found.by_label.values()) == len(found.candidates)


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.01, 1), st.integers(0, 1)), min_size=1, max_size=8))
@settings(deadline=None)
def test_nothing_is_confident_of_a_label_that_no_item_has(rows):
    shares = np.array([[a / (a + b), b / (a + b), 0.0] for a, b, _ in rows])
    confident, thresholds = confident_labels(shares, np.array([label for *_, label in rows]))
    assert np.isnan(thresholds[2])
    assert set(confident.tolist()) <= {-1, 0, 1}


def test_doubts_need_labels_and_probabilities():
    item = Item(id="1", text="t", target="x", stance="a")
    with pytest.raises(DataError, match="the item '1' has no predicted probabilities"):
        find_doubts([item], [Prediction(id="1", stance="a")], scheme_of(("a", "b")))
    with pytest.raises(DataError, match="the item '1' has no label of the scheme"):
        find_doubts([item], [], scheme_of(("b", "c")))


# the commands


def test_the_command_writes_gold_describes_it_and_goes_on_from_its_queue(folder, run_cli, tmp_path):
    queue = tmp_path / "open.jsonl"
    before = digests(folder)
    done = run_cli("adjudicate", folder, "--layers", "a,b,c", "--disagreements", queue, "--json")
    assert done.status == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["statements"] == {"stand": 2, "cases": 3, "agreed": 1, "majority": 2, "tied": 0, "decided": 0, "left_out": 1}
    assert '[layers.gold]\nkind = "adjudicated"' in (folder / "corpus.toml").read_text()
    lines = [json.loads(line) for line in queue.read_text().splitlines()]
    next(line for line in lines if line["unit"] == "c3")["decision"] = {"take": "c", "by": "dora"}
    queue.write_text("".join(json.dumps(line) + "\n" for line in lines))
    refused = run_cli("adjudicate", folder, "--disagreements", queue)
    assert (refused.status, "this layer exists already" in refused.stderr) == (1, True)
    again = run_cli("adjudicate", folder, "--disagreements", queue, "--force", "--json")  # gold itself is not compared
    assert json.loads(again.stdout)["statements"]["decided"] == 1
    assert json.loads(again.stdout)["layers"] == ["a", "b", "c"]
    assert len(list(load_corpus(folder).statements())) == 3
    assert {name: digests(folder)[name] for name in before} == before
    assert run_cli("validate", folder).status == 0


def test_a_dry_run_writes_the_queue_alone(folder, run_cli, tmp_path):
    queue = tmp_path / "open.jsonl"
    before = digests(folder), (folder / "corpus.toml").read_bytes()
    done = run_cli("adjudicate", folder, "--dry-run", "--disagreements", queue, "--decisions", "/dev/null")
    assert done.status == 0, done.stderr
    assert (digests(folder), (folder / "corpus.toml").read_bytes()) == before
    assert len(read_queue(queue)) == 3


def test_the_command_decides_on_ratings(run_cli, tmp_path):
    table = tmp_path / "wide.csv"
    table.write_text("id,ann,bob,cat\n1,yes,yes,no\n2,no,no,no\n3,yes,no,\n")
    done = run_cli("adjudicate", table, "--strategy", "dawid-skene")
    assert done.status == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in found] == ["1", "2", "3"]
    assert all(sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5) for row in found)
    out = tmp_path / "out.jsonl"
    assert run_cli("adjudicate", table, "--out", out).status == 0
    refused = run_cli("adjudicate", table, "--out", out)
    assert (refused.status, "this file exists already" in refused.stderr) == (1, True)
    assert "1 by the tie rule" in run_cli("adjudicate", table, "--out", out, "--force").stderr


def test_label_errors_lists_what_a_classifier_contradicts(run_cli, tmp_path):
    from claimkit.shipped import shipped_corpus

    out = tmp_path / "doubts.jsonl"
    done = run_cli("label-errors", shipped_corpus(), "--classifier", "ngrams", "--folds", "3", "--out", out, "--json")
    assert done.status == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["n"] == len(list(load_corpus(shipped_corpus()).items()))
    assert len(result["candidates"]) == len(out.read_text().splitlines()) == sum(result["by_label"].values()) > 0
    margins = [entry["p_suggested"] - entry["p_label"] for entry in result["candidates"]]
    assert margins == sorted(margins, reverse=True)
