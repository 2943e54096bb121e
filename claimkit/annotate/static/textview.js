// The text of a document with lines under what is marked; where the selection is, in UTF-16 units; the caret for the keyboard.

import { $, h, svg } from "./dom.js";
import { lanes, segments } from "./spans.js";

const PITCH = 5; // pixels from one line under the text to the next
const LONG = 12_000; // characters from which on only what is near is laid out
const SHOWN_LANES = 9; // what overlaps deeper shares the last lane

// How a line under the text is drawn; colour comes from the style sheet, so that light and dark need no new rendering.
const LOOKS = {
  for: ["linear-gradient(var(--for), var(--for))", "100% 3px"],
  against: ["linear-gradient(var(--against) 0 1px, transparent 1px 2px, var(--against) 2px 3px)", "100% 3px"],
  other0: ["linear-gradient(90deg, var(--other0) 0 3px, transparent 3px 6px)", "6px 3px"],
  other1: ["linear-gradient(90deg, var(--other1) 0 8px, transparent 8px 12px)", "12px 3px"],
  none: ["linear-gradient(90deg, var(--soft) 0 4px, transparent 4px 7px)", "7px 2px"],
  suggestion: ["radial-gradient(circle, var(--accent) 0 1.4px, transparent 1.5px)", "5px 3px"],
  gap: ["linear-gradient(90deg, var(--soft) 0 1px, transparent 1px 5px)", "5px 1px"],
};

export class TextView {
  constructor(root) {
    this.root = root;
    this.caret = h("span", { class: "caret", "aria-hidden": "true" });
    this.arcs = svg("svg", { class: "arcs", "aria-hidden": "true" });
    this.holder = h("div", { class: "lines" });
    root.replaceChildren(this.holder, this.arcs, this.caret);
    this.starts = new WeakMap(); // text node -> where it starts in the text
    this.isPointerDown = false;
    this.waiting = null;
    this.onSelection = () => {};
    root.addEventListener("pointerdown", (event) => { if (event.button === 0) this.isPointerDown = true; }); // a menu swallows what follows a right click
    for (const type of ["pointerup", "pointercancel"]) {
      document.addEventListener(type, () => {
        this.isPointerDown = false;
        if (this.waiting) setTimeout(() => this.flush(), 0); // after the click has been dealt with
      });
    }
    document.addEventListener("selectionchange", () => this.selectionChanged());
    new ResizeObserver(() => this.drawn()).observe(this.holder);
  }

  show(doc) {
    this.doc = doc;
    this.signatures = [];
    this.nodes = [];
    this.place = null;
    this.holder.replaceChildren();
    this.root.lang = doc.about?.lang ?? "";
    this.root.classList.toggle("long", doc.text.length > LONG);
  }

  // Draws the marks; only lines whose marks changed are made anew, and none while a button of the mouse is down.
  render(marks, more = {}) {
    this.waiting = { marks, more };
    if (!this.isPointerDown) this.flush();
  }

  flush() {
    if (!this.waiting || !this.doc) return;
    const { marks, more } = this.waiting;
    this.waiting = null;
    const began = performance.now();
    const kept = this.selection();
    const { breaks } = this.doc;
    const lane = lanes(marks);
    const of = segments(breaks.lines, (unit) => breaks.lineAt(unit), marks);
    const fresh = [];
    breaks.lines.forEach((line, index) => {
      const found = of(index);
      const signature = found.map((part) => `${part.start}-${part.end}:${part.under.map((entry) =>
        `${entry.mark.id}/${lane.get(entry.mark.id)}/${entry.gap ? "gap" : entry.mark.look}/${entry.mark.tag}`).join(",")}`).join(";");
      if (this.signatures[index] !== signature) {
        const node = this.line(line, found, lane);
        if (this.nodes[index]) this.nodes[index].replaceWith(node);
        else fresh.push(node);
        this.nodes[index] = node;
        this.signatures[index] = signature;
      }
    });
    this.holder.append(...fresh);
    this.marks = marks;
    this.emphasise(more);
    if (kept && document.activeElement === this.root) this.select(kept.anchor, kept.focus, { reveal: false });
    this.drawn();
    this.took = performance.now() - began;
  }

  line(line, found, lane) {
    const node = h("p", { class: "line", dir: "auto" });
    let most = 0;
    for (const part of found) {
      const text = document.createTextNode(this.doc.text.slice(part.start, part.end));
      this.starts.set(text, part.start);
      if (!part.under.length) {
        node.append(text);
        continue;
      }
      const piece = h("span", { class: "under" }, text);
      piece.marks = part.under.filter((entry) => !entry.gap).map((entry) => entry.mark.id);
      const images = [], sizes = [], places = [];
      const floor = Math.min(SHOWN_LANES, Math.max(...part.under.map((entry) => lane.get(entry.mark.id) + 1)));
      most = Math.max(most, floor);
      for (const entry of part.under) {
        const [image, size] = LOOKS[entry.gap ? "gap" : entry.mark.look];
        images.push(image);
        sizes.push(size);
        places.push(`0 calc(100% - ${(floor - 1 - Math.min(lane.get(entry.mark.id), SHOWN_LANES - 1)) * PITCH}px)`);
      }
      piece.style.backgroundImage = images.join(", ");
      piece.style.backgroundSize = sizes.join(", ");
      piece.style.backgroundPosition = places.join(", ");
      piece.style.paddingBottom = `${floor * PITCH - 1}px`;
      if (part.begins.length) piece.dataset.tag = part.begins.map((mark) => mark.tag).join(" ");
      node.append(piece);
    }
    const end = document.createTextNode(this.doc.text.slice(line.end, line.next) || (line.start === line.end ? "\u200b" : ""));
    this.starts.set(end, line.end);
    node.append(end);
    node.style.setProperty("--lanes", Math.max(1, most));
    node.style.setProperty("--rows", Math.ceil((line.end - line.start + 1) / 62)); // a guess, until the line is drawn
    return node;
  }

  // Which marks stand out: the selected one, those it is related to.
  emphasise({ selected = null, related = [] }) {
    for (const piece of this.holder.querySelectorAll(".under")) {
      piece.classList.toggle("on", piece.marks.includes(selected));
      piece.classList.toggle("near", related.some((id) => piece.marks.includes(id)));
    }
  }

  // places

  unitOf(node, offset) {
    if (this.starts.has(node)) return Math.min(this.starts.get(node) + offset, this.doc.text.length);
    if (!this.root.contains(node)) return null;
    const walker = document.createTreeWalker(this.holder, NodeFilter.SHOW_TEXT);
    const child = node.childNodes[offset];
    if (child) {
      walker.currentNode = child;
      const first = this.starts.has(child) ? child : walker.nextNode();
      return first ? this.starts.get(first) : this.doc.text.length;
    }
    walker.currentNode = node;
    let last = null;
    for (let next = walker.nextNode(); next && node.contains(next); next = walker.nextNode()) last = next;
    return last ? Math.min(this.starts.get(last) + last.length, this.doc.text.length) : this.doc.text.length;
  }

  nodeOf(unit) {
    const line = this.nodes[this.doc.breaks.lineAt(unit)];
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let found = walker.nextNode();
    for (let next = found; next; next = walker.nextNode()) {
      if (this.starts.get(next) > unit) break;
      found = next;
    }
    return [found, Math.max(0, Math.min(found.length, unit - this.starts.get(found)))];
  }

  // What is selected in the text, {anchor, focus, start, end}; null where the selection is elsewhere.
  selection() {
    const selection = document.getSelection();
    if (!this.doc || !selection.rangeCount || !this.holder.contains(selection.anchorNode) || !this.holder.contains(selection.focusNode)) return this.place;
    const anchor = this.unitOf(selection.anchorNode, selection.anchorOffset);
    const focus = this.unitOf(selection.focusNode, selection.focusOffset);
    return { anchor, focus, start: Math.min(anchor, focus), end: Math.max(anchor, focus) };
  }

  select(anchor, focus = anchor, { reveal = true } = {}) {
    this.place = { anchor, focus, start: Math.min(anchor, focus), end: Math.max(anchor, focus) };
    document.getSelection().setBaseAndExtent(...this.nodeOf(anchor), ...this.nodeOf(focus));
    this.drawCaret();
    if (reveal) this.reveal(focus);
  }

  selectionChanged() {
    const selection = document.getSelection();
    if (!this.doc || !selection.rangeCount || !this.holder.contains(selection.focusNode)) return;
    this.place = this.selection();
    this.drawCaret();
    this.onSelection(this.place);
  }

  rectOf(unit) {
    const range = document.createRange();
    const [node, offset] = this.nodeOf(unit);
    range.setStart(node, offset);
    range.setEnd(node, Math.min(node.length, offset + 1));
    const rect = [...range.getClientRects()].find((entry) => entry.height) ?? this.nodes[this.doc.breaks.lineAt(unit)].getBoundingClientRect();
    const rightToLeft = getComputedStyle(node.parentElement.closest(".line")).direction === "rtl";
    return { x: rightToLeft ? rect.right : rect.left, top: rect.top, bottom: rect.bottom, height: rect.height };
  }

  // Where a mark begins on the screen, its name included.
  beginOf(unit) {
    const rect = this.rectOf(unit);
    const piece = this.nodeOf(unit)[0].parentElement;
    const first = piece.classList.contains("under") ? piece.getClientRects()[0] : null;
    return first ? { ...rect, x: Math.min(rect.x, first.left) } : rect;
  }

  rectsOf(pieces) {
    const range = document.createRange();
    range.setStart(...this.nodeOf(pieces[0]));
    range.setEnd(...this.nodeOf(pieces[1]));
    return [...range.getClientRects()].filter((rect) => rect.width && rect.height);
  }

  unitAt(x, y) {
    if (document.caretPositionFromPoint) {
      const found = document.caretPositionFromPoint(x, y);
      return found ? this.unitOf(found.offsetNode, found.offset) : null;
    }
    const range = document.caretRangeFromPoint?.(x, y);
    return range ? this.unitOf(range.startContainer, range.startOffset) : null;
  }

  // Brings a place into the middle third of what is seen, if it is near the edge or beyond.
  reveal(unit) {
    const rect = this.rectOf(unit);
    const frame = this.root.closest(".reading").getBoundingClientRect();
    const margin = Math.min(90, frame.height / 5);
    if (rect.top < frame.top + margin || rect.bottom > frame.bottom - margin) {
      this.root.closest(".reading").scrollBy({ top: rect.top - frame.top - frame.height / 3 });
      this.drawCaret();
    }
  }

  drawCaret() {
    const { place } = this;
    const shown = place && place.start === place.end && this.nodes?.length;
    this.caret.hidden = !shown;
    if (!shown) return;
    const rect = this.rectOf(place.focus);
    const base = this.root.getBoundingClientRect();
    this.caret.style.transform = `translate(${rect.x - base.left}px, ${rect.top - base.top}px)`;
    this.caret.style.height = `${rect.height}px`;
    this.caret.style.animation = "none"; // visible while it moves
    requestAnimationFrame(() => { this.caret.style.animation = ""; });
  }

  // arcs from one mark to others: [{from, to, label, look}] in units

  drawArcs(arcs) {
    this.links = arcs;
    this.drawn();
  }

  drawn() {
    this.drawCaret();
    const base = this.root.getBoundingClientRect();
    const gutter = base.left - this.root.closest(".reading").getBoundingClientRect().left;
    const made = [];
    for (const { from, to, label } of this.links ?? []) {
      if (!this.nodes?.length) break;
      const a = this.beginOf(from), b = this.beginOf(to);
      const [x1, y1, x2, y2] = [a.x - base.left, a.top - base.top + 2, b.x - base.left, b.top - base.top + 2];
      // within one line over the words, else out to the margin and back
      const isSteep = Math.abs(y1 - y2) > a.height;
      const bow = Math.max(Math.min(x1, x2, 30) - 62, (2 - gutter) * 1.33); // a curve reaches three quarters of the way
      const lift = Math.min(y1, y2) - Math.min(40, 16 + Math.abs(x1 - x2) / 8);
      const [c1, c2] = isSteep ? [`${bow},${y1}`, `${bow},${y2}`] : [`${x1},${lift}`, `${x2},${lift}`];
      made.push(svg("path", { d: `M${x1},${y1 + 6} C${c1} ${c2} ${x2},${y2 + 6}`, class: "arc", "marker-end": "url(#tip)" }));
      const [x, y] = isSteep ? [0, (y1 + y2) / 2 + 6] : [(x1 + x2) / 2, lift + 6];
      made.push(svg("text", { x: isSteep ? Math.max(-46, 2 - gutter) : x, y, class: "arc-label", "text-anchor": isSteep ? "start" : "middle" }, label));
    }
    const tip = svg("marker", { id: "tip", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
      svg("path", { d: "M0,0 L8,4 L0,8 z", class: "arc-tip" }));
    this.arcs.replaceChildren(svg("defs", {}, tip), ...made);
  }
}

// How long the last rendering took until its layout was done, for those who want to know.
export function measured(view) {
  const began = performance.now();
  $("text").getBoundingClientRect();
  return view.took + performance.now() - began;
}
