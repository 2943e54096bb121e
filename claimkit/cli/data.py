"""``claimkit data``: the catalogue of public data sets."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimkit.cli.convert import convert_command
from claimkit.cli.options import force_option, json_option, out_option
from claimkit.cli.output import emit_json, print_table, progress_bar, say

if TYPE_CHECKING:
    from claimkit.catalog import Facts
    from claimkit.catalog.shared_texts import Overlap

data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Where the files of the data sets lie; default: CLAIMKIT_DATA."
)
split_option = click.option("--split", help="Only this part, such as test.")


@click.group(epilog="Example: claimkit data info semeval2016-t6a")
def command() -> None:
    """Public data sets: licence, citation, checksums, counts, and their items.

    The files are never passed on: "fetch" gets them from their official origin where that is allowed, else get them yourself;
    name their folder with --data-dir or CLAIMKIT_DATA.
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
    print_table(["data set", "items or statements", "metric", "files here", "licence"], rows)


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
    print_table(["split", facts.holds, *labels], rows, right=range(1, len(labels) + 2))


@command.command("path", epilog="Example: claimkit data path perspectrum")
@click.argument("name")
@data_dir_option
def path_command(name: str, data_dir: Path | None) -> None:
    """Print the folder in which the files of a data set lie, after comparing their checksums."""
    from claimkit.catalog import load_dataset

    click.echo(load_dataset(name, data_dir=data_dir).folder)


@command.command("fetch", epilog="Example: claimkit data fetch perspectrum --data-dir datasets")
@click.argument("name")
@data_dir_option
@click.option("--yes", is_flag=True, help="Do not ask: the licence is accepted.")
def fetch_command(name: str, data_dir: Path | None, yes: bool) -> None:
    """Download the official files of a data set after showing its licence; prints the folder in which they lie.

    Every file is compared with its checksum and is whole or absent. Files that are there and right are not fetched again. What
    its authors give out themselves is not fetched, but named, with the place to ask.
    """
    from claimkit.catalog import DATASETS, data_dir_of_environment, fetch_dataset, plan_fetch
    from claimkit.errors import DataError, UsageError

    root = data_dir or data_dir_of_environment()
    if root is None:
        raise UsageError("say where the files shall lie: --data-dir DIR, or the environment variable CLAIMKIT_DATA")
    facts: Facts = DATASETS[name].facts
    plan = plan_fetch(name, root)
    say(f"{facts.title}\nlicence: {facts.licence}\ncitation: {facts.citation.strip()}")
    if plan.kept:
        say(f"{len(plan.kept)} of {len(facts.files)} official files are in {plan.folder} and right")
    if plan.wanted:
        say(f"to fetch: {', '.join(file.name for file in plan.wanted)} ({plan.bytes:,} bytes) from {facts.url} into {plan.folder}")
        if not yes:
            _confirm()
        with progress_bar(f"fetching {name}", plan.bytes) as advance:
            fetch_dataset(name, root, advance)
    if plan.by_hand:
        raise DataError(plan.left, code="file-missing")
    click.echo(plan.folder)


@command.command("overlaps", epilog="Example: claimkit data overlaps perspectrum vast")
@click.argument("names", nargs=-1, metavar="[NAME]…")
@data_dir_option
@click.option(
    "--similarity",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.8,
    show_default=True,
    help="Least Jaccard similarity of the word triples of near copies.",
)
@json_option
def overlaps_command(names: tuple[str, ...], data_dir: Path | None, similarity: float, as_json: bool) -> None:
    """Count the items of each split whose text other splits, or other data sets, have too.

    Without a name all pairs are shown, else those of the named data sets with all others. Two numbers in a cell are those of
    the first and of the second part. Same text: the same words, capitals and punctuation aside. Near copies are further items.
    """
    from claimkit.catalog import overlaps
    from claimkit.catalog.shared_texts import pairs_of

    found = overlaps(names, data_dir, similarity=similarity)
    if found.skipped:
        say(f"skipped, because their files are not at hand: {', '.join(found.skipped)} (claimkit data fetch, --data-dir)")
    if as_json:
        emit_json(found)
        return
    rows = [
        [
            f"{one.dataset} {one.split}",
            f"{other.split if one.dataset == other.dataset else f'{other.dataset} {other.split}'}",
            *(f"{a} / {b}" for a, b in zip(_counts(one), _counts(other), strict=True)),
        ]
        for one, other in pairs_of(found)
    ]
    print_table(["part", "other part", "items", "same text", "and same target", "near copies"], rows, right=range(2, 6))


def _counts(overlap: Overlap) -> tuple[int, int, int, int]:
    return overlap.items, overlap.same_text, overlap.same_text_and_target, overlap.near_copies


def _confirm() -> None:
    from claimkit.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask whether the licence is accepted; add --yes if it is")
    if not click.confirm("Fetch these files under this licence?", err=True):
        raise click.ClickException("nothing was fetched")


@command.command("export", epilog="Example: claimkit data export semeval2016-t6a --split test --out test.jsonl")
@click.argument("name")
@split_option
@data_dir_option
@out_option("Write to a file instead of standard output; annotated texts: a name without .jsonl makes a corpus folder.", kind="any")
@click.option("--collection", is_flag=True, help="The documents among which the items' targets are to be found, instead of items.")
@force_option
def export_command(name: str, split: str | None, data_dir: Path | None, out: Path | None, collection: bool, force: bool) -> None:
    """Print a data set as items, one a line; the licence is said on standard error.

    Where a data set holds annotated texts, these are printed as documents, actors, claims and statements; or --out names a folder
    that becomes a corpus, with one layer for each annotator.
    """
    from claimkit.catalog import load_dataset
    from claimkit.catalog.annotated import export_corpus, records_of
    from claimkit.errors import DataError
    from claimkit.jsonl import write_records

    data = load_dataset(name, split, data_dir=data_dir)
    say(f"{name}: {data.facts.licence}")
    if out is not None and out.is_file() and not force:
        raise DataError("this file exists already; name another one, or replace it with --force", path=out)
    if collection:
        count, what = write_records(out or "-", data.collection()), "documents"
    elif data.facts.holds == "items":
        count, what = write_records(out or "-", data), "items"
    elif out is None or out.suffix == ".jsonl":
        count, what = write_records(out or "-", records_of(data.texts())), "records"
    else:
        export_corpus(data, out, force=force)
        say(f"{out}: a corpus; check it with: claimkit validate {out}")
        return
    if out is not None:
        say(f"{out}: {count} {what}")


command.add_command(convert_command)


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
