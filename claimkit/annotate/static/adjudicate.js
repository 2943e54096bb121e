// The page of adjudication: one disputed case after the other, with the text, and gold at the end.

import { casePane, disputedWords, FIELD_KEYS, layersOf, nothingLeft } from "./casepane.js";
import { changes } from "./changing.js";
import { Clock } from "./clock.js";
import { $, announce, button, h } from "./dom.js";
import { CALLED, lookOf, signOf, wordsOf } from "./facts.js";
import { renew } from "./focus.js";
import { guidelinePane } from "./guideline.js";
import { choose, type } from "./picker.js";
import { get, Saver } from "./saver.js";
import { listenTo, showSheet } from "./shortcuts.js";
import { markAt } from "./spans.js";
import { actorName, claimText, settings, state } from "./state.js";
import { Breaks, Offsets } from "./text.js";
import { TextView } from "./textview.js";
import { theme } from "./theme.js";

const FILTERS = ["all", "open", "presence", "stance", "claim", "speaker", "relations"];
const page = { at: null, filter: "open", tab: "case", full: new Map(), reasons: new Map(), going: 0, loading: null, keys: Promise.resolve() };
const view = new TextView($("text"));
const clock = new Clock("document");
const saver = new Saver({ revision: () => state.corpus.revision, onState: showSaved, onAnswer: takeAnswer, onStale: reload });

const shortOf = (unit) => state.corpus.cases.find((entry) => entry.unit === unit) ?? null;
const current = () => (page.at === null ? null : page.full.get(page.at) ?? null);
const passes = (entry) => page.filter === "all" || entry.unit === page.at || (page.filter === "open" ? !entry.take
  : page.filter === "relations" ? entry.kind === "relation" : entry.kind === "statement" && entry.disputed.includes(page.filter));

// what the server says

function takeState({ revision, undo, redo }) {
  Object.assign(state.corpus, { revision, undo, redo });
  for (const [name, words] of [["undo", "Undo"], ["redo", "Do again"]]) {
    $(name).disabled = !state.corpus[name];
    $(name).title = state.corpus[name] ? `${words}: ${state.corpus[name]}` : `Nothing to ${name}`;
  }
}

function takeAnswer(answer) {
  takeState(answer);
  if (answer.case) {
    Object.assign(shortOf(answer.case.short.unit), answer.case.short);
    page.full.set(answer.case.full.unit, answer.case.full);
  }
  show();
}

function takeCorpus(corpus) {
  state.corpus = corpus;
  state.actors = new Map(corpus.actors.map((actor) => [actor.id, actor]));
  state.claims = new Map(corpus.claims.map((claim) => [claim.id, claim]));
  takeState(corpus);
}

async function reload(words) {
  takeCorpus(await get("/api/cases"));
  page.full.clear();
  state.doc = null;
  await go(shortOf(page.at) ? page.at : state.corpus.cases[0]?.unit ?? null);
  say(`Not saved: ${words}. This is the newest state; do it again if it still fits.`);
}

const go = (unit) => {
  page.loading = turnTo(unit);
  return page.loading;
};

async function turnTo(unit) {
  const number = page.going += 1;
  page.at = unit;
  page.tab = "case";
  const entry = unit === null ? null : shortOf(unit);
  if (entry && state.doc?.id !== entry.document) {
    let answer;
    do { // again, when a decision was saved since the server has looked
      answer = await get("/api/document", { id: entry.document }).catch((error) => say(error.message));
      if (!answer || number !== page.going) return;
    } while (answer.revision < state.corpus.revision);
    takeDocument(answer.document);
  }
  show();
  if (entry) {
    const mark = marks().find((one) => one.id.startsWith("case"));
    if (mark) view.reveal(mark.pieces[0][0]);
    announce(`${disputedWords(entry)}. ${layersOf(current()).map((layer) => `${layer}: ${spoken(current().said[layer])}`).join("; ")}`);
  }
}

const spoken = (version) => (version === null ? "nothing" : version.kind ?? `${version.stance}, ${actorName(version.speaker)}, ${claimText(version.claim)}`);

function takeDocument(body) {
  const text = body.text ?? "";
  state.doc = { ...body, text, withheld: body.text === null, offsets: new Offsets(text), breaks: new Breaks(text, body.about.lang ?? "") };
  for (const entry of body.cases) page.full.set(entry.unit, entry);
  view.show(state.doc);
  clock.turnTo(body.id);
  $("reading").scrollTop = 0;
}

// what is shown

const piecesOf = (spans) => spans.map((span) => [state.doc.offsets.toUnit(span.start), state.doc.offsets.toUnit(span.end)]).filter(([start, end]) => end > start);

// Agreed statements with their sign, other cases with a question mark, and of the case at hand each annotator's words.
function marks() {
  const found = state.doc.agreed.map((version, index) => ({ id: `agreed ${index}`, pieces: piecesOf(version.spans), look: "gap", tag: signOf(version.stance) }));
  const here = current();
  for (const entry of state.doc.cases.map((one) => page.full.get(one.unit) ?? one)) {
    if (entry.unit === page.at) continue;
    if (entry.kind === "statement") found.push({ id: `other ${entry.unit}`, pieces: piecesOf((entry.made ?? entry.draft).spans), look: "suggestion", tag: entry.take ? "✓" : "?" });
  }
  if (here?.kind === "statement") {
    layersOf(here).forEach((layer, index) => {
      const version = here.said[layer];
      if (version) found.push({ id: `case ${layer}`, pieces: piecesOf(version.spans), look: lookOf(version.stance), tag: `${index + 1}${signOf(version.stance)}` });
    });
  } else if (here) {
    for (const side of ["source", "target"]) if (here[side].spans.length) found.push({ id: `case ${side}`, pieces: piecesOf(here[side].spans), look: lookOf(here[side].stance), tag: side === "source" ? "→" : "●" });
  }
  return found.filter((mark) => mark.pieces.length);
}

function show() {
  showCases();
  const { corpus } = state;
  const decided = corpus.cases.filter((entry) => entry.take).length;
  $("progress").max = Math.max(1, corpus.cases.length);
  $("progress").value = corpus.cases.length ? decided : 1;
  $("progress-words").textContent = corpus.cases.length ? `${decided} of ${corpus.cases.length} decided` : "nothing is disputed";
  $("gold").textContent = corpus.has_gold ? "Write gold again" : "Write gold";
  const here = current();
  if (state.doc) {
    const drawn = marks();
    $("doc-title").textContent = state.doc.about.title ?? state.doc.id;
    $("doc-about").textContent = [state.doc.about.published?.slice(0, 10), state.doc.about.source, state.doc.id].filter(Boolean).join(" · ");
    $("withheld").hidden = !state.doc.withheld;
    view.render(drawn, { selected: null, related: drawn.filter((mark) => mark.id.startsWith("case")).map((mark) => mark.id) });
    view.drawArcs(here?.kind === "relation" && here.target.spans.length && here.source.spans.length
      ? [{ from: piecesOf(here.source.spans)[0][0], to: piecesOf(here.target.spans)[0][0], label: here.made ?? "?" }] : []);
  }
  showPane();
}

function showPane() {
  const here = current();
  const tabs = [["case", "Case"], ["guideline", "Guideline"]];
  renew($("tabs"), ...tabs.map(([name, words]) => h("button", { type: "button", role: "tab", class: "tab", data: { at: name }, "aria-selected": String(page.tab === name), on: { click: () => { page.tab = name; showPane(); } } }, words)));
  if (page.tab === "guideline") {
    if (!$("pane").querySelector(".prose")) $("pane").replaceChildren(...guidelinePane(state.corpus.guideline));
  } else if (here) renew($("pane"), ...casePane(here, does, page.reasons.get(here.unit)));
  else if (page.at === null) renew($("pane"), nothingLeft({ all: state.corpus.cases.length, agreed: state.corpus.agreed }, does));
}

function showCases() {
  const { corpus } = state;
  const counts = Object.fromEntries(FILTERS.map((name) => [name, corpus.cases.filter((entry) => {
    if (name === "all") return true;
    if (name === "open") return !entry.take;
    return name === "relations" ? entry.kind === "relation" : entry.kind === "statement" && entry.disputed.includes(name);
  }).length]));
  renew($("filter"), ...FILTERS.filter((name) => counts[name] || ["all", "open"].includes(name)).map((name) =>
    button(`${name} ${counts[name]}`, () => { page.filter = name; showCases(); }, { at: name, pressed: page.filter === name, class: "chip" })));
  const shown = corpus.cases.filter(passes);
  const rows = [];
  let last = null;
  for (const entry of shown) {
    if (entry.document !== last) rows.push(h("li", { class: "of-document", dir: "auto" }, corpus.documents.find((one) => one.id === entry.document)?.title ?? entry.document));
    last = entry.document;
    rows.push(h("li", {}, button([
      h("span", { class: entry.take ? "progress-sign done" : "progress-sign", "aria-label": entry.take ? "decided" : "open" }, entry.take ? "✓" : "○"),
      h("span", { class: "what" }, h("span", { class: "words", dir: "auto" }, entry.words), h("span", { class: entry.tied && !entry.take ? "soft tie" : "soft" }, disputedWords(entry))),
    ], () => { document.body.classList.remove("shows-documents"); go(entry.unit); }, { at: entry.unit, class: entry.unit === page.at ? "plain case on" : "plain case", "aria-current": entry.unit === page.at ? "true" : null })));
  }
  renew($("case-list"), ...(rows.length ? rows : [h("li", { class: "soft nothing" }, page.filter === "open" ? "None is open." : "None.")]));
  $("case-list").querySelector(".on")?.scrollIntoView({ block: "nearest" });
}

// what is done

const needCase = (run) => () => (current() ? run(current()) : say("Every case is decided; K goes back to the last one."));

// `fieldsOf` is asked when all earlier changes are made, so that quick keys add up; null changes nothing.
function send(unit, fieldsOf) {
  return saver.post("/api/change", () => {
    const now = page.full.get(unit) ?? null;
    const fields = now && fieldsOf(now.decision, now);
    if (!fields) return null;
    const reason = fields.take === null ? null : fields.reason ?? now.decision?.reason ?? page.reasons.get(unit) ?? null;
    return { unit, edits: {}, ...fields, reason: reason || null };
  }).then((answer) => { if (answer) announce(answer.case.short.take ? `took ${answer.case.short.take}` : "taken back"); });
}

function nextOpen(unit) {
  const { cases } = state.corpus;
  const place = cases.findIndex((entry) => entry.unit === unit);
  return [...cases.slice(place + 1), ...cases.slice(0, place)].find((entry) => !entry.take)?.unit ?? null;
}

function step(by) {
  const list = page.filter === "open" ? state.corpus.cases : state.corpus.cases.filter(passes); // back to what was just decided, too
  if (!list.length) return say("There is no case here.");
  const place = list.findIndex((entry) => entry.unit === page.at);
  const next = page.at === null ? (by < 0 ? list.length - 1 : 0) : place + by;
  if (next < 0 || next >= list.length) return say(by < 0 ? "This is the first one." : "This is the last one.");
  return go(list[next].unit);
}

function takeDigit(number) {
  const here = current();
  const layer = here && layersOf(here)[number - 1];
  if (!layer) return say(here ? `There is no annotator ${number}.` : "Every case is decided.");
  return does.take(layer);
}

const does = {
  take: (name) => needCase((entry) => {
    const done = send(entry.unit, () => ({ take: name }));
    shortOf(entry.unit).take = name; // shown at once; what the server answers comes after
    go(nextOpen(entry.unit));
    return done;
  })(),
  takeBack: needCase((entry) => send(entry.unit, (decision) => (decision ? { take: null } : void say("Nothing was decided here.")))),
  reason: needCase(async (entry) => {
    const typed = await type({ title: "Why", about: entry.kind === "statement" ? wordsOf(entry.draft) : null, value: entry.decision?.reason ?? page.reasons.get(entry.unit) ?? "", long: true });
    if (!typed) return;
    page.reasons.set(entry.unit, typed.value);
    await send(entry.unit, (decision) => (decision ? { take: decision.take, edits: decision.edits, reason: typed.value } : null));
    showPane();
  }),
  ...changes({ need: needCase, send, say }),
  async writeGold() {
    const open = state.corpus.cases.filter((entry) => !entry.take).length;
    const rest = open ? `${open} disputed cases are not decided: there the ${state.corpus.strategy} stands. ` : "";
    const sure = await choose({
      title: state.corpus.has_gold ? `Replace the layer ${state.corpus.layer}?` : `Write the layer ${state.corpus.layer}?`,
      about: `${rest}The annotators' layers are not touched.`, options: () => [{ id: "yes", primary: state.corpus.has_gold ? "Replace it" : "Write it" }, { id: "no", primary: "Not yet" }], digits: true,
    });
    if (sure?.id !== "yes") return;
    const answer = await saver.post("/api/gold", () => ({ force: state.corpus.has_gold }));
    if (!answer) return;
    state.corpus.has_gold = true;
    show();
    say(`${answer.path}: ${answer.statements} statements, ${answer.relations} relations, ${answer.decided} of them decided by you.`);
  },
};

const turn = (way) => saver.post(`/api/${way}`, () => ({})).then((answer) => {
  if (!answer) return;
  if (answer.outcome.document) go(answer.outcome.document);
  say(`${way === "undo" ? "Undone" : "Done again"}: ${answer.outcome.label}.`);
});
const undo = () => (state.corpus.undo ? turn("undo") : say("There is nothing to undo."));
const redo = () => (state.corpus.redo ? turn("redo") : say("There is nothing to do again."));

// Quick keys are run one after the other, each when the case that the one before leads to is there.
function inOrder(run) {
  page.keys = page.keys.then(() => page.loading).then(() => { run(); });
}

const KEYS = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({ group: "Decide", key: String(number), says: number === 1 ? "this annotator is right; on to the next open case" : null, shown: "1 – 9", run: () => takeDigit(number) })),
  { group: "Decide", key: "Enter", says: "as proposed", run: () => does.take("majority") },
  { group: "Decide", key: "x", says: "neither: nothing here", run: () => does.take("neither") },
  { group: "Decide", key: "i", says: "the reason", run: () => does.reason() },
  { group: "Decide", key: "u", says: "take the decision back", run: () => does.takeBack() },
  { group: "Change what is taken", key: "s", says: "stance", run: () => does.editStance() },
  { group: "Change what is taken", key: "c", says: "claim", run: () => does.editClaim() },
  { group: "Change what is taken", key: "w", says: "speaker (who)", run: () => does.editSpeaker() },
  ...Object.entries(FIELD_KEYS).map(([name, key]) => ({ group: "Change what is taken", key, says: CALLED[name].toLowerCase(), run: () => does.editField(name) })),
  { group: "Change what is taken", key: "f", says: "any field in which versions differ", run: () => does.editAny() },
  { group: "Change what is taken", key: "e", says: "kind of a relation", run: () => does.editKind() },
  { group: "Move", key: "j", says: "next case", run: () => step(1) },
  { key: "ArrowDown", run: () => step(1) },
  { group: "Move", key: "k", says: "case before", run: () => step(-1) },
  { key: "ArrowUp", run: () => step(-1) },
  { group: "Move", key: "n", says: "next open case", run: () => go(nextOpen(page.at)) },
  { group: "Page", key: "z", says: "undo", run: undo },
  { group: "Page", key: "Shift+z", says: "redo", run: redo },
  { key: "Ctrl+z", run: undo },
  { key: "Ctrl+Shift+z", run: redo },
  { key: "Ctrl+y", run: redo },
  { group: "Page", key: "g", says: "guideline or case", run: () => { page.tab = page.tab === "case" ? "guideline" : "case"; showPane(); } },
  { group: "Page", key: "Shift+g", says: "write gold", run: () => does.writeGold() },
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
  timer = setTimeout(() => { $("say").hidden = true; }, 6000);
}

function clicked(event) {
  const unit = view.unitAt(event.clientX, event.clientY);
  const mark = unit === null ? null : markAt(marks().filter((one) => one.id.startsWith("other ")), unit);
  if (mark) go(mark.id.slice("other ".length));
}

async function start() {
  takeCorpus(await get("/api/cases"));
  const { corpus } = state;
  $("corpus-title").textContent = corpus.name;
  $("about").textContent = `${corpus.layers.join(", ")} → ${corpus.layer}`;
  document.title = `${corpus.name} · adjudication · claimkit`;
  document.body.classList.add("shows-panel");
  theme($("theme"));
  $("undo").addEventListener("click", undo);
  $("redo").addEventListener("click", redo);
  $("gold").addEventListener("click", () => does.writeGold());
  $("help").addEventListener("click", () => showSheet(KEYS));
  $("documents-toggle").addEventListener("click", () => document.body.classList.toggle("shows-documents"));
  $("panel-toggle").addEventListener("click", () => document.body.classList.toggle("shows-panel"));
  $("text").addEventListener("click", clicked);
  addEventListener("beforeunload", (event) => { if (saver.busy) event.preventDefault(); });
  listenTo(KEYS.map((entry) => ({ ...entry, run: () => inOrder(entry.run) })), { isReady: () => state.corpus !== null, inText: (event) => event.target === document.body || event.target.id === "text" });
  const first = corpus.cases.find((entry) => !entry.take) ?? null;
  await go(first?.unit ?? null);
  if (!first && corpus.cases.length) takeDocument((await get("/api/document", { id: corpus.cases[0].document })).document);
  show();
  showSaved("saved");
  settings.set("seen", true);
  document.body.classList.remove("loading");
}

start().catch((error) => {
  $("trouble").hidden = false;
  $("trouble").textContent = error.message;
});
