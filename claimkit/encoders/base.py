"""What an encoder is."""

from __future__ import annotations

import abc
import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from claimkit.errors import DataError

Vectors: TypeAlias = npt.NDArray[np.float32]
_BLOCK = 1 << 20


class Encoder(Protocol):
    """Texts to vectors of length 1.

    Attributes
    ----------
    spec : str
        Kind and place, by which it is loaded again.
    identity : str
        Twelve hexadecimal digits over everything that decides a vector; the cache and model folders hold it.
    dim : int
    """

    spec: str
    identity: str
    dim: int

    def encode(self, texts: Sequence[str], after: Callable[[int], object] | None = None) -> Vectors:
        """Return the vectors of texts, an array of shape (n, dim) whose rows have length 1.

        Parameters
        ----------
        texts : sequence of str
        after : callable, optional
            Called with the number of texts that were encoded since the last call.
        """
        ...


class EncoderBase(abc.ABC):
    """What all encoders share: batches of texts of like length."""

    needs_place: ClassVar[bool] = True
    batch_size: ClassVar[int] = 64
    at_once: int = 1  # batches that are encoded side by side, by threads

    spec: str
    identity: str
    dim: int

    def encode(self, texts: Sequence[str], after: Callable[[int], object] | None = None) -> Vectors:
        """Return the vectors of texts; see :class:`Encoder`."""
        found = np.zeros((len(texts), self.dim), dtype=np.float32)
        batches = self._batches(texts)

        def encoded(rows: list[int]) -> Vectors:
            return normalised(self._encode_batch([texts[row] for row in rows]))

        with ThreadPoolExecutor(self.at_once) as pool:
            made = pool.map(encoded, batches) if self.at_once > 1 else map(encoded, batches)
            for rows, vectors in zip(batches, made, strict=True):
                found[rows] = vectors
                if after is not None:
                    after(len(rows))
        return found

    def _batches(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the places of texts that are encoded together: those of like length."""
        order = sorted(range(len(texts)), key=lambda index: (len(texts[index]), index))
        return [order[start : start + self.batch_size] for start in range(0, len(order), self.batch_size)]

    @abc.abstractmethod
    def _encode_batch(self, texts: list[str]) -> Vectors:
        """Return the vectors of some texts, of any length."""


def normalised(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Return vectors of length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)


def hash_of_files(paths: Iterable[Path], *more: str) -> str:
    """Return twelve hexadecimal digits over names and contents of files, and some words."""
    digest = hashlib.sha256("\n".join(more).encode())
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()[:12]


def files_in(folder: Path, names: Sequence[str], what: str) -> list[Path]:
    """Return the files of a folder that an encoder needs.

    Raises
    ------
    DataError
        Names the first that is missing, and how such a folder is made.
    """
    paths = [folder / name for name in names]
    missing = next((path for path in paths if not path.is_file()), None)
    if missing is not None:
        raise DataError(f"this file of an encoder is missing; {what}", path=missing, code="file-missing")
    return paths


@contextlib.contextmanager
def loading(folder: Path) -> Iterator[None]:
    """Turn whatever a library says of a damaged file into one sentence that names the folder.

    The runtimes and the tokenizer library raise bare exceptions of their own, which have no common class but this one.
    """
    try:
        yield
    except Exception as error:
        raise DataError(f"this is no encoder that can be loaded: {str(error).partition(chr(10))[0]}", path=folder) from None
