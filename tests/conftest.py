"""What many tests need: the reference material where it lies, and the real program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

# Machines that run tests are busy: an example may take its time. CLAIMKIT_EXAMPLES=10000 looks more closely.
settings.register_profile("claimkit", deadline=None, max_examples=int(os.environ.get("CLAIMKIT_EXAMPLES", "100")))
settings.load_profile("claimkit")


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


class SmallCorpus:
    """A valid corpus of few records in a folder, to be changed by a test; ``s1`` stands behind an astral character."""

    text = "𝕏 the minister said: “The bridge must stay.” The council denied that, naïvely."

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "layers").mkdir(parents=True)
        (root / "corpus.toml").write_text('name = "small"\n', encoding="utf-8")
        self.write("documents.jsonl", {"type": "document", "id": "d1", "text": self.text, "published": "2019-02-26"})
        self.write(
            "actors.jsonl",
            {"type": "actor", "id": "council", "name": "Council", "kind": "government"},
            {"type": "actor", "id": "minister", "name": "Minister", "kind": "person", "affiliations": [{"actor": "council"}]},
        )
        self.write(
            "claims.jsonl",
            {"type": "claim", "id": "stay", "text": "The bridge must stay.", "about": ["council"]},
            {"type": "claim", "id": "go", "text": "The bridge must go.", "contradicts": ["stay"]},
        )
        self.write(
            "layers/ann.jsonl",
            self.statement("s1", "The bridge must stay.", speaker="minister"),
            self.statement("s2", "denied that", speaker="council", stance="oppose"),
            {"type": "relation", "id": "r1", "kind": "denies", "source": "s2", "targets": ["s1"], "evidence": self.span("denied")},
        )

    def span(self, words: str) -> dict[str, object]:
        start = self.text.index(words)
        return {"start": start, "end": start + len(words), "text": words}

    def statement(self, name: str, words: str, **more: object) -> dict[str, object]:
        base = {"type": "statement", "id": name, "document": "d1", "spans": [self.span(words)], "speaker": "council"}
        return {**base, "claim": "stay", "stance": "support", **more}

    def records(self, name: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.root / name).read_text(encoding="utf-8").splitlines()]

    def write(self, name: str, *records: dict[str, object]) -> Path:
        lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records]
        (self.root / name).write_text("".join(lines), encoding="utf-8")
        return self.root / name

    def add(self, name: str, *records: dict[str, object]) -> Path:
        return self.write(name, *(self.records(name) if (self.root / name).exists() else []), *records)

    def edit(self, name: str, record: str, **changes: object) -> Path:
        """Change values of a record; ``None`` takes a key out."""
        edited = [{**row, **changes} if row["id"] == record else row for row in self.records(name)]
        return self.write(name, *({key: value for key, value in row.items() if value is not None} for row in edited))


@pytest.fixture
def small_corpus(tmp_path):
    """Write a valid small corpus into a folder of the test's own, each time that it is called into another."""

    def make(name: str = "small") -> SmallCorpus:
        return SmallCorpus(tmp_path / name)

    return make
