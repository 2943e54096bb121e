"""Folders of fitted claim rankers: ``model.json``, ``model.safetensors`` and a card; the claims themselves are not in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

import claimkit
from claimkit.claimmatching.conditional import ConditionalLogit
from claimkit.claimmatching.features import DENSE, LEXICAL
from claimkit.claimmatching.ranker import ClaimRanker
from claimkit.encoders import load_encoder
from claimkit.errors import DataError, UsageError
from claimkit.jsonl.folders import writing_folder
from claimkit.modelfiles import (
    MANIFEST,
    TENSORS,
    FileFacts,
    decode,
    facts_of,
    pack_tensors,
    read_file,
    read_manifest,
    unpack_tensors,
)
from claimkit.records import Claim, Document

FORMAT_VERSION = 1
_LARGEST = 1 << 20
_CARD = """# {name}

Ranks the claims of a collection by whether a text repeats them: candidates by BM25{nearest}, put in order by a conditional logistic
regression on {n} features. Learnt from {queries} texts with {pairs} judged pairs; it has not been evaluated here.

```bash
claimkit match rank claims.jsonl texts.jsonl --model {name}
```

What it gives a text are candidates, not verdicts: every text gets claims, also one that repeats none of them. The folder holds data
only, JSON and safetensors, no pickle; the claims are not in it, and other claims may be ranked with it.
"""


class EncoderFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The encoder whose cosines a ranker sees."""

    spec: str
    identity: str


class RankerFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of ``model.json``.

    Attributes
    ----------
    k1, b, depth, dense_depth, C : float and int
        Parameters of :class:`~claimkit.claimmatching.ClaimRanker`.
    features : tuple of str
        In the order of the weights.
    encoder : EncoderFacts or None
    queries, pairs : int
        That it learnt from.
    tensors : dict of str to list of int
        Name to shape.
    file : FileFacts
        Of ``model.safetensors``.
    """

    format: Literal["claimkit-claim-ranker"] = "claimkit-claim-ranker"
    format_version: int = FORMAT_VERSION
    claimkit: str
    k1: float
    b: float
    depth: int
    dense_depth: int
    C: float
    features: tuple[str, ...]
    encoder: EncoderFacts | None
    queries: int
    pairs: int
    tensors: dict[str, list[int]]
    file: FileFacts


class Learnt(NamedTuple):
    """How many texts and judged pairs a ranker was fitted on, for its card."""

    queries: int
    pairs: int


def save_ranker(ranker: ClaimRanker, folder: str | Path, learnt: Learnt, *, force: bool = False) -> Path:
    """Write a fitted ranker as a folder, whole or not at all.

    Parameters
    ----------
    ranker : ClaimRanker
    folder : path-like
    learnt : Learnt
    force : bool
        Replace the model that is there.

    Raises
    ------
    UsageError
        When the ranker was not fitted, or its encoder is not one of :func:`claimkit.encoders.load_encoder`.
    DataError
        When the folder may not be replaced.
    """
    if ranker.model is None:
        raise UsageError("the ranker was not fitted, so there is nothing to save; BM25 needs no model")
    encoder = None
    if ranker.encoder is not None:
        spec, identity = getattr(ranker.encoder, "spec", None), getattr(ranker.encoder, "identity", None)
        if spec is None or identity is None:
            raise UsageError("this encoder cannot be named in a model folder; use one of claimkit.encoders.load_encoder")
        encoder = EncoderFacts(spec, identity)
    tensors = ranker.model.tensors()
    raw = pack_tensors(tensors)
    model = RankerFile(
        claimkit=claimkit.__version__,
        k1=ranker.k1,
        b=ranker.b,
        depth=ranker.depth,
        dense_depth=ranker.dense_depth,
        C=ranker.C,
        features=ranker.features,
        encoder=encoder,
        queries=learnt.queries,
        pairs=learnt.pairs,
        tensors={name: list(tensor.shape) for name, tensor in tensors.items()},
        file=facts_of(raw),
    )
    nearest = f" and by the cosine of `{encoder.spec}`" if encoder else ""
    card = _CARD.format(name=Path(folder).name, nearest=nearest, n=len(ranker.features), **learnt._asdict())
    with writing_folder(folder, force=force) as work:
        (work / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=2) + b"\n")
        (work / TENSORS).write_bytes(raw)
        (work / "README.md").write_text(card, encoding="utf-8")
    return Path(folder)


def load_ranker(folder: str | Path, claims: Sequence[Document | Claim]) -> ClaimRanker:
    """Return the ranker of a folder over a collection, after everything in the folder was checked.

    Parameters
    ----------
    folder : path-like
    claims : sequence of Document or Claim
        Any; they need not be those that it learnt with.

    Raises
    ------
    DataError
        When something is missing, damaged, or made by another version.
    UsageError
        When its encoder is not on this machine, or another one of that name is.
    """
    raw, path = read_manifest(folder, named="claimkit-claim-ranker", version=FORMAT_VERSION, make="claimkit match train")
    model: RankerFile = decode(raw, RankerFile, path)
    if model.features != (LEXICAL if model.encoder is None else LEXICAL + DENSE):
        raise DataError("it sees other features than this claimkit computes; train the model again", path=path)
    n = [len(model.features)]
    if model.tensors != {"weights": n, "mean": n, "scale": n}:
        raise DataError(f"'tensors' must be weights, mean and scale of {n[0]} numbers", path=path)
    place = Path(folder) / TENSORS
    tensors = unpack_tensors(read_file(place, model.file, largest=_LARGEST), model.tensors, place)
    encoder = None
    if model.encoder is not None:
        encoder = load_encoder(model.encoder.spec)
        if encoder.identity != model.encoder.identity:
            raise UsageError(f"the encoder '{model.encoder.spec}' is not the one that this model was fitted with; train it again")
    try:
        ranker = ClaimRanker(
            claims, k1=model.k1, b=model.b, depth=model.depth, encoder=encoder, dense_depth=model.dense_depth, C=model.C
        )
        ranker.model = ConditionalLogit.of(model.C, tensors)
    except ValueError as error:
        raise DataError(str(error), path=path) from None
    return ranker
