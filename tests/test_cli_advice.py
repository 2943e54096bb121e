"""What a message recommends can be done: the option it names exists and helps, the command it shows does what is said."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"


def refused(done, status, *parts):
    assert done.status == status, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert any(all(part in line for part in parts) for line in lines), lines


@pytest.fixture
def own(tmp_path):
    """Sixty items that name no scheme, and two files of predictions."""
    chance = random.Random(1)
    rows, said = [], []
    for n in range(60):
        stance = chance.choice(["FAVOR", "AGAINST"])
        groups = {"document": f"d{n % 8}", "actor": f"a{n % 7}", "date": f"2020-0{1 + n % 8}-01"}
        words = "good fine yes" if stance == "FAVOR" else "bad no never"
        rows.append({"id": f"i{n}", "text": f"{words} {n}", "target": "t", "stance": stance, "groups": groups})
        said.append({"id": f"i{n}", "stance": chance.choice(["FAVOR", "AGAINST"])})
    for name, records in (("own", rows), ("p", said), ("q", said)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return "own.jsonl"


# label schemes


@pytest.mark.parametrize(
    "command",
    [
        ("designs", "own.jsonl", "--classifier", "majority"),
        ("curve", "own.jsonl", "--classifier", "majority", "--share", "1"),
        ("label-errors", "own.jsonl"),
        ("compare", "--gold", "own.jsonl", "p.jsonl", "q.jsonl"),
    ],
    ids=lambda command: command[0],
)
def test_where_the_items_name_no_scheme_it_can_be_given_as_the_message_says(run_cli, own, command):
    refused(run_cli(*command), 2, "the items name no label scheme; give it with --scheme")
    done = run_cli(*command, "--scheme", "FAVOR,AGAINST")
    assert done.status == 0, done.stderr
    assert done.stdout


def test_train_can_resample_single_items_as_its_warning_says(run_cli, own, tmp_path):
    with (tmp_path / own).open() as file:
        rows = [json.loads(line) for line in file]
    parted = [{**row, "split": "dev" if n % 3 == 0 else "train"} for n, row in enumerate(rows)]
    (tmp_path / own).write_text("".join(json.dumps(row) + "\n" for row in parted))
    command = ("train", "--classifier", "majority", "--data", own, "--scheme", "FAVOR,AGAINST", "--force", "--json", "--out", "m")
    [warning] = [w for w in json.loads(run_cli(*command).stdout)["evaluations"]["dev"]["warnings"] if "interval" in w]
    assert "the cluster 'none' would resample single items" in warning
    assert "--cluster" not in warning
    done = json.loads(run_cli(*command, "--cluster", "none").stdout)
    assert not any("interval" in warning for warning in done["evaluations"]["dev"]["warnings"])
    assert done["evaluations"]["dev"]["metrics"]["accuracy"]["low"] is not None


# tables of texts


def test_texts_in_another_encoding_are_read_when_it_is_named(run_cli, tmp_path):
    (tmp_path / "t.csv").write_bytes("text\nMühle\n".encode("cp1252"))
    (tmp_path / "t.txt").write_bytes("Mühle".encode("cp1252"))
    for number, name in enumerate(("t.csv", "t.txt")):
        refused(run_cli("new", f"c{number}", "--texts", name), 1, f"{name}:", "is not utf-8 here", "--encoding")
        assert run_cli("new", f"c{number}", "--texts", name, "--encoding", "cp1252").status == 0
        assert "Mühle" in (tmp_path / f"c{number}" / "documents.jsonl").read_text("utf-8")


def test_a_table_of_texts_parted_by_semicolons_is_told_and_read(run_cli, tmp_path):
    (tmp_path / "t.csv").write_text("id;text\na;One, two.\n")
    refused(run_cli("new", "c", "--texts", "t.csv"), 1, "t.csv:1: no column is named 'text'", "parted by ';'", "--delimiter")
    assert run_cli("new", "c", "--texts", "t.csv", "--delimiter", ";").status == 0


def test_a_table_of_texts_without_a_telling_suffix_is_read_when_its_format_is_named(run_cli, tmp_path):
    (tmp_path / "t.dat").write_text("id,text\na,One.\n")
    refused(run_cli("new", "c", "--texts", "t.dat"), 2, "say which it is (--format)")
    assert run_cli("new", "c", "--texts", "t.dat", "--format", "csv").status == 0


@pytest.mark.parametrize("more", [(), ("--format", "csv")])
@pytest.mark.parametrize("start", [b"PK\x03\x04\xfd", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_a_workbook_is_to_be_saved_as_csv_whatever_is_tried(run_cli, tmp_path, more, start):
    (tmp_path / "t.xlsx").write_bytes(start)
    advice = ("t.xlsx: this is a workbook of a spreadsheet program; save its sheet as CSV",)
    refused(run_cli("new", "c", "--texts", "t.xlsx", *more), 1, *advice)
    refused(run_cli("data", "convert", "t.xlsx", "--text", "a", "--target", "=b", *more), 1, *advice)
    refused(run_cli("agreement", "t.xlsx", *more), 1, *advice)


def test_a_missing_table_is_missing_and_a_folder_a_folder(run_cli, tmp_path, small_corpus):
    (tmp_path / "folder").mkdir()
    (tmp_path / "r.csv").write_text("id,a,b\n1,x,y\n")
    corpus = small_corpus().root.name
    refused(run_cli("new", "c", "--texts", "nope"), 1, "nope: there is no such file")
    columns = ("--text", "a", "--target", "=b")
    refused(run_cli("data", "convert", "nope", *columns), 1, "nope: there is no such file")
    refused(run_cli("data", "convert", "folder", *columns), 1, "folder: this is a folder, a file is needed")
    refused(run_cli("agreement", corpus, "r.csv"), 2, f"{corpus} is a folder: name one corpus alone, or files of ratings")


def test_ratings_parted_by_semicolons_are_told_and_read(run_cli, tmp_path):
    (tmp_path / "r.csv").write_text("id;ann;bob\n1;x;x\n2;x;y\n3;y;y\n")
    refused(run_cli("agreement", "r.csv"), 1, "r.csv:1:", "its header looks parted by ';': say so (--delimiter)")
    assert run_cli("agreement", "r.csv", "--delimiter", ";").status == 0


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_ratings_without_a_row_are_called_empty(run_cli, tmp_path, content):
    (tmp_path / "r.jsonl").write_text(content)
    refused(run_cli("agreement", "r.jsonl"), 1, "r.jsonl: the file is empty")


def test_ratings_in_lines_that_are_no_json_are_answered_with_the_first_of_them(run_cli, tmp_path):
    (tmp_path / "r.jsonl").write_text("id,a,b\n1,x,y\n")
    refused(run_cli("agreement", "r.jsonl"), 1, "r.jsonl:1:1: expected a value, found 'id'")


def test_the_bad_row_in_the_page_of_data_sets_is_answered_as_the_page_says(run_cli, tmp_path):
    page = (DOCS / "datasets.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^claimkit (data convert tweets\.csv (?:.*\\\n)?.*)$", page, flags=re.MULTILINE)
    [said] = re.findall(r"as in `(tweets\.csv:3 [^`]*)`", page)
    (tmp_path / "tweets.csv").write_text("tweet,about,label,user\nNo.,T,no,u1\nYes.,T,favour,u2\n")
    done = run_cli(*command.replace("\\\n", " ").split())
    assert done.status == 1
    assert done.stderr.splitlines()[0] == " ".join(said.split())
