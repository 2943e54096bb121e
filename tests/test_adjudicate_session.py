"""Adjudication on the page, spoken to as the page does: each decision durable, gold that names its sources, originals untouched."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from annotating import NUMBERS, adjudicating
from quarrel import relation, span, statement, versions_that_differ_in_every_field, write_quarrel

from claimkit import load_corpus, validate

ANN = [
    statement("a1", "d0", "The mill is clean, says Ann"),
    statement("a2", "d0", "The town denies it", "town", stance="oppose"),
    statement("a3", "d0", "Bob agrees with the town", "bob", stance="oppose"),
    relation("ar1", "a2", "a1"),
]
BOB = [
    statement("b1", "d0", "The mill is clean, says Ann"),
    statement("b2", "d0", "The town denies it", "town", stance="neutral"),
    relation("br1", "b2", "b1", kind="counters"),
]


@pytest.fixture
def folder(tmp_path):
    return write_quarrel(tmp_path / "quarrel", {"ann": ANN, "bob": BOB})


@pytest.fixture
def program(folder):
    with adjudicating(folder) as started:
        yield started


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "layers").glob("*.jsonl")}


def gold(folder):
    corpus = load_corpus(folder)
    statements = {record.decided_from: record for record in corpus.statements("gold")}
    return statements, list(corpus.relations("gold"))


def test_what_is_disputed_is_listed_with_what_each_annotator_says(program):
    corpus = program.get("/api/cases")
    assert [(case["unit"], case["disputed"], case["tied"]) for case in corpus["cases"]] == [
        ("a2", ["stance"], True),
        ("a3", ["presence"], True),
        ("a2->a1", ["kind"], True),
    ]
    assert corpus["agreed"] == 1
    document = program.get("/api/document", id="d0")["document"]
    said = {case["unit"]: case["said"] for case in document["cases"]}
    assert {layer: value["stance"] for layer, value in said["a2"].items()} == {"ann": "oppose", "bob": "neutral"}
    assert said["a3"]["bob"] is None
    assert {layer: value["kind"] for layer, value in said["a2->a1"].items()} == {"ann": "denies", "bob": "counters"}
    assert [version["stance"] for version in document["agreed"]] == ["support"]


def test_a_decision_is_on_disk_and_gold_names_its_sources_and_the_reason(program, folder):
    before = digests(folder)
    assert program.decide("a2", "bob", reason="It only takes it up.")[0] == 200
    assert program.decide("a3", "neither")[0] == 200
    assert program.decide("a2->a1", "ann")[0] == 200
    assert program.decisions["a2"] | {"created": "", "digest": ""} == {
        "type": "decision",
        "unit": "a2",
        "sources": ["a2", "b2"],
        "digest": "",
        "take": "bob",
        "reason": "It only takes it up.",
        "by": "cleo",
        "created": "",
    }
    status, _, body = program.ask("/api/gold", {"force": False})
    assert status == 200
    answer = json.loads(body)
    assert (answer["statements"], answer["relations"], answer["decided"]) == (2, 1, 3)
    statements, (made,) = gold(folder)
    assert set(statements) == {("a1", "b1"), ("a2", "b2")}
    assert (statements["a2", "b2"].stance, statements["a2", "b2"].note) == ("neutral", "It only takes it up.")
    assert (made.kind, made.decided_from) == ("denies", ("ar1", "br1"))
    assert [str(issue) for issue in validate(folder) if issue.severity == "error"] == []
    after = digests(folder)
    assert {name: after[name] for name in before} == before


def test_what_is_taken_can_be_edited_and_taken_back(program):
    assert program.decide("a2", "ann", edits={"stance": "unclear", "speaker": "bob"})[0] == 200
    full = program.get("/api/document", id="d0")["document"]["cases"][0]
    assert (full["made"]["stance"], full["made"]["speaker"], full["made"]["claim"]) == ("unclear", "bob", "clean")
    assert program.decide("a2->a1", "edited", edits={"kind": "rebuts"})[0] == 200
    assert program.decide("a2", None)[0] == 200
    assert set(program.decisions) == {"a2->a1"}


@pytest.mark.parametrize(
    ("unit", "take", "edits", "words"),
    [
        ("zz", "ann", {}, "there is no case 'zz'"),
        ("a2", "carl", {}, "the decision on 'a2' takes 'carl'"),
        ("a2", "ann", {"stance": "maybe"}, "stance 'maybe' is not one of"),
        ("a2", "ann", {"speaker": "nobody"}, "there is no actor 'nobody'"),
        ("a2", "ann", {"decided_from": []}, "which cannot be edited"),
        ("a2", "ann", {"spans": [{"start": 0, "end": 3, "text": "xxx"}]}, "span"),
        (
            "a2",
            "ann",
            {"targets": {"from": "bobb"}},
            "takes 'targets' from 'bobb', which has no version of it; did you mean 'bob'?",
        ),
        ("a3", "ann", {"cue": {"from": "bob"}}, "takes 'cue' from 'bob', which has no version of it; allowed: ann"),
        ("a2", "ann", {"chain": {"from": ["bob"]}}, "which has no version of it; allowed: ann, bob"),
        ("a2", "ann", {"target": {"from": "bob"}}, "unknown key 'target'; did you mean 'targets'?"),
        ("a2", "ann", {"note": {"from": "bob"}}, "'note' must be a text, found an object"),
        ("a2", "ann", {"modality": "loud"}, "on 'a2' are not valid: 'modality' 'loud' is not one of asserted, conditional,"),
        ("a2", "ann", {"said": "2024-02-30"}, "'2024-02-30' is not a date; write it as 2019-02-26"),
        ("a2->a1", "edited", {"kind": "greets"}, "names the kind 'greets'"),
    ],
)
def test_a_decision_that_is_not_valid_is_refused_and_changes_nothing(program, unit, take, edits, words):
    status, answer = program.decide(unit, take, edits=edits)
    assert status == 422
    assert words in answer["error"]
    assert program.decisions == {}


FIELDS = (
    "spans", "claim", "stance", "speaker", "on_behalf_of", "cue", "speaker_span", "targets", "addressees", "chain", "quotation",
    "modality", "said", "duplicate_spans",
)  # fmt: skip


@pytest.fixture
def differing(tmp_path):
    folder = write_quarrel(tmp_path / "differing", versions_that_differ_in_every_field())
    with adjudicating(folder) as started:
        yield started


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_can_be_taken_from_either_version(differing, field):
    corpus = load_corpus(differing.source)
    (ann,), (bob,) = (list(corpus.statements(layer)) for layer in ("ann", "bob"))
    assert getattr(ann, field) != getattr(bob, field)
    for take, other, given in (("ann", "bob", bob), ("bob", "ann", ann), ("edited", "bob", bob)):
        assert differing.decide("a1", take, edits={field: {"from": other}})[0] == 200
        assert differing.decisions["a1"]["edits"] == {field: {"from": other}}
        assert differing.ask("/api/gold", {"force": take != "ann"})[0] == 200
        (made,) = load_corpus(differing.source).statements("gold")
        taken = bob if take == "bob" else ann
        assert {name: getattr(made, name) for name in FIELDS} == {
            name: getattr(given if name == field else taken, name) for name in FIELDS
        }


def test_what_was_taken_field_by_field_survives_a_restart_and_gives_the_same_gold_on_the_command_line(differing, run_cli, tmp_path):
    edits = {"targets": {"from": "bob"}, "on_behalf_of": {"from": "bob"}, "modality": "hedged", "said": None}
    assert differing.decide("a1", "ann", edits=edits)[0] == 200
    assert differing.decide("a1", "ann", edits=edits | {"chain": {"from": "bob"}})[0] == 200
    differing.kill()
    differing.start()
    status, answer = turn(differing)
    assert (status, answer["case"]["full"]["decision"]["edits"]) == (200, edits)
    made = answer["case"]["full"]["made"]
    assert (made["targets"][0]["actor"], made["speaks_for_himself"], made["modality"]) == ("bob", False, "hedged")
    assert ("said" in made, made["chain"]) == (False, ["bob"])
    copy = shutil.copytree(differing.source, tmp_path / "copy")
    assert differing.ask("/api/gold", {"force": False})[0] == 200
    assert run_cli("adjudicate", str(copy)).status == 0
    written, commanded = ((folder / "layers" / "gold.jsonl").read_bytes() for folder in (differing.source, copy))
    assert commanded == written
    assert [str(issue) for issue in validate(differing.source) if issue.severity == "error"] == []


def test_a_version_that_changes_opens_the_case_again_where_a_field_was_taken_from_it(differing):
    assert differing.decide("a1", "ann", edits={"targets": {"from": "bob"}})[0] == 200
    changed = versions_that_differ_in_every_field()["bob"][0] | {"targets": [{"actor": "town", "attitude": "neutral"}]}
    write(differing.source / "layers" / "bob.jsonl", [changed])
    differing.decide("a1", "ann")  # refused once, since a layer is another one
    (case,) = differing.get("/api/cases")["cases"]
    assert (case["take"], case["stale"]) == (None, True)


def test_edits_of_older_decision_files_mean_what_they_meant(differing):
    differing.stop()
    edits = {
        "spans": [span("town denies")],
        "stance": "unclear",
        "on_behalf_of": "ann",
        "targets": [],
        "cue": None,
        "meta": {"from": "ann"},
    }
    old = {"type": "decision", "unit": "a1", "take": "ann", "edits": edits, "sources": ["a1", "b1"]}
    write(differing.source / "layers" / "gold.decisions", [old])
    differing.start()
    assert differing.ask("/api/gold", {"force": False})[0] == 200
    (made,) = load_corpus(differing.source).statements("gold")
    assert (made.spans[0].text, made.stance, made.on_behalf_of) == ("town denies", "unclear", "ann")
    assert (made.targets, made.cue, made.meta, made.quotation) == ((), None, {"from": "ann"}, "direct")


def test_undo_and_redo_go_on_after_the_program_was_killed(program):
    program.decide("a2", "ann")
    program.decide("a2", "bob")
    program.kill()
    program.start()
    revision = program.get("/api/cases")["revision"]
    status, _, _ = program.ask("/api/undo", {"revision": revision, "request": f"request-{next(NUMBERS)}"})
    assert (status, program.decisions["a2"]["take"]) == (200, "ann")
    status, _, _ = program.ask("/api/redo", {"revision": revision + 1, "request": f"request-{next(NUMBERS)}"})
    assert (status, program.decisions["a2"]["take"]) == (200, "bob")


def test_a_second_tab_that_has_not_seen_a_decision_is_refused(program):
    seen = program.get("/api/cases")["revision"]
    assert program.decide("a2", "ann", revision=seen)[0] == 200
    assert program.decide("a2", "bob", revision=seen)[0] == 409
    assert program.decide("a3", "bob", revision=seen)[0] == 200  # another case
    assert program.decisions["a2"]["take"] == "ann"


def test_a_layer_that_changes_meanwhile_is_read_anew_and_the_decision_on_it_is_not_used(program, folder):
    program.decide("a2", "bob")
    changed = [record | {"id": "b9"} if record["id"] == "b2" else record for record in BOB]
    changed[-1] = changed[-1] | {"source": "b9"}
    (folder / "layers" / "bob.jsonl").write_text("".join(json.dumps(record) + "\n" for record in changed), encoding="utf-8")
    status, answer = program.decide("a3", "ann")
    assert status == 409
    assert "changed by another program" in answer["error"]
    case = next(case for case in program.get("/api/cases")["cases"] if case["unit"] == "a2")
    assert (case["take"], case["stale"]) == (None, True)
    assert program.decisions["a2"]["take"] == "bob"  # what was decided is kept


@pytest.mark.parametrize("is_from_before", [False, True])
def test_what_an_annotator_changes_in_a_statement_that_was_decided_on_opens_the_case_again(folder, is_from_before):
    with adjudicating(folder) as program:
        program.decide("a2", "bob", reason="It only takes it up.")
        program.decide("a2->a1", "bob")
        lines = list(program.decisions.values())
    changed = [record | {"stance": "support", "speaker": "bob"} if record["id"] == "b2" else record for record in BOB]
    (folder / "layers" / "bob.jsonl").write_text("".join(json.dumps(record) + "\n" for record in changed), encoding="utf-8")
    if is_from_before:  # decisions of older files name the sources alone
        lines = [{key: value for key, value in line.items() if key != "digest"} for line in lines]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / "layers" / "gold.decisions").write_text(text, encoding="utf-8")
    with adjudicating(folder) as program:
        cases = {case["unit"]: (case["take"], case["stale"]) for case in program.get("/api/cases")["cases"]}
        assert cases["a2"] == (("bob", False) if is_from_before else (None, True))
        assert cases["a2->a1"] == ("bob", False)  # the relation itself is as it was
        answer = json.loads(program.ask("/api/gold", {"force": False})[2])
        made = gold(folder)[0]["a2", "b2"]
        if is_from_before:
            assert (answer["stale"], made.stance, made.note) == ([], "support", "It only takes it up.")
            return
        assert (answer["stale"], made.stance) == (["a2"], "oppose")
        assert "It only takes it up." not in made.note
        assert program.decide("a2", "bob")[0] == 200  # decided anew
        assert program.get("/api/cases")["cases"][0]["take"] == "bob"


def write(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def turn(program, way="undo"):
    """Return status and answer of an undo."""
    body = {"revision": program.get("/api/cases")["revision"], "request": f"request-{next(NUMBERS)}"}
    status, _, answer = program.ask(f"/api/{way}", body)
    return status, json.loads(answer)


def test_a_decision_whose_claim_is_gone_is_shown_as_open_and_gold_is_written_without_it(program, folder):
    claims = folder / "claims.jsonl"
    kept = claims.read_bytes()
    with claims.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"type": "claim", "id": "silent", "text": "The mill is silent."}) + "\n")
    program.decide("a3", "ann")  # refused once, since there is a claim more
    assert program.decide("a2", "ann", edits={"claim": "silent"}, reason="It is about the noise.")[0] == 200
    assert program.decide("a3", "neither")[0] == 200
    claims.write_bytes(kept)
    program.decide("a3", "ann")  # refused likewise
    document = program.get("/api/document", id="d0")["document"]
    case = next(case for case in document["cases"] if case["unit"] == "a2")
    assert (case["take"], case["stale"], case["made"]["claim"]) == (None, True, "clean")
    answer = json.loads(program.ask("/api/gold", {"force": False})[2])
    assert (answer["stale"], answer["decided"]) == (["a2"], 1)
    assert gold(folder)[0]["a2", "b2"].claim == "clean"
    assert program.decisions["a2"]["reason"] == "It is about the noise."  # kept, as it may come back
    assert program.decide("a2", "bob")[0] == 200
    status, answer = turn(program)
    assert (status, answer["case"]["short"]["stale"]) == (200, True)


@pytest.mark.parametrize("is_agreed", [False, True])
def test_a_decision_on_a_case_that_is_gone_or_agreed_on_by_now_can_be_undone(program, folder, is_agreed):
    assert program.decide("a3", "ann")[0] == 200
    agreed = statement("b3", "d0", "Bob agrees with the town", "bob", stance="oppose")
    layer, records = ("bob", [*BOB, agreed]) if is_agreed else ("ann", [ANN[0], ANN[1], ANN[3]])
    write(folder / "layers" / f"{layer}.jsonl", records)
    program.decide("a2", "ann")  # refused once, since a layer is another one
    status, answer = turn(program)
    assert (status, answer["case"], program.decisions) == (200, None, {})
    status, answer = turn(program, "redo")
    assert (status, answer["case"], list(program.decisions)) == (200, None, ["a3"])


def test_gold_that_exists_is_replaced_only_when_that_is_said(program, folder):
    assert program.ask("/api/gold", {"force": False})[0] == 200
    program.decide("a3", "neither")
    assert program.ask("/api/gold", {"force": False})[0] == 422
    assert len(gold(folder)[0]) == 3
    assert program.ask("/api/gold", {"force": True})[0] == 200
    assert len(gold(folder)[0]) == 2


def test_a_full_disk_is_said_and_nothing_is_lost(program):
    program.decide("a2", "ann")
    program.limit_files(1)
    assert program.decide("a3", "ann")[0] == 507
    program.limit_files(None)
    assert program.decide("a3", "bob")[0] == 200
    assert {unit: entry["take"] for unit, entry in program.decisions.items()} == {"a2": "ann", "a3": "bob"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"X-Claimkit-Token": None}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
def test_who_is_not_the_page_is_refused(program, headers, status):
    body = {"revision": 0, "request": "request-000", "unit": "a2", "take": "ann"}
    assert program.ask("/api/change", body, headers=headers)[0] == status
    assert program.decisions == {}


def test_the_command_uses_what_was_decided_on_the_page(program, folder, run_cli):
    program.decide("a3", "neither")
    program.stop()
    done = run_cli("adjudicate", str(folder))
    assert done.status == 0
    assert "gold.decisions: 1 decisions made on the page are used" in done.stderr
    assert len(gold(folder)[0]) == 2


def test_the_page_is_for_one_corpus(run_cli, tmp_path):
    (tmp_path / "a.csv").write_text("id,ann,bob\n1,x,y\n")
    done = run_cli("adjudicate", "a.csv", "--page")
    assert (done.status, "--page is for one corpus" in done.stderr) == (2, True)
