"""For whom an actor speaks, and on whose behalf a statement is made."""

from __future__ import annotations

import msgspec
import pytest
from dispute import write_corpus

from claimkit.corpus import load_corpus
from claimkit.corpus.roles import represents
from claimkit.records import Actor, Affiliation

STATES = (Actor(id="us", name="United States", kind="state"), Actor(id="pk", name="Pakistan", kind="state"))


def world(*actors):
    return {actor.id: actor for actor in (*STATES, *actors)}


def person(*links, **rest):
    return Actor(id="p", name="P", kind="person", affiliations=tuple(Affiliation(**link) for link in links), **rest)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2010-10-05", None),
        ("2010-10-06", "us"),
        ("2011-09-23T08:00:00Z", "us"),
        ("2012-07-23T23:59:59Z", "us"),
        ("2012-07-24", None),
    ],
)
def test_both_days_of_an_affiliation_are_included(on, expected):
    actors = world(person({"actor": "us", "start": "2010-10-06", "end": "2012-07-23T12:00:00Z"}))
    assert represents(actors, "p", on) == expected


@pytest.mark.parametrize(
    ("link", "on", "expected"),
    [
        ({"start": "2010-01-01"}, "2999-01-01", "us"),
        ({"start": "2010-01-01"}, "2009-12-31", None),
        ({"end": "2010-01-01"}, "0001-01-01", "us"),
        ({"end": "2010-01-01"}, "2010-01-02", None),
        ({}, "1900-01-01", "us"),
    ],
)
def test_an_absent_end_of_an_affiliation_is_open(link, on, expected):
    assert represents(world(person({"actor": "us", **link})), "p", on) == expected


def test_a_state_represents_itself():
    assert represents(world(), "us", "2019-01-01") == "us"


def test_an_office_represents_the_state_at_the_top_of_part_of():
    department = Actor(id="dept", name="Department", kind="government", part_of="us")
    bureau = Actor(id="bureau", name="Bureau", kind="organisation", part_of="dept")
    assert represents(world(department, bureau, person({"actor": "bureau"})), "p") == "us"


def test_a_state_that_is_part_of_something_still_represents_itself():
    union = Actor(id="eu", name="European Union", kind="organisation")
    france = Actor(id="fr", name="France", kind="state", part_of="eu")
    assert represents(world(union, france), "fr") == "fr"


def test_an_organisation_of_nobody_represents_itself():
    group = Actor(id="g", name="Group", kind="armed_group")
    assert represents(world(group, person({"actor": "g"})), "p") == "g"


def test_a_former_ambassador_represents_nobody_even_if_he_is_part_of_something():
    actors = world(person({"actor": "us", "end": "2012-07-23"}, part_of="us"))
    assert represents(actors, "p", "2017-08-22") is None


@pytest.mark.parametrize("kind", ["person", "unnamed_source", "unspecified", "collective"])
def test_who_belongs_to_nothing_represents_nobody(kind):
    assert represents(world(Actor(id="x", name="X", kind=kind)), "x", "2019-01-01") is None


def test_an_unnamed_source_that_is_part_of_an_office_represents_its_state():
    source = Actor(id="x", name="a senior official", kind="unnamed_source", part_of="us")
    assert represents(world(source), "x", "2019-01-01") == "us"


def test_two_roles_of_the_same_day_for_different_states_cannot_be_told_apart():
    assert represents(world(person({"actor": "us"}, {"actor": "pk"})), "p", "2019-01-01") is None


def test_two_roles_of_the_same_day_for_one_state_are_one_answer():
    dept = Actor(id="dept", name="Department", kind="government", part_of="us")
    assert represents(world(dept, person({"actor": "us"}, {"actor": "dept"})), "p", "2019-01-01") == "us"


def test_successive_roles_are_resolved_by_the_date():
    actors = world(person({"actor": "us", "end": "2014-12-31"}, {"actor": "pk", "start": "2015-01-01"}))
    assert [represents(actors, "p", day) for day in ("2014-12-31", "2015-01-01")] == ["us", "pk"]


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([{"actor": "us"}], "us"),
        ([{"actor": "us", "start": "2010-01-01"}], None),
        ([{"actor": "us"}, {"actor": "us", "start": "2010-01-01"}], "us"),
        ([{"actor": "us"}, {"actor": "pk", "start": "2010-01-01"}], None),
    ],
)
def test_without_a_date_only_what_holds_at_every_date_counts(links, expected):
    assert represents(world(person(*links)), "p") == expected


def test_affiliations_that_lead_back_to_the_actor_end():
    first = Actor(id="a", name="A", kind="person", affiliations=(Affiliation(actor="b"),))
    second = Actor(id="b", name="B", kind="person", affiliations=(Affiliation(actor="a"),))
    assert represents(world(first, second), "a", "2019-01-01") is None


def test_a_statement_is_made_for_whom_the_speaker_represents_on_its_day(tmp_path):
    corpus = load_corpus(write_corpus(tmp_path / "c"))
    gold = corpus.layer("gold").statements
    assert (corpus.date(gold["s1"]), corpus.party(gold["s1"])) == ("2011-09-23", "us")


def test_a_former_ambassador_speaks_for_himself(tmp_path):
    corpus = load_corpus(write_corpus(tmp_path / "c"))
    assert corpus.party(corpus.layer("gold").statements["s4"]) == "munter"


def test_the_day_of_saying_goes_before_the_day_of_the_document(tmp_path):
    corpus = load_corpus(write_corpus(tmp_path / "c"))
    earlier = msgspec.structs.replace(corpus.layer("gold").statements["s4"], said="2012-01-01")
    assert (corpus.date(earlier), corpus.party(earlier)) == ("2012-01-01", "us")


def test_on_behalf_of_goes_before_affiliations_and_null_means_for_himself(tmp_path):
    corpus = load_corpus(write_corpus(tmp_path / "c"))
    said = corpus.layer("gold").statements["s1"]
    assert corpus.party(msgspec.structs.replace(said, on_behalf_of="state-dept")) == "state-dept"
    assert corpus.party(msgspec.structs.replace(said, on_behalf_of=None)) == "munter"
