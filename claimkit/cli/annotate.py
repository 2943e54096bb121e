"""``claimkit annotate``: the local annotation page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.options import json_option, seed_option
from claimkit.cli.output import emit_json, print_table, say

if TYPE_CHECKING:
    from claimkit.annotate.summary import Share
    from claimkit.records import Item, Prediction
    from claimkit.schemes import LabelScheme

_OF_CORPORA = {"suggestions": "--suggestions", "blind_share": "--blind-share"}
_OF_ITEMS = {"models": "--model", "order": "--order", "scheme": "--scheme"}


@click.command(epilog="Example: claimkit annotate my-corpus --annotator anna")
@click.argument("source", type=click.Path(path_type=Path), metavar="CORPUS|ITEMS")
@click.option("--annotator", required=True, metavar="NAME", help="Who annotates; names the layer.")
@click.option("--suggestions", metavar="LAYER", help="Corpus: show a layer, or a file of statements, as suggestions.")
@click.option(
    "--blind-share",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    metavar="SHARE",
    help="Corpus: share of the documents in which no suggestion is shown, to measure what suggestions do.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="MODEL",
    help="Items: a model, or a file of predictions, that orders them; repeat for several.",
)
@click.option(
    "--order",
    type=click.Choice(["file", "random", "uncertainty", "disagreement"]),
    help="Items: which come first. Default: those of which one model is least certain, or on which several disagree most.",
)
@click.option("--scheme", metavar="NAME|LABELS", help="Items: the labels, where the items do not name their scheme.")
@seed_option
@click.option("--guideline", type=click.Path(path_type=Path), help="Markdown file shown beside the text; default: guideline.md.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port of 127.0.0.1; default: the first free one from 8321 on.")
@click.option("--no-browser", is_flag=True, help="Print the address only; open no browser.")
@click.option("--summary", is_flag=True, help="Corpus: print times and what suggestions did instead of opening the page.")
@json_option
@click.pass_context
def command(context: click.Context, /, source: Path, annotator: str, **given: Any) -> None:
    """Annotate a corpus, or a file of items, in the browser; nothing leaves this machine.

    Each change is on disk before the page says "saved". Of a corpus: finished statements in layers/NAME.jsonl; drafts, undo and
    times in layers/NAME.journal beside it. Of items: those labelled in ITEMS.NAME.jsonl. Ctrl-C ends; the next start goes on
    where this one stopped.
    """
    if str(source) == "-":
        raise click.UsageError("what is annotated is written beside it, so the standard input will not do; name a file of items")
    if given["as_json"] and not given["summary"]:
        raise click.UsageError("--json goes with --summary; the page prints its address only")
    is_corpus = source.is_dir() or not source.exists()
    for name, option in (_OF_ITEMS if is_corpus else _OF_CORPORA).items():
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option} is for {'items' if is_corpus else 'a corpus'}, and {source} is not")

    if given["summary"]:
        if not is_corpus:
            raise click.UsageError(f"--summary is for a corpus, and {source} is not")
        _summarise(source, annotator, given)
        return

    def ready(url: str) -> None:
        click.echo(url)
        say(f"annotating {source} as {annotator}; Ctrl-C ends")

    common = {"guideline": given["guideline"], "port": given["port"], "ready": ready, "open_browser": not given["no_browser"]}
    if not is_corpus:
        _annotate_items(source, annotator, common, given)
    else:
        from claimkit.annotate.corpus_page import annotate_corpus

        options = {key: given[key] for key in ("suggestions", "blind_share", "seed")}
        annotate_corpus(source, annotator, **options, **common)


def _summarise(corpus: Path, annotator: str, given: dict[str, Any]) -> None:
    from claimkit.annotate.session import Session
    from claimkit.annotate.summary import summarise
    from claimkit.corpus.config import read_config

    read_config(corpus)
    _check_annotated(corpus, annotator)
    options = {key: given[key] for key in ("suggestions", "blind_share", "seed")}
    summary = summarise(Session(corpus, annotator, readonly=True, **options), seed=given["seed"])
    if given["as_json"]:
        emit_json(summary)
        return
    rows = [
        [
            entry["id"],
            "done" if entry.get("done") else "",
            str(entry["statements"]),
            str(entry["drafts"]),
            f"{entry['seconds'] / 60:.1f}",
            "blind" if entry["blind"] else "",
        ]
        for entry in summary.documents
    ]
    print_table(["document", "", "statements", "unfinished", "minutes", ""], rows, right=(2, 3, 4))
    done = sum(bool(entry.get("done")) for entry in summary.documents)
    click.echo(f"{done} of {len(rows)} documents done, {summary.statements} statements, {summary.seconds / 3600:.2f} hours")
    found = summary.anchoring
    if found is not None:
        fate = ", ".join(f"{number} {what}" for what, number in found.suggested.items())
        click.echo(f"suggestions of {found.source}: {fate}")
        click.echo(f"statements as suggested where suggestions were shown: {_in_words(found.shown)}")
        click.echo(f"statements as suggested in blind documents: {_in_words(found.blind)}")
        click.echo(f"difference: {_in_words(found.difference)}")


def _check_annotated(corpus: Path, annotator: str) -> None:
    """Refuse the name of somebody of whom the corpus holds nothing: a table of zeros would look like an answer."""
    from claimkit.errors import UsageError, suggest

    known = sorted({path.stem for path in (corpus / "layers").glob("*") if path.suffix in (".jsonl", ".journal")})
    if annotator not in known:
        near = suggest(annotator, known)
        there = f"{near + ' ' if near else ''}there are: {', '.join(known)}" if known else "nobody has begun"
        raise UsageError(f"{corpus}: nothing was annotated by '{annotator}'; {there}")


def _in_words(share: Share) -> str:
    if share.value is None:
        return f"undefined (n = {share.n})"
    interval = (
        "(no interval: fewer than 10 documents)"
        if share.low is None or share.high is None
        else f"[{share.low:.3f}, {share.high:.3f}]"
    )
    return f"{share.value:.3f} {interval} (n = {share.n} in {share.documents} documents)"


def _annotate_items(path: Path, annotator: str, common: dict[str, Any], given: dict[str, Any]) -> None:
    from claimkit.annotate.items_page import annotate_items

    models: tuple[str, ...] = given["models"]
    order = given["order"] or ("file" if not models else "uncertainty" if len(models) == 1 else "disagreement")
    if order in ("uncertainty", "disagreement") and not models:
        raise click.UsageError(f"--order {order} needs a model: add --model")
    if order == "disagreement" and len(models) < 2:
        raise click.UsageError("--order disagreement needs two models: repeat --model")
    annotate_items(
        path, annotator, scheme=given["scheme"], order=_ordering(order, models, given["seed"]), order_name=order, **common
    )


def _ordering(order: str, models: tuple[str, ...], seed: int) -> Callable[[Sequence[Item], LabelScheme], list[str]]:
    def arrange(items: Sequence[Item], scheme: LabelScheme) -> list[str]:
        from claimkit.annotate.queue import ordered

        return ordered(items, order, scheme, [_said_by(model, items, scheme) for model in models], seed=seed)

    return arrange


def _said_by(model: str, items: Sequence[Item], scheme: LabelScheme) -> Mapping[str, Prediction]:
    """Return the predictions of a model folder, of a model that comes with claimkit, or of a file."""
    from claimkit.classifiers import load_classifier, predict_items
    from claimkit.errors import UsageError
    from claimkit.jsonl import read_predictions
    from claimkit.shipped import shipped_model

    path = Path(model)
    if path.is_file():
        found = {prediction.id: prediction for prediction in read_predictions(path)}
        other = next((entry.stance for entry in found.values() if entry.stance not in scheme.labels), None)
        if other is not None:
            raise UsageError(f"{path} predicts '{other}', which is not one of {', '.join(scheme.labels)}")
        return found
    classifier = load_classifier(path if path.exists() or path.name != model else shipped_model(model))
    if tuple(classifier.labels) != scheme.labels:
        raise UsageError(f"{model} predicts {', '.join(classifier.labels)}, the items have {', '.join(scheme.labels)}")
    say(f"ordering {len(items):,} items by {model}")
    return {prediction.id: prediction for prediction in predict_items(classifier, items)}
