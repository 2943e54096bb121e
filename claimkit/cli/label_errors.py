"""``claimkit label-errors``: labels that may be wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimkit.cli.designs import experiment_of, scheme_option
from claimkit.cli.options import json_option, layer_option, out_option, seed_option
from claimkit.cli.output import emit_json, print_table, progress_bar, say
from claimkit.errors import counted

if TYPE_CHECKING:
    from claimkit.adjudication import Doubts

_SHOWN = 15


@click.command(
    "label-errors", epilog="Example: claimkit label-errors annotations/south-asia --classifier ngrams --out doubts.jsonl"
)
@click.argument("source", type=click.Path(path_type=Path, allow_dash=True), metavar="CORPUS|ITEMS|CONFIG")
@click.option("--classifier", metavar="NAME", help="Default: ngrams, or that of CONFIG (claimkit list classifiers).")
@layer_option
@scheme_option
@click.option("--by", default="document", show_default=True, metavar="KEY", help="Group key that folds do not cut through.")
@click.option("--folds", type=click.IntRange(min=2), default=5, show_default=True, help="How often the classifier is trained.")
@out_option("Write the candidates to a file, one a line.")
@seed_option
@json_option
def command(
    source: Path,
    classifier: str | None,
    layer: str,
    scheme: str | None,
    by: str,
    folds: int,
    out: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """List the labels that a classifier trained on other documents is confident to contradict, the clearest first.

    A candidate is not an error: look at the words, and decide. What a weak classifier cannot tell it does not doubt rightly.
    """
    from claimkit.classifiers import make_classifier
    from claimkit.experiment.label_errors import doubt_labels
    from claimkit.experiment.sources import load_source

    config, base = experiment_of(source, classifier, layer, scheme)
    found = load_source(config, base, splits=False)
    name = config.classifier.name
    with progress_bar(f"training {name}", folds) as advance:
        doubts = doubt_labels(
            found.items,
            lambda: make_classifier(name, found.scheme, **config.classifier.parameters),
            found.scheme,
            model=name,
            by=by,
            folds=folds,
            seed=seed,
            after=advance,
        )
    if out is not None:
        import msgspec

        from claimkit.jsonl import write_lines

        write_lines(out, (msgspec.json.encode(doubt) + b"\n" for doubt in doubts.candidates))
        say(f"{out}: {counted(len(doubts.candidates), 'candidate')}")
    emit_json(doubts) if as_json else _show(doubts, name)


def _show(doubts: Doubts, classifier: str) -> None:
    rows = [
        [label, str(count), "–" if (value := doubts.thresholds[label]) is None else f"{value:.2f}"]
        for label, count in doubts.by_label.items()
    ]
    title = f"{counted(len(doubts.candidates), 'label')} of {doubts.n} contradicted by {classifier}"
    print_table(["label", "candidates", "confident from"], rows, title=title, right=(1, 2))
    rows = [
        [doubt.item, f"{doubt.label} {doubt.p_label:.2f}", f"{doubt.suggested} {doubt.p_suggested:.2f}", doubt.text, doubt.target]
        for doubt in doubts.candidates[:_SHOWN]
    ]
    if rows:
        print_table(["item", "label", "suggested", "text", "target"], rows)
