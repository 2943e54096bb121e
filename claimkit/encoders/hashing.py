"""An encoder that needs nothing: words and character trigrams, hashed to a fixed number of columns.

References
----------
Weinberger, Dasgupta, Langford, Smola and Attenberg (2009). Feature Hashing for Large Scale Multitask Learning. ICML. Section 2.
"""

from __future__ import annotations

import re
import zlib

import numpy as np

from claimkit.encoders.base import EncoderBase, Vectors, hash_of_files
from claimkit.errors import UsageError

_WORD = re.compile(r"\w+")


class HashingEncoder(EncoderBase):
    """Signed counts of words and of the character trigrams in them; knows no meaning, and shows what others add.

    Parameters
    ----------
    place : str
        Number of columns; empty: 512.
    """

    needs_place = False
    batch_size = 1024

    def __init__(self, place: str = "") -> None:
        if place and not (place.isascii() and place.isdigit() and int(place)):
            raise UsageError(f"the columns of the encoder 'hashing' must be a whole number of at least 1, found '{place}'")
        self.dim = int(place or 512)
        self.spec = f"hashing:{place}" if place else "hashing"
        self.identity = hash_of_files([], "hashing", str(self.dim))

    def _encode_batch(self, texts: list[str]) -> Vectors:
        found = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.lower()):
                padded = f"<{word}>"
                parts = [f"w {word}", *(padded[start : start + 3] for start in range(len(padded) - 2))]
                for part in parts:
                    code = zlib.crc32(part.encode("utf-8", "surrogatepass"))
                    found[row, (code >> 1) % self.dim] += 1.0 if code & 1 else -1.0
        return np.sign(found) * np.sqrt(np.abs(found))
