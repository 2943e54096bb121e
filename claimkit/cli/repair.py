"""``claimkit repair``: drop a torn last line."""

from __future__ import annotations

from pathlib import Path

import click

from claimkit.cli.output import say


@click.command(epilog="Example: claimkit repair annotations/south-asia/layers/ann.jsonl")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
def command(files: tuple[Path, ...]) -> None:
    """Drop the torn last line that a crash leaves behind, never a whole one, and say what was dropped."""
    from claimkit.jsonl import repair

    for file in files:
        dropped = repair(file)
        if dropped is None:
            say(f"{file}: every line is whole")
        else:
            shown = dropped.raw[:200].decode(errors="replace")
            say(f"{file}:{dropped.number}: dropped {len(dropped.raw)} bytes at offset {dropped.offset}: {shown}")
