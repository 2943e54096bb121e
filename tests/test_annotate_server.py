"""The server of the annotation page: it serves this machine and this page alone, and says what became of a change."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time

import pytest
from annotating import Running, running
from dispute import TEXTS, write_corpus

from claimkit import validate


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("server") / "dispute")


@pytest.fixture(scope="module")
def program(folder):
    with running(folder) as running_program:
        yield running_program


def mark(words="denied it", document="d1", **fields):
    start = TEXTS[document].index(words)
    return {"do": "mark", "document": document, "fields": {"spans": [[start, start + len(words)]], **fields}}


WHOLE = {"speaker": "mofa", "claim": "shelter", "stance": "oppose"}


def errors(folder):
    return [str(issue) for issue in validate(folder) if issue.severity == "error"]


# starting and stopping


def test_it_answers_within_two_seconds_of_its_start_and_stops_in_order(tmp_path):
    folder = write_corpus(tmp_path / "dispute")
    times = []
    for _ in range(3):  # the shortest counts: other programs may be at work on this machine
        began = time.monotonic()
        program = Running(folder)
        status, _, body = program.ask(f"/?token={program.token}")
        times.append(time.monotonic() - began)
        assert status == 200
        assert b"<!doctype html>" in body
        assert program.stop() == 0
    assert min(times) < 2
    assert (folder / "layers" / "ann2.journal").read_text().splitlines()[-1] == '{"op":"closed"}'


def test_ctrl_c_ends_it_without_a_word_of_error(tmp_path):
    program = Running(write_corpus(tmp_path / "dispute"))
    program.process.send_signal(2)
    _, said = program.process.communicate(timeout=20)
    assert program.process.returncode == 0
    assert "Traceback" not in said


def test_it_listens_on_the_loopback_interface_alone(program):
    import psutil

    places = {entry.laddr.ip for entry in psutil.Process(program.process.pid).net_connections() if entry.status == "LISTEN"}
    assert places == {"127.0.0.1"}


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        folder = write_corpus(tmp_path / "dispute")
        command = [
            sys.executable,
            "-m",
            "claimkit",
            "annotate",
            str(folder),
            "--annotator",
            "x",
            "--no-browser",
            "--port",
            str(port),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert f"port {port} cannot be used (address already in use); choose another with --port" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["no-such-folder", "--annotator", "x"], 1, "there is no such folder"),
        (["CORPUS"], 2, "Missing option '--annotator'"),
        (["CORPUS", "--annotator", "gold"], 2, "gold is what adjudication makes"),
        (["CORPUS", "--annotator", "a b"], 2, "cannot name an annotator"),
        (["CORPUS", "--annotator", "x", "--suggestions", "an"], 2, "no layer is named 'an'; did you mean 'ann'"),
        (["CORPUS", "--annotator", "ann", "--suggestions", "ann"], 2, "cannot be his own suggestions"),
        (["CORPUS", "--annotator", "x", "--blind-share", "2"], 2, "2.0 is not in the range"),
        (["CORPUS", "--annotator", "x", "--guideline", "nowhere.md"], 1, "there is no such file"),
    ],
)
def test_what_cannot_be_started_is_one_sentence(run_cli, tmp_path, arguments, status, sentence):
    folder = write_corpus(tmp_path / "dispute")
    done = run_cli("annotate", *(str(folder) if word == "CORPUS" else word for word in arguments), "--no-browser")
    assert done.status == status
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert list((folder / "layers").glob("*.journal")) == []


def test_nothing_heavy_is_loaded_and_the_name_of_the_command_costs_nothing():
    code = (
        "import sys, claimkit.cli, claimkit.cli.annotate; print(sorted({'starlette', 'uvicorn', 'asyncio'} & set(sys.modules)));"
        "import claimkit.annotate.corpus_page; heavy = {'sklearn', 'pandas', 'torch', 'scipy', 'datasets'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n[]\n"


# who may speak to it


@pytest.mark.parametrize(
    ("headers", "status", "sentence"),
    [
        ({"Host": "evil.example"}, 421, "answers to 127.0.0.1 only"),
        ({"Host": "127.0.0.1:1"}, 421, "answers to 127.0.0.1 only"),
        ({"Host": "127.0.0.1.evil.example:8321"}, 421, "answers to 127.0.0.1 only"),
        ({"Origin": "https://evil.example"}, 403, "belongs to another site"),
        ({"Origin": "null"}, 403, "belongs to another site"),
        ({"Origin": "http://127.0.0.1:1"}, 403, "belongs to another site"),
        ({"Sec-Fetch-Site": "cross-site"}, 403, "comes from another site"),
        ({"Sec-Fetch-Site": "same-site"}, 403, "comes from another site"),
        ({"X-Claimkit-Token": None}, 403, "open the address that claimkit has printed"),
        ({"X-Claimkit-Token": ""}, 403, "open the address"),
        ({"X-Claimkit-Token": "x" * 32}, 403, "open the address"),
        ({"Content-Type": "text/plain"}, 415, "send JSON"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "send JSON"),
    ],
)
@pytest.mark.parametrize("path", ["/api/change", "/api/undo", "/api/time"])
def test_a_foreign_host_or_origin_a_missing_token_and_other_forms_are_refused(program, folder, path, headers, status, sentence):
    before = program.get("/api/state")
    found, _, body = program.ask(path, {"revision": 0, "actions": [mark(**WHOLE)], "request": "never-made"}, headers=headers)
    assert found == status
    assert sentence in body.decode()
    assert program.get("/api/state") == before


@pytest.mark.parametrize("path", ["/api/corpus", "/api/document?id=d1", "/api/search?q=the", "/", "/?token=", "/?token=wrong"])
def test_nothing_of_the_corpus_is_given_without_the_token(program, path):
    status, _, body = program.ask(path, headers={"X-Claimkit-Token": None})
    assert status == 403
    assert b"Pakistan" not in body


def test_no_get_changes_anything_and_other_methods_are_refused(program):
    before = program.get("/api/state")
    for path in ("/api/change", "/api/undo", "/api/redo", "/api/time"):
        assert program.ask(path)[0] == 405
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
        assert program.ask("/api/change", {}, method=method)[0] == 405
    assert program.get("/api/state") == before


def test_a_body_that_is_too_long_is_refused_before_it_is_read(program):
    head = f"POST /api/change HTTP/1.1\r\nHost: 127.0.0.1:{program.port}\r\nX-Claimkit-Token: {program.token}\r\n"
    with socket.create_connection(("127.0.0.1", program.port), timeout=10) as line:
        line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {4 * 1024 * 1024 + 1}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/static/style.css", "/api/corpus", "/nowhere", "/static/nowhere"])
def test_every_answer_forbids_the_browser_what_the_page_does_not_need(program, path):
    token = f"?token={program.token}" if path == "/" else ""
    _, headers, _ = program.ask(path + token)
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in {name.lower() for name in headers}
    assert "server" not in {name.lower() for name in headers}


@pytest.mark.parametrize(
    "name",
    [
        "../guard.py",
        "..%2fguard.py",
        "%2e%2e/guard.py",
        "....//guard.py",
        "/etc/passwd",
        "main.js%00.css",
        "..\\guard.py",
        "static",
        "__init__.py",
    ],
)
def test_no_name_leads_out_of_the_static_files(program, name):
    status, _, body = program.ask(f"/static/{name}")
    assert status in (400, 403, 404)
    assert b"import" not in body


def test_the_static_files_load_nothing_from_elsewhere_and_never_parse_markup():
    from claimkit.annotate import server

    for path in server._STATIC.iterdir():
        text = path.read_text()
        for word in (
            "https://",
            "//cdn",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "DOMParser",
        ):
            assert word not in text, (path.name, word)
        if path.suffix == ".html":
            assert "style=" not in text
            assert " on" not in text.replace(" one", "").replace(" on ", "").replace(" only", "")


def test_a_tab_that_stays_open_over_a_restart_is_known_again_but_not_a_stranger(tmp_path):
    program = Running(write_corpus(tmp_path / "dispute"))
    first = program.token
    program.kill()
    program.start()
    assert program.token != first
    assert program.ask("/api/state", headers={"X-Claimkit-Token": first})[0] == 200
    assert program.ask("/api/state", headers={"X-Claimkit-Token": first[:-1]})[0] == 403
    assert first not in (tmp_path / "dispute" / "layers" / "ann2.journal").read_text()  # only its hash is kept
    program.stop()


# what became of a change


def test_the_status_says_what_became_of_a_change(tmp_path):
    folder = write_corpus(tmp_path / "dispute")
    with running(folder) as program:
        status, answer = program.change(mark(**WHOLE))
        assert status == 200
        name = answer["outcome"]["marked"]
        assert answer["document"]["marks"][0]["id"] == name
        assert answer["documents"][0]["statements"] == 1
        edit = {"do": "set", "id": name, "fields": {"stance": "neutral"}}
        assert program.change(edit, revision=1)[0] == 200
        status, answer = program.change({"do": "set", "id": name, "fields": {"stance": "support"}}, revision=1)
        assert (status, answer["error"]) == (409, "another tab has changed this document since; look at its state first")
        status, answer = program.change({"do": "set", "id": name, "fields": {"stance": "maybe"}})
        assert status == 422
        assert "stance 'maybe' is not one of support, oppose, neutral, unclear" in answer["error"]
        for wrong in (
            b"",
            b"[]",
            b"{",
            b'{"revision":1}',
            b'{"revision":1,"actions":[{"do":"fly"}],"request":"x12345678"}',
            b"\xff",
            b"[" * 5000,
        ):
            assert program.ask("/api/change", raw=wrong)[0] == 422
        assert [record["stance"] for record in program.records()] == ["neutral"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are set on Linux only")
def test_a_full_disk_is_507_and_the_same_request_succeeds_when_there_is_room(tmp_path):
    folder = write_corpus(tmp_path / "dispute")
    with running(folder) as program:
        assert program.change(mark("it must stop", **WHOLE))[0] == 200
        before = program.layer.read_bytes()
        size = (folder / "layers" / "ann2.journal").stat().st_size
        for limit in (size + 10, size + 2000):  # the journal cannot grow; then it can, but the claims, then the layer, cannot
            program.limit_files(limit if limit == size + 10 else len(before) + 100)
            status, answer = program.change(
                {"do": "claim", "text": "New."}, mark(speaker="pk", claim="$new", stance="support"), request="full-disk"
            )
            assert status == 507
            assert "file too large" in answer["error"]
            assert program.layer.read_bytes() == before
            assert errors(folder) == []
        program.limit_files(None)
        assert (
            program.change(
                {"do": "claim", "text": "New."}, mark(speaker="pk", claim="$new", stance="support"), request="full-disk"
            )[0]
            == 200
        )
        assert len(program.records()) == 2
        assert errors(folder) == []


def test_a_server_killed_at_random_moments_has_everything_that_it_acknowledged(tmp_path):
    folder = write_corpus(tmp_path / "dispute")
    program = Running(folder)
    acknowledged = []
    for round_number in range(6):
        for _ in range(round_number + 1):
            status, answer = program.change(mark(**WHOLE))
            assert status == 200
            acknowledged.append(answer["outcome"]["marked"])
        body = json.dumps({"revision": 10**6, "actions": [mark(**WHOLE)], "request": f"in-flight-{round_number}"}).encode()
        head = f"POST /api/change HTTP/1.1\r\nHost: 127.0.0.1:{program.port}\r\nX-Claimkit-Token: {program.token}\r\n"
        with socket.create_connection(("127.0.0.1", program.port)) as line:
            line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            time.sleep(0.002 * round_number)
            program.kill()
        assert errors(folder) == []
        program.start()
        assert set(acknowledged) <= {record["id"] for record in program.records()}
    program.stop()


def test_two_annotators_at_once_see_each_others_new_claims_but_not_their_layers(tmp_path):
    folder = write_corpus(tmp_path / "dispute")
    with running(folder, "anna") as anna, running(folder, "ben") as ben:
        assert anna.port != ben.port
        status, _ = anna.change({"do": "claim", "text": "Talks must go on."}, mark(speaker="pk", claim="$new", stance="support"))
        assert status == 200
        assert "talks-must-go-on" in {claim["id"] for claim in ben.get("/api/entities")["claims"]}
        assert ben.change(mark("it must stop", speaker="us", claim="talks-must-go-on", stance="oppose"))[0] == 200
        assert len(ben.get("/api/document", id="d1")["document"]["marks"]) == 1
        assert errors(folder) == []
        assert anna.ask("/api/state", headers={"X-Claimkit-Token": ben.token})[0] == 403


# what the page is given


def test_suggestions_are_given_except_in_blind_documents(tmp_path):
    folder = write_corpus(tmp_path / "dispute")
    with running(folder, "anna", "--suggestions", "ann") as program:
        view = program.get("/api/document", id="d1")["document"]
        assert [entry["id"] for entry in view["suggestions"]] == ["ann-s1", "ann-s2", "ann-s3"]
        assert view["blind"] is False
        program.change({"do": "accept", "suggestion": "ann-s1"}, {"do": "set", "fields": {"stance": "neutral"}})
        assert program.records()[0]["origin"] == "edited"
        assert [entry["id"] for entry in program.get("/api/document", id="d1")["document"]["suggestions"]] == ["ann-s2", "ann-s3"]
    with running(folder, "ben", "--suggestions", "ann", "--blind-share", "1") as program:
        view = program.get("/api/document", id="d1")["document"]
        assert (view["suggestions"], view["blind"]) == ([], True)


def test_what_may_be_answered_has_the_contradicting_first(tmp_path):
    folder = write_corpus(tmp_path / "dispute")
    with running(folder) as program:
        for words, fields in [
            ("The ambassador spoke", {"speaker": "munter", "claim": "stop", "stance": "support"}),
            ("Pakistan shelters", {"speaker": "munter", "claim": "shelter", "stance": "support"}),
            ("denied it", WHOLE),
            ("The end", {"speaker": "pk", "claim": "enough", "stance": "support"}),
        ]:
            program.change(mark(words, **fields))
        view = program.get("/api/candidates", source="ann2-d1-03")
        assert [entry["id"] for entry in view["candidates"]] == ["ann2-d1-02", "ann2-d1-01", "ann2-d1-04"]
        assert view["candidates"][0]["why"] == "opposed"
        assert view["candidates"][0]["kinds"][0] == "denies"
        pairs = program.get("/api/pairs", document="d1")["pairs"]
        assert [(pair["source"], pair["target"], pair["why"]) for pair in pairs] == [
            ("ann2-d1-03", "ann2-d1-02", "opposed"),
            ("ann2-d1-04", "ann2-d1-02", "contradicts"),
        ]
        program.change({"do": "decline", "source": "ann2-d1-03", "target": "ann2-d1-02"})
        program.change({"do": "relate", "source": "ann2-d1-04", "kind": "counters", "targets": ["ann2-d1-02"]})
        assert program.get("/api/pairs", document="d1")["pairs"] == []


def test_near_names_are_named_before_a_second_one_is_made(program):
    assert program.get("/api/near", kind="actor", text="the foreign office")[0]["id"] == "mofa"
    assert program.get("/api/near", kind="claim", text="Pakistan shelters the Haqqanis network")[0]["id"] == "shelter"
    assert program.get("/api/near", kind="claim", text="It rains in Doha.") == []


def test_a_search_gives_places_in_code_points(program):
    found = program.get("/api/search", q="PAKISTAN")["found"]
    assert {entry["document"] for entry in found} == {"d1", "d2"}
    assert all(TEXTS[entry["document"]][entry["start"] : entry["end"]].lower() == "pakistan" for entry in found)
    assert program.get("/api/search", q="(no such+ words")["found"] == []


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has these locks")
def test_a_second_start_on_the_same_layer_is_refused(program, folder, run_cli):
    done = run_cli("annotate", folder, "--annotator", "ann2", "--no-browser")
    assert done.status == 2
    assert "another claimkit is at work on this layer" in done.stderr
