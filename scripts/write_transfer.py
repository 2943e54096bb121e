"""Write the tables of docs/transfer.md from models/transfer/, where claimkit transfer --json has put its results.

Run with: python scripts/write_transfer.py
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from claimkit.experiment.matrix import Transfer
from claimkit.report.transfer import markdown_matrices

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "transfer.md"


def filled(text: str) -> str:
    """Return a page with its tables put between their marks, as in ``<!-- table: two-way -->`` and ``<!-- end -->``."""

    def made(match: re.Match[str]) -> str:
        raw = (ROOT / "models" / "transfer" / f"{match.group(1)}.json").read_bytes()
        return f"<!-- table: {match.group(1)} -->\n\n{markdown_matrices(msgspec.json.decode(raw, type=Transfer))}\n<!-- end -->"

    return re.sub(r"<!-- table: ([\w-]+) -->.*?<!-- end -->", made, text, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
