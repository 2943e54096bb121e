"""``claimkit evaluate``: accuracy and the other metrics, each with an interval and a signature."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.inputs import read_gold, read_said
from claimkit.cli.options import (
    cluster_option,
    force_option,
    json_option,
    label_map_option,
    metric_option,
    out_option,
    seed_option,
)
from claimkit.cli.output import emit_json, print_table, say

if TYPE_CHECKING:
    from claimkit.evaluation import Estimate, Evaluation


@click.command(epilog="Example: claimkit evaluate gold.jsonl predictions.jsonl --metric f1_macro --slice target --json")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="[GOLD] PREDICTIONS")
@click.option("--dataset", metavar="NAME", help="Take the gold labels from a data set of the catalogue.")
@click.option("--split", help="Evaluate only this part of the gold items.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the files of the data sets lie; default: CLAIMKIT_DATA.")
@metric_option
@cluster_option
@click.option("--scheme", metavar="NAME|LABELS", help="Label scheme, where the items name none.")
@label_map_option
@click.option("--slice", "slices", multiple=True, metavar="KEY", help="Scores for each value of a group key or of target; repeat.")
@click.option("--baseline", "baselines", multiple=True, metavar="NAME=FILE", help="Predictions of another system to lift over.")
@click.option("--train", type=click.Path(path_type=Path), help="Training items: adds the artefact panel and what leaks from them.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a self-contained report.")
@out_option("Write a run folder: the result with all that it was computed from (claimkit rescore, claimkit compare).")
@force_option
@click.option("--replicates", type=click.IntRange(min=100), default=10_000, show_default=True, help="Resamples of the bootstrap.")
@seed_option
@json_option
def command(paths: tuple[Path, ...], dataset: str | None, as_json: bool, **options: Any) -> None:
    """Compare predictions with gold labels: accuracy first, each number with its 95 % interval.

    GOLD is a file of items, PREDICTIONS one of predictions; they are joined by id. An item without prediction counts as wrong.
    The files of SemEval-2016 task 6 and of the Fake News Challenge are read as they are.
    """
    from claimkit.evaluation.runs import Options, evaluate_with, run_files, write_run

    if len(paths) != (1 if dataset else 2):
        raise click.UsageError("give PREDICTIONS alone with --dataset, else GOLD and PREDICTIONS")
    split: str | None = options["split"]
    items, name, place = read_gold(None if dataset else paths[0], dataset, split, options["data_dir"])
    predictions, said_place = read_said(paths[-1])
    baselines = _baselines(options["baselines"])
    leaks: list[Any] = []
    if options["train"]:
        panel, leaks = _from_training(options["train"], items, options["scheme"])
        baselines = {**panel, **baselines}
    chosen = Options(
        scheme=_scheme(options["scheme"]),
        metrics=options["metrics"] or ("f1_macro",),
        cluster=options["cluster"] or "auto",
        label_map=options["label_map"],
        slices=options["slices"],
        replicates=options["replicates"],
        seed=options["seed"],
        data=name,
        split=split,
    )
    result = evaluate_with(chosen, items, predictions, baselines, gold_place=place, prediction_place=said_place)
    if options["out"]:
        write_run(options["out"], run_files(items, predictions, baselines, chosen, result), force=options["force"])
    if options["html"]:
        _write_page(options["html"], result, items, predictions, leaks, name, paths[-1])
    emit_json(result) if as_json else _show(result)


def _scheme(text: str | None) -> str | tuple[str, ...] | None:
    from claimkit.schemes import scheme_of

    return scheme_of(text).labels if text else None


def _from_training(path: Path, items: list[Any], scheme: str | None) -> tuple[dict[str, Any], list[Any]]:
    """Return the predictions of the artefact panel, and what the gold items share with the training items."""
    import msgspec

    from claimkit.evaluation import scheme_of_items
    from claimkit.experiment.artefacts import artefact_predictions
    from claimkit.jsonl import read_items
    from claimkit.schemes import scheme_of
    from claimkit.splits import leakage

    train = list(read_items(path))
    tagged = [msgspec.structs.replace(item, split=part) for part, rows in (("train", train), ("test", items)) for item in rows]
    return artefact_predictions(train, items, scheme_of(scheme) if scheme else scheme_of_items(items)), leakage(tagged)


def _write_page(
    path: Path, result: Evaluation, items: list[Any], predictions: list[Any], leaks: list[Any], name: str, source: Path
) -> None:
    from claimkit.jsonl import replacing
    from claimkit.report.evaluation import evaluation_page

    system = next((entry.model for entry in predictions if entry.model), source.stem)
    page = evaluation_page(result, items, predictions, title=f"{system} on {name}", system=system, leaks=leaks)
    with replacing(path) as file:
        file.write(page.encode())
    say(f"Report: {path.resolve()}")


def _baselines(given: tuple[str, ...]) -> dict[str, Any]:
    found = {}
    for entry in given:
        name, sign, path = entry.partition("=")
        if not sign or not name or not path:
            raise click.BadParameter(f"'{entry}' is not a pair NAME=FILE", param_hint="--baseline")
        found[name] = read_said(Path(path)).predictions
    return found


def _show(result: Evaluation) -> None:
    for warning in result.warnings:
        say(f"warning: {warning}")
    over = ", ".join(f"{k} clusters of {key}" for key, k in result.clusters.items()) or "no clusters"
    columns = ["metric", "value", "95 % interval", "how"]
    rows = [[name, number(entry), interval(entry), entry.method] for name, entry in result.metrics.items()]
    print_table(columns, rows, title=f"{result.n} items, {over}", right=(1,))
    rows = [
        [
            label,
            str(entry.n),
            str(entry.predicted),
            *(f"{number(each)} {interval(each)}" for each in (entry.precision, entry.recall, entry.f1)),
        ]
        for label, entry in result.per_label.items()
    ]
    print_table(["label", "gold", "predicted", "precision", "recall", "F1"], rows, right=(1, 2))
    confusion = result.confusion
    rows = [
        [label, *(str(n) for n in counts), str(missing)]
        for label, counts, missing in zip(confusion.labels, confusion.counts, confusion.missing, strict=True)
    ]
    print_table(["gold \\ predicted", *confusion.labels, "missing"], rows, right=range(1, len(confusion.labels) + 2))
    if result.slices:
        names = list(result.metrics)
        rows = [
            [part.key, part.value, str(part.n), *(f"{number(part.metrics[name])} {interval(part.metrics[name])}" for name in names)]
            for part in result.slices
        ]
        print_table(["slice", "value", "n", *names], rows, right=(2,))
    if result.baselines:
        rows = [
            [base.name, name, number(base.metrics[name]), f"{base.lift[name].value or 0:+.4f}", interval(base.lift[name])]
            for base in result.baselines
            for name in result.metrics
        ]
        print_table(["baseline", "metric", "value", "lift over it", "95 % interval"], rows, right=(2, 3))
    for entry in result.metrics.values():
        say(entry.signature or "")


def number(estimate: Estimate) -> str:
    """Return a value with four digits, a dash where it is undefined."""
    return "–" if estimate.value is None else f"{estimate.value:.4f}"


def interval(estimate: Estimate) -> str:
    """Return an interval with four digits, a dash where there is none."""
    return "–" if estimate.low is None or estimate.high is None else f"[{estimate.low:.4f}, {estimate.high:.4f}]"
