"""Validation: every problem once, in file order, in its place, and nothing that is not one."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

import claimkit
from claimkit.corpus.config import layer_files
from claimkit.corpus.known import check_span
from claimkit.issues import CODES, WARNINGS, severity_of
from claimkit.records import Span
from claimkit.validate import checked_files, find_corpora, kind_of, validate

LAYER = "layers/ann.jsonl"


def short(issues, root) -> list[tuple[str, int | None, str]]:
    return [(issue.path.replace(f"{root}/", ""), issue.line, issue.code) for issue in issues]


@pytest.fixture
def corpus(small_corpus):
    return small_corpus()


def problems(corpus) -> list[tuple[str, int | None, str]]:
    return short(validate(corpus.root), corpus.root)


def only(corpus):
    (issue,) = validate(corpus.root)
    return issue


def standing_at(issue) -> str:
    """What stands in the file at the place of an issue."""
    lines = Path(issue.path).read_text(encoding="utf-8").split("\n")
    return lines[issue.line - 1][issue.column - 1 :]


# what is good


def test_a_valid_corpus_has_no_problem_and_its_records_are_counted(corpus):
    counts = Counter()
    assert list(validate(corpus.root, counts=counts)) == []
    assert counts == {"document": 1, "actor": 2, "claim": 2, "statement": 2, "relation": 1}


def test_a_folder_of_corpora_is_checked_corpus_by_corpus(small_corpus, tmp_path):
    first, second = small_corpus("b"), small_corpus("a")
    first.edit(LAYER, "s1", stance="suport")
    second.edit(LAYER, "s1", stance="opose")
    assert find_corpora(tmp_path) == [second.root, first.root]
    assert [issue.hint for issue in validate(tmp_path)] == ["did you mean 'oppose'?", "did you mean 'support'?"]


def test_a_file_of_a_corpus_is_checked_against_the_rest_of_it_and_only_its_problems_are_told(corpus):
    corpus.edit(LAYER, "s1", speaker="ministr")
    corpus.edit("claims.jsonl", "stay", about=["counsel"])
    counts = Counter()
    assert short(validate(corpus.root / LAYER, counts=counts), corpus.root) == [(LAYER, 1, "dangling-reference")]
    assert counts == {"statement": 2, "relation": 1}
    both = [corpus.root / "claims.jsonl", corpus.root / LAYER]
    assert [code for _, _, code in short(validate(*both), corpus.root)] == ["dangling-reference"] * 2


def test_the_function_is_at_hand_in_the_package_also_after_its_module_was_imported(corpus):
    assert list(claimkit.validate(corpus.root)) == []
    assert list(claimkit.validate(corpus.root, counts=Counter())) == []


def test_a_corpus_without_layers_is_a_warning(corpus):
    (corpus.root / LAYER).unlink()
    assert problems(corpus) == [("layers", None, "no-layer")]


def test_progress_tells_every_byte_that_is_read(corpus):
    told = []
    list(validate(corpus.root, progress=told.append))
    assert sum(told) == sum(file.stat().st_size for file in checked_files(corpus.root))
    assert len(checked_files(corpus.root)) == 4


def test_layers_are_read_by_name_and_gold_last(corpus):
    for name in ("zoe", "gold", "ben"):
        corpus.write(f"layers/{name}.jsonl")
    assert [path.stem for path in layer_files(corpus.root)] == ["ann", "ben", "zoe", "gold"]


# references


@pytest.mark.parametrize(
    ("name", "record", "changes", "place"),
    [
        ("actors.jsonl", "minister", {"part_of": "x"}, '"x"'),
        ("actors.jsonl", "minister", {"affiliations": [{"actor": "council"}, {"actor": "x"}]}, '"x"'),
        ("claims.jsonl", "stay", {"about": ["council", "x"]}, '"x"'),
        ("claims.jsonl", "stay", {"contradicts": ["x"]}, '"x"'),
        ("claims.jsonl", "stay", {"entails": ["x"]}, '"x"'),
        (LAYER, "s1", {"document": "x"}, '"x"'),
        (LAYER, "s1", {"speaker": "x"}, '"x"'),
        (LAYER, "s1", {"claim": "x"}, '"x"'),
        (LAYER, "s1", {"on_behalf_of": "x"}, '"x"'),
        (LAYER, "s1", {"targets": [{"actor": "x", "attitude": "negative"}]}, '"x"'),
        (LAYER, "s1", {"addressees": ["council", "x"]}, '"x"'),
        (LAYER, "s1", {"chain": ["x"]}, '"x"'),
        (LAYER, "s1", {"decided_from": ["s2", "x"]}, '"x"'),
        (LAYER, "r1", {"source": "x", "evidence": None}, '"x"'),
        (LAYER, "r1", {"targets": ["s1", "x"]}, '"x"'),
        (LAYER, "r1", {"decided_from": ["x"]}, '"x"'),
    ],
)
def test_a_reference_to_what_does_not_exist_is_found_in_its_place(corpus, name, record, changes, place):
    corpus.edit(name, record, **changes)
    issue = only(corpus)
    assert (issue.code, issue.record) == ("dangling-reference", record)
    assert standing_at(issue).startswith(place)


def test_a_dangling_reference_gets_the_near_miss_as_hint(corpus):
    corpus.edit(LAYER, "s1", speaker="ministr")
    assert only(corpus).hint == "did you mean 'minister'?"


def test_relations_may_refer_to_statements_further_down_and_to_claims(corpus):
    rows = corpus.records(LAYER)
    corpus.write(LAYER, *reversed(rows))
    corpus.edit(LAYER, "r1", targets=["s1", "stay"])
    assert problems(corpus) == []


def test_a_reference_to_a_record_with_errors_of_its_own_is_not_called_dangling(corpus):
    corpus.edit("actors.jsonl", "minister", nmae="x")
    corpus.edit("claims.jsonl", "stay", kind="factul")
    corpus.edit("documents.jsonl", "d1", lnag="en")
    corpus.edit(LAYER, "s1", confidence=2)
    assert problems(corpus) == [
        ("documents.jsonl", 1, "unknown-key"),
        ("actors.jsonl", 2, "unknown-key"),
        ("claims.jsonl", 1, "not-allowed"),
        (LAYER, 1, "not-allowed"),
    ]


def test_a_missing_file_is_told_once_and_the_others_are_checked_all_the_same(corpus):
    (corpus.root / "actors.jsonl").unlink()
    corpus.edit(LAYER, "s1", claim="x", stance="y")
    assert problems(corpus) == [
        ("actors.jsonl", None, "file-missing"),
        (LAYER, 1, "dangling-reference"),
        (LAYER, 1, "stance-not-in-scheme"),
    ]


# ids


def test_an_id_is_used_once_in_a_file_and_once_in_all_layers(corpus):
    corpus.add("documents.jsonl", corpus.records("documents.jsonl")[0])
    corpus.add("claims.jsonl", {"type": "claim", "id": "go", "text": "Go."})
    corpus.add(LAYER, corpus.records(LAYER)[0], corpus.records(LAYER)[2])
    corpus.write("layers/ben.jsonl", corpus.statement("s2", "denied"))
    found = list(validate(corpus.root))
    assert short(found, corpus.root) == [
        ("documents.jsonl", 2, "duplicate-id"),
        ("claims.jsonl", 3, "duplicate-id"),
        (LAYER, 4, "duplicate-id"),
        (LAYER, 5, "duplicate-id"),
        ("layers/ben.jsonl", 1, "duplicate-id"),
    ]
    assert "line 1" in found[0].message
    assert "the layer 'ann'" in found[4].message


def test_records_of_different_types_may_have_the_same_id(corpus):
    corpus.add("actors.jsonl", {"type": "actor", "id": "stay", "name": "Stay", "kind": "media"})
    assert problems(corpus) == []


# spans


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [(5, 5, "span-empty"), (6, 5, "span-empty"), (0, 3, "span-text-mismatch"), (70, 1000, "span-out-of-text")],
)
def test_a_span_that_does_not_hold_its_text_is_found(corpus, start, end, code):
    corpus.edit(LAYER, "s2", spans=[{"start": start, "end": end, "text": "denied that"}])
    issue = only(corpus)
    assert issue.code == code
    assert standing_at(issue).startswith('{"start"')
    at = corpus.text.index("denied that")
    assert issue.hint == f"the text stands at {at}–{at + 11}"


@pytest.mark.parametrize("field", ["cue", "speaker_span", "duplicate_spans"])
def test_every_kind_of_span_is_checked(corpus, field):
    wrong = {"start": 0, "end": 3, "text": "yes"}
    corpus.edit(LAYER, "s1", **{field: [wrong] if field == "duplicate_spans" else wrong})
    issue = only(corpus)
    assert (issue.code, issue.hint) == ("span-text-mismatch", "the text does not occur in the document")


def test_the_evidence_of_a_relation_stands_in_the_document_of_its_source(corpus):
    corpus.edit(LAYER, "r1", evidence={"start": 0, "end": 6, "text": "denied"})
    assert problems(corpus) == [(LAYER, 3, "span-text-mismatch")]


@pytest.mark.parametrize(("unit", "width", "name"), [("utf-16-le", 2, "UTF-16"), ("utf-8", 1, "UTF-8 byte")])
@given(before=texts, span=texts.filter(bool), after=texts)
def test_offsets_of_other_programs_are_recognised_and_named(unit, width, name, before, span, after):
    text = before + span + after
    start = len(before.encode(unit)) // width
    end = start + len(span.encode(unit)) // width
    findings = list(check_span(Span(start=start, end=end, text=span), text, ("spans", 0)))
    if end <= len(text) and text[start:end] == span:
        assert findings == []
    else:
        (finding,) = findings
        assert finding.code in ("span-text-mismatch", "span-out-of-text")
        assert finding.hint.endswith(f"offsets; in code points it is {len(before)}–{len(before) + len(span)}")
        is_the_same_in_both = (start, end) == (len(before.encode("utf-16-le")) // 2, len((before + span).encode("utf-16-le")) // 2)
        assert name in finding.hint or is_the_same_in_both


@given(texts, texts.filter(bool), texts)
def test_offsets_in_code_points_are_right(before, span, after):
    assert list(check_span(Span(start=len(before), end=len(before) + len(span), text=span), before + span + after, ())) == []


def test_a_text_in_another_normalisation_form_is_recognised():
    (finding,) = check_span(Span(start=0, end=6, text="nai\u0308ve"), "naïve text", ())
    assert finding.hint == "the text occurs in another Unicode normalisation form; copy it from the document"


def test_the_nearest_place_is_offered():
    (finding,) = check_span(Span(start=11, end=12, text="a"), "a..........b..a", ())
    assert finding.hint == "the text stands at 14–15"


def test_spans_of_a_document_whose_text_is_withheld_are_checked_as_far_as_possible(corpus):
    digest = hashlib.sha256(corpus.text.encode()).hexdigest()
    corpus.write("documents.jsonl", {"type": "document", "id": "d1", "text": None, "text_sha256": digest})
    assert problems(corpus) == [(LAYER, 1, "text-withheld")]  # once for each document
    corpus.edit(LAYER, "s2", spans=[{"start": 3, "end": 4, "text": "denied"}])
    assert problems(corpus) == [(LAYER, 1, "text-withheld"), (LAYER, 2, "span-text-mismatch")]


def test_a_document_has_a_text_or_its_hash_and_both_agree(corpus):
    corpus.edit("documents.jsonl", "d1", text_sha256="0" * 64)
    assert problems(corpus) == [("documents.jsonl", 1, "text-hash-mismatch")]
    corpus.edit("documents.jsonl", "d1", text_sha256=hashlib.sha256(corpus.text.encode()).hexdigest())
    assert problems(corpus) == []
    corpus.write("documents.jsonl", {"type": "document", "id": "d1", "text": None})
    assert ("documents.jsonl", 1, "missing-key") in problems(corpus)


# labels, relations, layers, actors


def test_a_stance_is_a_label_of_the_corpus(corpus):
    corpus.edit(LAYER, "s1", stance="FAVOR")
    issue = only(corpus)
    assert str(issue).endswith(
        "stance-not-in-scheme: stance 'FAVOR' is not one of support, oppose, neutral, unclear; "
        "the labels stand in corpus.toml, under [stance]"
    )
    assert standing_at(issue).startswith('"FAVOR"')
    (corpus.root / "corpus.toml").write_text('name = "small"\n[stance]\nlabels = ["FAVOR", "oppose"]\n')
    assert problems(corpus) == []


def test_a_relation_kind_is_one_of_the_corpus(corpus):
    corpus.edit(LAYER, "r1", kind="denys")
    issue = only(corpus)
    assert (issue.code, issue.hint) == ("relation-not-in-scheme", "did you mean 'denies'?")


def test_a_relation_does_not_point_at_its_own_source(corpus):
    corpus.edit(LAYER, "r1", targets=["s1", "s2"])
    assert problems(corpus) == [(LAYER, 3, "relation-to-itself")]


def test_a_relation_to_a_statement_of_another_layer_is_a_warning(corpus):
    corpus.write("layers/ben.jsonl", corpus.statement("b1", "denied"))
    corpus.edit(LAYER, "r1", targets=["b1"])
    issue = only(corpus)
    assert (issue.code, issue.severity) == ("relation-across-layers", "warning")


def test_a_claim_does_not_contradict_or_entail_itself(corpus):
    corpus.edit("claims.jsonl", "go", contradicts=["go"], entails=["go"])
    assert [code for _, _, code in problems(corpus)] == ["contradicts-itself"] * 2


def test_an_actor_is_not_a_part_of_itself_however_far_around(corpus):
    corpus.edit("actors.jsonl", "council", part_of="ring")
    corpus.add("actors.jsonl", {"type": "actor", "id": "ring", "name": "Ring", "kind": "collective", "part_of": "council"})
    corpus.edit("actors.jsonl", "minister", part_of="ring")
    assert problems(corpus) == [("actors.jsonl", 1, "part-of-cycle"), ("actors.jsonl", 3, "part-of-cycle")]


def test_an_affiliation_does_not_end_before_it_starts(corpus):
    dates = {"actor": "council", "start": "2020-02-02", "end": "2020-02-01T10:00:00Z"}
    corpus.edit("actors.jsonl", "minister", affiliations=[dates])
    issue = only(corpus)
    assert (issue.code, standing_at(issue)[:14]) == ("dates-reversed", '"2020-02-01T10')
    corpus.edit("actors.jsonl", "minister", affiliations=[{**dates, "end": "2020-02-02"}])
    assert problems(corpus) == []


def test_a_record_of_another_annotator_does_not_belong_into_a_layer(corpus):
    corpus.edit(LAYER, "s1", annotator="ben")
    assert problems(corpus) == [(LAYER, 1, "wrong-annotator")]
    (corpus.root / "corpus.toml").write_text('name = "small"\n[layers.ann]\nannotator = "ben"\n')
    assert problems(corpus) == []


def test_a_gold_record_names_what_it_was_decided_from(corpus):
    gold = corpus.statement("g1", "denied that", decided_from=["s2"])
    corpus.write("layers/gold.jsonl", gold)
    assert problems(corpus) == []
    corpus.write("layers/gold.jsonl", {key: value for key, value in gold.items() if key != "decided_from"})
    assert problems(corpus) == [("layers/gold.jsonl", 1, "gold-without-source")]


def test_a_record_stands_in_the_file_of_its_type(corpus):
    corpus.add("documents.jsonl", corpus.records("claims.jsonl")[0])
    corpus.add(LAYER, corpus.records("actors.jsonl")[0])
    corpus.add("claims.jsonl", {"id": "c9", "text": "No type."})
    assert problems(corpus) == [
        ("documents.jsonl", 2, "wrong-file"),
        ("claims.jsonl", 3, "missing-key"),
        (LAYER, 4, "wrong-file"),
    ]


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('nmae = "x"', "unknown key 'nmae'"),
        ('version = "1"', "the required key 'name' is missing"),
        ('name = "x"\n[stance]\nlabels = []', "stance.labels: must name at least one value, each once"),
        ('name = "x"\n[stance]\nlabels = ["a", "a"]', "stance.labels: must name at least one value, each once"),
        ('name = "x"\n[layers.zoe]\nannotator = "zoe"', "layers.zoe: there is no file layers/zoe.jsonl"),
        ("name = ", "not valid TOML"),
    ],
)
def test_what_is_wrong_in_corpus_toml_is_told_with_its_key(corpus, toml, message):
    (corpus.root / "corpus.toml").write_text(toml)
    issue = only(corpus)
    assert issue.code == "corpus-config"
    assert message in issue.message


def test_a_folder_without_corpus_toml_is_no_corpus(tmp_path):
    (issue,) = validate(tmp_path)
    assert issue.code == "not-a-corpus"
    assert "claimkit new" in issue.message


# files alone


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_records_of_any_types_are_checked_in_one_file_without_a_corpus(tmp_path):
    rows = [
        {"type": "document", "id": "x", "text": "abc"},
        {"type": "claim", "id": "x", "text": "Claim."},
        {"type": "claim", "id": "x", "text": "Claim."},
        {"type": "statement", "id": "s", "document": "d", "spans": [{"start": 0, "end": 4, "text": "abc"}], "speaker": "a"}
        | {"claim": "c", "stance": "anything"},
        {"type": "relation", "id": "r", "kind": "any", "source": "s", "targets": ["s"]},
        {"type": "thing", "id": "t"},
        {"id": "u"},
    ]
    counts = Counter()
    path = write(tmp_path / "f.jsonl", *rows)
    assert [(issue.line, issue.code) for issue in validate(path, counts=counts)] == [
        (3, "duplicate-id"),
        (4, "span-text-mismatch"),
        (5, "relation-to-itself"),
        (6, "unknown-type"),
        (7, "unknown-type"),
    ]
    assert counts == {"document": 1, "claim": 2, "statement": 1, "relation": 1}


def test_the_stance_of_an_item_is_a_label_of_its_scheme(tmp_path):
    item = {"type": "item", "text": "a", "target": "b", "scheme": "semeval2016"}
    rows = [{**item, "id": "1", "stance": "FAVOR"}, {**item, "id": "2", "stance": "favor"}, {**item, "id": "3"}]
    (issue,) = validate(write(tmp_path / "f.jsonl", *rows))
    assert (issue.line, issue.code, issue.hint) == (2, "stance-not-in-scheme", "did you mean 'FAVOR'?")


def test_an_unknown_scheme_is_told_for_each_item_and_a_second_scheme_once(tmp_path):
    item = {"type": "item", "text": "a", "target": "b"}
    schemes = ["fnc1", "semeval2016", "agree,disagree,discuss,unrelated", "fnc-1", "fnc-1"]
    rows = [{**item, "id": str(index), "scheme": scheme} for index, scheme in enumerate(schemes)]
    found = [(issue.line, issue.code) for issue in validate(write(tmp_path / "f.jsonl", *rows))]
    assert found == [(2, "mixed-schemes"), (4, "not-allowed"), (5, "not-allowed")]


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=4))
def test_probabilities_sum_to_one(tmp_path_factory, parts):
    folder = tmp_path_factory.mktemp("p")
    good = {f"l{index}": part / sum(parts) for index, part in enumerate(parts)}
    bad = {**good, "l0": good["l0"] / 2}
    rows = [{"id": "1", "stance": "l0", "probabilities": good}, {"id": "2", "stance": "l0", "probabilities": bad}]
    found = [(issue.line, issue.code) for issue in validate(write(folder / "f.jsonl", *rows))]
    assert found == ([(2, "probabilities-sum")] if good["l0"] > 0.002 else found)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b'{"type":"claim"}', "Claim"),
        (b'{"id":"x","type": "claim"}', "Claim"),
        (b'{"id":"x","text":"","target":""}', "Item"),
        (b'{"id":"x","stance":"a"}', "Prediction"),
    ],
)
def test_the_type_of_a_line_is_what_it_says_or_what_its_keys_tell(raw, name):
    assert kind_of(raw).__name__ == name


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b'{"type":"clam"}', b'{"type":3}', b"\xff", b"[" * 5000])
def test_a_line_of_no_known_type_has_none(raw):
    assert kind_of(raw) is None


# order, and the table of codes


def test_problems_stand_in_the_order_of_files_lines_and_columns(corpus):
    corpus.add("documents.jsonl", {"type": "document", "id": "d2", "text": 1}, {"type": "document", "id": "d1", "text": "again"})
    corpus.edit("actors.jsonl", "council", part_of="x", kind="governmint")
    corpus.edit(LAYER, "s2", claim="x", speaker="y", stance="z")
    corpus.edit(LAYER, "s1", decided_from=["x"])
    corpus.edit(LAYER, "r1", source="x", evidence=None)
    found = list(validate(corpus.root))
    order = ["documents.jsonl", "actors.jsonl", "claims.jsonl", LAYER]
    places = [(order.index(issue.path.replace(f"{corpus.root}/", "")), issue.line, issue.column) for issue in found]
    assert len(places) == 8
    assert places == sorted(places)


def test_every_warning_is_a_code_and_an_unknown_code_is_refused():
    assert set(CODES) >= WARNINGS
    with pytest.raises(ValueError, match=r"code must be a key of CODES\. Got 'typo'"):
        severity_of("typo")


# what is written about it

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained_with_its_severity_an_example_and_a_remedy(code):
    page = (ROOT / "docs" / "issue-codes.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{code}` |")]
    _, severity, meaning, example, remedy = (cell.strip() for cell in row.strip("| ").split(" | "))
    assert severity == severity_of(code)
    assert all((meaning, example, remedy))


def test_the_codes_that_are_explained_exist():
    page = (ROOT / "docs" / "issue-codes.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, flags=re.MULTILINE)) == set(CODES)


def test_the_problem_matcher_for_editors_reads_the_lines_that_are_printed(corpus):
    page = (ROOT / "annotations" / "schema" / "README.md").read_text(encoding="utf-8")
    block = next(block for block in re.findall(r"```json\n(.*?)```", page, flags=re.DOTALL) if "problemMatcher" in block)
    pattern = json.loads(block)["tasks"][0]["problemMatcher"]["pattern"]
    path = corpus.edit(LAYER, "s1", speaker="x")
    issue = only(corpus)
    match = re.fullmatch(pattern["regexp"], str(issue))
    assert match is not None
    found = {key: match.group(pattern[key]) for key in ("file", "line", "column", "code")}
    assert found == {"file": str(path), "line": "1", "column": str(issue.column), "code": issue.code}
