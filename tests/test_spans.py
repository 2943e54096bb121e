"""The F1 of spans: equal, half in common, by the share in common, of tokens."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import DataError, UsageError
from claimkit.evaluation.spans import DEFAULT_METRICS, evaluate_spans
from claimkit.records import Span, Statement
from claimkit.shipped import shipped_corpus

TEXT = "The minister said that the bridge must stay where it is and that nobody asked him."


def said(*spans, document="d", name="s", cue=None):
    return Statement(
        id=name,
        document=document,
        spans=tuple(Span(start, end, TEXT[start:end]) for start, end in spans),
        speaker="a",
        claim="c",
        stance="support",
        cue=Span(*cue, TEXT[slice(*cue)]) if cue else None,
    )


def values(gold, predicted):
    found = evaluate_spans(gold, predicted)
    return {name: found.metrics[name].value for name in DEFAULT_METRICS}


def test_each_way_to_match_counts_what_its_name_says():
    # gold 18–43 ("that the bridge must stay"), predicted 23–43: 20 of 25 characters; 4 of 5 tokens
    found = values([said((18, 43))], [said((23, 43))])
    assert found["span_f1(match=strict)"] == 0
    assert found["span_f1(match=relaxed)"] == 1
    assert found["span_f1(match=partial)"] == pytest.approx(2 * 1 * 0.8 / 1.8)
    assert found["span_f1(match=token)"] == pytest.approx(2 * 1 * 0.8 / 1.8)


def test_a_mark_is_paired_once():
    found = evaluate_spans([said((18, 43))], [said((18, 43)), said((20, 43), name="t")])
    part = next(entry for entry in found.parts if entry.metric == "span_f1(match=relaxed)")
    assert (part.precision.value, part.recall.value) == (0.5, 1.0)


def test_parts_of_an_interrupted_mark_belong_together():
    gold = [said((4, 12), (18, 43))]
    assert values(gold, [said((18, 43), (4, 12))])["span_f1(match=strict)"] == 1
    assert values(gold, [said((4, 12)), said((18, 43), name="t")])["span_f1(match=strict)"] == 0


def test_words_shared_by_two_statements_are_one_mark():
    assert values([said((18, 43)), said((18, 43), name="t")], [said((18, 43))])["span_f1(match=strict)"] == 1


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(2, 40)), min_size=1, max_size=5))
def test_a_layer_agrees_with_itself(spans):
    layer = [said((start, start + length), name=f"s{n}") for n, (start, length) in enumerate(spans)]
    assert values(layer, layer) == dict.fromkeys(DEFAULT_METRICS, pytest.approx(1.0))


def test_cue_and_source_are_scored_apart_and_left_out_where_nobody_marks_them():
    found = evaluate_spans([said((18, 43), cue=(13, 17))], [said((18, 43))])
    assert {part.part for part in found.parts} == {"content", "cue"}
    cue = next(part for part in found.parts if part.part == "cue")
    assert cue.precision.value is None
    assert cue.recall.value == 0
    assert cue.f1.value == 0


def test_statements_in_other_documents_count_as_wrong_and_are_told():
    found = evaluate_spans([said((18, 43))], [said((18, 43)), said((18, 43), document="other", name="t")])
    assert "1 predicted statements stand in documents without a gold statement and count as wrong" in found.warnings
    assert found.parts[0].precision.value == 0.5


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(DataError, match="no gold statement"):
        evaluate_spans([], [said((0, 3))])
    with pytest.raises(UsageError, match="the metric accuracy is not one of spans"):
        evaluate_spans([said((0, 3))], [], metrics=["accuracy"])


def test_two_layers_of_the_shipped_corpus_are_compared_by_one_command(run_cli):
    layers = shipped_corpus() / "layers"
    done = run_cli("evaluate", layers / "gold.jsonl", layers / "model-c.jsonl", "--json")
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    strict, relaxed = (found["metrics"][f"span_f1(match={match})"] for match in ("strict", "relaxed"))
    assert 0 < strict["value"] < relaxed["value"] < 1
    assert relaxed["low"] < relaxed["value"] < relaxed["high"]
    assert "span_f1(match=strict)|avg:micro|" in found["signature"]
