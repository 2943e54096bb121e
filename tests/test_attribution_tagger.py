"""The learnt attribution system: it learns, its folder is whole or absent, checked when it is read, and holds no code."""

from __future__ import annotations

import json
import subprocess
import sys

import msgspec
import pytest

from claimkit.attribution import load_attributor
from claimkit.errors import DataError
from claimkit.records import Span, Statement

pytest.importorskip("pycrfsuite")

from claimkit.attribution.tagger_files import CUES, MANIFEST, SPANS
from claimkit.attribution.training import train_tagger


def marked(number, verb="blorked"):
    """A text with a verb that no list of verbs has."""
    source = ("Ana Bo", "The council", "Delhi", "They")[number % 4]
    content = ("that it rained", "that it fell", "that all was well")[number % 3]
    text = f"It was May. {source} {verb} {content}. All went home."
    spans = [Span(text.index(words), text.index(words) + len(words), words) for words in (source, verb, content)]
    statement = Statement(
        id=f"s{number}",
        document=f"d{number}",
        spans=(spans[2],),
        speaker="x",
        claim="x",
        stance="x",
        cue=spans[1],
        speaker_span=spans[0],
    )
    return text, [statement]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("tagger") / "model"
    train_tagger((marked(number) for number in range(40)), out, data="made up", iterations=30)
    return out


def test_a_verb_that_the_rules_do_not_know_is_learnt(folder):
    text = "It was May. Jon Ray blorked that it snowed. All went home."
    assert load_attributor("rules").find(text) == []
    [entry] = load_attributor(f"tagger:{folder}").find(text)
    assert [spans[0].text for spans in (entry.source, entry.cue, entry.content)] == ["Jon Ray", "blorked", "that it snowed"]
    assert 0.4 <= entry.confidence <= 1


def test_the_manifest_says_what_was_learnt_from_and_a_second_training_gives_the_same_bytes(folder, tmp_path):
    manifest = json.loads((folder / MANIFEST).read_text())
    assert manifest["trained_on"] == {"data": "made up", "texts": 40, "attributions": 40}
    train_tagger((marked(number) for number in range(40)), tmp_path / "again", data="made up", iterations=30)
    assert (tmp_path / "again" / SPANS).read_bytes() == (folder / SPANS).read_bytes()


def test_statements_whose_spans_hold_speaker_and_verb_teach_the_content_alone(tmp_path):
    def whole(number):
        text, [statement] = marked(number)
        start, end = statement.speaker_span.start, statement.spans[0].end
        return text, [msgspec.structs.replace(statement, spans=(Span(start, end, text[start:end]),))]

    train_tagger((whole(number) for number in range(40)), tmp_path / "m", data="made up", iterations=30)
    [entry] = load_attributor(f"tagger:{tmp_path / 'm'}").find("It was May. Ana Bo blorked that it fell. All went home.")
    assert entry.content[0].text == "that it fell"


def test_a_folder_that_lacks_something_or_was_changed_is_refused(folder, tmp_path):
    with pytest.raises(DataError, match=f"there is no {MANIFEST}"):
        load_attributor(f"tagger:{tmp_path}")
    for name in (CUES, SPANS, MANIFEST):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / CUES).write_bytes(b"x" + (folder / CUES).read_bytes()[1:])
    with pytest.raises(DataError, match="the checksum is not the one in the manifest"):
        load_attributor(f"tagger:{tmp_path}")
    (tmp_path / MANIFEST).write_text('{"format": 1}')
    with pytest.raises(DataError, match="not the manifest of a tagger"):
        load_attributor(f"tagger:{tmp_path}")


def test_texts_without_a_cue_teach_nothing_and_a_full_folder_is_not_replaced(folder, tmp_path):
    with pytest.raises(DataError, match="no statement has a cue"):
        train_tagger([("It rained.", [])], tmp_path / "none", data="x")
    assert not (tmp_path / "none").exists()
    with pytest.raises(DataError, match="has something in it"):
        train_tagger([marked(1)], folder, data="x")


def test_a_corpus_can_be_learnt_from_by_the_command(run_cli, small_corpus, tmp_path):
    made = small_corpus()
    made.edit("layers/ann.jsonl", "s1", cue=made.span("said"), speaker_span=made.span("the minister"))
    done = run_cli("attribution", "train", made.root, "--layer", "ann", "--out", tmp_path / "m", "--iterations", "5")
    assert done.status == 0, done.stderr
    assert "learnt from 1 attributions in 1 texts" in done.stderr
    assert run_cli("suggest", made.root, "--system", f"tagger:{tmp_path / 'm'}").status == 0


def test_where_the_extra_is_missing_the_line_to_type_is_shown_and_the_rules_work(small_corpus):
    root = small_corpus().root
    without = "import sys; sys.modules['pycrfsuite'] = None; from claimkit.cli import main; main(sys.argv[1:])"

    def run(*arguments):
        return subprocess.run([sys.executable, "-c", without, *map(str, arguments)], capture_output=True, text=True, check=False)

    done = run("suggest", root, "--system", "tagger:x")
    assert done.returncode == 3
    assert "pip install 'claimkit[crf]'" in done.stderr
    assert run("suggest", root).returncode == 0
