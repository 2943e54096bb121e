"""A corpus to start from: an invented dispute, annotated, a commented ``corpus.toml``, a guideline to be filled in."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from claimkit.corpus.config import layer_files
from claimkit.corpus.example import RECORDS
from claimkit.errors import DataError
from claimkit.jsonl import lines_of, opening
from claimkit.records import Document

_CONFIG = """\
# What this corpus says about itself. Check it with:  claimkit validate {folder}
name = {name}
version = "0.1.0"
{about}
language = "{language}"          # BCP 47
guideline = "0.1.0"      # version of guideline.md

[stance]
# The labels of a stance, in the order in which tables show them. No other label is valid.
labels = ["support", "oppose", "neutral", "unclear"]

[relations]
# How a statement may answer another statement or a claim. Take out what you do not annotate.
kinds = ["denies", "counters", "rebuts", "counter_accuses", "concedes", "supports", "restates", "qualifies", "responds_to"]

# One table for each file in layers/. A layer holds what ONE annotator marked, a person or a model; layers/gold.jsonl is made
# by adjudication and never by hand.
"""
_EXAMPLE = {
    "about": """\
title = "Mill Lane: an invented dispute, to be replaced by your own"
licence = "CC0-1.0"      # of the texts and the annotations; an SPDX name where there is one""",
    "layers": """\
[layers.example]
annotator = "example"
kind = "human"
guideline = "0.1.0"
note = "Written with the texts, to show every kind of record. Delete it when you start your own."
""",
}
_OWN = {
    "about": """\
# title = "What the corpus is about, in a line"
# licence = "CC-BY-4.0"  # of the texts and the annotations; an SPDX name where there is one""",
    "layers": """\
# [layers.anna]
# annotator = "anna"
# kind = "human"
# guideline = "0.1.0"
""",
}

_GUIDELINE = """\
# Guideline

Version 0.1.0. Change the version here and in `corpus.toml` whenever a rule changes, so that every record can name the rules it
was made by.{examples_are}

## What the corpus is about

*One paragraph: which dispute, which sources, which period, and what it is to be used for.*

## What is a statement

A statement is an event in a text: somebody says something on which he takes a stance. Mark the words that carry what is said, with
several spans when they are interrupted. Not a statement: what the author tells on his own account, unless he argues.

{marked}*Your own borderline cases:*

## Who speaks

`speaker` is who says it, as he is named in the text; `on_behalf_of` whom he speaks for. Leave `on_behalf_of` out where his dated
affiliation in `actors.jsonl` says it, and write `null` where he speaks explicitly for himself. `chain` names those who pass it on,
outermost first{chain}. An unnamed source is one actor per document, never merged.

## Claims

A claim is one proposition on which many statements can take a stance. Word it so that one side supports it and the other
opposes it, wherever that is natural{claim}. Where each side states a proposition of its own,
write two claims and connect them with `contradicts`{pair}.

## Stance

| label | when |
|---|---|
| `support` | the speaker holds the claim to be true or right |
| `oppose` | the speaker denies it or argues against it |
| `neutral` | the speaker takes it up without taking a side |
| `unclear` | the words do not decide it; do not guess |

The stance is toward the claim. What the speaker shows toward an actor is an attitude and stands under `targets`{attitude}.

## Relations

| kind | when |
|---|---|
| `denies` | says that what the other said is not so |
| `counters` | answers with a claim of the other side |
| `restates` | says the same again |

*The kinds that you keep in `corpus.toml`, each with one example.* Mark `basis` as `explicit` only where the words show it.

## How to proceed

1. Two annotators, independently, each in a layer of his own: `layers/<annotator>.jsonl`.
2. `claimkit validate .` after every stretch of work.
3. Compare, discuss, sharpen this guideline, and only then annotate the rest.
"""
# What the guideline says of the invented texts, and leaves out where they are not there.
_EXAMPLES = {
    "examples_are": " The examples refer to the invented texts in `documents.jsonl`.",
    "marked": """\
- Marked: “The lane is the only safe way to the school,” (`s1`).
- Not marked: *The town council of Wexcombe voted on Monday …*, which reports an act, not a claim.

""",
    "chain": " (`s3`: the Gazette reports an unnamed official)",
    "claim": " (`parking`: the association opposes it)",
    "pair": " (`shops-lose` and `shops-gain`)",
    "attitude": " (`s2`)",
}


def new_corpus(
    folder: str | Path, *, name: str | None = None, documents: Iterable[Document] | None = None, force: bool = False
) -> Path:
    """Write a corpus to start from into a folder, completely or not at all.

    Parameters
    ----------
    folder : path-like
        Is made, with its parents, where it does not exist.
    name : str, optional
        Name of the corpus; the folder's name where it is left out.
    documents : iterable of Document, optional
        Your own texts, with which the corpus starts instead of the example; actors, claims and layers are empty then.
    force : bool
        Allow a folder that is not empty: files of the scaffold replace those of the same name, all others stay. A folder with
        annotations is refused all the same, since they would be lost, or mark texts that are no longer there.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DataError
        When the folder is not empty and ``force`` is not given, when it holds annotations, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from claimkit.validate import validate
    >>> folder = new_corpus(tempfile.mkdtemp())
    >>> sorted(path.name for path in folder.iterdir())
    ['actors.jsonl', 'claims.jsonl', 'corpus.toml', 'documents.jsonl', 'guideline.md', 'layers']
    >>> list(validate(folder))
    []
    """
    folder = Path(folder)
    files = _contents(folder, name or folder.resolve().name or "corpus", None if documents is None else list(documents))
    with opening(folder):
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            with _stage(folder.parent, files) as stage:
                stage.rename(folder)
            return folder
        if not folder.is_dir():
            raise DataError("this is a file; name a folder that is empty or does not exist", path=folder)
        _check_annotations(folder, files)
        if any(folder.iterdir()) and not force:
            message = "the folder is not empty; choose another one, or replace the files of the same names with --force"
            raise DataError(message, path=folder)
        with _stage(folder, files) as stage:
            _move_into(folder, stage, files)
    return folder


def _check_annotations(folder: Path, files: Mapping[str, bytes]) -> None:
    """Refuse a corpus in which something was annotated; the untouched example that is about to be written again is nothing."""
    for path in layer_files(folder):
        content = path.read_bytes()
        if content.strip() and content != files.get(f"layers/{path.name}"):
            message = "the corpus has annotations, which a new one in its place would make void; choose another folder"
            raise DataError(message, path=path)


def _contents(folder: Path, name: str, documents: list[Document] | None) -> dict[str, bytes]:
    shown = str(folder) if str(folder).isprintable() else "DIR"
    parts = _EXAMPLE if documents is None else _OWN
    languages = {document.lang for document in documents or () if document.lang}
    config = _CONFIG.format(
        name=json.dumps(name, ensure_ascii=False),
        folder=shown,
        about=parts["about"],
        language=languages.pop() if len(languages) == 1 else "en",
    )
    records = RECORDS if documents is None else {"documents.jsonl": documents, "actors.jsonl": (), "claims.jsonl": ()}
    files = {
        "corpus.toml": (config + parts["layers"]).encode("utf-8", "replace"),
        "guideline.md": _GUIDELINE.format(**{key: text if documents is None else "" for key, text in _EXAMPLES.items()}).encode(),
    }
    return files | {path: b"".join(lines_of(entries)) for path, entries in records.items()}


@contextlib.contextmanager
def _stage(parent: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """Write the files into a new folder beside their place; what is left of it is removed at the end of the block."""
    stage = parent / f".claimkit-new-{secrets.token_hex(4)}.part"
    stage.mkdir()
    try:
        for path, content in files.items():
            (stage / path).parent.mkdir(exist_ok=True)
            (stage / path).write_bytes(content)
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _move_into(folder: Path, stage: Path, files: Iterable[str]) -> None:
    """Move the staged files to their places; when one cannot be moved, all that was there before is put back."""
    before: dict[str, Path | None] = {}
    made: list[Path] = []
    try:
        for path in files:
            place = folder / path
            if not place.parent.exists():
                place.parent.mkdir()
                made.append(place.parent)
            kept = stage / f"{path}.before" if place.exists() else None
            if kept is not None:
                os.replace(place, kept)  # noqa: PTH105 - the call that the tests make fail
            before[path] = kept
            os.replace(stage / path, place)  # noqa: PTH105 - likewise
    except BaseException:
        for path, kept in before.items():
            (folder / path).unlink(missing_ok=True)
            if kept is not None:
                kept.rename(folder / path)
        for parent in made:
            parent.rmdir()
        raise
