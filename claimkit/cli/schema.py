"""``claimkit schema``: the JSON Schema of the records."""

from __future__ import annotations

from pathlib import Path

import click

from claimkit.cli.output import emit_json, say


@click.command(epilog="Example: claimkit schema statement > statement.schema.json")
@click.argument("record", required=False, metavar="[RECORD]")
@click.option(
    "--all",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the schema of every record, and of any record, into a folder.",
)
def command(record: str | None, folder: Path | None) -> None:
    """Print the JSON Schema of a record: document, actor, claim, statement, relation, item, prediction.

    Without RECORD: of a record of any type.
    """
    from claimkit.errors import UsageError, suggest
    from claimkit.records import RECORD_TYPES
    from claimkit.records.schema import json_schema, json_schema_of_any, schema_files

    if folder is not None:
        if record is not None:
            raise UsageError("RECORD and --all do not go together: --all writes the schema of every record")
        _write(schema_files(), folder)
    elif record is None:
        emit_json(json_schema_of_any())
    elif record in RECORD_TYPES:
        emit_json(json_schema(RECORD_TYPES[record]))
    else:
        near = suggest(record, RECORD_TYPES)
        raise UsageError(f"no record is named '{record}'; {near + ' ' if near else ''}known: {', '.join(RECORD_TYPES)}")


def _write(files: dict[str, bytes], folder: Path) -> None:
    from claimkit.jsonl import opening, write_lines

    with opening(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_lines(folder / name, [content])
        say(str(folder / name))
