"""The commands of the ground floor, through the real program: new, validate, schema, repair."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import jsonschema
import pytest

from claimkit.cli import COMMANDS
from claimkit.corpus.scaffold import new_corpus
from claimkit.errors import DataError
from claimkit.records import RECORD_TYPES, Claim, encode
from claimkit.records.schema import schema_files
from claimkit.validate import validate

LAYER = "layers/ann.jsonl"
HEAVY = {"pandas", "sklearn", "torch", "datasets", "matplotlib", "numpy", "scipy", "rich"}


@pytest.fixture
def corpus(small_corpus):
    return small_corpus()


# validate


def test_a_good_corpus_is_answered_with_one_line_that_says_what_was_checked(run_cli, corpus):
    done = run_cli("validate", corpus.root)
    assert (done.status, done.stdout) == (0, "")
    assert done.stderr == f"{corpus.root}: 1 document, 2 actors, 2 claims, 2 statements, 1 relation checked, no errors\n"


def test_a_problem_is_printed_with_file_line_column_code_message_and_hint(run_cli, corpus):
    path = corpus.edit(LAYER, "s1", speaker="ministr")
    done = run_cli("validate", corpus.root)
    assert done.status == 1
    column = path.read_text(encoding="utf-8").index('"ministr"') + 1
    assert done.stdout == f"{path}:1:{column} dangling-reference: there is no actor 'ministr'; did you mean 'minister'?\n"
    assert done.stderr == "1 error\n"


def test_warnings_alone_are_no_failure(run_cli, corpus):
    corpus.edit(LAYER, "s1", annotator="ben")
    done = run_cli("validate", corpus.root)
    assert done.status == 0
    assert "wrong-annotator" in done.stdout
    assert done.stderr.splitlines()[0] == "1 warning"


def test_the_standard_input_can_be_checked(run_cli):
    done = run_cli("validate", "-", input=b'{"id":"1","stance":"a"}\n{"id":"1","stance":"b"}\n')
    assert done.status == 1
    assert done.stdout == "-:2:7 duplicate-id: the id '1' is already used in line 1\n"


def test_json_has_exactly_the_promised_keys(run_cli, corpus):
    corpus.edit(LAYER, "s1", speaker="ministr", annotator="ben")
    done = run_cli("validate", "--json", corpus.root)
    assert done.status == 1
    report = json.loads(done.stdout)
    assert list(report) == ["errors", "warnings", "issues"]
    assert (report["errors"], report["warnings"], len(report["issues"])) == (1, 1, 2)
    for issue in report["issues"]:
        assert list(issue) == ["path", "line", "column", "code", "severity", "message", "hint", "record"]
    assert report["issues"][0]["hint"] == "did you mean 'minister'?"
    assert report["issues"][0]["record"] == "s1"
    assert done.stderr == ""


def test_json_of_a_good_corpus_is_empty(run_cli, corpus):
    done = run_cli("validate", "--json", corpus.root)
    assert (done.status, json.loads(done.stdout)) == (0, {"errors": 0, "warnings": 0, "issues": []})


def test_annotations_for_github_are_escaped(run_cli, tmp_path):
    path = tmp_path / "50%,a:b.jsonl"
    path.write_bytes(b'{"type":"claim","id":"c1","text":"x","100%":1}\n')
    done = run_cli("validate", "--format", "github", "50%,a:b.jsonl")
    assert done.status == 1
    assert done.stdout == (
        "::error file=50%25%2Ca%3Ab.jsonl,line=1,col=38,title=unknown-key::unknown key '100%25'; free data goes under 'meta'\n"
    )


def test_a_file_name_that_is_not_utf8_can_be_shown(run_cli, tmp_path):
    name = os.fsencode(tmp_path) + b"/\xff.jsonl"
    with open(name, "wb") as file:  # noqa: PTH123 - a Path holds no such name as it stands
        file.write(b"{}\n")
    for options in ([], ["--json"], ["--format", "github"]):
        done = run_cli("validate", *options, os.fsdecode(name))
        assert done.status == 1
        assert "\ufffd.jsonl" in done.stdout
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("setting", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_a_terminal_that_knows_ascii_only_is_no_reason_to_fail(run_cli, corpus, setting):
    corpus.edit(LAYER, "s1", spans=[{"start": 0, "end": 1, "text": "é"}])
    done = run_cli("validate", corpus.root, env=setting)
    assert done.status == 1
    assert "span-text-mismatch" in done.stdout
    assert "Traceback" not in done.stderr


def test_many_problems_are_shown_in_part_and_counted_by_code(run_cli, tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_bytes(b'{"type":"claim","id":"c"}\n' * 70 + b"\n" * 5)
    done = run_cli("validate", "--max-shown", "3", path)
    assert len(done.stdout.splitlines()) == 3
    assert done.stderr.splitlines() == [
        "… and 72 more; --max-shown 0 prints all. By code:",
        "         70  missing-key (error)",
        "          5  blank-line (warning)",
        "70 errors, 5 warnings",
    ]
    assert len(run_cli("validate", path).stdout.splitlines()) == 50
    assert len(run_cli("validate", "--max-shown", "0", path).stdout.splitlines()) == 75


def test_a_bar_runs_on_a_terminal_and_does_not_take_the_output_with_it(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_bytes((encode(Claim(id="c", text="x" * 100_000)) + b"\n") * 200)
    control, terminal = pty.openpty()
    with (tmp_path / "out").open("wb") as out:
        child = subprocess.Popen([sys.executable, "-m", "claimkit", "validate", str(path)], stdout=out, stderr=terminal)
    os.close(terminal)
    shown = b""
    while True:
        try:
            piece = os.read(control, 4096)
        except OSError:  # the other side of the terminal is closed
            break
        shown += piece
    os.close(control)
    assert child.wait() == 1
    assert b"checking" in shown
    assert b"199 errors" in shown
    assert len((tmp_path / "out").read_text().splitlines()) == 50


# what starts fast


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["validate", "--help"], ["validate", "corpus"], ["schema"], ["new", "x"]]
)
def test_commands_of_the_ground_floor_load_no_heavy_library(small_corpus, tmp_path, arguments):
    small_corpus("corpus")
    code = (
        "import sys\n"
        "from claimkit.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        f"print('loaded:', sorted({HEAVY!r} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.splitlines()[-1] == "loaded: []"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(run_cli, name):
    done = run_cli(name, "--help")
    assert done.status == 0, done.stderr
    assert f"Example: claimkit {name}" in done.stdout or f"| claimkit {name}" in done.stdout


def test_an_unknown_command_is_wrong_usage_with_the_near_miss(run_cli):
    done = run_cli("validat")
    assert done.status == 2
    assert "did you mean 'validate'?" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["validate"], ["validate", "--format", "xml", "x"], ["validate", "--max-shown", "-1", "x"], ["new"]]
)
def test_wrong_usage_is_status_2(run_cli, arguments):
    done = run_cli(*arguments)
    assert done.status == 2
    assert "Traceback" not in done.stderr


# schema


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_schema_prints_the_json_schema_of_a_record(run_cli, name):
    done = run_cli("schema", name)
    assert done.status == 0
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == f"claimkit {name}"


def test_schema_without_a_name_is_that_of_any_record(run_cli):
    check = jsonschema.Draft202012Validator(json.loads(run_cli("schema").stdout))
    assert check.is_valid({"type": "claim", "id": "c", "text": "x"})
    assert not check.is_valid({"type": "claim", "id": "c", "texd": "x"})


def test_schema_writes_all_into_a_folder(run_cli, tmp_path):
    assert run_cli("schema", "--all", "a/b").status == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "a/b").iterdir()} == schema_files()


def test_an_unknown_record_is_wrong_usage_with_the_near_miss(run_cli):
    done = run_cli("schema", "statment")
    assert done.status == 2
    assert "did you mean 'statement'?" in done.stderr
    assert run_cli("schema", "claim", "--all", "x").status == 2


# repair


def test_repair_says_what_it_dropped(run_cli, corpus):
    path = corpus.root / LAYER
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"type":"sta')
    assert "torn-line" in run_cli("validate", path).stdout
    done = run_cli("repair", path)
    assert (done.status, done.stdout) == (0, "")
    assert done.stderr == f'{path}:4: dropped 12 bytes at offset {len(whole):,}: {{"type":"sta\n'
    assert path.read_bytes() == whole


def test_repair_says_when_there_is_little_or_nothing_to_do(run_cli, corpus):
    path = corpus.root / LAYER
    path.write_bytes(path.read_bytes()[:-1])
    assert run_cli("repair", path).stderr == f"{path}: added the missing line feed after the last line\n"
    assert run_cli("repair", path).stderr == f"{path}: every line is whole\n"


def test_repair_of_a_missing_file_is_one_sentence(run_cli):
    done = run_cli("repair", "no.jsonl")
    assert (done.status, done.stderr) == (1, "claimkit: no.jsonl: there is no such file\n")


# new


def test_a_new_corpus_is_valid_at_once(run_cli, tmp_path):
    done = run_cli("new", "my corpus/a")
    assert done.status == 0
    assert run_cli("validate", "my corpus/a").status == 0
    assert list(validate(tmp_path / "my corpus/a")) == []
    assert sorted(path.name for path in (tmp_path / "my corpus").iterdir()) == ["a"]


def test_a_new_corpus_shows_every_kind_of_record(tmp_path):
    new_corpus(tmp_path / "c")
    kinds = {
        json.loads(line)["type"] for path in (tmp_path / "c").rglob("*.jsonl") for line in path.read_text("utf-8").splitlines()
    }
    assert kinds == set(RECORD_TYPES) - {"item", "prediction"}


def test_a_new_corpus_has_the_name_of_its_folder_or_the_given_one(run_cli, tmp_path):
    run_cli("new", 'say "hi"')
    assert r'name = "say \"hi\""' in (tmp_path / 'say "hi"' / "corpus.toml").read_text("utf-8")
    run_cli("new", "x", "--name", "Mühle")
    assert 'name = "Mühle"' in (tmp_path / "x" / "corpus.toml").read_text("utf-8")
    assert run_cli("validate", 'say "hi"', "x").status == 0


def test_a_folder_that_is_not_empty_is_refused_without_force(run_cli, tmp_path):
    (tmp_path / "c" / "layers").mkdir(parents=True)
    (tmp_path / "c" / "claims.jsonl").write_text("mine")
    (tmp_path / "c" / "notes.txt").write_text("mine")
    done = run_cli("new", "c")
    assert done.status == 1
    assert done.stderr.startswith("claimkit: c: the folder is not empty; choose another one, or replace")
    assert sorted(path.name for path in (tmp_path / "c").iterdir()) == ["claims.jsonl", "layers", "notes.txt"]
    assert run_cli("new", "c", "--force").status == 0
    assert run_cli("validate", "c").status == 0
    assert (tmp_path / "c" / "notes.txt").read_text() == "mine"


def test_a_corpus_with_annotations_is_not_started_anew_even_with_force(run_cli, tmp_path, corpus):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("The lane is safe, she said.\n")
    before = {path: path.read_bytes() for path in corpus.root.rglob("*") if path.is_file()}
    for options in (["--force"], ["--texts", "texts", "--force"], ["--texts", "texts"], []):
        done = run_cli("new", corpus.root, *options)
        assert done.status == 1
        assert f"{LAYER}: the corpus has annotations, which a new one in its place would make void; choose another" in done.stderr
        assert "--force" not in done.stderr
    assert {path: path.read_bytes() for path in corpus.root.rglob("*") if path.is_file()} == before


def test_an_example_that_nobody_touched_may_be_written_again(run_cli, tmp_path):
    assert run_cli("new", "c").status == 0
    assert run_cli("new", "c", "--force", "--name", "other").status == 0
    assert 'name = "other"' in (tmp_path / "c" / "corpus.toml").read_text("utf-8")
    (tmp_path / "a.txt").write_text("The lane is safe, she said.\n")
    assert run_cli("new", "c", "--force", "--texts", "a.txt").status == 1
    (tmp_path / "c" / "layers" / "example.jsonl").unlink()
    assert run_cli("new", "c", "--force", "--texts", "a.txt").status == 0
    assert run_cli("validate", "c").status == 0


def test_a_file_in_the_place_of_the_folder_is_refused(run_cli, tmp_path):
    (tmp_path / "c").write_text("mine")
    for options in ([], ["--force"]):
        done = run_cli("new", "c", *options)
        assert (done.status, (tmp_path / "c").read_text()) == (1, "mine")
        assert "this is a file" in done.stderr


@pytest.mark.parametrize("has_files", [False, True])
def test_a_new_corpus_is_written_completely_or_not_at_all(tmp_path, monkeypatch, has_files):
    folder = tmp_path / "c"
    folder.mkdir()
    if has_files:
        (folder / "claims.jsonl").write_text("mine")
        (folder / "corpus.toml").write_text("mine")
    before = {path: path.read_text() for path in folder.iterdir()}
    real = os.replace
    for turn in range(1, 20):
        calls = []

        def replace(*arguments, turn=turn, calls=calls):
            calls.append(arguments)
            if len(calls) == turn:
                raise OSError(28, "No space left on device")
            real(*arguments)

        monkeypatch.setattr(os, "replace", replace)
        if turn > (8 if has_files else 6):
            new_corpus(folder, force=True)
            assert len(list(folder.iterdir())) == 6
            return
        with pytest.raises(DataError, match="no space left on device"):
            new_corpus(folder, force=True)
        assert {path: path.read_text() for path in folder.iterdir()} == before
