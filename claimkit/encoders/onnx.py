"""Encoders that run on ONNX Runtime, with weights of 8 bits: five times as fast as PyTorch on a CPU, at nearly the same vectors."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from claimkit.encoders.base import EncoderBase, Vectors, files_in, hash_of_files, loading
from claimkit.encoders.places import PACKAGE, folder_of, source_of
from claimkit.errors import DataError, MissingExtraError

MODEL, TOKENIZER, FACTS = "model.onnx", "tokenizer.json", "encoder.json"
FILES = (MODEL, TOKENIZER, FACTS)
MAX_TOKENS = 128
_TOKENS_AT_ONCE = 512  # of a batch on one core: more would leave the cache of the core, fewer would not fill it
_TOKENISED = 10_000  # texts at a time, so that their tokens need not all be kept

try:
    import onnxruntime
    from tokenizers import Tokenizer
except ImportError:
    raise MissingExtraError("onnx", "the encoder 'onnx'") from None


class OnnxEncoder(EncoderBase):
    """A transformer on ONNX Runtime, pooled by the mean of token vectors or by the first of them, as its source was.

    Parameters
    ----------
    place : str
        A folder made by :func:`export`, with ``model.onnx``, ``tokenizer.json`` and ``encoder.json``.

    Raises
    ------
    DataError
        When a file is missing or is not what it should be.
    """

    def __init__(self, place: str) -> None:
        self.spec = f"onnx:{place}"
        folder = folder_of(place)
        paths = files_in(folder, FILES, "make the folder with: claimkit encoder export FOLDER OUT")
        with loading(folder):
            facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            self.dim, length = int(facts["dim"]), int(facts["max_tokens"])
            self.pooling = str(facts.get("pooling", "mean"))
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 3
            options.intra_op_num_threads = 1  # a batch on each core is faster than a batch on all
            self._session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])
        self.at_once = os.cpu_count() or 1
        self._tokenizer.enable_truncation(length)
        self._tokenizer.enable_padding()
        self.identity = hash_of_files(paths)

    def _batches(self, texts: Sequence[str]) -> list[list[int]]:
        lengths: list[int] = []
        for start in range(0, len(texts), _TOKENISED):
            encoded = self._tokenizer.encode_batch_fast(list(texts[start : start + _TOKENISED]))
            lengths += [sum(entry.attention_mask) for entry in encoded]
        batches: list[list[int]] = []
        for place in sorted(range(len(texts)), key=lambda index: (lengths[index], index)):
            if not batches or (len(batches[-1]) + 1) * lengths[place] > _TOKENS_AT_ONCE:
                batches.append([])
            batches[-1].append(place)
        return batches

    def _encode_batch(self, texts: list[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([entry.ids for entry in encoded], dtype=np.int64)
        mask = np.array([entry.attention_mask for entry in encoded], dtype=np.int64)
        hidden = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        if self.pooling == "cls":
            return np.asarray(hidden[:, 0], dtype=np.float32)
        share = mask[:, :, None].astype(np.float32)
        return np.asarray((hidden * share).sum(axis=1) / np.maximum(share.sum(axis=1), 1), dtype=np.float32)


def export(source: str, out: str | Path, *, bits: int = 8, max_tokens: int = MAX_TOKENS, force: bool = False) -> Path:
    """Make an ONNX encoder of a transformer folder.

    Parameters
    ----------
    source : str
        A local folder with a transformer and a fast tokenizer, or a name on the Hub.
    out : path-like
        Folder to write.
    bits : {8, 32}
        Of the weights; 8 is dynamic quantisation per channel.
    max_tokens : int
        Texts are cut there, or where the transformer has no further positions.
    force : bool
        Replace the encoder that is there.

    Raises
    ------
    MissingExtraError
        When torch, transformers or onnx are missing.
    DataError
        When it cannot be loaded, or pools token vectors in a way that is not known.
    """
    try:
        import onnx  # noqa: F401 - onnxruntime.quantization needs it
        import torch
        from onnxruntime.quantization import QuantType, quantize_dynamic

        from claimkit.encoders.layout import most_tokens, pooling_of
        from claimkit.encoders.pooled import load_transformer
    except ImportError:
        raise MissingExtraError("onnx,transformers", "exporting an encoder") from None
    from claimkit.jsonl.folders import writing_folder

    tokenizer, model = load_transformer(source)
    pooling = pooling_of(source_of(source))
    if not getattr(tokenizer, "backend_tokenizer", None):
        raise DataError(f"'{source}' has no fast tokenizer, which ONNX encoders need")

    class Hidden(torch.nn.Module):  # type: ignore[misc]  # torch has no type information here
        """The last layer's vectors from the two inputs that all encoders take."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    example = torch.ones((2, 8), dtype=torch.long)
    axes = {name: {0: "rows", 1: "tokens"} for name in ("input_ids", "attention_mask", "hidden")}
    with writing_folder(out, force=force, marker=FACTS) as work, tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tracing warns of every Python value in a model that was not written for it
            torch.onnx.export(
                Hidden().eval(),
                (example, example),
                str(full),
                input_names=["input_ids", "attention_mask"],
                output_names=["hidden"],
                dynamic_axes=axes,
                dynamo=False,
                opset_version=17,
            )
            if bits == 8:
                quantize_dynamic(str(full), str(work / MODEL), weight_type=QuantType.QInt8, per_channel=True)
            else:
                shutil.copy(full, work / MODEL)
        tokenizer.backend_tokenizer.save(str(work / TOKENIZER))
        facts = {
            "dim": int(model.config.hidden_size),
            "max_tokens": most_tokens(model.config, tokenizer, max_tokens),
            "bits": bits,
            "source": source.removeprefix(PACKAGE) if source.startswith(PACKAGE) else Path(source).name,
        }
        if pooling != "mean":
            facts["pooling"] = pooling
        (work / FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return Path(out)
