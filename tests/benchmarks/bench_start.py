"""How long the program takes to start: the shortest of several runs of each command, against a bare interpreter.

python tests/benchmarks/bench_start.py
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from claimkit.corpus.scaffold import new_corpus


def seconds(*command: str, repeat: int) -> float:
    """Return the shortest time of several runs."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        corpus = new_corpus(Path(name) / "corpus")
        bare = seconds(sys.executable, "-c", "pass", repeat=options.repeat)
        print(f"{'python -c pass':24} {bare * 1000:6.0f} ms")
        for arguments in (["--version"], ["--help"], ["validate", "--help"], ["validate", str(corpus)], ["schema", "claim"]):
            taken = seconds(sys.executable, "-m", "claimkit", *arguments, repeat=options.repeat)
            shown = " ".join("CORPUS" if argument == str(corpus) else argument for argument in arguments)
            print(f"{'claimkit ' + shown:24} {taken * 1000:6.0f} ms")


if __name__ == "__main__":
    main()
