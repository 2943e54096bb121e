"""What a command writes never takes the place of what it reads, nor of a file of a corpus."""

from __future__ import annotations

import importlib
import json
import os
import shutil
from pathlib import Path

import click
import pytest

from claimkit.cli import COMMANDS
from claimkit.cli.outputs import Output
from claimkit.demo import take_tour
from claimkit.errors import DataError
from claimkit.jsonl import append_records, check_writable, write_records
from claimkit.jsonl.folders import check_makeable, check_replaceable
from claimkit.records import Claim

ITEM = {"id": "1", "text": "Dams save towns.", "target": "dams", "stance": "FAVOR", "scheme": "FAVOR,AGAINST,NONE"}
STANCES = ("FAVOR", "AGAINST", "NONE")


def write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


@pytest.fixture
def folder(tmp_path, small_corpus):
    """A folder with a small file of every kind that commands read."""
    rows = [{**ITEM, "id": str(n), "stance": STANCES[n % 3], "groups": {"document": f"d{n}"}} for n in range(6)]
    write(tmp_path / "items.jsonl", *rows)
    write(tmp_path / "said.jsonl", *({"id": row["id"], "stance": "FAVOR"} for row in rows))
    write(tmp_path / "other.jsonl", *({"id": row["id"], "stance": "NONE"} for row in rows))
    write(tmp_path / "claims.jsonl", {"type": "claim", "id": "c1", "text": "Dams save towns."})
    (tmp_path / "rows.csv").write_text("id,text,label\n1,Dams save towns.,FAVOR\n", encoding="utf-8")
    (tmp_path / "link.jsonl").symlink_to("items.jsonl")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "result.json").write_text("{}")
    (tmp_path / "run" / "model.json").write_text("{}")
    for name in ("items", "said"):
        shutil.copy(tmp_path / f"{name}.jsonl", tmp_path / "run" / f"{name}.jsonl")
    (tmp_path / "own.toml").write_text('[data]\ntrain = "items.jsonl"\n')
    small_corpus()
    return tmp_path


def content(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    "line",
    [
        "data convert rows.csv --text text --target =dams --stance label --out rows.csv",
        "predict run items.jsonl --out items.jsonl",
        "predict run items.jsonl --out ./link.jsonl",
        "predict run items.jsonl --out run/model.json",
        "split items.jsonl other.jsonl --out other.jsonl",
        "match rank claims.jsonl items.jsonl --out claims.jsonl",
        "match rank claims.jsonl items.jsonl --out items.jsonl",
        "match train claims.jsonl run/items.jsonl --out run --force",
        "label-errors items.jsonl --out items.jsonl",
        "label-errors own.toml --out items.jsonl",
        "evaluate items.jsonl said.jsonl --html said.jsonl",
        "evaluate items.jsonl said.jsonl --baseline other=other.jsonl --html other.jsonl",
        "evaluate items.jsonl said.jsonl --train other.jsonl --html other.jsonl",
        "evaluate run/items.jsonl said.jsonl --out run --force",
        "compare --gold items.jsonl said.jsonl other.jsonl --html items.jsonl",
        "compare run other.jsonl --gold items.jsonl --html run/said.jsonl",
        "designs items.jsonl --html items.jsonl",
        "curve items.jsonl --html items.jsonl",
        "train --data items.jsonl --classifier majority --out items.jsonl --force",
        "agreement said.jsonl other.jsonl --html said.jsonl",
        "adjudicate said.jsonl other.jsonl --out said.jsonl --force",
        "adjudicate one=said.jsonl two=other.jsonl --out said.jsonl --force",
    ],
)
def test_what_a_command_reads_is_not_replaced_by_what_it_writes(run_cli, folder, line):
    before = content(folder)
    done = run_cli(*line.split())
    assert (done.status, done.stdout) == (2, "")
    assert "the command reads" in done.stderr
    assert done.stderr.count("\n") == 1
    assert content(folder) == before


@pytest.mark.parametrize(
    "name", ["documents.jsonl", "actors.jsonl", "claims.jsonl", "corpus.toml", "layers/ann.jsonl", "layers/new.jsonl"]
)
def test_a_file_of_a_corpus_is_not_replaced_by_what_a_command_writes(run_cli, folder, name):
    before = content(folder)
    for arguments in (["items", "small", "--layer", "ann", "--out"], ["evaluate", "items.jsonl", "said.jsonl", "--html"]):
        done = run_cli(*arguments, f"small/{name}")
        assert (done.status, done.stdout) == (2, "")
        assert f"claimkit: small/{name}: this is the place of a file of the corpus 'small'; name another" in done.stderr
        assert content(folder) == before


def test_other_files_are_written_anew_also_beside_a_corpus(run_cli, folder):
    for out in ("small/items.jsonl", "fresh.jsonl", "other.jsonl", "small/items.jsonl"):
        assert run_cli("items", "small", "--layer", "ann", "--out", out).status == 0
        assert len((folder / out).read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "items small --layer ann --out no/x.jsonl",
            "no/x.jsonl: the folder 'no' does not exist; make it first, or name another place",
        ),
        ("evaluate items.jsonl said.jsonl --html no/x.html", "no/x.html: the folder 'no' does not exist; make it first"),
        ("items small --layer ann --out small", "small: this is a folder, a file is needed"),
        ("items small --layer ann --out rows.csv/x", "rows.csv/x: 'rows.csv' is a file, not a folder; name another place"),
        ("designs items.jsonl --out rows.csv", "rows.csv: this is a file or a link; name a folder that does not exist yet"),
        ("designs items.jsonl --out rows.csv/x", "rows.csv/x: 'rows.csv' is a file or a link; name a folder that"),
        ("train --data items.jsonl --classifier majority --out rows.csv/x/y", "rows.csv/x/y: 'rows.csv' is a file or a link; name"),
        ("evaluate items.jsonl said.jsonl --out small", "small: the folder has something in it; name another, or replace it"),
        ("demo --out rows.csv/x", "rows.csv/x: 'rows.csv' is a file or a link; name a folder that does not exist yet"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_refused_before_the_work(run_cli, folder, line, sentence):
    before = content(folder)
    done = run_cli(*line.split())
    assert (done.status, done.stdout) == (1, "")
    assert done.stderr.startswith(f"claimkit: {sentence}")
    assert done.stderr.count("\n") == 1
    assert content(folder) == before


def test_a_folder_that_may_not_be_written_is_refused_before_the_work(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path / "shut")
    (tmp_path / "shut").mkdir()
    for check in (check_writable, check_makeable, check_replaceable):
        with pytest.raises(DataError, match=r"shut/x: you may not write in the folder '.*shut'; name another place"):
            check(tmp_path / "shut" / "x")
    with pytest.raises(DataError, match="you may not write in the folder"):
        take_tour(tmp_path / "corpus", tmp_path / "shut" / "demo", step=pytest.fail)
    check_writable(os.devnull)


def test_a_folder_that_is_missing_is_named_also_by_the_functions(tmp_path):
    for write_to in (write_records, append_records):
        with pytest.raises(DataError, match=r"x\.jsonl: the folder '.*no' does not exist; make it first, or name another place"):
            write_to(tmp_path / "no" / "x.jsonl", [Claim(id="c", text="c")])
    assert not (tmp_path / "no").exists()


def test_a_report_may_go_into_the_folder_that_the_same_command_makes(run_cli, folder):
    done = run_cli("evaluate", "items.jsonl", "said.jsonl", "--out", "new", "--html", "new/report.html", "--replicates", "100")
    assert done.status == 0, done.stderr
    assert (folder / "new" / "report.html").is_file()


def test_data_export_replaces_a_file_only_with_force(run_cli, data_dir, tmp_path):
    arguments = ("data", "export", "perspectrum", "--split", "dev", "--data-dir", data_dir, "--out", "dev.jsonl")
    assert run_cli(*arguments).status == 0
    (tmp_path / "dev.jsonl").write_text("mine")
    done = run_cli(*arguments)
    assert (done.status, (tmp_path / "dev.jsonl").read_text()) == (1, "mine")
    assert "claimkit: dev.jsonl: this file exists already; name another one, or replace it with --force" in done.stderr
    assert run_cli(*arguments, "--force").status == 0
    assert len((tmp_path / "dev.jsonl").read_text().splitlines()) > 100


def commands(command, name):
    if isinstance(command, click.Group):
        context = click.Context(command)
        for part in command.list_commands(context):
            yield from commands(command.get_command(context, part), f"{name} {part}")
    else:
        yield name, command


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_option_that_names_what_is_written_is_an_output(name):
    for full, command in commands(importlib.import_module(COMMANDS[name]).command, name):
        for param in command.params:
            if param.name in ("out", "html") and isinstance(param, click.Option):
                assert isinstance(param, Output), full
