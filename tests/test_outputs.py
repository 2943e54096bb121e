"""What a command writes never takes the place of what it reads, nor of a file of a corpus."""

from __future__ import annotations

import importlib
import json
import shutil

import click
import pytest

from claimkit.cli import COMMANDS
from claimkit.cli.outputs import Output

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
