"""The annotation page in a real browser: what is selected is what is saved, and nothing that was acknowledged is lost."""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import sys

import psutil
import pytest
from annotating import running
from dispute import TEXTS, line, write_corpus
from hostile import HOSTILE
from tab import LOW_CONTRAST, Tab, units

from claimkit import validate

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


@pytest.fixture
def folder(tmp_path):
    return write_corpus(tmp_path / "dispute")


@pytest.fixture
def program(folder):
    with running(folder) as started:
        yield started


@pytest.fixture
def tab(browser, program):
    opened = Tab(browser, program)
    yield opened
    opened.close()
    assert opened.said == []
    assert all(url.startswith(f"http://127.0.0.1:{program.port}/") for url in opened.asked)


def errors(folder):
    return [str(issue) for issue in validate(folder) if issue.severity == "error"]


def spans(program):
    return [[span["text"] for span in record["spans"]] for record in program.records() if record["type"] == "statement"]


def mark_two(tab):
    """Mark by mouse what Pakistan is said to do, and that it was denied."""
    for words, stance in (("Pakistan shelters the network", "1"), ("Islamabad denied it", "2")):
        tab.drag_over(TEXTS["d1"], words)
        tab.press(stance, "Enter", "Enter")
        tab.saved()


@contextlib.contextmanager
def late(tab, path="/api/change"):
    """Keep back the answers of the server until the end of the block, as a slow network does."""
    kept, is_open = [], []

    def answer(route):
        response = route.fetch()
        if is_open:
            route.fulfill(response=response)
        else:
            kept.append((route, response))

    tab.page.route(f"**{path}*", answer)
    yield
    is_open.append(True)
    for route, response in kept:
        route.fulfill(response=response)


# by mouse


def test_words_selected_with_the_mouse_become_a_statement_with_stance_speaker_and_claim(tab, program, folder):
    tab.drag_over(TEXTS["d1"], "Islamabad denied it")
    tab.page.locator(".tools button[title=oppose]").click()
    tab.page.locator("#picker-list li", has_text="Pakistan").first.click()
    tab.page.locator("#picker-list li", has_text="shelters the Haqqani network").first.click()
    tab.saved()
    record = program.records()[0]
    assert spans(program) == [["Islamabad denied it"]]
    assert (record["speaker"], record["claim"], record["stance"], record["origin"]) == ("pk", "shelter", "oppose", "manual")
    assert errors(folder) == []
    assert tab.tags() == ["A−"]


def test_space_around_the_selected_words_is_left_out_and_no_character_is_cut(tab, program):
    start = (
        TEXTS["d1"].index(" Islamabad denied it. ") if " Islamabad denied it. " in TEXTS["d1"] else TEXTS["d1"].index(" Islamabad")
    )
    tab.page.evaluate("0")
    tab.drag(start, start + len(" Islamabad denied it."))
    tab.press("Enter")
    tab.saved()
    draft = program.get("/api/document", id="d1")["document"]["marks"][0]
    assert draft["spans"][0]["text"] == "Islamabad denied it."


def test_all_that_keys_do_with_selected_words_is_done_by_mouse_too(tab, program):
    text = TEXTS["d1"]
    mark_two(tab)
    tab.press("r")
    tab.page.wait_for_selector("#picker-list li")
    tab.press("Enter", "1")
    tab.saved()
    tools = tab.page.locator(".tools")
    tab.drag_over(text, "denied it")
    tools.get_by_text("evidence").click()
    tab.saved()
    assert program.records()[-1]["evidence"]["text"] == "denied it"
    tab.page.locator(".relation .kind").click()
    tab.page.get_by_role("button", name="“denied it” ×").click()
    tab.saved()
    tab.drag_over(text, "Islamabad")
    tab.page.locator(".relation").get_by_text("evidence").click()
    tab.saved()
    assert program.records()[-1]["evidence"]["text"] == "Islamabad"
    tab.press("Escape")
    tab.drag_over(text, "Islamabad denied")
    tools.get_by_text("replace").click()
    tab.saved()
    assert spans(program)[1] == ["Islamabad denied"]
    for words in ("it must stop", "The end"):
        tab.drag_over(text, words)
        tab.press("u")
        tab.saved()
    tab.page.get_by_label("Take out: it must stop").click()
    tab.saved()
    assert [span["text"] for span in program.records()[1]["duplicate_spans"]] == ["The end"]
    tab.page.get_by_label("Take out: The end").click()
    tab.saved()
    assert "duplicate_spans" not in program.records()[1]


def test_a_right_click_does_not_stop_the_drawing_of_what_is_marked(tab):
    x, y, *_ = tab.box(0, 3)
    tab.page.mouse.move(x + 2, y)
    tab.page.mouse.down(button="right")  # its menu swallows that the button goes up
    tab.press(".", "Enter")
    tab.saved()
    assert tab.tags() == ["A·…"]
    tab.page.mouse.up(button="right")


def test_a_click_selects_the_smallest_statement_there_and_the_next_click_the_one_around_it(tab, program):
    whole = "“Pakistan shelters the network,” he said"
    for words in (whole, "shelters"):
        tab.drag_over(TEXTS["d1"], words)
        tab.press("Enter")
        tab.saved()
    tab.press("Escape", "Escape")
    x1, y1, x2, _ = tab.box(TEXTS["d1"].index("shelters") + 2, TEXTS["d1"].index("shelters") + 4)
    tab.page.mouse.click((x1 + x2) / 2, y1)
    assert "“Pakistan" not in tab.text("#pane .quoted")
    tab.page.mouse.click((x1 + x2) / 2, y1)
    assert tab.text("#pane .quoted") == whole


def test_the_text_is_not_drawn_anew_while_the_button_of_the_mouse_is_down(tab):
    text = TEXTS["d1"]
    tab.press(".", "Enter")
    tab.saved()
    start = text.index("Islamabad")
    x1, y1, x2, y2 = tab.box(start, start + len("Islamabad denied it"))
    tab.page.mouse.move(x1 + 0.5, y1)
    tab.page.mouse.down()
    tab.page.mouse.move((x1 + x2) / 2, y1, steps=3)
    kept = "[...document.querySelectorAll('#text p')].every((node) => node.isConnected && node.marked)"
    tab.page.evaluate("document.querySelectorAll('#text p').forEach((node) => { node.marked = true; })")
    tab.page.evaluate("claimkitDrawn()")  # as an answer of the server does
    assert tab.page.evaluate(kept)
    tab.page.mouse.move(x2 - 0.5, y2, steps=3)
    tab.page.mouse.up()
    assert tab.selected() == "Islamabad denied it"
    tab.until(f"!({kept})")  # now it is
    assert tab.selected() == "Islamabad denied it"


# by keyboard alone


def test_a_whole_document_is_labelled_by_keyboard_alone(tab, program, folder):
    # first statement: the next sentence but one, trimmed; stance 1; speaker by two letters; the nearest claim
    tab.press(".", ".")
    assert tab.selected() == "“Pakistan shelters the network,” he said, “and it must stop.”"
    tab.press("d", "d", "d", "d", "d", "d", "d")
    assert tab.selected() == "“Pakistan shelters the network"
    tab.press("Shift+F", "Shift+F")
    tab.press("1")
    tab.type("cam")
    tab.press("Enter")
    tab.type("hel")
    tab.press("Enter")
    # second: the sentence after it, all as suggested by the list
    tab.press(".")
    assert tab.selected() == "“Pakistan shelters the network,” he said, “and it must stop.”"
    tab.press(".", "2")
    tab.type("foreign")
    tab.press("Enter")
    tab.type("shelters")
    tab.press("Enter")
    tab.saved()
    # the second answers the first: contradicting ones stand first
    tab.press("r")
    tab.page.wait_for_selector("#picker-list li")
    assert "Cameron Munter" in tab.text("#picker-list li >> nth=0")
    tab.press("Enter", "1")
    tab.saved()
    # attributes
    tab.press("q", "q", "m")
    tab.saved()
    tab.press("t")
    tab.type("united")
    tab.press("Enter", "2")
    tab.saved()
    tab.press("b", "2")
    tab.saved()
    tab.press("Control+Enter")
    tab.until("document.getElementById('doc-about').textContent.includes('d2')")
    tab.saved()
    first, second, relation = program.records()
    assert first["spans"][0]["text"] == "“Pakistan shelters the network,”"
    assert (first["speaker"], first["claim"], first["stance"]) == ("munter", "shelter", "support")
    assert second["spans"][0]["text"] == "Islamabad denied it."
    assert (second["speaker"], second["claim"], second["stance"]) == ("mofa", "shelter", "oppose")
    assert (second["quotation"], second["modality"]) == ("indirect", "asserted")
    assert second["targets"] == [{"actor": "us", "attitude": "negative"}]
    assert second["on_behalf_of"] is None
    assert (relation["kind"], relation["source"], relation["targets"]) == ("denies", second["id"], [first["id"]])
    assert program.get("/api/corpus")["documents"][0]["done"] is True
    assert errors(folder) == []


def test_the_caret_moves_by_character_word_line_and_paragraph_and_extends(tab):
    text = TEXTS["d1"]
    tab.press("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")
    assert tab.selected() == text[2:4]
    tab.press("Control+ArrowRight", "Shift+Control+ArrowRight")
    assert tab.selected() == " spoke"
    tab.press("Control+Home", "Shift+Control+ArrowDown")
    assert tab.selected().strip("\n") == "The ambassador spoke on Friday."
    tab.press("Control+Home", "End", "Shift+Control+ArrowLeft")
    assert tab.selected() == "Friday."
    tab.press("Control+End", "Shift+Control+ArrowLeft")
    assert tab.selected() == "end."
    tab.press("Control+Home", "Control+Home", "ArrowDown", "ArrowDown", "Shift+End")
    assert tab.selected().endswith("denied it.")
    tab.press("Escape")
    assert tab.selected() == ""


def test_sentences_and_clauses_are_selected_by_one_key_and_added_by_another(tab):
    for keys, expected in [
        (";", "The ambassador spoke on Friday."),
        (";", "“Pakistan shelters the network,”"),
        (";", "he said"),
        (";", "“and it must stop.”"),
        (",", "The ambassador spoke on Friday."),
        (".", "“Pakistan shelters the network,” he said, “and it must stop.”"),
        ("Escape", ""),
        (",", "“Pakistan shelters the network,” he said, “and it must stop.”"),
        (">", "“Pakistan shelters the network,” he said, “and it must stop.” Islamabad denied it."),
    ]:
        tab.press(keys)
        assert tab.selected() == expected
    tab.press("Escape", "Control+Home", ";", ";", ":")
    assert tab.selected() == "“Pakistan shelters the network,” he said"


def test_the_ends_of_a_statement_are_moved_by_word_after_it_was_marked(tab, program):
    tab.press(".", ".", ".", "Enter")
    tab.saved()
    for keys, expected in [
        ("d", "Islamabad denied it"),
        ("d", "Islamabad denied"),
        ("s", "denied"),
        ("a", "Islamabad denied"),
        ("f", "Islamabad denied it"),
        ("Shift+F", "Islamabad denied it."),
        ("Shift+S", "slamabad denied it."),
    ]:
        tab.press(keys)
        tab.saved()
        assert program.get("/api/document", id="d1")["document"]["marks"][0]["spans"][0]["text"] == expected


def test_letters_typed_at_once_after_a_digit_go_into_the_list_not_into_shortcuts(tab, program):
    tab.press(".")
    tab.page.evaluate(
        """() => {
            const event = new KeyboardEvent("keydown", {key: "1", bubbles: true, cancelable: true});
            document.getElementById("text").dispatchEvent(event);
        }"""
    )
    assert tab.page.evaluate("document.activeElement.getAttribute('role')") == "combobox"  # without waiting for the server


# spans that overlap, nest, cross, and have gaps


def test_overlapping_nested_and_crossing_statements_have_lines_of_their_own(tab, program, folder):
    text = TEXTS["d1"]
    for words, key in [
        ("“Pakistan shelters the network,” he said", "1"),
        ("the network,” he said, “and it must", "2"),
        ("shelters", "3"),
    ]:
        tab.drag_over(text, words)
        tab.press(key, "Enter", "Enter")
        tab.saved()
    assert sorted(spans(program)) == sorted(
        [["“Pakistan shelters the network,” he said"], ["the network,” he said, “and it must"], ["shelters"]]
    )
    assert tab.tags() == ["A+", "B○", "C−"]
    lines = tab.page.evaluate(
        """[...document.querySelectorAll(".under")].map((node) => [
            node.textContent, getComputedStyle(node).backgroundPosition.split(", ").map((place) => place.trim()),
        ])"""
    )
    for words, places in lines:
        assert len(set(places)) == len(places), words  # no line runs over another
    shared = {words: len(places) for words, places in lines}
    assert shared["the network,” he said"] == 2
    assert shared["shelters"] == 2
    assert errors(folder) == []


def test_a_statement_can_have_a_gap_and_lose_a_part_again(tab, program):
    text = TEXTS["d1"]
    tab.drag_over(text, "Pakistan shelters the network")
    tab.press("1", "Enter", "Enter")
    tab.saved()
    tab.drag_over(text, "it must stop")
    tab.press("j")
    tab.saved()
    assert spans(program) == [["Pakistan shelters the network", "it must stop"]]
    assert tab.tags() == ["A+"]
    tab.page.locator(".spans .cross").first.click()
    tab.saved()
    assert spans(program) == [["it must stop"]]


@pytest.mark.parametrize(("speaker", "words"), [("united", "for itself"), ("munter", "by his role on that day")])
def test_a_state_speaks_for_itself_and_a_person_by_his_role(tab, speaker, words):
    tab.drag_over(TEXTS["d1"], "Pakistan shelters the network")
    tab.press("1")
    tab.type(speaker)
    tab.press("Enter", "Enter")
    tab.saved()
    assert words in tab.text("#pane")


def test_cue_speaker_words_repeated_words_and_evidence_come_from_the_selection(tab, program):
    text = TEXTS["d1"]
    mark_two(tab)
    for words, key in [("denied", "k"), ("Islamabad", "o"), ("it must stop", "u")]:
        tab.drag_over(text, words)
        tab.press(key)
        tab.saved()
    tab.press("r")
    tab.page.wait_for_selector("#picker-list li")
    tab.press("Enter", "1")
    tab.saved()
    tab.drag_over(text, "denied it")
    tab.press("e")
    tab.saved()
    statement, relation = program.records()[1:]
    assert (statement["cue"]["text"], statement["speaker_span"]["text"]) == ("denied", "Islamabad")
    assert [span["text"] for span in statement["duplicate_spans"]] == ["it must stop"]
    assert relation["evidence"]["text"] == "denied it"


# scripts

SCRIPTS = {
    "emoji": "👩‍👩‍👧 The 🇵🇰 envoy said “no 👍🏽 deal” 𝕏 today.",
    "urdu": "وزیر نے کہا کہ «پل رہنا چاہیے» لیکن کونسل نے اس سے انکار کیا۔",
    "hindi": "मंत्री ने कहा कि “पुल रहना चाहिए” लेकिन क्षिप्र परिषद ने इससे इनकार किया।",
    "combining": "Cafe\u0301 owner Zoe\u0308 said nai\u0308ve things\r\nand le\u0301ft.",
}
CHOSEN = {
    "emoji": ["👩‍👩‍👧 The 🇵🇰 envoy", "no 👍🏽 deal", "𝕏 today"],
    "urdu": ["پل رہنا چاہیے", "کونسل نے اس سے انکار"],
    "hindi": ["पुल रहना चाहिए", "क्षिप्र परिषद"],
    "combining": ["Cafe\u0301", "nai\u0308ve things\r\nand le\u0301ft"],
}


@pytest.fixture
def many_scripts(tmp_path):
    documents = [
        {"type": "document", "id": name, "text": text, "lang": {"urdu": "ur", "hindi": "hi"}.get(name, "en")}
        for name, text in SCRIPTS.items()
    ]
    return write_corpus(
        tmp_path / "scripts",
        documents=documents,
        gold=line(statement_in("emoji", "no")),
        ann=line(statement_in("urdu", "وزیر", "u1")),
    )


def statement_in(document, words, name="g1"):
    start = SCRIPTS[document].index(words)
    span = {"start": start, "end": start + len(words), "text": words}
    record = {
        "type": "statement",
        "id": name,
        "document": document,
        "spans": [span],
        "speaker": "us",
        "claim": "stop",
        "stance": "support",
    }
    return record | ({"decided_from": ["u1"]} if name == "g1" else {})


def test_what_is_selected_in_any_script_is_what_python_slices(browser, many_scripts):
    with running(many_scripts) as program:
        tab = Tab(browser, program)
        for name, text in SCRIPTS.items():
            tab.page.locator("#doc-list button", has_text=name).first.click()
            tab.until("(name) => document.getElementById('doc-about').textContent.includes(name)", name)
            for words in CHOSEN[name]:
                start = units(text[: text.index(words)])
                tab.page.evaluate("([start, end]) => claimkitSelect(start, end)", [start, start + units(words)])
                tab.press("1", "Enter", "Enter")
                tab.saved()
        found = {}
        for record in program.records():
            for span in record["spans"]:
                assert SCRIPTS[record["document"]][span["start"] : span["end"]] == span["text"]
                found.setdefault(record["document"], []).append(span["text"])
        assert found == CHOSEN
        assert errors(many_scripts) == []
        tab.close()


def test_a_mouse_selection_in_right_to_left_text_and_among_emoji_is_what_is_saved(browser, many_scripts):
    with running(many_scripts) as program:
        tab = Tab(browser, program)
        for name, words in [("urdu", "کونسل"), ("emoji", "no 👍🏽 deal"), ("hindi", "परिषद")]:
            tab.page.locator("#doc-list button", has_text=name).first.click()
            tab.until("(name) => document.getElementById('doc-about').textContent.includes(name)", name)
            start = units(SCRIPTS[name][: SCRIPTS[name].index(words)])
            x1, y1, x2, y2 = tab.box(start, start + units(words))
            if name == "urdu":  # the first character is on the right
                x1, x2 = tab.box(start, start + 1)[2], tab.box(start + units(words) - 1, start + units(words))[0]
            tab.page.mouse.move(x1, y1)
            tab.page.mouse.down()
            tab.page.mouse.move(x2, y2, steps=4)
            tab.page.mouse.up()
            shown = tab.selected()
            tab.press("1", "Enter", "Enter")
            tab.saved()
            span = program.records()[-1]["spans"][0]
            assert span["text"] == SCRIPTS[name][span["start"] : span["end"]] == shown.strip() == words
        tab.close()


def test_arrow_keys_go_the_way_they_point_and_never_into_a_character(browser, many_scripts):
    with running(many_scripts) as program:
        tab = Tab(browser, program)
        tab.press("Shift+ArrowRight")
        assert tab.selected() == "👩‍👩‍👧"
        tab.press("ArrowRight", "Control+ArrowRight", "ArrowRight", "Shift+ArrowRight")
        assert tab.selected() == "🇵🇰"
        tab.press("]")
        tab.until("document.getElementById('doc-about').textContent.includes('urdu')")
        tab.press("Shift+Control+ArrowLeft")
        assert tab.selected() == "وزیر"
        tab.press("ArrowLeft", "ArrowRight", "Shift+ArrowLeft")
        assert len(tab.selected()) >= 1
        tab.close()


# undo


def test_undo_and_redo_go_on_after_a_reload_and_after_a_restart(tab, program):
    tab.press(".", "1", "Enter", "Enter")
    tab.saved()
    tab.press("3")
    tab.saved()
    tab.page.reload()
    tab.ready()
    tab.press("Control+z")
    tab.saved()
    tab.until("document.querySelector('.under').dataset.tag === 'A+'")
    program.kill()
    program.start()
    tab.open()
    tab.press("z", "z", "z")
    tab.until("!document.querySelector('.under')")
    tab.saved()
    assert program.records() == []
    for expected in ("A+…", "A+…", "A+", "A○"):
        tab.press("Control+Shift+z")
        tab.until("(tag) => document.querySelector('.under')?.dataset.tag === tag", expected)
    tab.saved()
    assert program.records()[0]["stance"] == "neutral"


# durability


def test_a_server_killed_in_mid_session_is_said_and_the_same_tab_goes_on_when_it_is_back(tab, program, folder):
    tab.press(".", "1", "Enter", "Enter")
    tab.saved()
    program.kill()
    tab.press("2")
    tab.page.wait_for_selector("#saved[data-state=waiting]")
    assert tab.text("#saved") == "Not saved"
    assert "claimkit does not answer" in tab.text("#trouble")
    assert program.records()[0]["stance"] == "support"
    program.start()
    tab.saved()
    assert program.records()[0]["stance"] == "oppose"
    assert tab.page.locator("#trouble").is_hidden()
    tab.until("document.querySelector('.under').dataset.tag === 'A−'")
    assert errors(folder) == []
    tab.said = [
        words
        for words in tab.said
        if "ERR_CONNECTION_REFUSED" not in words and "ERR_EMPTY_RESPONSE" not in words and "RESET" not in words
    ]


def test_a_change_made_by_a_server_that_died_before_it_answered_is_made_once(tab, program):
    tab.page.route("**/api/change", lambda route: (route.fetch(), route.abort())[1], times=1)  # the answer is lost on the way
    tab.press(".", "Enter")
    tab.page.wait_for_selector(".under")
    tab.saved()
    assert len(program.get("/api/document", id="d1")["document"]["marks"]) == 1
    tab.said = [words for words in tab.said if "ERR_FAILED" not in words]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are set on Linux only")
def test_a_full_disk_is_said_and_the_change_is_saved_when_there_is_room(tab, program, folder):
    tab.press(".", "1", "Enter", "Enter")
    tab.saved()
    program.limit_files(64)
    tab.press("2")
    tab.page.wait_for_selector("#saved[data-state=waiting]")
    assert "file too large" in tab.text("#trouble")
    assert "Make room" in tab.text("#trouble")
    assert program.records()[0]["stance"] == "support"
    assert errors(folder) == []
    program.limit_files(None)
    tab.saved()
    assert program.records()[0]["stance"] == "oppose"
    tab.said = [words for words in tab.said if "507" not in words]


def test_a_browser_killed_after_saved_was_shown_has_lost_nothing(browser, program):
    own = "--claimkit-test-of-a-killed-browser"  # by which its processes are known
    other = browser.browser_type.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-background-networking", own])
    tab = Tab(other, program)
    tab.press(".", "1", "Enter", "Enter")
    tab.saved()
    mine = [process for process in psutil.Process().children(recursive=True) if own in command_of(process)]
    assert mine
    for process in mine:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    assert program.records()[0]["stance"] == "support"
    tab = Tab(browser, program)
    assert tab.tags() == ["A+"]
    tab.close()


def command_of(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_two_tabs_never_overwrite_each_other(browser, program):
    one, two = Tab(browser, program), Tab(browser, program)
    one.press(".", "1", "Enter", "Enter")
    one.saved()
    two.page.evaluate("window.dispatchEvent(new Event('focus'))")
    two.page.wait_for_selector(".under")
    two.press("n")
    one.press("2")
    one.saved()
    two.press("3")  # it has not seen the other tab's stance
    two.until("document.getElementById('say').textContent.startsWith('Not saved: another tab has changed')")
    assert program.records()[0]["stance"] == "oppose"
    assert two.tags() == ["A−"]  # what stands there now
    two.press("3")
    two.saved()
    assert program.records()[0]["stance"] == "neutral"
    assert any("409" in words for words in two.said)
    one.close()
    two.close()


@pytest.mark.parametrize("leaves", [True, False])
def test_news_that_come_late_bring_back_neither_an_older_state_nor_a_document_that_was_left(browser, program, leaves):
    one, two = Tab(browser, program), Tab(browser, program)
    if not leaves:
        two.press("]")
        two.until("document.getElementById('doc-about').textContent.includes('d2')")
    one.press(".", "1", "Enter", "Enter")
    one.saved()
    with two.page.expect_response("**/api/corpus*"), late(two, "/api/corpus"):
        with two.page.expect_request("**/api/corpus*"):
            two.page.evaluate("window.dispatchEvent(new Event('focus'))")
        if leaves:
            two.press("]")
            two.until("document.getElementById('doc-about').textContent.includes('d2')")
        else:
            two.press(".", "1", "Enter", "Enter")
            two.saved()
    two.idle()
    assert "d2" in two.text("#doc-about")
    assert two.tags() == ([] if leaves else ["A+"])
    one.close()
    two.close()


def test_two_annotators_at_once_work_blind_on_their_own_layers(browser, folder):
    with running(folder, "anna") as anna, running(folder, "ben") as ben:
        one, two = Tab(browser, anna), Tab(browser, ben)
        one.press(".", "1", "Enter")
        one.type("A brand new claim about rivers")
        one.press("Enter")
        one.until("document.getElementById('picker-title')?.textContent.startsWith('Does it contradict')")
        one.press("Enter")
        one.saved()
        two.press(".", "2", "Enter", "Enter")
        two.saved()
        two.press("c")
        two.type("brand new")
        two.page.wait_for_selector("#picker-list li")
        two.press("Escape")
        assert len(anna.records()) == len(ben.records()) == 1
        assert two.tags() == ["A−"]
        assert errors(folder) == []
        one.close()
        two.close()


# answers that come late, or never

REFUSED = {"status": 422, "content_type": "application/json", "body": json.dumps({"error": "the disk is haunted"})}


def test_what_is_chosen_goes_to_the_statement_asked_about_though_another_was_marked_meanwhile(tab, program):
    tab.press(".", "1", "Enter", "Enter")
    tab.saved()
    with late(tab):
        tab.press(".", "Enter")  # a second statement, whose answer is late
        tab.press("n", "w")
        assert tab.text("#picker .quoted") == "The ambassador spoke on Friday."
    tab.saved()
    assert tab.text("#pane .quoted") == "The ambassador spoke on Friday."  # the user has gone there since
    tab.type("haqqani")
    tab.press("Enter")
    tab.saved()
    assert program.records()[0]["speaker"] == "network"
    draft = program.get("/api/document", id="d1")["document"]["marks"][1]
    assert "speaker" not in draft


def test_a_speaker_chosen_while_a_suggestion_is_being_accepted_goes_to_that_one(browser, folder):
    with running(folder, "ann2", "--suggestions", "ann") as program:
        tab = Tab(browser, program)
        tab.press("n")
        with late(tab):
            tab.press("Enter", "w")
            quoted = tab.text("#picker .quoted")
        tab.saved()
        tab.type("haqqani")
        tab.press("Enter")
        tab.saved()
        (record,) = program.records()
        assert " … ".join(span["text"] for span in record["spans"]) == quoted
        assert (record["speaker"], record["meta"]["suggestion"]["id"]) == ("network", "ann-s1")
        assert tab.said == []
        tab.close()


def test_quick_marks_are_selected_one_after_the_other(tab):
    with late(tab):
        tab.press(".", "Enter", ".", "Enter")
    tab.until("document.querySelectorAll('.under').length === 2")
    tab.saved()
    assert tab.text("#pane .quoted").startswith("“Pakistan shelters")


def test_a_refused_mark_is_not_called_saved_and_asks_for_no_speaker(tab, program):
    tab.page.route("**/api/change", lambda route: route.fulfill(**REFUSED), times=1)
    tab.press(".", "1")
    tab.page.wait_for_selector("#saved[data-state=refused]")
    tab.until("document.getElementById('picker').hidden")
    assert "the disk is haunted" in tab.text("#trouble")
    tab.press(".", "1", "Enter", "Enter")
    tab.saved()
    assert tab.page.locator("#trouble").is_hidden()
    assert len(program.records()) == 1
    tab.said = [words for words in tab.said if "422" not in words]


def test_in_the_stance_pass_each_digit_is_on_a_statement_of_its_own_however_slow_the_disk(tab, program):
    for number in range(1, 4):
        tab.press(".", "Enter")
        tab.until(f"document.querySelectorAll('.under').length === {number}")
    tab.saved()
    tab.press("Alt+2")
    with late(tab):
        tab.press("1", "2", "3")  # before the first answer
    tab.saved()
    stances = [mark["stance"] for mark in program.get("/api/document", id="d1")["document"]["marks"]]
    assert stances == ["support", "oppose", "neutral"]


def test_a_stance_that_is_refused_is_asked_for_again(tab, program):
    for number in (1, 2):
        tab.press(".", "Enter")
        tab.until(f"document.querySelectorAll('.under').length === {number}")
    tab.saved()
    tab.press("Alt+2")
    tab.page.route("**/api/change", lambda route: route.fulfill(**REFUSED), times=1)
    tab.press("1")
    tab.page.wait_for_selector("#saved[data-state=refused]")
    tab.press("2")
    tab.saved()
    tab.press("3")
    tab.saved()
    stances = [mark["stance"] for mark in program.get("/api/document", id="d1")["document"]["marks"]]
    assert stances == ["neutral", "oppose"]
    tab.said = [words for words in tab.said if "422" not in words]


def test_a_refusal_stays_on_the_screen_when_a_later_change_is_cancelled(tab, program):
    tab.press(".", "Enter")
    tab.saved()
    tab.press("Alt+2")
    tab.page.route("**/api/change", lambda route: route.fulfill(**REFUSED), times=1)
    tab.press("1")  # in this pass something follows that sends nothing
    tab.page.wait_for_selector("#saved[data-state=refused]")
    tab.press("n")
    tab.page.evaluate("new Promise((done) => setTimeout(done, 0))")
    assert tab.text("#saved") == "Not saved"
    assert "the disk is haunted" in tab.text("#trouble")
    tab.press("1")
    tab.saved()
    tab.said = [words for words in tab.said if "422" not in words]


def test_a_fault_in_drawing_does_not_send_a_change_again(tab, program):
    sent = []
    tab.page.on("request", lambda request: sent.append(request.url) if "/api/change" in request.url else None)
    tab.page.evaluate("document.getElementById('progress').id = 'gone'")
    tab.press(".", "Enter")
    tab.saved()
    tab.press(".", "Enter")
    tab.saved()
    assert tab.text("#saved") == "Saved"
    assert len(sent) == len(program.get("/api/document", id="d1")["document"]["marks"]) == 2
    assert all("Cannot set properties of null" in words for words in tab.said)
    assert tab.said
    tab.said = []


# actors and claims made on the spot


def test_something_nearly_the_same_is_offered_before_a_second_one_is_made(tab, program, folder):
    tab.press(".", "1")
    tab.type("The Foreign Ofice")
    tab.press("Enter")
    tab.until("document.getElementById('picker-title')?.textContent === 'There is something very similar'")
    tab.press("Enter")
    tab.type("Pakistan has not done enough against the network")
    tab.until("document.querySelector('#picker-list li').textContent.includes('New claim')")
    tab.press("Enter")
    tab.until("document.getElementById('picker-title')?.textContent === 'There is something very similar'")
    tab.press("2")
    tab.until("document.getElementById('picker-title')?.textContent.startsWith('Does it contradict')")
    tab.type("has done enough")
    tab.press("Enter")
    tab.saved()
    record = program.records()[0]
    assert record["speaker"] == "mofa"
    assert record["claim"] == "pakistan-has-not-done-enough-against-the-network"
    made = json.loads((folder / "claims.jsonl").read_text().splitlines()[-1])
    assert made["contradicts"] == ["enough"]
    tab.press("w")
    tab.type("Zalmay Khalilzad")
    tab.press("Enter")
    tab.until("document.getElementById('picker-title')?.textContent.startsWith('What is')")
    tab.type("pers")
    tab.press("Enter")
    tab.saved()
    assert program.records()[0]["speaker"] == "zalmay-khalilzad"
    assert errors(folder) == []


# suggestions


def test_suggestions_are_accepted_edited_and_rejected_by_one_key_and_can_be_hidden(browser, folder):
    with running(folder, "ann2", "--suggestions", "ann") as program:
        tab = Tab(browser, program)
        assert tab.tags() == ["✦1+", "✦2+", "✦3−"]
        assert "3 suggestions by ann" in tab.text("#pane")
        tab.press("n", "Enter")
        tab.saved()
        assert program.records()[0]["origin"] == "accepted"
        assert program.records()[0]["meta"]["suggestion"] == {"layer": "ann", "id": "ann-s1"}
        tab.until("document.querySelector('#pane h2').textContent.includes('Suggested')")
        tab.press("3")  # another stance: accepted and edited at once
        tab.saved()
        assert [record["origin"] for record in program.records()] == ["accepted", "edited"]
        tab.press("n")
        tab.until("document.querySelector('#pane h2').textContent.includes('Suggested')")
        tab.press("Delete")
        tab.saved()
        tab.until("![...document.querySelectorAll('.under')].some((node) => (node.dataset.tag ?? '').includes('✦'))")
        tab.press("Control+z")
        tab.until("[...document.querySelectorAll('.under')].some((node) => (node.dataset.tag ?? '').includes('✦'))")
        tab.press("h")
        assert not any("✦" in tag for tag in tab.tags())
        assert errors(folder) == []
        assert tab.said == []
        tab.close()


def test_what_a_suggestion_leaves_open_is_asked_for_before_it_is_a_label(browser, folder, run_cli):
    assert run_cli("suggest", str(folder), "--layer", "rules").status == 0
    with running(folder, "ann2", "--suggestions", "rules") as program:
        tab = Tab(browser, program)
        tab.press("n")
        tab.until("document.querySelector('#pane h2').textContent.includes('Suggested')")
        assert "not-annotated" not in tab.text("#pane")
        assert "not annotated" not in tab.text("#pane")
        tab.press("Enter")
        tab.until("document.getElementById('picker-title') !== null || document.querySelector('.draft') !== null")
        assert program.records() == []  # it lacks a claim, so it is no label yet
        tab.press("Escape", "Shift+N")
        tab.until("document.querySelector('.draft') !== null")
        tab.press("1")
        tab.until("document.getElementById('picker-title') !== null")
        while not program.records():
            assert "not annotated" not in tab.text("#picker-list")
            tab.press("Enter")
            tab.page.wait_for_timeout(200)
        assert "not-annotated" not in json.dumps(program.records())
        tab.close()


def test_a_blind_document_says_that_it_shows_no_suggestions(browser, folder):
    with running(folder, "ann2", "--suggestions", "ann", "--blind-share", "1") as program:
        tab = Tab(browser, program)
        assert tab.tags() == []
        assert "No suggestions are shown in this document, on purpose" in tab.text("#pane")
        tab.close()


def test_a_document_worked_on_with_suggestions_hidden_counts_as_blind(browser, folder, run_cli):
    def blind():
        done = run_cli("annotate", str(folder), "--annotator", "ann2", "--suggestions", "ann", "--summary", "--json")
        return [entry["id"] for entry in json.loads(done.stdout)["documents"] if entry["blind"]]

    with running(folder, "ann2", "--suggestions", "ann") as program:
        tab = Tab(browser, program)
        tab.press("h", "]")  # those of d1 were seen for a moment
        tab.until("document.getElementById('doc-about').textContent.includes('d2')")
        tab.press("Alt+1", "Alt+0")  # they stay hidden in every pass
        tab.page.wait_for_timeout(1500)
        with tab.page.expect_response("**/api/time"):
            tab.press("[")
        tab.until("document.getElementById('doc-about').textContent.includes('d1')")
        assert blind() == ["d2"]
        tab.press("]")
        tab.until("document.getElementById('doc-about').textContent.includes('d2')")
        with tab.page.expect_response("**/api/time"):
            tab.press("h")
        assert any("✦" in tag for tag in tab.tags())
        assert blind() == []
        assert tab.said == []
        tab.close()


def test_hidden_suggestions_are_said_in_the_pane_in_every_document_and_shown_again_by_a_click(browser, folder):
    with running(folder, "ann2", "--suggestions", "ann") as program:
        tab = Tab(browser, program)
        tab.press("h", "]")
        tab.until("document.getElementById('doc-about').textContent.includes('d2')")
        assert "Suggestions are hidden, 1 in this document." in tab.text("#pane")
        tab.press("l")
        assert "Suggestions are hidden" in tab.text("#pane")
        tab.page.get_by_role("button", name="Show them").click()
        assert "Suggestions are hidden" not in tab.text("#pane")
        assert tab.tags() == ["✦1+"]
        tab.close()


# passes


def test_the_passes_lead_through_marking_stance_claims_and_relations(tab, program, folder):
    tab.press("Alt+1")
    for _ in range(2):
        tab.press(".")
    tab.press("Enter", ".", "Enter", ".", "Enter")
    tab.saved()
    assert len(program.get("/api/document", id="d1")["document"]["marks"]) == 3
    assert program.records() == []
    tab.press("Alt+2")
    for key in "12":
        tab.press(key)
        tab.saved()
    tab.press("3")
    tab.saved()
    assert [mark["stance"] for mark in program.get("/api/document", id="d1")["document"]["marks"]] == [
        "support",
        "oppose",
        "neutral",
    ]
    tab.press("Alt+3")
    for speaker in ("cameron", "foreign", "united"):
        tab.until("document.getElementById('picker-title')?.textContent === 'Who says it?'")
        tab.type(speaker)
        tab.press("Enter")
        tab.type("shelters the haq")
        tab.press("Enter")
        tab.saved()
    tab.until("document.getElementById('picker').hidden")
    assert [record["speaker"] for record in program.records()] == ["munter", "mofa", "us"]
    tab.press("Alt+4")
    tab.until("document.getElementById('pane').textContent.includes('Pair 1 of 1: opposite stance on the same claim')")
    tab.press("y")
    tab.saved()
    assert program.records()[-1]["kind"] == "denies"
    assert "No pair of statements is left" in tab.text("#pane")
    tab.press("Control+z")
    tab.until("document.getElementById('pane').textContent.includes('Pair 1 of 1')")
    tab.press("n")
    tab.saved()
    assert "No pair of statements is left" in tab.text("#pane")
    assert errors(folder) == []


# documents, search, guideline, keys


def test_documents_are_listed_filtered_searched_and_their_progress_is_shown(tab, program):
    assert tab.text("#progress-words") == "0 of 2 documents done"
    tab.press("!")
    tab.saved()
    tab.press("Control+Enter")
    tab.until("document.getElementById('progress-words').textContent === '1 of 2 documents done'")
    tab.page.locator("#doc-filter button", has_text="open").click()
    assert tab.page.locator("#doc-list li").count() == 1
    tab.page.locator("#doc-filter button", has_text="flagged").click()
    assert "d1" in tab.text("#doc-list")
    tab.page.locator("#doc-filter button", has_text="all").click()
    tab.press("/")
    tab.type("shelters")
    tab.until("document.querySelector('#found mark')?.textContent === 'shelters'")  # each key asks anew
    tab.page.locator("#found button").first.click()
    tab.until("document.getElementById('doc-about').textContent.includes('d1')")
    assert tab.selected() == "shelters"


def test_a_document_whose_text_is_withheld_says_so(browser, tmp_path):
    documents = [
        {"type": "document", "id": f"d{n}", "text": TEXTS.get(f"d{n}")} | ({} if n < 3 else {"text_sha256": "0" * 64})
        for n in (1, 2, 3)
    ]
    folder = write_corpus(tmp_path / "withheld", documents=documents)
    with running(folder) as program:
        tab = Tab(browser, program)
        tab.press("]", "]")  # quick keys add up
        tab.until("document.getElementById('doc-about').textContent.includes('d3')")
        assert tab.page.locator("#withheld").is_visible()
        tab.press(".", "1")
        assert "Select words" in tab.text("#say")
        assert tab.said == []
        tab.close()


def test_the_guideline_stands_beside_the_text(browser, folder):
    (folder / "guideline.md").write_text(
        "# Rules\n\nA **stance** is toward the *claim*.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | `x` |\n"
    )
    with running(folder) as program:
        tab = Tab(browser, program)
        tab.press("g")
        assert tab.page.locator("#pane .prose h2").text_content() == "Rules"
        assert tab.page.locator("#pane .prose strong").text_content() == "stance"
        assert tab.page.locator("#pane .prose li").count() == 2
        assert tab.page.locator("#pane .prose td").count() == 2
        tab.press("g")
        assert tab.page.locator("#pane .prose").count() == 0
        tab.close()


def test_the_sheet_shows_every_key_and_letters_can_be_confined_to_the_text(tab, program):
    tab.press("?")
    sheet = tab.text("dialog.sheet")
    for words in ("next sentence", "stance", "undo", "relation", "guideline", "document done"):
        assert words in sheet
    tab.page.locator("#keys-in-text").check()
    tab.press("Escape")
    tab.page.locator("#theme").focus()
    tab.press("!")
    tab.page.locator("#text").focus()
    tab.press("!")
    tab.saved()
    assert program.get("/api/corpus")["documents"][0].get("flag") is True


def test_time_at_work_on_a_document_is_counted(tab, program):
    tab.page.clock.install()
    tab.page.reload()
    tab.ready()
    for _ in range(20):
        tab.press("ArrowRight")
        tab.page.clock.run_for(1000)
    tab.page.wait_for_timeout(300)
    assert program.get("/api/corpus")["documents"][0]["seconds"] >= 15


# keys of other keyboards

KEY = """([key, code, more]) => document.getElementById("text").dispatchEvent(
    new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true, ...more}))"""


@pytest.mark.parametrize(
    ("key", "code", "more", "stance"),
    [
        ("۱", "Digit1", {}, "support"),  # Persian
        ("२", "Digit2", {}, "oppose"),  # Hindi
        ("٣", "Numpad3", {}, "neutral"),  # Arabic
        ("é", "Digit2", {}, "oppose"),  # French, without Shift
        ("y", "KeyZ", {}, None),  # German: no undo
    ],
)
def test_digits_of_other_scripts_are_digits(tab, program, key, code, more, stance):
    tab.press(".", "Enter")
    tab.saved()
    tab.page.evaluate(KEY, [key, code, more])
    tab.saved()
    (mark,) = program.get("/api/document", id="d1")["document"]["marks"]
    assert mark.get("stance") == stance


def test_signs_are_found_by_place_where_a_keyboard_does_not_write_them(tab):
    tab.page.evaluate(KEY, ["۔", "Period", {}])  # Urdu
    assert tab.selected() == "The ambassador spoke on Friday."
    tab.page.evaluate(KEY, ["Ж", "Semicolon", {"shiftKey": True}])  # Russian
    assert tab.selected().endswith("“Pakistan shelters the network,”")
    tab.press("Escape", "Control+End")
    tab.page.evaluate(KEY, ["б", "Comma", {}])
    assert tab.selected() == "The end."


@pytest.mark.parametrize(
    ("on", "back"),
    [
        (["ъ", "BracketRight", {}], ["х", "BracketLeft", {}]),  # Russian
        (["]", "Digit6", {"altKey": True}], ["[", "Digit5", {"altKey": True}]),  # German, on a Mac
        (["]", "Digit9", {"altKey": True, "ctrlKey": True, "modifierAltGraph": True}], ["[", "Digit8", {"modifierAltGraph": True}]),
    ],
)
def test_brackets_lead_to_the_next_document_and_back_on_other_keyboards(tab, on, back):
    for stroke, document in ((on, "d2"), (back, "d1")):
        tab.page.evaluate(KEY, stroke)
        tab.until("(name) => document.getElementById('doc-about').textContent.includes(name)", document)
    tab.page.evaluate(KEY, ["¡", "Digit1", {"altKey": True}])  # and Alt 1 is a pass on a Mac too
    tab.until("document.querySelector('#passes [aria-pressed=true]').textContent === '1 Mark'")


# for everybody


def test_the_picker_is_left_by_escape_from_each_of_its_parts_and_tab_stays_in_it(tab):
    tab.press(".", "Enter")
    tab.saved()
    tab.press("i")
    for expected in ("Save", "Cancel", "×", ""):
        tab.press("Tab")
        assert tab.page.evaluate("document.activeElement.textContent") == expected
    tab.press("Shift+Tab", "Shift+Tab")
    assert tab.page.evaluate("document.activeElement.textContent") == "Cancel"
    tab.press("Escape")
    assert tab.page.locator("#picker").is_hidden()
    tab.press("i")
    tab.page.locator("#picker-title").click()
    tab.press("Escape")
    assert tab.page.locator("#picker").is_hidden()
    assert tab.page.evaluate("document.activeElement.id") == "text"


@pytest.mark.parametrize("key", ["w", "i"])
def test_enter_that_ends_the_composing_of_letters_chooses_nothing(tab, key):
    tab.press(".", "Enter")
    tab.saved()
    tab.press(key)
    for composing in (True, False):
        assert tab.page.locator("#picker").is_visible()
        tab.page.evaluate(
            """(isComposing) => document.activeElement.dispatchEvent(
                new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, isComposing}))""",
            composing,
        )
    assert tab.page.locator("#picker").is_hidden()


def test_what_has_the_focus_by_key_has_it_after_a_change_too(tab, program):
    focused = "document.activeElement.textContent"
    tab.press(".", "1", "Enter", "Enter")
    tab.saved()
    tab.press(".", "2", "Enter", "Enter")
    tab.saved()
    for selector, after in [
        (".stances button >> nth=2", "○ neutral3"),
        (".choices .chip:text-is('hedged')", "hedged"),
        ("#doc-state button:has-text('flag')", "⚑ flagged!"),
    ]:
        tab.page.locator(selector).focus()
        tab.press("Enter")
        tab.saved()
        assert tab.page.evaluate(focused) == after
    tab.page.locator("#tabs .tab >> nth=1").focus()
    tab.press("Enter")
    assert tab.page.evaluate(focused) == "List 2"
    tab.page.locator(".mark >> nth=0").focus()
    tab.press("Enter")
    assert tab.page.evaluate("document.activeElement.id") == "pane"  # the list is not there any more, the statement is
    tab.press("r")
    tab.page.wait_for_selector("#picker-list li")
    tab.press("Enter", "1")
    tab.saved()
    tab.page.locator(".relation .kind").focus()
    tab.press("Enter")
    tab.page.get_by_label("Basis").focus()
    tab.press("ArrowDown")
    tab.saved()
    assert tab.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Basis"
    assert program.records()[-1]["basis"] is not None


def test_after_a_click_keys_belong_to_the_text(tab, program):
    tab.press(".", "1", "Enter", "Enter")
    tab.saved()
    tab.page.locator(".choices .chip", has_text="hedged").click()
    tab.saved()
    tab.press(".", "Enter")  # marks; the chip is not pressed again
    tab.saved()
    assert program.records()[0]["modality"] == "hedged"
    assert len(program.get("/api/document", id="d1")["document"]["marks"]) == 2


def test_parts_have_roles_and_names_and_what_happens_is_said(tab):
    page = tab.page
    for role, name in [
        ("textbox", "Text of the document"),
        ("navigation", "Documents"),
        ("tab", "Statement"),
        ("tablist", None),
        ("tabpanel", None),
        ("button", "Undo"),
        ("button", "Keys"),
        ("searchbox", "Search all texts"),
        ("progressbar", "0 of 2 documents done"),
        ("main", None),
        ("complementary", "Statement and guideline"),
    ]:
        assert page.get_by_role(role, name=name).count() >= 1, (role, name)
    nameless = page.evaluate(
        """[...document.querySelectorAll("button")].filter((node) => !node.hidden)
            .filter((node) => !node.textContent.trim() && !node.getAttribute("aria-label")).map((node) => node.id)"""
    )
    assert nameless == []
    tab.press(".", "1")
    assert page.get_by_role("combobox").count() == 1
    assert page.get_by_role("option").count() >= 3
    assert page.get_by_role("combobox").get_attribute("aria-activedescendant") == "picker-0"
    tab.press("ArrowDown")
    assert page.get_by_role("combobox").get_attribute("aria-activedescendant") == "picker-1"
    tab.press("Enter", "Enter")
    tab.saved()
    tab.press("n")
    tab.until("document.getElementById('announce').textContent.startsWith('Statement A: support')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 390, 768, 1200])
def test_the_page_fits_any_width_and_its_words_have_contrast(browser, program, width, scheme):
    tab = Tab(browser, program, viewport={"width": width, "height": 780}, color_scheme=scheme)
    tab.press(".", ".", "1", "Enter", "Enter")
    tab.saved()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    low = tab.page.evaluate(LOW_CONTRAST)
    assert low == []
    assert tab.said == []
    tab.close()


def test_a_phone_has_buttons_to_redo_and_to_hide_suggestions_and_its_page_does_not_slip(browser, folder):
    with running(folder, "ann2", "--suggestions", "ann") as program:
        tab = Tab(browser, program, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
        tab.page.locator("#hide").tap()
        assert tab.tags() == []
        tab.press(".", "1")
        for _ in range(2):
            assert tab.page.evaluate("document.scrollingElement.scrollTop") == 0
            tab.page.locator("#picker-list li").first.tap()
        tab.saved()
        tab.page.locator("#undo").tap()
        tab.until("!document.getElementById('redo').disabled")
        tab.page.locator("#redo").tap()
        tab.until("document.getElementById('redo').disabled")
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert tab.page.evaluate("document.scrollingElement.scrollTop") == 0
        assert tab.said == []
        tab.close()


def test_a_statement_is_marked_by_touch_on_a_phone(browser, program):
    tab = Tab(browser, program, viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    start = TEXTS["d1"].index("Islamabad denied it")
    tab.page.evaluate(
        "([start, end]) => claimkitSelect(start, end)", [start, start + 19]
    )  # long press and handles are the system's
    tab.page.locator(".tools button[title=oppose]").tap()
    tab.page.locator("#picker-list li").first.tap()
    tab.page.locator("#picker-list li").first.tap()
    tab.saved()
    assert spans(program) == [["Islamabad denied it"]]
    tab.close()


# hostile texts


def hostile_corpus(folder):
    assert len(set(HOSTILE)) == 60
    text = "\n".join(HOSTILE)
    start = 0
    statements, relations = [], []
    documents = [
        {
            "type": "document",
            "id": "d1",
            "text": text,
            **{key: " ".join(HOSTILE) for key in ("title", "source", "author", "url", "section", "lang", "licence")},
            "published": "2019-02-26",
        },
        {"type": "document", "id": "<img/src=x>".replace("/", ""), "text": HOSTILE[0], "title": HOSTILE[1]},
    ]
    actors = [
        {"type": "actor", "id": f"a{n}", "name": words, "kind": "person", "aliases": [words, HOSTILE[n - 1]]}
        for n, words in enumerate(HOSTILE)
    ]
    claims = [
        {"type": "claim", "id": f"c{n}", "text": words, "topics": [words], "contradicts": [f"c{n - 1}"] if n else []}
        for n, words in enumerate(HOSTILE)
    ]
    for number, words in enumerate(HOSTILE):
        span = {"start": start, "end": start + len(words), "text": words}
        statements.append(
            {
                "type": "statement", "id": f"s{number}", "document": "d1", "spans": [span], "speaker": f"a{number}",
                "claim": f"c{number}", "stance": ["support", "oppose"][number % 2], "cue": span, "speaker_span": span,
                "targets": [{"actor": f"a{number}", "attitude": "negative"}], "addressees": [f"a{number}"],
                "chain": [f"a{number}"], "guideline": words, "note": words,
            }
        )  # fmt: skip
        if number:
            relations.append(
                {
                    "type": "relation",
                    "id": f"r{number}",
                    "kind": "denies",
                    "source": f"s{number}",
                    "targets": [f"s{number - 1}", f"c{number - 1}"],
                    "evidence": span,
                    "note": words,
                }
            )
        start += len(words) + 1
    config = f'name = "h"\ntitle = {json.dumps(" ".join(HOSTILE), ensure_ascii=False)}\nguideline = {json.dumps(HOSTILE[0])}\n'
    suggested = [record | {"id": f"x{record['id']}"} for record in statements]
    write_corpus(
        folder,
        corpus=config,
        documents=documents,
        actors=actors,
        claims=claims,
        gold=[record | {"id": f"g{record['id']}", "decided_from": [record["id"]]} for record in statements[:1]],
        ann=[*statements, *relations],
        sug=suggested,
    )
    (folder / "guideline.md").write_text(
        "\n\n".join(f"# {words}\n\n{words}\n\n- {words}\n\n> {words}\n\n| {words} |\n|---|\n| {words} |" for words in HOSTILE),
        encoding="utf-8",
    )
    return folder


def test_sixty_hostile_texts_in_every_field_stay_texts(browser, tmp_path):
    folder = hostile_corpus(tmp_path / "hostile")
    assert errors(folder) == []
    with running(folder, "ann", "--suggestions", "sug") as program:
        tab = Tab(browser, program)
        page = tab.page
        page.on("dialog", lambda dialog: tab.said.append(dialog.message))
        tab.press("g", "g", "l", "l", "?", "Escape")
        for _ in range(len(HOSTILE) * 2):
            tab.press("n")
        tab.press("h", "n", "r")
        page.wait_for_selector("#picker-list li")
        tab.press("Escape", "w")
        for words in HOSTILE:
            page.locator("#picker input").fill(words)
        tab.press("Escape", "i", "Escape")
        tab.press("/")
        tab.type("<script>")
        page.wait_for_selector("#found mark")
        tab.press("Escape")
        tab.press("Alt+4", "Alt+0", "]")
        page.wait_for_timeout(300)
        assert page.evaluate("[window.broken, Object.prototype.broken]") == [None, None]
        made = set(page.evaluate("[...document.querySelectorAll('*')].map((node) => node.tagName.toLowerCase())"))
        dangerous = "img iframe object embed video audio form base marquee math template details animate use"
        assert made.isdisjoint(dangerous.split())
        assert page.evaluate("document.querySelectorAll('script').length") == 1
        names = page.evaluate("[...document.querySelectorAll('*')].flatMap((node) => node.getAttributeNames())")
        assert not any(name.startswith("on") for name in names)
        assert tab.said == []
        assert {url for url in tab.asked if not url.startswith(f"http://127.0.0.1:{program.port}/")} == set()
        assert page.evaluate("document.title").startswith("<img")
        tab.close()


# speed


def test_a_text_of_100_000_characters_with_500_statements_is_drawn_in_200_milliseconds(browser, tmp_path):
    words = "The minister said on Monday that the bridge over the river must stay, and the council denied it at once. "
    paragraph = words * 6 + "\n"
    text = (paragraph * 160)[:100_000]
    documents = [{"type": "document", "id": "d1", "text": text}]
    marks = []
    for number in range(500):
        start = number * 197
        end = start + 60 + (number * 37) % 400  # up to four over each other
        marks.append(
            {
                "type": "statement",
                "id": f"s{number}",
                "document": "d1",
                "spans": [{"start": start, "end": min(end, len(text)), "text": text[start:end]}],
                "speaker": "us",
                "claim": "stop",
                "stance": ["support", "oppose", "neutral", "unclear"][number % 4],
            }
        )
    gold = [marks[0] | {"id": "g", "decided_from": ["s0"]}]
    folder = write_corpus(tmp_path / "long", documents=documents, ann=marks, gold=gold)
    assert errors(folder) == []
    with running(folder, "ann") as program:
        tab = Tab(browser, program)
        assert len(text) == 100_000
        assert sum(len(tag.split()) for tag in tab.tags()) == 500
        times = sorted(tab.page.evaluate("claimkitDrawn()") for _ in range(5))
        print("drawn in", [round(time) for time in times], "ms")
        assert times[2] < 200
        # one change in the middle is seen at once
        tab.press("Control+End", "Control+Home")
        began = tab.page.evaluate("performance.now()")
        tab.press("n", "2")
        tab.saved()
        took = tab.page.evaluate("performance.now()") - began
        print("a change took", round(took), "ms")
        assert took < 1000
        tab.close()


def test_the_page_measures_every_combination_of_lanes_without_running_out_of_room(tab, program):
    words = TEXTS["d1"]
    start = words.index("“Pakistan")
    for length in itertools.islice(itertools.count(20, 2), 12):
        tab.page.evaluate("([start, end]) => claimkitSelect(start, end)", [start, start + length])
        tab.press("Enter")
        tab.saved()
    heights = tab.page.evaluate(
        "[...document.querySelectorAll('.under')].map((node) => parseFloat(getComputedStyle(node).paddingBottom))"
    )
    room = tab.page.evaluate("parseFloat(getComputedStyle(document.querySelector('.under').parentElement).lineHeight)")
    assert max(heights) < room
    assert len(tab.tags()[0].split()) == 12
