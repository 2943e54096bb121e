"""``claimkit data convert``: tables of your own as items."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimkit.cli.options import out_option
from claimkit.cli.output import say
from claimkit.cli.table_options import table_format, table_options
from claimkit.errors import counted

if TYPE_CHECKING:
    from claimkit.issues import Issue
    from claimkit.records import Item

_SHOWN = 50


@click.command(
    "convert",
    epilog="Example: claimkit data convert tweets.csv --text tweet --target about --stance label --scheme FAVOR,AGAINST,NONE "
    "--group author=user --out items.jsonl",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--text", required=True, metavar="COLUMN", help="Column of the texts.")
@click.option("--target", required=True, metavar="COLUMN|=VALUE", help="Column of the targets, or one target for all rows.")
@click.option("--stance", metavar="COLUMN", help="Column of the labels; without it the items have none.")
@click.option("--id", "ids", metavar="COLUMN", help="Column of the ids; else they are made of file name and row number.")
@click.option(
    "--group", "groups", multiple=True, metavar="KEY=COLUMN", help="A key by which rows depend on each other, such as author."
)
@click.option("--split", metavar="COLUMN|=VALUE", help="Column of the splits, or one split for all rows.")
@click.option("--scheme", metavar="NAME|LABELS", help="Label scheme, by name or as labels in order: FAVOR,AGAINST,NONE.")
@click.option(
    "--label-map", metavar="NAME|FROM=TO,…", help="Map the labels of the table to those of the scheme, such as favour=FAVOR."
)
@table_options
@click.option("--skip-bad", is_flag=True, help="Leave bad rows out instead of stopping.")
@out_option("Items file to write; without it the items go to standard output.")
def convert_command(
    files: tuple[Path, ...],
    text: str,
    target: str,
    stance: str | None,
    ids: str | None,
    groups: tuple[str, ...],
    split: str | None,
    scheme: str | None,
    label_map: str | None,
    skip_bad: bool,
    out: Path | None,
    **options: Any,
) -> None:
    """Write the rows of CSV, TSV, JSON Lines (with any keys) or Parquet files as items; "-" is the standard input.

    Bad rows are named on standard error with file, line and column. Unless they are to be skipped, nothing is written when
    there is one, and the exit status is 1.
    """
    from claimkit.catalog import Columns, items_from_tables
    from claimkit.errors import DataError
    from claimkit.jsonl import write_records

    columns = Columns(text=text, target=target, stance=stance, id=ids, split=split, groups=_pairs(groups))
    bad: list[Issue] = []
    items = list(items_from_tables(files, columns, scheme=scheme, label_map=label_map, form=table_format(options), issues=bad))
    for issue in bad[:_SHOWN]:
        say(str(issue))
    if len(bad) > _SHOWN:
        say(f"… and {len(bad) - _SHOWN:,} more")
    if bad and not skip_bad:
        rows = "1 row is" if len(bad) == 1 else f"{len(bad):,} rows are"
        raise DataError(f"{rows} bad, so nothing was written; mend them, or leave them out with --skip-bad")
    if not items:
        raise DataError("there is no row that could be an item, so nothing was written", code="file-empty")
    write_records(out or "-", items)
    _report(items, len(bad), out)


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for entry in given:
        key, sign, column = entry.partition("=")
        if not sign or not key or not column:
            raise click.BadParameter(f"'{entry}' is not a pair KEY=COLUMN, such as author=user", param_hint="--group")
        found[key] = column
    return found


def _report(items: list[Item], skipped: int, out: Path | None) -> None:
    from collections import Counter

    from claimkit.schemes import schemes_with

    labels = Counter(item.stance for item in items if item.stance is not None)
    found = ", ".join(f"{label} {count}" for label, count in labels.most_common(10)) or "no labels"
    left_out = f"; {counted(skipped, 'bad row')} left out" if skipped else ""
    say(f"{out or 'standard output'}: {counted(len(items), 'item')} ({found}){left_out}")
    if labels and items[0].scheme is None:
        known = [scheme.name for scheme in schemes_with(labels)]
        hint = f"; {' and '.join(known)} would fit" if known else ""
        say(f"no label was checked, because no scheme is named (--scheme NAME, or the labels in order){hint}")
