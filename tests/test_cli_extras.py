"""Where an extra is missing, the line to type is shown, and everything else works."""

from __future__ import annotations

import subprocess
import sys

from claimkit.records import Item
from claimkit.records.base import encode

WITHOUT_TRANSFORMERS = "import sys; sys.modules['transformers'] = None; from claimkit.cli import main; main(sys.argv[1:])"


def run(*arguments):
    command = [sys.executable, "-c", WITHOUT_TRANSFORMERS, *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_list_of_classifiers_says_what_a_missing_extra_needs():
    done = run("list", "classifiers")
    assert done.returncode == 0, done.stderr
    assert "pip install 'claimkit[transformers]'" in done.stdout
    assert "majority" in done.stdout


def test_a_command_that_needs_a_missing_extra_ends_with_status_3_and_the_line_to_type(tmp_path):
    items = tmp_path / "items.jsonl"
    rows = [Item(id=str(n), text="a", target="b", stance="FAVOR" if n % 2 else "AGAINST", scheme="pstance") for n in range(4)]
    items.write_bytes(b"".join(encode(row) + b"\n" for row in rows))
    done = run("train", "--classifier", "transformer", "--data", items, "--out", tmp_path / "model")
    assert done.returncode == 3
    assert "pip install 'claimkit[transformers]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "model").exists()
