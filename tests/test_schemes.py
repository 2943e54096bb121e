"""Label schemes: closed and ordered, told apart by name or by labels; maps say what they merge and lose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import DataError, UsageError
from claimkit.labelmaps import LABEL_MAPS, map_between
from claimkit.schemes import SCHEMES, LabelMap, LabelScheme, scheme_of, schemes_with

# Labels as the publications of the data sets spell and order them.
PUBLISHED = {
    "semeval2016": ("FAVOR", "AGAINST", "NONE"),
    "pstance": ("FAVOR", "AGAINST"),
    "fnc1": ("agree", "disagree", "discuss", "unrelated"),
    "vast": ("con", "pro", "neutral"),
    "perspectrum": ("SUPPORT", "UNDERMINE"),
    "ibm-claim-stance": ("PRO", "CON"),
    "rumoureval": ("support", "deny", "query", "comment"),
}

distinct_labels = st.lists(st.text("abcdefg", min_size=1, max_size=3), min_size=2, max_size=5, unique=True)


@pytest.mark.parametrize(("name", "labels"), PUBLISHED.items())
def test_a_published_scheme_has_the_labels_of_its_source_in_their_order(name, labels):
    assert scheme_of(name).labels == labels


def test_the_default_of_a_corpus_is_support_oppose_neutral_unclear():
    assert SCHEMES["claims"].labels == ("support", "oppose", "neutral", "unclear")


@pytest.mark.parametrize("scheme", SCHEMES.values())
def test_opposites_are_symmetric_and_inside_the_scheme(scheme):
    for label, opposite in scheme.opposites.items():
        assert {label, opposite} <= set(scheme.labels)
        assert scheme.opposites[opposite] == label


@given(distinct_labels)
def test_labels_in_one_text_and_in_a_list_make_the_same_scheme(labels):
    assert scheme_of(",".join(labels)) == scheme_of(labels) == scheme_of(" ".join(labels))
    assert scheme_of(labels).labels == tuple(labels)


@pytest.mark.parametrize("scheme", SCHEMES.values())
def test_the_labels_of_a_known_scheme_find_it(scheme):
    assert scheme_of(scheme.labels) is scheme


def test_a_scheme_of_known_labels_in_another_order_is_another_scheme_with_the_same_opposites():
    scheme = scheme_of("NONE,AGAINST,FAVOR")
    assert scheme.labels == ("NONE", "AGAINST", "FAVOR")
    assert scheme.opposites == {"FAVOR": "AGAINST", "AGAINST": "FAVOR"}


@given(distinct_labels)
def test_the_index_of_a_label_is_its_place(labels):
    scheme = scheme_of(labels)
    assert [scheme.index(label) for label in labels] == list(range(len(labels)))


def test_a_label_that_is_not_in_the_scheme_is_an_error_with_the_near_miss():
    with pytest.raises(DataError, match=r"'favor' is not a label of 'semeval2016' \(FAVOR, AGAINST, NONE\); did you mean 'FAVOR'"):
        scheme_of("semeval2016").index("favor")


def test_an_unknown_name_is_an_error_that_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"no label scheme is named 'semeval'; did you mean 'semeval2016'.* known: claims, "):
        scheme_of("semeval")


@pytest.mark.parametrize("labels", [(), ("a", "a")])
def test_labels_have_to_be_distinct_and_at_least_one(labels):
    with pytest.raises(ValueError, match="labels must be distinct and at least one"):
        LabelScheme("x", labels)


def test_schemes_are_found_by_labels_that_occur():
    assert [scheme.name for scheme in schemes_with(["FAVOR", "NONE"])] == ["semeval2016"]
    assert {scheme.name for scheme in schemes_with(["FAVOR"])} == {"semeval2016", "pstance"}
    assert schemes_with(["nothing"]) == []


def test_a_map_says_which_labels_it_merges_and_which_it_loses():
    mapping = {"FAVOR": "support", "AGAINST": "oppose", "NONE": "neutral"}
    full = LabelMap(scheme_of("semeval2016"), scheme_of("claims"), mapping)
    assert (full.loses, full.merges) == ((), {})
    assert [full(label) for label in ("FAVOR", "AGAINST", "NONE")] == ["support", "oppose", "neutral"]
    narrow = LabelMap(scheme_of("claims"), scheme_of("semeval2016"), {"support": "FAVOR", "neutral": "NONE", "unclear": "NONE"})
    assert narrow.loses == ("oppose",)
    assert narrow.merges == {"NONE": ("neutral", "unclear")}
    assert narrow("oppose") is None


@pytest.mark.parametrize("mapping", [{"favour": "support"}, {"FAVOR": "suport"}])
def test_a_map_between_labels_that_do_not_exist_is_refused(mapping):
    with pytest.raises(DataError, match="is not a label of"):
        LabelMap(scheme_of("semeval2016"), scheme_of("claims"), mapping)


def test_a_map_refuses_a_label_that_is_not_of_its_source():
    full = LabelMap(scheme_of("pstance"), scheme_of("claims"), {"FAVOR": "support"})
    with pytest.raises(DataError, match="'NONE' is not a label of 'pstance'"):
        full("NONE")


def test_labels_of_two_sources_meet_by_way_of_claims():
    found = map_between(SCHEMES["vast"], SCHEMES["perspectrum"])
    assert found.mapping == {"pro": "SUPPORT", "con": "UNDERMINE"}
    assert found.loses == ("neutral",)


def test_a_named_map_is_taken_before_one_by_way_of_claims():
    assert map_between(SCHEMES["pstance"], SCHEMES["semeval2016"]) is LABEL_MAPS["pstance-to-semeval2016"]


def test_schemes_that_share_no_meaning_have_no_map():
    assert map_between(SCHEMES["checkworthiness"], SCHEMES["vast"]) is None
