"""Statements that a model or a rule suggests, and the documents that are kept blind to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from claimkit.annotate.store import NEEDED, Store, Value, plain
from claimkit.catalog.annotated import UNKNOWN_ACTOR, UNKNOWN_CLAIM
from claimkit.errors import DataError, UsageError
from claimkit.jsonl import read_lines
from claimkit.records.ids import digest_of

# What is taken over from a suggestion, and compared to tell an accepted one from an edited one.
CONTENT = (
    "document",
    "spans",
    "speaker",
    "claim",
    "stance",
    "cue",
    "speaker_span",
    "on_behalf_of",
    "targets",
    "addressees",
    "chain",
    "quotation",
    "modality",
    "said",
    "duplicate_spans",
)


class Suggestions:
    """The suggestions for the documents of a corpus.

    Parameters
    ----------
    store : Store
    source : str
        Name of a layer of the corpus, or path of a file of statements that may lack speaker, claim and stance.
    blind_share : float
        Share of the documents, in [0, 1], in which none is shown.
    seed : int
        Another one chooses other documents.

    Attributes
    ----------
    name : str
        Of the layer, or of the file without its ending.

    Raises
    ------
    UsageError
        When there is no such layer or file.
    DataError
        When a suggestion does not fit the corpus.
    """

    def __init__(self, store: Store, source: str, *, blind_share: float = 0.0, seed: int = 13) -> None:
        self.blind_share = blind_share
        self.seed = seed
        self._content: dict[str, Value] = {}
        self._by_document: dict[str, list[str]] = {}
        path = Path(source)
        if source not in store.corpus.layers and path.is_file():
            self.name = path.stem
            values = _from_file(path, store)
        else:
            if source == store.layer:
                raise UsageError("an annotator cannot be his own suggestions; name another layer with --suggestions")
            self.name = source
            values = (plain(statement) for statement in store.corpus.layer(source).statements.values())
        for value in values:
            self._content[value["id"]] = _known({key: value[key] for key in CONTENT if key in value})
            self._by_document.setdefault(value["document"], []).append(value["id"])

    def __len__(self) -> int:
        return len(self._content)

    def content(self, name: str) -> Value | None:
        """Return what a suggestion says, without its id."""
        return self._content.get(name)

    def digest(self, name: str) -> str:
        """Return a text that is another one when a suggestion of the same id says something else."""
        return digest_of(self._content[name])

    def verdict(self, name: str, verdicts: Mapping[str, Value]) -> Value | None:
        """Return the verdict on a suggestion; ``None`` where it is open.

        Ids are numbers that are given again when suggestions are made anew, so a verdict counts only for what it was given on; one
        of an older journal, which does not say, counts for its id.
        """
        found = verdicts.get(name)
        if found is None or name not in self._content:
            return None
        return found if found.get("digest") in (None, self.digest(name)) else None

    def of_document(self, document: str) -> Iterator[tuple[str, Value]]:
        """Yield the suggestions for a document, whether they are shown or not."""
        for name in self._by_document.get(document, ()):
            yield name, self._content[name]

    def is_blind(self, document: str) -> bool:
        """Tell whether a document is one of those in which no suggestion is shown.

        The choice depends on the id and the seed alone, so it stays the same when documents are added.
        """
        return share_of(document, self.seed) < self.blind_share


def _known(content: Value) -> Value:
    """Leave out what only stands in for something that is not known, so that the annotator is asked for it."""
    open_claim = content.get("claim") == UNKNOWN_CLAIM.id
    left_out = {"claim", "stance"} if open_claim else set()  # without a claim there is nothing to take a stance on
    if content.get("speaker") == UNKNOWN_ACTOR.id:
        left_out.add("speaker")
    return {key: value for key, value in content.items() if key not in left_out}


def share_of(name: str, seed: int) -> float:
    """Return a number in [0, 1) that belongs to a name, spread evenly.

    >>> round(share_of("d1", 13), 3), share_of("d1", 13) == share_of("d1", 14)
    (0.792, False)
    """
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 256**7


def _from_file(path: Path, store: Store) -> Iterator[Value]:
    seen: set[str] = set()
    for line in read_lines(path):
        try:
            value: Any = msgspec.json.decode(line.raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise DataError("a suggestion is a statement, as one JSON object a line", path=path, line=line.number)
        if value.get("type") != "statement":
            continue  # relations are not suggested
        value = {key: entry for key, entry in value.items() if entry is not None or key not in NEEDED}
        try:
            store.check_draft(value)
        except DataError as error:
            raise DataError(error.message, path=path, line=line.number, code=error.code) from None
        if value["id"] in seen:
            raise DataError(f"the id '{value['id']}' is already used", path=path, line=line.number, code="duplicate-id")
        seen.add(value["id"])
        yield value
