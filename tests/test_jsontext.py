"""The strict JSON reader: what RFC 8259 demands, and places for all that is wrong."""

from __future__ import annotations

import json
import time

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import free, texts

from claimkit.jsontext import MAX_DEPTH, MAX_DIGITS, is_cut, scan
from claimkit.records import Item
from claimkit.records.line import read_line

SYNTAX = {"json-syntax", "json-depth"}


def codes(text: str) -> list[str]:
    return [fault.code for fault in scan(text).faults]


@given(free)
def test_every_text_that_python_writes_is_read_back_without_a_fault(value):
    scanned = scan(json.dumps(value, ensure_ascii=False))
    assert scanned.faults == []
    assert scanned.value == value


@given(free)
def test_escapes_are_read_as_the_characters_they_stand_for(value):
    assert scan(json.dumps(value, ensure_ascii=True)).value == value


@given(st.dictionaries(texts, free, max_size=4))
def test_every_place_leads_to_the_value_that_stands_there(value):
    text = json.dumps(value, ensure_ascii=False)
    scanned = scan(text)
    decoder = json.JSONDecoder()
    for path, at in scanned.places.items():
        here = value
        for step in path:
            here = here[step]
        assert decoder.raw_decode(text, at)[0] == here
    for path, at in scanned.keys.items():
        assert decoder.raw_decode(text, at)[0] == path[-1]


@given(st.one_of(st.text(max_size=30), st.text('{}[]",:\\u0dD89 truefalsn1.eE+-\x00\r', max_size=30)))
@example("-")
@example("[1.]")
@example('{"a":"\\ud834\\udd1e"}')
def test_the_reader_and_the_decoder_accept_the_same_texts(text):
    try:
        msgspec.json.decode(text.encode("utf-8", "surrogatepass"))
        accepted = True
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        accepted = False
    # What the decoder takes and a record may not hold.
    stricter = {"duplicate-key", "nul-character"}
    assert (set(codes(text)) <= stricter) == accepted


@given(st.dictionaries(texts, free, min_size=1, max_size=4), st.data())
def test_a_cut_record_is_told_from_a_broken_one_at_every_character(value, data):
    whole = json.dumps(value, ensure_ascii=False)
    end = data.draw(st.integers(1, len(whole) - 1))
    assert is_cut(whole[:end].encode())
    assert not is_cut(whole.encode())


@given(st.dictionaries(texts, texts, min_size=1, max_size=3), st.data())
def test_a_record_cut_inside_a_character_is_a_cut_one(value, data):
    whole = json.dumps(value, ensure_ascii=False).encode()
    assert is_cut(whole[: data.draw(st.integers(1, len(whole) - 1))])


@pytest.mark.parametrize("text", ["{'id':", '{"id":x', '{"id":1,,', '{"a" "b"', "x", "12", '"abc', "[1,", '{"id":"\x01', '{"a":01'])
def test_what_is_no_beginning_of_a_record_is_not_called_cut(text):
    assert not is_cut(text.encode())


@pytest.mark.parametrize("tail", [b"\0\0\0", b'{"id":"c1","te\0\0\0\0'])
def test_zero_bytes_that_a_crash_leaves_count_as_missing(tail):
    assert is_cut(tail)


def test_all_faults_are_found_and_stand_in_order():
    text = '{"a":NaN,"b":"\\u0000","a":"\\ud800","c":[-Infinity]}'
    assert [(fault.at, fault.code) for fault in scan(text).faults] == [
        (text.index("NaN"), "json-not-a-number"),
        (text.index("\\u0000"), "nul-character"),
        (text.rindex('"a"'), "duplicate-key"),
        (text.index("\\ud800"), "lone-surrogate"),
        (text.index("-Inf"), "json-not-a-number"),
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{'a': 1}", "straight double quotes"),
        ('{"a": True}', "write true"),
        ('{"a": None}', "write null"),
        ('{"a": 1,}', "take out the comma"),
        ('{"a": 1} {"b": 2}', "one record a line"),
        ('{"a": "x\ty"}', "\\u0009"),
        ('{"a": "\\x"}', "backslash"),
        ('{"a": 007}', "leading zero"),
    ],
)
def test_a_common_slip_gets_a_hint(text, hint):
    assert hint in scan(text).faults[-1].hint


def test_nesting_is_allowed_up_to_the_limit_and_not_beyond():
    assert codes("[" * MAX_DEPTH + "0" + "]" * MAX_DEPTH) == []
    assert codes("[" * (MAX_DEPTH + 1) + "0" + "]" * (MAX_DEPTH + 1)) == ["json-depth"]


def test_a_hundred_thousand_brackets_do_not_exhaust_the_stack():
    assert codes("[" * 100_000) == ["json-depth"]


def test_a_number_of_too_many_digits_is_named_not_turned_into_infinity():
    assert codes("1" * MAX_DIGITS) == []
    assert codes("1" * 5000) == ["json-number"]
    assert codes("1e999") == ["json-number"]
    assert codes("-1e999") == ["json-number"]


# The files of "Parsing JSON is a minefield" that leave the answer to the implementation, and ours: a record holds only what every
# other program reads the same way.
DEFINED_HERE = {
    "i_number_double_huge_neg_exp": set(),
    "i_number_huge_exp": {"json-number"},
    "i_number_neg_int_huge_exp": {"json-number"},
    "i_number_pos_double_huge_exp": {"json-number"},
    "i_number_real_neg_overflow": {"json-number"},
    "i_number_real_pos_overflow": {"json-number"},
    "i_number_real_underflow": set(),
    "i_number_too_big_neg_int": set(),
    "i_number_too_big_pos_int": set(),
    "i_number_very_big_negative_int": set(),
    "i_object_key_lone_2nd_surrogate": {"lone-surrogate"},
    "i_string_1st_surrogate_but_2nd_missing": {"lone-surrogate"},
    "i_string_1st_valid_surrogate_2nd_invalid": {"lone-surrogate"},
    "i_string_UTF-16LE_with_BOM": {"invalid-utf8"},
    "i_string_UTF-8_invalid_sequence": {"invalid-utf8"},
    "i_string_UTF8_surrogate_U+D800": {"invalid-utf8"},
    "i_string_incomplete_surrogate_and_escape_valid": {"lone-surrogate"},
    "i_string_incomplete_surrogate_pair": {"lone-surrogate"},
    "i_string_incomplete_surrogates_escape_valid": {"lone-surrogate"},
    "i_string_invalid_lonely_surrogate": {"lone-surrogate"},
    "i_string_invalid_surrogate": {"lone-surrogate"},
    "i_string_invalid_utf-8": {"invalid-utf8"},
    "i_string_inverted_surrogates_U+1D11E": {"lone-surrogate"},
    "i_string_iso_latin_1": {"invalid-utf8"},
    "i_string_lone_second_surrogate": {"lone-surrogate"},
    "i_string_lone_utf8_continuation_byte": {"invalid-utf8"},
    "i_string_not_in_unicode_range": {"invalid-utf8"},
    "i_string_overlong_sequence_2_bytes": {"invalid-utf8"},
    "i_string_overlong_sequence_6_bytes": {"invalid-utf8"},
    "i_string_overlong_sequence_6_bytes_null": {"invalid-utf8"},
    "i_string_truncated-utf-8": {"invalid-utf8"},
    "i_string_utf16BE_no_BOM": {"invalid-utf8"},
    "i_string_utf16LE_no_BOM": {"invalid-utf8"},
    "i_structure_500_nested_arrays": {"json-depth"},
    "i_structure_UTF-8_BOM_empty_object": {"byte-order-mark"},
}
# Good JSON whose content a record may still not have (RFC 8259 says of equal names: "should be unique").
GOOD_BUT_REFUSED = {
    "y_object_duplicated_key": {"duplicate-key"},
    "y_object_duplicated_key_and_value": {"duplicate-key"},
    "y_object_escaped_null_in_key": {"nul-character"},
    "y_string_null_escape": {"nul-character"},
}


def verdict(raw: bytes) -> set[str]:
    if raw.startswith(b"\xef\xbb\xbf"):
        return {"byte-order-mark"}
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return {"invalid-utf8"}
    return set(codes(text))


def as_meta(raw: bytes) -> list[str]:
    """The codes of a line whose free data is the given text."""
    line = b'{"type":"item","id":"i","text":"","target":"","meta":{"x":' + raw + b"}}"
    record, issues = read_line(line, Item, path="x.jsonl", number=1)
    assert (record is None) == any(issue.severity == "error" for issue in issues)
    return [issue.code for issue in issues]


def test_the_95_texts_that_every_reader_must_accept_are_accepted(oracle_dir):
    files = sorted((oracle_dir / "json" / "test_parsing").glob("y_*.json"))
    assert len(files) == 95
    for file in files:
        raw = file.read_bytes()
        expected = GOOD_BUT_REFUSED.get(file.stem, set())
        assert verdict(raw) == expected, file.name
        assert set(as_meta(raw)) == expected, file.name


def test_the_188_texts_that_every_reader_must_refuse_are_refused(oracle_dir):
    files = sorted((oracle_dir / "json" / "test_parsing").glob("n_*.json"))
    assert len(files) == 188
    for file in files:
        raw = file.read_bytes()
        start = time.perf_counter()
        assert verdict(raw), file.name
        assert as_meta(raw), file.name
        assert time.perf_counter() - start < 1, file.name


def test_what_the_standard_leaves_open_is_decided_by_the_table(oracle_dir):
    files = sorted((oracle_dir / "json" / "test_parsing").glob("i_*.json"))
    assert {file.stem for file in files} == set(DEFINED_HERE)
    for file in files:
        assert verdict(file.read_bytes()) == DEFINED_HERE[file.stem], file.name


def test_texts_that_readers_transform_are_read_exactly_or_refused(oracle_dir):
    for file in sorted((oracle_dir / "json" / "test_transform").glob("*.json")):
        raw = file.read_bytes()
        if not verdict(raw):
            assert scan(raw.decode()).value == json.loads(raw), file.name
