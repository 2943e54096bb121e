"""The page of adjudication in a real browser: every case by keyboard alone, nothing lost, nothing executed."""

from __future__ import annotations

import json
import shutil

import pytest
from annotating import adjudicating
from dispute import line
from hostile import HOSTILE
from quarrel import relation, statement, versions_that_differ_in_every_field, write_quarrel
from tab import LOW_CONTRAST, Tab

from claimkit import load_corpus, validate

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


def layer(mark, stance, document):
    """Return a layer's records of one document; stance is what it says of the town's denial."""
    return [
        statement(f"{mark}1{document}", document, "The mill is clean, says Ann"),
        statement(f"{mark}2{document}", document, "The town denies it", "town", stance=stance),
        relation(
            f"{mark}r{document}", f"{mark}2{document}", f"{mark}1{document}", kind="denies" if stance == "oppose" else "counters"
        ),
    ]


@pytest.fixture
def folder(tmp_path):
    ann = [*layer("a", "oppose", "d0"), statement("a9", "d0", "Bob agrees with the town", "bob", stance="oppose")]
    ann += layer("a", "oppose", "d1")
    bob = [*layer("b", "neutral", "d0"), *layer("b", "oppose", "d1"), statement("b9", "d1", "Bob agrees", "bob", claim="dirty")]
    return write_quarrel(tmp_path / "quarrel", {"ann": ann, "bob": bob}, documents=2)


@pytest.fixture
def program(folder):
    with adjudicating(folder) as started:
        yield started


@pytest.fixture
def tab(browser, program):
    opened = Tab(browser, program)
    yield opened
    opened.close()
    assert opened.said == []
    assert all(url.startswith(f"http://127.0.0.1:{program.port}/") for url in opened.asked)


def question(tab):
    return tab.text("#pane .question")


def test_a_whole_corpus_is_decided_by_keyboard_alone(tab, program, folder):
    before = {path.name: path.read_bytes() for path in (folder / "layers").glob("*.jsonl")}
    assert "0 of 4 decided" in tab.text("#progress-words")
    assert question(tab).startswith("They differ on the stance")
    tab.press("i")
    tab.type("It is a denial.")
    tab.press("Enter", "1")  # ann is right
    tab.until("document.querySelector('#pane .question').textContent.includes('whether it is one')")
    tab.press("x")  # nothing here
    tab.until("document.querySelector('#pane .question').textContent.includes('kind of relation')")
    tab.press("2")  # bob is right on the relation
    tab.until("document.getElementById('doc-about').textContent.includes('d1')")
    tab.press("s", "2")  # the stance is another one than both say
    tab.saved()
    tab.until("document.querySelector('#pane .outcome').textContent.includes('oppose')")
    assert "edited" in tab.text("#pane .outcome")
    assert "4 of 4 decided" in tab.text("#progress-words")
    tab.press("n")
    tab.until("document.getElementById('pane').textContent.includes('Every case is decided')")
    tab.press("Shift+G")
    tab.page.wait_for_selector("#picker-list li")
    tab.press("1")
    tab.until("document.getElementById('say').textContent.includes('layers/gold.jsonl')")
    corpus = load_corpus(folder)
    made = {record.decided_from: record for record in corpus.statements("gold")}
    assert set(made) == {("a1d0", "b1d0"), ("a2d0", "b2d0"), ("a1d1", "b1d1"), ("a2d1", "b2d1"), ("b9",)}
    assert (made["a2d0", "b2d0"].stance, made["a2d0", "b2d0"].note) == ("oppose", "It is a denial.")
    assert made["b9",].stance == "oppose"
    assert {record.kind for record in corpus.relations("gold")} == {"counters", "denies"}
    assert {entry["by"] for entry in program.decisions.values()} == {"cleo"}
    assert {name: (folder / "layers" / name).read_bytes() for name in before} == before
    assert [str(issue) for issue in validate(folder) if issue.severity == "error"] == []


def test_keys_pressed_at_once_go_to_one_case_after_the_other_across_documents(tab, program):
    tab.press("1", "2", "1", "2")
    tab.until("document.getElementById('progress-words').textContent.startsWith('4 of 4')")
    tab.saved()
    assert [entry["take"] for entry in program.decisions.values()] == ["ann", "bob", "ann", "bob"]


def test_a_server_killed_in_mid_session_is_said_and_the_same_tab_goes_on_when_it_is_back(tab, program):
    tab.press("1")
    tab.saved()
    program.kill()
    tab.press("2")
    tab.until("document.getElementById('saved').dataset.state === 'waiting'")
    assert "Start it again" in tab.text("#trouble")
    program.start()
    tab.until("document.getElementById('saved').dataset.state === 'saved'")
    assert [entry["take"] for entry in program.decisions.values()] == ["ann", "bob"]
    tab.press("z")
    tab.until("document.getElementById('say').textContent.includes('Undone')")
    tab.saved()
    assert [entry["take"] for entry in program.decisions.values()] == ["ann"]
    tab.press("Shift+Z")
    tab.until("document.getElementById('say').textContent.includes('Done again')")
    assert [entry["take"] for entry in program.decisions.values()] == ["ann", "bob"]
    assert all("ERR_CONNECTION_REFUSED" in words for words in tab.said)
    tab.said.clear()


def test_a_second_tab_that_is_behind_is_shown_the_newest_state(browser, program):
    one, two = Tab(browser, program), Tab(browser, program)
    one.press("1")
    one.saved()
    two.press("2")
    two.until("document.getElementById('say').textContent.startsWith('Not saved')")
    assert next(iter(program.decisions.values()))["take"] == "ann"
    two.until("document.querySelector('#progress-words').textContent.startsWith('1 of 4')")
    one.close()
    two.close()


def test_annotators_words_stand_in_the_text_under_their_numbers_and_lists_can_be_narrowed(tab):
    assert sum(tag.startswith("1") for tag in tab.tags()) == 1
    tab.page.click("#filter button:has-text('relations')")
    assert tab.page.locator("#case-list .case").count() == 2  # the case at hand stays
    tab.page.click("#filter button:has-text('all')")
    tab.page.click("#case-list .case >> nth=3")
    tab.until("document.getElementById('doc-about').textContent.includes('d1')")
    assert "marked nothing here" in tab.text("#pane")
    tab.press("k")
    tab.until("document.getElementById('doc-about').textContent.includes('d0')")
    assert tab.page.locator(".arc").count() == 1
    tab.press("g")
    assert "No guideline was found" in tab.text("#pane")


def test_what_was_decided_is_seen_taken_back_and_the_reason_kept(tab, program):
    tab.press("1", "k", "i")
    tab.type("Because.")
    tab.press("Enter")
    tab.saved()
    assert next(iter(program.decisions.values()))["reason"] == "Because."
    assert tab.page.locator(".version.taken").count() == 1
    tab.press("u")
    tab.saved()
    assert program.decisions == {}


@pytest.fixture
def differing(tmp_path):
    folder = write_quarrel(tmp_path / "differing", versions_that_differ_in_every_field())
    with adjudicating(folder) as started:
        yield started


def edits(program):
    return program.decisions["a1"]["edits"]


def chosen(tab, *keys):
    """Open a list with a key, choose in it with the others, and wait until that is on disk."""
    tab.press(keys[0])
    tab.page.wait_for_selector("#picker-list li")
    tab.press(*keys[1:])
    tab.saved()


def test_fields_in_which_versions_differ_are_decided_one_by_one_by_keyboard(browser, differing):
    tab = Tab(browser, differing)
    chosen(tab, "t", "2")  # toward whom: from bob, on top of what is proposed
    assert (differing.decisions["a1"]["take"], edits(differing)) == ("edited", {"targets": {"from": "bob"}})
    assert "took what was proposed and edited it: toward (from bob)" in tab.text("#pane .outcome")
    tab.press("1")  # ann is right, all in all
    tab.saved()
    assert "edits" not in differing.decisions["a1"]
    tab.press("k")
    for key, field in (("b", "on_behalf_of"), ("v", "chain"), ("a", "addressees"), ("p", "spans")):
        chosen(tab, key, "2")
        assert edits(differing)[field] == {"from": "bob"}
    assert "Would stand" not in tab.text("#pane")
    assert tab.text("#pane .outcome blockquote") == "The town denies"
    chosen(tab, "m", "3")  # neither asserted nor left out
    assert edits(differing)["modality"] == "hedged"
    chosen(tab, "q", "ArrowDown", "Enter")
    assert edits(differing)["quotation"] == {"from": "bob"}
    tab.press("d")
    tab.type("2024-03-01")
    tab.press("Enter")
    tab.saved()
    assert edits(differing)["said"] == "2024-03-01"
    tab.press("f")  # any other field in which they differ
    tab.type("cue")
    tab.press("Enter", "2")
    tab.saved()
    assert edits(differing)["cue"] == {"from": "bob"}
    chosen(tab, "t", "1")  # ann's own, which is taken: nothing is edited there
    assert "targets" not in edits(differing)
    tab.page.focus("[data-at='speaker from bob']")
    tab.press("Enter")
    tab.until("document.querySelector('[data-at=\\'speaker from bob\\']').getAttribute('aria-pressed') === 'true'")
    tab.saved()
    assert edits(differing)["speaker"] == {"from": "bob"}
    assert tab.page.evaluate("document.activeElement.dataset.at") == "speaker from bob"  # the next one is a Tab away
    before = edits(differing)
    tab.press("z")
    tab.until("document.getElementById('say').textContent.includes('Undone')")
    assert edits(differing) == {key: value for key, value in before.items() if key != "speaker"}
    tab.press("Shift+G")
    tab.page.wait_for_selector("#picker-list li")
    tab.press("1")
    tab.until("document.getElementById('say').textContent.includes('layers/gold.jsonl')")
    (made,) = load_corpus(differing.source).statements("gold")
    assert (made.modality, made.quotation, made.said, made.cue) == ("hedged", "narrated", "2024-03-01", None)
    assert (made.chain, made.addressees, made.speaker, made.targets[0].actor) == ((), (), "town", "ann")
    assert tab.said == []
    tab.close()


def test_on_a_phone_a_value_is_taken_by_a_tap_and_what_all_say_is_not_asked(browser, differing):
    tab = Tab(browser, differing, viewport={"width": 360, "height": 780}, has_touch=True)
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.page.evaluate(LOW_CONTRAST) == []
    tab.page.locator("[data-at='modality from bob']").tap()
    tab.saved()
    assert edits(differing) == {"modality": {"from": "bob"}}
    assert tab.page.locator("[data-at='modality from ann']").get_attribute("aria-pressed") == "false"
    tab.page.locator(".row button:has-text('repeated')").tap()
    tab.page.locator("#picker-list li >> nth=1").tap()
    tab.saved()
    assert edits(differing)["duplicate_spans"] == {"from": "bob"}
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.said == []
    tab.close()


def test_fields_on_which_all_agree_are_no_buttons(tab):
    names = tab.page.evaluate("[...document.querySelectorAll('.facts button')].map((node) => node.dataset.at)")
    assert names == ["stance from ann", "stance from bob"]
    chips = tab.page.evaluate("[...document.querySelectorAll('#pane .row .chip')].map((node) => node.dataset.at)")
    assert chips == ["stance", "claim", "speaker", "modality"]
    tab.press("t")
    tab.until("document.getElementById('say').textContent.includes('nothing to choose from')")


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (1400, "dark"), (760, "light"), (360, "dark")])
def test_the_page_fits_any_width_and_its_words_have_contrast(browser, program, width, scheme):
    tab = Tab(browser, program, viewport={"width": width, "height": 780}, color_scheme=scheme)
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.page.evaluate(LOW_CONTRAST) == []
    if width == 360:
        tab.page.click(".version button >> nth=0")
        tab.saved()
        assert len(program.decisions) == 1
    tab.close()


def hostile_corpus(folder):
    (folder / "layers").mkdir(parents=True)
    words = HOSTILE
    (folder / "corpus.toml").write_text(f'name = {json.dumps(words[0])}\ntitle = "x"\n', encoding="utf-8")
    actors = [{"type": "actor", "id": f"a{n}", "name": text, "kind": "person"} for n, text in enumerate(words)]
    claims = [{"type": "claim", "id": f"c{n}", "text": text} for n, text in enumerate(words)]
    documents = [{"type": "document", "id": "d", "text": "\n".join(words), "title": words[1], "source": words[2]}]
    layers = {"ann": [], "bob": []}
    for mark, records in layers.items():
        at = 0
        for n, text in enumerate(words):
            span = {"start": at, "end": at + len(text), "text": text}
            at += len(text) + 1
            records.append(
                {
                    "type": "statement",
                    "id": f"{mark}{n}",
                    "document": "d",
                    "spans": [span],
                    "speaker": f"a{n}",
                    "claim": f"c{n}",
                    "stance": "support" if mark == "ann" else "oppose",
                    "note": text,
                }
            )
            if n:  # each answers the one before; the layers differ on how
                kind = "denies" if mark == "ann" else "counters"
                link = relation(f"{mark}r{n}", f"{mark}{n}", f"{mark}{n - 1}", kind=kind)
                records.append(link | {"evidence": span, "note": text})
    files = {"actors": actors, "claims": claims, "documents": documents, "layers/ann": layers["ann"], "layers/bob": layers["bob"]}
    for name, records in files.items():
        (folder / f"{name}.jsonl").write_text("".join(line(record) for record in records), encoding="utf-8")
    (folder / "guideline.md").write_text("\n\n".join(f"# {text}" for text in words), encoding="utf-8")
    return folder


def test_sixty_hostile_texts_in_every_field_stay_texts(browser, tmp_path):
    folder = hostile_corpus(tmp_path / "hostile")
    with adjudicating(folder, "cleo") as program:
        tab = Tab(browser, program)
        tab.page.on("dialog", lambda dialog: tab.said.append(dialog.message))
        for words in (*HOSTILE, *HOSTILE[1:]):  # a case for each statement, and one for each relation
            tab.press("i")
            tab.page.locator("#picker textarea").fill(words)
            tab.press("Enter", "c", "Escape", "w", "Escape", "j")
        tab.press("g", "?", "Escape")
        tab.page.wait_for_timeout(300)
        assert tab.page.evaluate("[window.broken, Object.prototype.broken]") == [None, None]
        made = set(tab.page.evaluate("[...document.querySelectorAll('*')].map((node) => node.tagName.toLowerCase())"))
        dangerous = "img iframe object embed video audio form base marquee math template details animate use"
        assert made.isdisjoint(dangerous.split())
        names = tab.page.evaluate("[...document.querySelectorAll('*')].flatMap((node) => node.getAttributeNames())")
        assert not any(name.startswith("on") for name in names)
        assert tab.said == []
        assert {url for url in tab.asked if not url.startswith(f"http://127.0.0.1:{program.port}/")} == set()
        tab.close()
