"""Labelling flat items: the order in which they come, one label a key, and a file of items that loses nothing."""

from __future__ import annotations

import datetime
import errno
import json
import math
import os

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit import validate
from claimkit.annotate import NotSavedError, StaleError
from claimkit.annotate.items import ItemSession, LabelRequest
from claimkit.annotate.queue import disagreement, entropy, ordered
from claimkit.errors import DataError, UsageError
from claimkit.jsonl import read_items, write_records
from claimkit.records import Item, Prediction
from claimkit.schemes import SCHEMES

CLAIMS = SCHEMES["claims"]
HALF = SCHEMES["pstance"]
NUMBERS = iter(range(10**9))


def clock():
    return datetime.datetime(2026, 3, 4, tzinfo=datetime.timezone.utc)


@pytest.fixture
def path(tmp_path):
    items = [
        Item(
            id=f"i{n}",
            text=f"Text {n} 𝕏.",
            target="The bridge must stay.",
            stance="support",
            scheme="claims",
            meta={"n": 1.5},
            weights={"support": 1.0},
        )
        for n in range(6)
    ]
    write_records(tmp_path / "items.jsonl", items)
    return tmp_path / "items.jsonl"


def opened(path, annotator="anna", **options):
    return ItemSession(path, annotator, clock=clock, **options)


def tell(session, name, *, seen=None, request=None, **said):
    body = {
        "revision": session.revision if seen is None else seen,
        "request": request or f"request-{next(NUMBERS)}",
        "id": name,
        **said,
    }
    return session.label(msgspec.convert(body, LabelRequest))


def labelled(path, annotator="anna"):
    out = path.with_name(f"items.{annotator}.jsonl")
    return [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []


def errors(path):
    return [str(issue) for issue in validate(path) if issue.severity == "error"]


# the file of labels


def test_a_label_is_a_whole_item_in_a_file_beside_the_given_one_which_stays_as_it_is(path):
    before = path.read_bytes()
    session = opened(path)
    tell(session, "i2", label="oppose")
    assert labelled(path) == [
        {
            "type": "item",
            "id": "i2",
            "text": "Text 2 𝕏.",
            "target": "The bridge must stay.",
            "stance": "oppose",
            "scheme": "claims",
            "meta": {"n": 1.5, "annotator": "anna", "created": "2026-03-04"},
        }
    ]
    assert path.read_bytes() == before
    assert errors(path.with_name("items.anna.jsonl")) == []
    assert next(read_items(path.with_name("items.anna.jsonl"))).stance == "oppose"


def test_flag_and_note_go_along_with_the_label_and_wait_in_the_journal_without_one(path):
    session = opened(path)
    tell(session, "i1", flag=True, note="two readings")
    assert labelled(path) == []
    session.close()
    session = opened(path)
    assert session.pending("flagged") == ["i1"]
    tell(session, "i1", label="unclear")
    assert labelled(path)[0]["meta"] == {
        "n": 1.5,
        "annotator": "anna",
        "created": "2026-03-04",
        "flagged": True,
        "note": "two readings",
    }
    tell(session, "i1", flag=False)
    assert "flagged" not in labelled(path)[0]["meta"]


def test_another_label_changes_one_line_and_taking_it_back_takes_the_line_out(path):
    session = opened(path)
    for name in ("i0", "i1", "i2"):
        tell(session, name, label="support")
    first = path.with_name("items.anna.jsonl").read_text().splitlines()
    tell(session, "i1", label="neutral")
    second = path.with_name("items.anna.jsonl").read_text().splitlines()
    assert [a == b for a, b in zip(first, second, strict=True)] == [True, False, True]
    for name in ("i0", "i1", "i2"):
        tell(session, name, label=None)
    assert not path.with_name("items.anna.jsonl").exists()


def test_skipped_items_come_last_until_they_are_labelled(path):
    session = opened(path)
    tell(session, "i0", skipped=True)
    tell(session, "i1", label="support")
    assert session.pending() == ["i2", "i3", "i4", "i5", "i0"]
    assert session.pending("skipped") == ["i0"]
    tell(session, "i0", label="support")
    assert session.pending("skipped") == []
    assert session.pending("labelled") == ["i0", "i1"]


def test_undo_and_redo_go_on_after_a_restart(path):
    session = opened(path)
    tell(session, "i0", label="support")
    tell(session, "i0", label="oppose")
    tell(session, "i3", skipped=True)
    session.journal.close()  # as a kill leaves it
    session = opened(path)
    for expected in (["oppose"], ["support"], []):
        session.undo(session.revision)
        assert [record["stance"] for record in labelled(path)] == expected
    for expected in (["support"], ["oppose"], ["oppose"]):
        session.redo(session.revision)
        assert [record["stance"] for record in labelled(path)] == expected
    assert session.pending("skipped") == ["i3"]


def test_a_stale_label_is_refused_and_one_sent_again_is_made_once(path):
    session = opened(path)
    tell(session, "i0", label="support", request="the-same-one")
    tell(session, "i0", label="support", request="the-same-one", seen=0)
    assert session.revision == 1
    with pytest.raises(StaleError):
        tell(session, "i0", label="oppose", seen=0)
    tell(session, "i1", label="oppose", seen=0)  # another item is free
    assert [record["stance"] for record in labelled(path)] == ["support", "oppose"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": "i9", "label": "support"}, "there is no item 'i9'"),
        ({"name": "i0", "label": "FAVOR"}, "'FAVOR' is not one of support, oppose, neutral, unclear"),
        ({"name": "i0", "label": "support", "note": "a\0"}, r"U\+0000"),
    ],
)
def test_what_is_not_valid_changes_nothing(path, said, sentence):
    session = opened(path)
    with pytest.raises(DataError, match=sentence):
        tell(session, **said)
    assert session.revision == 0
    assert labelled(path) == []
    assert session.store.tables == {"item": {}}


class KilledError(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("is_kill", [True, False])
def test_a_label_that_fails_at_any_call_of_the_system_is_whole_or_not_made(tmp_path, monkeypatch, is_kill):
    for at in range(1, 40):
        folder = tmp_path / f"{is_kill}{at}"
        folder.mkdir()
        path = folder / "items.jsonl"
        write_records(path, [Item(id=f"i{n}", text="t", target="c", scheme="claims") for n in range(3)])
        session = opened(path)
        tell(session, "i0", label="support")
        left = [at]

        def failing(call, left=left):
            def wrapped(*arguments, **options):
                left[0] -= 1
                if left[0] == 0 or (is_kill and left[0] < 0):
                    raise KilledError if is_kill else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return call(*arguments, **options)

            return wrapped

        refused = False
        with monkeypatch.context() as patch:
            for name in ("open", "write", "fsync", "replace", "ftruncate"):
                patch.setattr(os, name, failing(getattr(os, name)))
            try:
                tell(session, "i1", label="oppose", request="once-more")
            except (KilledError, NotSavedError):
                refused = True
        assert errors(path.with_name("items.anna.jsonl")) == []
        if is_kill:
            session.journal.close()
            session = opened(path)
        elif refused:
            assert len(labelled(path)) == 1
        tell(session, "i1", label="oppose", request="once-more")
        assert [record["stance"] for record in labelled(path)] == ["support", "oppose"]
        session.close()
        if left[0] > 0:
            return
    raise AssertionError("a label makes more calls than were tried")


# which items, which labels


def test_the_labels_come_from_the_items_or_from_an_option(tmp_path):
    path = tmp_path / "items.jsonl"
    write_records(path, [Item(id="a", text="t", target="c")])
    with pytest.raises(UsageError, match="the items name no label scheme; give one with --scheme"):
        opened(path)
    session = opened(path, scheme="yes,no,unsure")
    tell(session, "a", label="unsure")
    assert labelled(path)[0]["scheme"] == ["yes", "no", "unsure"]
    session.close()
    write_records(path, [Item(id="a", text="t", target="c", scheme="claims"), Item(id="b", text="t", target="c", scheme="fnc1")])
    with pytest.raises(UsageError, match="the items belong to 2 label schemes"):
        opened(path, "ben")


def test_items_of_one_id_and_a_file_of_labels_of_other_items_are_refused(path):
    write_records(path, [Item(id="a", text="t", target="c", scheme="claims"), Item(id="a", text="u", target="c", scheme="claims")])
    with pytest.raises(DataError, match="the id 'a' stands twice"):
        opened(path)
    write_records(path, [Item(id="a", text="t", target="c", scheme="claims")])
    write_records(path.with_name("items.anna.jsonl"), [Item(id="z", text="t", target="c", scheme="claims", stance="support")])
    with pytest.raises(
        DataError, match=r"items\.anna\.jsonl:1: 'z' is none of the items; is this file the work of anna on other items"
    ):
        opened(path)


# the order


def test_entropy_and_disagreement_have_the_values_of_their_formulas():
    assert entropy([0.25] * 4) == 2
    assert entropy([1.0, 0.0]) == 0
    assert entropy([0.9, 0.1]) == pytest.approx(-(0.9 * math.log2(0.9) + 0.1 * math.log2(0.1)))
    # two certain models that disagree: one bit; three that all differ: log2(3)
    assert disagreement([[1.0, 0.0], [0.0, 1.0]]) == 1
    assert disagreement([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]]) == pytest.approx(math.log2(3))
    # both uncertain in the same way: no disagreement, though high uncertainty
    assert disagreement([[0.5, 0.5], [0.5, 0.5]]) == 0


shares = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(lambda row: [value / sum(row) for value in row])


@given(st.lists(shares, min_size=1, max_size=5))
def test_disagreement_lies_between_zero_and_the_logarithm_of_labels_and_models_and_is_zero_among_equals(rows):
    value = disagreement(rows)
    assert -1e-9 <= value <= math.log2(min(3, max(len(rows), 1))) + 1e-9
    assert disagreement([rows[0]] * 4) == pytest.approx(0, abs=1e-9)


def test_the_least_certain_come_first_and_the_most_disputed_of_several_models(path):
    items = list(read_items(path))[:4]

    def said(*first):
        return {
            f"i{n}": Prediction(id=f"i{n}", stance="FAVOR", probabilities={"FAVOR": p, "AGAINST": 1 - p})
            for n, p in enumerate(first)
        }

    one = said(0.9, 0.5, 0.99, 0.6)
    assert ordered(items, "uncertainty", HALF, [one]) == ["i1", "i3", "i0", "i2"]
    other = said(0.1, 0.5, 0.99, 0.5)
    assert ordered(items, "disagreement", HALF, [one, other])[0] == "i0"
    assert ordered(items, "uncertainty", HALF, [one, other])[0] in ("i0", "i1")
    assert ordered(items, "file", HALF) == ["i0", "i1", "i2", "i3"]
    assert ordered(items, "random", HALF, seed=1) == ordered(items, "random", HALF, seed=1)
    assert sorted(ordered(items, "random", HALF, seed=2)) == ["i0", "i1", "i2", "i3"]
    some = {name: prediction for name, prediction in one.items() if name != "i1"}
    assert ordered(items, "uncertainty", HALF, [some])[-1] == "i1"  # without a prediction: last
    plain = [{"i0": Prediction(id="i0", stance=stance), "i2": Prediction(id="i2", stance="FAVOR")} for stance in HALF.labels]
    assert ordered(items, "disagreement", HALF, plain)[:2] == ["i0", "i2"]  # votes without probabilities


# the command


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--order", "uncertainty"], 2, "--order uncertainty needs a model: add --model"),
        (["--order", "disagreement", "--model", "south-asia-ngrams"], 2, "needs two models"),
        (["--suggestions", "x"], 2, "--suggestions is for a corpus"),
        (["--blind-share", "0.5"], 2, "--blind-share is for a corpus"),
        (["--summary"], 2, "--summary is for a corpus"),
        (["--model", "no-such-model"], 1, "no shipped model is named 'no-such-model'"),
        (
            ["--model", "south-asia-ngrams", "--scheme", "pstance"],
            2,
            "south-asia-ngrams predicts support, oppose, neutral, unclear",
        ),
        (["--scheme", "nonsense"], 2, "no label scheme is named 'nonsense'"),
    ],
)
def test_options_that_do_not_fit_are_one_sentence(run_cli, path, arguments, status, sentence):
    done = run_cli("annotate", path, "--annotator", "anna", "--no-browser", *arguments)
    assert done.status == status
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert list(path.parent.glob("*.journal")) == []


def test_options_of_items_are_refused_for_a_corpus(run_cli, small_corpus):
    done = run_cli("annotate", small_corpus().root, "--annotator", "anna", "--order", "file")
    assert done.status == 2
    assert "--order is for items" in done.stderr
