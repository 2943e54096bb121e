"""Who a source is: names, titles, roles, pronouns and descriptions, resolved to actors."""

from __future__ import annotations

from claimkit.attribution import load_attributor
from claimkit.attribution.names import Cast, is_adjective_of
from claimkit.attribution.speakers import resolve_speakers
from claimkit.records import Actor, Affiliation


def role(actor, words, start=None, end=None):
    return Affiliation(actor=actor, role=words, start=start, end=end)


MINISTER = "minister of foreign affairs"
DIPLOMAT = {"kind": "unnamed_source", "aliases": ("a Bordurian diplomat",), "part_of": "borduria"}
ACTORS = [
    Actor(id="borduria", name="Borduria", kind="state", aliases=("Szohôd",)),
    Actor(id="syldavia", name="Syldavia", kind="state"),
    Actor(id="ministry", name="Ministry of Borduria", kind="organisation", aliases=("the foreign ministry",), part_of="borduria"),
    Actor(id="army", name="Syldavian Army", kind="organisation", aliases=("the Syldavian army",), part_of="syldavia"),
    Actor(id="bo", name="Ana Bo", kind="person", aliases=("Ms Bo",), affiliations=(role("borduria", MINISTER, "2018-01-01"),)),
    Actor(id="old", name="Karl Ott", kind="person", affiliations=(role("borduria", MINISTER, end="2017-12-31"),)),
    Actor(id="ray", name="Jon Ray", kind="person", aliases=("Mr Ray",), affiliations=(role("syldavia", "president"),)),
    Actor(id="unnamed-d1", name="Bordurian diplomat (d1)", **DIPLOMAT),
    Actor(id="unnamed-d2", name="Bordurian diplomat (d2)", **DIPLOMAT),
]
CAST = Cast({actor.id: actor for actor in ACTORS}, ["d1", "d2"])
RULES = load_attributor("rules")


def speakers(text, document="d1", date="2019-05-01"):
    return resolve_speakers(CAST, text, RULES.find(text), document=document, date=date)


def actors(text, **more):
    return [speaker.actor for speaker in speakers(text, **more)]


def test_a_name_an_alias_a_surname_and_a_title_with_a_surname_name_the_same_person():
    assert actors("Ana Bo said it fell. Ms Bo said it fell. Bo said it fell. Minister Bo said it fell.") == ["bo"] * 4


def test_an_apposition_does_not_hide_the_name_on_either_side_of_it():
    assert actors("Ana Bo, the foreign minister of Borduria, said it fell.") == ["bo"]
    assert actors("The minister, Ana Bo, said it fell.") == ["bo"]


def test_a_capital_stands_for_its_state():
    assert actors("Szohôd denied the charge.") == ["borduria"]


def test_he_and_she_go_back_to_the_person_who_fits_and_spoke_last():
    text = "Ms Bo denied the charge. Mr Ray said it fell. She added that it rained. He said that it snowed."
    assert actors(text) == ["bo", "ray", "bo", "ray"]


def test_it_goes_back_to_an_organisation_or_state_and_not_to_a_person():
    assert actors("The foreign ministry denied the charge. Jon Ray left. It added that it had rained.") == ["ministry", "ministry"]


def test_they_goes_back_to_those_who_are_several():
    assert actors("Syldavian officials denied the charge. They said that it had rained.") == ["syldavia", "syldavia"]


def test_who_takes_up_the_name_before_it():
    assert actors("Jon Ray, who said that it fell, left.") == ["ray"]


def test_a_description_by_role_and_country_holds_on_the_day_of_the_text():
    text = "Borduria’s foreign minister said that it fell."
    assert actors(text, date="2019-05-01") == ["bo"]
    assert actors(text, date="2016-05-01") == ["old"]


def test_a_bare_description_is_who_was_named_last():
    assert actors("Jon Ray arrived. Ana Bo waited. The president said that it fell.") == ["ray"]


def test_officials_of_a_country_are_the_state_and_a_spokesman_is_his_office():
    assert actors("Bordurian officials said that it fell.") == ["borduria"]
    assert actors("A spokesman for the foreign ministry said that it fell.") == ["ministry"]


def test_an_unnamed_source_belongs_to_the_document_that_its_id_names():
    text = "A Bordurian diplomat said that it fell."
    assert (actors(text, document="d1"), actors(text, document="d2")) == (["unnamed-d1"], ["unnamed-d2"])
    assert actors(text, document="d3") == [None]


def test_a_single_official_without_an_actor_of_his_own_is_nobody_of_the_corpus():
    assert actors("A Syldavian official said that it fell.") == [None]


def test_whether_the_speaker_is_named_in_the_sentence_is_told():
    assert [speaker.in_sentence for speaker in speakers("Ana Bo said it fell. She added that it rained.")] == [True, False]


def test_without_actors_and_without_text_nobody_speaks():
    empty = Cast({})
    assert [speaker.actor for speaker in resolve_speakers(empty, "He said that it fell.", RULES.find("He said that it fell."))] == [
        None
    ]
    assert resolve_speakers(empty, "", []) == []


def test_an_adjective_is_told_from_other_words_that_begin_alike():
    assert is_adjective_of("pakistani", "pakistan")
    assert is_adjective_of("chinese", "china")
    assert is_adjective_of("american", "america")
    assert not is_adjective_of("panda", "pakistan")
    assert not is_adjective_of("indeed", "india")


def test_a_pronoun_does_not_mean_who_is_named_in_its_own_words():
    assert actors("The foreign ministry denied it. Syldavia, it said, had waited.") == ["ministry", "ministry"]
    assert actors("Jon Ray put it otherwise: Ms Bo, he said, had waited.")[-1] == "ray"


def test_its_ministry_and_the_ministry_in_a_capital_belong_to_the_state():
    actors_ = [*ACTORS, Actor(id="other", name="Ministry of Syldavia", kind="organisation", part_of="syldavia")]
    cast = Cast({actor.id: actor for actor in actors_}, ["d1"])
    for text, speaker in (("Syldavia waited. Its ministry denied it.", "other"), ("The ministry in Szohôd denied it.", "ministry")):
        found = RULES.find(text)
        assert resolve_speakers(cast, text, found, document="d1")[-1].actor == speaker, text


def test_a_mere_noun_means_the_one_who_was_named_before():
    actors_ = [
        Actor(id="court", name="World Court", kind="organisation", aliases=("the court",)),
        Actor(id="local", name="Court of Szohôd", kind="organisation", aliases=("the Szohôd court",)),
    ]
    cast = Cast({actor.id: actor for actor in actors_})
    text = "The Szohôd court opened at ten. Later the court denied it."
    assert resolve_speakers(cast, text, RULES.find(text))[-1].actor == "local"
    assert resolve_speakers(cast, text[32:], RULES.find(text[32:]))[-1].actor == "court"


def test_a_medium_that_was_told_something_is_known_while_the_report_goes_on():
    cast = Cast({actor.id: actor for actor in [*ACTORS, Actor(id="gazette", name="The Gazette", kind="media")]}, ["d1"])
    text = "Ana Bo told the Gazette that it fell. She added that it rained. Mr Ray denied it.\nAna Bo said that it snowed."
    told = [speaker.outlet for speaker in resolve_speakers(cast, text, RULES.find(text), document="d1")]
    assert told == ["gazette", "gazette", None, None]
    text = "Mr Ray, who spoke to the Gazette, said that it fell. In an interview with the Gazette Ms Bo denied it."
    assert resolve_speakers(cast, text, RULES.find(text), document="d1")[0].outlet == "gazette"
