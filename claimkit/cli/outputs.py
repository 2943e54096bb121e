"""Options that name what a command writes: what it reads, and the files of a corpus, are never replaced by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import click

Kind: TypeAlias = Literal["file", "folder", "shared", "any"]

_CORPUS_FILES = ("corpus.toml", "documents.jsonl", "actors.jsonl", "claims.jsonl", "guideline.md")
_MARKERS = ("result.json", "model.json")  # of run folders and model folders


class Output(click.Option):
    """An option with a path to write to; a path that would cost something is refused before the work.

    Parameters
    ----------
    kind : {"file", "folder", "shared", "any"}
        What is written: a file, a folder that is replaced whole, files into a folder that may hold others, a file or a folder.
    """

    def __init__(self, *args: Any, kind: Kind = "file", **kwargs: Any) -> None:
        super().__init__(*args, **{"type": click.Path(path_type=Path), **kwargs})
        self.kind = kind

    def handle_parse_result(self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]) -> tuple[Any, list[str]]:
        """Take the value, and compare it with all that the command was given to read."""
        value, rest = super().handle_parse_result(ctx, opts, args)
        if isinstance(value, Path) and str(value) != "-" and not ctx.resilient_parsing:
            self._check_place(value, [Path(opts[name]) for name in _outputs(ctx.command.params) if opts.get(name)])
            self._check(value, [*_inputs(ctx.command.params, opts)])
        return value, rest

    def _check_place(self, out: Path, outputs: Sequence[Path]) -> None:
        """Refuse a place at which nothing can be written; a report may go into the folder that the same command makes."""
        if self.kind != "file":
            from claimkit.jsonl.folders import check_makeable

            if self.kind == "shared" or not out.exists():  # whether what is there may be replaced is for the command to say
                check_makeable(out)
        elif not any(folder in (out.parent, *out.parent.parents) for folder in outputs):
            from claimkit.jsonl import check_writable

            check_writable(out)

    def _check(self, out: Path, inputs: Sequence[Path]) -> None:
        from claimkit.errors import UsageError

        for path in inputs:
            if _is_same(out, path):
                raise UsageError(f"{out}: the command reads this, so {self.opts[0]} may not replace it; name another place")
            if self.kind in ("folder", "any") and out.is_dir() and out.resolve() in path.resolve().parents:
                raise UsageError(f"{out}: the command reads {path} in this folder, so {self.opts[0]} needs another one")
            if out.is_file() and out.suffix in (".json", ".jsonl") and _is_inside(out, path):
                raise UsageError(f"{out}: this is a part of what the command reads; name another place with {self.opts[0]}")
        corpus = _corpus_around(out.resolve())
        if corpus is not None:
            raise UsageError(f"{out}: this is the place of a file of the corpus '{corpus.name}'; name another with {self.opts[0]}")


def _outputs(params: Sequence[click.Parameter]) -> list[str]:
    return [param.name or "" for param in params if isinstance(param, Output)]


def _inputs(params: Sequence[click.Parameter], given: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the paths of the other parameters: paths, pairs NAME=FILE, what an argument names, what a configuration names."""
    for param in params:
        value = given.get(param.name or "")
        if isinstance(param, Output) or value is None:
            continue
        for text in (value,) if isinstance(value, str) else value if isinstance(value, (tuple, list)) else ():
            if isinstance(param.type, click.Path):
                yield from _with_data(Path(text))
            elif isinstance(param, click.Argument) or str(param.metavar).endswith("=FILE"):
                named = (Path(part) for part in (text, text.partition("=")[2]) if part)
                yield from (path for path in named if path.is_file() or _is_marked(path))


def _with_data(path: Path) -> Iterator[Path]:
    """Yield a path, and where it is a configuration the files that its table ``[data]`` names."""
    yield path
    if path.suffix == ".toml" and path.is_file():
        import msgspec

        try:
            table = msgspec.toml.decode(path.read_bytes()).get("data")
        except (OSError, ValueError):  # the command itself will say what is wrong with it
            return
        entries = table.values() if isinstance(table, dict) else ()
        yield from (path.parent / entry for entry in entries if isinstance(entry, str))


def _is_same(one: Path, other: Path) -> bool:
    """Tell whether two paths lead to one file or folder; devices and pipes do not count."""
    return (one.is_file() or one.is_dir()) and other.exists() and one.samefile(other)


def _is_marked(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _MARKERS)


def _is_inside(out: Path, folder: Path) -> bool:
    return _is_marked(folder) and folder.resolve() == out.resolve().parent


def _corpus_around(out: Path) -> Path | None:
    """Return the corpus of which a path is, or would be, a file."""
    for folder in out.parents:
        if (folder / "corpus.toml").is_file():
            inside = out.relative_to(folder).parts
            return folder if inside in [(name,) for name in _CORPUS_FILES] or inside[0] == "layers" else None
    return None
