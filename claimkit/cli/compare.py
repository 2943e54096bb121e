"""``claimkit compare``: paired tests between systems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.catalog.trec import trec_format
from claimkit.cli.designs import scheme_option
from claimkit.cli.inputs import Said, read_gold, read_said
from claimkit.cli.options import (
    cluster_option,
    html_option,
    interval_option,
    json_option,
    metric_option,
    replicates_option,
    seed_option,
)
from claimkit.cli.output import emit_json, print_table, say
from claimkit.errors import counted

if TYPE_CHECKING:
    from claimkit.evaluation import Comparison
    from claimkit.evaluation.rankings import Rankings
    from claimkit.evaluation.sample import Place
    from claimkit.records import Item, Prediction


@click.command(epilog="Example: claimkit compare --gold gold.jsonl ngrams.jsonl majority.jsonl --metric f1_macro")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN RUN…")
@click.option(
    "--gold", type=click.Path(path_type=Path), help="Items with the gold labels; default: items.jsonl in the first run folder."
)
@click.option("--dataset", metavar="NAME", help="Take the gold labels from a data set of the catalogue.")
@click.option("--split", help="Compare on this part of the gold items only.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the files of the data sets lie; default: CLAIMKIT_DATA.")
@scheme_option
@metric_option
@cluster_option
@interval_option
@click.option("--query", metavar="KEY", help="Rank the items within each value of a group key (map, mrr, success_at_k).")
@click.option("--positive", metavar="LABEL", help="The label that makes an item relevant; default: the first of the scheme.")
@html_option
@replicates_option
@seed_option
@json_option
def command(runs: tuple[Path, ...], as_json: bool, gold: Path | None, dataset: str | None, **options: Any) -> None:
    """Test whether systems differ: each RUN is a file of predictions, or a folder that holds predictions.jsonl.

    With --query, or where the gold file is one of TREC's qrels and the runs are TREC's, rankings are compared query by query.
    """
    if len(runs) < 2:
        raise click.UsageError("name at least two runs")
    files = [path / "predictions.jsonl" if path.is_dir() else path for path in runs]
    names = _names(runs)
    items: list[Item] = []
    systems: dict[str, list[Prediction]] = {}
    known = gold or (runs[0] / "items.jsonl" if runs[0].is_dir() else None)
    if known is None and not dataset:
        raise click.UsageError("say where the gold labels are: --gold FILE, or --dataset NAME")
    if known is not None and not dataset and trec_format(known) == "qrels":
        name = known.stem
        result = _compare_trec(known, dict(zip(names, files, strict=True)), options)
    else:
        read = read_gold(known, dataset, options["split"], options["data_dir"])
        items, name = read.items, read.name
        for path in runs:
            _check_same_data(path, items)
        found = {system: read_said(file) for system, file in zip(names, files, strict=True)}
        said = {system: entry._replace(predictions=read.scored(entry.predictions)) for system, entry in found.items()}
        systems = {system: entry.predictions for system, entry in said.items()}
        if options["query"]:
            result, items = _compare_ranked_items(items, said, name, options), []
        else:
            result = _compare_labels(items, said, name, options)
    if options["html"]:
        _write_page(options["html"], result, items, systems, name)
    emit_json(result) if as_json else _show(result)


def _compare_labels(items: list[Item], said: dict[str, Said], name: str, options: dict[str, Any]) -> Comparison:
    from claimkit.evaluation import compare

    return compare(
        items,
        {system: entry.predictions for system, entry in said.items()},
        scheme=options["scheme"],
        metrics=options["metrics"] or ("f1_macro",),
        cluster=options["cluster"] or "auto",
        interval=options["interval"],
        replicates=options["replicates"],
        seed=options["seed"],
        data=name,
        places={system: entry.place for system, entry in said.items()},
    )


def _compare_ranked_items(items: list[Item], said: dict[str, Said], name: str, options: dict[str, Any]) -> Comparison:
    from claimkit.evaluation.rankings import rankings_of_items
    from claimkit.schemes import scheme_of

    scheme = scheme_of(options["scheme"]) if options["scheme"] else None
    rankings = {
        system: rankings_of_items(items, entry.predictions, options["query"], options["positive"], scheme, place=entry.place)
        for system, entry in said.items()
    }
    return _compare_rankings(rankings, name, {}, options)


def _compare_trec(gold: Path, files: dict[str, Path], options: dict[str, Any]) -> Comparison:
    from claimkit.catalog.trec import read_qrels, read_run
    from claimkit.evaluation.rankings import Rankings

    relevant = read_qrels(gold)
    rankings = {system: Rankings(relevant=relevant, scores=read_run(path)) for system, path in files.items()}
    return _compare_rankings(rankings, gold.stem, {system: _at(path) for system, path in files.items()}, options)


def _at(path: Path) -> Place:
    return lambda _: {"path": path}


def _compare_rankings(rankings: dict[str, Rankings], name: str, places: dict[str, Place], options: dict[str, Any]) -> Comparison:
    from claimkit.evaluation.compare_rankings import compare_rankings
    from claimkit.evaluation.rankings import DEFAULT_METRICS

    for option in ("cluster", "interval"):
        if options[option] not in (None, "percentile"):
            raise click.UsageError(f"--{option} does not go with rankings; queries are resampled")
    return compare_rankings(
        rankings,
        metrics=options["metrics"] or DEFAULT_METRICS[:1],
        replicates=options["replicates"],
        seed=options["seed"],
        data=name,
        places=places,
    )


def _write_page(path: Path, result: Comparison, items: list[Item], systems: dict[str, list[Prediction]], name: str) -> None:
    from claimkit.jsonl import replacing
    from claimkit.report.comparison import comparison_page

    with replacing(path) as file:
        file.write(comparison_page(result, items, systems, title=f"{len(systems)} systems on {name}").encode())
    say(f"Report: {path.resolve()}")


def _check_same_data(run: Path, items: list[Item]) -> None:
    """Refuse a run folder that was made on other gold items: its ids may be the same all the same."""
    from claimkit.errors import DataError
    from claimkit.evaluation.signature import data_hash
    from claimkit.jsonl import read_items

    path = run / "items.jsonl"
    if run.is_dir() and path.is_file():
        own = {item.id: item for item in read_items(path)}
        if data_hash(own[item.id] for item in items if item.id in own) != data_hash(items):
            raise DataError("this run was made on other gold items than the comparison; compare runs on one data set", path=path)


def _names(runs: tuple[Path, ...]) -> list[str]:
    """Return the shortest endings of the paths that tell the runs apart."""
    parts = [[*path.resolve().parent.parts, path.stem if path.suffix in (".jsonl", ".run") else path.name] for path in runs]
    for depth in range(1, max(map(len, parts)) + 1):
        names = ["/".join(entry[-depth:]) for entry in parts]
        if len(set(names)) == len(names):
            return names
    raise click.UsageError("the same run is named twice")


def _show(result: Comparison) -> None:
    from claimkit.cli.scores import interval, number
    from claimkit.report.comparison import pair_verdict

    for warning in result.warnings:
        say(f"warning: {warning}")
    clusters = ", ".join(f"{counted(k, 'cluster')} of {key}" for key, k in result.clusters.items()) or "no clusters"
    over = f", {clusters}" if result.counted == "items" else ""
    names = list(next(iter(result.scores.values())))
    rows = [
        [system, *(f"{number(scores[name])} {interval(scores[name])}" for name in names)]
        for system, scores in result.scores.items()
    ]
    print_table(["system", *names], rows, title=f"{result.n} {result.counted} of {result.data}{over}")
    rows = [
        [
            pair.a,
            pair.b,
            pair.metric,
            _signed(pair.difference),
            "–" if pair.low is None else f"[{_signed(pair.low)}, {_signed(pair.high)}]",
            _share(pair.p),
            _share(pair.p_holm),
            "–" if pair.detectable is None else f"{pair.detectable:.4f}",
            ", ".join(part.strip() for part in pair.test.split(",")),
        ]
        for pair in result.pairs
    ]
    columns = ["a", "b", "metric", "a − b", "95 % interval", "p", "p (Holm)", "detectable", "test"]
    title = f"Differences; p corrected for {counted(result.family, 'test')}"
    print_table(columns, rows, title=title, right=(3, 5, 6, 7), once=(0, 1, 2, 8))
    for pair in result.pairs:
        say(pair_verdict(pair))


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.4f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}" if value >= 0.0001 else "< .0001"
