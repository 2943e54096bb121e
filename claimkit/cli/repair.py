"""``claimkit repair``: drop a torn last line."""

from __future__ import annotations

from pathlib import Path

import click

from claimkit.cli.output import say


@click.command(epilog="Example: claimkit repair annotations/south-asia/layers/ann.jsonl")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
def command(files: tuple[Path, ...]) -> None:
    """Drop the torn last line that a crash leaves behind, never a whole one, and say what was dropped."""
    if Path("-") in files:
        raise click.UsageError("a file is repaired where it is, so the standard input will not do; name the file")
    from claimkit.jsonl import repair

    for file in files:
        done = repair(file)
        if done.dropped is not None:
            tail = done.dropped
            start = tail.raw[:200].decode(errors="replace")
            say(f"{file}:{tail.number}: dropped {tail.size:,} bytes at offset {tail.offset:,}: {start}")
        elif done.added_newline:
            say(f"{file}: added the missing line feed after the last line")
        else:
            say(f"{file}: every line is whole")
