"""Records: their bytes, their schema, and the check that names every fault in its place."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import mutated, records, texts

from claimkit.records import RECORD_TYPES, Claim, Document, Item, Prediction, Span, Statement, decoder_of, encode
from claimkit.records.check import check_record, is_date, is_id
from claimkit.records.line import good_record, good_records, read_line
from claimkit.records.schema import json_schema, json_schema_of_any, schema_files

SCHEMAS = {kind: jsonschema.Draft202012Validator(json_schema(kind)) for kind in RECORD_TYPES.values()}
STATEMENT = (
    b'{"type":"statement","id":"s1","document":"d1","spans":[{"start":0,"end":4,"text":"He s"}],'
    b'"speaker":"a1","claim":"c1","stance":"support"}'
)


def read(raw: bytes, kind=Statement, **options):
    return read_line(raw, kind, path="f.jsonl", number=1, **options)


def found(raw: bytes, kind=Statement, **options) -> list[tuple[str, str]]:
    """The code of each issue, and what stands at its column."""
    text = raw.decode("utf-8", "replace")
    return [(issue.code, text[issue.column - 1 :][:8]) for issue in read(raw, kind, **options)[1]]


@given(records)
def test_a_record_is_read_back_from_its_line_as_it_was_written(record):
    back, issues = read(encode(record), type(record))
    assert back == record
    assert [issue.code for issue in issues if issue.code != "bidi-control"] == []


@given(records)
def test_the_line_of_a_record_is_json_without_line_feed_whose_keys_stand_in_record_order(record):
    raw = encode(record)
    assert b"\n" not in raw
    keys = list(json.loads(raw))
    order = ["type", *record.__struct_fields__]
    assert keys == sorted(keys, key=order.index)
    assert keys[:2] == ["type", "id"]


def test_defaults_are_left_out_and_an_explicit_null_is_kept_where_it_means_something():
    base = decoder_of(Statement).decode(STATEMENT)
    assert encode(base) == STATEMENT
    himself = msgspec.structs.replace(base, on_behalf_of=None)
    assert b'"on_behalf_of":null' in encode(himself)
    assert read(encode(himself))[0].on_behalf_of is None
    assert read(STATEMENT)[0].on_behalf_of is msgspec.UNSET


@given(records)
def test_schema_and_checker_both_accept_what_the_types_can_hold(record):
    value = json.loads(encode(record))
    assert list(check_record(value, type(record))) == []
    assert SCHEMAS[type(record)].is_valid(value)


@settings(max_examples=max(400, settings.default.max_examples))
@given(records, st.data())
def test_schema_and_checker_give_the_same_verdict_on_a_changed_record(record, data):
    kind = type(record)
    value = data.draw(mutated(json.loads(encode(record))))
    expected = SCHEMAS[kind].is_valid(value)
    assert (list(check_record(value, kind)) == []) == expected
    back, issues = read(json.dumps(value, ensure_ascii=False).encode(), kind)
    assert (back is not None) == expected
    assert any(issue.severity == "error" for issue in issues) != expected
    if back is not None:
        assert read(encode(back), kind)[0] == back


@given(st.lists(records, max_size=5), st.data())
def test_reading_many_lines_at_once_finds_a_fault_wherever_reading_them_one_by_one_does(many, data):
    kinds = tuple(RECORD_TYPES.values())
    lines = [encode(record) for record in many]
    if lines and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place] = json.dumps(data.draw(mutated(json.loads(lines[place]))), separators=(",", ":"), ensure_ascii=False).encode()
    together = good_records(lines, *kinds)
    if together is not None:
        assert together == [good_record(line, type(record)) for line, record in zip(lines, together, strict=True)]


def test_the_shipped_schema_files_are_those_that_the_types_generate():
    folder = Path(__file__).parent.parent / "annotations" / "schema"
    shipped = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    assert shipped == schema_files(), "run: claimkit schema --all annotations/schema"


@pytest.mark.parametrize("schema", [*map(json_schema, RECORD_TYPES.values()), json_schema_of_any()])
def test_every_schema_is_one_by_the_rules_of_json_schema(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


@given(records)
def test_the_schema_of_any_record_accepts_each(record):
    assert jsonschema.Draft202012Validator(json_schema_of_any()).is_valid(json.loads(encode(record)))


def test_the_schema_explains_its_fields_in_the_words_of_the_types():
    properties = json_schema(Statement)["$defs"]["Statement"]["properties"]
    assert properties["on_behalf_of"]["description"].startswith("Omitted: resolved from the speaker's dated affiliations.")


# one fault, one place


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b'"speaker":"a1"', b'"speeker":"a1"', [("missing-key", '{"type":'), ("unknown-key", '"speeker')]),
        (b'"stance":"support"', b'"stance":""', [("not-allowed", '""}')]),
        (b'"stance":"support"', b'"stance":3', [("wrong-type", "3}")]),
        (b'"start":0', b'"start":-1', [("not-allowed", '-1,"end"')]),
        (b'"start":0', b'"start":"0"', [("wrong-type", '"0","end')]),
        (b'"start":0', b'"start":0.5', [("wrong-type", '0.5,"end')]),
        (b'"start":0,', b"", [("missing-key", '{"end":4')]),
        (b'"id":"s1"', b'"id":"s 1"', [("not-allowed", '"s 1","d')]),
        (b'"speaker":"a1"', b'"speaker":"a/1"', [("not-allowed", '"a/1","c')]),
        (b'"statement"', b'"statment"', [("unknown-type", '"statmen')]),
        (b'"claim":"c1"', b'"claim":"c1","claim":"c2"', [("duplicate-key", '"claim":')]),
        (b'"claim":"c1"', b'"claim":"c1","said":"2019-02-30"', [("not-a-date", '"2019-02')]),
        (b'"claim":"c1"', b'"claim":"c1","confidence":1.01', [("not-allowed", '1.01,"st')]),
        (b'"claim":"c1"', b'"claim":"c1","confidence":NaN', [("json-not-a-number", 'NaN,"sta')]),
        (b'"claim":"c1"', b'"claim":"c1","quotation":"dirct"', [("not-allowed", '"dirct",')]),
        (b'"claim":"c1"', b'"claim":"c1","cue":{"start":0,"end":1}', [("missing-key", '{"start"')]),
        (b'"claim":"c1"', b'"claim":"c1","targets":[{"actor":"a","attitude":"bad"}]', [("not-allowed", '"bad"}],')]),
        (b'"claim":"c1"', b'"claim":"c1","note":"a\\u0000b"', [("nul-character", "\\u0000b\"")]),
        (b'"claim":"c1"', b'"claim":"c1","note":"a\\ud800b"', [("lone-surrogate", "\\ud800b\"")]),
        (b'"claim":"c1"', b'"claim":"c1","note":"a\\u202eb"', [("bidi-control", "\\u202eb\"")]),
        (b'"claim":"c1"', '"claim":"c1","note":"a\u2067b"'.encode(), [("bidi-control", '\u2067b","sta')]),
        (b'"claim":"c1"', b'"claim":"c1","meta":{"a":{"b":1,"b":2}}', [("duplicate-key", '"b":2}},')]),
        (b'"support"}', b'"support"}\r', [("carriage-return", "\r")]),
        (b"[{", b"[\r{", [("carriage-return", '\r{"start"')]),
        (b'"support"}', b'"support"} x', [("json-syntax", "x")]),
        (b'"type":"statement",', b"", [("missing-key", '{"id":"s')]),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_column(old, new, expected):
    assert old in STATEMENT
    assert found(STATEMENT.replace(old, new)) == [(code, start[:8]) for code, start in expected]


def test_all_faults_of_a_line_are_reported_at_once():
    raw = STATEMENT.replace(b'"speaker":"a1"', b'"speeker":"a1"').replace(b'"start":0', b'"start":-1').replace(b'"s1"', b'"s 1"')
    assert [code for code, _ in found(raw)] == ["missing-key", "not-allowed", "not-allowed", "unknown-key"]


def test_columns_count_characters_not_bytes():
    raw = '{"type":"claim","id":"c1","text":"𝕏é","topics":[1]}'.encode()
    (issue,) = read(raw, Claim)[1]
    assert raw.decode()[issue.column - 1 :] == "1]}"


def test_an_unknown_key_comes_with_the_near_miss_and_free_data_is_sent_to_meta():
    hints = [issue.hint for issue in read(STATEMENT.replace(b'"speaker"', b'"speeker"'))[1]]
    assert "did you mean 'speaker'?" in hints
    (issue,) = read(b'{"type":"claim","id":"c","text":"x","wholly_other":1}', Claim)[1]
    assert issue.hint == "free data goes under 'meta'"


def test_a_whole_number_may_be_written_with_a_point_as_in_json_schema():
    record, issues = read(STATEMENT.replace(b'"end":4', b'"end":4.0'))
    assert issues == []
    assert record.spans == (Span(start=0, end=4, text="He s"),)


def test_spaces_and_another_order_of_keys_are_no_fault():
    value = json.loads(STATEMENT)
    record, issues = read(json.dumps(dict(reversed(value.items())), indent=None).encode())
    assert issues == []
    assert encode(record) == STATEMENT


@pytest.mark.parametrize(("kind", "raw"), [(Item, b'{"id":"i","text":"","target":""}'), (Prediction, b'{"id":"i","stance":"x"}')])
def test_items_and_predictions_may_leave_the_type_out(kind, raw):
    record, issues = read(raw, kind)
    assert issues == []
    assert record is not None


def test_free_data_may_be_nested_to_the_limit_and_not_beyond():
    def nested(depth: int) -> bytes:
        return b'{"type":"document","id":"d","text":"","meta":{"x":' + b"[" * depth + b"]" * depth + b"}}"

    assert found(nested(60), Document) == []
    assert [code for code, _ in found(nested(70), Document)] == ["json-depth"]


def test_brackets_in_a_text_are_not_nesting():
    assert found(encode(Document(id="d", text="[" * 500)), Document) == []


# ends of lines and of files


def test_a_line_that_is_cut_is_torn_and_one_that_lacks_its_line_feed_is_whole():
    for end in range(1, len(STATEMENT)):
        record, issues = read(STATEMENT[:end], ended=False, offset=7)
        assert record is None
        assert [issue.code for issue in issues] == ["torn-line"]
        assert issues[0].byte_offset == 7
    record, issues = read(STATEMENT, ended=False)
    assert record is not None
    assert [issue.code for issue in issues] == ["no-final-newline"]


def test_a_broken_last_line_that_is_not_cut_is_not_called_torn():
    raw = STATEMENT.replace(b'"speaker":', b'"speaker"=')
    assert [issue.code for issue in read(raw, ended=False)[1]] == ["json-syntax", "no-final-newline"]


def test_a_byte_order_mark_is_named_and_what_follows_it_is_checked():
    record, issues = read(b"\xef\xbb\xbf" + STATEMENT.replace(b'"s1"', b'"s 1"'))
    assert record is None
    assert [issue.code for issue in issues] == ["byte-order-mark", "not-allowed"]


@pytest.mark.parametrize("raw", [b"", b"  \t", b"\r"])
def test_an_empty_line_is_a_warning(raw):
    record, issues = read(raw)
    assert record is None
    assert [(issue.code, issue.severity) for issue in issues] == [("blank-line", "warning")]


def test_bytes_that_are_not_utf8_are_named_with_their_column():
    raw = '{"type":"claim","id":"c1","text":"é'.encode() + b'\xe9"}'
    (issue,) = read(raw, Claim)[1]
    assert (issue.code, issue.column) == ("invalid-utf8", len('{"type":"claim","id":"c1","text":"é') + 1)
    assert "0xe9" in issue.message


# ids and dates


@pytest.mark.parametrize("text", ["a", "doc-1", "ü", "a" * 200, "ns:x", "."])
def test_an_id_is_any_name_without_space_and_slash(text):
    assert is_id(text)


@pytest.mark.parametrize("text", ["", "a b", "a/b", "a\\b", "a\n", "\u00a0", "a\u2028", "a\x7f", "a" * 201, "\ufeffa", "\u3000"])
def test_what_would_break_a_path_a_line_or_a_url_is_no_id(text):
    assert not is_id(text)


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day):
    assert is_date(day.isoformat())


@given(st.integers(1, 9999), st.integers(0, 13), st.integers(0, 32))
def test_a_day_that_the_calendar_does_not_have_is_no_date(year, month, day):
    try:
        datetime.date(year, month, day)
        exists = True
    except ValueError:
        exists = False
    assert is_date(f"{year:04}-{month:02}-{day:02}") == exists


@pytest.mark.parametrize(
    "text", ["2019", "2019-02", "26.2.2019", "2019-2-6", "2019-02-26T", "2019-02-26 14:30", "2019-02-26T24:00", "2019-02-26T1:00"]
)
def test_other_ways_to_write_a_date_are_refused(text):
    assert not is_date(text)


@given(texts)
def test_a_text_survives_code_points_utf16_and_bytes(text):
    record = Document(id="d", text=text)
    assert read(encode(record), Document)[0].text == text
    assert text.encode("utf-16-le").decode("utf-16-le") == text
