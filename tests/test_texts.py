"""Own texts become the documents of a corpus: text files, folders of them, tables."""

from __future__ import annotations

import json

import pytest

from claimkit.catalog.texts import documents_from
from claimkit.corpus import load_corpus
from claimkit.errors import DataError


def written(folder, **files):
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_a_text_file_is_a_document_whose_name_tells_id_and_day(tmp_path):
    (tmp_path / "2024-03-04 Mill Lane: closed?.txt").write_text("No title here.\nSecond line.\n\nThird.\n")
    (document,) = documents_from([tmp_path])
    assert (document.id, document.published, document.title) == ("2024-03-04-mill-lane-closed", "2024-03-04", None)
    assert document.text == "No title here.\nSecond line.\n\nThird."


def test_a_first_line_before_a_blank_one_is_the_title(tmp_path):
    folder = written(tmp_path, a__txt="\ufeffSchließung\r\n\r\nDer Rat stimmte zu. 🚲\r\n\r\nZweiter Absatz.")
    (document,) = documents_from([folder])
    assert (document.title, document.text) == ("Schließung", "Der Rat stimmte zu. 🚲\n\nZweiter Absatz.")


def test_what_is_no_day_is_left_in_the_id_alone(tmp_path):
    (document,) = documents_from([written(tmp_path, **{"2024-13-41-x__txt": "Text."})])
    assert (document.id, document.published) == ("2024-13-41-x", None)


def test_names_that_differ_in_what_ids_may_not_hold_give_different_ids(tmp_path):
    documents = documents_from([written(tmp_path, **{"a b__txt": "One.", "a-b__txt": "Two.", "notes__md": "Not read."})])
    assert [(document.id, document.text) for document in documents] == [("a-b", "One."), ("a-b-2", "Two.")]


def test_a_table_gives_a_document_a_row_and_keeps_further_columns(tmp_path):
    table = 'id,text,title,published,rating\nx1,"One, two.",First,2024-03-04,7\n,Three.,,,\n'
    first, second = documents_from([written(tmp_path, news__csv=table) / "news.csv"])
    assert (first.id, first.text, first.title, first.published, first.meta) == (
        "x1",
        "One, two.",
        "First",
        "2024-03-04",
        {"rating": "7"},
    )
    assert (second.id, second.text, second.title, second.meta) == ("news-002", "Three.", None, {})


def test_documents_of_a_corpus_can_be_read_again(tmp_path):
    line = {"type": "document", "id": "d", "text": "Text.", "lang": "ur", "meta": {"note": "kept", "n": 3}}
    (document,) = documents_from([written(tmp_path, a__jsonl=json.dumps(line)) / "a.jsonl"])
    assert (document.id, document.text, document.lang, document.meta) == ("d", "Text.", "ur", {"note": "kept", "n": 3})


@pytest.mark.parametrize(
    ("name", "content", "line", "words"),
    [
        ("a.csv", "body\nx\n", 1, "no column is named 'text'"),
        ("a.csv", "id,text\nx,One\nx,Two\n", 3, "the id 'x' stands twice"),
        ("a.csv", "id,text\nx,\n", 2, "column 'text' is empty"),
        ("a.csv", "text,published\nOne.,4 March\n", 2, "'4 March' is not a date"),
        ("a.csv", "id,text\na b,One.\n", 2, "is not an id"),
        ("a.jsonl", '{"text": ["One."]}\n', 1, "column 'text' holds a list"),
        ("a.jsonl", '{"text": "One."}\n{"text": \n', 2, "where a value should stand"),
        ("a.txt", b"ok\nM\xfchle\n", 2, "byte 0xfc is not utf-8 here; name the encoding of the file"),
        ("a.txt", " \n", None, "the file holds no text"),
        ("none.txt", None, None, "no such file"),
    ],
)
def test_what_is_no_document_is_named_with_its_line(tmp_path, name, content, line, words):
    if content is not None:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=words) as caught:
        documents_from([tmp_path / name])
    assert caught.value.line == line
    assert str(tmp_path / name) in str(caught.value)


def test_a_folder_without_text_files_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"holds no file whose name ends with \.txt"):
        documents_from([tmp_path])


def test_a_new_corpus_of_own_texts_is_valid_and_holds_nothing_else(run_cli, tmp_path):
    written(tmp_path, **{"texts/2024-03-04-a__txt": "Title\n\nThe mayor said no.", "texts/b__txt": "Yes."})
    done = run_cli("new", "mine", "--texts", "texts")
    assert (done.status, done.stdout) == (0, "")
    assert "mine: a corpus of 2 documents" in done.stderr
    assert run_cli("validate", "mine").status == 0
    corpus = load_corpus(tmp_path / "mine")
    assert (len(corpus.documents), len(corpus.actors), len(corpus.claims), len(corpus.layers)) == (2, 0, 0, 0)
    guideline = (tmp_path / "mine" / "guideline.md").read_text("utf-8")
    assert "Wexcombe" not in guideline
    assert "{" not in guideline


def test_bad_texts_leave_no_corpus_behind(run_cli, tmp_path):
    written(tmp_path, a__csv="id,text\nx,\n")
    done = run_cli("new", "mine", "--texts", "a.csv")
    assert done.status == 1
    assert done.stderr.startswith("claimkit: a.csv:2:")
    assert not (tmp_path / "mine").exists()
