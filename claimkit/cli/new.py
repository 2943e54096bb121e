"""``claimkit new``: a corpus to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from claimkit.cli.options import force_option
from claimkit.cli.output import say
from claimkit.cli.table_options import table_format, table_options
from claimkit.errors import counted


@click.command(epilog="Example: claimkit new my-dispute && claimkit validate my-dispute")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--name", help="Name of the corpus.  [default: the name of the folder]")
@click.option(
    "--texts",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Start with your own texts: a folder of .txt files, one such file, or a table (CSV, TSV, JSON Lines, Parquet) with the "
    "column text and, where there are, id, title, source, published and other fields of a document. Repeat for several.",
)
@table_options
@force_option
def command(folder: Path, name: str | None, texts: tuple[Path, ...], force: bool, **options: Any) -> None:
    """Write a small annotated corpus about an invented dispute, and a guideline, to replace by your own.

    It is valid at once. With --texts the corpus holds your own texts instead, ready to be annotated. With --force, files of the
    same names are replaced; others stay.
    """
    if str(folder) == "-":
        raise click.UsageError("a corpus is a folder, so the standard output will not do; give it a name")
    from claimkit.corpus.scaffold import new_corpus

    if not texts:
        new_corpus(folder, name=name, force=force)
        say(f"{folder}: a corpus to start from; corpus.toml and guideline.md say how. Check it with: claimkit validate {folder}")
        return
    from claimkit.catalog.texts import documents_from

    documents = documents_from(texts, form=table_format(options))
    new_corpus(folder, name=name, documents=documents, force=force)
    start = f"claimkit annotate {folder} --annotator NAME"
    say(f"{folder}: a corpus of {counted(len(documents), 'document')}; its guideline.md is for your rules. Start with: {start}")
