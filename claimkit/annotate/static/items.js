// The page for flat items: one text and target at a time, one key for each label.

import { Clock } from "./clock.js";
import { $, announce, button, h } from "./dom.js";
import { renew } from "./focus.js";
import { guidelinePane } from "./guideline.js";
import { type } from "./picker.js";
import { get, Saver } from "./saver.js";
import { listenTo, showSheet } from "./shortcuts.js";
import { settings } from "./state.js";
import { theme } from "./theme.js";

const AHEAD = 8; // when fewer items than this are left, the next are fetched
const WHICH = { open: "To do", skipped: "Skipped", flagged: "Flagged", labelled: "Labelled" };

const page = { set: null, which: "open", list: [], at: 0, count: 0, isFetching: false, unfolded: null };
const clock = new Clock("document");
const saver = new Saver({ revision: () => page.set.revision, onState: showSaved, onAnswer: takeAnswer, onStale: reload });

const current = () => page.list[page.at] ?? null;

function takeState(answer) {
  for (const key of ["revision", "undo", "redo", "total", "labelled", "flagged", "skipped", "seconds"]) page.set[key] = answer[key];
}

function takeAnswer(answer) {
  takeState(answer);
  if (answer.item) for (const entry of page.list) if (entry.id === answer.item.id) Object.assign(entry, answer.item);
  show();
}

// A queue from its beginning, or from an item on.
async function load(from = "") {
  const answer = await get("/api/queue", { which: page.which, from });
  takeState(answer);
  Object.assign(page, { list: answer.items, at: 0, count: answer.count, isLast: answer.items.length < 40 });
  show();
}

async function reload(words) {
  takeState(await get("/api/state"));
  await load();
  say(`Not saved: ${words}. This is the newest state; do it again if it still fits.`);
}

async function fetchAhead() {
  if (page.isFetching || page.isLast || page.list.length - page.at > AHEAD || !page.list.length) return;
  page.isFetching = true;
  try {
    // what is being saved is still open for the server, so what is known already is left out
    const answer = await get("/api/queue", { which: page.which, from: page.list.at(-1).label || page.list.at(-1).skipped ? "" : page.list.at(-1).id });
    const known = new Set(page.list.map((entry) => entry.id));
    const fresh = answer.items.filter((entry) => !known.has(entry.id));
    page.list.push(...fresh);
    page.isLast = answer.items.length < 40 || !fresh.length;
  } catch { /* the saver tells when the server is away */ }
  page.isFetching = false;
}

// what is shown

function show() {
  const entry = current();
  const { set } = page;
  $("progress").max = set.total;
  $("progress").value = set.labelled;
  $("progress-words").textContent = `${set.labelled} of ${set.total} labelled`;
  $("undo").disabled = !set.undo;
  $("redo").disabled = !set.redo;
  $("undo").title = set.undo ? `Undo: ${set.undo}` : "Nothing to undo";
  $("redo").title = set.redo ? `Do again: ${set.redo}` : "Nothing to do again";
  const counts = { open: set.total - set.labelled, skipped: set.skipped, flagged: set.flagged, labelled: set.labelled };
  renew($("which"), ...Object.entries(WHICH).map(([name, words]) => button(`${words} ${counts[name]}`, () => turnTo(name), { at: name, pressed: page.which === name })));
  renew($("card"), ...(entry ? card(entry) : nothing()));
  clock.turnTo(entry?.id ?? null);
  fetchAhead();
}

const KIND = { claim: "claim", actor: "actor", topic: "topic", post: "post" };

function card(entry) {
  return [
    h("p", { class: "where soft" }, `${page.at + 1}${page.which === "open" ? "" : ` of ${page.count} ${WHICH[page.which].toLowerCase()}`} · ${entry.id}`,
      entry.flag ? h("span", { class: "flagged" }, " ⚑ flagged") : null, entry.skipped ? h("span", { class: "flagged" }, " skipped") : null),
    h("h2", { class: "toward" }, h("span", { class: "soft" }, `Toward the ${KIND[entry.target_kind] ?? "target"}`), h("span", { dir: "auto" }, entry.target)),
    h("p", { class: "item-text", dir: "auto" }, entry.text),
    entry.context && entry.context !== entry.text ? context(entry) : null,
    h("div", { class: "labels", role: "group", "aria-label": "Label" }, page.set.labels.map((label, index) =>
      button([h("span", { class: "sign-of", "aria-hidden": "true" }, label.sign), ` ${label.label}`], () => give(index + 1), {
        at: label.label, key: index < 9 ? String(index + 1) : null, class: `stance ${lookOf(index)}`, pressed: entry.label === label.label,
      }))),
    entry.note ? h("p", { class: "doc-note", dir: "auto" }, entry.note) : null,
    h("div", { class: "row" }, button("Skip", skip, { key: "S" }), button(entry.flag ? "Flag off" : "Flag", flag, { at: "flag", key: "F" }), button("Note", note, { key: "I" }),
      button("‹", back, { key: "←", title: "Back", "aria-label": "Back" }), button("›", on, { key: "→", title: "On", "aria-label": "On" }), entry.label ? button("Take the label back", () => tell({ label: null }, "label taken back"), { key: "Del" }) : null),
  ].filter(Boolean);
}

// Stays unfolded while the item is shown, though its card is made anew by each change.
function context(entry) {
  const node = h("details", { class: "context", open: page.unfolded === entry.id }, h("summary", { data: { at: "context" } }, "Context"), h("p", { dir: "auto" }, entry.context));
  node.addEventListener("toggle", () => { if (node.isConnected) page.unfolded = node.open ? entry.id : null; });
  return node;
}

function lookOf(index) {
  const label = page.set.labels[index];
  return label.tone !== "other" ? label.tone : `other${Math.min(1, page.set.labels.filter((entry) => entry.tone === "other").indexOf(label))}`;
}

function nothing() {
  const { set } = page;
  const left = set.total - set.labelled;
  return [h("h2", {}, page.which !== "open" || left ? "None here" : "All items are labelled"), h("p", { class: "soft" }, page.which === "open"
    ? `${set.labelled} items in ${(set.seconds / 60).toFixed(0)} minutes. Press Ctrl-C in the terminal to end, or go back with Undo.` : "Choose another list above.")];
}

// what is done

function tell(fields, label) {
  const entry = current();
  if (!entry) return say("There is no item here.");
  Object.assign(entry, fields); // shown at once; what the server answers comes after
  return saver.post("/api/change", () => ({ id: entry.id, ...fields })).then((answer) => { if (answer && label) announce(label); });
}

function give(number) {
  const label = page.set.labels[number - 1];
  if (!label) return say(`There is no label ${number}.`);
  if (!current()) return say("There is no item here.");
  tell({ label: label.label, skipped: false }, label.label);
  return on();
}

function skip() {
  tell({ skipped: true }, "skipped");
  on();
}

const flag = () => tell({ flag: !current()?.flag }, current()?.flag ? "flag taken off" : "flagged").then?.(show);

async function note() {
  const entry = current();
  if (!entry) return;
  const typed = await type({ title: "Note", about: entry.text, value: entry.note ?? "", long: true });
  if (typed && current() === entry) tell({ note: typed.value || null }, "note");
}

function on() {
  page.at = Math.min(page.at + 1, page.list.length);
  show();
  if (!current()) saver.last.then(() => { if (!current()) load().catch(() => {}); });
  else announce(`${current().target}: ${current().text}`);
}

function back() {
  if (page.at === 0) say("This is where you began. Labelled items are in their own list.");
  page.at = Math.max(0, page.at - 1);
  show();
}

const turn = (way) => saver.post(`/api/${way}`, () => ({})).then((answer) => {
  if (!answer) return;
  const place = page.list.findIndex((entry) => entry.id === answer.outcome.document);
  if (place >= 0) page.at = place;
  else if (answer.item) {
    page.list.splice(page.at, 0, answer.item);
  }
  show();
  say(`${way === "undo" ? "Undone" : "Done again"}: ${answer.outcome.label}.`);
});
const undo = () => (page.set.undo ? turn("undo") : say("There is nothing to undo."));
const redo = () => (page.set.redo ? turn("redo") : say("There is nothing to do again."));

function turnTo(which) {
  page.which = which;
  saver.last.then(() => load());
}

const KEYS = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({ group: "Label", key: String(number), says: number === 1 ? "give the label, on to the next" : null, shown: "1 – 9", run: () => give(number) })),
  { group: "Label", key: "s", says: "skip for now", run: skip },
  { key: " ", run: skip },
  { group: "Label", key: "f", says: "flag", run: flag },
  { key: "!", run: flag },
  { group: "Label", key: "i", says: "note", run: note },
  { group: "Label", key: "Delete", says: "take the label back", shown: "Del", run: () => tell({ label: null }, "label taken back") },
  { group: "Move", key: "ArrowRight", says: "on, without a label", shown: "→", run: on },
  { group: "Move", key: "ArrowLeft", says: "back", shown: "←", run: back },
  { group: "Page", key: "Ctrl+z", says: "undo", shown: "Ctrl Z", run: undo },
  { group: "Page", key: "Ctrl+Shift+z", says: "redo", shown: "Ctrl Shift Z", run: redo },
  { key: "Ctrl+y", run: redo },
  { key: "z", run: undo },
  { key: "Shift+z", run: redo },
  { group: "Page", key: "g", says: "guideline", run: () => document.body.classList.toggle("shows-panel") },
  { group: "Page", key: "?", says: "this sheet", run: () => showSheet(KEYS) },
];

function showSaved(name, words = "") {
  $("saved").dataset.state = name;
  $("saved").textContent = { saved: "Saved", saving: "Saving …", waiting: "Not saved", refused: "Not saved" }[name];
  $("trouble").hidden = !words || name === "saved";
  $("trouble").textContent = words;
}

let timer = null;
function say(words) {
  $("say").textContent = words;
  $("say").hidden = false;
  announce(words);
  clearTimeout(timer);
  timer = setTimeout(() => { $("say").hidden = true; }, 5000);
}

async function start() {
  page.set = await get("/api/items");
  const { set } = page;
  $("items-title").textContent = set.name;
  $("annotator").textContent = set.annotator;
  $("order").textContent = { file: "in the order of the file", random: "in random order", uncertainty: "the least certain first", disagreement: "the most disputed first" }[set.order];
  $("pane").replaceChildren(...guidelinePane(set.guideline));
  if (set.guideline && innerWidth > 1080) document.body.classList.add("shows-panel");
  $("undo").addEventListener("click", undo);
  $("redo").addEventListener("click", redo);
  $("help").addEventListener("click", () => showSheet(KEYS));
  $("panel-toggle").addEventListener("click", () => document.body.classList.toggle("shows-panel"));
  theme($("theme"));
  addEventListener("beforeunload", (event) => { if (saver.busy) event.preventDefault(); });
  document.title = `${set.name} · claimkit`;
  listenTo(KEYS, { isReady: () => page.set !== null, inText: (event) => event.target.id === "card" || event.target === document.body });
  await load();
  showSaved("saved");
  settings.set("seen", true);
  document.body.classList.remove("loading");
}

start().catch((error) => {
  $("trouble").hidden = false;
  $("trouble").textContent = error.message;
});
