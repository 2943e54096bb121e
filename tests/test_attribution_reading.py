"""A text in tokens, sentences and quotations, and the forms of reporting verbs."""

from __future__ import annotations

from hypothesis import given
from prose_strategies import prose

from claimkit.attribution.lexicon import forms
from claimkit.attribution.reading import read


def quoted(text):
    reading = read(text)
    return [text[reading.starts[quote.first] : reading.ends[quote.end - 1]] for quote in reading.quotes]


def sentences(text):
    reading = read(text)
    return [text[reading.starts[entry.first] : reading.ends[entry.end - 1]] for entry in reading.sentences]


def test_sentences_end_at_full_stops_but_not_within_names_and_quotations():
    assert sentences("Mr. Khan met Sen. Ray. “No. Never,” he said. It rained.") == [
        "Mr. Khan met Sen. Ray.",
        "“No. Never,” he said.",
        "It rained.",
    ]


def test_a_line_break_ends_a_sentence():
    assert sentences("A headline\nIt rained.") == ["A headline", "It rained."]


def test_quotations_of_all_marks_are_found_and_apostrophes_are_none():
    assert quoted("“a b” and \"c d\" and ''e f'' and «g h» and „i j“ and ‘k l’") == [
        "“a b”", '"c d"', "''e f''", "«g h»", "„i j“", "‘k l’",
    ]  # fmt: skip
    assert quoted("It's Ana's dogs' bowl, isn’t it? The ’90s.") == []


def test_a_mark_without_a_partner_opens_nothing_unless_the_paragraph_is_a_speech():
    assert quoted('He held 5" of rope and “a plan.\nThen it rained.') == []
    assert quoted("“We came.\n“We left.”") == ["“We came.", "“We left.”"]
    assert [quote.goes_on for quote in read("“We came.\n“We left.”").quotes] == [True, False]


def test_irregular_and_regular_verbs_have_their_forms():
    known = forms()
    assert {known[word].lemma for word in ("denied", "denies", "denying", "deny")} == {"deny"}
    assert (known["said"].shape, known["written"].shape, known["telling"].shape, known["begged"].shape) == (
        "past",
        "part",
        "ing",
        "past",
    )


@given(prose)
def test_tokens_are_in_order_and_every_sentence_and_quotation_is_a_range_of_them(text):
    reading = read(text)
    assert all(start < end for start, end in zip(reading.starts, reading.ends, strict=True))
    assert all(end <= start for end, start in zip(reading.ends, reading.starts[1:], strict=False))
    covered = [i for entry in reading.sentences for i in range(entry.first, entry.end)]
    assert covered == list(range(len(reading.words)))
    ends = [0, *(quote.end for quote in reading.quotes)]
    assert all(end <= quote.first < quote.end for end, quote in zip(ends, reading.quotes, strict=False))
