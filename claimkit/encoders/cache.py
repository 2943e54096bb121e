"""Embeddings on disk, by the content of the text, so that nothing is encoded twice."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from claimkit.encoders.base import Encoder, Vectors
from claimkit.errors import DataError

_PER_QUERY = 500
_PER_WRITE = 2048
_WAIT = 120.0  # seconds for another process that writes


def default_cache() -> Path:
    """Return the folder that ``CLAIMKIT_CACHE`` names, or ``~/.cache/claimkit``."""
    return Path(os.environ.get("CLAIMKIT_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "claimkit")


class CachedEncoder:
    """An encoder that remembers on disk what it has encoded; several processes may share the folder.

    Parameters
    ----------
    encoder : Encoder
    folder : Path
        Holds one database for each encoder, by its identity. It may be removed at any time.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self.spec, self.identity, self.dim = encoder.spec, encoder.identity, encoder.dim
        self._path = folder / "embeddings" / f"{encoder.identity}.sqlite"

    def encode(self, texts: Sequence[str], after: Callable[[int], object] | None = None) -> Vectors:
        """Return the vectors of texts, encoding only those that were never encoded; see :class:`Encoder`."""
        keys = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        first: dict[bytes, int] = {}
        for index, key in enumerate(keys):
            first.setdefault(key, index)
        distinct = np.zeros((len(first), self.dim), dtype=np.float32)
        places = {key: place for place, key in enumerate(first)}
        with closing(self._open()) as database:
            known = set()
            for key, vector in _read(database, list(first)):
                distinct[places[key]] = np.frombuffer(vector, dtype=np.float32)
                known.add(key)
            if after is not None:
                after(len(texts) - len(first) + len(known))
            missing = [key for key in first if key not in known]
            for start in range(0, len(missing), _PER_WRITE):
                part = missing[start : start + _PER_WRITE]
                vectors = self._encoder.encode([texts[first[key]] for key in part], after)
                distinct[[places[key] for key in part]] = vectors
                rows = [(key, vector.tobytes()) for key, vector in zip(part, vectors, strict=True)]
                with database:
                    database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        return distinct[[places[key] for key in keys]]

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self._path, timeout=_WAIT)
            database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
        except (OSError, sqlite3.Error) as error:
            message = f"the cache of embeddings cannot be used ({error}); remove it, or name another folder in CLAIMKIT_CACHE"
            raise DataError(message, path=self._path) from None
        return database


def _read(database: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), _PER_QUERY):
        part = keys[start : start + _PER_QUERY]
        marks = ",".join("?" * len(part))
        yield from database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608 - marks only
