"""Attribution by rules: what is found in the constructions of news, and what is left alone."""

from __future__ import annotations

import time

import pytest

from claimkit.attribution import ATTRIBUTORS, load_attributor
from claimkit.errors import UsageError

RULES = load_attributor("rules")


def found(text):
    """Return source, cue, content and kind of each attribution, pieces joined by a bar."""

    def words(spans):
        return " | ".join(span.text for span in spans)

    return [(words(entry.source), words(entry.cue), words(entry.content), entry.kind) for entry in RULES.find(text)]


def only(text):
    [entry] = found(text)
    return entry


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The minister said that the bridge had fallen.", ("The minister", "said", "that the bridge had fallen", "indirect")),
        ("The minister said the bridge had fallen.", ("The minister", "said", "the bridge had fallen", "indirect")),
        ("Kabul denied that it had received a letter.", ("Kabul", "denied", "that it had received a letter", "indirect")),
        ("Kabul denied the report.", ("Kabul", "denied", "the report", "narrated")),
        ("“The bridge fell,” the minister said.", ("the minister", "said", "“The bridge fell,”", "direct")),
        ('"The bridge fell," the minister said.', ("the minister", "said", '"The bridge fell,"', "direct")),
        ("''The bridge fell,'' the minister said.", ("the minister", "said", "''The bridge fell,''", "direct")),
        ("‘The bridge fell,’ the minister said.", ("the minister", "said", "‘The bridge fell,’", "direct")),
        ("“The bridge fell,” said the minister.", ("the minister", "said", "“The bridge fell,”", "direct")),
        ("“Did it fall?” she asked.", ("she", "asked", "“Did it fall?”", "direct")),
        ("The bridge fell, the minister said.", ("the minister", "said", "The bridge fell", "indirect")),
        ("The minister called it a “disgrace”.", ("The minister", "called", "it a “disgrace”", "mixed")),
        ("She said: “It fell.”", ("She", "said", "“It fell.”", "direct")),
        ("She told the court that it fell.", ("She", "told", "that it fell", "indirect")),
        ("She asked whether it fell.", ("She", "asked", "whether it fell", "indirect")),
        ("They refused to sign the treaty.", ("They", "refused", "to sign the treaty", "indirect")),
        ("The envoy called for a new inquiry.", ("The envoy", "called for", "a new inquiry", "narrated")),
        ("He was quoted as saying that it fell.", ("He", "was quoted as saying", "that it fell", "indirect")),
        ("The envoy made it clear that it fell.", ("The envoy", "made it clear", "that it fell", "indirect")),
        ("Ms. Ray's claim that it fell surprised all.", ("Ms. Ray's", "claim", "that it fell surprised all", "indirect")),
        ("She said in Geneva on Monday that it fell.", ("She", "said", "that it fell", "indirect")),
        ("They have repeatedly denied the charge.", ("They", "have repeatedly denied", "the charge", "narrated")),
    ],
)
def test_a_reporting_verb_gives_source_cue_and_content(text, expected):
    assert only(text) == expected


@pytest.mark.parametrize(
    ("text", "source", "content"),
    [
        ("According to the ministry, the bridge fell.", "the ministry", "the bridge fell"),
        ("The bridge fell, according to officials in the capital.", "officials in the capital", "The bridge fell"),
    ],
)
def test_according_to_stands_before_or_after_what_is_ascribed(text, source, content):
    [entry] = RULES.find(text)
    assert (entry.source[0].text, entry.cue[0].text, entry.content[0].text) == (
        source,
        text[text.lower().index("accord") :][:12],
        content,
    )
    assert entry.rule == "according-to"


def test_an_apposition_belongs_to_the_source_and_an_aside_of_manner_does_not():
    assert only("Ana Bo, the foreign minister, said that it fell.")[0] == "Ana Bo, the foreign minister,"
    assert only("“It fell,” said Ana Bo, a professor of law.")[0] == "Ana Bo, a professor of law"
    assert only("The ministry, in a statement, said that it fell.")[0] == "The ministry"


def test_a_relative_pronoun_can_be_the_source():
    sources = [entry[0] for entry in found("Ana Bo, who said that it fell, left.")]
    assert sources == ["who"]
    assert found("Ana Bo, who said that it fell, left.")[0][2] == "that it fell"


def test_an_unnamed_source_is_taken_with_all_that_describes_it():
    assert (
        only("A senior US official who had read the letter said that it fell.")[0] == "A senior US official who had read the letter"
    )


def test_a_quotation_goes_on_after_the_speaker_in_the_middle():
    text = "“We came,” he said. “We saw nothing.” The others left."
    assert only(text) == ("he", "said", "“We came,” | “We saw nothing.”", "direct")


def test_words_of_the_writer_between_two_pieces_are_left_out():
    assert only("The bridge, the minister said, had fallen in May.")[2] == "The bridge | had fallen in May"


def test_a_speech_of_several_paragraphs_is_one_content():
    text = "The king said:\n“We came.\n“We saw.\n“We left.”\nThen it rained."
    assert only(text) == ("The king", "said", "“We came. | “We saw. | “We left.”", "direct")


def test_nested_attribution_names_the_one_around_it():
    first, second = RULES.find("Pakistan said that India had claimed that the raid was over.")
    assert (first.source[0].text, second.source[0].text) == ("Pakistan", "India")
    assert (first.outer, second.outer) == (None, 0)


def test_a_second_verb_takes_the_subject_of_the_first():
    entries = RULES.find("She denied the charge and warned that it would rain.")
    assert [(entry.source[0].text, entry.cue[0].text) for entry in entries] == [("She", "denied"), ("She", "warned")]
    assert entries[0].content[0].text == "the charge"


def test_a_relative_clause_around_the_verb_is_put_together():
    assert found("It was a plan, which critics said was unfair, for years.")[-1][:3] == ("critics", "said", "which | was unfair")


@pytest.mark.parametrize(
    "text",
    [
        "The so-called “experts” met on Monday.",  # quotation marks alone say nothing
        "He said.",
        "Said nobody.",
        "Two soldiers were killed on Monday.",
        "The United States signed the treaty.",  # a name, not the verb to state
        "His plans and views are well known.",  # nouns, not verbs
        "Asked about it on Tuesday, the crowd left.",
        "",
        "   \n\n  ",
        "“",
        "😀",
    ],
)
def test_what_is_no_attribution_is_left_alone(text):
    assert found(text) == []


def test_a_name_before_a_colon_opens_the_words_of_a_speaker_but_a_label_does_not():
    assert only("RAY: We shall see about it.\n") == ("RAY", ":", "We shall see about it", "indirect")
    assert found("Update: We shall see about it.\n") == []


@pytest.mark.parametrize("name", ["सुषमा स्वराज", "شاہ محمود قریشی", "António Guterres", "Mr. O’Neill", "Ān Ní"])
def test_names_of_all_scripts_are_sources(name):
    assert only(f"{name} said that the bridge fell.")[0] == name


def test_offsets_are_code_points_of_the_text():
    text = "𝕏👩‍👩‍👧 “Yes 😀,” she said. 😀 Delhi denied it."
    for entry in RULES.find(text):
        for span in (*entry.source, *entry.cue, *entry.content):
            assert text[span.start : span.end] == span.text
    assert [entry.cue[0].text for entry in RULES.find(text)] == ["said", "denied"]


HOSTILE = {
    "one sentence": "word " * 20_000,
    "open curly quotes": "“a " * 33_000,
    "open straight quotes": '" a' * 33_000,
    "verbs alone": "he said " * 12_500,
    "verbs and commas": "he said, " * 11_000,
    "clauses within clauses": "she said that " * 7_000,
    "nouns that report": "his claim that " * 7_000,
    "according to": "according to " * 8_000,
    "parentheses": "(he said " * 11_000,
    "open marks in many lines": "“a\n" * 33_000,
    "labels": "A: b\n" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_time_for_a_hostile_text_grows_with_its_length_and_not_with_its_square(name):
    text = HOSTILE[name]

    def seconds(length):
        start = time.process_time()
        RULES.find(text[:length])
        return time.process_time() - start

    quarter, whole = (min(seconds(length) for _ in range(2)) for length in (len(text) // 4, len(text)))
    assert whole < 8 * quarter + 0.5  # a square would be sixteen times


def test_an_unknown_system_and_a_missing_folder_are_refused():
    assert list(ATTRIBUTORS) == ["rules", "tagger"]
    with pytest.raises(UsageError, match="no attribution system is named 'rule'; did you mean 'rules'"):
        load_attributor("rule")
    with pytest.raises(UsageError, match="lacks its folder; write tagger:FOLDER"):
        load_attributor("tagger")


def test_what_is_denied_ends_before_a_tag_that_follows():
    inner, outer = RULES.find("The army had told the ministry that it would not open the gate, he said.")
    assert [span.text for span in inner.content] == ["that it would not open the gate"]
    assert (inner.outer, outer.outer) == (1, None)
    inner, outer = RULES.find("The army had answered, the officer recalled, that he might go.")
    assert (inner.source[0].text, inner.outer) == ("The army", 1)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("In Geneva on Monday Ana Bo, the minister, told members that it was over.", "Ana Bo, the minister,"),
        ("Yes, for reasons of safety, said the army’s spokesman five days later.", "the army’s spokesman"),
        ("For show, said the ministry.", "the ministry"),
        ("“Sad”, said the ministry, and it left.", "the ministry"),
        ("For the time being, said his secretary, Ana Bo, on Sunday.", "his secretary, Ana Bo"),
        ("All was lost, its ministry replied the same day.", "its ministry"),
        ("A man, asked whether there had been a vote, denied it.", "A man, asked whether there had been a vote,"),
        ("Ana Bo thanked them for having understood that it was late.", "Ana Bo"),
        ("Those who attended the briefing said that it was late.", "Those who attended the briefing"),
    ],
)  # fmt: skip
def test_who_speaks_is_found_in_sentences_of_an_unusual_order(text, source):
    assert [entry.source[0].text for entry in RULES.find(text)] == [source]


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("On Monday, Ana Bo, the minister, said the same.", ["Ana Bo, the minister,"]),
        ("In Rome posts are held that states which wait envy.", []),
    ],
)
def test_such_orders_are_told_from_others(text, sources):
    assert [entry.source[0].text for entry in RULES.find(text)] == sources
