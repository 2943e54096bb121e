"""The work of an annotator below the page: durable, undone across restarts, valid at every moment."""

from __future__ import annotations

import contextlib
import datetime
import difflib
import errno
import json
import os
import random
import subprocess
import sys
import textwrap

import msgspec
import pytest
from dispute import TEXTS, write_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit import validate
from claimkit.annotate import NotSavedError, Request, Session, StaleError
from claimkit.annotate.journal import Journal, folder_locked
from claimkit.annotate.session import journal_path
from claimkit.annotate.summary import summarise
from claimkit.annotate.views import document_view
from claimkit.corpus import load_corpus
from claimkit.errors import DataError, UsageError

COUNT = iter(range(10**9))


def clock():
    return datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.timezone.utc)


def opened(folder, annotator="ann2", **options):
    return Session(folder, annotator, clock=clock, **options)


def stretch(document, words):
    start = TEXTS[document].index(words)
    return [start, start + len(words)]


def ask(session, *actions, revision=None, request=None, label="change"):
    body = {
        "revision": session.revision if revision is None else revision,
        "actions": list(actions),
        "request": request or f"request-{next(COUNT)}",
        "label": label,
    }
    return session.change(msgspec.convert(body, Request))


def mark(words="denied it", document="d1", **fields):
    return {"do": "mark", "document": document, "fields": {"spans": [stretch(document, words)], **fields}}


WHOLE = {"speaker": "mofa", "claim": "shelter", "stance": "oppose"}


def layer(folder, annotator="ann2"):
    path = folder / "layers" / f"{annotator}.jsonl"
    return path.read_text() if path.exists() else ""


def errors(folder):
    return [str(issue) for issue in validate(folder) if issue.severity == "error"]


def state(session):
    """All that the annotator made, as plain data."""
    return {
        "marks": {s.id: msgspec.to_builtins(s) for s in session.store.statements()},
        "relations": {r.id: msgspec.to_builtins(r) for r in session.store.relations()},
        "tables": json.loads(json.dumps(session.store.tables)),
        "claims": sorted(session.store.corpus.claims),
        "actors": sorted(session.store.corpus.actors),
    }


@pytest.fixture
def folder(tmp_path):
    return write_corpus(tmp_path / "dispute")


# drafts and finished statements


def test_a_marked_statement_stays_a_draft_until_speaker_claim_and_stance_are_there(folder):
    session = opened(folder)
    name = ask(session, mark()).marked
    for key, value in WHOLE.items():
        assert layer(folder) == ""
        assert session.store.mark(name)[0] == "draft"
        ask(session, {"do": "set", "id": name, "fields": {key: value}})
    assert session.store.mark(name)[0] == "statement"
    record = json.loads(layer(folder))
    assert record == {
        "type": "statement",
        "id": "ann2-d1-01",
        "document": "d1",
        "spans": [{"start": TEXTS["d1"].index("denied it"), "end": TEXTS["d1"].index("denied it") + 9, "text": "denied it"}],
        **WHOLE,
        "origin": "manual",
        "created": "2026-03-04",
    }
    assert errors(folder) == []


def test_drafts_are_there_again_after_a_restart(folder):
    session = opened(folder)
    name = ask(session, mark(stance="oppose")).marked
    session.close()
    assert opened(folder).store.mark(name)[1]["stance"] == "oppose"


def test_a_finished_statement_that_loses_its_claim_is_a_draft_again(folder):
    session = opened(folder)
    name = ask(session, mark(**WHOLE)).marked
    ask(session, {"do": "set", "id": name, "fields": {"claim": None}})
    assert layer(folder) == ""
    assert session.store.mark(name)[0] == "draft"


def test_a_draft_in_words_that_do_not_exist_is_refused(folder):
    session = opened(folder)
    with pytest.raises(DataError, match="reaches beyond the text"):
        ask(session, {"do": "mark", "document": "d2", "fields": {"spans": [[0, 5000]]}})
    assert session.revision == 0
    assert state(session)["tables"]["draft"] == {}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"speaker": "nobody"}, "there is no actor 'nobody'"),
        ({"claim": "shelte"}, "there is no claim 'shelte'; did you mean 'shelter'"),
        ({"stance": "maybe"}, "stance 'maybe' is not one of support, oppose, neutral, unclear"),
        ({"said": "yesterday"}, "date"),
        ({"confidence": 1.5}, "confidence"),
        ({"note": "a\0b"}, r"U\+0000"),
        ({"cue": [3, 3]}, "ends at or before its start"),
    ],
)
def test_a_value_that_is_not_valid_changes_nothing_on_disk_or_in_memory(folder, fields, sentence):
    session = opened(folder)
    ask(session, mark(**WHOLE))
    before, on_disk = state(session), layer(folder)
    with pytest.raises(DataError, match=sentence):
        ask(session, mark("it must stop"), {"do": "set", "fields": {**WHOLE, **fields}})
    assert state(session) == before
    assert layer(folder) == on_disk
    assert ask(session, mark("it must stop", **WHOLE)).revision == 2


def test_spans_are_cut_from_the_text_by_code_points(small_corpus):
    corpus = small_corpus("points")
    text = "👩‍👩‍👧 पाकिस्तान ने कहा: “क्षि” 𝕏 é e\u0301 اُردُو میں کہا۔\r\nEnd"
    corpus.write("documents.jsonl", {"type": "document", "id": "d1", "text": text})
    corpus.write("layers/ann.jsonl", {**corpus.statement("s1", "the"), "spans": [{"start": 0, "end": 3, "text": text[:3]}]})
    session = opened(corpus.root)
    for start, end in [(0, 5), (6, 15), (20, 28), (29, 33), (40, len(text))]:
        fields = {"spans": [[start, end]], "speaker": "council", "claim": "stay", "stance": "support"}
        ask(session, {"do": "mark", "document": "d1", "fields": fields})
    found = [json.loads(line)["spans"][0] for line in layer(corpus.root).splitlines()]
    assert [span["text"] for span in found] == [text[span["start"] : span["end"]] for span in found]
    assert errors(corpus.root) == []


def test_spans_that_overlap_or_touch_within_one_statement_become_one(folder):
    session = opened(folder)
    fields = {"spans": [[40, 50], [10, 20], [15, 25], [25, 30]], **WHOLE}
    ask(session, {"do": "mark", "document": "d1", "fields": fields})
    assert [(span["start"], span["end"]) for span in json.loads(layer(folder))["spans"]] == [(10, 30), (40, 50)]


def test_on_whose_behalf_has_three_states(folder):
    session = opened(folder)
    name = ask(session, mark(**WHOLE)).marked
    for behalf, expected in [
        ({"how": "self"}, '"on_behalf_of":null'),
        ({"how": "actor", "actor": "pk"}, '"on_behalf_of":"pk"'),
        ({"how": "auto"}, None),
    ]:
        ask(session, {"do": "set", "id": name, "fields": {"behalf": behalf}})
        assert (expected or '"on_behalf_of"') in layer(folder) or expected is None
        assert expected is not None or '"on_behalf_of"' not in layer(folder)


# one change, one line


def changed_lines(before, after):
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line.startswith(("+ ", "- "))]


def test_one_change_of_a_value_is_one_line_in_a_diff_and_keeps_the_bytes_of_all_others(folder):
    path = folder / "layers" / "ann.jsonl"
    odd = path.read_text().replace('"modality":"asserted"', '"modality" : "asserted", "meta":{"score":1.10}')
    path.write_text(odd)
    session = opened(folder, "ann")
    ask(session, {"do": "set", "id": "ann-s2", "fields": {"stance": "unclear"}})
    lines = changed_lines(odd, layer(folder, "ann"))
    assert [line[0] for line in lines] == ["-", "+"]
    assert "ann-s2" in lines[0]
    ask(session, {"do": "set", "id": "ann-s1", "fields": {"note": "doubtful"}})
    assert '"modality":"asserted"' in layer(folder, "ann") or '"modality" : "asserted"' in layer(folder, "ann")
    assert '"score":1.10' in layer(folder, "ann")


def test_new_statements_stand_at_the_end(folder):
    session = opened(folder)
    before = ""
    for words in ("denied it", "it must stop", "The end."):
        ask(session, mark(words, **WHOLE))
        after = layer(folder)
        assert after.startswith(before)
        assert after.count("\n") == before.count("\n") + 1
        before = after


# relations


def test_taking_out_a_statement_takes_its_relations_along_and_undo_brings_both_back(folder):
    session = opened(folder)
    first = ask(session, mark("Pakistan shelters the network", speaker="munter", claim="shelter", stance="support")).marked
    second = ask(session, mark(**WHOLE)).marked
    ask(session, {"do": "relate", "source": second, "kind": "denies", "targets": [first, "enough"], "basis": "explicit"})
    before = state(session)
    ask(session, {"do": "remove", "id": first})
    assert [relation.targets for relation in session.store.relations()] == [("enough",)]
    assert errors(folder) == []
    ask(session, {"do": "remove", "id": second})
    assert state(session)["relations"] == {}
    session.undo(session.revision)
    session.undo(session.revision)
    assert state(session) == before
    assert errors(folder) == []


def test_a_draft_cannot_be_related_and_the_same_relation_not_twice(folder):
    session = opened(folder)
    draft = ask(session, mark()).marked
    first = ask(session, mark("it must stop", **WHOLE)).marked
    with pytest.raises(DataError, match="only a finished statement can be related"):
        ask(session, {"do": "relate", "source": draft, "kind": "denies", "targets": [first]})
    with pytest.raises(DataError, match="a draft cannot be answered yet"):
        ask(session, {"do": "relate", "source": first, "kind": "denies", "targets": [draft]})
    with pytest.raises(DataError, match="relation kind 'denie' is not one of"):
        ask(session, {"do": "relate", "source": first, "kind": "denie", "targets": ["shelter"]})
    ask(session, {"do": "relate", "source": first, "kind": "denies", "targets": ["shelter"]})
    with pytest.raises(DataError, match="this relation is there already: 'ann2-r-01'"):
        ask(session, {"do": "relate", "source": first, "kind": "denies", "targets": ["shelter"]})


def test_the_evidence_of_a_relation_is_cut_from_the_text_of_its_source(folder):
    session = opened(folder)
    name = ask(session, mark(**WHOLE)).marked
    ask(session, {"do": "relate", "source": name, "kind": "denies", "targets": ["shelter"], "evidence": stretch("d1", "denied")})
    ask(session, {"do": "set-relation", "id": "ann2-r-01", "fields": {"kind": "rebuts", "note": "with a reason"}})
    relation = json.loads(layer(folder).splitlines()[1])
    assert (relation["kind"], relation["note"], relation["evidence"]["text"]) == ("rebuts", "with a reason", "denied")
    ask(session, {"do": "set-relation", "id": "ann2-r-01", "fields": {"evidence": None}})
    assert "evidence" not in layer(folder)
    ask(session, {"do": "unrelate", "id": "ann2-r-01"})
    assert errors(folder) == []


# actors and claims made on the spot


def test_a_new_actor_and_claim_are_made_and_used_in_one_change_and_undone_together(folder):
    session = opened(folder)
    before = state(session)
    ask(
        session,
        {"do": "actor", "name": "Zalmay Khalilzad", "kind": "person", "as": "$who"},
        {"do": "claim", "text": "Talks must go on.", "contradicts": ["stop"]},
        mark(speaker="$who", claim="$new", stance="support"),
    )
    assert errors(folder) == []
    assert session.store.corpus.claims["talks-must-go-on"].contradicts == ("stop",)
    assert json.loads(layer(folder))["speaker"] == "zalmay-khalilzad"
    made = state(session)
    session.undo(session.revision)
    assert state(session) == before
    assert errors(folder) == []
    assert "Khalilzad" not in (folder / "actors.jsonl").read_text()
    session.redo(session.revision)
    assert state(session) == made
    assert errors(folder) == []


def test_undo_leaves_an_actor_that_another_annotator_uses_by_now_and_says_so(folder):
    one, two = opened(folder, "one"), opened(folder, "two")
    ask(one, {"do": "actor", "name": "New Voice", "kind": "person"}, mark(**{**WHOLE, "speaker": "$new"}))
    ask(two, mark(**{**WHOLE, "speaker": "new-voice"}))
    outcome = one.undo(one.revision)
    assert outcome.kept == ["new-voice"]
    assert layer(folder, "one") == ""
    assert errors(folder) == []
    one.redo(one.revision)
    assert errors(folder) == []


@pytest.mark.parametrize("is_open", [False, True])
def test_undo_leaves_an_actor_and_a_claim_that_a_draft_of_another_annotator_names(folder, is_open):
    one, two = opened(folder, "one"), opened(folder, "two")
    ask(
        one,
        {"do": "claim", "text": "New claim."},
        {"do": "claim", "text": "Unused.", "as": "$x"},
        mark(**{**WHOLE, "claim": "$new"}),
    )
    ask(one, {"do": "actor", "name": "New Voice", "kind": "person"})
    draft = ask(two, mark("it must stop", claim="new-claim", chain=["new-voice"])).marked
    if not is_open:
        two.close()
    assert one.undo(one.revision).kept == ["new-voice"]
    assert one.undo(one.revision).kept == ["new-claim"]
    assert "unused" not in one.store.corpus.claims
    if not is_open:
        two = opened(folder, "two")
    ask(two, {"do": "set", "id": draft, "fields": {"note": "still there"}})
    ask(two, {"do": "set", "id": draft, "fields": {"claim": None, "chain": []}})
    one.redo(one.revision)
    ask(one, {"do": "actor", "name": "Third Voice", "kind": "person"})
    assert one.undo(one.revision).kept == []
    assert one.undo(one.revision).kept == []  # nobody names it any more
    assert "new-claim" not in load_corpus(folder).claims
    assert errors(folder) == []


def test_undo_takes_nothing_away_while_a_journal_beside_cannot_be_read(folder):
    session = opened(folder)
    ask(session, {"do": "claim", "text": "New claim."})
    journal_path(folder, "bob").write_text("my notes\n")
    assert session.undo(session.revision).kept == ["new-claim"]


def test_two_annotators_who_add_claims_at_once_lose_none(folder):
    program = textwrap.dedent("""
        import sys, uuid, msgspec
        from claimkit.annotate import Request, Session
        session = Session(sys.argv[1], sys.argv[2])
        for number in range(15):
            fields = {"spans": [[0, 5]], "speaker": "pk", "claim": "$new", "stance": "support"}
            actions = [
                {"do": "claim", "text": f"Claim {number} of {sys.argv[2]}."},
                {"do": "mark", "document": "d1", "fields": fields},
            ]
            body = {"revision": session.revision, "actions": actions, "request": uuid.uuid4().hex}
            session.change(msgspec.convert(body, Request))
        session.close()
    """)
    runs = [
        subprocess.Popen([sys.executable, "-c", program, str(folder), name], stderr=subprocess.PIPE)
        for name in ("anna", "ben", "cleo")
    ]
    for run in runs:
        _, said = run.communicate(timeout=120)
        assert run.returncode == 0, said.decode()
    assert errors(folder) == []
    corpus = load_corpus(folder)
    assert len(corpus.claims) == 3 + 45
    for name in ("anna", "ben", "cleo"):
        assert len(corpus.layer(name).statements) == 15


# undo and redo


@st.composite
def moves(draw):
    return draw(
        st.lists(
            st.one_of(
                st.tuples(st.just("mark"), st.sampled_from(sorted(TEXTS)), st.integers(0, 40), st.integers(1, 20), st.booleans()),
                st.tuples(st.just("set"), st.integers(0, 9), st.sampled_from(["support", "oppose", None])),
                st.tuples(st.just("claim"), st.integers(0, 9)),
                st.tuples(st.just("relate"), st.integers(0, 9), st.integers(0, 9)),
                st.tuples(st.just("remove"), st.integers(0, 9)),
                st.tuples(st.just("done"), st.sampled_from(sorted(TEXTS)), st.booleans()),
                st.tuples(st.just("undo")),
                st.tuples(st.just("redo")),
                st.tuples(st.just("restart"), st.booleans()),
            ),
            max_size=14,
        )
    )


def marks_of(session):
    return [*(statement.id for statement in session.store.statements()), *session.store.tables["draft"]]


def actions_of(session, move):
    kind, *rest = move
    marks = marks_of(session)
    if kind == "mark":
        document, start, length, is_whole = rest
        fields = {"spans": [[start, start + length]], **(WHOLE if is_whole else {})}
        return [{"do": "mark", "document": document, "fields": fields}]
    if kind == "done":
        return [{"do": "document", "document": rest[0], "done": rest[1]}]
    if not marks:
        return None
    name = marks[rest[0] % len(marks)]
    if kind == "set":
        return [{"do": "set", "id": name, "fields": {"stance": rest[1]}}]
    if kind == "claim":
        return [{"do": "claim", "text": "A new one."}, {"do": "set", "id": name, "fields": {"claim": "$new"}}]
    if kind == "relate":
        return [{"do": "relate", "source": name, "kind": "denies", "targets": [marks[rest[1] % len(marks)]]}]
    return [{"do": "remove", "id": name}]


@settings(max_examples=int(os.environ.get("CLAIMKIT_EXAMPLES", "40")))
@given(moves())
def test_undo_and_redo_lead_through_the_same_states_whatever_was_done_and_across_restarts(tmp_path_factory, path):
    folder = write_corpus(tmp_path_factory.mktemp("undo") / "dispute")
    session = opened(folder)
    past, future = [state(session)], []
    for move in path:
        if move[0] == "restart":
            if move[1]:
                session.close()
            else:
                session.journal.close()  # as a kill leaves it
            session = opened(folder)
        elif move[0] == "undo":
            if len(past) > 1:
                session.undo(session.revision)
                future.append(past.pop())
            else:
                with pytest.raises(DataError, match="nothing to undo"):
                    session.undo(session.revision)
        elif move[0] == "redo":
            if future:
                session.redo(session.revision)
                past.append(future.pop())
        else:
            actions = actions_of(session, move)
            if actions is None:
                continue
            revision = session.revision
            try:
                ask(session, *actions)
            except DataError:
                assert session.revision == revision
            else:
                if session.revision > revision:
                    past.append(state(session))
                    future.clear()
        assert state(session) == past[-1]
    assert [line for line in errors(folder) if "no-layer" not in line] == []
    for line in layer(folder).splitlines():
        json.loads(line)


def test_what_was_changed_by_hand_since_is_not_undone_but_said(folder):
    session = opened(folder)
    name = ask(session, mark(**WHOLE)).marked
    ask(session, {"do": "set", "id": name, "fields": {"stance": "neutral"}}, label="stance")
    session.close()
    path = folder / "layers" / "ann2.jsonl"
    path.write_text(path.read_text().replace("neutral", "unclear"))
    session = opened(folder)
    with pytest.raises(DataError, match=r"cannot undo 'stance': 'ann2-d1-01' was changed by another program since"):
        session.undo(session.revision)
    assert '"unclear"' in layer(folder)


# two tabs, two programs


def test_a_change_of_what_another_tab_has_changed_is_refused(folder):
    session = opened(folder)
    name = ask(session, mark(**WHOLE)).marked
    seen = session.revision
    ask(session, {"do": "set", "id": name, "fields": {"stance": "neutral"}}, revision=seen)
    with pytest.raises(StaleError, match="another tab has changed this document since"):
        ask(session, {"do": "set", "id": name, "fields": {"stance": "support"}}, revision=seen)
    assert '"neutral"' in layer(folder)
    ask(session, mark("Years later", "d2", **WHOLE), revision=seen)  # another document is free
    with pytest.raises(StaleError):
        session.undo(seen)


def test_a_change_that_is_sent_again_is_made_once(folder):
    session = opened(folder)
    outcome = ask(session, mark(**WHOLE), request="the-same-one")
    again = ask(session, mark(**WHOLE), request="the-same-one", revision=0)
    assert (again.marked, again.revision) == (outcome.marked, 1)
    session.journal.close()
    session = opened(folder)
    assert ask(session, mark(**WHOLE), request="the-same-one", revision=0).marked == outcome.marked
    session.undo(1, "undo-once-1")
    session.undo(1, "undo-once-1")
    assert layer(folder) == ""


def test_one_layer_is_worked_on_by_one_program_at_a_time(folder):
    session = opened(folder)
    with pytest.raises(UsageError, match="another claimkit is at work on this layer"):
        opened(folder)
    session.close()
    opened(folder).close()


def test_a_layer_that_another_program_has_changed_is_read_again_before_anything_is_changed(folder):
    session = opened(folder)
    name = ask(session, mark(**WHOLE)).marked
    path = folder / "layers" / "ann2.jsonl"
    path.write_text(path.read_text().replace("oppose", "unclear"))
    with pytest.raises(StaleError, match="your layer was changed by another program"):
        ask(session, {"do": "set", "id": name, "fields": {"note": "x"}})
    ask(session, {"do": "set", "id": name, "fields": {"note": "x"}})
    assert '"unclear"' in layer(folder)
    assert '"note":"x"' in layer(folder)


@pytest.mark.parametrize("name", ["gold", "a b", "a/b", "", "x" * 61, ".x", "..\\x"])
def test_some_names_cannot_be_those_of_annotators(folder, name):
    with pytest.raises(UsageError):
        opened(folder, name)
    assert list((folder / "layers").glob("*.journal")) == []


def test_nothing_is_made_in_a_folder_that_is_no_corpus(tmp_path):
    with pytest.raises(DataError, match="not a corpus"):
        opened(tmp_path)
    assert list(tmp_path.iterdir()) == []


# durability


class KilledError(BaseException):
    """Stands for the end of the process at this call: nothing after it happens."""


CALLS = ("open", "write", "fsync", "replace", "ftruncate")


class Failing:
    """Lets the n-th call of the system fail; with ``for_good`` every later one too, as for a process that is gone."""

    def __init__(self, monkeypatch, at, error, *, for_good=False):
        self.left, self.error, self.for_good, self.hit = at, error, for_good, False
        for name in CALLS:
            monkeypatch.setattr(os, name, self.wrap(getattr(os, name)))

    def wrap(self, call):
        def wrapped(*arguments, **options):
            if self.hit and self.for_good:
                raise self.error()
            self.left -= 1
            if self.left == 0:
                self.hit = True
                raise self.error()
            return call(*arguments, **options)

        return wrapped


def prepared(root):
    folder = write_corpus(root / "dispute")
    session = opened(folder)
    ask(session, mark("Pakistan shelters the network", speaker="munter", claim="shelter", stance="support"))
    return folder, session


CHANGES = {
    "a finished statement": [mark(**WHOLE)],
    "a draft": [mark()],
    "a new claim in use": [{"do": "claim", "text": "New."}, mark(speaker="mofa", claim="$new", stance="support")],
    "an edit": [{"do": "set", "id": "ann2-d1-01", "fields": {"stance": "unclear"}}],
    "back to a draft": [{"do": "set", "id": "ann2-d1-01", "fields": {"claim": None}}],
    "a removal": [{"do": "remove", "id": "ann2-d1-01"}],
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_when_the_disk_refuses_at_any_call_nothing_is_changed_and_the_change_can_be_sent_again(tmp_path, monkeypatch, what, number):
    for at in range(1, 60):
        folder, session = prepared(tmp_path / str(at))
        before, on_disk = state(session), layer(folder)
        with monkeypatch.context() as patch:
            failing = Failing(patch, at, lambda: OSError(number, os.strerror(number)))
            try:
                ask(session, *CHANGES[what], request="once-more")
            except DataError:
                refused = True
            else:
                refused = False
        if refused and failing.hit:
            assert state(session) == before
            assert layer(folder) == on_disk
        ask(session, *CHANGES[what], request="once-more")
        after = state(session)
        assert after != before
        assert errors(folder) == []
        session.journal.close()
        session = opened(folder)
        assert state(session) == after
        assert list(folder.rglob("*.part")) == []
        session.undo(session.revision)
        assert state(session) == before
        session.close()
        if not failing.hit:
            assert at > 3
            return
    raise AssertionError("the change makes more calls than were tried")


@pytest.mark.parametrize("what", CHANGES)
def test_a_program_killed_at_any_call_leaves_a_valid_layer_and_the_change_whole_or_not_at_all(tmp_path, monkeypatch, what):
    outcomes = set()
    for at in range(1, 60):
        folder, session = prepared(tmp_path / str(at))
        before = state(session)
        with monkeypatch.context() as patch:
            failing = Failing(patch, at, KilledError, for_good=True)
            try:
                ask(session, *CHANGES[what], request="once-more")
                acknowledged = True
            except KilledError:
                acknowledged = False
        assert errors(folder) == []
        session.journal.close()
        session = opened(folder)
        found = state(session)
        assert errors(folder) == []
        ask(session, *CHANGES[what], request="once-more")
        after = state(session)
        assert found in (before, after)
        assert not acknowledged or found == after
        outcomes.add(found == after)
        session.undo(session.revision)
        assert state(session) == before
        session.close()
        if not failing.hit:
            assert outcomes == {True, False}
            return
    raise AssertionError("the change makes more calls than were tried")


def test_an_undo_that_is_killed_at_any_call_is_whole_or_not_at_all(tmp_path, monkeypatch):
    for at in range(1, 80):
        folder, session = prepared(tmp_path / str(at))
        start = state(session)
        ask(session, *CHANGES["a new claim in use"])
        before = state(session)
        with monkeypatch.context() as patch:
            failing = Failing(patch, at, KilledError, for_good=True)
            with contextlib.suppress(KilledError):
                session.undo(session.revision)
        assert errors(folder) == []
        session.journal.close()
        session = opened(folder)
        assert state(session) in (start, before)
        assert errors(folder) == []
        session.close()
        if not failing.hit:
            return
    raise AssertionError("the undo makes more calls than were tried")


def test_a_program_that_ends_in_order_while_the_disk_refuses_leaves_a_change_that_is_undone_like_any_other(tmp_path, monkeypatch):
    was_made = []
    for at in range(1, 60):
        folder, session = prepared(tmp_path / str(at))
        before = state(session)
        with monkeypatch.context() as patch:
            failing = Failing(patch, at, lambda: OSError(errno.EIO, os.strerror(errno.EIO)), for_good=True)
            with contextlib.suppress(DataError):
                ask(session, *CHANGES["a new claim in use"])  # two files: the first one may be written, and stay so
        session.close()  # the disk is back, and nothing was changed since
        assert errors(folder) == []
        session = opened(folder)
        was_made.append(state(session) != before)
        if was_made[-1]:
            session.undo(session.revision)
        assert state(session) == before
        session.close()
        if not failing.hit:
            assert set(was_made[:-1]) == {False, True}
            return
    raise AssertionError("the change makes more calls than were tried")


def test_a_writer_killed_at_random_moments_loses_nothing_that_it_has_acknowledged(tmp_path):
    folder = write_corpus(tmp_path / "dispute")
    program = textwrap.dedent("""
        import sys, uuid, msgspec
        from claimkit.annotate import Request, Session
        session = Session(sys.argv[1], "ann2")
        print("open", flush=True)
        while True:
            fields = {"spans": [[0, 5]], "speaker": "pk", "claim": "shelter", "stance": "support"}
            actions = [{"do": "mark", "document": "d1", "fields": fields}]
            body = {"revision": session.revision, "actions": actions, "request": uuid.uuid4().hex}
            print(session.change(msgspec.convert(body, Request)).marked, flush=True)
    """)
    rng = random.Random(5)
    acknowledged = []
    for _ in range(8):
        run = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True)
        assert run.stdout.readline() == "open\n"
        acknowledged.extend(run.stdout.readline().strip() for _ in range(rng.randrange(2, 12)))
        run.kill()
        rest, _ = run.communicate(timeout=60)
        acknowledged += [line for line in rest.split("\n")[:-1] if line]
        assert errors(folder) == []
    session = opened(folder)
    found = [statement.id for statement in session.store.statements()]
    assert set(acknowledged) <= set(found)
    assert len(found) == len(set(found)) <= len(acknowledged) + 8


def test_a_journal_cut_anywhere_opens_with_the_whole_entries_before_it(folder, tmp_path):
    session = opened(folder)
    session.start("x" * 64)
    ask(session, mark())
    ask(session, mark("it must stop"))
    session.close()
    content = journal_path(folder, "ann2").read_bytes()
    whole = content.split(b"\n")[:-1]
    path = tmp_path / "cut.journal"
    for size in range(0, len(content) + 1, 3):
        for filling in (b"", b"\0" * 5) if size % 2 else (b"",):
            path.write_bytes(content[:size] + filling)
            journal = Journal(path)
            assert len(journal.entries) == content[:size].count(b"\n") <= len(whole)
            journal.close()
            assert content.startswith(path.read_bytes())


def test_a_journal_that_holds_something_else_is_not_touched(folder):
    path = journal_path(folder, "ann2")
    path.write_text("my notes\n")
    with pytest.raises(DataError, match=r"ann2\.journal:1: not an entry of a journal .* move the file away"):
        opened(folder)
    assert path.read_text() == "my notes\n"


def test_a_journal_that_was_deleted_under_the_program_is_noticed_before_anything_is_acknowledged(folder):
    session = opened(folder)
    ask(session, mark())
    journal_path(folder, "ann2").unlink()
    with pytest.raises(NotSavedError, match="the journal was moved or deleted"):
        ask(session, mark(**WHOLE))
    assert layer(folder) == ""


def test_the_lock_of_the_folder_is_let_go_after_an_error(folder):
    with pytest.raises(ZeroDivisionError), folder_locked(folder / "layers"):
        1 / 0  # noqa: B018
    with folder_locked(folder / "layers"):
        pass


# suggestions


def test_a_suggestion_is_accepted_edited_or_rejected_and_the_origin_says_which(folder):
    session = opened(folder, suggestions="ann")
    first = ask(session, {"do": "accept", "suggestion": "ann-s1"}).marked
    second = ask(session, {"do": "accept", "suggestion": "ann-s2"}).marked
    ask(session, {"do": "set", "id": second, "fields": {"stance": "neutral"}})
    ask(session, {"do": "reject", "suggestion": "ann-s3"})
    records = {record["id"]: record for record in map(json.loads, layer(folder).splitlines())}
    assert records[first]["origin"] == "accepted"
    assert records[second]["origin"] == "edited"
    assert records[first]["meta"] == {"suggestion": {"layer": "ann", "id": "ann-s1"}}
    assert records[first]["targets"] == [{"actor": "pk", "attitude": "negative"}]
    ask(session, {"do": "set", "id": second, "fields": {"stance": "support"}})
    assert json.loads(layer(folder).splitlines()[1])["origin"] == "accepted"  # as suggested again
    ask(session, {"do": "set", "id": first, "fields": {"note": "sure", "confidence": 0.9}})
    assert json.loads(layer(folder).splitlines()[0])["origin"] == "accepted"  # a note edits nothing that was suggested
    with pytest.raises(DataError, match="decided already"):
        ask(session, {"do": "accept", "suggestion": "ann-s3"})
    ask(session, {"do": "remove", "id": first})
    assert "ann-s1" not in session.store.tables["suggestion"]
    assert errors(folder) == []


def test_suggestions_may_come_from_a_file_and_lack_speaker_claim_and_stance(folder, tmp_path):
    path = tmp_path / "rules.jsonl"
    start, end = stretch("d1", "denied it")
    span = {"start": start, "end": end, "text": "denied it"}
    path.write_text(json.dumps({"type": "statement", "id": "x1", "document": "d1", "spans": [span], "cue": span}) + "\n")
    session = opened(folder, suggestions=str(path))
    name = ask(session, {"do": "accept", "suggestion": "x1"}, {"do": "set", "fields": {"stance": "oppose"}}).marked
    kind, value = session.store.mark(name)
    assert kind == "draft"
    assert value["origin"] == "edited"
    assert value["meta"]["suggestion"] == {"layer": "rules", "id": "x1"}
    path.write_text(json.dumps({"type": "statement", "id": "x1", "document": "d1", "spans": [{**span, "text": "denied"}]}) + "\n")
    session.close()
    with pytest.raises(DataError, match=r"rules\.jsonl:1: draft 'x1': the document holds 'denied it'"):
        opened(folder, suggestions=str(path))


def test_what_is_changed_in_an_accepted_suggestion_that_is_not_at_hand_makes_it_edited(folder):
    session = opened(folder, suggestions="ann")
    first = ask(session, {"do": "accept", "suggestion": "ann-s1"}).marked
    second = ask(session, {"do": "accept", "suggestion": "ann-s2"}).marked
    session.close()

    def origins():
        return [json.loads(line)["origin"] for line in layer(folder).splitlines()]

    session = opened(folder)  # without --suggestions
    ask(
        session, {"do": "set", "id": first, "fields": {"note": "sure"}}, {"do": "set", "id": first, "fields": {"stance": "support"}}
    )
    assert origins() == ["accepted", "accepted"]
    ask(session, {"do": "set", "id": second, "fields": {"stance": "neutral"}})
    assert origins() == ["accepted", "edited"]
    ask(session, {"do": "set", "id": second, "fields": {"note": "doubtful"}})
    assert origins() == ["accepted", "edited"]
    session.close()
    session = opened(folder, suggestions="ann")
    ask(session, {"do": "set", "id": second, "fields": {"stance": "support"}})
    assert origins() == ["accepted", "accepted"]  # as suggested again, which can be told now


def rules(path, words, **more):
    """Write a file of one suggestion, whose id is always the same."""
    start, end = stretch("d1", words)
    span = {"start": start, "end": end, "text": words}
    path.write_text(json.dumps({"type": "statement", "id": "rules-d1-001", "document": "d1", "spans": [span], **more}) + "\n")
    return str(path)


def open_suggestions(session):
    return [entry["spans"][0]["text"] for entry in document_view(session, "d1")["suggestions"]]


@pytest.mark.parametrize("is_from_before", [False, True])
def test_a_suggestion_that_has_the_id_of_a_rejected_one_is_open(folder, tmp_path, is_from_before):
    session = opened(folder, suggestions=rules(tmp_path / "rules.jsonl", "denied it"))
    ask(session, {"do": "reject", "suggestion": "rules-d1-001"})
    assert open_suggestions(session) == []
    session.close()
    path = journal_path(folder, "ann2")
    if is_from_before:  # verdicts of older journals are on ids alone
        digest = json.loads(path.read_text().splitlines()[0])["steps"][0]["after"]["digest"]
        path.write_text(path.read_text().replace(f',"digest":"{digest}"', ""))
    session = opened(folder, suggestions=rules(tmp_path / "rules.jsonl", "it must stop"))
    assert open_suggestions(session) == ([] if is_from_before else ["it must stop"])
    assert summarise(session).anchoring.suggested["rejected"] == is_from_before
    session.close()
    session = opened(folder, suggestions=rules(tmp_path / "rules.jsonl", "denied it"))
    assert open_suggestions(session) == []  # made anew, and the same
    with pytest.raises(DataError, match="decided already"):
        ask(session, {"do": "accept", "suggestion": "rules-d1-001"})


def test_statements_accepted_from_two_suggestions_of_one_id_are_not_taken_for_each_other(folder, tmp_path):
    session = opened(folder, suggestions=rules(tmp_path / "rules.jsonl", "denied it", **WHOLE))
    first = ask(session, {"do": "accept", "suggestion": "rules-d1-001"}).marked
    session.close()
    session = opened(folder, suggestions=rules(tmp_path / "rules.jsonl", "it must stop", **WHOLE))
    ask(session, {"do": "set", "id": first, "fields": {"note": "sure"}})
    second = ask(session, {"do": "accept", "suggestion": "rules-d1-001"}).marked
    ask(session, {"do": "set", "id": first, "fields": {"note": "very sure"}})
    assert {record.id: record.origin for record in session.store.statements()} == {first: "accepted", second: "accepted"}
    ask(session, {"do": "remove", "id": first})
    assert open_suggestions(session) == []  # the second one is decided
    ask(session, {"do": "remove", "id": second})
    assert open_suggestions(session) == ["it must stop"]


def test_the_blind_documents_are_a_share_that_depends_on_id_and_seed_alone(folder):
    from claimkit.annotate.suggestions import share_of

    chosen = {seed: {n for n in range(2000) if share_of(f"doc-{n}", seed) < 0.2} for seed in (1, 2)}
    assert chosen[1] != chosen[2]
    for found in chosen.values():
        assert 0.17 < len(found) / 2000 < 0.23  # binomial: within 3.4 standard errors of .2


# time


def test_time_is_added_up_by_document_and_kept(folder):
    session = opened(folder, suggestions="ann", blind_share=1.0)
    session.spend_on("d1", 10.0)
    session.spend_on("d1", 5.5)
    session.spend_on("d2", 9000.0)  # a page left open
    session.spend_on("no-such-document", 3.0)
    session.close()
    session = opened(folder)
    assert session.seconds == {"d1": 15.5, "d2": 300.0}
    spent = [json.loads(line) for line in journal_path(folder, "ann2").read_text().splitlines()]
    assert [entry.get("shown") for entry in spent if entry["op"] == "spent"] == [False, False, False]
