// Relations: choosing what a statement answers, the list in the panel, and the pass over proposed pairs.

import { button, h } from "./dom.js";
import { openDocument, points, say, saver, select, selectedWords, view } from "./core.js";
import { byId, lookOfStance, relationsOf, signOf, wordsOf } from "./marks.js";
import { choose } from "./picker.js";
import { ranked } from "./rank.js";
import { get } from "./saver.js";
import { actorName, claimText, emit, selectedMark, state } from "./state.js";
import { shortened } from "./text.js";

const plain = (kind) => kind.replaceAll("_", " ");
const WHY = {
  opposed: "opposite stance on the same claim", contradicts: "stands on a claim that contradicts it", agrees: "agrees", repeats: "the same speaker again",
};

const kindEntries = (kinds) => kinds.map((kind) => ({ id: kind, texts: [plain(kind), kind], nearness: 0, primary: plain(kind) }));

function chooseKind(kinds, about) {
  const entries = kindEntries(kinds);
  return choose({ title: "How does it answer?", about, digits: true, options: (query) => ranked(entries, query) });
}

// What the selected statement may answer, those that contradict it first.
async function chooseTarget(chosen) {
  let found;
  try {
    found = await get("/api/candidates", { source: chosen.id });
  } catch (error) {
    say(error.message);
    return null;
  }
  const statements = found.candidates.map((entry) => {
    const here = entry.document === state.doc.id ? byId(entry.id) : null;
    const speaker = actorName(entry.speaker);
    return {
      id: entry.id, kinds: entry.kinds, nearness: 0, texts: [here?.letter ?? "", speaker, entry.text, claimText(entry.claim)], sign: here?.letter ?? "↗",
      look: lookOfStance(entry.stance), primary: `${speaker}: ${shortened(entry.text, 110)}`,
      secondary: [entry.stance, entry.why ? WHY[entry.why] : "", here ? "" : `in ${entry.document}`].filter(Boolean).join(" · "),
      group: entry.why === "opposed" || entry.why === "contradicts" ? "contradicting" : entry.why ? "on the same claim" : "others of this document",
    };
  });
  const claims = [...found.claims, ...[...state.claims.keys()].filter((id) => !found.claims.includes(id))].map((id) => ({
    id, kinds: found.kinds, nearness: 0, texts: [claimText(id)], sign: "¶", primary: claimText(id), secondary: "the claim itself", group: "claims nobody states here",
  }));
  return choose({
    title: "What does it answer?", about: wordsOf(chosen),
    options: (query) => [...ranked(statements, query), ...ranked(claims, query)],
  });
}

export async function relate() {
  const chosen = selectedMark();
  if (!chosen || chosen.kind !== "mark") return say("Select the answering statement first.");
  if (chosen.value.draft) return say("Finish this statement first: it needs speaker, claim and stance.");
  const target = await chooseTarget(chosen);
  if (!target) return null;
  const kind = await chooseKind(target.kinds, target.primary);
  if (!kind) return null;
  return saver.change(plain(kind.id), [{ do: "relate", source: chosen.id, kind: kind.id, targets: [target.id] }]);
}

export function unrelate(id) {
  state.relation = null;
  return saver.change("take out a relation", [{ do: "unrelate", id }]);
}

async function addTarget(relation) {
  const source = byId(relation.source);
  const target = source && await chooseTarget(source);
  if (target) saver.change("further target", [{ do: "set-relation", id: relation.id, fields: { targets: [...relation.targets, target.id] } }]);
}

async function changeKind(relation) {
  const kind = await chooseKind(state.corpus.kinds, null);
  if (kind) saver.change(plain(kind.id), [{ do: "set-relation", id: relation.id, fields: { kind: kind.id } }]);
}

// The selected words become the evidence of the relation that is looked at, or of the only one there is.
export function evidence() {
  const words = selectedWords();
  if (!words) return say("Select the words that show the relation first.");
  const { out } = relationsOf(state.selected);
  const relation = out.find((entry) => entry.id === state.relation) ?? (out.length === 1 ? out[0] : null);
  if (!relation) return say("Choose a relation in the panel first.");
  return saver.change("evidence", [{ do: "set-relation", id: relation.id, fields: { evidence: points(words) } }]);
}

function targetButton(id) {
  const here = byId(id);
  if (here) return button([h("b", {}, here.letter), " ", actorName(here.value.speaker), ": ", shortened(wordsOf(here), 60)], () => select(id), { at: id, class: "plain to" });
  const there = state.doc.elsewhere[id];
  if (there?.document) return button(["↗ ", shortened(there.text, 60)], () => openDocument(there.document, id), { at: id, class: "plain to", title: `in ${there.document}` });
  return h("span", { class: "to" }, "¶ ", claimText(id));
}

function row(relation) {
  const isOpen = state.relation === relation.id;
  const toggle = () => { state.relation = isOpen ? null : relation.id; emit("selection"); };
  const basis = h("select", { "aria-label": "Basis", data: { at: "basis" } }, ["", ...state.corpus.bases].map((name) => h("option", { value: name, selected: name === (relation.basis ?? "") }, name || "basis …")));
  basis.addEventListener("change", () => saver.change("basis", [{ do: "set-relation", id: relation.id, fields: { basis: basis.value || null } }]));
  return h("li", { class: isOpen ? "relation on" : "relation" },
    h("div", { class: "row" }, button(plain(relation.kind), toggle, { class: "kind", "aria-expanded": String(isOpen) }), relation.targets.map(targetButton)),
    isOpen ? h("div", { class: "row small" }, button("kind", () => changeKind(relation)), button("+ target", () => addTarget(relation)), basis,
      relation.evidence ? button(`“${shortened(relation.evidence.text, 30)}” ×`, () => saver.change("evidence taken out", [{ do: "set-relation", id: relation.id, fields: { evidence: null } }]), { at: "evidence", title: "Take the evidence out" })
        : button("evidence", evidence, { key: "E", title: "Select the words that show the relation, then this" }),
      button("Remove", () => unrelate(relation.id), { at: `remove ${relation.id}`, class: "danger" })) : null);
}

export function relationRows(mark) {
  const { out, back } = relationsOf(mark.id);
  const answers = back.map((relation) => {
    const here = byId(relation.source);
    return h("li", { class: "relation back" }, h("span", { class: "row" },
      here ? button([h("b", {}, here.letter), ` ${plain(relation.kind)} this`], () => select(here.id), { at: here.id, class: "plain to" }) : h("span", { class: "to" }, `↗ ${plain(relation.kind)} this, from another document`)));
  });
  return [...out.map(row), ...answers];
}

export function arcsOf(mark) {
  if (!mark) return [];
  const arcs = [];
  const add = (from, to, kind) => { if (from && to) arcs.push({ from: from.pieces[0][0], to: to.pieces[0][0], label: plain(kind) }); };
  const { out, back } = relationsOf(mark.id);
  for (const relation of out) for (const target of relation.targets) add(mark, byId(target), relation.kind);
  for (const relation of back) add(byId(relation.source), mark, relation.kind);
  return arcs;
}

export function relatedTo(mark) {
  if (!mark) return [];
  const { out, back } = relationsOf(mark.id);
  return [...out.flatMap((relation) => relation.targets), ...back.map((relation) => relation.source)];
}

// the pass: one proposed pair at a time

export const currentPair = () => state.doc?.pairs[Math.min(state.pair, state.doc.pairs.length - 1)] ?? null;

export function showPair() {
  const pair = currentPair();
  if (pair) {
    state.selected = pair.source;
    const source = byId(pair.source);
    if (source) view.reveal(source.pieces[0][0]);
  }
  emit("selection");
}

// Fetches the pairs that are still open; what is on the way to the server is not among them.
export async function loadPairs() {
  const { id } = state.doc;
  const answer = await get("/api/pairs", { document: id }).catch((error) => say(error.message));
  if (!answer || state.doc.id !== id) return;
  state.doc.pairs = answer.pairs.filter((pair) => !judged.has(`${pair.source} ${pair.target}`));
  state.pair = Math.max(0, Math.min(state.pair, state.doc.pairs.length - 1));
  showPair();
}

const judged = new Set(); // on the way to the server

function answerPair(make, label) {
  const pair = currentPair();
  if (!pair) return say("No pair is left in this document.");
  const name = `${pair.source} ${pair.target}`;
  judged.add(name);
  state.doc.pairs = state.doc.pairs.filter((other) => other !== pair);
  showPair();
  return saver.change(label, [make(pair)]).finally(() => judged.delete(name));
}

export const pairYes = (number = 1) => {
  const kind = currentPair()?.kinds[number - 1];
  return kind ? answerPair((pair) => ({ do: "relate", source: pair.source, kind, targets: [pair.target] }), plain(kind)) : say("No pair is left in this document.");
};
export const pairNo = () => answerPair((pair) => ({ do: "decline", source: pair.source, target: pair.target }), "not related");

export function pairSkip(step) {
  const count = state.doc.pairs.length;
  if (count) state.pair = (state.pair + step + count) % count;
  showPair();
}

function side(id, heading) {
  const mark = byId(id);
  if (!mark) return null;
  return h("section", { class: `side ${mark.look}` }, h("h3", {}, heading),
    h("p", {}, h("span", { class: `sign ${mark.look}` }, `${mark.letter}${signOf(mark.value.stance)}`), " ", h("b", {}, actorName(mark.value.speaker)), ` · ${mark.value.stance}`),
    h("blockquote", { dir: "auto" }, wordsOf(mark)), h("p", { class: "soft" }, claimText(mark.value.claim)));
}

export function pairPane() {
  const pair = currentPair();
  if (!pair) return [h("p", { class: "soft" }, "No pair of statements is left to be judged in this document. "), h("p", {}, button("Next document", () => emit("next-document"), { key: "]" }))];
  return [
    h("p", { class: "soft" }, `Pair ${Math.min(state.pair, state.doc.pairs.length - 1) + 1} of ${state.doc.pairs.length}: ${WHY[pair.why]}`),
    side(pair.source, "Does this …"), side(pair.target, "… answer this?"),
    h("div", { class: "row" }, button(`Yes: ${plain(pair.kinds[0])}`, () => pairYes(1), { at: "yes", key: "Y", class: "primary" }), button("No", pairNo, { key: "N" }), button("Later", () => pairSkip(1), { key: "→" })),
    h("div", { class: "row small", role: "group", "aria-label": "Another kind" }, pair.kinds.slice(0, 9).map((kind, index) => button(plain(kind), () => pairYes(index + 1), { key: String(index + 1) }))),
  ];
}
