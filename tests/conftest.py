"""What many tests need: the reference material where it lies, and the real program."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


def _folder(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value or not Path(value).is_dir():
        pytest.skip(f"{variable} does not name a folder, so what needs it is skipped")
    return Path(value)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the public data sets, which may not be passed on."""
    return _folder("CLAIMKIT_DATA")


@pytest.fixture(scope="session")
def oracle_dir() -> Path:
    """The folder with the results of other programs."""
    return _folder("CLAIMKIT_ORACLES")


@dataclass
class Done:
    """How a run of the program ended."""

    status: int
    stdout: str
    stderr: str


@pytest.fixture
def run_cli(tmp_path):
    """Run the real program in a process of its own."""

    def run(*arguments, input=None, cwd=None, env=None):
        done = subprocess.run(
            [sys.executable, "-m", "claimkit", *(str(argument) for argument in arguments)],
            input=input,
            capture_output=True,
            cwd=cwd or tmp_path,
            env={**os.environ, **(env or {})},
            timeout=300,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
