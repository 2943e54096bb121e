"""The built wheel, away from the checkout: it carries corpus and baseline, and the demo runs without a network."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Python imports this module at its start; with it no connection can be made.
NO_NETWORK = """
import socket


def refuse(*arguments, **more):
    raise OSError("this run must not use the network")


socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Build the wheel and unpack it where nothing of the checkout is on the path."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    target = folder / "site"
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(target)
    (target / "sitecustomize.py").write_text(NO_NETWORK)
    return target


@pytest.mark.slow
def test_the_demo_of_the_wheel_runs_offline_from_another_folder(installed, tmp_path):
    env = {**os.environ, "PYTHONPATH": str(installed)}
    where = subprocess.run(
        [sys.executable, "-c", "import claimkit; print(claimkit.__file__)"],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(installed)
    done = subprocess.run(
        [sys.executable, "-m", "claimkit", "demo"], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    report = tmp_path / "claimkit-demo" / "report.html"
    assert str(report) in done.stdout
    page = report.read_text()
    assert 'role="img"' in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "<link" not in page


def test_the_network_is_really_off_in_that_run(installed, tmp_path):
    code = "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "must not use the network" in done.stderr


def test_the_wheel_carries_the_corpus_the_codebook_and_the_baseline(installed):
    shipped = installed / "claimkit" / "shipped"
    assert (shipped / "annotations" / "south-asia" / "layers" / "gold.jsonl").is_file()
    assert (shipped / "annotations" / "guidelines" / "codebook.md").is_file()
    assert list((shipped / "models" / "baselines").glob("*/model.json"))
    assert list((shipped / "models" / "configs").glob("*.toml"))


def test_the_wheel_carries_the_annotation_page(installed):
    ours = {path.name for path in (ROOT / "claimkit" / "annotate" / "static").iterdir()}
    assert {path.name for path in (installed / "claimkit" / "annotate" / "static").iterdir()} == ours
    assert {"index.html", "items.html", "main.js", "style.css"} <= ours
