"""``claimkit split``: leak-free train, dev and test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimkit.cli.options import json_option, out_option, seed_option
from claimkit.cli.output import emit_json, print_table, say

if TYPE_CHECKING:
    from claimkit.splits import SplitReport


@click.command(epilog="Example: claimkit items annotations/south-asia | claimkit split - --held-out document --out items.jsonl")
@click.argument("items", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="ITEMS…")
@click.option(
    "--held-out",
    "keys",
    multiple=True,
    default=("document",),
    show_default=True,
    metavar="KEY",
    help="Group key, target, time or random; repeat for several.",
)
@click.option("--shares", default="train=.6,dev=.2,test=.2", show_default=True, help="Splits and their shares, in order.")
@seed_option
@click.option("--no-stratify", is_flag=True, help="Balance sizes only, not labels.")
@click.option("--no-text-ties", is_flag=True, help="Do not keep near copies of a text together; the report counts them.")
@click.option("--check", is_flag=True, help="Set nothing: report what the splits that the items have already leak.")
@out_option("Items file to write; without it the items go to standard output and the report to standard error.")
@json_option
def command(
    items: tuple[Path, ...],
    keys: tuple[str, ...],
    shares: str,
    seed: int,
    no_stratify: bool,
    no_text_ties: bool,
    check: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Set the split of every item so that no value of a key occurs on two sides; the report shows what still leaks."""
    from claimkit.errors import counted
    from claimkit.jsonl import read_distinct, write_records
    from claimkit.records import Item
    from claimkit.splits import report_on, split_items

    if as_json and not (out or check):
        raise click.UsageError("--json prints the report where the items go without --out; name a file for the items with --out")
    rows = [item for _, _, item in read_distinct(items, Item)]
    if check:
        if out:
            raise click.UsageError("--check writes nothing, so --out has nothing to write")
        if "train" not in {row.split for row in rows}:
            raise click.UsageError("no item has the split 'train', so there is nothing that could be known from it")
        kept = report_on(rows)
        emit_json(kept) if as_json else _show(kept)
        return
    done = split_items(rows, keys, _shares(shares), seed=seed, stratify=not no_stratify, tie_texts=not no_text_ties)
    write_records(out or "-", done.items)
    report = done.report
    if as_json:
        emit_json(report)
        return
    held_out = ", ".join(report.held_out)
    sizes = f"{counted(len(done.items), 'item')} in {counted(report.components, 'group')}, the largest of {report.largest}"
    say(f"{sizes}; held out: {held_out}")
    _say_sizes(report)
    if out:
        _print_leaks(report)


def _show(report: SplitReport) -> None:
    _say_sizes(report)
    _print_leaks(report)


def _say_sizes(report: SplitReport) -> None:
    for name, n in report.sizes.items():
        labels = ", ".join(f"{label} {count}" for label, count in sorted(report.labels.get(name, {}).items()))
        say(f"  {name or '(none)'}: {n} ({labels})")


def _print_leaks(report: SplitReport) -> None:
    rows = [[leak.key, leak.split, str(leak.values), str(leak.shared), str(leak.rows)] for leak in report.leaks]
    print_table(["key", "split", "values", "also in train", "rows"], rows, title="What is known from train", right=(2, 3, 4))


def _shares(text: str) -> dict[str, float]:
    found = {}
    for part in text.split(","):
        name, sign, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            sign = ""
        if not sign or not name.strip():
            raise click.BadParameter(f"'{part}' is not a pair such as train=.6", param_hint="--shares")
    return found
