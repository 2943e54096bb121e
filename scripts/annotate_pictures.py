"""Makes the pictures of the pages of annotation and adjudication in docs/images; needs chromium and playwright.

Run: python scripts/annotate_pictures.py
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from annotating import adjudicating, running  # noqa: E402 - lies among the tests
from playwright.sync_api import Browser, sync_playwright  # noqa: E402 - below the line above
from tab import Tab  # noqa: E402 - lies among the tests

from claimkit import load_corpus  # noqa: E402 - below the line above
from claimkit.catalog.texts import documents_from  # noqa: E402 - likewise
from claimkit.corpus.scaffold import new_corpus  # noqa: E402 - likewise
from claimkit.jsonl import write_records  # noqa: E402 - likewise

IMAGES = ROOT / "docs" / "images"


def corpus_of_anna(folder: Path) -> Path:
    """Copy the shipped corpus, with one of its layers as the work of an annotator and another one as suggestions."""
    shutil.copytree(ROOT / "annotations" / "south-asia", folder)
    shutil.copy(ROOT / "annotations" / "guidelines" / "codebook.md", folder / "guideline.md")
    config = (folder / "corpus.toml").read_text()
    (folder / "corpus.toml").write_text(config[: config.index("[layers.model-a]")])
    for name in ("gold", "model-c"):
        (folder / "layers" / f"{name}.jsonl").unlink()
    (folder / "layers" / "model-b.jsonl").rename(folder / "layers" / "anna.jsonl")
    return folder


def main() -> None:
    """Make all pictures."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        corpus = corpus_of_anna(Path(name) / "corpus")
        with running(corpus, "anna") as program:
            for scheme, picture in (("light", "annotate.png"), ("dark", "annotate-dark.png")):
                tab = Tab(browser, program, color_scheme=scheme)
                shown(tab, 4)
                for _ in range(5 if scheme == "light" else 12):
                    tab.press("n")
                tab.page.screenshot(path=IMAGES / picture)
                if scheme == "light":
                    tab.press("Alt+4")
                    tab.page.wait_for_selector(".side")
                    tab.page.screenshot(path=IMAGES / "annotate-relations.png")
                    tab.press("Alt+0")
                tab.close()
            tab = Tab(browser, program, viewport={"width": 390, "height": 780}, has_touch=True)
            shown(tab, 4)
            tab.page.locator(".under").nth(4).tap()
            tab.page.wait_for_timeout(400)
            tab.page.screenshot(path=IMAGES / "annotate-phone.png")
            tab.close()
        items = Path(name) / "items.jsonl"
        write_records(items, load_corpus(ROOT / "annotations" / "south-asia").items())
        shutil.copy(ROOT / "annotations" / "guidelines" / "codebook.md", items.with_name("guideline.md"))
        with running(items, "anna", "--model", "south-asia-ngrams") as program:
            tab = Tab(browser, program, viewport={"width": 1200, "height": 640})
            tab.press("1", "2", "1", "3", "s", "1")
            tab.saved()
            tab.page.wait_for_timeout(300)
            tab.page.screenshot(path=IMAGES / "annotate-items.png")
            tab.close()
        pictures_of_adjudication(browser, Path(name) / "bridge")
        browser.close()
    for path in sorted([*IMAGES.glob("annotate*.png"), *IMAGES.glob("adjudicate*.png")]):
        print(path, path.stat().st_size)


def pictures_of_adjudication(browser: Browser, folder: Path) -> None:
    """Show the corpus of the page "from zero", with some cases decided."""
    source = ROOT / "docs" / "from-zero"
    new_corpus(folder, documents=documents_from([source / "texts"]))
    shutil.copytree(source / "labelled", folder, dirs_exist_ok=True)
    with adjudicating(folder, "cleo") as program:
        for scheme, picture, size in (("light", "adjudicate.png", (1280, 800)), ("dark", "adjudicate-phone.png", (390, 780))):
            tab = Tab(browser, program, color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
            tab.page.evaluate("localStorage.clear()")
            if scheme == "light":
                tab.press("1", "x", "1", "1", "2")
                tab.saved()
            tab.page.wait_for_timeout(400)
            tab.page.screenshot(path=IMAGES / picture)
            tab.close()


def shown(tab: Tab, number: int) -> None:
    """Open a document of the list."""
    tab.page.evaluate("localStorage.clear()")
    for _ in range(number - 1):
        tab.press("]")
        tab.page.wait_for_timeout(250)


if __name__ == "__main__":
    main()
