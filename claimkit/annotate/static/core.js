// What all commands share: the parts of the page, what is selected, and words said to the user.

import { announce } from "./dom.js";
import { wordsOf } from "./marks.js";
import { emit, selectedMark, state } from "./state.js";
import { trimmed } from "./text.js";

export let saver, view, openDocument; // set once, by main.js

let flows = 0;

export function connect(parts) {
  ({ saver, view, openDocument } = parts);
}

export const isInFlow = () => flows > 0;

// Runs something that asks one thing after the other; letters typed meanwhile are not taken for shortcuts.
export async function flow(run) {
  flows += 1;
  try {
    return await run();
  } finally {
    flows -= 1;
  }
}

export function say(words) {
  emit("say", words);
  announce(words);
}

export const current = () => view.selection();

// The selected words without the white space around them, never half a character; null where nothing is selected.
export function selectedWords() {
  const place = current();
  if (!place || place.start === place.end) return null;
  const { breaks, text } = state.doc;
  return trimmed(text, breaks.snapped(place.start, false), breaks.snapped(place.end, true));
}

export const points = ([start, end], doc = state.doc) => [doc.offsets.toPoint(start), doc.offsets.toPoint(end)];

export function collapse(unit) {
  view.select(unit, unit, { reveal: false });
}

export function select(id, options = {}) {
  state.moves += 1;
  turnTo(id, options);
}

// An answer may come late: what is given back selects only where the user has not gone on since.
export function following() {
  const { moves } = state;
  return (id, options = {}) => { if (state.moves === moves) turnTo(id, options); };
}

function turnTo(id, { reveal = true }) {
  state.selected = id;
  state.relation = null;
  const mark = selectedMark();
  if (mark && state.panel !== "pairs") state.panel = "statement";
  if (mark && reveal) {
    view.reveal(mark.pieces[0][0]);
    announce(`${mark.kind === "suggestion" ? "Suggestion" : "Statement"} ${mark.letter}: ${mark.value.stance ?? "no stance"}. ${wordsOf(mark)}`);
  }
  emit("selection");
}

export function needMark(run) {
  const chosen = selectedMark();
  if (!chosen) return say("Select a statement first: N goes to the next one.");
  return flow(() => run(chosen));
}
