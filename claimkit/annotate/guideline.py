"""The guideline beside the text: where it lies."""

from __future__ import annotations

from pathlib import Path

import msgspec

from claimkit.errors import DataError
from claimkit.jsonl import open_input

_LONGEST = 2_000_000
# Where a guideline may lie, from the corpus folder, the first one found is shown.
_PLACES = ("guideline.md", "GUIDELINE.md", "guidelines.md", "codebook.md", "../guidelines/{name}.md", "../guidelines/codebook.md")


class Guideline(msgspec.Struct, frozen=True):
    """A guideline as Markdown, and the name of its file."""

    name: str
    text: str


def read_guideline(path: str | Path) -> Guideline:
    """Read a guideline.

    Raises
    ------
    DataError
        When the file cannot be read, is not UTF-8, or is too long to be shown.
    """
    with open_input(path) as file:
        raw = file.read(_LONGEST + 1)
    if len(raw) > _LONGEST:
        raise DataError(f"a guideline of more than {_LONGEST:,} bytes is not shown", path=path)
    try:
        return Guideline(Path(path).name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DataError(f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8", path=path) from None


def find_guideline(folder: str | Path, corpus: str = "") -> Guideline | None:
    """Return the guideline of a corpus folder, ``None`` where there is none.

    Parameters
    ----------
    folder : path-like
    corpus : str
        The corpus' name, for a guideline that is shared by several.
    """
    for place in _PLACES:
        path = Path(folder) / place.format(name=corpus)
        if path.is_file():
            return read_guideline(path)
    return None
