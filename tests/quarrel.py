"""A corpus in which three annotators differ in ways that can be counted by hand, for the tests of agreement and adjudication."""

from __future__ import annotations

import json
from pathlib import Path

LINE = "The mill is clean, says Ann. The town denies it. Bob agrees with the town. "
ACTORS = ("ann", "bob", "town")
CLAIMS = ("clean", "dirty")


def span(words: str, text: str = LINE) -> dict[str, object]:
    """Return the span of words in a text."""
    start = text.index(words)
    return {"start": start, "end": start + len(words), "text": words}


def statement(
    name: str, document: str, words: str, speaker: str = "ann", claim: str = "clean", stance: str = "support", **more: object
) -> dict[str, object]:
    """Return a statement about words of a document."""
    head = {"type": "statement", "id": name, "document": document, "spans": [span(words)], "speaker": speaker}
    return {**head, "claim": claim, "stance": stance, **more}


def relation(name: str, source: str, *targets: str, kind: str = "denies") -> dict[str, object]:
    """Return a relation."""
    return {"type": "relation", "id": name, "kind": kind, "source": source, "targets": list(targets)}


def versions_that_differ_in_every_field() -> dict[str, list[dict[str, object]]]:
    """Return the layers of two annotators who agree on what the town denies, and on nothing else that can be said of it."""
    said = {
        "cue": span("denies"),
        "speaker_span": span("The town"),
        "on_behalf_of": None,
        "targets": [{"actor": "ann", "attitude": "negative"}],
        "addressees": ["ann"],
        "chain": ["bob"],
        "quotation": "direct",
        "modality": "asserted",
        "said": "2024-01-01",
        "duplicate_spans": [span("agrees with the town")],
    }
    other = {"quotation": "narrated", "targets": [{"actor": "bob", "attitude": "positive"}]}
    return {
        "ann": [statement("a1", "d0", "The town denies it", "town", stance="oppose", **said)],
        "bob": [statement("b1", "d0", "The town denies", "bob", "dirty", stance="neutral", **other)],
    }


def write_quarrel(folder: Path, layers: dict[str, list[dict[str, object]]], documents: int = 1, **meta: list[str]) -> Path:
    """Write a corpus with a line of text in each document; ``meta`` gives the annotators of some documents."""
    (folder / "layers").mkdir(parents=True)
    (folder / "corpus.toml").write_text('name = "quarrel"\n', encoding="utf-8")
    texts = [{"type": "document", "id": f"d{n}", "text": LINE} for n in range(documents)]
    for text in texts:
        if text["id"] in meta:
            text["meta"] = {"annotators": meta[str(text["id"])]}
    files = {
        "documents": texts,
        "actors": [{"type": "actor", "id": name, "name": name, "kind": "person"} for name in ACTORS],
        "claims": [{"type": "claim", "id": name, "text": f"The mill is {name}."} for name in CLAIMS],
        **{f"layers/{name}": records for name, records in layers.items()},
    }
    for name, records in files.items():
        lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder
