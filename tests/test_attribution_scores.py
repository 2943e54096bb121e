"""Scores of attribution: values that can be worked out by hand, baselines, differences, and suggestions beside a layer."""

from __future__ import annotations

import json

import pytest

from claimkit.attribution import load_attributor
from claimkit.attribution.model import Attribution
from claimkit.attribution.reading import read
from claimkit.corpus import load_corpus
from claimkit.errors import DataError
from claimkit.evaluation.attributions import BASELINES, Marked, evaluate_attributions, kind_in
from claimkit.records import Span, Statement
from claimkit.suggestion.scoring import score_suggestions


class Fixed:
    """Says for each text what it was told to say."""

    name = "fixed"

    def __init__(self, answers):
        self.answers = answers

    def find(self, text):
        return self.answers.get(text, [])


def span(text, words):
    start = text.index(words)
    return Span(start, start + len(words), words)


def gold(document, text, source, cue, content):
    return Statement(
        id=f"{document}-g", document=document, spans=(span(text, content),), speaker="x", claim="x", stance="x",
        cue=span(text, cue), speaker_span=None if source is None else span(text, source),
    )  # fmt: skip


def said(text, source, cue, content, outer=None):
    return Attribution(
        source=(span(text, source),) if source else (), cue=(span(text, cue),), content=(span(text, content),),
        kind="indirect", rule="r", outer=outer,
    )  # fmt: skip


TEXT = "Ana said that it rained. Bo denied it."
MARKED = [Marked("d", TEXT, [gold("d", TEXT, "Ana", "said", "that it rained")])]


def scores_of(system, marked=MARKED):
    [scores] = evaluate_attributions(marked, {"one": system}, replicates=100).systems
    return scores


def f1(scores, part, match):
    return next(entry.f1.value for entry in scores.parts if entry.part == part and entry.metric == f"span_f1(match={match})")


def test_what_is_found_word_by_word_scores_one_and_a_half_word_more_less():
    exact = scores_of(Fixed({TEXT: [said(TEXT, "Ana", "said", "that it rained")]}))
    assert [f1(exact, part, "strict") for part in ("source", "cue", "content")] == [1.0, 1.0, 1.0]
    wide = scores_of(Fixed({TEXT: [said(TEXT, "Ana", "said", "that it rained. Bo")]}))
    assert f1(wide, "content", "strict") == 0.0
    # 3 of 3 gold tokens, 3 of 5 predicted ones: precision .6, recall 1
    assert f1(wide, "content", "token") == pytest.approx(0.75)


def test_source_cue_and_content_are_scored_for_each_kind_of_quotation():
    text = "Ana said that it rained. “It fell,” said Bo."
    marked = [Marked("d", text, [gold("d", text, "Ana", "said", "that it rained"), gold("d", text, "Bo", "said", "“It fell,”")])]
    found = [said(text, "Ana", "said", "that it rained"), said(text, "said Bo", "said", "“It fell,”")]
    scores = {(entry.kind, entry.part, entry.metric): entry for entry in scores_of(Fixed({text: found}), marked).kinds}
    assert len(scores) == 27
    assert scores["indirect", "source", "span_f1(match=strict)"].f1.value == 1.0
    assert scores["direct", "content", "span_f1(match=strict)"].f1.value == 1.0
    assert scores["direct", "source", "span_f1(match=strict)"].f1.value == 0.0
    assert scores["direct", "source", "span_f1(match=token)"].f1.value == pytest.approx(2 / 3)  # one of one, one of two
    assert (scores["mixed", "cue", "span_f1(match=token)"].gold, scores["mixed", "cue", "span_f1(match=token)"].f1.value) == (
        0,
        None,
    )


def test_attributions_within_others_are_left_out():
    answers = [said(TEXT, "Ana", "said", "that it rained"), said(TEXT, "Bo", "denied", "it.", outer=0)]
    assert scores_of(Fixed({TEXT: answers})).found == 1


def test_the_kind_of_a_quotation_is_told_by_the_marks_around_its_words():
    text = "He said “no way” and that “it” fell."
    reading = read(text)
    assert kind_in(reading, [span(text, "“no way”")]) == "direct"
    assert kind_in(reading, [span(text, "that “it” fell")]) == "mixed"
    assert kind_in(reading, [span(text, "that ")]) == "indirect"


def test_sources_in_another_sentence_and_missing_ones_are_counted_apart():
    text = "Ana came. “It fell.” So it was said."
    outside = gold("d1", text, "Ana", "said", "“It fell.”")
    none = Statement(
        id="n", document="d2", spans=(span(text, "“It fell.”"),), speaker="x", claim="x", stance="x", cue=span(text, "said")
    )
    marked = [Marked("d1", text, [outside]), Marked("d2", text, [none])]
    found = scores_of(Fixed({text: [said(text, "Ana", "said", "“It fell.”")]}), marked).outside
    assert [(entry.where, entry.n, entry.content_found, entry.source_found) for entry in found] == [
        ("inside", 0, 0, 0), ("outside", 1, 1, 1), ("none", 1, 1, 0),
    ]  # fmt: skip


def test_the_baseline_that_marks_everything_finds_every_content_token():
    content = next(
        entry
        for entry in scores_of(BASELINES["everything"]()).parts
        if (entry.part, entry.metric) == ("content", "span_f1(match=token)")
    )
    assert content.recall.value == 1.0
    assert content.precision.value == pytest.approx(3 / 10)  # of ten words and full stops


def test_systems_are_compared_over_the_same_documents_with_interval_and_p():
    texts = [f"Ana{n} said that it rained." for n in range(12)]
    marked = [Marked(f"d{n}", text, [gold(f"d{n}", text, f"Ana{n}", "said", "that it rained")]) for n, text in enumerate(texts)]
    right = Fixed({text: [said(text, f"Ana{n}", "said", "that it rained")] for n, text in enumerate(texts)})
    result = evaluate_attributions(marked, {"none": Fixed({}), "right": right}, replicates=200)
    first = result.differences[0]
    assert (first.a, first.b, first.difference.value) == ("right", "none", 1.0)
    assert (first.difference.low, first.difference.high) == (1.0, 1.0)
    assert first.p < 0.01
    with pytest.raises(DataError, match="no attribution is marked"):
        evaluate_attributions([Marked("d", "x", [])], {"none": Fixed({})})


def test_suggestions_are_scored_on_the_statements_that_they_match(small_corpus):
    loaded = load_corpus(small_corpus().root)
    scores = score_suggestions(loaded, load_attributor("rules"), layer="ann", replicates=100)
    assert (scores.gold, scores.suggested, scores.matched) == (2, 2, 2)
    speaker = next(entry for entry in scores.shares if entry.what == "speaker")
    assert (speaker.n, speaker.right, speaker.share.value) == (2, 2, 1.0)
    assert speaker.share.method == "1 document is fewer than 10"


def test_the_command_scores_a_corpus_as_table_and_json(run_cli, small_corpus):
    root = small_corpus().root
    done = run_cli("attribution", "score", root, "--layer", "ann", "--replicates", "100")
    assert done.status == 0, done.stderr
    assert "of the matched statements" in done.stdout
    [scores] = json.loads(run_cli("attribution", "score", root, "--layer", "ann", "--replicates", "100", "--json").stdout)
    assert scores["matched"] == 2


def test_what_does_not_go_together_is_refused(run_cli, small_corpus):
    root = small_corpus().root
    for arguments in ([], [root, "--dataset", "polnear"], ["--dataset", "polnear", "--classifier", "ngrams"]):
        assert run_cli("attribution", "score", *arguments).status == 2
    assert run_cli("attribution", "train", "--out", "x").status == 2


def test_the_rules_find_the_words_of_polnear_far_better_than_what_looks_at_no_word(data_dir):
    from claimkit.catalog import load_dataset

    texts = load_dataset("polnear", "dev", data_dir=data_dir).texts()
    marked = [Marked(text.document.id, text.document.text, text.reference) for text in texts]
    systems = {"everything": BASELINES["everything"](), "rules": load_attributor("rules")}
    result = evaluate_attributions(marked, systems, replicates=500)
    difference = next(entry for entry in result.differences if entry.metric == "span_f1(match=token)")
    assert difference.difference.low > 0
