"""PolNeAR (Newell, Margolin and Ruths 2018): attributions in news articles, with the words of source, cue and content.

A statement is an attribution: its spans are the content, its cue the words that report, its ``speaker_span`` the source. Who the
source is, what claim the content makes and the stance toward it are not annotated. Offsets are those of the files, which count code
points. Nearly all articles have one annotator; where there are six, the first in the list of the article is the reference. Whether
an annotator looked at a text is under ``meta`` of the document, ``annotators``: one of them found nothing in one text.

A source or a cue in several pieces is marked from the first to the last of them, and the pieces are under ``meta``, as
``source_pieces`` or ``cue_pieces``: lists of start and end.
"""

from __future__ import annotations

import csv
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from claimkit.catalog.annotated import UNKNOWN_ACTOR, UNKNOWN_CLAIM, UNKNOWN_STANCE, AnnotatedText
from claimkit.catalog.dataset import FACTS, Dataset
from claimkit.records import Document, Span, Statement

_ARCHIVE = "polnear.tar.gz"
_LINE = re.compile(r"(?P<id>[TE][0-9]+)\t(?P<value>[^\t]+)")  # other lines are notes, or go on with a text that has a line feed
_NONE = ("", "None", "NA")


class _Event(NamedTuple):
    """An attribution as the file has it: its id, its kind, and the pieces of each role in the order of the text."""

    name: str
    kind: str
    roles: dict[str, list[tuple[int, int]]]


def read_texts(folder: Path, split: str) -> Iterator[AnnotatedText]:
    """Yield the articles of one split, in the order of ``metadata.tsv``."""
    files = _load(folder / _ARCHIVE, split)
    rows = csv.DictReader(files["data/metadata.tsv"].decode().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in rows:
        if row["compartment"] == split:
            name = row["filename"]
            text = files[f"data/{split}/text/{name}.txt"].decode()
            annotators = row["annotators"].split("|")
            marked = {code: files[f"data/{split}/attributions/{name}_{code}.ann"].decode() for code in annotators}
            layers = {code: tuple(_statements(content, name, text, code)) for code, content in marked.items()}
            yield AnnotatedText(_document(row, text, annotators), layers)


def _load(path: Path, split: str) -> dict[str, bytes]:
    """Return the files of a split and the table of all articles by name, in one pass; nothing is unpacked."""
    found: dict[str, bytes] = {}
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            if member.isfile() and (member.name.startswith(f"data/{split}/") or member.name == "data/metadata.tsv"):
                file = archive.extractfile(member)
                assert file is not None
                found[member.name] = file.read()
    return found


def _document(row: dict[str, str], text: str, annotators: list[str]) -> Document:
    known = {key: None if value in _NONE else value for key, value in row.items()}
    meta: dict[str, Any] = {"annotators": annotators}
    meta |= {key: int(row[key]) for key in ("trump_count", "clinton_count")}
    meta |= {key: known[key] for key in ("level", "credit", "wire") if known[key]}
    return Document(
        id=row["filename"],
        text=text,
        title=known["title"],
        source=row["publisher"],
        author=known["author"],
        published=known["publication_date"],
        lang="en",
        meta=meta,
    )


def _statements(content: str, article: str, text: str, annotator: str) -> Iterator[Statement]:
    """Yield the statements of one annotator; an attribution without content is none."""
    for event in _events(content):
        roles = event.roles
        if "Content" not in roles:
            continue
        meta: dict[str, Any] = {"kind": event.kind}
        for role in ("Source", "Cue"):
            if len(roles.get(role, ())) > 1:
                meta[f"{role.lower()}_pieces"] = [list(piece) for piece in roles[role]]
        yield Statement(
            id=f"{article}_{annotator}-{event.name}",
            document=article,
            spans=tuple(Span(start, end, text[start:end]) for start, end in roles["Content"]),
            speaker=UNKNOWN_ACTOR.id,
            claim=UNKNOWN_CLAIM.id,
            stance=UNKNOWN_STANCE,
            cue=_stretch(text, roles.get("Cue")),
            speaker_span=_stretch(text, roles.get("Source")),
            origin="imported",
            annotator=annotator,
            meta=meta,
        )


def _events(content: str) -> Iterator[_Event]:
    """Yield the attributions of a file of brat's stand-off format, in its order; the text of a mark is not looked at."""
    marks: dict[str, list[tuple[int, int]]] = {}
    events: list[tuple[str, list[str]]] = []
    for line in content.split("\n"):
        found = _LINE.match(line)
        if found is None:
            continue
        if found["id"].startswith("T"):
            pieces = found["value"].split(" ", 1)[1].split(";")
            marks[found["id"]] = [(int(start), int(end)) for start, end in (piece.split() for piece in pieces)]
        else:
            events.append((found["id"], found["value"].split()))
    for name, (trigger, *arguments) in events:
        roles: dict[str, list[tuple[int, int]]] = {}
        for argument in arguments:
            role, mark = argument.split(":")
            roles.setdefault(role.rstrip("0123456789"), []).extend(marks[mark])  # Content2 goes on with Content
        yield _Event(name, trigger.split(":")[0], {role: sorted(pieces) for role, pieces in roles.items()})


def _stretch(text: str, pieces: list[tuple[int, int]] | None) -> Span | None:
    if not pieces:
        return None
    start, end = pieces[0][0], max(piece[1] for piece in pieces)
    return Span(start, end, text[start:end])


DATASET = Dataset(None, FACTS / "polnear.toml", read_texts=read_texts)
