"""The page "from zero" followed to the letter: each command as it stands, each key as it stands, each figure as it stands."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from annotating import adjudicating, running
from tab import Tab

from claimkit import load_corpus

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
if BROWSER is None:
    pytest.skip("no chromium is installed, so pages are not tested in a browser", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed, so pages are not tested in a browser")

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "from-zero.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(sh|keys)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        started = playwright.chromium.launch(executable_path=BROWSER, args=options)
        yield started
        started.close()


def _without_comment(line):
    return re.split(r"\s{3,}", line)[0]


def play(tab, block):
    for line in block.splitlines():
        for part in re.findall(r'"[^"]*"|\S+', _without_comment(line)):
            if part.startswith('"'):
                tab.type(part.strip('"'))
            else:
                tab.press(part)
            tab.page.wait_for_timeout(100)  # as fast as a quick person
        tab.saved()


def test_the_page_is_followed_to_the_letter(browser, run_cli, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "from-zero").symlink_to(ROOT / "docs" / "from-zero")
    printed = {}
    blocks = [(kind, text) for kind, text in BLOCK.findall(PAGE)]
    waiting = None
    for kind, text in blocks:
        if kind == "keys":
            command, name = waiting[1], waiting[-1]
            open_page = running if command == "annotate" else adjudicating
            with open_page(tmp_path / waiting[2], name) as program:
                tab = Tab(browser, program)
                play(tab, text)
                tab.close()
                assert tab.said == []
            if name == "anna":
                first_document_is_labelled(tmp_path / "bridge")
            continue
        for line in text.splitlines():
            words = line.split()
            if words[:2] == ["mkdir", "-p"]:
                (tmp_path / words[2]).mkdir(parents=True, exist_ok=True)
            elif words[0] == "cp":
                for name in words[1:-1]:
                    shutil.copy(tmp_path / name, tmp_path / words[-1])
            elif words[1] == "annotate" or "--page" in words:
                waiting = words
            else:
                assert words[0] == "claimkit"
                done = run_cli(*words[1:])
                assert done.status == 0, (line, done.stderr)
                printed[line] = done.stdout + done.stderr
    figures_stand_as_printed(printed)
    gold_is_what_was_decided(load_corpus(tmp_path / "bridge"))
    assert run_cli("validate", "bridge").status == 0
    assert (tmp_path / "predictions.jsonl").exists()


def first_document_is_labelled(folder):
    corpus = load_corpus(folder)
    first = [(s.speaker, s.claim, s.stance, s.chain) for s in corpus.layers["anna"].statements.values()]
    assert first == [
        ("ines-okafor", "bridge-unsafe", "support", ()),
        ("hauliers-guild", "bridge-unsafe", "oppose", ()),
        ("tomas-brandt", "closure-costs-jobs", "support", ("lindholm-post",)),
        ("residents-circle", "lorries-crack", "support", ()),
    ]
    assert [r.kind for r in corpus.layers["anna"].relations.values()] == ["denies"]


def gold_is_what_was_decided(corpus):
    stances = {corpus.annotated_text(record)[:12]: (record.stance, record.note) for record in corpus.statements("gold")}
    assert len(list(corpus.statements("gold"))) == 43
    assert stances["Whether jobs"] == ("neutral", "To say that nobody can know is to take no side.")
    assert stances["Salt, it rep"][0] == "neutral"
    assert "“Not one job" not in stances
    assert {"qualifies", "counters", "rebuts"} <= {record.kind for record in corpus.relations("gold")}


def figures_stand_as_printed(printed):
    def shown(number):
        return f"{number:.3f}".replace("0.", ".", 1).replace("-", "−") if abs(number) < 1 else f"{number:.3f}"

    agreement = printed["claimkit agreement bridge"]
    alpha = re.search(r"krippendorff_alpha\s+([\d.]+)\s+\[([\d.]+), ([\d.]+)\]\s+(\d+)", agreement).groups()
    value, low, high = (shown(float(number)) for number in alpha[:3])
    assert f"alpha is {value} [{low}, {high}], on {alpha[3]} statements" in PAGE
    relaxed = re.search(r"content\s+\d+\s+\d+\s+[\d.]+ \[[^\]]*\]\s+([\d.]+)", agreement).group(1)
    assert f"of {shown(float(relaxed))} says" in " ".join(PAGE.split())
    for name, row in (("in-domain", "articles"), ("held-out actor", "actors"), ("held-out time", "months")):
        found = re.search(
            rf"{name}\s+\d+\s+([\d.]+) \[([\d.]+), ([\d.]+)\]\s+[\d.]+ \[[^\]]*\]\s+\S+"
            r"\s+([+-][\d.]+) \[([+-][\d.]+), ([+-][\d.]+)\]",
            printed["claimkit designs bridge --layer gold"],
        )
        accuracy, low, high, lift, lower, upper = (shown(float(number)) for number in found.groups())
        expected = f"{accuracy} [{low}, {high}] | +{lift} [{lower}, {upper}] |"
        assert any(line.startswith(f"| {row}") and line.endswith(expected) for line in PAGE.splitlines()), (row, expected)
