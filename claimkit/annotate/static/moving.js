// Moving about by key: from statement to statement, and with the caret through the text.

import { announce } from "./dom.js";
import { collapse, current, say, select, view } from "./core.js";
import { complete } from "./marking.js";
import { emit, state } from "./state.js";
import { shortened } from "./text.js";

function step(forward, test = () => true) {
  const { marks } = state;
  if (!marks.length) return say("Nothing is marked in this document yet.");
  const at = marks.findIndex((mark) => mark.id === state.selected);
  const place = current()?.end ?? 0;
  const order = forward ? [...marks.slice(at + 1), ...marks.slice(0, at + 1)] : [...marks.slice(0, Math.max(at, 0)).reverse(), ...marks.slice(Math.max(at, 0)).reverse()];
  const pool = at < 0 && forward ? [...marks.filter((mark) => mark.pieces[0][0] >= place), ...marks] : order;
  const next = pool.find(test);
  if (!next) return say("None is left in this document.");
  collapse(next.pieces.at(-1)[1]);
  return select(next.id);
}

export const nextMark = () => step(true);

export const previousMark = () => step(false);

// Goes to the next statement that lacks something and asks for it.
export function nextUnfinished() {
  const found = state.marks.find((mark) => mark.kind === "mark" && mark.value.draft && mark.id !== state.selected)
    ?? state.marks.find((mark) => mark.kind === "mark" && mark.value.draft);
  if (!found) return say("Every statement of this document is finished.");
  select(found.id);
  collapse(found.pieces.at(-1)[1]);
  return found.value.stance ? complete(Promise.resolve(found.id), found.pieces, found.value) : say(`Statement ${found.letter} needs a stance: press a digit.`);
}

export function move(granularity, forward, extend) {
  const { breaks, text } = state.doc;
  const place = current() ?? { anchor: 0, focus: 0, start: 0, end: 0 };
  let to;
  if (granularity === "character") to = !extend && place.start !== place.end ? (forward ? place.end : place.start) : breaks.character(place.focus, forward);
  else if (granularity === "word") to = breaks.step("word", place.focus, forward, forward ? "end" : "start");
  else if (granularity === "text") to = forward ? text.length : 0;
  else if (granularity === "line") to = lineAway(place.focus, forward);
  else {
    const line = breaks.lines[breaks.lineAt(place.focus)];
    if (granularity === "edge") to = forward ? line.end : line.start;
    else to = forward ? (line.next === line.end ? text.length : line.next) : (breaks.lines[Math.max(0, breaks.lineAt(Math.max(0, line.start - 1)))].start);
  }
  view.select(extend ? place.anchor : to, to);
  spoken(extend);
}

function lineAway(unit, forward) {
  view.reveal(unit);
  const rect = view.rectOf(unit);
  for (let steps = 0.5; steps < 4; steps += 0.5) {
    const y = forward ? rect.bottom + steps * rect.height : rect.top - steps * rect.height;
    const found = view.unitAt(rect.x + 1, y);
    if (found !== null && found !== unit && Math.abs(view.rectOf(found).top - rect.top) > 2) return found;
  }
  return forward ? state.doc.text.length : 0;
}

// Selects the next or previous sentence or clause, or adds it to what is selected.
export function whole(granularity, forward, extend) {
  const place = current() ?? { anchor: 0, start: 0, end: 0 };
  const { breaks } = state.doc;
  const found = breaks.whole(granularity, forward ? place.end : place.start, forward);
  if (!found) return say(forward ? "This is the end of the text." : "This is the beginning of the text.");
  if (extend) view.select(Math.min(place.start, found[0]), Math.max(place.end, found[1]));
  else view.select(found[0], found[1]);
  return spoken(true);
}

function spoken(selection) {
  const place = current();
  if (!place) return;
  if (place.start < place.end) announce(`selected: ${shortened(state.doc.text.slice(place.start, place.end), 200)}`);
  else if (!selection) announce(shortened(state.doc.text.slice(place.start, place.start + 40), 30));
}

export function focusText() {
  view.root.focus({ preventScroll: true });
  if (!view.place) view.select(0, 0);
}

export function leave() {
  if (current() && current().start !== current().end) collapse(current().end);
  else if (state.relation) {
    state.relation = null;
    emit("selection");
  } else select(null);
  focusText();
}

export function isRightToLeft() {
  const place = current();
  const line = place && view.nodes[state.doc.breaks.lineAt(place.focus)];
  return Boolean(line) && getComputedStyle(line).direction === "rtl";
}
