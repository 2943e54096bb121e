"""``claimkit agreement``: how well annotators agree, with intervals, and where they do not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.options import html_option, json_option, replicates_option, seed_option
from claimkit.cli.output import emit_json, print_table, progress_bar, say
from claimkit.cli.rating_options import rating_options, ratings_of_options
from claimkit.cli.scores import how, interval, number, with_interval
from claimkit.errors import counted

if TYPE_CHECKING:
    from claimkit.agreement import Agreement

_SHOWN = 8


@click.command(epilog="Example: claimkit agreement annotations/south-asia --layers model-a,model-b,model-c --html agreement.html")
@click.argument("sources", nargs=-1, required=True, metavar="CORPUS|RATINGS…")
@click.option("--layers", metavar="A,B,…", help="Layers of the corpus; default: all but gold.")
@click.option(
    "--coefficient", "coefficients", multiple=True, metavar="NAME", help="Repeat for several (claimkit list coefficients)."
)
@click.option(
    "--unmarked",
    type=click.Choice(["none", "missing"]),
    default="none",
    show_default=True,
    help="What a document is in which a layer marks nothing: one with nothing to mark, or one not read.",
)
@click.option("--shared", is_flag=True, help="Look only at documents that all of the layers have read.")
@click.option("--guideline", metavar="VERSION", help="Corpus: look only at documents marked by this version of the guideline.")
@rating_options
@html_option
@replicates_option
@seed_option
@json_option
def command(sources: tuple[str, ...], layers: str | None, unmarked: str, as_json: bool, **options: Any) -> None:
    """Measure how well annotators agree: coefficients with 95 % intervals, then pairs, labels, documents and the worst items.

    CORPUS is a folder, whose layers are compared on stances, speakers, claims, targets, marked words and relations. RATINGS are
    a table with a column for each annotator, one with a row for each label and a column of annotators, or one file for each
    annotator (FILE or NAME=FILE).
    """
    coefficients = list(options["coefficients"]) or None
    if len(sources) == 1 and Path(sources[0]).is_dir():
        result, title = _of_corpus(Path(sources[0]), layers, coefficients, unmarked, options)
    elif (layers is not None or options["guideline"] is not None) and all(Path(source).exists() for source in sources):
        raise click.UsageError("--layers and --guideline are for a corpus; files of ratings have neither")
    elif (folder := next((source for source in sources if Path(source).is_dir()), None)) is not None:
        raise click.UsageError(f"{folder} is a folder: name one corpus alone, or files of ratings")
    else:
        result, title = _of_ratings(sources, coefficients, options)
    if options["html"]:
        from claimkit.jsonl import replacing
        from claimkit.report.agreement import agreement_page

        with replacing(options["html"]) as file:
            file.write(agreement_page(result, title=title).encode())
        say(f"Report: {options['html'].resolve()}")
    emit_json(result) if as_json else _show(result)


def _of_corpus(
    path: Path, layers: str | None, coefficients: list[str] | None, unmarked: str, options: dict[str, Any]
) -> tuple[Agreement, str]:
    from claimkit.agreement import documents_by_guideline, layer_agreement, layers_to_compare
    from claimkit.corpus import load_corpus

    if options["level"] != "nominal":
        raise click.UsageError("the stances of a corpus are nominal; --level is for files of ratings")
    corpus = load_corpus(path)
    names = layers_to_compare(corpus, None if layers is None else [name.strip() for name in layers.split(",") if name.strip()])
    documents = None if options["guideline"] is None else documents_by_guideline(corpus, names, options["guideline"])
    with progress_bar("comparing", len(names) * (len(names) - 1)) as advance:
        result = layer_agreement(
            corpus,
            names,
            coefficients,
            unmarked=unmarked,
            shared=options["shared"],
            documents=documents,
            replicates=options["replicates"],
            seed=options["seed"],
            step=advance,
        )
    return result, f"Agreement of {', '.join(names)} in {corpus.config.title or corpus.config.name}"


def _of_ratings(sources: tuple[str, ...], coefficients: list[str] | None, options: dict[str, Any]) -> tuple[Agreement, str]:
    from claimkit.agreement import Settings, measure_agreement

    ratings, name = ratings_of_options(sources, options)
    settings = Settings(options["level"], options["replicates"], options["seed"], name)
    pairs = len(ratings.annotators) * (len(ratings.annotators) - 1) // 2
    with progress_bar("comparing", pairs) as advance:
        result = measure_agreement(ratings, coefficients, settings=settings, step=advance)
    return result, f"Agreement of {len(ratings.annotators)} annotators in {name}"


def _show(result: Agreement) -> None:
    from claimkit.report.agreement import agreement_verdict, main_coefficient

    for warning in result.warnings:
        say(f"warning: {warning}")
    over = ", ".join(f"{counted(k, 'cluster')} ({unit})" for unit, k in result.clusters.items()) or "single items resampled"
    rows = [
        [name, number(entry), interval(entry), str(entry.n_items), str(entry.n_values), how(entry)]
        for name, entry in result.coefficients.items()
    ]
    title = f"{counted(result.n_items, 'item')}, {counted(result.n_values, 'label')} ({result.level}), {over}"
    print_table(["coefficient", "value", "95 % interval", "items", "labels", "how"], rows, title=title, right=(1, 3, 4), once=(5,))
    _show_layers(result)
    _show_labels(result)
    _show_annotators(result)
    _show_worst(result)
    say(agreement_verdict(result))
    say(result.coefficients[main_coefficient(result)].signature or "")


def _show_layers(result: Agreement) -> None:
    """Print what only layers of a corpus have: other fields, marks, relations."""
    if result.attributes:
        rows = [
            [
                name,
                str(entries["krippendorff_alpha"].n_items),
                *(with_interval(entries[key]) if key in entries else "" for key in ("percent_agreement", "krippendorff_alpha")),
            ]
            for name, entries in result.attributes.items()
        ]
        print_table(["field of the same statements", "items", "percent_agreement", "krippendorff_alpha"], rows, right=(1,))
    if result.spans:
        rows = [
            [
                part,
                str(entry.n_documents),
                str(entry.n_marks),
                *map(with_interval, (entry.f1_strict, entry.f1_relaxed, entry.character_alpha, entry.unitizing_alpha)),
            ]
            for part, entry in result.spans.items()
        ]
        columns = ["marked words", "texts", "marks", "F1 strict", "F1 relaxed", "alpha of characters", "alpha of units"]
        title = "A text in which an annotator marks nothing counts as none found, not as missing"
        print_table(columns, rows, title=title, right=(1, 2))
    if result.relations:
        entry = result.relations
        rows = [[str(entry.n_relations), *map(with_interval, (entry.f1, entry.f1_unlabelled, entry.alpha, entry.alpha_of_kind))]]
        print_table(["relations", "F1", "F1 whatever the kind", "alpha of pairs", "alpha of kinds"], rows, right=(0,))


def _show_labels(result: Agreement) -> None:
    if result.level == "nominal" and result.per_label:
        rows = [
            [
                label,
                str(entry.n_values),
                f"{entry.share or 0:.1%}",
                *map(with_interval, (entry.specific_agreement, entry.krippendorff_alpha)),
            ]
            for label, entry in result.per_label.items()
        ]
        print_table(["label", "given", "share", "specific agreement", "alpha against the rest"], rows, right=(1, 2))


def _show_annotators(result: Agreement) -> None:
    from claimkit.report.agreement import main_coefficient

    name = main_coefficient(result)
    if len(result.annotators) > 2:
        rows = [
            [entry.annotator, str(entry.n_values), "–" if entry.alpha_without is None else with_interval(entry.alpha_without)]
            for entry in result.annotators
        ]
        print_table(["annotator", "labels", "alpha of the others"], rows, right=(1,))
    worst = sorted(result.pairs, key=lambda pair: (pair.coefficients[name].value is None, pair.coefficients[name].value or 0.0))
    rows = [
        [
            pair.a,
            pair.b,
            str(pair.n_items),
            with_interval(pair.coefficients[name]),
            *([with_interval(pair.spans["content"].f1_relaxed)] if "content" in pair.spans else []),
        ]
        for pair in worst[: 2 * _SHOWN]
    ]
    left = len(worst) - len(rows)
    title = f"Pairs, the worst first{f'; {left} more with --json or --html' if left else ''}"
    marks = ["F1 relaxed of marks"] if result.spans else []
    print_table(["a", "b", "items", name, *marks], rows, title=title, right=(2,))


def _show_worst(result: Agreement) -> None:
    if result.documents:
        rows = [
            [
                entry.document,
                str(entry.n_items),
                with_interval(entry.unanimous),
                with_interval(entry.krippendorff_alpha),
                "–" if entry.share_of_disagreement is None else f"{entry.share_of_disagreement:.1%}",
                *([] if entry.f1_relaxed is None else [str(entry.n_marks), with_interval(entry.f1_relaxed)]),
            ]
            for entry in result.documents[:_SHOWN]
        ]
        columns = ["document, the worst first", "items", "all agree", "alpha", "of all disagreement"]
        columns += ["marks", "F1 relaxed"] if result.spans else []
        print_table(columns, rows, right=(1, 4, 5))
    if result.items:
        rows = [
            [entry.item, f"{entry.disagreement:.2f}", ", ".join(f"{name}: {label}" for name, label in entry.labels.items())]
            for entry in result.items[:_SHOWN]
        ]
        print_table(["item, the worst first", "disagreement", "labels"], rows, right=(1,))
