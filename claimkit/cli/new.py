"""``claimkit new``: a corpus to start from."""

from __future__ import annotations

from pathlib import Path

import click

from claimkit.cli.options import force_option
from claimkit.cli.output import say


@click.command(epilog="Example: claimkit new my-dispute && claimkit validate my-dispute")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--name", help="Name of the corpus.  [default: the name of the folder]")
@force_option
def command(folder: Path, name: str | None, force: bool) -> None:
    """Write a small annotated corpus about an invented dispute, and a guideline, to replace by your own.

    It is valid at once. With --force, files of the same names are replaced; others stay.
    """
    from claimkit.corpus.scaffold import new_corpus

    new_corpus(folder, name=name, force=force)
    say(f"{folder}: a corpus to start from; corpus.toml and guideline.md say how. Check it with: claimkit validate {folder}")
