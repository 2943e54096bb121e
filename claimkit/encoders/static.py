"""Static encoders: one vector for each token, averaged; distilled from a transformer in seconds, and very fast.

References
----------
Tulkens and van Dongen (2024), Model2Vec: Fast State-of-the-Art Static Embeddings (the recipe: token vectors, principal components,
weights by frequency rank); Arora, Liang and Ma (2017), A Simple but Tough-to-Beat Baseline for Sentence Embeddings, ICLR.
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

import numpy as np
import safetensors.numpy
from scipy.sparse import csr_array

from claimkit.encoders.base import EncoderBase, Vectors, files_in, hash_of_files, loading
from claimkit.encoders.places import PACKAGE, folder_of
from claimkit.errors import DataError, MissingExtraError

VECTORS, TOKENIZER, FACTS = "vectors.safetensors", "tokenizer.json", "encoder.json"
FILES = (VECTORS, TOKENIZER, FACTS)
_SMOOTHING = 1e-4  # a of Arora et al.: the weight of a token of frequency p is a / (a + p)
_TOKENS_AT_ONCE = 1024

try:
    from tokenizers import Tokenizer
except ImportError:
    raise MissingExtraError("onnx", "the encoder 'static'") from None


class StaticEncoder(EncoderBase):
    """The mean of token vectors.

    Parameters
    ----------
    place : str
        A folder made by :func:`distill`, with ``vectors.safetensors``, ``tokenizer.json`` and ``encoder.json``.
    """

    batch_size = 1024

    def __init__(self, place: str) -> None:
        self.spec = f"static:{place}"
        folder = folder_of(place)
        paths = files_in(folder, FILES, "make the folder with: claimkit encoder distill FOLDER OUT")
        with loading(folder):
            self._vectors = safetensors.numpy.load_file(folder / VECTORS)["vectors"].astype(np.float32)
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.dim = int(self._vectors.shape[1])
        self.identity = hash_of_files(paths)

    def _encode_batch(self, texts: list[str]) -> Vectors:
        encoded = [entry.ids for entry in self._tokenizer.encode_batch(texts, add_special_tokens=False)]
        lengths = np.array([len(ids) for ids in encoded])
        ids = np.fromiter(chain.from_iterable(encoded), dtype=np.int32, count=int(lengths.sum()))
        shares = np.repeat(1 / np.maximum(lengths, 1), lengths).astype(np.float32)
        ends = np.concatenate([[0], np.cumsum(lengths)])
        counted = csr_array((shares, ids, ends), shape=(len(texts), len(self._vectors)))
        return np.asarray(counted @ self._vectors, dtype=np.float32)


def distill(source: str, out: str | Path, *, dim: int = 256, force: bool = False) -> Path:
    """Make a static encoder of a transformer folder.

    Each token of the vocabulary is encoded alone; the vectors are reduced to their principal components and weighted by the rank of
    the token in the vocabulary, which stands for its frequency.

    Parameters
    ----------
    source : str
        A local folder with a transformer and a fast tokenizer, or a name on the Hub.
    out : path-like
        Folder to write.
    dim : int
        Of the vectors.
    force : bool
        Replace the encoder that is there.

    Raises
    ------
    MissingExtraError
        When torch or transformers are missing.
    """
    try:
        import torch

        from claimkit.encoders.pooled import load_transformer
    except ImportError:
        raise MissingExtraError("onnx,transformers", "distilling an encoder") from None
    from claimkit.jsonl.folders import writing_folder

    tokenizer, model = load_transformer(source)
    if not getattr(tokenizer, "backend_tokenizer", None):
        raise DataError(f"'{source}' has no fast tokenizer, which static encoders need")
    size = len(tokenizer)
    start, end = tokenizer.cls_token_id, tokenizer.sep_token_id
    parts = []
    with torch.inference_mode():
        for first in range(0, size, _TOKENS_AT_ONCE):
            ids = torch.arange(first, min(first + _TOKENS_AT_ONCE, size))
            inputs = torch.stack([torch.full_like(ids, start), ids, torch.full_like(ids, end)], dim=1)
            parts.append(model(input_ids=inputs, attention_mask=torch.ones_like(inputs)).last_hidden_state[:, 1].numpy())
    vectors = np.concatenate(parts).astype(np.float64)
    kept = min(dim, vectors.shape[1], size)
    _, directions = np.linalg.eigh(np.cov(vectors.T))
    reduced = vectors @ directions[:, ::-1][:, :kept]
    frequency = 1 / (np.arange(size) + 2)
    frequency /= frequency.sum()
    reduced *= (_SMOOTHING / (_SMOOTHING + frequency))[:, None]
    with writing_folder(out, force=force, marker=FACTS) as work:
        (work / VECTORS).write_bytes(safetensors.numpy.save({"vectors": np.ascontiguousarray(reduced, dtype=np.float32)}))
        tokenizer.backend_tokenizer.save(str(work / TOKENIZER))
        facts = {"dim": kept, "source": Path(source.removeprefix(PACKAGE)).name}
        (work / FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return Path(out)
