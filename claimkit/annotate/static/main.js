// The page of a corpus: fetches what there is, wires the parts together, and shows what changes.

import { Clock } from "./clock.js";
import * as does from "./commands.js";
import { $, button, h, kbd } from "./dom.js";
import { search, showDocuments, showProgress } from "./documents.js";
import { renew } from "./focus.js";
import { guidelinePane } from "./guideline.js";
import { listen, sheet } from "./keys.js";
import { applyHiding, byId, showsSuggestions, takeMarks } from "./marks.js";
import { listPane, statementPane, toolbar } from "./panel.js";
import { close, isOpen } from "./picker.js";
import { arcsOf, currentPair, loadPairs, pairPane, relatedTo } from "./relations.js";
import { get, Saver } from "./saver.js";
import { markAt } from "./spans.js";
import { emit, on, selectedMark, settings, state } from "./state.js";
import { Breaks, Offsets } from "./text.js";
import { measured, TextView } from "./textview.js";
import { theme } from "./theme.js";

const view = new TextView($("text"));
const clock = new Clock("document");
let listFilter = "all";

const saver = new Saver({ revision: () => state.corpus.revision, onState: showSaved, onAnswer: takeAnswer, onStale: refresh });

// what the server says

function takeEntities({ actors, claims }) {
  state.actors = new Map(actors.map((actor) => [actor.id, actor]));
  state.claims = new Map(claims.map((claim) => [claim.id, claim]));
}

function takeState({ revision, undo, redo, entities }) {
  const isNew = entities !== state.corpus.entities;
  Object.assign(state.corpus, { revision, undo, redo, entities });
  $("undo").disabled = !undo;
  $("redo").disabled = !redo;
  $("undo").title = undo ? `Undo: ${undo}` : "Nothing to undo";
  $("redo").title = redo ? `Do again: ${redo}` : "Nothing to do again";
  return isNew;
}

// `moves` is how often the user had gone elsewhere when he asked: what is marked late is not selected over what he has turned to since.
function takeAnswer(answer, moves) {
  const isNew = takeState(answer);
  for (const entry of answer.documents ?? []) Object.assign(state.corpus.documents.find((other) => other.id === entry.id), { done: false, flag: false, note: null }, entry);
  if (answer.document?.id === state.doc.id) takeMarks(answer.document); // at once: the next change in the queue builds on it
  if (moves === state.moves && answer.outcome?.marked && byId(answer.outcome.marked)) state.selected = answer.outcome.marked;
  showAll();
  if (state.pass === "relations" && answer.document?.id === state.doc.id) loadPairs();
  if (isNew) get("/api/entities").then((body) => { takeEntities(body); showAll(); }, () => {});
}

// Another tab, or another program, was faster: show what stands there now.
async function refresh(words) {
  const [corpus, answer] = await Promise.all([get("/api/corpus"), get("/api/document", { id: state.doc.id })]);
  takeCorpus(corpus);
  takeDocument(answer.document);
  does.say(`Not saved: ${words}. This is the newest state; do it again if it still fits.`);
}

function takeCorpus(corpus) {
  const before = state.corpus;
  state.corpus = before ? { ...before, ...corpus } : corpus;
  takeEntities(corpus);
  takeState(corpus);
}

function takeDocument(body) {
  const isSame = state.doc?.id === body.id && state.doc.text === (body.text ?? "");
  const text = body.text ?? "";
  if (!isSame) {
    state.doc = { id: body.id, text, about: body.about, withheld: body.text === null, pairs: [], offsets: new Offsets(text), breaks: new Breaks(text, body.about.lang ?? "") };
    view.show(state.doc);
  }
  state.doc.mentioned = new Set(body.mentioned);
  takeMarks(body);
  showAll();
}

export async function openDocument(id, markId = null, stretch = null) {
  close();
  state.going = id; // quick keys add up, and the last one wins
  state.moves += 1;
  if (id !== state.doc?.id) {
    let answer, seen;
    do { // again, when a change was saved while the server looked
      seen = state.corpus.revision;
      answer = await get("/api/document", { id }).catch((error) => does.say(error.message));
      if (!answer && state.going === id) state.going = state.doc?.id ?? null;
      if (!answer || state.going !== id) return;
    } while (state.corpus.revision !== seen);
    Object.assign(state, { selected: null, relation: null, pair: 0 });
    takeDocument(answer.document);
    takeState(answer);
    measure();
    settings.set(`last.${state.corpus.name}`, id);
    $("reading").scrollTop = 0;
    view.select(0, 0, { reveal: false });
    if (state.pass === "relations") loadPairs();
  }
  document.body.classList.remove("shows-documents");
  if (markId && byId(markId)) does.select(markId);
  if (stretch && stretch[1] > stretch[0]) view.select(...stretch.map((point) => state.doc.offsets.toUnit(point)));
  view.root.focus({ preventScroll: true });
}

// The time on a document is told with whether its suggestions are hidden meanwhile.
function measure() {
  clock.turnTo(state.doc.id, state.corpus.suggestions ? state.doc.blind || !showsSuggestions() : null);
}

// what is shown

function showAll() {
  showHeader();
  showDocuments(openDocument);
  showProgress();
  showMarks();
}

function showMarks() {
  view.render(state.marks, emphasis());
  view.drawArcs(state.pass === "relations" ? pairArc() : arcsOf(selectedMark()));
  showPanel();
}

function emphasis() {
  const pair = state.pass === "relations" ? currentPair() : null;
  return { selected: state.selected, related: pair ? [pair.target] : relatedTo(selectedMark()) };
}

function pairArc() {
  const pair = currentPair();
  const source = pair && byId(pair.source), target = pair && byId(pair.target);
  return source && target ? [{ from: source.pieces[0][0], to: target.pieces[0][0], label: "?" }] : [];
}

function showHeader() {
  const { about, id } = state.doc;
  const summary = state.corpus.documents.find((entry) => entry.id === id);
  $("doc-title").textContent = about.title ?? id;
  $("doc-about").textContent = [about.source, about.author, about.published?.slice(0, 10), about.section, id].filter(Boolean).join(" · ");
  $("doc-note").textContent = summary.note ?? "";
  renew($("doc-state"),
    summary.done ? button("Done ✓", does.reopenDocument, { at: "done", pressed: true, title: "Open it again" }) : button("Done, next", does.finishDocument, { at: "done", key: "Ctrl ⏎", class: "primary" }),
    button(summary.flag ? "⚑ flagged" : "⚐ flag", does.toggleFlag, { at: "flag", key: "!", pressed: Boolean(summary.flag) }),
    button("note", does.noteDocument, { title: "Note on the document" }),
    ...(state.doc.blind ? [h("span", { class: "blind" }, "blind: no suggestions here")] : []),
  );
  $("withheld").hidden = !state.doc.withheld;
  document.title = `${about.title ?? id} · claimkit`;
}

const PANES = { statement: "Statement", list: "List", guideline: "Guideline" };

function showPanel() {
  const pane = state.pass === "relations" && state.panel === "statement" ? "pairs" : state.panel;
  renew($("tabs"), ...Object.entries(PANES).map(([name, words]) => {
    const label = name === "statement" && state.pass === "relations" ? "Pairs" : words;
    return button(name === "list" ? `${label} ${state.marks.length}` : label, () => showPane(name), { at: name, role: "tab", "aria-selected": String(state.panel === name), "aria-controls": "pane", class: "tab" });
  }));
  if (pane === "guideline" && $("pane").dataset.pane === "guideline") return; // keeps the place where one reads
  const kept = $("pane").dataset.pane === pane && $("pane").dataset.of === String(state.selected) ? $("pane").scrollTop : 0;
  renew($("pane"), ...(pane === "pairs" ? pairPane() : pane === "list" ? [listFilters(), ...listPane(listFilter)] : pane === "guideline" ? guidelinePane(state.corpus.guideline) : statementPane()).filter(Boolean));
  Object.assign($("pane").dataset, { pane, of: String(state.selected) });
  $("pane").scrollTop = kept;
}

function listFilters() {
  return h("div", { class: "choices" }, ["all", "unfinished", "suggested"].map((name) => button(name, () => { listFilter = name; showPanel(); }, { pressed: listFilter === name, class: "chip" })));
}

function showPane(name) {
  state.panel = name;
  document.body.classList.add("shows-panel");
  showPanel();
}

function showSaved(name, words = "") {
  const place = $("saved");
  place.dataset.state = name;
  place.textContent = { saved: "Saved", saving: "Saving …", waiting: "Not saved", refused: "Not saved" }[name];
  $("trouble").hidden = !words;
  $("trouble").textContent = words;
  if (name === "saved") $("trouble").hidden = true;
}

let sayTimer = null;
on("say", (words) => {
  $("say").textContent = words;
  $("say").hidden = false;
  clearTimeout(sayTimer);
  sayTimer = setTimeout(() => { $("say").hidden = true; }, 5000);
});
on("selection", showMarks);
on("hiding", () => { applyHiding(); measure(); showMarks(); });
on("show-panel", (name) => showPane(state.panel === name ? "statement" : name));
on("sheet", sheet);
on("next-document", () => does.nextDocument());
on("search", () => { document.body.classList.add("shows-documents"); $("search").focus(); $("search").select(); });

const PASSES = { free: "All at once", mark: "1 Mark", stance: "2 Stance", who: "3 Who, claim", relations: "4 Relations" };
const ABOUT = {
  mark: "Mark statements: select words, press Enter. Nothing else is asked.",
  stance: "One digit for each statement without a stance; the next one follows by itself.",
  who: "Speaker and claim of each unfinished statement, one after the other.",
  relations: "Does the one answer the other? Y, N, or the digit of the kind.",
};

on("pass", (pass) => {
  state.pass = pass;
  state.panel = "statement";
  settings.set("pass", pass);
  showPasses();
  applyHiding();
  measure();
  if (pass === "relations") loadPairs();
  else {
    showMarks();
    if (pass !== "free" && pass !== "mark") does.advance();
  }
});

function showPasses() {
  renew($("passes"), ...Object.entries(PASSES).map(([name, words]) => button(words, () => emit("pass", name), { pressed: state.pass === name })));
  $("pass-about").textContent = ABOUT[state.pass] ?? "";
  $("pass-about").hidden = !ABOUT[state.pass];
}

// what the user does with the mouse

function showTools(place) {
  const words = does.selectedWords();
  const shown = words && !isOpen() && !view.isPointerDown;
  $("tools").hidden = !shown;
  if (!shown) return;
  $("tools").replaceChildren(toolbar());
  const rects = view.rectsOf(words);
  if (!rects.length) return;
  const base = $("reading").getBoundingClientRect();
  const first = rects[0], last = rects.at(-1);
  const below = last.bottom + 54 < base.bottom;
  const width = $("tools").offsetWidth;
  $("tools").style.left = `${Math.max(8, Math.min((below ? last.right : first.left) - (below ? width / 2 : 0), innerWidth - width - 8))}px`;
  $("tools").style.top = `${below ? last.bottom + 10 : Math.max(base.top, first.top - 52)}px`;
}

let toolsTimer = null;
view.onSelection = (place) => {
  clearTimeout(toolsTimer);
  if (place.start === place.end) $("tools").hidden = true;
  toolsTimer = setTimeout(showTools, 120);
};
document.addEventListener("pointerup", () => setTimeout(showTools, 10));
$("reading").addEventListener("scroll", () => { $("tools").hidden = true; }, { passive: true });

view.root.addEventListener("click", (event) => {
  if (does.selectedWords()) return;
  const unit = view.unitAt(event.clientX, event.clientY);
  const under = event.target.closest?.(".under");
  if (!under || unit === null) {
    if (state.selected) does.select(null);
    return;
  }
  const within = state.marks.filter((mark) => under.marks.includes(mark.id));
  const chosen = markAt(within, Math.max(unit - 1, within[0]?.pieces[0][0] ?? 0), state.selected) ?? markAt(within, unit, state.selected) ?? within[0];
  if (chosen) {
    document.body.classList.add("shows-panel");
    does.select(chosen.id, { reveal: false });
  }
});

function wire() {
  $("undo").addEventListener("click", does.undo);
  $("redo").addEventListener("click", does.redo);
  $("help").addEventListener("click", sheet);
  $("previous").addEventListener("click", does.previousDocument);
  $("next").addEventListener("click", () => does.nextDocument());
  $("documents-toggle").addEventListener("click", () => document.body.classList.toggle("shows-documents"));
  $("panel-toggle").addEventListener("click", () => document.body.classList.toggle("shows-panel"));
  $("hide").addEventListener("click", does.hideSuggestions);
  $("search").addEventListener("input", (event) => search(event.target.value.trim(), openDocument));
  $("search").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.target.value = "";
    search("", openDocument);
    does.focusText();
  });
  theme($("theme"));
  addEventListener("beforeunload", (event) => { if (saver.busy) event.preventDefault(); });
  addEventListener("resize", () => { $("tools").hidden = true; });
  document.addEventListener("visibilitychange", lookForNews);
  addEventListener("focus", lookForNews);
}

// A tab that comes back to the front shows what others have saved meanwhile; not over what its user has done since it asked.
async function lookForNews() {
  if (document.visibilityState !== "visible" || saver.busy || state.going !== state.doc?.id) return;
  const { going } = state, { revision } = state.corpus;
  const isLate = () => saver.busy || state.going !== going || state.corpus.revision !== revision;
  const news = await get("/api/state").catch(() => null);
  if (!news || isLate() || (news.revision === revision && news.entities === state.corpus.entities)) return;
  const [corpus, answer] = await Promise.all([get("/api/corpus"), get("/api/document", { id: going })]).catch(() => []);
  if (!corpus || isLate() || corpus.revision !== answer.revision) return;
  takeCorpus(corpus);
  takeDocument(answer.document);
}

async function start() {
  const corpus = await get("/api/corpus");
  takeCorpus(corpus);
  $("corpus-title").textContent = corpus.title;
  $("annotator").textContent = corpus.annotator;
  $("hide").hidden = !corpus.suggestions;
  state.hidesSuggestions = settings.get("hides", false);
  state.pass = settings.get("pass", "free");
  wire();
  does.connect({ saver, view, openDocument });
  showPasses();
  const last = settings.get(`last.${corpus.name}`, null);
  const first = corpus.documents.find((entry) => entry.id === last) ?? corpus.documents.find((entry) => !entry.done) ?? corpus.documents[0];
  listen();
  await openDocument(first.id);
  showSaved("saved");
  document.body.classList.remove("loading");
}

// For tests and measurements from outside: select words, tell what is selected (in UTF-16 units), draw all anew and tell how many milliseconds that took.
globalThis.claimkitSelect = (start, end) => { view.root.focus({ preventScroll: true }); view.select(start, end); };
globalThis.claimkitPlace = () => [view.selection().start, view.selection().end];
globalThis.claimkitDrawn = () => { view.signatures = []; view.render(state.marks, emphasis()); return measured(view); };

start().catch((error) => {
  $("trouble").hidden = false;
  $("trouble").textContent = error.message;
});

export { kbd };
