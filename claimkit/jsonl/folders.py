"""Folders that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from claimkit.errors import DataError
from claimkit.jsonl.reading import opening


@contextlib.contextmanager
def writing_folder(folder: str | Path, *, force: bool = False, marker: str = "model.json") -> Iterator[Path]:
    """Give a temporary sibling folder; at the end of the block it takes the place of ``folder``, on any failure it is removed.

    Parameters
    ----------
    folder : path-like
        Absent, empty, or with ``force`` a folder in which ``marker`` lies.
    force : bool
        Replace a folder that has something in it.
    marker : str
        File by which a folder of this kind is known; no other is ever replaced.

    Raises
    ------
    DataError
        Before anything is written, when the folder may not be replaced.
    """
    target = Path(folder)
    check_replaceable(target, force=force, marker=marker)
    with opening(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        yield work
        with opening(target):
            for path in work.iterdir():
                _sync(path)
            work.chmod(0o755)
            _put(work, target)
    except BaseException as error:
        shutil.rmtree(work, ignore_errors=True)
        if (
            isinstance(error, OSError) and error.errno is not None and error.filename is None
        ):  # raised by a write, such as on a full disk
            with opening(target):
                raise
        raise


def check_replaceable(folder: str | Path, *, force: bool = False, marker: str = "model.json") -> None:
    """Raise a :class:`DataError` when a folder may not be written; call it before long work."""
    target = Path(folder)
    check_makeable(target.parent if target.is_dir() else target)
    with opening(target):
        if not target.exists() and not target.is_symlink():
            return
        if not target.is_dir() or target.is_symlink():
            raise DataError("this is a file or a link; name a folder that does not exist yet", path=target)
        if not any(target.iterdir()):
            return
    if not force:
        raise DataError("the folder has something in it; name another, or replace it with --force", path=target)
    if not (target / marker).is_file():
        raise DataError(f"the folder holds no {marker}, so it is not replaced; name another", path=target)


def check_makeable(folder: str | Path) -> None:
    """Raise a :class:`DataError` when a folder cannot be made where it is missing, or written to; call it before long work."""
    target = Path(folder)
    with opening(target):
        nearest = next(path for path in (target, *target.parents) if path.exists() or path.is_symlink())
        if not nearest.is_dir():
            where = "this" if nearest == target else f"'{nearest}'"
            raise DataError(f"{where} is a file or a link; name a folder that does not exist yet", path=target)
        if not os.access(nearest, os.W_OK | os.X_OK):
            where = "this folder" if nearest == target else f"the folder '{nearest}'"
            raise DataError(f"you may not write in {where}; name another place", path=target)


def _put(work: Path, target: Path) -> None:
    if not target.exists():
        work.replace(target)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".old", dir=target.parent))
    target.replace(aside / "old")
    try:
        work.replace(target)
    except OSError:
        (aside / "old").replace(target)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
