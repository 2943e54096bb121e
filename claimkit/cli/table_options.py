"""Options that say how a table is written, the same in every command that reads one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from claimkit.catalog import TableFormat

FC = TypeVar("FC", bound=Callable[..., Any] | click.Command)

_OPTIONS = (
    click.option(
        "--format", "form", type=click.Choice(["csv", "tsv", "jsonl", "parquet"]), help="Where the suffix does not tell it."
    ),
    click.option("--encoding", default="utf-8", show_default=True, help="Of CSV, TSV and text files."),
    click.option("--delimiter", metavar="CHARACTER", help="What parts the cells; default: a comma in CSV, a tab in TSV."),
    click.option("--no-quotes", is_flag=True, help="Quotation marks in CSV and TSV are characters like others."),
)


def table_options(command: FC) -> FC:
    """Add the options that :func:`table_format` reads."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def table_format(options: Mapping[str, Any]) -> TableFormat:
    r"""Return how tables are written, as the options say; ``\t`` stands for a tab, which is hard to type."""
    from claimkit.catalog import TableFormat

    delimiter = {"\\t": "\t"}.get(options["delimiter"] or "", options["delimiter"])
    return TableFormat(name=options["form"], encoding=options["encoding"], delimiter=delimiter, quotes=not options["no_quotes"])
