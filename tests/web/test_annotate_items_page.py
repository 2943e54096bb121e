"""The page for flat items in a real browser: one key a label, nothing shown that would lead, nothing lost."""

from __future__ import annotations

import json
import shutil

import pytest
from annotating import running
from hostile import HOSTILE
from tab import LOW_CONTRAST, Tab

from claimkit.jsonl import write_records
from claimkit.records import Item, Prediction

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
if BROWSER is None:
    pytest.skip("no chromium is installed, so pages are not tested in a browser", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed, so pages are not tested in a browser")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        started = playwright.chromium.launch(executable_path=BROWSER, args=options)
        yield started
        started.close()


def written(folder, count=6, **more):
    path = folder / "items.jsonl"
    items = [
        Item(
            id=f"i{n}",
            text=f"Text number {n}.",
            target="The bridge must stay.",
            stance="unclear",
            scheme="claims",
            target_kind="claim",
            **more,
        )
        for n in range(count)
    ]
    write_records(path, items)
    return path


def labels(path):
    out = path.with_name("items.anna.jsonl")
    return {record["id"]: record for record in map(json.loads, out.read_text().splitlines())} if out.exists() else {}


def test_one_key_labels_an_item_and_leads_to_the_next(browser, tmp_path):
    path = written(tmp_path)
    with running(path, "anna") as program:
        tab = Tab(browser, program)
        assert "Text number 0." in tab.text("#card")
        assert tab.page.locator(".labels [aria-pressed=true]").count() == 0  # the label that the file gives is not shown
        tab.press("1", "2", "s", "3")
        tab.press("f")
        tab.press("4")
        tab.press("1")
        tab.saved()
        assert {name: record["stance"] for name, record in labels(path).items()} == {
            "i0": "support",
            "i1": "oppose",
            "i3": "neutral",
            "i4": "unclear",
            "i5": "support",
        }
        assert labels(path)["i4"]["meta"]["flagged"] is True
        tab.until("document.getElementById('card').textContent.includes('Text number 2.')")  # what was skipped comes back
        tab.press("2")
        tab.until("document.getElementById('card').textContent.includes('All items are labelled')")
        assert tab.text("#progress-words") == "6 of 6 labelled"
        assert tab.said == []
        tab.close()


def test_labels_are_taken_back_noted_undone_and_looked_at_again(browser, tmp_path):
    path = written(tmp_path)
    with running(path, "anna") as program:
        tab = Tab(browser, program)
        tab.press("1", "ArrowLeft")
        assert tab.page.locator(".labels [aria-pressed=true]").text_content().startswith("+ support")
        tab.press("i")
        tab.type("hard one")
        tab.press("Enter")
        tab.press("2")
        tab.saved()
        assert (labels(path)["i0"]["stance"], labels(path)["i0"]["meta"]["note"]) == ("oppose", "hard one")
        tab.press("Control+z")
        tab.until("document.querySelector('.labels [aria-pressed=true]')?.textContent.startsWith('+ support')")
        tab.press("Delete")
        tab.saved()
        assert labels(path) == {}
        tab.page.reload()
        tab.ready()
        tab.press("z")
        tab.until("document.getElementById('progress-words').textContent.startsWith('1 of')")
        assert labels(path)["i0"]["stance"] == "support"
        tab.page.locator("#which button", has_text="Labelled").click()
        tab.until("document.getElementById('card').textContent.includes('Text number 0.')")
        tab.close()


def test_the_focus_and_an_open_context_stay_through_a_change(browser, tmp_path):
    path = written(tmp_path, context="Some context around it.")
    with running(path, "anna") as program:
        tab = Tab(browser, program)
        focused = "document.activeElement.textContent"
        tab.page.locator("summary").focus()
        tab.press("Enter", "f")
        tab.saved()
        assert tab.page.locator("details").get_attribute("open") is not None
        assert tab.page.evaluate(focused) == "Context"
        tab.page.locator(".labels button").first.focus()
        tab.press("Enter")
        tab.until("document.getElementById('card').textContent.includes('Text number 1.')")
        tab.saved()
        assert tab.page.evaluate(focused) == "+ support1"
        assert tab.page.locator("details").get_attribute("open") is None  # of another item
        tab.press("Enter", "Enter")
        tab.saved()
        assert list(labels(path)) == ["i0", "i1", "i2"]
        tab.close()


def test_a_model_decides_the_order_and_its_opinion_is_not_shown(browser, tmp_path):
    path = written(tmp_path)
    predictions = tmp_path / "said.jsonl"
    certain = [0.9, 0.4, 0.97, 0.5, 0.99, 0.7]
    rest = [(1 - share) / 3 for share in certain]
    write_records(
        predictions,
        [
            Prediction(id=f"i{n}", stance="support", probabilities={"support": a, "oppose": b, "neutral": b, "unclear": b})
            for n, (a, b) in enumerate(zip(certain, rest, strict=True))
        ],
    )
    with running(path, "anna", "--model", str(predictions)) as program:
        tab = Tab(browser, program)
        assert "the least certain first" in tab.text(".brand")
        for name in ("i1", "i3", "i5", "i0", "i2", "i4"):
            assert name in tab.text("#card .where")
            assert tab.page.locator(".labels [aria-pressed=true]").count() == 0
            tab.press("1")
        tab.saved()
        assert len(labels(path)) == 6
        tab.close()


def test_hundreds_of_labels_in_a_row_are_fetched_ahead_and_all_saved(browser, tmp_path):
    path = written(tmp_path, 120)
    with running(path, "anna") as program:
        tab = Tab(browser, program)
        for number in range(120):
            tab.until(f"document.querySelector('#card .where')?.textContent.endsWith('i{number}')")
            tab.press(str(number % 4 + 1))
        tab.saved()
        assert [labels(path)[f"i{n}"]["stance"] for n in range(120)] == ["support", "oppose", "neutral", "unclear"] * 30
        tab.close()


def test_a_killed_server_is_said_and_the_labels_typed_meanwhile_are_saved_when_it_is_back(browser, tmp_path):
    path = written(tmp_path)
    with running(path, "anna") as program:
        tab = Tab(browser, program)
        tab.press("1")
        tab.saved()
        program.kill()
        tab.press("2", "3")
        tab.page.wait_for_selector("#saved[data-state=waiting]")
        assert "claimkit does not answer" in tab.text("#trouble")
        assert len(labels(path)) == 1
        program.start()
        tab.saved()
        assert [record["stance"] for record in labels(path).values()] == ["support", "oppose", "neutral"]
        tab.close()


def test_hostile_items_stay_texts(browser, tmp_path):
    path = tmp_path / "items.jsonl"
    write_records(
        path,
        [
            Item(id=f"i{n}", text=words, target=words, context=f"{words} {words}", scheme=("a", HOSTILE[0], HOSTILE[1]))
            for n, words in enumerate(HOSTILE)
        ],
    )
    (tmp_path / "guideline.md").write_text("\n\n".join(HOSTILE), encoding="utf-8")
    with running(path, "anna") as program:
        tab = Tab(browser, program)
        for number in range(len(HOSTILE)):
            tab.until(f"document.querySelector('#card .where')?.textContent.endsWith('i{number}')")
            tab.press(str(number % 3 + 1))
        tab.saved()
        assert tab.page.evaluate("window.broken") is None
        assert tab.page.evaluate("document.querySelectorAll('img, iframe, object, embed, form, video, base').length") == 0
        assert tab.said == []
        assert all(url.startswith(f"http://127.0.0.1:{program.port}/") for url in tab.asked)
        assert {record["stance"] for record in labels(path).values()} == {"a", HOSTILE[0], HOSTILE[1]}
        tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_fits_any_width_and_its_words_have_contrast(browser, tmp_path, width, scheme):
    with running(written(tmp_path, context="Some context around it."), "anna") as program:
        tab = Tab(browser, program, viewport={"width": width, "height": 780}, color_scheme=scheme)
        tab.press("1", "ArrowLeft", "f")
        tab.saved()
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.page.evaluate(LOW_CONTRAST) == []
        tab.close()
