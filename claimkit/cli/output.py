"""What commands print: data to standard output, words and progress bars to standard error."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

if TYPE_CHECKING:
    from rich.table import Table

_FULL_WIDTH = 200  # of a table in a pipe; more where words need it
_GAPS = (3, 2)  # characters between two columns, where there is room and where there is little


def say(message: str) -> None:
    """Print words for a person to standard error."""
    click.echo(message, err=True)


def emit_json(value: Any) -> None:
    """Print a value as indented JSON to standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    title: str | None = None,
    right: Sequence[int] = (),
    once: Sequence[int] = (),
) -> None:
    """Print a table to standard output; in a pipe it is plain text of full width.

    On a terminal that is too narrow for whole words, each row becomes a record: a line for each of its cells.

    Parameters
    ----------
    columns : sequence of str
    rows : sequence of sequences of str
    right : sequence of int
        Indices of the columns that are aligned to the right.
    once : sequence of int
        Indices of columns that are told in one line below the table where all rows say the same.
    """
    from rich.console import Console
    from rich.text import Text

    from claimkit.cli.layout import GLUE, fitted, glued, told_once

    same = told_once(columns, rows, once)
    kept = [index for index in range(len(columns)) if index not in same]
    cells = [[glued(line[index]) for line in (columns, *rows)] for index in kept]
    is_terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if is_terminal else _FULL_WIDTH, highlight=False)
    places = [place for place, index in enumerate(kept) if index in right]
    with console.capture() as printed:
        if title:
            console.print(Text(title, style="table.title"))
        for gap in _GAPS:
            around = gap * (len(kept) - 1) + 2
            widths = fitted(cells, console.width - around)
            if widths is None and not is_terminal:
                widths = fitted(cells, sys.maxsize) or []
                console.width = around + sum(widths)
            if widths is not None:
                console.print(_table(cells, widths, places, is_tight=gap < _GAPS[0]))
                break
        else:
            console.print(_records(cells))
        if same:
            console.print(Text("; ".join(f"{columns[index]}: {rows[0][index]}" for index in same) + "\n"))
    click.echo(printed.get().replace(GLUE, " "), nl=False)


def _table(cells: list[list[str]], widths: list[int], right: Sequence[int], *, is_tight: bool) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=is_tight)
    for index, (column, width) in enumerate(zip(cells, widths, strict=True)):
        table.add_column(Text(column[0]), justify="right" if index in right else "left", overflow="fold", width=width)
    for row in zip(*(column[1:] for column in cells), strict=True):
        table.add_row(*map(Text, row))
    return table


def _records(cells: list[list[str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 1), show_header=False)
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for row in zip(*(column[1:] for column in cells), strict=True):
        for column, cell in zip(cells, row, strict=True):
            if column[0] or cell:
                table.add_row(Text(column[0]), Text(cell))
        table.add_row("", "")
    return table


@contextlib.contextmanager
def progress_bar(description: str, total: float | None) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal, nothing elsewhere; yields the function that advances it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    # Without the two options the bar would take what goes to standard output, even into a file, for itself.
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as progress:
        task = progress.add_task(description, total=total)
        yield lambda step: progress.update(task, advance=step)
