"""Fetching the official files of a data set from where they are published; each is complete and checked, or absent."""

from __future__ import annotations

import hashlib
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from claimkit import __version__
from claimkit.catalog import DATASETS
from claimkit.catalog.dataset import DataFile, Dataset, Facts, sha256_of
from claimkit.errors import DataError
from claimkit.jsonl import opening, replacing

_BLOCK = 64 * 1024
_SECONDS = 30.0  # of silence, after which a server is given up
_AGAIN = "run the command again, what is there already stays"
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # answers that may be another one in a while


class FetchPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to fetch of a data set.

    Attributes
    ----------
    facts : Facts
    folder : Path
        Where the files lie or will lie.
    kept : tuple of DataFile
        Files that are there already and are the official ones.
    wanted : tuple of DataFile
        Files that are fetched; one of the same name with other bytes is replaced.
    by_hand : tuple of DataFile
        Files that are not there and have no ``url``: their authors give them out themselves, or no place has these bytes.
    """

    facts: Facts
    folder: Path
    kept: tuple[DataFile, ...]
    wanted: tuple[DataFile, ...]
    by_hand: tuple[DataFile, ...]

    @property
    def bytes(self) -> int:
        """How many bytes will be fetched."""
        return sum(file.bytes for file in self.wanted)

    @property
    def left(self) -> str:
        """The sentence that says which files cannot be fetched and where to get them; empty where there are none."""
        if not self.by_hand:
            return ""
        files = ", ".join(file.name for file in self.by_hand)
        return (
            f"not to be fetched by a program: {files}; get them from {self.facts.url} and put them into {self.folder} "
            f"(claimkit data info {self.facts.name} tells of which copy the checksums are)"
        )


def plan_fetch(dataset: str | Dataset, data_dir: str | Path) -> FetchPlan:
    """Look which official files of a data set are there, and which can be fetched.

    Parameters
    ----------
    dataset : str or Dataset
        A name of :data:`~claimkit.catalog.DATASETS`, or a data set of your own.
    data_dir : path-like
        The folder of all data sets.

    Raises
    ------
    UsageError
        When there is no data set of that name.
    """
    known: Dataset = DATASETS[dataset] if isinstance(dataset, str) else dataset
    folder = _own_folder(known, Path(data_dir))
    kept: list[DataFile] = []
    wanted: list[DataFile] = []
    by_hand: list[DataFile] = []
    for file in known.facts.files:
        if _is_official(folder / file.name, file):
            kept.append(file)
        else:
            (wanted if file.url else by_hand).append(file)
    return FetchPlan(facts=known.facts, folder=folder, kept=tuple(kept), wanted=tuple(wanted), by_hand=tuple(by_hand))


def _own_folder(dataset: Dataset, root: Path) -> Path:
    """Return where the files of a data set belong: in the folder around all sets only where an official one lies there already."""
    folder = dataset.folder_in(root)
    if folder != root or any(_is_official(root / file.name, file) for file in dataset.facts.files):
        return folder
    return root / dataset.facts.folder


def _is_official(path: Path, file: DataFile) -> bool:
    return path.is_file() and sha256_of(path) in (file.sha256, *file.also)


def fetch_dataset(dataset: str | Dataset, data_dir: str | Path, progress: Callable[[int], object] | None = None) -> FetchPlan:
    """Fetch the official files of a data set that are not there yet; says nothing of the licence, so look at ``facts`` first.

    Every file is compared with its checksum while it is written, and takes its place only when it is whole and right.

    Parameters
    ----------
    dataset, data_dir
        As in :func:`plan_fetch`.
    progress : callable, optional
        Given the number of bytes that each step brought.

    Returns
    -------
    FetchPlan
        What was there, what was fetched, and what has to be got by hand.

    Raises
    ------
    DataError
        When a file cannot be had, or is not the official one; the files before it stay.
    """
    plan = plan_fetch(dataset, data_dir)
    for file in plan.wanted:
        _fetch(file, plan.folder / file.name, plan.facts.url, progress or (lambda _: None))
    return plan


def _fetch(file: DataFile, path: Path, source: str, progress: Callable[[int], object]) -> None:
    by_yourself = f"get the file from {source} yourself and put it there"
    request = urllib.request.Request(str(file.url), headers={"User-Agent": f"claimkit/{__version__}"})  # noqa: S310 - from the catalogue
    try:
        with opening(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with _opened(request) as answer, replacing(path) as out:
            fault = _copy(answer, out, file, progress)
            if fault:
                todo = _AGAIN if fault.startswith("the connection") else f"nothing was kept; {by_yourself}"
                raise DataError(f"{fault}; {todo}", path=path)
    except urllib.error.HTTPError as error:
        error.close()
        todo = f"wait a little, then {_AGAIN}" if error.code in _PASSING else by_yourself
        raise DataError(f"{file.url} answered {error.code} {error.reason}; {todo}", path=path) from None
    except (OSError, http.client.HTTPException) as error:
        raise DataError(f"{file.url} cannot be read ({_reason(error)}); look at the connection and {_AGAIN}", path=path) from None


def _opened(request: urllib.request.Request) -> http.client.HTTPResponse:
    answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=_SECONDS)  # noqa: S310 - from the catalogue
    return answer


def _copy(answer: http.client.HTTPResponse, out: IO[bytes], file: DataFile, progress: Callable[[int], object]) -> str:
    """Write what a server sends, and return what is wrong with it; empty where it is the official file."""
    announced = answer.headers.get("Content-Length", "")
    digest, size = hashlib.sha256(), 0
    while block := answer.read(_BLOCK):
        size += len(block)
        if size > file.bytes and not file.also:  # a server may send without end
            return f"what {file.url} sends is not the official file: it has more than {file.bytes:,} bytes"
        digest.update(block)
        out.write(block)
        progress(len(block))
    if announced.isdigit() and size < int(announced):
        return f"the connection to {file.url} broke off after {size:,} of {int(announced):,} bytes"
    found = digest.hexdigest()
    if found in (file.sha256, *file.also):
        return ""
    return f"what {file.url} sends is not the official file: its SHA-256 is {found[:12]}…, not {file.sha256[:12]}…"


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"no answer for {_SECONDS:.0f} seconds"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "its certificate is not one that this machine trusts"
    return (getattr(cause, "strerror", None) or str(cause)).lower()
