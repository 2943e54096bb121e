"""A tab of a real browser with the annotation page in it, and what a user does there."""

from __future__ import annotations

import time

PATIENCE = 10_000  # milliseconds, for a machine that is busy

# Where the first and the last character of a stretch are drawn.
BOX = """([start, end]) => {
    const nodes = [];
    const walker = document.createTreeWalker(document.querySelector("#text .lines"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(), at = 0; node; node = walker.nextNode()) {
        nodes.push([at, node]);
        at += node.length;
    }
    const range = (unit) => {
        const [at, node] = nodes.findLast(([from]) => from <= unit);
        const made = document.createRange();
        made.setStart(node, unit - at);
        made.setEnd(node, Math.min(node.length, unit - at + 1));
        return made;
    };
    range(start).startContainer.parentElement.scrollIntoView({block: "center"});
    const a = range(start).getClientRects()[0], b = [...range(end - 1).getClientRects()].at(-1);
    return [a.left, (a.top + a.bottom) / 2, b.right, (b.top + b.bottom) / 2];
}"""

# WCAG 2.1: relative luminance and contrast ratio; 4.5 is level AA for text, and does not hold for parts that are disabled.
LOW_CONTRAST = """() => {
    const parse = (value) => value.match(/[\\d.]+/g).map(Number);
    const linear = (c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const behind = (node) => {
        for (let here = node; here; here = here.parentElement) {
            const color = parse(getComputedStyle(here).backgroundColor);
            if (color.length < 4 || color[3] > 0.99) return color;
        }
        return [255, 255, 255];
    };
    const low = [];
    for (const node of document.querySelectorAll("body *")) {
        const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
        const seen = node.checkVisibility({opacityProperty: true, visibilityProperty: true});
        if (!own || node.disabled || !seen || node.closest(".heard, .skip, svg")) continue;
        const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) low.push([node.className || node.tagName, node.textContent.slice(0, 20), ratio.toFixed(2)]);
    }
    return low;
}"""


class Tab:
    """A tab with the page open, and what a user does in it."""

    def __init__(self, browser, program, **options):
        self.context = browser.new_context(**{"viewport": {"width": 1200, "height": 800}, **options})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.said, self.asked = [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.program = program
        self.open()

    def open(self):
        self.page.goto(self.program.url)
        self.ready()

    def ready(self):
        self.page.wait_for_selector("body:not(.loading)")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def until(self, condition, value=None):
        """Wait until a condition holds in the page, whose policy forbids playwright's own way of doing so."""
        script = condition if condition.startswith("(") else f"() => {condition}"
        ends = time.monotonic() + PATIENCE / 1000
        while not self.page.evaluate(script, value):
            assert time.monotonic() < ends, f"waited in vain for {condition}; said: {self.text('#say')}; {self.said}"
            time.sleep(0.02)

    def saved(self):
        """Wait until everything is on disk."""
        self.until("document.getElementById('saved').dataset.state === 'saved'")

    def idle(self):
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")

    def box(self, start, end):
        """Return where the first and the last character of a stretch (in UTF-16 units) are on the screen."""
        return self.page.evaluate(BOX, [start, end])

    def drag(self, start, end):
        """Select from one place of the text to another with the mouse, in UTF-16 units."""
        x1, y1, x2, y2 = self.box(start, end)
        mouse = self.page.mouse
        mouse.move(x1 + 0.5, y1)
        mouse.down()
        mouse.move((x1 + x2) / 2, (y1 + y2) / 2, steps=3)
        mouse.move(x2 - 0.5, y2, steps=3)
        mouse.up()

    def drag_over(self, text, words):
        start = units(text[: text.index(words)])
        self.drag(start, start + units(words))

    def selected(self):
        return self.page.evaluate("String(document.getSelection())")

    def tags(self):
        return self.page.evaluate("[...document.querySelectorAll('.under[data-tag]')].map((node) => node.dataset.tag)")

    def text(self, selector):
        return self.page.locator(selector).text_content()

    def close(self):
        self.context.close()


def units(text):
    """Return the length of a text as a browser counts it."""
    return len(text.encode("utf-16-le")) // 2
