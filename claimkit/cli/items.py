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
@click.option("--labels-of", metavar="LAYER", help="Instead of items: what another layer says on them, as predictions.")
@out_option("Write to a file instead of standard output.")
def command(corpus: Path, layer: str, kinds: tuple[str, ...], negative_label: str, labels_of: str | None, out: Path | None) -> None:
    """Print one item a line: the words of a statement, its claim as the target, its stance.

    The kinds: "stance" is what annotators marked; "contradicting" gives the opposite stance toward claims that contradict;
    "other-claims" pairs a statement with the other claims of its document; "attitude" is that toward actors.
    """
    from claimkit.corpus import load_corpus
    from claimkit.corpus.alignment import labels_of as labels_in
    from claimkit.errors import counted
    from claimkit.jsonl import write_records

    if labels_of is not None:
        count = write_records(out or "-", labels_in(load_corpus(corpus), labels_of, layer))
        say(f"{out or 'standard output'}: {count} statements of {layer} have a partner in {labels_of}")
        return
    count = write_records(out or "-", load_corpus(corpus).items(layer, kinds, negative_label))
    if out is not None:
        say(f"{out}: {counted(count, 'item')}")
