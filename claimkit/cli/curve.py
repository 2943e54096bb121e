"""``claimkit curve``: whether more labels would help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.designs import experiment_of, scheme_option
from claimkit.cli.options import html_option, json_option, layer_option, metric_option, seed_option
from claimkit.cli.output import emit_json, print_table, say
from claimkit.cli.scores import with_interval

if TYPE_CHECKING:
    from claimkit.experiment.curves import CurvePoint


@click.command(epilog="Example: claimkit curve annotations/south-asia --classifier ngrams --html curve.html")
@click.argument("source", type=click.Path(path_type=Path, allow_dash=True), metavar="CORPUS|ITEMS|CONFIG")
@click.option("--classifier", metavar="NAME", help="Default: ngrams, or that of CONFIG (claimkit list classifiers).")
@click.option("--share", "shares", multiple=True, type=float, metavar="SHARE", help="Of the training rows; repeat for several.")
@layer_option
@scheme_option
@metric_option
@html_option
@seed_option
@json_option
def command(source: Path, classifier: str | None, shares: tuple[float, ...], as_json: bool, **options: Any) -> None:
    """Report what a classifier reaches with growing shares of the training rows, beside baselines that learnt from the same.

    Where the last steps still rise, more labels would help; where the curve is flat, they would not.
    """
    from claimkit.classifiers import make_classifier
    from claimkit.experiment.curves import SHARES, learning_curve
    from claimkit.experiment.sources import load_source

    config, base = experiment_of(source, classifier, options["layer"], options["scheme"])
    found = load_source(config, base, splits=False)
    points = list(
        learning_curve(
            found.items,
            lambda name, parameters: make_classifier(name, found.scheme, **parameters),
            found.scheme,
            classifier=config.classifier.name,
            parameters=config.classifier.parameters,
            shares=shares or SHARES,
            metrics=options["metrics"] or ("f1_macro",),
            seed=options["seed"],
            data=found.name,
            say=lambda words: say(f"· {words}"),
        )
    )
    if options["html"]:
        from claimkit.jsonl import replacing
        from claimkit.report.curve import curve_page

        with replacing(options["html"]) as file:
            file.write(curve_page(points, classifier=config.classifier.name, data=found.name).encode())
        say(f"Report: {options['html'].resolve()}")
    emit_json({"classifier": config.classifier.name, "data": found.name, "points": points}) if as_json else _show(points)


def _show(points: list[CurvePoint]) -> None:
    names = list(points[0].evaluation.metrics)
    rows = []
    for point in points:
        others = [with_interval(base.metrics[names[-1]]) for base in point.evaluation.baselines]
        rows.append([f"{point.share:.0%}", f"{point.rows:.0f}", *map(with_interval, point.evaluation.metrics.values()), *others])
    baselines = [f"{base.name} ({names[-1]})" for base in points[0].evaluation.baselines]
    print_table(["share", "rows", *names, *baselines], rows, right=(0, 1))
    for point in points:
        say(point.evaluation.metrics[names[-1]].signature or "")
