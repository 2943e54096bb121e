"""``claimkit annotate``: the local annotation page."""

from __future__ import annotations

from pathlib import Path

import click

from claimkit.cli.options import seed_option
from claimkit.cli.output import say


@click.command(epilog="Example: claimkit annotate my-corpus --annotator anna")
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("--annotator", required=True, metavar="NAME", help="Who annotates; names the layer.")
@click.option("--suggestions", metavar="LAYER", help="Show a layer, or a file of statements, as suggestions.")
@click.option(
    "--blind-share",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    metavar="SHARE",
    help="Share of the documents in which no suggestion is shown, to measure what suggestions do.",
)
@seed_option
@click.option("--guideline", type=click.Path(path_type=Path), help="Markdown file shown beside the text; default: guideline.md.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port of 127.0.0.1; default: the first free one from 8321 on.")
@click.option("--no-browser", is_flag=True, help="Print the address only; open no browser.")
def command(
    corpus: Path,
    annotator: str,
    suggestions: str | None,
    blind_share: float,
    seed: int,
    guideline: Path | None,
    port: int | None,
    no_browser: bool,
) -> None:
    """Annotate the documents of a corpus in the browser; nothing leaves this machine.

    Each change is on disk before the page says "saved": finished statements in layers/NAME.jsonl, drafts, undo and times in
    layers/NAME.journal beside it. Ctrl-C ends; the next start goes on where this one stopped.
    """
    from claimkit.annotate.corpus_page import annotate_corpus

    def ready(url: str) -> None:
        click.echo(url)
        say(f"annotating {corpus} as {annotator}; Ctrl-C ends")

    annotate_corpus(
        corpus,
        annotator,
        suggestions=suggestions,
        blind_share=blind_share,
        seed=seed,
        guideline=guideline,
        port=port,
        ready=ready,
        open_browser=not no_browser,
    )
