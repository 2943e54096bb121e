"""``claimkit adjudicate``: one gold layer from what several annotators say, and what a person has to decide."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.options import force_option, json_option, out_option
from claimkit.cli.output import emit_json, print_table, say
from claimkit.cli.rating_options import rating_options, ratings_of_options

if TYPE_CHECKING:
    from claimkit.adjudication import Adjudication, Decision, ItemAdjudication
    from claimkit.adjudication.dawid_skene import DawidSkene
    from claimkit.corpus import Corpus


@click.command(epilog="Example: claimkit adjudicate my-corpus --layers ann,bob --page")
@click.argument("sources", nargs=-1, required=True, metavar="CORPUS|RATINGS…")
@click.option("--layers", metavar="A,B,…", help="Layers of the corpus; default: all but gold. Ties go to the first.")
@click.option(
    "--strategy",
    type=click.Choice(["majority", "soft", "dawid-skene"]),
    default="majority",
    show_default=True,
    help="How labels are decided; soft and dawid-skene keep how likely each is.",
)
@click.option("--out-layer", default="gold", show_default=True, help="Layer of the corpus to write.")
@click.option(
    "--disagreements", type=click.Path(path_type=Path), metavar="FILE", help="Queue to write; decisions in it are used, kept."
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Further decisions to use; the file is only read. With --page: the one to write; default: layers/gold.decisions.",
)
@click.option(
    "--unmarked",
    type=click.Choice(["none", "missing"]),
    default="none",
    show_default=True,
    help="What a document is in which a layer marks nothing: one with nothing to mark, or one not read.",
)
@click.option("--page", is_flag=True, help="Corpus: decide in the browser, case after case; nothing leaves this machine.")
@click.option("--by", metavar="NAME", help="With --page: who decides; stands in each decision.")
@click.option(
    "--guideline", type=click.Path(path_type=Path), help="With --page: Markdown file shown beside; default: guideline.md."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), help="With --page: port of 127.0.0.1; default: the first free one from 8321 on."
)
@click.option("--no-browser", is_flag=True, help="With --page: print the address only; open no browser.")
@click.option("--dry-run", is_flag=True, help="Report, and write the queue, but no labels.")
@rating_options
@click.option(
    "--items", type=click.Path(path_type=Path), metavar="FILE", help="Items that the ratings are of; they get the labels."
)
@out_option("File for the labels of ratings; default: standard output.")
@force_option
@json_option
def command(sources: tuple[str, ...], page: bool, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Decide what stands where annotators differ, and keep what it was decided from.

    SOURCES is a corpus, of which a gold layer is written, or ratings as for claimkit agreement. The layers of annotators are never
    changed. With --disagreements all that is disputed is written to a file, what has no majority first; fill in "decision", such
    as {"take": "ann", "reason": "…"}, and run the same command again. With --page the same is done in the browser: each decision is
    on disk, in layers/gold.decisions, before the page says "saved"; this command uses that file, too.
    """
    if page:
        _page(sources, options)
        return
    if len(sources) == 1 and Path(sources[0]).is_dir():
        _corpus(Path(sources[0]), options, dry_run=dry_run, as_json=as_json)
        return
    if options["layers"] is not None:
        _check_there(sources)
        raise click.UsageError("--layers names layers of a corpus; files of ratings have none")
    _ratings(sources, options, dry_run=dry_run, as_json=as_json)


def _check_there(sources: tuple[str, ...]) -> None:
    """Name the first source that is missing, which may be a corpus whose name was misspelt."""
    from claimkit.errors import DataError

    missing = next((source for source in sources if not Path(source).exists()), None)
    if missing is not None:
        raise DataError("there is no such corpus or file", path=missing, code="file-missing")


def _page(sources: tuple[str, ...], options: dict[str, Any]) -> None:
    """Open the page of adjudication."""
    if len(sources) != 1 or not Path(sources[0]).is_dir():
        _check_there(sources)
        raise click.UsageError("--page is for one corpus; the queue for labels of items is made with --disagreements FILE")
    if options["disagreements"] is not None:
        raise click.UsageError("--page and --disagreements are two ways to do the same; leave one of them out")
    from claimkit.agreement import layers_to_compare
    from claimkit.annotate.cases_page import adjudicate_on_page
    from claimkit.corpus import load_corpus

    path = Path(sources[0])
    names = layers_to_compare(load_corpus(path), _named(options["layers"]))

    def ready(url: str) -> None:
        click.echo(url)
        say(f"adjudicating {path}: {', '.join(names)}; Ctrl-C ends")

    adjudicate_on_page(
        path,
        names,
        strategy=options["strategy"],
        layer=options["out_layer"],
        by=options["by"],
        unmarked=options["unmarked"],
        path=options["decisions"],
        guideline=options["guideline"],
        port=options["port"],
        ready=ready,
        open_browser=not options["no_browser"],
    )


def _named(layers: str | None) -> list[str] | None:
    return None if layers is None else [name.strip() for name in layers.split(",") if name.strip()]


def _decisions(options: dict[str, Any], of_page: Path | None = None) -> dict[str, Decision]:
    """Return the decisions made on the page, then those of the queue, then those of the other file; the later overrule."""
    from claimkit.adjudication import read_decisions

    found: dict[str, Decision] = {}
    if of_page is not None and of_page.exists() and options["decisions"] is None:
        found |= read_decisions(of_page)
        say(f"{of_page}: {len(found)} decisions made on the page are used")
    if options["disagreements"] is not None and options["disagreements"].exists():
        found |= read_decisions(options["disagreements"])
    if options["decisions"] is not None:
        found |= read_decisions(options["decisions"])
    return found


def _corpus(path: Path, options: dict[str, Any], *, dry_run: bool, as_json: bool) -> None:
    from claimkit.adjudication import adjudicate, disagreements, write_gold
    from claimkit.agreement import layers_to_compare
    from claimkit.corpus import load_corpus
    from claimkit.errors import DataError

    corpus = load_corpus(path)
    layer = options["out_layer"]
    names = layers_to_compare(corpus, _named(options["layers"]))
    if layer in corpus.layers and layer not in names and not (options["force"] or dry_run):
        message = "this layer exists already; name another one with --out-layer, or replace it with --force"
        raise DataError(message, path=path / "layers" / f"{layer}.jsonl")
    decisions = _decisions(options, path / "layers" / f"{layer}.decisions")
    result = adjudicate(corpus, names, strategy=options["strategy"], layer=layer, decisions=decisions, unmarked=options["unmarked"])
    _write_queue(options["disagreements"], list(disagreements(corpus, result)), decisions)
    if not dry_run:
        write_gold(corpus, result, force=options["force"])
        _describe(corpus, result)
    _warn_of_stale(result)
    emit_json(_summary(result)) if as_json else _show(result)


def _describe(corpus: Corpus, result: Adjudication) -> None:
    from claimkit.corpus.config import LayerConfig, describe_layer

    note = "Made by claimkit adjudicate; each record names what it was decided from."
    added = describe_layer(corpus.path, result.layer, LayerConfig(kind="adjudicated", note=note))
    say(f"{corpus.path / 'layers' / result.layer}.jsonl: {len(result.statements)} statements, {len(result.relations)} relations")
    if not added:
        say(f"corpus.toml says something of the layer {result.layer} already, which was left as it is")


def _write_queue(path: Path | None, entries: list[Any], decisions: dict[str, Decision]) -> None:
    from claimkit.adjudication import write_queue

    if path is not None:
        waiting, kept = write_queue(path, entries, decisions)
        rest = f"; {kept} decisions on other cases are kept at its end" if kept else ""
        say(f"{path}: {len(entries)} disagreements, {waiting} of them undecided{rest}")


def _warn_of_stale(result: Adjudication | ItemAdjudication) -> None:
    for decision in result.stale:
        say(f"warning: the decision on '{decision.unit}' was not used: what it was made on has changed or does not exist")


def _summary(result: Adjudication) -> dict[str, Any]:
    cases: list[Any] = list(result.cases)
    relations: list[Any] = list(result.relation_cases)
    return {
        "layer": result.layer,
        "layers": result.layers,
        "strategy": result.strategy,
        "statements": {"stand": len(result.statements), **_counts([(entry.case, entry.decision, entry.made) for entry in cases])},
        "relations": {"stand": len(result.relations), **_counts([(entry.case, entry.decision, entry.made) for entry in relations])},
        "disputed": dict(Counter(name for entry in (*cases, *relations) for name in entry.case.disputed).most_common()),
        "model": None if result.model is None else _model(result.model, result.layers),
        "stale": [decision.unit for decision in result.stale],
    }


def _counts(entries: list[tuple[Any, Decision | None, Any]]) -> dict[str, int]:
    """Return how many cases were agreed on, and how the others were decided."""
    found = Counter(
        "decided" if decision is not None else "agreed" if not case.disputed else "tied" if case.is_tied else "majority"
        for case, decision, _ in entries
    )
    left_out = sum(made is None for _, _, made in entries)
    return {
        "cases": len(entries),
        **{name: found[name] for name in ("agreed", "majority", "tied", "decided")},
        "left_out": left_out,
    }


def _model(model: DawidSkene, annotators: tuple[str, ...]) -> dict[str, Any]:
    shown = [
        [[None if math.isnan(rate) else rate for rate in rates] for rates in of_annotator]
        for of_annotator in model.confusion.tolist()
    ]  # what was never seen is nan, and null in JSON
    return {
        "priors": model.priors.tolist(),
        "confusion": dict(zip(annotators, shown, strict=True)),
        "log_likelihood": model.log_likelihood,
        "rounds": model.rounds,
        "converged": model.converged,
    }


def _show(result: Adjudication) -> None:
    summary = _summary(result)
    columns = ["cases", "agreed", "majority", "tied", "decided", "left_out", "stand"]
    rows = [[name, *(str(summary[name][column]) for column in columns)] for name in ("statements", "relations")]
    titles = ["all", "agreed", "by majority", "by the tie rule", "by a person", "left out", "stand"]
    print_table(["", *titles], rows, title=f"{', '.join(result.layers)}, {result.strategy}", right=range(1, 8))
    if summary["disputed"]:
        print_table(["disputed", "cases"], [[name, str(count)] for name, count in summary["disputed"].items()], right=(1,))


def _ratings(sources: tuple[str, ...], options: dict[str, Any], *, dry_run: bool, as_json: bool) -> None:
    from claimkit.adjudication import adjudicate_ratings
    from claimkit.adjudication.items import as_items, as_predictions, item_disagreements
    from claimkit.jsonl import read_items, write_records

    if options["level"] != "nominal":
        raise click.UsageError("labels are decided on as names; leave --level out")
    ratings, _ = ratings_of_options(sources, options)
    decisions = _decisions(options)
    result = adjudicate_ratings(ratings, strategy=options["strategy"], decisions=decisions)
    items = None if options["items"] is None else list(read_items(options["items"]))
    texts = None if items is None else {item.id: item.text for item in items}
    _write_queue(options["disagreements"], list(item_disagreements(result, texts)), decisions)
    if not dry_run:
        if options["out"] is not None and options["out"].exists() and not options["force"]:
            from claimkit.errors import DataError

            raise DataError("this file exists already; name another one, or replace it with --force", path=options["out"])
        out = "-" if options["out"] is None and not as_json else options["out"]
        if out is not None:
            count = write_records(out, as_predictions(result) if items is None else as_items(result, items))
            say(f"{out if out != '-' else 'standard output'}: {count} labels")
    _warn_of_stale(result)
    summary = _item_summary(result)
    emit_json(summary) if as_json else say(
        f"{summary['items']} items: {summary['agreed']} agreed, {summary['majority']} by majority, {summary['tied']} by the tie "
        f"rule, {summary['decided']} by a person ({result.strategy})"
    )


def _item_summary(result: ItemAdjudication) -> dict[str, Any]:
    found = Counter(
        "decided" if entry.decision is not None else "agreed" if len(entry.votes) == 1 else "tied" if entry.tie else "majority"
        for entry in result.items
    )
    return {
        "strategy": result.strategy,
        "annotators": result.annotators,
        "labels": result.labels,
        "items": len(result.items),
        **{name: found[name] for name in ("agreed", "majority", "tied", "decided")},
        "model": None if result.model is None else _model(result.model, result.annotators),
        "stale": [decision.unit for decision in result.stale],
    }
