"""Tables on a terminal and in a pipe: words and intervals stay whole, what is the same in every row is said once, numbers agree."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

from claimkit.shipped import shipped_corpus

STYLE = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture
def on_terminal(tmp_path):
    """Run the real program on a terminal of some columns, and return what it shows."""

    def run(*arguments, columns=80):
        outer, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        program = [sys.executable, "-m", "claimkit", *map(str, arguments)]
        env = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        with subprocess.Popen(program, cwd=tmp_path, stdout=inner, stderr=subprocess.DEVNULL, env=env) as process:
            os.close(inner)
            shown = b""
            try:
                while block := os.read(outer, 65536):
                    shown += block
            except OSError:  # the other end is closed
                pass
        os.close(outer)
        assert process.returncode == 0
        return STYLE.sub("", shown.decode()).replace("\r\n", "\n")

    return run


@pytest.fixture
def two_runs(tmp_path):
    gold, a, b = [], [], []
    for n in range(60):
        stance = ("support", "oppose")[n % 2]
        groups = {"document": f"d{n // 3}"}
        gold.append({"id": f"i{n}", "text": "x", "target": "t", "stance": stance, "scheme": "claims", "groups": groups})
        a.append({"id": f"i{n}", "stance": stance if n % 5 else "neutral"})
        b.append({"id": f"i{n}", "stance": stance if n % 3 else "oppose"})
    for name, records in (("gold", gold), ("ngrams", a), ("majority-per-target", b)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return ("compare", "--gold", "gold.jsonl", "ngrams.jsonl", "majority-per-target.jsonl", "--replicates", "200")


def assert_is_whole(shown, columns, *words):
    assert max(map(len, shown.splitlines())) <= columns
    for word in words:
        assert word in shown
    assert not re.search(r"\[[^\]\s]*,?\s*\n", shown), "an interval is cut"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_comparison_can_be_read_on_a_terminal(on_terminal, two_runs, columns):
    shown = on_terminal(*two_runs, columns=columns)
    assert_is_whole(
        shown, columns, "accuracy", "95 % interval" if columns > 60 else "interval", "detectable", "majority-per-target"
    )
    assert len(re.findall(r"\[[+-]\d\.\d{4}, [+-]\d\.\d{4}\]", shown)) == 2


@pytest.mark.parametrize("columns", [50, 80])
def test_agreement_can_be_read_on_a_terminal(on_terminal, columns):
    shown = on_terminal("agreement", shipped_corpus(), "--layers", "model-a,model-b", "--replicates", "100", columns=columns)
    assert_is_whole(
        shown, columns, "percent_agreement", "krippendorff_alpha", "alpha of characters" if columns == 50 else "gwet_ac1"
    )


def test_names_of_data_sets_stay_whole_on_a_terminal(on_terminal):
    assert_is_whole(on_terminal("data", "list"), 80, "checkthat2019-t1", "ibm-claim-stance", "semeval2016-t6a")


def test_how_intervals_were_made_is_said_once_where_it_is_the_same_for_all(run_cli, two_runs):
    done = run_cli("evaluate", "gold.jsonl", "ngrams.jsonl", "--replicates", "200")
    assert done.stdout.count("cluster(document), percentile, 200") == 1
    assert "\nhow: cluster(document), percentile, 200\n" in done.stdout


def test_in_a_pipe_a_table_is_as_wide_as_its_words(tmp_path):
    code = "from claimkit.cli.output import print_table; print_table(['a' * 30] * 9, [['b' * 30] * 9])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert " ".join(["b" * 30 + "  "] * 9).strip() in done.stdout


def test_one_of_something_is_said_in_the_singular(run_cli, tmp_path):
    item = {"id": "i", "text": "x", "target": "t", "stance": "support", "scheme": "claims", "groups": {"document": "d"}}
    (tmp_path / "gold.jsonl").write_text(json.dumps(item) + "\n")
    (tmp_path / "said.jsonl").write_text('{"id":"i","stance":"support"}\n')
    (tmp_path / "t.csv").write_text("text\nx\n")
    done = run_cli("evaluate", "gold.jsonl", "said.jsonl")
    assert "1 item, 1 cluster of document" in done.stdout
    assert "1 cluster of 'document' is fewer than 10" in done.stderr
    assert "only 1 item: every number here is rough" in done.stderr
    done = run_cli("data", "convert", "t.csv", "--text", "text", "--target", "=t", "--out", "p.jsonl")
    assert "p.jsonl: 1 item (" in done.stderr
    done = run_cli("train", "--classifier", "majority", "--data", "gold.jsonl", "--out", "m")
    assert "learnt from 1 item;" in done.stderr
