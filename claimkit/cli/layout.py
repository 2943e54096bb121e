"""How wide the columns of a table are: words and intervals stay whole, and a table for which there is no room becomes records."""

from __future__ import annotations

import re
from collections.abc import Sequence

GLUE = "\u2800"  # as wide as a space, but no place to break a line
_INTERVAL = re.compile(r"\[[^\[\]\s]+, [^\[\]\s]+\]")
_LONGEST = 40  # characters up to which a word stays whole; addresses and checksums are longer


def glued(cell: str) -> str:
    r"""Return a cell whose intervals hold no space.

    >>> glued("0.51 [0.42, 0.60]") == "0.51 [0.42,\u28000.60]"
    True
    """
    return _INTERVAL.sub(lambda match: match.group().replace(" ", GLUE), cell)


def fitted(columns: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Return the width of each column when all may take as much as ``room`` together, or ``None`` when words would be cut.

    Parameters
    ----------
    columns : sequence of sequences of str
        The cells of each column, its head among them.
    room : int

    Examples
    --------
    >>> columns = [["name", "a-long-name"], ["what it is", "some words about it"]]
    >>> fitted(columns, 80), fitted(columns, 20), fitted(columns, 12)
    ([11, 19], [11, 9], None)
    """
    from rich.cells import cell_len

    widths = [max(cell_len(line) for cell in cells for line in (cell.splitlines() or [""])) for cells in columns]
    least = [max(min(cell_len(word), _LONGEST) for cell in cells for word in (cell.split() or [""])) for cells in columns]
    while sum(widths) > room:
        spare = [index for index, width in enumerate(widths) if width > least[index]]
        if not spare:
            return None
        widths[max(spare, key=lambda index: widths[index])] -= 1
    return widths


def told_once(columns: Sequence[str], rows: Sequence[Sequence[str]], once: Sequence[int]) -> list[int]:
    """Return which of some columns say the same in each of several rows, so that it is enough to say it once.

    >>> told_once(["metric", "how"], [["accuracy", "wilson"], ["f1", "wilson"]], [1])
    [1]
    """
    return [index for index in once if len(rows) > 1 and columns[index] and len({row[index] for row in rows}) == 1]
