"""JSON Lines on disk: nothing that was acknowledged is lost, nothing is written by halves, nothing unknown is dropped."""

from __future__ import annotations

import doctest
import errno
import json
import os
import random
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import claims, free, items, records, texts

from claimkit.errors import DataError
from claimkit.jsonl import (
    MAX_LINE,
    append_records,
    edit_line,
    locked,
    read_items,
    read_lines,
    read_numbered,
    read_predictions,
    read_records,
    repair,
    replacing,
    torn_tail,
    write_records,
)
from claimkit.records import Claim, Item, Prediction, encode
from claimkit.records.line import read_line


def claim(number: int, text: str = "It rains, naïvely: “𝕏”.") -> Claim:
    return Claim(id=f"c{number}", text=text, meta={"n": number})


@pytest.fixture
def fifty(tmp_path):
    path = tmp_path / "claims.jsonl"
    write_records(path, (claim(number) for number in range(50)))
    return path


# reading


def test_what_was_written_is_read_back(fifty):
    assert list(read_records(fifty, Claim)) == [claim(number) for number in range(50)]


def test_lines_know_their_number_and_where_they_start(fifty):
    content = fifty.read_bytes()
    for line in read_lines(fifty):
        assert content[line.offset :].startswith(line.raw + b"\n")
        assert content[: line.offset].count(b"\n") == line.number - 1


@given(st.lists(st.binary(max_size=12), max_size=8))
def test_lines_of_any_bytes_join_to_the_file_again(tmp_path_factory, chunks):
    path = tmp_path_factory.mktemp("lines") / "f"
    path.write_bytes(b"".join(chunks))
    lines = list(read_lines(path, limit=7))
    assert sum(line.size + line.ended for line in lines) == path.stat().st_size
    for line, after in pairwise(lines):
        assert line.ended
        assert after.offset == line.offset + line.size + 1
    assert all(line.raw == path.read_bytes()[line.offset :][: line.size] for line in lines if line.size <= 7)
    assert all(line.raw == b"" for line in lines if line.size > 7)


def test_reading_stops_at_the_first_error_with_its_place(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_bytes(encode(claim(1)) + b'\n{"type":"claim","id":"c2","texd":"x"}\n')
    with pytest.raises(DataError, match=r"f\.jsonl:2:1: the required key 'text' is missing"):
        list(read_records(path, Claim))


def test_a_file_without_a_record_is_an_error(tmp_path):
    (tmp_path / "f.jsonl").write_bytes(b"")
    with pytest.raises(DataError, match="the file holds no record"):
        list(read_items(tmp_path / "f.jsonl"))


def test_items_and_predictions_are_read_without_a_type(tmp_path):
    (tmp_path / "i.jsonl").write_text('{"id":"1","text":"a","target":"b"}\n')
    (tmp_path / "p.jsonl").write_text('{"id":"1","stance":"a"}\n')
    assert list(read_items(tmp_path / "i.jsonl")) == [Item(id="1", text="a", target="b")]
    assert list(read_predictions(tmp_path / "p.jsonl")) == [Prediction(id="1", stance="a")]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("no.jsonl", "there is no such file$"),
        ("no/such.jsonl", "there is no such file; the folder .* does not exist either"),
        (".", "this is a folder, a file is needed"),
        ("file/below", "a part of this path is a file, not a folder"),
    ],
)
def test_a_path_that_cannot_be_read_is_explained(tmp_path, name, sentence):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match=sentence):
        list(read_lines(tmp_path / name))


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.EACCES, "you may not read or write"), (errno.EIO, "input/output error"), (errno.ENOSPC, "no space left")],
)
def test_what_the_system_refuses_becomes_a_sentence(fifty, monkeypatch, number, sentence):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(DataError, match=sentence):
        append_records(fifty, [claim(51)])


# R1: a torn append never costs a whole record


def test_a_file_cut_at_any_byte_gives_all_whole_records_and_one_torn_tail_that_repair_drops(fifty, tmp_path):
    content = fifty.read_bytes()
    path = tmp_path / "cut.jsonl"
    ends = [index for index, byte in enumerate(content) if byte == ord("\n")]
    for size in range(len(content) + 1):
        path.write_bytes(content[:size])
        whole = sum(end < size for end in ends)
        start = ([-1, *ends])[whole] + 1
        tail = content[start:size]
        is_whole = size in ends  # only the line feed is missing
        good, torn = 0, []
        for line in read_lines(path):
            record, issues = line.read(Claim, path)
            good += record is not None
            torn += [issue for issue in issues if issue.code == "torn-line"]
        assert good == whole + is_whole
        assert [(issue.byte_offset, issue.line) for issue in torn] == ([(start, whole + 1)] if tail and not is_whole else [])
        done = repair(path)
        assert (done.dropped.raw if done.dropped else b"") == (b"" if is_whole else tail)
        assert done.added_newline == is_whole
        assert path.read_bytes() == content[: start if not is_whole else size] + (b"\n" if is_whole else b"")


def test_repair_of_a_whole_file_changes_nothing(fifty):
    before = (fifty.read_bytes(), fifty.stat().st_mtime_ns)
    assert repair(fifty) == (None, False)
    assert (fifty.read_bytes(), fifty.stat().st_mtime_ns) == before


def test_repair_never_drops_a_line_that_is_whole_but_wrong(fifty):
    with fifty.open("ab") as file:
        file.write(b"{'id': 'typed by hand'}")
    assert repair(fifty) == (None, True)
    assert fifty.read_bytes().endswith(b"{'id': 'typed by hand'}\n")


@pytest.mark.parametrize(("end", "is_torn"), [(b'"}', False), (b"", True)])
def test_repair_tells_a_whole_line_longer_than_can_be_kept_from_a_torn_one(tmp_path, end, is_torn):
    path = tmp_path / "long.jsonl"
    first = encode(claim(1)) + b"\n"
    path.write_bytes(first + b'{"type":"claim","id":"c2","text":"' + b"x" * MAX_LINE + end)
    tail = torn_tail(path)
    assert (tail is not None) == is_torn
    repair(path)
    assert (path.read_bytes() == first) == is_torn


def test_append_refuses_to_bury_a_torn_line(fifty):
    with fifty.open("ab") as file:
        file.write(b'{"type":"claim","id":"c9')
    before = fifty.read_bytes()
    with pytest.raises(DataError, match=r"claims\.jsonl:51: the last line was cut off .* claimkit repair"):
        append_records(fifty, [claim(51)])
    assert fifty.read_bytes() == before


def test_append_ends_a_line_that_lacks_only_its_line_feed(fifty):
    fifty.write_bytes(fifty.read_bytes()[:-1])
    assert append_records(fifty, [claim(50)]) == 1
    assert [record.id for record in read_records(fifty, Claim)] == [f"c{number}" for number in range(51)]


# R2: acknowledged is durable

APPENDING = """
import sys
from claimkit.jsonl import append_records
from claimkit.records import Claim
path, start = sys.argv[1], int(sys.argv[2])
for number in range(start, start + 100_000):
    append_records(path, [Claim(id=f"c{number}", text="x" * (number % 3000 + 1))])
    print(number, flush=True)
"""


def test_no_acknowledged_record_is_lost_when_the_writer_is_killed(tmp_path):
    path = tmp_path / "f.jsonl"
    chance = random.Random(5)
    acknowledged: list[int] = []
    for kill in range(int(os.environ.get("CLAIMKIT_KILLS", "30"))):
        child = subprocess.Popen(
            [sys.executable, "-c", APPENDING, str(path), str(kill * 1_000_000)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        acknowledged.append(int(child.stdout.readline()))
        timer = threading.Timer(chance.uniform(0, 0.03), child.kill)
        timer.start()
        acknowledged += [int(line) for line in child.stdout if line.endswith("\n")]
        child.wait()
        timer.join()
        child.stdout.close()
        repair(path)
    found = {record.id for record in read_records(path, Claim)}
    assert {f"c{number}" for number in acknowledged} <= found
    assert len(found) - len(acknowledged) <= kill + 1  # at most one a kill was written and not yet acknowledged


# R3: replacing is atomic


def failing(monkeypatch, name: str, turn: int, number: int, is_short: bool = False) -> list[int]:
    """Let the n-th call of an ``os`` function fail; the list that is returned counts the calls."""
    real = getattr(os, name)
    calls: list[int] = []

    def call(*arguments, **options):
        calls.append(len(calls))
        if len(calls) == turn:
            if not is_short:
                raise OSError(number, os.strerror(number))
            return real(arguments[0], arguments[1][:1])
        return real(*arguments, **options)

    monkeypatch.setattr(os, name, call)
    return calls


def refused(write, path, new) -> bool:
    """Tell whether writing failed; it may only fail with a sentence about the file."""
    try:
        write(path, new)
    except DataError as error:
        return error.path == str(path)
    return False


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EINTR])
@pytest.mark.parametrize("name", ["write", "fsync", "replace", "open"])
@pytest.mark.parametrize("is_new", [True, False])
def test_a_replacement_that_fails_at_any_call_leaves_the_old_file_or_the_new_and_nothing_else(tmp_path, name, number, is_new):
    path = tmp_path / "f.jsonl"
    new = [claim(index, "new" * 1000) for index in range(20)]
    whole = b"".join(encode(record) + b"\n" for record in new)
    old = None if is_new else encode(claim(1, "old")) + b"\n"
    for turn in range(1, 30):
        path.unlink(missing_ok=True)
        if old is not None:
            path.write_bytes(old)
        with pytest.MonkeyPatch.context() as patch:
            calls = failing(patch, name, turn, number)
            failed = refused(write_records, path, new)
        now = path.read_bytes() if path.exists() else None
        assert now in ((old, whole) if failed else (whole,))
        assert [entry.name for entry in tmp_path.iterdir()] == ([path.name] if now is not None else [])
        if len(calls) < turn:
            assert not failed
            assert turn > 1, f"os.{name} is never called"
            return
        assert failed
    pytest.fail("the calls did not come to an end")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EINTR])
@pytest.mark.parametrize("name", ["write", "fsync"])
@pytest.mark.parametrize("is_new", [True, False])
def test_an_append_that_fails_at_any_call_adds_nothing(tmp_path, name, number, is_new):
    path = tmp_path / "f.jsonl"
    old = b"" if is_new else encode(claim(1, "old")) + b"\n"
    for turn in range(1, 10):
        path.unlink(missing_ok=True)
        if not is_new:
            path.write_bytes(old)
        with pytest.MonkeyPatch.context() as patch:
            calls = failing(patch, name, turn, number)
            failed = refused(append_records, path, [claim(2), claim(3)])
        assert path.read_bytes() == (old if failed else old + encode(claim(2)) + b"\n" + encode(claim(3)) + b"\n")
        if len(calls) < turn:
            assert not failed
            assert turn > 1, f"os.{name} is never called"
            return
        assert failed
    pytest.fail("the calls did not come to an end")


@pytest.mark.parametrize(
    ("write", "order"), [(write_records, ["write", "fsync", "replace", "fsync"]), (append_records, ["write", "fsync", "fsync"])]
)
def test_a_file_is_on_disk_before_it_takes_its_place_and_its_folder_afterwards(tmp_path, monkeypatch, write, order):
    calls: list[str] = []
    for name in ("write", "fsync", "replace"):
        real = getattr(os, name)

        def call(*arguments, name=name, real=real):
            calls.append(name)
            return real(*arguments)

        monkeypatch.setattr(os, name, call)
    write(tmp_path / "f.jsonl", [claim(1)])
    assert calls == order


@pytest.mark.parametrize("write", [write_records, append_records])
def test_a_short_write_is_continued(tmp_path, monkeypatch, write):
    path = tmp_path / "f.jsonl"
    failing(monkeypatch, "write", 1, 0, is_short=True)
    write(path, [claim(1), claim(2)])
    assert list(read_records(path, Claim)) == [claim(1), claim(2)]


def test_a_replacement_that_is_given_up_leaves_the_old_file(fifty):
    before = fifty.read_bytes()
    with pytest.raises(KeyboardInterrupt, match="now"), replacing(fifty) as file:  # noqa: PT012 - the block is what is given up
        file.write(b"half")
        raise KeyboardInterrupt("now")
    assert fifty.read_bytes() == before
    assert list(fifty.parent.iterdir()) == [fifty]


def test_a_replaced_file_keeps_its_permissions_and_a_new_one_gets_the_usual_ones(tmp_path):
    old, new, plain = tmp_path / "old", tmp_path / "new", tmp_path / "plain"
    old.write_bytes(b"")
    old.chmod(0o640)
    plain.write_bytes(b"")
    for path in (old, new):
        with replacing(path) as file:
            file.write(b"x")
    assert old.stat().st_mode & 0o777 == 0o640
    assert new.stat().st_mode == plain.stat().st_mode


def test_replacing_through_a_symbolic_link_replaces_what_it_leads_to(tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    with replacing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_device_is_written_to_not_replaced():
    with replacing("/dev/null") as file:
        file.write(b"x")
    assert Path("/dev/null").is_char_device()


def test_a_folder_cannot_be_replaced_by_a_file(tmp_path):
    with pytest.raises(DataError, match="this is a folder, a file is needed"):
        write_records(tmp_path, [claim(1)])


# R4: writers do not interleave

MANY = """
import sys
from claimkit.jsonl import append_records
from claimkit.records import Claim
path, name, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
for number in range(n):
    append_records(path, [Claim(id=f"{name}-{number}", text="x" * (number * 7 % 500 + 1))])
"""


def test_records_that_processes_append_at_once_are_all_there_and_whole(tmp_path):
    writers, each = (int(number) for number in os.environ.get("CLAIMKIT_WRITERS", "8x100").split("x"))
    path = tmp_path / "f.jsonl"
    children = [subprocess.Popen([sys.executable, "-c", MANY, str(path), f"w{index}", str(each)]) for index in range(writers)]
    assert [child.wait() for child in children] == [0] * writers
    names = [record.id for record in read_records(path, Claim)]
    assert len(names) == writers * each
    assert set(names) == {f"w{index}-{number}" for index in range(writers) for number in range(each)}


def test_who_waits_for_a_file_that_is_replaced_meanwhile_appends_to_the_new_one(fifty):
    waiting = threading.Thread(target=append_records, args=(fifty, [claim(50)]))
    with locked(fifty):
        waiting.start()
        with replacing(fifty) as file:
            file.write(encode(claim(0)) + b"\n")
    waiting.join()
    assert list(read_records(fifty, Claim)) == [claim(0), claim(50)]


def test_repair_waits_for_a_writer(fifty):
    mending = threading.Thread(target=repair, args=(fifty,))
    with locked(fifty) as handle:
        os.write(handle, b'{"type":"claim","id":"c50",')
        mending.start()
        mending.join(0.2)
        assert mending.is_alive()
        os.write(handle, b'"text":"slow"}\n')
    mending.join()
    assert [record.id for record in read_records(fifty, Claim)][-1] == "c50"


# R5: nothing unknown is lost


@given(records, free)
def test_a_record_that_is_read_and_written_back_unchanged_keeps_every_byte(record, value):
    members = json.loads(encode(record))
    members["meta"] = {"weight": "@1.10e+05@", "free": value}
    keys = list(members)
    random.Random(len(keys)).shuffle(keys)
    text = json.dumps({key: members[key] for key in keys}, ensure_ascii=False)
    raw = text.replace('"@1.10e+05@"', "1.10e+05", 1).encode()
    back, _ = read_line(raw, type(record), path="f", number=1)
    assert edit_line(raw, back, back) == raw


@given(claims, texts.filter(bool))
def test_an_edit_changes_the_value_and_nothing_else_of_the_line(record, text):
    old_line = encode(msgspec.structs.replace(record, meta={})).replace(b'{"type"', b'{"meta":{"weight":1.10,"big":1E+2},"type"')
    old, issues = read_line(old_line, Claim, path="f", number=1)
    assert [issue.code for issue in issues if issue.severity == "error"] == []
    new_line = edit_line(old_line, old, msgspec.structs.replace(old, text=text))
    assert new_line.startswith(b'{"meta":{"weight":1.10,"big":1E+2},"type":"claim"')
    assert json.loads(new_line) == {**json.loads(old_line), "text": text}
    assert list(json.loads(new_line)) == list(json.loads(old_line))


def test_a_key_that_an_edit_adds_stands_in_its_place_and_one_that_becomes_the_default_goes():
    raw = b'{"type":"claim","id":"c","text":"x","topics":["a"],"meta":{"n":1.0}}'
    old, _ = read_line(raw, Claim, path="f", number=1)
    added = edit_line(raw, old, msgspec.structs.replace(old, kind="factual"))
    assert added == b'{"type":"claim","id":"c","text":"x","kind":"factual","topics":["a"],"meta":{"n":1.0}}'
    gone = edit_line(raw, old, msgspec.structs.replace(old, topics=()))
    assert gone == b'{"type":"claim","id":"c","text":"x","meta":{"n":1.0}}'


def test_a_default_that_was_written_out_stays_written_out():
    raw = b'{"type":"claim","id":"c","text":"x","kind":null,"about":[]}'
    old, _ = read_line(raw, Claim, path="f", number=1)
    assert edit_line(raw, old, msgspec.structs.replace(old, text="y")) == raw.replace(b'"x"', b'"y"')


@pytest.mark.parametrize(("before", "after"), [(1, True), (1, 1.0), (0, False), (0.0, -0.0), ({"a": 1, "b": 2}, {"b": 2, "a": 1})])
def test_values_that_are_equal_only_to_python_are_an_edit(before, after):
    old = Claim(id="c", text="x", meta={"v": before})
    new = Claim(id="c", text="x", meta={"v": after})
    assert old == new
    assert edit_line(encode(old), old, new) == encode(new)


@given(items, items)
def test_an_edited_line_reads_back_as_the_edited_record(old, new):
    new = msgspec.structs.replace(new, id=old.id)
    line = edit_line(encode(old), old, new)
    assert read_line(line, Item, path="f", number=1)[0] == new


# R6: friendly to git


def test_one_edit_is_one_line_of_diff(fifty):
    before = fifty.read_bytes().split(b"\n")
    lines = []
    for line, record in read_numbered(fifty, Claim):
        new = msgspec.structs.replace(record, text="changed") if record.id == "c17" else record
        lines.append(edit_line(line.raw, record, new) + b"\n")
    with replacing(fifty) as file:
        file.writelines(lines)
    after = fifty.read_bytes().split(b"\n")
    assert len(before) == len(after)
    assert [index for index, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == [17]


def test_edits_of_two_annotators_in_layers_of_their_own_merge_cleanly(tmp_path):
    def git(*arguments: str) -> None:
        settings = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *settings, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    shared = tmp_path / "claims.jsonl"
    write_records(shared, (claim(number) for number in range(30)))
    git("add", ".")
    git("commit", "-qm", "start")
    for name, number in (("ann", 3), ("ben", 20)):
        git("checkout", "-q", "-b", name, "main")
        write_records(shared, (claim(n, name) if n == number else claim(n) for n in range(30)))
        write_records(tmp_path / f"{name}.jsonl", [claim(99, name)])
        git("add", ".")
        git("commit", "-qm", name)
    git("merge", "-q", "ann", "-m", "merge")
    texts_now = {record.id: record.text for record in read_records(shared, Claim)}
    assert (texts_now["c3"], texts_now["c20"]) == ("ann", "ben")


# R7: the same bytes everywhere

WRITING = """
import sys
from claimkit.jsonl import read_records, write_records
from claimkit.records import Claim
write_records(sys.argv[2], read_records(sys.argv[1], Claim))
"""


@pytest.mark.parametrize(
    "setting",
    [{"PYTHONHASHSEED": str(seed)} for seed in range(4)]
    + [{"TZ": zone} for zone in ("Asia/Kolkata", "America/St_Johns")]
    + [{"LC_ALL": name} for name in ("C", "C.UTF-8", "tr_TR.UTF-8")],
)
def test_the_bytes_depend_on_no_setting_of_the_machine(fifty, tmp_path, setting):
    copy = tmp_path / "copy.jsonl"
    subprocess.run([sys.executable, "-c", WRITING, str(fifty), str(copy)], env={**os.environ, **setting}, check=True)
    assert copy.read_bytes() == fifty.read_bytes()


def test_the_example_of_the_page_about_json_lines_runs_as_it_stands_there(tmp_path, monkeypatch):
    page = Path(__file__).parent.parent / "docs" / "jsonl.md"
    monkeypatch.chdir(tmp_path)
    assert doctest.testfile(str(page), module_relative=False) == (0, 5)
