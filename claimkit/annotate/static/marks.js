// From what the server gave to what is drawn: letters, signs and looks of marks and suggestions.

import { letter } from "./spans.js";
import { labelOf, state } from "./state.js";

function lookOf(stance) {
  const label = labelOf(stance);
  if (!label) return "none";
  if (label.tone !== "other") return label.tone;
  const others = state.corpus.labels.filter((entry) => entry.tone === "other");
  return `other${Math.min(1, others.indexOf(label))}`;
}

const piecesOf = (spans) => spans.map((span) => [state.doc.offsets.toUnit(span.start), state.doc.offsets.toUnit(span.end)])
  .filter(([start, end]) => end > start);

export const signOf = (stance) => labelOf(stance)?.sign ?? "·";
export const lookOfStance = lookOf;

// Puts the view of a document (without its text) into the state.
export function takeMarks(view) {
  const { doc } = state;
  Object.assign(doc, { relations: view.relations, answered: view.answered, elsewhere: view.elsewhere, blind: view.blind });
  const marks = view.marks.map((value) => ({ id: value.id, kind: "mark", value, pieces: piecesOf(value.spans) })).filter((mark) => mark.pieces.length);
  const suggestions = view.suggestions.map((value) => ({ id: `suggestion ${value.id}`, kind: "suggestion", value, pieces: piecesOf(value.spans) }))
    .filter((mark) => mark.pieces.length);
  const byPlace = (a, b) => a.pieces[0][0] - b.pieces[0][0] || a.pieces.at(-1)[1] - b.pieces.at(-1)[1];
  marks.sort(byPlace);
  marks.forEach((mark, index) => {
    mark.letter = letter(index);
    mark.look = lookOf(mark.value.stance);
    mark.tag = `${mark.letter}${signOf(mark.value.stance)}${mark.value.draft ? "…" : ""}`;
  });
  suggestions.sort(byPlace);
  suggestions.forEach((mark, index) => {
    mark.letter = `✦${index + 1}`;
    mark.look = "suggestion";
    mark.tag = `${mark.letter}${mark.value.stance ? signOf(mark.value.stance) : ""}`;
  });
  state.all = [...marks, ...suggestions].sort(byPlace);
  applyHiding();
}

// Suggestions are seen unless they are hidden, or a pass is about what is marked already.
export const showsSuggestions = () => !state.hidesSuggestions && !["stance", "who", "relations"].includes(state.pass);

export function applyHiding() {
  state.marks = showsSuggestions() ? state.all : state.all.filter((mark) => mark.kind === "mark");
  if (!state.marks.some((mark) => mark.id === state.selected)) state.selected = null;
}

export const wordsOf = (mark) => mark.value.spans.map((span) => span.text).join(" … ");
export const byId = (id) => state.all.find((mark) => mark.id === id) ?? null;
export const isUnfinished = (mark) => mark.kind === "suggestion" || mark.value.draft;

// The relations that touch a mark, in both directions.
export function relationsOf(id) {
  return {
    out: state.doc.relations.filter((relation) => relation.source === id),
    back: [...state.doc.relations, ...state.doc.answered].filter((relation) => relation.targets.includes(id)),
  };
}
