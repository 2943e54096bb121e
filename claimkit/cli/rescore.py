"""``claimkit rescore``: compute the numbers of a run again."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from claimkit.cli.output import say


@click.command(epilog="Example: claimkit rescore claimkit-demo")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN…")
@click.option("--print", "shows", is_flag=True, help="Print the result that was computed now.")
def command(runs: tuple[Path, ...], shows: bool) -> None:
    """Compute the result.json of run folders again and compare it byte for byte; exit with 1 where it differs.

    A RUN is a folder made by claimkit evaluate --out, or by claimkit demo.
    """
    from claimkit.evaluation.runs import rescore

    differs = False
    for folder in runs:
        found = rescore(folder)
        if shows:
            click.echo(found.computed.decode(), nl=False)
        if found.is_same:
            say(f"{folder}: every number is the same")
            continue
        differs = True
        before, after = (text.decode(errors="replace").splitlines() for text in found)
        changes = list(difflib.unified_diff(before, after, "stored", "computed", lineterm="", n=1))[:40]
        say("\n".join([f"{folder}: the numbers differ", *changes]))
    sys.exit(1 if differs else 0)
