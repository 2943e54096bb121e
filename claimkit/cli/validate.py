"""``claimkit validate``: every problem of files and corpora."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimkit.cli.options import json_option
from claimkit.cli.output import emit_json, progress_bar, say

if TYPE_CHECKING:
    from claimkit.issues import Issue

_KEYS = ("path", "line", "column", "code", "severity", "message", "hint", "record")


@click.command(epilog="Example: claimkit validate annotations/south-asia")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@json_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="github: annotations on the lines of a pull request, when run in a GitHub workflow.",
)
@click.option(
    "--max-shown",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    metavar="N",
    help="Print the first N problems, then how many there are of each code; 0 prints all. --json always holds all.",
)
def command(paths: tuple[Path, ...], as_json: bool, style: str, max_shown: int) -> None:
    """Check JSON Lines files and corpora, and print every problem with its place; "-" is the standard input.

    A corpus is a folder with corpus.toml; a folder of corpora is checked corpus by corpus. A file that lies in a corpus
    is checked against the rest of it. Exit status 1 when there are errors; warnings alone do not count.
    """
    from claimkit.validate import checked_files, validate

    counts: Counter[str] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    waiting: list[Issue] = []
    on_terminal = sys.stderr.isatty()
    total = sum(file.stat().st_size for file in checked_files(*paths)) if on_terminal else None
    with progress_bar("checking", total) as advance:
        for issue in validate(*paths, progress=advance if on_terminal else None, counts=counts):
            found[issue.severity, issue.code] += 1
            if as_json:
                waiting.append(issue)
            elif not max_shown or found.total() <= max_shown:
                if on_terminal:  # what is printed while the bar runs would break it
                    waiting.append(issue)
                else:
                    _print(issue, style)
    errors = sum(number for (severity, _), number in found.items() if severity == "error")
    if as_json:
        rows = [{key: _printable(getattr(issue, key)) for key in _KEYS} for issue in waiting]
        emit_json({"errors": errors, "warnings": len(rows) - errors, "issues": rows})
    else:
        for issue in waiting:
            _print(issue, style)
        for line in _summary(found, max_shown):
            say(line)
        if not errors:
            say(f"{_named(paths)}: {_listed(counts)} checked, no errors")
    if errors:
        sys.exit(1)


def _print(issue: Issue, style: str) -> None:
    click.echo(_printable(as_annotation(issue) if style == "github" else str(issue)))


def _summary(found: Counter[tuple[str, str]], max_shown: int) -> Iterator[str]:
    if not found:
        return
    is_cut = bool(max_shown) and found.total() > max_shown
    if is_cut:
        yield f"… and {found.total() - max_shown:,} more; --max-shown 0 prints all. By code:"
        for (severity, code), number in sorted(found.items(), key=lambda entry: (-entry[1], entry[0])):
            yield f"  {number:>9,}  {code} ({severity})"
    sums = {severity: sum(n for (kind, _), n in found.items() if kind == severity) for severity in ("error", "warning")}
    yield ", ".join(_number(n, severity) for severity, n in sums.items() if n)


def as_annotation(issue: Issue) -> str:
    """Return an issue as a workflow command of GitHub Actions.

    >>> from claimkit.issues import Issue
    >>> print(as_annotation(Issue(path="a,b.jsonl", line=3, column=7, code="blank-line", severity="warning", message="9 % empty")))
    ::warning file=a%2Cb.jsonl,line=3,col=7,title=blank-line::9 %25 empty
    """
    properties = {"file": issue.path, "line": issue.line, "col": issue.column, "title": issue.code}
    given = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in properties.items() if value is not None)
    hint = f"; {issue.hint}" if issue.hint else ""
    return f"::{issue.severity} {given}::{_escaped(issue.message + hint)}"


def _escaped(text: str, more: str = "") -> str:
    for char in f"%\r\n{more}":  # the percent sign first
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def _printable(value: str | int | None) -> str | int | None:
    """Return a text in which the bytes of a file name that are not UTF-8 are replaced; neither terminals nor JSON take them."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if isinstance(value, str) else value


def _named(paths: tuple[Path, ...]) -> str:
    return str(_printable(str(paths[0]))) if len(paths) == 1 else f"{len(paths)} paths"


def _listed(counts: Counter[str]) -> str:
    order = ("document", "actor", "claim", "statement", "relation", "item", "prediction")
    return ", ".join(_number(counts[name], name) for name in order if counts[name]) or "no records"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
