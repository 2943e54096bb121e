"""``claimkit transfer``: what is learnt on one data set or target, and how far it holds on another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.inputs import read_system
from claimkit.cli.options import force_option, html_option, json_option, layer_option, metric_option, replicates_option, seed_option
from claimkit.cli.output import emit_json, print_table, progress_bar, say
from claimkit.cli.scores import number, signed, signed_interval, with_interval
from claimkit.errors import counted

if TYPE_CHECKING:
    from claimkit.experiment.matrix import Cell, Matrix, Transfer
    from claimkit.experiment.parts import Part
    from claimkit.schemes import LabelScheme


@click.command(epilog="Example: claimkit transfer semeval2016-t6a vast items.jsonl --max-train 3000 --html page.html")
@click.argument("data", nargs=-1, required=True, metavar="DATA…")
@click.option(
    "--between", type=click.Choice(["data", "targets"]), default="data", show_default=True, help="What rows and columns are."
)
@click.option("--target", "targets", multiple=True, metavar="TARGET", help="With --between targets: only this; repeat for several.")
@click.option(
    "--classifier",
    "classifiers",
    multiple=True,
    metavar="NAME[{PARAMETERS}]",
    help="A classifier or recipe, as in 'ngrams{C = 3.0}'; repeat for several; default: ngrams.",
)
@click.option(
    "--scheme", metavar="NAME|LABELS", help="Labels that all are mapped to; default: their own, or support,oppose,neutral."
)
@click.option("--label-map", metavar="FROM=TO,…", help="What labels of your own mean, where no map is known.")
@click.option("--max-train", type=click.IntRange(min=2), metavar="N", help="Learn from N rows at most: a seeded sample.")
@click.option("--no-others", is_flag=True, help="Leave out the row that learns from all parts but the one that is scored.")
@click.option("--keep-shared", is_flag=True, help="Learn also from texts that the part that is scored has too.")
@layer_option
@metric_option
@click.option("--work", type=click.Path(path_type=Path), help="Folder for predictions; default: in the cache of this machine.")
@click.option("--table", type=click.Choice(["markdown"]), help="Print the matrix as Markdown.")
@html_option
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where the files of the data sets lie; default: CLAIMKIT_DATA.")
@replicates_option
@force_option
@seed_option
@json_option
def command(data: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Learn on each part, test on each other: between data sets, or between the targets of data sets.

    DATA is a name of the catalogue (or NAME/SPLIT, the split that is tested on), a file of items ("-": standard input), or a
    corpus. Rows are what is learnt from, columns what is tested on, the diagonal is in-domain. What is done is kept; an
    interruption costs one cell.
    """
    from claimkit.classifiers import make_classifier
    from claimkit.encoders.cache import default_cache
    from claimkit.experiment.matrix import run_transfer

    systems = [read_system(text, "--classifier") for text in options["classifiers"] or ("ngrams",)]
    for system in systems:
        make_classifier(system.classifier, ("a", "b"), **system.parameters)  # a wrong name is told before anything is loaded
    parts, scheme = _parts(data, options)
    for part in parts:
        lost = ", ".join(f"{label} {n}" for label, n in part.left_out.items())
        rows = f"{counted(len(part.train), 'row')} to learn from, {len(part.test)} to test on"
        say(f"{part.name}: {rows}{f'; left out: {lost}' if lost else ''}")
    learnt, scored = sum(bool(part.train) for part in parts), sum(bool(part.test) for part in parts)
    total = len(systems) * scored * (learnt + (learnt > 2 and not options["no_others"]))
    with progress_bar("cells", total) as advance:
        result = run_transfer(
            parts,
            systems,
            lambda name, parameters: make_classifier(name, scheme, **parameters),
            scheme,
            options["work"] or default_cache() / "transfer",
            between=options["between"],
            metrics=options["metrics"] or ("f1_macro",),
            max_train=options["max_train"],
            others=not options["no_others"],
            keep_shared=options["keep_shared"],
            force=options["force"],
            replicates=options["replicates"],
            seed=options["seed"],
            say=lambda words: say(f"· {words}"),
            after=advance,
        )
    if options["html"]:
        from claimkit.jsonl import replacing
        from claimkit.report.transfer import transfer_page

        with replacing(options["html"]) as file:
            file.write(transfer_page(result).encode())
        say(f"Report: {options['html'].resolve()}")
    if as_json:
        emit_json(result)
    elif options["table"]:
        from claimkit.report.transfer import markdown_matrices

        click.echo(markdown_matrices(result), nl=False)
    else:
        _show(result)


def _parts(data: tuple[str, ...], options: dict[str, Any]) -> tuple[list[Part], LabelScheme]:
    from claimkit.catalog import data_dir_of_environment
    from claimkit.errors import UsageError
    from claimkit.experiment.parts import load_given, parts_by_data, parts_by_target, shared_scheme
    from claimkit.schemes import scheme_of

    by_target = options["between"] == "targets"
    if options["targets"] and not by_target:
        raise UsageError("--target goes with --between targets")
    folder = options["data_dir"] or data_dir_of_environment()
    named = scheme_of(options["scheme"]) if options["scheme"] else None
    given = [load_given(name, layer=options["layer"], data_dir=folder, scheme=named) for name in data]
    scheme = named or shared_scheme(given)
    parts = parts_by_data(given, scheme, options["label_map"])
    return (parts_by_target(parts, options["targets"]) if by_target else parts), scheme


def _show(result: Transfer) -> None:
    order = [column.name for column in result.columns]
    for matrix in result.matrices:
        rows = [_row(cell, result.metric) for cell in matrix.cells]
        columns = [
            "tested on",
            "learnt from",
            "rows",
            "shared",
            result.metric,
            "accuracy",
            "lift over majority",
            "from in-domain",
            "",
        ]
        rows.sort(key=lambda row: order.index(row[0]))
        print_table(columns, rows, title=f"{matrix.name}; ○: not shown to beat majority and guessing", right=(2, 3))
    _show_columns(result)
    _show_refusals(result.matrices)
    for column in result.columns:
        say(column.majority[result.metric].signature or "")


def _row(cell: Cell, metric: str) -> list[str]:
    facts = [cell.column, f"{cell.row} (itself)" if cell.row == cell.column else cell.row, f"{cell.learnt:.0f}", str(cell.removed)]
    if cell.refusal is not None:
        return [*facts, "–", "–", "–", "–", ""]
    change = cell.change.get(metric)
    return [
        *facts,
        with_interval(cell.metrics[metric]),
        number(cell.metrics["accuracy"]),
        f"{signed(cell.lift[metric])} {signed_interval(cell.lift[metric])}",
        f"{signed(change)} {signed_interval(change)}" if change else "–",
        "" if cell.is_above else "○",
    ]


def _show_columns(result: Transfer) -> None:
    rows = []
    for column in result.columns:
        guess = column.guess[result.metric]
        labels = " / ".join(f"{label} {n}" for label, n in column.counts.items())
        clusters = ", ".join(f"{k} of {key}" for key, k in column.clusters.items()) or "single items"
        floor = [column.majority_label, with_interval(column.majority[result.metric]), "–" if guess is None else f"{guess:.4f}"]
        rows.append([column.name, str(column.n), labels, clusters, *floor])
    print_table(["tested on", "n", "labels", "clusters", "majority", result.metric, "guessing"], rows, right=(1, 6))


def _show_refusals(matrices: list[Matrix]) -> None:
    for matrix in matrices:
        for cell in matrix.cells:
            if cell.refusal is not None:
                say(f"warning: {matrix.name}, {cell.row} → {cell.column}: {cell.refusal}")
