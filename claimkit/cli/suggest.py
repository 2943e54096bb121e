"""``claimkit suggest``: a layer of suggested statements for a corpus, or the attributions of a text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimkit.cli.options import force_option, json_option
from claimkit.cli.output import emit_json, print_table, progress_bar, say

if TYPE_CHECKING:
    from claimkit.classifiers.base import StanceClassifier
    from claimkit.corpus import Corpus
    from claimkit.suggestion import ClaimFinder

system_option = click.option(
    "--system",
    default="rules",
    show_default=True,
    metavar="NAME[:FOLDER]",
    help="What finds attributions (claimkit list attributors): rules, or tagger:FOLDER.",
)


@click.command(epilog="Example: claimkit suggest annotations/south-asia --layer suggested --model south-asia-ngrams")
@click.argument("corpus", required=False, type=click.Path(path_type=Path))
@click.option("--layer", default="suggested", show_default=True, help="Layer to write; its file must not exist.")
@system_option
@click.option("--model", metavar="MODEL", help="A stance classifier, as in claimkit predict; proposes claims and stances, too.")
@click.option("--encoder", metavar="SPEC", help="With --model: finds claims in other words, too (claimkit list encoders).")
@click.option("--stance", metavar="LABEL", help="Label of statements whose stance is open; default: unclear.")
@click.option(
    "--text", "text_file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE",
    help="Instead of a corpus: show the attributions of a plain text.",
)  # fmt: skip
@force_option
@json_option
def command(
    corpus: Path | None,
    layer: str,
    system: str,
    model: str | None,
    encoder: str | None,
    stance: str | None,
    text_file: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Suggest statements: who is reported to have said, denied or demanded what, found without any model.

    Speakers are resolved to the actors of the corpus by names, titles, roles and pronouns. The statements go into a layer of their
    own, marked as suggestions; no other layer is touched. Whose speaker is not among the actors, and what claim and stance are
    without --model, is left open: the actor and the claim "not-annotated" stand there.
    """
    if (corpus is None) == (text_file is None):
        raise click.UsageError("give a CORPUS, or --text FILE")
    if encoder is not None and model is None:
        raise click.UsageError("--encoder helps to find claims, which are proposed with --model only")
    if text_file is not None:
        _show_text(text_file, system, as_json)
        return
    assert corpus is not None
    from claimkit.attribution import load_attributor
    from claimkit.corpus import load_corpus
    from claimkit.suggestion import suggest_statements, write_suggestions
    from claimkit.suggestion.layer import check_free

    loaded = load_corpus(corpus)
    check_free(loaded, layer, force=force)
    attributor = load_attributor(system)
    finder = None if model is None else _finder(loaded, model, encoder)
    with progress_bar("suggesting", len(loaded.documents)) as advance:
        found = suggest_statements(loaded, attributor, layer=layer, finder=finder, stance=stance, advance=advance)
    files = write_suggestions(loaded, found.statements, layer=layer, force=force)
    summary = {
        "corpus": str(corpus),
        "layer": layer,
        "system": system,
        "documents": len(loaded.documents),
        "statements": len(found.statements),
        "unresolved": found.unresolved,
        "without_speaker": found.without_speaker,
        "without_text": found.without_text,
        "files": files,
    }
    if as_json:
        emit_json(summary)
        return
    resolved = len(found.statements) - found.unresolved
    say(f"{corpus / files[-1]}: {len(found.statements)} suggestions of {system}, {resolved} with an actor of the corpus")
    if found.without_speaker:
        say(f"left out: {found.without_speaker} attributions that name nobody")
    if found.without_text:
        say(f"left out: {found.without_text} documents whose text is not given")
    for file in files[:-1]:
        say(f"{corpus / file}: 'not-annotated' was added, for what is left open")


def _finder(corpus: Corpus, model: str, encoder: str | None) -> ClaimFinder:
    from claimkit.suggestion import ClaimFinder

    if encoder is None:
        return ClaimFinder(corpus, _classifier(model))
    from claimkit.encoders import load_encoder

    return ClaimFinder(corpus, _classifier(model), encoder=load_encoder(encoder))


def _classifier(model: str) -> StanceClassifier:
    from claimkit.classifiers import load_classifier
    from claimkit.shipped import shipped_model

    folder = Path(model)
    return load_classifier(shipped_model(model) if not folder.exists() and folder.name == model else folder)


def _show_text(path: Path, system: str, as_json: bool) -> None:
    from claimkit.attribution import load_attributor
    from claimkit.suggestion.layer import read_text

    found = load_attributor(system).find(read_text(path))
    if as_json:
        emit_json(found)
        return
    rows = [
        [
            " … ".join(span.text for span in entry.source) or "–",
            " … ".join(span.text for span in entry.cue) or "–",
            " … ".join(_short(span.text) for span in entry.content),
            entry.kind,
            entry.rule,
            "" if entry.outer is None else str(entry.outer + 1),
        ]
        for entry in found
    ]
    numbered = [[str(place), *row] for place, row in enumerate(rows, start=1)]
    print_table(["", "source", "cue", "content", "kind", "rule", "within"], numbered, right=(0,))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 100 else words[:97] + "…"
