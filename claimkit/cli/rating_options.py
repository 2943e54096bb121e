"""Ratings as commands take them: the options that say what stands in which column of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from claimkit.agreement import Ratings

FC = TypeVar("FC", bound=Callable[..., Any] | click.Command)

_OPTIONS = (
    click.option(
        "--level",
        type=click.Choice(["nominal", "ordinal", "interval", "ratio", "masi"]),
        default="nominal",
        show_default=True,
        help="At which labels are measured; masi: sets of labels.",
    ),
    click.option("--labels", metavar="A,B,…", help="All labels that there are, in their order; default: those that occur."),
    click.option("--item", metavar="COLUMN", help="Column of the ids of items; default: id."),
    click.option(
        "--document", metavar="COLUMN", help="Column of the document in which an item stands; it is resampled as a whole."
    ),
    click.option("--annotators", metavar="A,B,…", help="Columns of the annotators of a wide table; default: all others."),
    click.option("--annotator", metavar="COLUMN", help="Column of the annotators of a long table; default: annotator."),
    click.option("--label", metavar="COLUMN", help="Column of the labels, where a row is one label; default: stance or label."),
    click.option("--missing", multiple=True, metavar="TEXT", help="What stands for no label, beside an empty cell, such as NA."),
    click.option("--separator", default=";", show_default=True, help="What parts the members of a set in a cell."),
    click.option(
        "--format", "form", type=click.Choice(["csv", "tsv", "jsonl", "parquet"]), help="Where the suffix does not tell it."
    ),
    click.option("--encoding", default="utf-8", show_default=True, help="Of CSV and TSV files."),
    click.option("--delimiter", metavar="CHARACTER", help="What parts the cells; default: a comma in CSV, a tab in TSV."),
)


def rating_options(command: FC) -> FC:
    """Add the options that :func:`ratings_of_options` reads."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def ratings_of_options(sources: Sequence[str], options: Mapping[str, Any]) -> tuple[Ratings, str]:
    """Return the ratings of files as the options of a command describe them, and what they are called."""
    from claimkit.agreement.reading import Columns, read_ratings
    from claimkit.catalog import TableFormat
    from claimkit.errors import DataError

    names, paths = _named(sources)
    for path in paths:
        if str(path) != "-" and not path.exists():
            raise DataError("there is no such file or folder", path=path, code="file-missing")
    delimiter = {"\\t": "\t"}.get(options["delimiter"] or "", options["delimiter"])
    columns = Columns(
        item=options["item"],
        document=options["document"],
        label=options["label"],
        annotator=options["annotator"],
        annotators=_words(options["annotators"]) or (),
    )
    ratings = read_ratings(
        paths,
        level=options["level"],
        columns=columns,
        labels=_words(options["labels"]),
        missing=options["missing"],
        separator=options["separator"],
        form=TableFormat(name=options["form"], encoding=options["encoding"], delimiter=delimiter),
        names=names,
    )
    return ratings, "+".join(path.stem for path in paths[:3]) + ("…" if len(paths) > 3 else "")


def _named(sources: Sequence[str]) -> tuple[list[str] | None, list[Path]]:
    """Return the names of annotators where sources are pairs NAME=FILE, and the files."""
    pairs = [("", "", source) if Path(source).exists() else source.partition("=") for source in sources]
    if len(sources) == 1 or not any(sign for _, sign, _ in pairs):
        return None, [Path(source) for source in sources]
    names = [name if sign else Path(path or name).stem for name, sign, path in pairs]
    if len(set(names)) < len(names):
        raise click.UsageError("two files have the same name; name the annotators, as in ann=a/labels.jsonl")
    return names, [Path(path or name) for name, _, path in pairs]


def _words(given: str | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(word.strip() for word in given.split(",") if word.strip())
