"""On what the predictions of a run may depend beside its recipe: versions of libraries, and the encoders' contents."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from claimkit.evaluation.runs import present_environment

_LEARNING = ("scikit-learn", "torch", "transformers", "tokenizers", "onnxruntime")


def environment_of(parameters: dict[str, Any]) -> dict[str, str]:
    """Return the versions of the libraries that are here, and the identity of each encoder that a recipe's parameters name.

    Parameters
    ----------
    parameters : dict
        Of a recipe; those of members are within it.

    Returns
    -------
    dict of str to str
        Such as ``{"python": "3.11.7", "scikit-learn": "1.7.2", "onnx:minilm": "5f2c9a0b1d3e"}``.
    """
    found = present_environment() | {name: known for name in _LEARNING if (known := _version(name)) is not None}
    specs = sorted(set(_encoders_in(parameters)))
    if specs:
        from claimkit.encoders import load_encoder

        found |= {spec: load_encoder(spec).identity for spec in specs}
    return found


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _encoders_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "encoders":
                yield from inner
            elif key == "encoder":
                yield inner
            else:
                yield from _encoders_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _encoders_in(inner)
