"""JSON Lines on disk: lines with their place, strict records, durable appends, atomic replacement, repair of a torn tail."""

from __future__ import annotations

from claimkit.jsonl.mending import Repair, repair, torn_tail
from claimkit.jsonl.reading import (
    MAX_LINE,
    Line,
    error_of,
    open_input,
    opening,
    read_distinct,
    read_items,
    read_lines,
    read_numbered,
    read_predictions,
    read_records,
)
from claimkit.jsonl.writing import (
    append_records,
    check_writable,
    edit_line,
    lines_of,
    locked,
    replacing,
    write_lines,
    write_records,
)

__all__ = [
    "MAX_LINE",
    "Line",
    "Repair",
    "append_records",
    "check_writable",
    "edit_line",
    "error_of",
    "lines_of",
    "locked",
    "open_input",
    "opening",
    "read_distinct",
    "read_items",
    "read_lines",
    "read_numbered",
    "read_predictions",
    "read_records",
    "repair",
    "replacing",
    "torn_tail",
    "write_lines",
    "write_records",
]
