"""Calls in processes of their own: what ends one of them ends nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from claimkit.benchmark.apart import run_apart
from claimkit.errors import DataError


def call(how: str) -> None:
    """End in one of several ways; another process imports it."""
    if how == "data":
        raise DataError("a file is missing")
    if how == "library":
        raise RuntimeError("index out of range\nin some library")
    if how == "memory":
        raise MemoryError
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "gone":
        os._exit(3)


def test_every_call_ends_with_its_own_reason_and_none_with_that_of_another():
    ways = ["well", "data", "library", "memory", "killed", "gone", "well"]
    said = dict(run_apart(call, [(how,) for how in ways], workers=2))
    assert [said[place] for place in range(len(ways))] == [
        None,
        "a file is missing",
        "RuntimeError: index out of range",
        "the memory of this machine was not enough; run with --workers 1, or on a larger one",
        "its process was ended from outside (SIGKILL), perhaps for want of memory; run with --workers 1",
        "its process ended before its work was done (status 3)",
        None,
    ]


def note(folder: str, name: str) -> None:
    """Say that it is at work, and be at it until it is interrupted; say then that it was."""
    (Path(folder) / f"{name}.begun").touch()
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        time.sleep(0.3)  # as if a checkpoint were written
        (Path(folder) / f"{name}.interrupted").touch()
        raise


CALLER = """
import sys
sys.path.insert(0, sys.argv[1])
from claimkit.benchmark.apart import run_apart
from test_apart import note
if __name__ == "__main__":
    list(run_apart(note, [(sys.argv[2], str(n)) for n in range(5)], workers=2))
"""


@pytest.fixture
def caller(tmp_path):
    """A program with two calls at work and three that wait."""
    script = tmp_path / "caller.py"
    script.write_text(CALLER)
    folder = tmp_path / "notes"
    folder.mkdir()
    program = subprocess.Popen([sys.executable, script, Path(__file__).parent, folder], stderr=subprocess.DEVNULL)
    until(lambda: len(list(folder.glob("*.begun"))) == 2)
    yield program, folder
    program.kill()


def until(is_so, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_interrupt_reaches_those_at_work_once_and_no_other_call_begins(caller):
    program, folder = caller
    os.kill(program.pid, signal.SIGINT)
    assert program.wait(timeout=60) != 0
    assert sorted(path.name for path in folder.iterdir()) == ["0.begun", "0.interrupted", "1.begun", "1.interrupted"]


def test_an_interrupt_while_processes_still_import_ends_them_without_a_traceback(tmp_path):
    psutil = pytest.importorskip("psutil", reason="psutil is not installed")
    script = tmp_path / "caller.py"
    script.write_text(CALLER)
    program = subprocess.Popen([sys.executable, script, Path(__file__).parent, tmp_path], stderr=subprocess.PIPE, text=True)
    children = psutil.Process(program.pid).children
    until(lambda: sum("spawn_main" in " ".join(child.cmdline()) for child in children()) == 2)
    os.kill(program.pid, signal.SIGINT)
    said = program.communicate(timeout=60)[1]
    assert said.count("Traceback") == 1  # that of the program itself, which has no other answer to an interrupt
    assert "spawn_main" not in said
    assert not list(tmp_path.glob("[2-4].begun"))


def test_when_the_caller_is_killed_nothing_goes_on_without_it(caller):
    psutil = pytest.importorskip("psutil", reason="psutil is not installed")
    program, folder = caller
    children = psutil.Process(program.pid).children(recursive=True)
    assert len(children) >= 2
    program.kill()
    program.wait()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive
    assert not list(folder.glob("*.interrupted"))
