"""Statements of several layers that stand for one another, and who has read what."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.agreement import layers_to_compare
from claimkit.corpus import load_corpus
from claimkit.corpus.alignment import _groups, align_layers, labels_of, mark_of, readers_of
from claimkit.errors import UsageError
from claimkit.matching import length_of, overlap_of
from claimkit.records import Span, Statement
from claimkit.shipped import shipped_corpus
from tests.quarrel import statement, write_quarrel


def members(units):
    return [{layer: entry.id for layer, entry in unit.members.items()} for unit in units]


def test_statements_with_half_of_their_words_in_common_stand_for_one_another(tmp_path):
    folder = write_quarrel(
        tmp_path / "c",
        {
            "a": [statement("a1", "d0", "The mill is clean, says Ann"), statement("a2", "d0", "town denies it", stance="oppose")],
            "b": [statement("b1", "d0", "The mill is clean"), statement("b2", "d0", "Bob agrees", stance="oppose")],
        },
    )
    assert members(align_layers(load_corpus(folder), ["a", "b"])) == [{"a": "a1", "b": "b1"}, {"a": "a2"}, {"b": "b2"}]


def test_of_statements_in_the_same_words_those_on_the_same_claim_are_paired(tmp_path):
    words = "The mill is clean"
    folder = write_quarrel(
        tmp_path / "c",
        {
            "a": [statement("a1", "d0", words, claim="clean"), statement("a2", "d0", words, claim="dirty", stance="oppose")],
            "b": [statement("b1", "d0", words, claim="dirty", stance="oppose"), statement("b2", "d0", words, claim="clean")],
        },
    )
    assert members(align_layers(load_corpus(folder), ["a", "b"])) == [{"a": "a1", "b": "b2"}, {"a": "a2", "b": "b1"}]


def test_a_third_layer_brings_statements_together_that_have_too_little_in_common_by_themselves(tmp_path):
    folder = write_quarrel(
        tmp_path / "c",
        {
            "a": [statement("a1", "d0", "The mill is clean, ")],
            "b": [statement("b1", "d0", "The mill is clean, says Ann. The town")],
            "c": [statement("c1", "d0", "clean, says Ann. The town denies")],
        },
    )
    corpus = load_corpus(folder)
    assert members(align_layers(corpus, ["a", "c"])) == [{"a": "a1"}, {"c": "c1"}]
    assert members(align_layers(corpus, ["a", "b", "c"])) == [{"a": "a1", "b": "b1", "c": "c1"}]


def test_on_the_shipped_corpus_units_hold_what_labels_of_pairs():
    corpus = load_corpus(shipped_corpus())
    for layer in layers_to_compare(corpus):
        both = [unit.members for unit in align_layers(corpus, ["gold", layer]) if len(unit.members) == 2]
        paired = {(pair["gold"].id, pair[layer].stance) for pair in both if pair["gold"].claim == pair[layer].claim}
        assert paired == {(label.id, label.stance) for label in labels_of(corpus, layer)}


def test_on_the_shipped_corpus_the_order_of_the_layers_does_not_matter():
    corpus = load_corpus(shipped_corpus())
    found = {
        frozenset(frozenset(entry.id for entry in unit.members.values()) for unit in align_layers(corpus, order))
        for order in permutations(layers_to_compare(corpus))
    }
    assert len(found) == 1


marked = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10), st.sampled_from("xy")), max_size=4)


@given(st.lists(marked, min_size=2, max_size=4))
@settings(deadline=None)
def test_every_statement_is_in_one_group_with_at_most_one_of_each_layer(layers):
    statements = [
        [
            Statement(
                id=f"{layer}-{n}", document="d", spans=(Span(start, start + size, ""),), speaker="s", claim=claim, stance="support"
            )
            for n, (start, size, claim) in enumerate(entries)
        ]
        for layer, entries in enumerate(layers)
    ]
    groups = _groups(statements)
    assert sorted(node for group in groups for node in group) == sorted(
        (layer, place) for layer, entries in enumerate(statements) for place in range(len(entries))
    )
    for group in groups:
        assert len({node.layer for node in group}) == len(group)
        marks = [mark_of(statements[node.layer][node.place]) for node in group]
        if len(marks) == 2:
            both = overlap_of(*marks)
            assert both / (length_of(marks[0]) + length_of(marks[1]) - both) >= 0.5


def test_who_has_read_a_document_in_which_somebody_marked_something_is_all_or_those_or_those_whom_it_names(tmp_path):
    folder = write_quarrel(
        tmp_path / "c",
        {"a": [statement("a1", "d0", "Bob agrees")], "b": [statement("b1", "d1", "Bob agrees")]},
        documents=4,
        d2=["b"],
    )
    corpus = load_corpus(folder)
    assert readers_of(corpus, ["a", "b"]) == {"d0": ("a", "b"), "d1": ("a", "b"), "d2": ("b",)}
    assert readers_of(corpus, ["a", "b"], unmarked="missing") == {"d0": ("a",), "d1": ("b",), "d2": ("b",)}


def test_a_layer_that_is_named_twice_is_refused():
    with pytest.raises(UsageError, match="a layer is named twice: gold, gold"):
        align_layers(load_corpus(shipped_corpus()), ["gold", "gold"])
