"""Encoders: texts to vectors, from a local folder or a package; a new kind is one module and one line in the table.

An encoder is named by its kind and its place, as in ``onnx:models/minilm`` or ``use``. Importing this package loads nothing heavy.
"""

from __future__ import annotations

from pathlib import Path

from claimkit.encoders.base import Encoder
from claimkit.encoders.cache import CachedEncoder, default_cache
from claimkit.errors import UsageError
from claimkit.registry import Registry

ENCODERS = Registry(
    "encoder",
    "claimkit.encoders",
    {
        "hashing": "claimkit.encoders.hashing:HashingEncoder",
        "folder": "claimkit.encoders.pooled:FolderEncoder",
        "onnx": "claimkit.encoders.onnx:OnnxEncoder",
        "static": "claimkit.encoders.static:StaticEncoder",
        "use": "claimkit.encoders.use:UseEncoder",
    },
)


def load_encoder(spec: str, *, cache: str | Path | None = None) -> Encoder:
    """Return the encoder that a spec names, with a cache on disk.

    Parameters
    ----------
    spec : str
        ``"folder:PATH"`` (a sentence-transformers folder or a name on the Hub), ``"onnx:PATH"`` (made by ``claimkit encoder
        export``), ``"static:PATH"`` (made by ``claimkit encoder distill``), ``"use"``, or
        ``"hashing"``, which needs nothing and knows no meaning. A bare name in place of PATH is one of this machine's encoders.
    cache : path-like, optional
        Folder for embeddings that were computed; default: :func:`claimkit.encoders.cache.default_cache`. ``""`` keeps none.

    Raises
    ------
    UsageError
        When there is no such kind, or the place is missing.
    DataError
        When the place does not hold what the kind needs.
    MissingExtraError
        When a package is missing; says what to install.
    """
    kind, _, place = spec.partition(":")
    made = ENCODERS[kind]
    if made.needs_place and not place:
        raise UsageError(f"the encoder '{spec}' lacks its place; write {kind}:PATH")
    encoder: Encoder = made(place)
    return encoder if cache == "" else CachedEncoder(encoder, default_cache() if cache is None else Path(cache))


__all__ = ["ENCODERS", "CachedEncoder", "Encoder", "load_encoder"]
