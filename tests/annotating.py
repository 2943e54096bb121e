"""A running ``claimkit annotate``: the real program in a process of its own, spoken to as the page does."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

NUMBERS = count(1)


class Running:
    """The program at work; ``start`` again after ``kill`` is what a user does after a crash."""

    def __init__(self, source: Path, annotator: str = "ann2", *options: str) -> None:
        self.source, self.annotator, self.options = Path(source), annotator, options
        self.port: int | None = None
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "claimkit", *self.command(), "--no-browser"]
        if self.port is not None:
            command += ["--port", str(self.port)]
        self.process = subprocess.Popen([*command, *self.options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.process.communicate(timeout=20)[1]
        parts = urlsplit(self.url)
        self.port, self.token = parts.port, parse_qs(parts.query)["token"][0]

    def command(self) -> list[str]:
        return ["annotate", str(self.source), "--annotator", self.annotator]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=20)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=20)
        return self.process.returncode

    def limit_files(self, size: int | None) -> None:
        """Let every file that the program writes end at a size, as on a disk that is full; ``None`` takes the limit off."""
        import resource

        most = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    # as the page speaks

    def ask(self, path, body=None, *, method=None, headers=None, raw=None):
        """Return status, headers and body of an answer."""
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        sent = (
            {"X-Claimkit-Token": self.token} | ({"Content-Type": "application/json"} if data is not None else {}) | (headers or {})
        )
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data, method=method)
        for name, value in sent.items():
            if value is not None:
                request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def get(self, path, **query):
        status, _, body = self.ask(f"{path}?{urlencode(query)}")
        assert status == 200, body
        return json.loads(body)

    def change(self, *actions, revision=None, request=None):
        """Return status and answer of a change."""
        seen = self.get("/api/state")["revision"] if revision is None else revision
        body = {"revision": seen, "actions": list(actions), "request": request or f"request-{next(NUMBERS)}"}
        status, _, answer = self.ask("/api/change", body)
        return status, json.loads(answer)

    @property
    def layer(self) -> Path:
        return self.source / "layers" / f"{self.annotator}.jsonl"

    def records(self):
        return [json.loads(line) for line in self.layer.read_text(encoding="utf-8").splitlines()] if self.layer.exists() else []


class Adjudicating(Running):
    """``claimkit adjudicate --page`` at work."""

    def command(self) -> list[str]:
        return ["adjudicate", str(self.source), "--page", "--by", self.annotator]

    @property
    def decisions(self):
        path = self.source / "layers" / "gold.decisions"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return {entry["unit"]: entry for entry in map(json.loads, lines)}

    def decide(self, unit, take, revision=None, **more):
        """Return status and answer of a decision."""
        seen = self.get("/api/cases")["revision"] if revision is None else revision
        body = {"revision": seen, "request": f"request-{next(NUMBERS)}", "unit": unit, "take": take, **more}
        status, _, answer = self.ask("/api/change", body)
        return status, json.loads(answer)


@contextlib.contextmanager
def adjudicating(source, by="cleo", *options):
    """Start the page of adjudication and stop it at the end."""
    program = Adjudicating(source, by, *options)
    try:
        yield program
    finally:
        program.stop()


@contextlib.contextmanager
def running(source, annotator="ann2", *options):
    """Start the program and stop it at the end."""
    program = Running(source, annotator, *options)
    try:
        yield program
    finally:
        program.stop()
