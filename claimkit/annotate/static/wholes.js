// The document as a whole: done, flagged, noted, and the next one.

import { flow, openDocument, say, saver } from "./core.js";
import { type } from "./picker.js";
import { state, summaryOf } from "./state.js";

export function setDocument(fields, label) {
  return saver.change(label, [{ do: "document", document: state.doc.id, ...fields }]);
}

export function toggleFlag() {
  const { flag } = summaryOf(state.doc.id);
  return setDocument({ flag: !flag }, flag ? "flag taken off" : "flag");
}

export const noteDocument = () => flow(async () => {
  const typed = await type({ title: "Note on the document", about: state.doc.about.title ?? state.doc.id, value: summaryOf(state.doc.id).note ?? "", long: true });
  if (typed) setDocument({ note: typed.value || null }, "note on the document");
});

export async function finishDocument() {
  const { done } = summaryOf(state.doc.id);
  const drafts = state.marks.filter((mark) => mark.kind === "mark" && mark.value.draft).length;
  if (done) {
    nextDocument(true);
    return;
  }
  const answer = await setDocument({ done: true }, "document done");
  if (!answer) return;
  if (drafts) say(`Done, though ${drafts} statement${drafts > 1 ? "s are" : " is"} unfinished.`);
  nextDocument(true);
}

export const reopenDocument = () => setDocument({ done: false }, "document open again");

export function nextDocument(openOnly = false, direction = 1) {
  const list = state.corpus.documents;
  const here = state.going ?? state.doc.id;
  const at = list.findIndex((entry) => entry.id === here);
  for (let left = 1; left <= list.length; left += 1) {
    const entry = list[(at + direction * left + list.length * left) % list.length];
    const beyond = direction > 0 ? at + left >= list.length : at - left < 0;
    if (!openOnly && beyond) return say(direction > 0 ? "This is the last document." : "This is the first document.");
    if (!openOnly || !entry.done) return entry.id === here ? say("Every document is done.") : openDocument(entry.id);
  }
  return say("Every document is done.");
}

export const previousDocument = () => nextDocument(false, -1);
