// Marking statements, taking them out, and taking changes back. Each change goes to the saver; it is shown when it is on disk.

import { collapse, current, flow, following, openDocument, points, say, saver, select, selectedWords, view } from "./core.js";
import { chooseActor, chooseClaim } from "./fields.js";
import { byId } from "./marks.js";
import { close } from "./picker.js";
import { unrelate } from "./relations.js";
import { selectedMark, state } from "./state.js";
import { accept, reject } from "./suggested.js";

export function mark(stance = null) {
  const words = selectedWords();
  if (!words) return say("Select the words of a statement first.");
  const fields = { spans: [points(words)] };
  if (stance) fields.stance = stance;
  const follow = following();
  const id = made(saver.change(stance ? `mark, ${stance}` : "mark", [{ do: "mark", document: state.doc.id, fields }], state.moves));
  collapse(words[1]);
  id.then((name) => { if (name) follow(name, { reveal: false }); });
  return state.pass === "free" && stance ? complete(id, [words], {}) : id;
}

// The id of what a change marked or accepted; null where it was refused.
export const made = (saved) => saved.then((answer) => answer?.outcome.marked ?? null);

// Asks for what a statement still lacks: speaker, then claim; no further when the statement itself was refused.
export function complete(id, pieces, value) {
  return flow(async () => {
    let isAsking = true;
    id.then((name) => { if (!name && isAsking) close(); });
    try {
      for (const field of ["speaker", "claim"]) {
        if (value[field]) continue;
        if (!await askFor(field, id, pieces)) return false;
      }
    } finally {
      isAsking = false;
    }
    view.root.focus({ preventScroll: true });
    return true;
  });
}

async function askFor(field, id, pieces) {
  const words = pieces.map(([start, end]) => state.doc.text.slice(start, end)).join(" … ");
  const chosen = field === "speaker" ? await chooseActor("Who says it?", words, pieces) : await chooseClaim("On which claim?", words, pieces);
  if (!chosen) return false;
  saver.change(field, async () => {
    const name = await id;
    return name && [...chosen.make, { do: "set", id: name, fields: { [field]: chosen.id } }];
  });
  return true;
}

const answered = new Set(); // statements whose stance is on its way to the disk

export function stance(number) {
  const label = state.corpus.labels[number - 1];
  if (!label) return say(`There is no stance ${number}.`);
  if (selectedWords()) return mark(label.label);
  const chosen = selectedMark();
  if (!chosen) return say("Select words, or a statement, first.");
  if (chosen.kind === "suggestion") return accept(chosen, { stance: label.label });
  const was = chosen.value;
  const saved = set(chosen, { stance: label.label }, `stance: ${label.label}`);
  if (state.pass === "stance") {
    answered.add(chosen.id);
    saved.then(() => answered.delete(chosen.id));
    advance(); // at once, so that the next digit is on the next statement, however slow the disk
    return saved;
  }
  return state.pass === "free" && was.draft && was.missing.length > 1 ? complete(Promise.resolve(chosen.id), chosen.pieces, was) : null;
}

// When all changes are made; not where the user has gone elsewhere meanwhile.
function advanceLater() {
  const { moves } = state;
  return saver.change("", () => { if (state.moves === moves) advance(); return null; });
}

// In a pass: the next statement that still lacks what the pass is about.
export function advance() {
  const lacks = { stance: (mark) => mark.kind === "mark" && !mark.value.stance && !answered.has(mark.id), who: (mark) => mark.kind === "mark" && mark.value.draft };
  const test = lacks[state.pass];
  const next = test && state.marks.find(test);
  if (next) {
    select(next.id);
    if (state.pass === "who") {
      complete(Promise.resolve(next.id), next.pieces, next.value).then((isWhole) => { if (isWhole) advanceLater(); });
    }
  } else if (test) say("This pass is done for this document.");
}

// Of the statement that was asked about, which need not be the selected one any more. Fields may be a function of the
// statement's value, which is then that after all changes on the way; null sets nothing.
export function set(chosen, fields, label, make = []) {
  if (chosen.kind === "suggestion") return accept(chosen, typeof fields === "function" ? fields(chosen.value) : fields, label, make);
  return saver.change(label, () => {
    const found = typeof fields === "function" ? fields(byId(chosen.id)?.value ?? chosen.value) : fields;
    return found && [...make, { do: "set", id: chosen.id, fields: found }];
  });
}

export function addWords() {
  const words = selectedWords(), chosen = selectedMark();
  if (!chosen || !words) return say("Select a statement, then further words of it.");
  const { doc } = state;
  collapse(words[1]);
  return set(chosen, () => ({ spans: [...(byId(chosen.id) ?? chosen).pieces, words].map((piece) => points(piece, doc)) }), "further words");
}

export function replaceWords() {
  const words = selectedWords(), chosen = selectedMark();
  if (!chosen || !words) return say("Select a statement, then the words that shall be its own.");
  collapse(words[1]);
  return set(chosen, { spans: [points(words)] }, "other words");
}

// Moves the start or the end of the selected words, else of the selected statement, by a word or a character.
export function nudge(edge, forward, byCharacter) {
  const { doc } = state, { breaks } = doc;
  const moved = (unit) => (byCharacter ? breaks.character(unit, forward) : breaks.step("word", unit, forward, edge));
  const place = current();
  if (place && place.start < place.end) {
    const [start, end] = edge === "start" ? [moved(place.start), place.end] : [place.start, moved(place.end)];
    if (start < end) view.select(start, end);
    return null;
  }
  const chosen = selectedMark();
  if (!chosen || chosen.kind !== "mark") return say("Select words, or a statement, first.");
  return set(chosen, () => {
    const pieces = (byId(chosen.id) ?? chosen).pieces.map((piece) => [...piece]);
    const piece = edge === "start" ? pieces[0] : pieces.at(-1);
    const at = edge === "start" ? 0 : 1;
    piece[at] = moved(piece[at]);
    return piece[0] < piece[1] ? { spans: pieces.map((one) => points(one, doc)) } : null;
  }, `${edge} moved`);
}

export function remove() {
  const chosen = selectedMark();
  if (state.relation) return unrelate(state.relation);
  if (!chosen) return say("Select a statement first.");
  if (chosen.kind === "suggestion") return reject(chosen);
  const at = state.marks.indexOf(chosen);
  saver.change(`remove ${chosen.letter}`, [{ do: "remove", id: chosen.id }]);
  const next = state.marks[at + 1] ?? state.marks[at - 1];
  return select(next?.id ?? null, { reveal: false });
}

const turn = (way) => saver.post(`/api/${way}`, () => ({})).then((answer) => {
  if (!answer) return null;
  const { label, kept, document } = answer.outcome;
  if (document && document !== state.doc.id) openDocument(document);
  const left = kept.length ? ` ${kept.join(", ")} stays, because another annotator uses it.` : "";
  return say(`${way === "undo" ? "Undone" : "Done again"}: ${label}.${left}`);
});

export const undo = () => (state.corpus.undo ? turn("undo") : say("There is nothing to undo."));

export const redo = () => (state.corpus.redo ? turn("redo") : say("There is nothing to do again."));

export function acceptOrMark() {
  if (selectedWords()) return mark();
  const chosen = selectedMark();
  if (chosen?.kind === "suggestion") return accept(chosen);
  return chosen?.value.draft ? complete(Promise.resolve(chosen.id), chosen.pieces, chosen.value) : say("Select words, or a suggestion, first.");
}
