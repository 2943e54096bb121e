"""``claimkit data``: the catalogue of public data sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimkit.cli.options import json_option, out_option
from claimkit.cli.output import emit_json, print_table, say

if TYPE_CHECKING:
    from claimkit.catalog import Facts

data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Where the files of the data sets lie; default: CLAIMKIT_DATA."
)
split_option = click.option("--split", help="Only this part, such as test.")


@click.group(epilog="Example: claimkit data info semeval2016-t6a")
def command() -> None:
    """Public data sets: licence, citation, checksums, counts, and their items.

    The files are never passed on: get them from their official origin and name their folder with --data-dir or CLAIMKIT_DATA.
    """


@command.command("list", epilog="Example: claimkit data list --data-dir datasets")
@data_dir_option
@json_option
def list_command(data_dir: Path | None, as_json: bool) -> None:
    """List the data sets of the catalogue."""
    from claimkit.catalog import DATASETS

    known = [(DATASETS[name].facts, _folder(name, data_dir)) for name in DATASETS]
    if as_json:
        emit_json([_as_data(facts, folder) for facts, folder in known])
        return
    rows = [
        [
            facts.name,
            " / ".join(f"{split} {count}" for split, count in facts.counts.items()),
            facts.metric,
            "yes" if folder else "no",
            facts.licence,
        ]
        for facts, folder in known
    ]
    print_table(["data set", "items", "metric", "files here", "licence"], rows)


@command.command("info", epilog="Example: claimkit data info perspectrum --json")
@click.argument("name")
@data_dir_option
@json_option
def info_command(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Show what is known of a data set."""
    from claimkit.catalog import DATASETS

    facts: Facts = DATASETS[name].facts
    folder = _folder(name, data_dir)
    if as_json:
        emit_json(_as_data(facts, folder))
        return
    rows = [
        ["title", facts.title],
        ["licence", facts.licence],
        ["citation", facts.citation.strip()],
        ["official files", facts.url],
        ["checksums of", facts.origin],
        ["metric", facts.metric],
        *(["defect", defect] for defect in facts.defects),
        *(["file", f"{file.name} ({file.bytes:,} bytes, SHA-256 {file.sha256})"] for file in facts.files),
        ["files here", str(folder) if folder else "no"],
    ]
    print_table([facts.name, ""], rows)
    labels = list(dict.fromkeys(label for counts in facts.labels.values() for label in counts))
    rows = [
        [split, str(facts.counts[split]), *(str(counts.get(label, 0)) for label in labels)]
        for split, counts in facts.labels.items()
    ]
    print_table(["split", "items", *labels], rows, right=range(1, len(labels) + 2))


@command.command("path", epilog="Example: claimkit data path perspectrum")
@click.argument("name")
@data_dir_option
def path_command(name: str, data_dir: Path | None) -> None:
    """Print the folder in which the files of a data set lie, after comparing their checksums."""
    from claimkit.catalog import load_dataset

    click.echo(load_dataset(name, data_dir=data_dir).folder)


@command.command("export", epilog="Example: claimkit data export semeval2016-t6a --split test --out test.jsonl")
@click.argument("name")
@split_option
@data_dir_option
@out_option("Write the items to a file instead of standard output.")
def export_command(name: str, split: str | None, data_dir: Path | None, out: Path | None) -> None:
    """Print a data set as items, one a line; the licence is said on standard error."""
    from claimkit.catalog import load_dataset
    from claimkit.jsonl import write_records

    data = load_dataset(name, split, data_dir=data_dir)
    say(f"{name}: {data.facts.licence}")
    count = write_records(out or "-", data)
    if out is not None:
        say(f"{out}: {count} items")


def _folder(name: str, data_dir: Path | None) -> Path | None:
    """Return where the files lie, or ``None`` where they are missing or not the official ones."""
    from claimkit.catalog import load_dataset
    from claimkit.errors import DataError

    try:
        return load_dataset(name, data_dir=data_dir).folder
    except DataError:
        return None


def _as_data(facts: Facts, folder: Path | None) -> dict[str, object]:
    import msgspec

    data: dict[str, object] = msgspec.to_builtins(facts)
    return data | {"counts": facts.counts, "path": None if folder is None else str(folder)}
