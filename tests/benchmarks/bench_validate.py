"""How fast a corpus is checked, against its schema and in all its references, and how much memory that takes.

Makes a corpus in a temporary folder, checks it in a process of its own, and checks a sample of the same statements with
``json`` and ``jsonschema`` in the same run:

    python tests/benchmarks/bench_validate.py --statements 1000000
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jsonschema

from claimkit.records import Actor, Claim, Document, Span, Statement, encode
from claimkit.records.schema import json_schema

DOCUMENTS = 1000
SENTENCE = (
    "The council’s speaker {number} said on Monday that the old bridge — closed since spring — must not be torn down, "
    "whatever it costs. "
)
CHILD = """
import json, resource, sys, time
from collections import Counter
from claimkit.validate import validate
counts = Counter()
start = time.perf_counter()
issues = sum(1 for _ in validate(sys.argv[1], counts=counts))
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"issues": issues, "statements": counts["statement"], "seconds": seconds, "peak_kib": peak}))
"""


def make_corpus(folder: Path, number: int) -> int:
    """Write a corpus of so many statements; return the mean length of a line."""
    sentences = [SENTENCE.format(number=index) for index in range(40)]
    text = "".join(sentences)
    starts = [text.index(sentence) for sentence in sentences]
    with (folder / "documents.jsonl").open("wb") as file:
        file.writelines(
            encode(Document(id=f"doc-{index:05}", text=text, published="2019-02-26")) + b"\n" for index in range(DOCUMENTS)
        )
    with (folder / "actors.jsonl").open("wb") as file:
        file.writelines(
            encode(Actor(id=f"actor-{index:03}", name=f"Speaker {index}", kind="person")) + b"\n" for index in range(200)
        )
    with (folder / "claims.jsonl").open("wb") as file:
        file.writelines(encode(Claim(id=f"claim-{index:03}", text=f"Proposition {index} holds.")) + b"\n" for index in range(500))
    (folder / "corpus.toml").write_text('name = "bench"\n', encoding="utf-8")
    (folder / "layers").mkdir()
    size = 0
    with (folder / "layers" / "ann.jsonl").open("wb") as file:
        for index in range(number):
            start, words = starts[index % 40], sentences[index % 40].rstrip()
            said = start + words.index("said")
            line = encode(
                Statement(
                    id=f"statement-{index:07}",
                    document=f"doc-{index % DOCUMENTS:05}",
                    spans=(Span(start=start, end=start + len(words), text=words),),
                    speaker=f"actor-{index % 200:03}",
                    claim=f"claim-{index % 500:03}",
                    stance=("support", "oppose", "neutral", "unclear")[index % 4],
                    cue=Span(start=said, end=said + 4, text="said"),
                    chain=(f"actor-{index % 7:03}",),
                    quotation="indirect",
                    modality="asserted",
                    said="2019-02-25",
                    confidence=0.9,
                    origin="manual",
                    guideline="1.0.0",
                    created="2026-05-04T09:30:00Z",
                    annotator="ann",
                    note="The closing since spring is a fact of the text, not a claim of the speaker.",
                )
            )
            size += file.write(line + b"\n")
    return size // number


def seconds_with_jsonschema(layer: Path, sample: int) -> float:
    """Return how long ``json`` and ``jsonschema`` take for the schema alone of the first statements, per statement."""
    check = jsonschema.Draft202012Validator(json_schema(Statement)).is_valid
    with layer.open("rb") as file:
        lines = [line for line, _ in zip(file, range(sample), strict=False)]
    start = time.perf_counter()
    good = sum(check(json.loads(line)) for line in lines)
    seconds = time.perf_counter() - start
    assert good == len(lines), "jsonschema refuses statements that it should accept"
    return seconds / len(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--statements", type=int, default=200_000)
    parser.add_argument("--sample", type=int, default=2_000, help="statements that jsonschema checks")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        length = make_corpus(folder, options.statements)
        runs = []
        for _ in range(options.repeat):
            child = subprocess.run([sys.executable, "-c", CHILD, name], capture_output=True, text=True, check=True)
            runs.append(json.loads(child.stdout))
            assert runs[-1]["issues"] == 0, "the generated corpus has problems"
            assert runs[-1]["statements"] == options.statements
        other = min(seconds_with_jsonschema(folder / "layers" / "ann.jsonl", options.sample) for _ in range(options.repeat))
    best = min(run["seconds"] for run in runs)
    print(f"{options.statements:,} statements of {length} bytes, best of {options.repeat}")
    print(f"claimkit    {best:7.2f} s   {options.statements / best:9,.0f} statements/s, schema and cross-references")
    projected = other * options.statements
    print(f"jsonschema  {projected:7.2f} s   {1 / other:9,.0f} statements/s, schema only, sample of {options.sample:,}")
    print(f"ratio       {projected / best:7.1f}")
    print(f"peak memory {max(run['peak_kib'] for run in runs) / 1024:7.0f} MiB")


if __name__ == "__main__":
    main()
