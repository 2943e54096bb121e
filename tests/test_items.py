"""Items that are derived from the statements of a corpus."""

from __future__ import annotations

import json

import pytest
from dispute import CLAIMS, STATEMENTS, TEXTS, line, statement, write_corpus

from claimkit.corpus import load_corpus
from claimkit.corpus.derive import KINDS, paragraph_of
from claimkit.errors import ConfigError, UsageError
from claimkit.jsonl import write_records
from claimkit.records import Span
from claimkit.validate import validate

SPLITS = 'name = "dispute"\n[splits]\n'


@pytest.fixture
def corpus(tmp_path):
    return load_corpus(write_corpus(tmp_path / "dispute"))


def by_id(items):
    return {item.id: item for item in items}


def test_each_statement_gives_one_item_with_its_claim_as_target_and_its_stance(corpus):
    items = by_id(corpus.items())
    assert list(items) == ["s1", "s2", "s3", "s4"]
    first = items["s1"]
    assert first.text == "Pakistan shelters the network … it must stop"
    assert (first.target, first.target_kind) == ("Pakistan shelters the Haqqani network.", "claim")
    assert (first.stance, first.scheme, first.meta) == ("support", "claims", {})


def test_the_context_is_the_paragraph_of_the_first_span(corpus):
    assert by_id(corpus.items())["s1"].context == TEXTS["d1"].split("\n\n")[1]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("One.\nTwo. Three.\nFour.", "Three.", "Two. Three."),
        ("One.\n\nTwo\nthree.\n\nFour.", "three", "Two\nthree."),
        ("One.\n\nTwo.\n\nThree.", "One.", "One."),
        ("One.\n\nTwo.\n\nThree.", "Three.", "Three."),
        ("One.\n\nTwo.\n\nThree.", "One.\n\nTwo.", "One.\n\nTwo."),
        ("Alone", "Alone", "Alone"),
    ],
)
def test_paragraphs_end_at_empty_lines_or_where_there_are_none_at_each_line(text, words, expected):
    start = text.index(words)
    assert paragraph_of(text, Span(start, start + len(words), words)) == expected


def test_the_groups_name_what_rows_depend_on(corpus):
    assert by_id(corpus.items())["s1"].groups == {
        "document": "d1",
        "speaker": "munter",
        "actor": "us",
        "target_actor": "pk",
        "actor_pair": "pk|us",
        "claim": "shelter",
        "source": "Dawn",
        "date": "2011-09-23",
        "year": "2011",
        "quotation": "direct",
        "modality": "asserted",
    }


def test_the_target_actor_is_the_first_actor_of_the_claim_who_is_not_the_party(corpus):
    groups = by_id(corpus.items())["s3"].groups
    assert (groups["actor"], groups["target_actor"], groups["actor_pair"]) == ("pk", "network", "network|pk")


def test_a_claim_that_contradicts_gives_the_opposite_stance_marked_as_derived(corpus):
    items = by_id(corpus.items(kinds=["contradicting"]))
    assert {name: (item.target, item.stance) for name, item in items.items()} == {
        "s1~contradicts~enough": ("Pakistan has done enough against the network.", "oppose"),
        "s3~contradicts~enough": ("Pakistan has done enough against the network.", "support"),
        "s4~contradicts~shelter": ("Pakistan shelters the Haqqani network.", "oppose"),
    }
    assert items["s4~contradicts~shelter"].meta == {"derived": "contradicting", "statement": "s4"}
    assert items["s4~contradicts~shelter"].groups["claim"] == "shelter"


def test_a_stance_without_opposite_gives_nothing_on_contradicting_claims(tmp_path):
    corpus = load_corpus(write_corpus(tmp_path / "c", gold=[STATEMENTS[0] | {"stance": "neutral"}]))
    assert list(corpus.items(kinds=["contradicting"])) == []


def test_what_is_annotated_in_the_same_words_is_not_derived_as_well(tmp_path):
    both = [STATEMENTS[0], statement("x", "d1", ["it must stop"], "munter", "enough", "neutral")]
    corpus = load_corpus(write_corpus(tmp_path / "c", gold=both))
    assert list(corpus.items(kinds=["contradicting", "other-claims"])) == []


def test_other_claims_of_the_document_give_the_negative_label(corpus):
    items = by_id(corpus.items(kinds=["other-claims"]))
    assert {name: (item.target, item.stance) for name, item in items.items()} == {
        "s3~other~stop": ("The shelter must stop.", "neutral"),
    }  # s1 and s2 stand in the same words, d2 has one claim
    assert items["s3~other~stop"].meta == {"derived": "other-claims", "statement": "s3"}
    assert [item.stance for item in corpus.items(kinds=["other-claims"], negative_label="unclear")] == ["unclear"]


@pytest.mark.parametrize("link", [{"contradicts": ["stop"]}, {"entails": ["stop"]}])
@pytest.mark.parametrize("holder", ["shelter", "stop"])
def test_a_claim_linked_to_the_own_one_is_no_negative(tmp_path, link, holder):
    claims = [dict(claim) for claim in CLAIMS[:2]]
    other = {"shelter": "stop", "stop": "shelter"}[holder]
    claims[holder == "stop"] |= {key: [other] for key in link}
    corpus = load_corpus(write_corpus(tmp_path / "c", claims=claims, gold=STATEMENTS[1:3], ann=STATEMENTS[:1]))
    assert list(corpus.items(kinds=["other-claims"])) == []


def test_an_attitude_is_toward_the_name_of_an_actor_in_its_own_scheme(corpus):
    [item] = corpus.items(kinds=["attitude"])
    assert (item.id, item.target, item.target_kind) == ("s1~attitude~pk", "Pakistan", "actor")
    assert (item.stance, item.scheme, item.groups["target_actor"], item.meta) == ("negative", "attitude", "pk", {"statement": "s1"})


def test_the_order_is_statement_by_statement_whatever_the_order_of_the_kinds(corpus):
    everything = [item.id for item in corpus.items(kinds=list(KINDS))]
    assert everything == [item.id for item in corpus.items(kinds=list(reversed(KINDS)))]
    assert everything[:3] == ["s1", "s1~contradicts~enough", "s1~attitude~pk"]
    assert len(set(everything)) == len(everything)


def test_labels_of_the_corpus_that_are_no_known_scheme_are_written_out(tmp_path):
    config = 'name = "c"\n[stance]\nlabels = ["support", "oppose", "none"]\n'
    corpus = load_corpus(write_corpus(tmp_path / "c", corpus=config))
    assert {item.scheme for item in corpus.items()} == {("support", "oppose", "none")}
    assert next(iter(corpus.items(kinds=["contradicting"]))).stance == "oppose"


def test_derived_items_are_valid_records(tmp_path, corpus):
    path = tmp_path / "items.jsonl"
    write_records(path, corpus.items(kinds=["stance", "contradicting", "other-claims"]))
    assert list(validate(path)) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kinds": ["stances"]}, "no kind of items is named 'stances'; did you mean 'stance'"),
        ({"layer": "bob"}, "no layer is named 'bob'"),
        (
            {"kinds": ["other-claims"], "negative_label": "none"},
            "the negative label 'none' is not one of support, oppose, neutral, unclear",
        ),
    ],
)
def test_what_does_not_exist_is_refused_at_the_call(corpus, options, message):
    with pytest.raises(UsageError, match=message):
        corpus.items(**options)


# splits


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("", {}),
        ('test = ["d2"]', {"d1": "train", "d2": "test"}),
        ('train = ["d1"]', {"d1": "train"}),
        ('dev = ["d1"]\ntest = ["d2"]', {"d1": "dev", "d2": "test"}),
        ('train_until = "2011-09-23"', {"d1": "train", "d2": "test"}),
        ('train_until = "2011-09-22"', {"d1": "test", "d2": "test"}),
        ('train_until = "2011-09-22"\ndev_until = "2011-09-23"', {"d1": "dev", "d2": "test"}),
    ],
)
def test_items_get_the_split_of_their_document(tmp_path, table, expected):
    corpus = load_corpus(write_corpus(tmp_path / "c", corpus=SPLITS + table + "\n"))
    assert {item.groups["document"]: item.split for item in corpus.items() if item.split} == expected


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('test = ["d9"]', r"splits\.test: there is no document 'd9'"),
        ('test = ["d1"]\ndev = ["d1"]', r"splits\.dev: the document 'd1' stands also in 'test'"),
        ('tset = ["d1"]', r"splits\.tset: unknown key; did you mean 'test'"),
        ('test = "d1"', r"splits\.test: must be a list of document ids"),
        ("train_until = 2011-09-23", r"splits\.train_until: must be a date in quotes"),
        ('train_until = "2011-09-23"\ntest = ["d1"]', r"splits\.test: lists of documents and dates do not go together"),
    ],
)
def test_a_table_of_splits_that_means_nothing_is_refused_with_its_key(tmp_path, table, message):
    corpus = load_corpus(write_corpus(tmp_path / "c", corpus=SPLITS + table + "\n"))
    with pytest.raises(ConfigError, match=message):
        corpus.items()


# the command


def test_the_command_prints_the_items_of_the_library(tmp_path, run_cli):
    folder = write_corpus(tmp_path / "c")
    done = run_cli("items", folder, "--kind", "stance", "--kind", "other-claims", "--negative-label", "unclear")
    assert (done.status, done.stderr) == (0, "")
    items = load_corpus(folder).items(kinds=["stance", "other-claims"], negative_label="unclear")
    assert [json.loads(entry)["id"] for entry in done.stdout.splitlines()] == [item.id for item in items]


def test_the_command_writes_a_file_and_says_so(tmp_path, run_cli):
    folder = write_corpus(tmp_path / "c")
    done = run_cli("items", folder, "--layer", "ann", "--out", tmp_path / "items.jsonl")
    assert (done.status, done.stdout) == (0, "")
    assert "4 items" in done.stderr
    assert len((tmp_path / "items.jsonl").read_text().splitlines()) == 4


def test_an_error_in_the_corpus_ends_the_command_with_status_1_and_its_place(tmp_path, run_cli):
    folder = write_corpus(tmp_path / "c", gold=line(STATEMENTS[0] | {"stance": "FAVOR"}))
    done = run_cli("items", folder)
    assert (done.status, done.stdout) == (1, "")
    assert "layers/gold.jsonl:1:" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_kind_ends_the_command_with_status_2(tmp_path, run_cli):
    done = run_cli("items", write_corpus(tmp_path / "c"), "--kind", "stances")
    assert (done.status, done.stdout) == (2, "")
    assert "did you mean 'stance'" in done.stderr
