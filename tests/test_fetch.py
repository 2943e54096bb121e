"""Fetching official files: from a server on this machine, which also misbehaves in every way that servers do."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from claimkit.catalog import DATASETS, DataFile, Dataset, Facts, fetch_dataset, load_dataset, plan_fetch
from claimkit.errors import DataError

GOOD = b"one\tpro\ntwo\tcon\n"
OTHER_ENDS = GOOD.replace(b"\n", b"\r\n")
SHA = hashlib.sha256(GOOD).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by the first part of the path."""

    def do_GET(self):
        self.server.asked.append(self.path)
        kind = self.path.split("/")[1]
        if kind in ("404", "503"):
            self.send_error(int(kind))
            return
        body = {"good": GOOD, "other-ends": OTHER_ENDS, "wrong": GOOD[::-1], "long": GOOD * 1000, "half": GOOD[:7]}[kind]
        self.send_response(200)
        self.send_header("Content-Length", str(len(GOOD) if kind == "half" else len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.asked = []
        running.place = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def data_of(*urls, also=()):
    """A data set of the files a.tsv, b.tsv …, which are to be had at the given addresses; ``None``: nowhere."""
    files = tuple(
        DataFile(name=f"{name}.tsv", bytes=len(GOOD), sha256=SHA, url=url, also=also)
        for name, url in zip("abcd", urls, strict=False)
    )
    facts = Facts(
        name="toy",
        title="Toy comments",
        sentence="A toy.",
        folder="toys",
        licence="CC0, do ask",
        citation="Nobody (2020).",
        url="https://example.org/toy",
        origin="example/toy@0",
        scheme="vast",
        metric="f1_macro",
        files=files,
        labels={"test": {"pro": 1, "con": 1}},
    )
    return Dataset(lambda *_: iter(()), facts)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_are_fetched_into_the_folder_of_the_data_set_and_found_there(server, tmp_path):
    toy = data_of(f"{server.place}/good/1", f"{server.place}/good/2")
    steps = []
    plan = fetch_dataset(toy, tmp_path, steps.append)
    assert [file.name for file in plan.wanted] == ["a.tsv", "b.tsv"]
    assert (plan.bytes, sum(steps), plan.left) == (2 * len(GOOD), 2 * len(GOOD), "")
    assert toy.locate(tmp_path) == tmp_path / "toys"
    assert names_in(tmp_path / "toys") == ["a.tsv", "b.tsv"]


def test_what_is_there_and_right_is_not_fetched_again(server, tmp_path):
    toy = data_of(f"{server.place}/good/1", f"{server.place}/good/2")
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys" / "a.tsv").write_bytes(GOOD)
    plan = fetch_dataset(toy, tmp_path)
    assert ([file.name for file in plan.kept], server.asked) == (["a.tsv"], ["/good/2"])


def test_half_a_file_is_replaced_by_the_whole_one(server, tmp_path):
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys" / "a.tsv").write_bytes(GOOD[:5])
    fetch_dataset(data_of(f"{server.place}/good"), tmp_path)
    assert (tmp_path / "toys" / "a.tsv").read_bytes() == GOOD


def test_a_file_of_the_same_name_in_the_folder_around_the_data_sets_is_left_alone(server, tmp_path):
    (tmp_path / "a.tsv").write_bytes(b"my own labels")
    plan = fetch_dataset(data_of(f"{server.place}/good"), tmp_path)
    assert plan.folder == tmp_path / "toys"
    assert (tmp_path / "a.tsv").read_bytes() == b"my own labels"
    assert (tmp_path / "toys" / "a.tsv").read_bytes() == GOOD


def test_files_that_lie_in_the_folder_that_is_named_are_found_there(server, tmp_path):
    (tmp_path / "b.tsv").write_bytes(GOOD)
    assert plan_fetch(data_of(f"{server.place}/good/1", f"{server.place}/good/2"), tmp_path).folder == tmp_path / "toys"
    (tmp_path / "a.tsv").write_bytes(GOOD)
    assert plan_fetch(data_of(f"{server.place}/good/1", f"{server.place}/good/2"), tmp_path).folder == tmp_path


def test_an_equivalent_variant_is_taken_when_it_is_fetched_and_when_it_is_looked_for(server, tmp_path):
    toy = data_of(f"{server.place}/other-ends", also=(hashlib.sha256(OTHER_ENDS).hexdigest(),))
    fetch_dataset(toy, tmp_path)
    assert toy.locate(tmp_path).joinpath("a.tsv").read_bytes() == OTHER_ENDS
    assert plan_fetch(toy, tmp_path).wanted == ()


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("404", r"/404 answered 404 Not Found; get the file from https://example\.org/toy yourself and put it there$"),
        ("503", r"/503 answered 503 Service Unavailable; wait a little, then run the command again, what is there already stays$"),
        (
            "wrong",
            r"what http://.*/wrong sends is not the official file: its SHA-256 is [0-9a-f]{12}…, not .*…; nothing was kept; get",
        ),
        ("long", r"/long sends is not the official file: it has more than 16 bytes; nothing was kept; get the file"),
        (
            "half",
            r"the connection to http://.*/half broke off after 7 of 16 bytes; run the command again, what is there already stays$",
        ),
    ],
)
def test_a_failure_names_the_file_and_what_to_do_and_leaves_nothing_by_halves(server, tmp_path, kind, message):
    toy = data_of(f"{server.place}/good", f"{server.place}/{kind}", f"{server.place}/good")
    with pytest.raises(DataError, match=rf"^{re.escape(str(tmp_path / 'toys' / 'b.tsv'))}: .*{message}") as caught:
        fetch_dataset(toy, tmp_path)
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path / "toys") == ["a.tsv"]


def test_a_failure_leaves_the_file_that_was_there(server, tmp_path):
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys" / "a.tsv").write_bytes(b"mine")
    with pytest.raises(DataError, match="404"):
        fetch_dataset(data_of(f"{server.place}/404"), tmp_path)
    assert (tmp_path / "toys" / "a.tsv").read_bytes() == b"mine"
    assert names_in(tmp_path / "toys") == ["a.tsv"]


def test_a_server_that_is_not_there_is_said_in_a_sentence(server, tmp_path):
    with socket.socket() as taken:  # bound, but it does not listen
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/a"
        with pytest.raises(
            DataError, match=r"toys/a\.tsv: http://.*/a cannot be read \(connection refused\); look at the connection and run"
        ):
            fetch_dataset(data_of(url), tmp_path)
    assert names_in(tmp_path / "toys") == []


def test_a_folder_that_may_not_be_written_is_said_in_a_sentence(server, tmp_path):
    (tmp_path / "toys").write_text("a file")
    with pytest.raises(DataError, match=r"toys/a\.tsv"):
        fetch_dataset(data_of(f"{server.place}/good"), tmp_path)


def test_the_catalogue_fetches_only_from_addresses_that_name_a_commit_and_never_restricted_files():
    urls = {(name, file.name): file.url for name in DATASETS for file in DATASETS[name].facts.files if file.url}
    assert urls
    for url in urls.values():
        assert re.match(r"https://raw\.githubusercontent\.com/[^/]+/[^/]+/[0-9a-f]{12,40}/.+", url)
    assert not {name for name, _ in urls} & {"semeval2016-t6a", "semeval2016-t6b", "pstance"}


def test_a_missing_file_that_can_be_fetched_is_answered_with_the_command(tmp_path):
    with pytest.raises(DataError, match=r"claimkit data fetch perspectrum"):
        load_dataset("perspectrum", data_dir=tmp_path)


# the command


@pytest.fixture
def package(server, tmp_path):
    """A package that adds the data set ``toy`` to the catalogue; gives the environment in which it is found."""
    root = tmp_path / "package"
    (root / "toy-1.0.dist-info").mkdir(parents=True)
    (root / "toy-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (root / "toy-1.0.dist-info" / "entry_points.txt").write_text("[claimkit.datasets]\ntoy = toy_data:DATASET\n")

    def make(*urls):
        (root / "facts.json").write_text(json.dumps(urls))
        (root / "toy_data.py").write_text(
            "import json, pathlib\nfrom test_fetch import data_of\n"
            "DATASET = data_of(*json.loads(pathlib.Path(__file__).with_name('facts.json').read_text()))\n"
        )
        return {"PYTHONPATH": f"{root}{os.pathsep}{Path(__file__).parent}"}

    return make


def test_without_a_terminal_the_licence_has_to_be_accepted_by_an_option(run_cli, server, package, tmp_path):
    done = run_cli("data", "fetch", "toy", "--data-dir", tmp_path / "d", env=package(f"{server.place}/good"), input=b"y\n")
    assert (done.status, done.stdout) == (2, "")
    *shown, last = done.stderr.splitlines()
    assert last == "claimkit: there is no terminal to ask whether the licence is accepted; add --yes if it is"
    assert {"Toy comments", "licence: CC0, do ask", "citation: Nobody (2020)."} <= set(shown)
    assert any("a.tsv (16 bytes) from https://example.org/toy" in line for line in shown)
    assert not (tmp_path / "d").exists()


def test_with_yes_the_files_are_fetched_and_their_folder_printed(run_cli, server, package, tmp_path):
    env = package(f"{server.place}/good", f"{server.place}/good")
    for _ in range(2):
        done = run_cli("data", "fetch", "toy", "--yes", env=env | {"CLAIMKIT_DATA": str(tmp_path / "d")})
        assert (done.status, done.stdout) == (0, f"{tmp_path / 'd' / 'toys'}\n")
    assert "2 of 2 official files are in" in done.stderr
    assert len(server.asked) == 2


def test_files_that_cannot_be_fetched_are_named_with_their_place_after_the_others_came(run_cli, server, package, tmp_path):
    env = package(f"{server.place}/good", None)
    done = run_cli("data", "fetch", "toy", "--yes", "--data-dir", tmp_path / "d", env=env)
    assert (done.status, done.stdout) == (1, "")
    assert (
        "not to be fetched by a program: b.tsv; get them from https://example.org/toy and put them into"
        in done.stderr.splitlines()[-1]
    )
    assert names_in(tmp_path / "d" / "toys") == ["a.tsv"]


def test_a_folder_has_to_be_named(run_cli, server, package):
    done = run_cli("data", "fetch", "toy", "--yes", env=package(f"{server.place}/good") | {"CLAIMKIT_DATA": ""})
    assert done.status == 2
    assert "say where the files shall lie: --data-dir DIR" in done.stderr


@pytest.mark.parametrize(("answer", "status"), [(b"y\n", 0), (b"n\n", 1)])
def test_on_a_terminal_the_person_is_asked_before_anything_is_fetched(server, package, tmp_path, answer, status):
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals on Windows", exc_type=ImportError)
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    done = subprocess.run(
        [sys.executable, "-m", "claimkit", "data", "fetch", "toy", "--data-dir", str(tmp_path / "d")],
        stdin=theirs,
        capture_output=True,
        env={**os.environ, **package(f"{server.place}/good")},
        timeout=60,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == status
    assert b"Fetch these files under this licence? [y/N]" in done.stderr
    assert (tmp_path / "d" / "toys" / "a.tsv").exists() is (status == 0)
    assert (b"nothing was fetched" in done.stderr) is (status == 1)
