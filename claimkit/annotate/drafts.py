"""Unfinished statements of the other annotators, which stand in their journals alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from claimkit.annotate.journal import Changed, Journal
from claimkit.corpus.store import references
from claimkit.errors import DataError
from claimkit.records import Statement

_HOLES: Mapping[str, str] = MappingProxyType({"speaker": "-", "claim": "-", "stance": "-"})


def is_in_a_draft(folder: Path, kind: str, name: str, *, but: str) -> bool:
    """Tell whether a draft of anyone but one annotator names an actor or a claim.

    Parameters
    ----------
    folder : Path
        In which the journals lie.
    kind : {"actor", "claim"}
    name : str
        Id.
    but : str
        The annotator whose own journal is not looked at.
    """
    others = [path for path in sorted(folder.glob("*.journal")) if path.stem != but]
    try:
        return any((kind, name) in references(draft) for path in others for draft in _drafts(path))
    except (DataError, msgspec.ValidationError):  # whom it would be taken from cannot be told, so it is not taken away
        return True


def _drafts(path: Path) -> Iterator[Statement]:
    found: dict[str, dict[str, Any] | None] = {}
    for entry in Journal(path, readonly=True).entries:
        if isinstance(entry, Changed):
            found.update((step.id, step.after) for step in entry.steps if step.kind == "draft")
    for value in found.values():
        if value is not None:
            yield msgspec.convert({**_HOLES, **value}, Statement)
