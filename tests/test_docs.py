"""Documentation: whatever a user can name occurs in it, and its relative links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from claimkit.agreement import COEFFICIENTS
from claimkit.attribution import ATTRIBUTORS
from claimkit.catalog import DATASETS
from claimkit.classifiers import CLASSIFIERS
from claimkit.cli import COMMANDS
from claimkit.issues import CODES
from claimkit.metrics import METRICS

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
WORDS = "\n".join(page.read_text() for page in PAGES)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_documented(name):
    assert f"`claimkit {name}" in WORDS or f"claimkit {name} " in WORDS


@pytest.mark.parametrize("name", [*METRICS, *COEFFICIENTS, *CLASSIFIERS, *DATASETS, *ATTRIBUTORS, *CODES])
def test_everything_that_can_be_named_is_documented(name):
    assert f"`{name}`" in WORDS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_to_files(page):
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / link).exists(), link


def test_from_zero_can_be_typed_without_labelling_a_single_article(tmp_path):
    page = (ROOT / "docs" / "from-zero.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", page.partition("\n## 4 ")[0], flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if not line.startswith("claimkit annotate")]
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    program = f'set -e; claimkit() {{ "{sys.executable}" -m claimkit "$@"; }}\n'
    done = subprocess.run(["bash", "-c", program + "\n".join(lines)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.stem for path in (tmp_path / "bridge" / "layers").iterdir()) == ["anna", "ben"]


def test_the_readme_has_its_two_commands_each_on_one_line():
    text = (ROOT / "README.md").read_text()
    for marker in ("run", "test"):
        block = re.search(rf"<!-- {marker} -->\n```sh\n(.*?)```", text, flags=re.DOTALL)
        assert block is not None
        assert block.group(1).count("\n") == 1
        assert "python3 -m venv .venv" in block.group(1)


def test_what_the_readme_trains_and_evaluates_can_be_typed_in_order_and_is_scored_on_held_out_rows(tmp_path):
    part = (ROOT / "README.md").read_text().partition("**Train and predict.**")[2].partition("**From Python**")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", part, flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if not line.startswith("claimkit designs")]
    (tmp_path / "annotations").symlink_to(ROOT / "annotations")
    program = f'set -eo pipefail; claimkit() {{ "{sys.executable}" -m claimkit "$@"; }}\n'
    done = subprocess.run(["bash", "-c", program + "\n".join(lines)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "have the split 'train'" not in done.stderr
    assert done.stderr.count("|split:test|") == 2
    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["comparison.html", "report.html"]


def test_the_floors_in_the_readme_are_those_that_are_checked():
    [drawn] = re.findall(r"^```\n(cli .*?)^```", (ROOT / "README.md").read_text(), flags=re.DOTALL | re.MULTILINE)
    floors = [re.split(r" {2,}", line)[0] for line in drawn.splitlines()]
    [listed] = re.findall(
        r'^type = "layers"$.*?^layers = \[(.*?)^\]', (ROOT / "pyproject.toml").read_text(), re.DOTALL | re.MULTILINE
    )
    assert floors == re.findall(r'"(.*?)"', listed)


def test_the_matrices_of_transfer_are_the_ones_that_the_results_give():
    import importlib.util

    spec = importlib.util.spec_from_file_location("write_transfer", ROOT / "scripts" / "write_transfer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (ROOT / "docs" / "transfer.md").read_text()
    assert page.count("<!-- table: ") == len(list((ROOT / "models" / "transfer").glob("*.json"))) > 0
    assert page == module.filled(page), "run: python scripts/write_transfer.py"


def test_the_page_of_benchmarks_is_the_one_that_the_results_give():
    import importlib.util

    spec = importlib.util.spec_from_file_location("write_benchmarks", ROOT / "scripts" / "write_benchmarks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "benchmarks.md").read_text() == module.page(), "run: python scripts/write_benchmarks.py"
