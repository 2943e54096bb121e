"""All checks of files and of corpora: every problem at once, in file order, one line held in memory at a time."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from claimkit.corpus.config import layer_files, read_config
from claimkit.errors import ConfigError, DataError
from claimkit.issues import Issue
from claimkit.validate.corpora import check_corpus
from claimkit.validate.files import check_file
from claimkit.validate.lines import Reader, file_issue, issue_of, kind_of

__all__ = ["checked_files", "corpus_around", "find_corpora", "kind_of", "validate"]

_CORPUS_FILES = ("documents.jsonl", "actors.jsonl", "claims.jsonl")


def validate(
    *paths: str | Path, progress: Callable[[int], None] | None = None, counts: Counter[str] | None = None
) -> Iterator[Issue]:
    """Yield every problem of the given files and corpora, in file order.

    Parameters
    ----------
    *paths : path-like
        JSON Lines files (``"-"``: standard input), corpus folders, or folders of corpora. A file that lies in a corpus is checked
        against the rest of that corpus; several files of one corpus are checked together.
    progress : callable, optional
        Called now and then with the number of bytes read since the last call.
    counts : collections.Counter, optional
        Is filled with the number of records read without error, by type, for example ``{"document": 12, "statement": 40}``.

    Yields
    ------
    Issue
        Errors and warnings, each with file, line and column.

    Examples
    --------
    >>> from claimkit.validate import validate
    >>> for issue in validate("no/such/file.jsonl"):
    ...     print(issue)
    no/such/file.jsonl file-missing: there is no such file; the folder 'no/such' does not exist either
    """
    reader = Reader(progress, Counter() if counts is None else counts)
    given = [Path(path) for path in paths]
    members: dict[Path, list[Path]] = {}  # corpus -> the files of it that are asked for
    for path in given:
        if (root := corpus_around(path)) is not None:
            members.setdefault(root.resolve(), []).append(path)
    for path in given:
        root = corpus_around(path)
        if root is None:
            yield from _stopped_by_error(path, _check_path(path, reader))
        elif root.resolve() in members:
            yield from _stopped_by_error(path, check_corpus(root, reader, only=members.pop(root.resolve())))


def _check_path(path: Path, reader: Reader) -> Iterator[Issue]:
    if not path.is_dir():
        yield from check_file(path, reader)
    elif (path / "corpus.toml").is_file():
        yield from check_corpus(path, reader)
    elif corpora := find_corpora(path):
        for corpus in corpora:
            yield from _stopped_by_error(corpus, check_corpus(corpus, reader))
    else:
        read_config(path)  # says that it is not a corpus


def _stopped_by_error(path: Path, issues: Iterator[Issue]) -> Iterator[Issue]:
    """Yield the issues up to an error that stops the check of the path, and that error as the last of them."""
    try:
        yield from issues
    except DataError as error:
        yield issue_of(error, path)
    except ConfigError as error:
        message = f"{error.key}: {error.message}" if error.key else error.message
        yield msgspec.structs.replace(file_issue(error.path or path, "corpus-config", message), line=error.line)


def find_corpora(folder: Path) -> list[Path]:
    """Return the corpora that lie directly in a folder, by name."""
    return sorted(entry.parent for entry in folder.glob("*/corpus.toml"))


def corpus_around(path: Path) -> Path | None:
    """Return the corpus folder in which a file is one of the corpus' own files, else ``None``."""
    parent = path.parent
    root = parent.parent if parent.name == "layers" and path.suffix == ".jsonl" else parent if path.name in _CORPUS_FILES else None
    return root if root is not None and path.is_file() and (root / "corpus.toml").is_file() else None


def checked_files(*paths: str | Path) -> list[Path]:
    """Return the files that :func:`validate` reads for the given paths, as far as they exist; each once."""
    found: dict[Path, None] = {}
    for path in (Path(path) for path in paths if str(path) != "-"):
        root = path if path.is_dir() else corpus_around(path)
        for corpus in [] if root is None else [root, *find_corpora(root)]:
            files = [*(corpus / name for name in _CORPUS_FILES), *layer_files(corpus)]
            found.update(dict.fromkeys(file for file in files if file.is_file()))
        if root is None and path.is_file():
            found[path] = None
    return list(found)


class _CallableModule(ModuleType):
    """Lets ``claimkit.validate(...)`` work although this module, once imported, takes the function's name in the package."""

    def __call__(self, *paths: str | Path, **options: Any) -> Iterator[Issue]:
        """Do what the function does."""
        return validate(*paths, **options)


sys.modules[__name__].__class__ = _CallableModule
