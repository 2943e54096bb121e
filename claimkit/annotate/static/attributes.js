// What can be said of the selected statement beside its words and its stance.

import { collapse, needMark, points, say, selectedWords } from "./core.js";
import { chooseActor, chooseClaim } from "./fields.js";
import { set } from "./marking.js";
import { wordsOf } from "./marks.js";
import { choose, type } from "./picker.js";
import { selectedMark, state } from "./state.js";

export const setSpeaker = () => needMark(async (chosen) => {
  const actor = await chooseActor("Who says it?", wordsOf(chosen), chosen.pieces);
  if (actor) set(chosen, { speaker: actor.id }, "speaker", actor.make);
});

export const setClaim = () => needMark(async (chosen) => {
  const claim = await chooseClaim("On which claim?", wordsOf(chosen), chosen.pieces);
  if (claim) set(chosen, { claim: claim.id }, "claim", claim.make);
});

export const setBehalf = () => needMark(async (chosen) => {
  const how = await choose({
    title: "On whose behalf?", about: wordsOf(chosen), digits: true,
    options: () => [
      { id: "auto", primary: "As his role on that day says" }, { id: "self", primary: "Explicitly for himself" }, { id: "actor", primary: "For somebody else …" },
    ],
  });
  if (!how) return;
  if (how.id !== "actor") set(chosen, { behalf: { how: how.id } }, "on behalf of");
  else {
    const actor = await chooseActor("On whose behalf?", wordsOf(chosen), chosen.pieces);
    if (actor) set(chosen, { behalf: { how: "actor", actor: actor.id } }, "on behalf of", actor.make);
  }
});

export const addTarget = () => needMark(async (chosen) => {
  const actor = await chooseActor("Toward whom is an attitude shown?", wordsOf(chosen), chosen.pieces);
  if (!actor) return;
  const attitude = await choose({
    title: "Which attitude?", digits: true, options: () => state.corpus.attitudes.map((name) => ({ id: name, primary: name })),
  });
  if (!attitude) return;
  const others = (value) => (value.targets ?? []).filter((target) => target.actor !== actor.id).map((target) => [target.actor, target.attitude]);
  set(chosen, (value) => ({ targets: [...others(value), [actor.id, attitude.id]] }), "target", actor.make);
});

const addActor = (key, title) => needMark(async (chosen) => {
  const actor = await chooseActor(title, wordsOf(chosen), chosen.pieces);
  if (actor) set(chosen, (value) => ({ [key]: [...(value[key] ?? []), actor.id] }), key, actor.make);
});

export const addReporter = () => addActor("chain", "Who passes it on? (outermost first)");

export const addAddressee = () => addActor("addressees", "To whom is it said?");

function cycle(key, values) {
  const chosen = selectedMark();
  if (!chosen) return say("Select a statement first.");
  return set(chosen, (value) => {
    const next = values[values.indexOf(value[key]) + 1] ?? null;
    say(`${key}: ${next ?? "none"}`);
    return { [key]: next };
  }, key);
}
export const cycleQuotation = () => cycle("quotation", state.corpus.quotations);

export const cycleModality = () => cycle("modality", state.corpus.modalities);

export const editNote = () => needMark(async (chosen) => {
  const typed = await type({ title: "Note", about: wordsOf(chosen), value: chosen.value.note ?? "", long: true });
  if (typed) set(chosen, { note: typed.value || null }, "note");
});

export const editDate = () => needMark(async (chosen) => {
  const typed = await type({
    title: "When was it said?", about: wordsOf(chosen), value: chosen.value.said ?? state.doc.about.published?.slice(0, 10) ?? "", placeholder: "YYYY-MM-DD",
    check: (value) => (value === "" || /^\d{4}-\d\d-\d\d(T.*)?$/.test(value) ? "" : "Write the day as YYYY-MM-DD, or nothing where it is the day of the document."),
  });
  if (typed) set(chosen, { said: typed.value || null }, "date");
});

export const editConfidence = () => needMark(async (chosen) => {
  const steps = [["0.95", "sure: the guideline decides it"], ["0.8", "fairly sure"], ["0.7", "a rule had to be interpreted"], ["0.5", "another may well decide otherwise"], ["", "not given"]];
  const picked = await choose({ title: "How sure are you?", about: wordsOf(chosen), digits: true, options: () => steps.map(([id, words]) => ({ id, primary: id || "–", secondary: words })) });
  if (picked) set(chosen, { confidence: picked.id ? Number(picked.id) : null }, "confidence");
});

function withWords(key, label) {
  const words = selectedWords(), chosen = selectedMark();
  if (!chosen) return say("Select a statement first.");
  if (!words) {
    if (!chosen.value[key]) return say(`Select the words that are the ${label} first.`);
    return set(chosen, { [key]: null }, `${label} taken out`);
  }
  collapse(words[1]);
  return set(chosen, { [key]: points(words) }, label);
}

export const setCue = () => withWords("cue", "cue");

export const setSpeakerWords = () => withWords("speaker_span", "words naming the speaker");

export function addDuplicate() {
  const words = selectedWords(), chosen = selectedMark();
  if (!chosen || !words) return say("Select a statement, then the words that repeat it.");
  const repeated = points(words);
  collapse(words[1]);
  const others = (value) => (value.duplicate_spans ?? []).map((span) => [span.start, span.end]);
  return set(chosen, (value) => ({ duplicate_spans: [...others(value), repeated] }), "repeated words");
}
