"""``claimkit evaluate``: accuracy and the other metrics, each with an interval and a signature."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.inputs import Gold, read_gold, read_pairs, read_said
from claimkit.cli.options import (
    cluster_option,
    force_option,
    html_option,
    interval_option,
    json_option,
    label_map_option,
    metric_option,
    out_option,
    replicates_option,
    seed_option,
)
from claimkit.cli.output import emit_json, say
from claimkit.cli.scores import show_evaluation, show_rankings, show_spans

if TYPE_CHECKING:
    from claimkit.evaluation import Evaluation
    from claimkit.evaluation.rankings import Rankings
    from claimkit.evaluation.runs import RunInputs
    from claimkit.evaluation.sample import Place
    from claimkit.records import Item, Prediction


@click.command(epilog="Example: claimkit evaluate gold.jsonl predictions.jsonl --metric f1_macro --slice target --json")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="[GOLD] PREDICTIONS…")
@click.option("--dataset", metavar="NAME", help="Take the gold labels from a data set of the catalogue.")
@click.option("--split", help="Evaluate only this part of the gold items.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the files of the data sets lie; default: CLAIMKIT_DATA.")
@metric_option
@cluster_option
@interval_option
@click.option("--scheme", metavar="NAME|LABELS", help="Label scheme, where the items name none.")
@label_map_option
@click.option(
    "--slice", "slices", multiple=True, metavar="KEY", help="Scores for each value of a group key or of target; repeat; or none."
)
@click.option("--baseline", "baselines", multiple=True, metavar="NAME=FILE", help="Predictions of another system to lift over.")
@click.option(
    "--train",
    type=click.Path(path_type=Path),
    help="Training items, of a file with splits those of train: adds the artefact panel and what leaks.",
)
@click.option(
    "--annotator", "annotators", multiple=True, metavar="NAME=FILE", help="What one annotator says of the items, for the ceiling."
)
@click.option("--query", metavar="KEY", help="Rank the items within each value of a group key (map, mrr, success_at_k).")
@click.option("--positive", metavar="LABEL", help="The label that makes an item relevant; default: the first of the scheme.")
@html_option
@out_option("Write a run folder: the result and all that it was computed from (claimkit rescore, claimkit compare).", kind="folder")
@force_option
@replicates_option
@seed_option
@json_option
def command(paths: tuple[Path, ...], dataset: str | None, as_json: bool, **options: Any) -> None:
    """Compare predictions with gold labels: accuracy first, each number with its 95 % interval.

    GOLD is a file of items, PREDICTIONS one of predictions; they are joined by id. An item without prediction counts as wrong.
    Several files of predictions are runs of one system with different seeds: means, and their spread.
    The files of SemEval-2016 task 6 and of the Fake News Challenge are read as they are, and qrels and run files of TREC.
    Two layers of a corpus are compared by the spans that they mark.
    """
    from claimkit.evaluation.files import is_layer

    if len(paths) < (1 if dataset else 2):
        raise click.UsageError("give PREDICTIONS alone with --dataset, else GOLD and PREDICTIONS")
    if not dataset and len(paths) == 2 and is_layer(paths[0]) and is_layer(paths[1]):
        _evaluate_spans(paths, as_json, options)
    elif not dataset and _are_trec(paths):
        _evaluate_trec(paths, as_json, options)
    elif options["query"]:
        _evaluate_ranked_items(paths, dataset, as_json, options)
    else:
        _evaluate_labels(paths, dataset, as_json, options)


def _evaluate_labels(paths: tuple[Path, ...], dataset: str | None, as_json: bool, options: dict[str, Any]) -> None:
    from claimkit.evaluation.runs import RESULT, Options, RunInputs, evaluate_with, run_files, write_run
    from claimkit.jsonl.folders import check_replaceable

    if options["out"]:
        check_replaceable(options["out"], force=options["force"], marker=RESULT)
    split: str | None = options["split"]
    gold = read_gold(None if dataset else paths[0], dataset, split, options["data_dir"])
    items, name = gold.items, gold.name
    _warn_of_training(items)
    (predictions, said_place), *others = [read_said(path) for path in (paths if dataset else paths[1:])]
    baselines = _scored(gold, read_pairs(options["baselines"], "--baseline"))
    leaks: list[Any] = []
    if options["train"]:
        panel, leaks = _from_training(options["train"], items, options["scheme"])
        baselines = {**panel, **baselines}
    chosen = Options(
        scheme=_scheme(options["scheme"]),
        metrics=options["metrics"] or ("f1_macro",),
        cluster=options["cluster"] or "auto",
        label_map=options["label_map"],
        slices=() if options["slices"] == ("none",) else options["slices"] or None,
        interval=options["interval"],
        replicates=options["replicates"],
        seed=options["seed"],
        data=name,
        split=split,
    )
    inputs = RunInputs(
        items=items,
        predictions=gold.scored(predictions),
        baselines=baselines,
        annotators=_scored(gold, read_pairs(options["annotators"], "--annotator")),
        other_seeds=[gold.scored(other.predictions) for other in others],
    )
    result = evaluate_with(chosen, inputs, gold_place=gold.place, prediction_place=said_place)
    if options["out"]:
        write_run(options["out"], run_files(inputs, chosen, result), force=options["force"])
    if options["html"]:
        _write_page(options["html"], result, inputs, leaks, name, paths[-1])
    emit_json(result) if as_json else show_evaluation(result, all_slices=bool(options["slices"]))


def _warn_of_training(items: list[Item]) -> None:
    """Say when rows are scored from which a model has probably learnt."""
    known = sum(item.split == "train" for item in items)
    if known:
        advice = "what learnt from them knows their labels; score what was held out, as with --split test"
        say(f"warning: {known} of the {len(items)} scored items have the split 'train': {advice}")


def _scored(gold: Gold, named: dict[str, list[Prediction]]) -> dict[str, list[Prediction]]:
    return {name: gold.scored(predictions) for name, predictions in named.items()}


def _evaluate_spans(paths: tuple[Path, ...], as_json: bool, options: dict[str, Any]) -> None:
    from claimkit.evaluation.files import read_statements
    from claimkit.evaluation.spans import DEFAULT_METRICS, evaluate_spans

    _refuse(options, "two layers")
    result = evaluate_spans(
        read_statements(paths[0]),
        read_statements(paths[1]),
        metrics=options["metrics"] or DEFAULT_METRICS,
        replicates=options["replicates"],
        seed=options["seed"],
        data=paths[0].stem,
    )
    emit_json(result) if as_json else show_spans(result)


def _are_trec(paths: tuple[Path, ...]) -> bool:
    from claimkit.catalog.trec import trec_format

    return len(paths) == 2 and trec_format(paths[0]) == "qrels"


def _evaluate_trec(paths: tuple[Path, ...], as_json: bool, options: dict[str, Any]) -> None:
    from claimkit.catalog.trec import read_qrels, read_run
    from claimkit.evaluation.rankings import Rankings

    _refuse(options, "a qrels file and a run file")
    ranked = Rankings(relevant=read_qrels(paths[0]), scores=read_run(paths[1]))
    _show_ranked(ranked, paths[0].stem, lambda _: {"path": paths[1]}, as_json, options)


def _evaluate_ranked_items(paths: tuple[Path, ...], dataset: str | None, as_json: bool, options: dict[str, Any]) -> None:
    from claimkit.evaluation.rankings import rankings_of_items
    from claimkit.schemes import scheme_of

    _refuse(options, "--query")
    gold = read_gold(None if dataset else paths[0], dataset, options["split"], options["data_dir"])
    _warn_of_training(gold.items)
    said = read_said(paths[-1])
    scheme = scheme_of(options["scheme"]) if options["scheme"] else None
    ranked = rankings_of_items(
        gold.items, gold.scored(said.predictions), options["query"], options["positive"], scheme, place=said.place
    )
    _show_ranked(ranked, gold.name, lambda _: {}, as_json, options)


def _show_ranked(ranked: Rankings, data: str, place: Place, as_json: bool, options: dict[str, Any]) -> None:
    from claimkit.evaluation.rankings import DEFAULT_METRICS, evaluate_rankings

    result = evaluate_rankings(
        ranked.relevant,
        ranked.scores,
        metrics=options["metrics"] or DEFAULT_METRICS,
        replicates=options["replicates"],
        seed=options["seed"],
        data=data,
        place=place,
    )
    emit_json(result) if as_json else show_rankings(result)


def _refuse(options: dict[str, Any], what: str) -> None:
    """Refuse options that mean nothing where spans or rankings are compared, rather than pass over them."""
    names = ["cluster", "label_map", "slices", "baselines", "train", "annotators", "html", "out"]
    given = next((name for name in names if options[name]), None)
    if given is not None or options["interval"] != "percentile":
        option = {"label_map": "label-map", "slices": "slice", "baselines": "baseline", "annotators": "annotator"}
        raise click.UsageError(f"--{option.get(given or 'interval', given or 'interval')} does not go with {what}")


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

    rows = list(read_items(path))
    train = [item for item in rows if item.split == "train"] or rows
    tagged = [msgspec.structs.replace(item, split=part) for part, rows in (("train", train), ("test", items)) for item in rows]
    return artefact_predictions(train, items, scheme_of(scheme) if scheme else scheme_of_items(items)), leakage(tagged)


def _write_page(path: Path, result: Evaluation, inputs: RunInputs, leaks: list[Any], name: str, source: Path) -> None:
    from claimkit.jsonl import replacing
    from claimkit.report.evaluation import evaluation_page

    system = next((entry.model for entry in inputs.predictions if entry.model), source.stem)
    page = evaluation_page(
        result, inputs.items, [inputs.predictions, *inputs.other_seeds], title=f"{system} on {name}", system=system, leaks=leaks
    )
    with replacing(path) as file:
        file.write(page.encode())
    say(f"Report: {path.resolve()}")
