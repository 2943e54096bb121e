"""The podium of the Fake News Challenge, re-enacted by the script that the documentation shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_podium_is_significant_over_pairs_and_a_tie_over_articles(data_dir, oracle_dir):
    files = [oracle_dir / "fnc1" / "labels_only.csv", data_dir / "fnc1" / "competition_test_stances.csv"]
    command = [
        sys.executable,
        ROOT / "scripts" / "reenact_fnc1.py",
        *files,
        "--official",
        oracle_dir / "fnc1" / "expected_systems.json",
    ]
    done = subprocess.run([*command, "--replicates", "2000"], capture_output=True, text=True, check=True)
    pairs, articles = done.stdout.split("Resampled and swapped over 904 bodies")
    for official, here in re.findall(r"(0\.8\d{3})  0?(0\.8\d{3})", done.stdout):
        assert abs(float(official) - float(here)) < 0.001
    p_values = [
        [float(row[-1]) for row in re.findall(r"− \w+ +([+-][\d.]+) +\[.*?\] +([\d.]+)", part)] for part in (pairs, articles)
    ]
    assert sum(p < 0.05 for p in p_values[0]) == 2
    assert min(p_values[1]) > 0.2
    assert len(p_values[0]) == len(p_values[1]) == 3
