"""``claimkit items``: flat items from the statements of a corpus."""

from __future__ import annotations

from pathlib import Path

import click

from claimkit.cli.options import layer_option, out_option
from claimkit.cli.output import say


@click.command(epilog="Example: claimkit items annotations/south-asia --kind stance --kind contradicting --out items.jsonl")
@click.argument("corpus", type=click.Path(path_type=Path))
@layer_option
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    default=("stance",),
    show_default=True,
    metavar="NAME",
    help="stance, contradicting, other-claims or attitude; repeat for several.",
)
@click.option("--negative-label", default="neutral", show_default=True, help="Label of the items of kind other-claims.")
@out_option("Write the items to a file instead of standard output.")
def command(corpus: Path, layer: str, kinds: tuple[str, ...], negative_label: str, out: Path | None) -> None:
    """Print one item a line: the words of a statement, its claim as the target, its stance.

    The kinds: "stance" is what annotators marked; "contradicting" gives the opposite stance toward claims that contradict;
    "other-claims" pairs a statement with the other claims of its document; "attitude" is that toward actors.
    """
    from claimkit.corpus import load_corpus
    from claimkit.jsonl import write_records

    count = write_records(out or "-", load_corpus(corpus).items(layer, kinds, negative_label))
    if out is not None:
        say(f"{out}: {count} items")
