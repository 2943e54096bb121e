"""Keystrokes and seconds for the same statements: counted while the page is driven by key, and on paper for Label Studio.

The page is driven in a real browser by an annotator who knows what he wants: the statements of the gold layer. For each he selects
the sentence or the clause, whichever is nearer, moves the ends of the selection by word and by character until it is the wanted
span, presses the digit, and takes speaker and claim from their lists by letters of one word and arrows. Every key that is pressed
is counted, Shift as one; where there are several ways he takes the shortest.

For Label Studio the steps are those of its documentation (guides "Label and annotate data" and "Hotkeys", tags Labels, Text and
Taxonomy): a digit chooses the label (the stance), the words are highlighted with the mouse, since no key selects text; speaker and
claim are two Taxonomy lists with perRegion, each opened by a click, filtered by typing, and chosen by a click; U lets the region
go. The letters typed there are as few as leave eight entries that hold them.

Seconds are those of the keystroke-level model: Card, Moran and Newell (1980), The Keystroke-Level Model for User Performance Time
with Interactive Systems, Communications of the ACM 23: a key or a click .28 (average non-secretary typist), pointing 1.10, moving
the hand .40, thinking 1.35; four times thinking for a statement in both: what it is, its stance, its speaker, its claim. Reading is
left out.

Run: python tests/benchmarks/bench_annotating.py --document sa-001 --statements 10
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from annotating import running
from playwright.sync_api import sync_playwright
from tab import Tab

from claimkit import load_corpus
from claimkit.shipped import shipped_corpus

KEY, POINT, HAND, THINK = 0.28, 1.10, 0.40, 1.35
SEEN_AT_ONCE = 8


class Typist:
    """Presses keys and counts them."""

    def __init__(self, tab, text):
        self.tab, self.text, self.count, self.waited = tab, text, 0, 0.0

    def press(self, key):
        began = time.perf_counter()
        self.tab.press(key)
        self.waited += time.perf_counter() - began
        self.count += 2 if "+" in key else 1

    def type(self, letters):
        for letter in letters:
            self.press("Space" if letter == " " else letter)

    def place(self):
        return self.tab.page.evaluate("claimkitPlace()")

    def select(self, start, end):
        """Select a stretch the shortest of three ways: from the sentence, from the clause, from the last clause of several."""
        origin, count, waited = self.place(), self.count, self.waited
        ways = [(".", ""), (";", ""), (";", ":")]
        costs = []
        for way in ways:
            self.count = count
            self.adjust(*way, start, end)
            costs.append(self.count)
            self.tab.page.evaluate("([start, end]) => claimkitSelect(start, end)", origin)
        self.count, self.waited = count, waited
        self.adjust(*ways[costs.index(min(costs))], start, end)

    def adjust(self, step, more, start, end):
        """Step to the sentence or clause in which a stretch starts, add clauses, then move both ends by word and by character."""
        for _ in range(80):
            self.press(step)
            at = self.place()
            if at[1] > start:
                break
        while more and self.place()[1] < end:
            before = self.place()
            self.press(more)
            if self.place() == before:
                break
        for edge, wanted, back, on in ((0, start, "a", "s"), (1, end, "d", "f")):
            for shift in ("", "Shift+"):
                self.nudge(edge, wanted, *((shift + key.upper() if shift else key) for key in (back, on)))
        assert self.place() == [start, end], (self.place(), start, end)

    def nudge(self, edge, wanted, back, on):
        """Move one end toward its place until it is there or, by word, as near as it gets."""
        while (here := self.place()[edge]) != wanted:
            self.press(on if here < wanted else back)
            there = self.place()[edge]
            if there == here:
                return
            if (here < wanted) != (there < wanted) and there != wanted:
                if abs(there - wanted) > abs(here - wanted):
                    self.press(back if here < wanted else on)
                return

    def choose(self, wanted):
        """Take an entry with the fewest keys: letters of one word, then arrows down to it."""
        field = self.tab.page.locator("#picker input")

        def place(letters):
            field.fill(letters)
            shown = self.tab.page.evaluate(
                "[...document.querySelectorAll('#picker-list .primary')].map((node) => node.textContent)"
            )
            return shown.index(wanted) if wanted in shown else 99

        words = dict.fromkeys(re.findall(r"\w+", wanted.lower()))
        queries = ["", *(word[:length] for word in words for length in range(1, min(len(word), 6) + 1))]
        letters = min(queries, key=lambda query: len(query) + place(query))
        down = place(letters)
        field.fill("")
        self.type(letters)
        for _ in range(down):
            self.press("ArrowDown")
        self.press("Enter")


def filter_letters(wanted, entries):
    """Return how many letters leave at most eight entries that hold them, in a list that is not ranked."""
    for length in range(len(wanted) + 1):
        best = min(
            sum(wanted[start : start + length].lower() in entry.lower() for entry in entries)
            for start in range(len(wanted) - length + 1)
        )
        if best <= SEEN_AT_ONCE:
            return length
    return len(wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--document", default="sa-001")
    parser.add_argument("--statements", type=int, default=10)
    given = parser.parse_args()
    corpus = load_corpus(shipped_corpus())
    labels = corpus.config.stance.labels
    chosen = [mark for mark in corpus.statements("gold") if mark.document == given.document and len(mark.spans) == 1]
    chosen = sorted(chosen, key=lambda mark: mark.spans[0].start)[: given.statements]
    actors = [actor.name for actor in corpus.actors.values()]
    claims = [claim.text for claim in corpus.claims.values()]
    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        copy = Path(folder) / "corpus"
        shutil.copytree(shipped_corpus(), copy)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with running(copy, "timed") as program:
            tab = Tab(browser, program)
            tab.page.locator("#doc-list button", has_text=corpus.documents[given.document].title).first.click()
            tab.until("(name) => document.getElementById('doc-about').textContent.includes(name)", given.document)
            typist = Typist(tab, corpus.documents[given.document].text)
            for mark in chosen:
                before, began = typist.count, typist.waited
                span = mark.spans[0]
                if typist.place()[1] > span.start:  # the statement overlaps the last one: one sentence back first
                    typist.press(",")
                typist.select(span.start, span.end)
                typist.press(str(labels.index(mark.stance) + 1))
                typist.choose(corpus.actors[mark.speaker].name)
                typist.choose(corpus.claims[mark.claim].text)
                tab.saved()
                letters = (
                    filter_letters(corpus.actors[mark.speaker].name, actors),
                    filter_letters(corpus.claims[mark.claim].text, claims),
                )
                rows.append((span.text, typist.count - before, letters, typist.waited - began))
            found = [
                (record["spans"][0]["text"], record["speaker"], record["claim"], record["stance"]) for record in program.records()
            ]
            assert found == [(mark.spans[0].text, mark.speaker, mark.claim, mark.stance) for mark in chosen]
            tab.close()
        browser.close()
    print_table(rows)


def print_table(rows) -> None:
    print("| statement | keys here | seconds here | keys and clicks there | seconds there |")
    print("|---|---|---|---|---|")
    sums = [0, 0.0, 0, 0.0]
    for text, keys, letters, _ in rows:
        here = keys * KEY + 4 * THINK
        # digit, drag, twice (open, letters, choose), U; pointing to both ends and to four things; the hand there and back
        there = 1 + 1 + 4 + sum(letters) + 1
        hands = 2 + 2 * sum(number > 0 for number in letters)
        seconds = there * KEY + 6 * POINT + hands * HAND + 4 * THINK
        shown = text if len(text) <= 44 else f"{text[:43]}…"
        print(f"| {shown} | {keys} | {here:.1f} | {there} | {seconds:.1f} |")
        for place, value in enumerate((keys, here, there, seconds)):
            sums[place] += value
    print(f"| sum of {len(rows)} | {sums[0]} | {sums[1]:.0f} | {sums[2]} | {sums[3]:.0f} |")
    waited = sum(row[3] for row in rows)
    print(f"\nthe browser took {waited:.1f} s for all {sums[0]} keys, {1000 * waited / sums[0]:.0f} ms a key")


if __name__ == "__main__":
    main()
