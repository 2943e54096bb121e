"""``claimkit predict``: predictions of a model for items."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimkit.cli.options import out_option
from claimkit.cli.output import say

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier
    from claimkit.records import Item


@click.command(epilog="Example: claimkit predict south-asia-ngrams items.jsonl --out predictions.jsonl")
@click.argument("model")
@click.argument("items", type=click.Path(path_type=Path, allow_dash=True))
@out_option("Write the predictions to a file instead of standard output.")
def command(model: str, items: Path, out: Path | None) -> None:
    """Print one prediction a line, with the probability of each label in the order of the scheme.

    MODEL is a model folder, or the name of a model that comes with claimkit. ITEMS is a file of items, "-" the standard input; it
    is read, predicted and written piece by piece.
    """
    from claimkit.classifiers import load_classifier, predict_items
    from claimkit.classifiers.persistence import read_model_file
    from claimkit.jsonl import write_records
    from claimkit.shipped import shipped_model

    folder = Path(model)
    if not folder.exists() and folder.name == model:
        folder = shipped_model(model)
    classifier = load_classifier(folder)
    name = read_model_file(folder).identity
    count = write_records(out or "-", predict_items(classifier, _checked(items, classifier), model=name))
    if out is not None:
        say(f"{out}: {count} predictions of {name}")


def _checked(path: Path, classifier: StanceClassifier) -> Iterator[Item]:
    """Yield the items of a file; stop at one that the model cannot be asked about."""
    from claimkit.errors import DataError
    from claimkit.jsonl import read_distinct
    from claimkit.records import Item
    from claimkit.schemes import scheme_of

    labels = tuple(classifier.labels)
    fits: dict[str | tuple[str, ...], bool] = {}
    for _, line, item in read_distinct([path], Item):
        if item.scheme is not None and item.scheme not in fits:
            fits[item.scheme] = scheme_of(item.scheme).labels == labels
        if item.scheme is not None and not fits[item.scheme]:
            message = f"the item '{item.id}' belongs to another label scheme ({item.scheme}) than the model ({', '.join(labels)})"
            raise DataError(f"{message}; take a model of that scheme", path=path, line=line.number)
        if classifier.reads_target and not item.target.strip():
            raise DataError(f"the item '{item.id}' has an empty target, which the model reads", path=path, line=line.number)
        yield item
