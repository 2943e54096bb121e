"""A small corpus about one dispute, as the lines of its files, for the tests that read, change and derive from a corpus."""

from __future__ import annotations

import json
from pathlib import Path

TEXTS = {
    "d1": "The ambassador spoke on Friday.\n\n"
    "“Pakistan shelters the network,” he said, “and it must stop.” Islamabad denied it.\n\n"
    "The end.",
    "d2": "Years later, the former ambassador said Pakistan had done enough.",
}

CONFIG = 'name = "dispute"\n'

DOCUMENTS = [
    {"type": "document", "id": "d1", "text": TEXTS["d1"], "source": "Dawn", "published": "2011-09-23T08:00:00Z"},
    {"type": "document", "id": "d2", "text": TEXTS["d2"], "source": "Reuters", "published": "2017-08-22"},
]
ACTORS = [
    {"type": "actor", "id": "us", "name": "United States", "kind": "state"},
    {"type": "actor", "id": "pk", "name": "Pakistan", "kind": "state"},
    {"type": "actor", "id": "state-dept", "name": "State Department", "kind": "government", "part_of": "us"},
    {
        "type": "actor",
        "id": "munter",
        "name": "Cameron Munter",
        "kind": "person",
        "affiliations": [{"actor": "state-dept", "role": "ambassador", "start": "2010-10-06", "end": "2012-07-23"}],
    },
    {"type": "actor", "id": "mofa", "name": "Foreign Office", "kind": "government", "part_of": "pk"},
    {"type": "actor", "id": "network", "name": "Haqqani network", "kind": "armed_group"},
]
CLAIMS = [
    {"type": "claim", "id": "shelter", "text": "Pakistan shelters the Haqqani network.", "about": ["pk", "network"]},
    {"type": "claim", "id": "stop", "text": "The shelter must stop.", "about": ["pk"]},
    {
        "type": "claim",
        "id": "enough",
        "text": "Pakistan has done enough against the network.",
        "about": ["pk"],
        "contradicts": ["shelter"],
        "meta": {"weight": "1.10"},
    },
]


def span(document: str, text: str) -> dict[str, object]:
    """Return the span of a text's first occurrence in a document."""
    start = TEXTS[document].index(text)
    return {"start": start, "end": start + len(text), "text": text}


def statement(
    name: str, document: str, words: list[str], speaker: str, claim: str, stance: str, **rest: object
) -> dict[str, object]:
    """Return a statement about words of a document."""
    spans = [span(document, text) for text in words]
    head = {
        "type": "statement",
        "id": name,
        "document": document,
        "spans": spans,
        "speaker": speaker,
        "claim": claim,
        "stance": stance,
    }
    return head | rest


STATEMENTS = [
    statement(
        "s1",
        "d1",
        ["Pakistan shelters the network", "it must stop"],
        "munter",
        "shelter",
        "support",
        targets=[{"actor": "pk", "attitude": "negative"}],
        quotation="direct",
        modality="asserted",
    ),
    statement("s2", "d1", ["it must stop"], "munter", "stop", "support"),
    statement("s3", "d1", ["denied it"], "mofa", "shelter", "oppose", on_behalf_of="pk"),
    statement("s4", "d2", ["Pakistan had done enough"], "munter", "enough", "support"),
]
RELATIONS = [{"type": "relation", "id": "r1", "kind": "denies", "source": "s3", "targets": ["s1"], "basis": "explicit"}]


def line(record: dict[str, object]) -> str:
    """Return the canonical line of a record."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


def write_corpus(folder: Path, **changes: object) -> Path:
    """Write the corpus into a folder; ``changes`` replaces the content of a file, named by its stem, by text or records."""
    content = {
        "corpus": CONFIG,
        "documents": DOCUMENTS,
        "actors": ACTORS,
        "claims": CLAIMS,
        "gold": [record | {"decided_from": [f"ann-{record['id']}"]} for record in [*STATEMENTS, *RELATIONS]],
        "ann": [record | {"id": f"ann-{record['id']}"} for record in STATEMENTS]
        + [RELATIONS[0] | {"id": "ann-r1", "source": "ann-s3", "targets": ["ann-s1"]}],
    } | changes
    (folder / "layers").mkdir(parents=True)
    for name, value in content.items():
        path = folder / (
            "corpus.toml"
            if name == "corpus"
            else f"{name}.jsonl"
            if name in ("documents", "actors", "claims")
            else f"layers/{name}.jsonl"
        )
        path.write_bytes((value if isinstance(value, str) else "".join(map(line, value))).encode())
    return folder
