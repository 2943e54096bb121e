"""The files of a model folder: JSON and safetensors with sizes and checksums, read only after they were compared; never code."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from claimkit.errors import DataError
from claimkit.jsonl import opening

Tensors = dict[str, npt.NDArray[Any]]
MANIFEST, TENSORS = "model.json", "model.safetensors"
_DTYPES = (np.float32, np.float64)


class FileFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Size and checksum of a file."""

    bytes: int
    sha256: str


def facts_of(raw: bytes) -> FileFacts:
    """Return size and checksum of the content of a file."""
    return FileFacts(len(raw), hashlib.sha256(raw).hexdigest())


def pack_tensors(tensors: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return the content of a safetensors file."""
    packed: bytes = safetensors.numpy.save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()})
    return packed


def read_manifest(folder: str | Path, *, named: str, version: int, make: str) -> tuple[bytes, Path]:
    """Return the bytes of the ``model.json`` of a folder after what it says of its format was compared, and its path.

    Parameters
    ----------
    folder : path-like
    named : str
        What must stand under ``format``.
    version : int
        What must stand under ``format_version``.
    make : str
        The command that makes such a folder, for messages.

    Raises
    ------
    DataError
        When there is none, or it is of another format or version.
    """
    path = Path(folder) / MANIFEST
    if not path.is_file():
        what = "this folder is no model: it has no model.json" if Path(folder).is_dir() else "there is no such model folder"
        raise DataError(f"{what}; make one with: {make}", path=Path(folder))
    raw = read_file(path, largest=4 << 20)
    said = decode(raw, dict[str, Any], path)
    if said.get("format") != named:
        what = named.replace("-", " ")
        raise DataError(f"this is not the description of a {what}: 'format' must be '{named}'", path=path)
    if said.get("format_version") != version:
        found = said.get("format_version")
        raise DataError(f"its format is version {found!r}, this claimkit reads {version}; train the model again", path=path)
    return raw, path


def read_file(path: Path, facts: FileFacts | None = None, *, largest: int) -> bytes:
    """Return the bytes of a file of a model folder.

    Raises
    ------
    DataError
        When it is missing, larger than ``largest`` bytes, or not what ``facts`` say.
    """
    with opening(path):
        if path.exists() and not path.is_file():
            raise DataError("this is not a regular file", path=path)
        size = path.stat().st_size
        if size > largest:
            raise DataError(f"{size} bytes are more than the {largest} that are read", path=path)
        if facts is not None and size != facts.bytes:
            raise DataError(f"it has {size} bytes, model.json says {facts.bytes}; the folder is damaged, copy it again", path=path)
        raw = path.read_bytes()
    if facts is not None and hashlib.sha256(raw).hexdigest() != facts.sha256:
        raise DataError("the checksum is not the one in model.json; the folder is damaged or was changed, copy it again", path=path)
    return raw


def unpack_tensors(raw: bytes, shapes: Mapping[str, list[int]], path: Path) -> Tensors:
    """Return the tensors of a safetensors file.

    Raises
    ------
    DataError
        When it is no such file, the shapes are others, or a number is not finite.
    """
    try:
        tensors: Tensors = safetensors.numpy.load(raw)
    except (safetensors.SafetensorError, KeyError, ValueError) as error:
        raise DataError(f"not a safetensors file ({error})", path=path) from None
    found = {name: list(tensor.shape) for name, tensor in tensors.items()}
    if found != shapes:
        raise DataError(f"the tensors have the shapes {found}, model.json says {dict(shapes)}", path=path)
    for name, tensor in tensors.items():
        if tensor.dtype not in _DTYPES or not np.isfinite(tensor).all():
            raise DataError(f"the tensor '{name}' must hold finite floating-point numbers", path=path)
    return tensors


def decode(raw: bytes, kind: Any, path: Path) -> Any:
    """Return what JSON of a model folder holds.

    Raises
    ------
    DataError
        When it is not JSON, or not of the kind.
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise DataError(f"not what a model folder holds: {str(error)[:1].lower()}{str(error)[1:]}", path=path) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"not valid JSON: {error}", path=path) from None
