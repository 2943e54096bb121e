"""Bad input of every kind, through the real program: a clear sentence, the right exit status, and never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from claimkit.cli import main, program
from claimkit.records import Claim, encode

LAYER = "layers/ann.jsonl"
GOOD = encode(Claim(id="c1", text="It rains."))
C1, TEXT, VALUE = b'"c1"', b'"text"', b'"It'


def check(done, status: int, *parts: str) -> None:
    """One line on the one stream or the other holds all the parts, and nothing looks like a crash."""
    assert done.status == status, done.stderr
    assert "Traceback" not in done.stderr
    lines = [*done.stdout.splitlines(), *done.stderr.splitlines()]
    assert any(all(part in line for part in parts) for line in lines), lines


# files and lines: content, where, what is said


def at(word: bytes) -> int:
    """The column of something in the good line."""
    return GOOD.index(word) + 1


def with_free(value: bytes) -> bytes:
    return GOOD.replace(b"}", b',"meta":{"x":' + value + b"}}") + b"\n"


def instead(old: bytes, new: bytes) -> bytes:
    return GOOD.replace(old, new, 1) + b"\n"


LINES = {
    "an empty file": (b"", "f.jsonl file-empty: the file holds no record"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD + b"\n", "f.jsonl:1:1 byte-order-mark:", "save the file as UTF-8 without BOM"),
    "line ends of Windows": (GOOD + b"\r\n", f"f.jsonl:1:{len(GOOD) + 1} carriage-return: lines end with CR LF", "Unix"),
    "a carriage return in a line": (instead(b",", b",\r"), f"f.jsonl:1:{at(b',') + 1} carriage-return: a bare carriage return"),
    "bytes that are not UTF-8": (
        instead(b"rains", b"\xe4rains"),
        f"f.jsonl:1:{at(b'rains')} invalid-utf8: byte 0xe4 is not UTF-8 here; save the file as UTF-8",
    ),
    "a file in UTF-16": (GOOD.decode().encode("utf-16") + b"\n", "f.jsonl:1:1 invalid-utf8:", "save the file as UTF-8"),
    "NaN": (with_free(b"NaN"), "json-not-a-number: NaN is not JSON; leave the key out, or write null"),
    "Infinity": (with_free(b"-Infinity"), "json-not-a-number: -Infinity is not JSON"),
    "a key that stands twice": (
        instead(b"}", b',"id":"c2"}'),
        f"f.jsonl:1:{len(GOOD) + 1} duplicate-key: the key 'id' occurs twice",
    ),
    "an id that stands twice": (
        GOOD + b"\n" + GOOD + b"\n",
        f"f.jsonl:2:{at(C1)} duplicate-id: the id 'c1' is already used in line 1",
    ),
    "an unknown key": (
        instead(b'"text"', b'"texxt"'),
        f"f.jsonl:1:{at(TEXT)} unknown-key: unknown key 'texxt'; did you mean 'text'?",
    ),
    "a torn last line": (
        GOOD + b"\n" + GOOD[:20],
        f"f.jsonl:2:21 torn-line: the last line was cut off in the middle of a record (20 bytes from offset {len(GOOD) + 1})",
        "run: claimkit repair f.jsonl",
    ),
    "no JSON at all": (b"hello\n", "f.jsonl:1:1 json-syntax: expected a value, found 'hello'"),
    "an array": (b"[1]\n", "f.jsonl:1:1 json-syntax: a record is a JSON object, in braces"),
    "Python instead of JSON": (b"{'type': 'claim'}\n", "f.jsonl:1:2 json-syntax:", 'JSON wants straight double quotes: "'),
    "one array over many lines": (
        b"[\n" + GOOD + b",\n" + GOOD + b"\n]\n",
        "f.jsonl:1:2 json-syntax: the line ends where a value should stand",
    ),
    "half of a surrogate pair": (
        instead(b"It", b"\\ud83d"),
        f"f.jsonl:1:{at(b'It')} lone-surrogate: \\ud83d is half of a surrogate pair",
    ),
    "the character U+0000": (instead(b"It", b"\\u0000"), f"f.jsonl:1:{at(b'It')} nul-character:"),
    "a raw zero byte": (instead(b"It", b"\0"), f"f.jsonl:1:{at(b'It')} json-syntax: the character U+0000 stands unescaped"),
    "deep nesting": (with_free(b"[" * 90_000 + b"]" * 90_000), "json-depth:"),
    "a number of 5,000 digits": (with_free(b"9" * 5000), "json-number: a number of 5000 digits"),
    "a number that is too large": (with_free(b"1e999"), "json-number: 1e999 is too large"),
    "no type": (b'{"id":"c1"}\n', "f.jsonl:1:1 unknown-type: the record has no type", 'add "type" as the first key'),
    "an unknown type": (
        b'{"type":"statment","id":"s"}\n',
        "f.jsonl:1:9 unknown-type: the type 'statment'",
        "did you mean 'statement'?",
    ),
    "a missing key": (b'{"type":"claim","id":"c1"}\n', "f.jsonl:1:1 missing-key: the required key 'text' is missing"),
    "a number for a text": (
        instead(b'"It rains."', b"3"),
        f"f.jsonl:1:{at(VALUE)} wrong-type: 'text' must be a text, found a number",
    ),
    "a date that does not exist": (
        b'{"type":"document","id":"d","text":"","published":"2019-02-30"}\n',
        "f.jsonl:1:51 not-a-date: '2019-02-30' is not a date; write it as 2019-02-26 or 2019-02-26T14:30:00Z",
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_a_bad_file_is_answered_with_its_problem_in_its_place(run_cli, tmp_path, name):
    content, *parts = LINES[name]
    (tmp_path / "f.jsonl").write_bytes(content)
    check(run_cli("validate", "f.jsonl"), 1, *parts)


def test_a_missing_file_is_one_sentence(run_cli):
    check(run_cli("validate", "no.jsonl"), 1, "no.jsonl file-missing: there is no such file")
    check(run_cli("validate", "no/such.jsonl"), 1, "there is no such file; the folder 'no' does not exist either")


def test_a_folder_in_place_of_a_file_is_one_sentence(run_cli, tmp_path, small_corpus):
    (tmp_path / "folder").mkdir()
    check(run_cli("validate", "folder"), 1, "folder not-a-corpus: this folder is not a corpus", "claimkit new DIR")
    check(run_cli("repair", "folder"), 1, "claimkit: folder: this is a folder, a file is needed")
    corpus = small_corpus()
    (corpus.root / "claims.jsonl").unlink()
    (corpus.root / "claims.jsonl").mkdir()
    check(run_cli("validate", corpus.root), 1, "claims.jsonl file-is-folder: this is a folder, a file is needed")


def test_an_empty_standard_input_is_one_sentence(run_cli):
    check(run_cli("validate", "-", input=b""), 1, "file-empty: the file holds no record")


# the content of a corpus

CONTENT = {
    "a dangling reference": ({"speaker": "ministr"}, "dangling-reference: there is no actor 'ministr'; did you mean 'minister'?"),
    "an unknown label": (
        {"stance": "Support"},
        "stance 'Support' is not one of support, oppose, neutral, unclear; did you mean 'support'?",
    ),
    "a span of another text": (
        {"spans": [{"start": 0, "end": 4, "text": "said"}]},
        "span-text-mismatch: the document holds '𝕏 th' at 0–4, the span says 'said'; the text stands at 15–19",
    ),
    "a span beyond the text": (
        {"spans": [{"start": 500, "end": 504, "text": "said"}]},
        "span-out-of-text: the span 500–504 reaches beyond the text, which has 78 characters; the text stands at 15–19",
    ),
    "UTF-16 offsets": (
        {"spans": [{"start": 16, "end": 20, "text": "said"}]},
        "it matches as UTF-16 offsets; in code points it is 15–19",
    ),
    "byte offsets": (
        {"spans": [{"start": 18, "end": 22, "text": "said"}]},
        "it matches as UTF-8 byte offsets; in code points it is 15–19",
    ),
    "an empty span": ({"spans": [{"start": 15, "end": 15, "text": ""}]}, "span-empty: the span 15–15 ends at or before its start"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTENT)
def test_a_bad_statement_is_answered_with_its_problem_in_its_place(run_cli, small_corpus, name):
    changes, message = CONTENT[name]
    corpus = small_corpus()
    corpus.edit(LAYER, "s1", **changes)
    check(run_cli("validate", corpus.root), 1, f"{LAYER}:1:", message)


def test_a_broken_corpus_toml_is_one_sentence(run_cli, small_corpus):
    corpus = small_corpus()
    (corpus.root / "corpus.toml").write_text('name = "x"\nlabels = [\n')
    check(run_cli("validate", corpus.root), 1, "corpus.toml:3:1 corpus-config: not valid TOML")
    (corpus.root / "corpus.toml").write_bytes(b'name = "\xff"\n')
    check(run_cli("validate", corpus.root), 1, "corpus.toml:1 corpus-config: byte 0xff is not UTF-8")


# much of it


def test_ten_thousand_errors_are_summarised_and_all_of_them_stand_in_the_json(run_cli, tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_bytes(b"".join(b'{"type":"claim","id":"c%d","text":"","speeker":1}\n' % index for index in range(5000)))
    done = run_cli("validate", "f.jsonl")
    assert done.status == 1
    assert len(done.stdout.splitlines()) == 50
    assert done.stderr.splitlines() == [
        "… and 9,950 more; --max-shown 0 prints all. By code:",
        "      5,000  not-allowed (error)",
        "      5,000  unknown-key (error)",
        "10,000 errors",
    ]
    report = json.loads(run_cli("validate", "--json", "f.jsonl").stdout)
    assert (report["errors"], report["warnings"], len(report["issues"])) == (10_000, 0, 10_000)


def peak(*arguments: str) -> tuple[subprocess.CompletedProcess[str], int]:
    """Run the program and return it with its greatest use of memory in bytes."""
    code = "import resource, subprocess, sys\ndone = subprocess.run(sys.argv[1:])\n"
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\nsys.exit(done.returncode)"
    done = subprocess.run(
        [sys.executable, "-c", code, sys.executable, "-m", "claimkit", *arguments], capture_output=True, text=True, check=False
    )
    return done, int(done.stderr.splitlines()[-1]) * (1 if sys.platform == "darwin" else 1024)


def test_a_line_of_200_megabytes_takes_less_than_200_megabytes_of_memory(tmp_path):
    small, large = tmp_path / "small.jsonl", tmp_path / "large.jsonl"
    small.write_bytes(GOOD + b"\n")
    with large.open("wb") as file:
        file.write(b'{"type":"claim","id":"c1","text":"')
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + GOOD.replace(b'"c1"', b'"c 2"') + b"\n")
    _, base = peak("validate", str(small))
    done, used = peak("validate", str(large))
    assert done.returncode == 1
    assert "large.jsonl:1:1 line-too-long: the line has 200,000,036 bytes" in done.stdout
    assert "large.jsonl:2:22 not-allowed" in done.stdout  # what follows is checked all the same
    assert used - base < 200_000_000
    with large.open("r+b") as file:
        file.truncate(150_000_000)
    done, used = peak("repair", str(large))
    assert done.returncode == 0
    assert large.stat().st_size == 0
    assert used - base < 200_000_000


@pytest.mark.parametrize(
    "command",
    [("split",), ("split", "--check"), ("split", "--out", "new.jsonl"), ("predict", "south-asia-ngrams", "--out", "new.jsonl")],
)
def test_an_id_that_stands_twice_is_found_before_anything_is_written(run_cli, tmp_path, command):
    rows = [{"id": f"i{n}", "text": "It rains.", "target": "rain", "groups": {"document": f"d{n}"}} for n in (1, 2, 3, 2)]
    (tmp_path / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    check(run_cli(*command, "items.jsonl"), 1, "claimkit: items.jsonl:4: the id 'i2' occurs twice; give one of the two another id")
    assert [path.name for path in tmp_path.iterdir()] == ["items.jsonl"]


def test_an_id_that_stands_in_two_files_is_found(run_cli, tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text('{"id":"1","text":"It rains.","target":"rain","groups":{"document":"d"}}\n')
    check(run_cli("split", "a.jsonl", "b.jsonl"), 1, "claimkit: b.jsonl:1: the id '1' occurs twice; give one of the two another id")
    check(run_cli("split", "a.jsonl", "a.jsonl"), 1, "claimkit: a.jsonl:1: the id '1' occurs twice; give one of the two another id")


# what the system refuses


@pytest.mark.parametrize("command", ["validate", "repair"])
def test_a_file_that_may_not_be_read_is_one_sentence(tmp_path, command):
    path = tmp_path / "f.jsonl"
    path.write_bytes(GOOD + b"\n")
    path.chmod(0)
    code = "import os, sys\nfrom claimkit.cli import main, program\n"
    if os.geteuid() == 0:  # root reads everything, so the program becomes somebody else, once it has all its modules
        for folder in [tmp_path, *tmp_path.parents][:-1]:
            if not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o011)
        code += "try:\n    program.main([sys.argv[1], 'no such file'], standalone_mode=False)\nexcept BaseException:\n    pass\n"
        code += "os.setegid(65534); os.seteuid(65534)\n"
    code += "main(sys.argv[1:])"
    done = subprocess.run([sys.executable, "-c", code, command, str(path)], capture_output=True, text=True, check=False)
    path.chmod(0o600)
    assert done.returncode == 1, done.stderr
    assert "you may not read or write this file; look at its permissions" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize(
    "line", ["items small --layer ann", "schema item", "list metrics", "validate --format github small/bad.jsonl", "--help"]
)
def test_a_standard_output_that_is_full_is_one_sentence(tmp_path, small_corpus, line):
    small_corpus().write("bad.jsonl", {"type": "claim"})
    arguments = [sys.executable, "-m", "claimkit", *line.split()]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "claimkit: the standard output cannot be written: no space left on device"
    assert "Traceback" not in done.stderr


def test_what_the_system_refuses_is_one_sentence_also_where_nobody_expected_it(monkeypatch, capsys):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", "some/file")

    monkeypatch.setattr(program, "main", refuse)
    with pytest.raises(SystemExit, match="1"):
        main(["list"])
    assert capsys.readouterr().err == "claimkit: some/file: permission denied\n"
    with pytest.raises(PermissionError):
        main(["list", "--debug"])


@pytest.mark.parametrize("setting", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_tables_are_utf8_in_every_locale(run_cli, setting):
    done = run_cli("list", "metrics", env=setting)
    assert done.status == 0, done.stderr
    assert "─" in done.stdout


# stopped from outside


@pytest.fixture
def waiting_for_input():
    """The program while it waits for more of its standard input, after it has printed a first problem."""
    child = subprocess.Popen(
        [sys.executable, "-m", "claimkit", "validate", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(b"hello\n")
    child.stdin.flush()
    assert b"json-syntax" in child.stdout.readline()
    yield child
    if child.poll() is None:
        child.kill()
    child.communicate()


def test_ctrl_c_is_answered_with_one_sentence_and_status_130(waiting_for_input):
    waiting_for_input.send_signal(signal.SIGINT)
    assert waiting_for_input.wait(timeout=20) == 130
    assert waiting_for_input.stderr.read().decode().strip() == "claimkit: stopped; nothing was written by halves"


def test_a_reader_that_has_enough_ends_the_program_quietly(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_bytes(b"hello\n" * 50_000)
    child = subprocess.Popen(
        [sys.executable, "-m", "claimkit", "validate", "--max-shown", "0", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert b"json-syntax" in child.stdout.readline()
    child.stdout.close()
    assert child.wait(timeout=60) != 0
    assert child.stderr is not None
    assert child.stderr.read() == b""
    child.stderr.close()
