"""What an annotator has done: times, and what suggestions did, against documents in which none was shown."""

from __future__ import annotations

import json

import msgspec
import pytest
from dispute import TEXTS, write_corpus

from claimkit.annotate import Request, Session
from claimkit.annotate.suggestions import share_of
from claimkit.annotate.summary import summarise

# d1 is shown its suggestions, d2 is blind to them.
SEED = next(seed for seed in range(100) if share_of("d2", seed) < 0.5 <= share_of("d1", seed))


@pytest.fixture
def folder(tmp_path):
    return write_corpus(tmp_path / "dispute")


def ask(session, *actions):
    body = {"revision": session.revision, "actions": list(actions), "request": f"request-{session.revision}"}
    return session.change(msgspec.convert(body, Request))


def mark(words, document, **fields):
    start = TEXTS[document].index(words)
    return {"do": "mark", "document": document, "fields": {"spans": [[start, start + len(words)]], **fields}}


def test_shares_of_statements_as_suggested_are_counted_apart_where_suggestions_were_shown_and_where_not(folder):
    session = Session(folder, "anna", suggestions="ann", blind_share=0.5, seed=SEED)
    ask(session, {"do": "accept", "suggestion": "ann-s1"})
    ask(session, {"do": "accept", "suggestion": "ann-s2"}, {"do": "set", "fields": {"stance": "unclear"}})
    ask(session, {"do": "reject", "suggestion": "ann-s3"})
    ask(session, mark("The ambassador spoke", "d1", speaker="us", claim="stop", stance="support"))  # nobody suggested it
    # more than half of the words of ann-s4, and the same speaker, claim and stance
    ask(session, mark("Pakistan had done", "d2", speaker="munter", claim="enough", stance="support"))
    session.spend_on("d1", 60)
    summary = summarise(session)
    found = summary.anchoring
    assert found.suggested == {"accepted": 1, "edited": 1, "rejected": 1, "open": 0}
    assert (found.shown.value, found.shown.n, found.shown.documents) == (pytest.approx(1 / 3), 3, 1)
    assert (found.blind.value, found.blind.n, found.blind.documents) == (1.0, 1, 1)
    assert found.difference.value == pytest.approx(-2 / 3)
    assert found.difference.low is None  # an interval over two documents would be about nothing
    assert (summary.seconds, summary.statements) == (60.0, 4)


def blind_in_summary(session):
    return [entry["id"] for entry in summarise(session).documents if entry["blind"]]


def test_a_document_whose_suggestions_were_hidden_all_the_time_counts_as_blind(folder):
    session = Session(folder, "anna", suggestions="ann")
    ask(session, mark("Pakistan had done", "d2", speaker="munter", claim="enough", stance="support"))
    assert blind_in_summary(session) == []  # nothing is known of it
    session.spend_on("d2", 20, hidden=True)
    found = summarise(session).anchoring
    assert (blind_in_summary(session), found.blind.value, found.blind.n, found.shown.n) == (["d2"], 1.0, 1, 0)
    assert sum(found.suggested.values()) == 3  # those of d1
    session.close()
    session = Session(folder, "anna", suggestions="ann")
    assert blind_in_summary(session) == ["d2"]
    session.spend_on("d2", 0)  # shown for a moment
    session.spend_on("d2", 20, hidden=True)
    assert blind_in_summary(session) == []
    assert session.seconds["d2"] == 40
    session.close()
    assert blind_in_summary(Session(folder, "anna", suggestions="ann", readonly=True)) == []


def test_a_document_whose_suggestion_was_judged_is_not_blind_whatever_is_said_of_hiding(folder):
    session = Session(folder, "anna", suggestions="ann")
    session.spend_on("d1", 20, hidden=True)
    assert blind_in_summary(session) == ["d1"]
    ask(session, {"do": "reject", "suggestion": "ann-s3"})
    assert blind_in_summary(session) == []


def test_a_journal_of_an_older_version_is_read_and_its_documents_count_as_before(folder):
    journal = folder / "layers" / "anna.journal"
    spent = [{"op": "spent", "document": name, "seconds": 15.0, "shown": name == "d1"} for name in ("d1", "d2")]
    journal.write_text("".join(json.dumps(entry) + "\n" for entry in spent), encoding="utf-8")
    session = Session(folder, "anna", suggestions="ann", blind_share=0.5, seed=SEED)
    assert (blind_in_summary(session), session.seconds) == (["d2"], {"d1": 15.0, "d2": 15.0})


def test_without_a_statement_a_share_is_undefined_not_zero(folder):
    summary = summarise(Session(folder, "anna", suggestions="ann"))
    assert summary.anchoring.shown.value is None
    assert summary.anchoring.blind.value is None
    assert summary.anchoring.difference.value is None


def test_intervals_are_those_of_a_bootstrap_over_documents(tmp_path):
    # 20 documents, half of them blind: in shown ones 2 of 2 statements agree, in blind ones 1 of 2; no spread within a kind
    text = "One said yes. Two said no."
    documents = [{"type": "document", "id": f"d{n}", "text": text} for n in range(40)]

    def statement(name, document, start, end, stance):
        span = {"start": start, "end": end, "text": text[start:end]}
        return {
            "type": "statement",
            "id": name,
            "document": document,
            "spans": [span],
            "speaker": "us",
            "claim": "stop",
            "stance": stance,
        }

    chosen = [row["id"] for row in documents]
    offered = [
        statement(f"x{n}-{place}", name, *place, "support") for n, name in enumerate(chosen) for place in ((0, 13), (14, 26))
    ]
    is_blind = {name: share_of(name, 1) < 0.5 for name in chosen}
    assert 10 <= sum(is_blind.values()) <= 30
    ours = [
        statement(f"y{n}-{number}", name, *place, "oppose" if is_blind[name] and number else "support")
        for n, name in enumerate(chosen)
        for number, place in enumerate(((0, 13), (14, 26)))
    ]
    offered = [row | {"id": row["id"].replace("(", "").replace(")", "").replace(", ", "-")} for row in offered]
    folder = write_corpus(
        tmp_path / "many",
        documents=documents,
        ann=offered,
        anna=ours,
        gold=[offered[0] | {"id": "g", "decided_from": [offered[0]["id"]]}],
    )
    session = Session(folder, "anna", suggestions="ann", blind_share=0.5, seed=1, readonly=True)
    found = summarise(session).anchoring
    assert (found.shown.value, found.shown.low, found.shown.high) == (1.0, 1.0, 1.0)
    assert (found.blind.value, found.blind.low, found.blind.high) == (0.5, 0.5, 0.5)
    assert (found.difference.value, found.difference.low, found.difference.high) == (0.5, 0.5, 0.5)
    assert found.shown.n + found.blind.n == 80


def test_the_summary_is_printed_while_the_page_is_open_and_changes_nothing(folder, run_cli):
    session = Session(folder, "anna", suggestions="ann")
    ask(
        session,
        mark("denied it", "d1", speaker="mofa", claim="shelter", stance="oppose"),
        {"do": "document", "document": "d1", "done": True},
    )
    session.spend_on("d1", 90)
    before = sorted((path, path.read_bytes()) for path in folder.rglob("*") if path.is_file())
    done = run_cli("annotate", folder, "--annotator", "anna", "--suggestions", "ann", "--summary", "--json")
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["documents"][0] == {
        "id": "d1", "title": "d1", "source": "Dawn", "published": "2011-09-23T08:00:00Z", "length": len(TEXTS["d1"]),
        "statements": 1, "drafts": 0, "seconds": 90, "blind": False, "done": True,
    }  # fmt: skip
    assert found["anchoring"]["shown"]["value"] == 1.0
    assert found["anchoring"]["shown"]["low"] is None
    table = run_cli("annotate", folder, "--annotator", "anna", "--suggestions", "ann", "--summary")
    assert "1 of 2 documents done, 1 statements, 0.03 hours" in table.stdout
    assert "statements as suggested where suggestions were shown: 1.000 (no interval: fewer than 10 documents)" in table.stdout
    assert "statements as suggested in blind documents: undefined (n = 0)" in table.stdout
    assert sorted((path, path.read_bytes()) for path in folder.rglob("*") if path.is_file()) == before
