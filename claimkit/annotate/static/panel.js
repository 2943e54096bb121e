// The panel beside the text: the selected statement or suggestion with everything that can be said of it, and the list of all.

import { button, h, kbd } from "./dom.js";
import * as does from "./commands.js";
import { lookOfStance, relationsOf, signOf, wordsOf } from "./marks.js";
import { evidence, relate, relationRows } from "./relations.js";
import { actorName, claimText, labelOf, selectedMark, state } from "./state.js";
import { shortened } from "./text.js";

const plain = (word) => word.replaceAll("_", " ");

function field(name, key, content, run, { missing = false, more = null } = {}) {
  return h("div", { class: missing ? "field missing" : "field" },
    h("dt", {}, run ? button(name, run, { key, class: "plain name" }) : h("span", { class: "name" }, name, key ? kbd(key) : null)),
    h("dd", {}, content, more));
}

const cross = (what, run) => button("×", run, { at: `take out ${what}`, class: "plain cross", title: `Take out: ${what}`, "aria-label": `Take out: ${what}` });
const empty = (words) => h("span", { class: "soft" }, words);

function stances(mark) {
  return h("div", { class: "stances", role: "group", "aria-label": "Stance" }, state.corpus.labels.map((label, index) =>
    button([h("span", { class: "sign-of" }, label.sign), ` ${label.label}`], () => does.stance(index + 1), {
      at: label.label,
      key: String(index + 1), class: `stance ${lookOfStance(label.label)}`, pressed: mark.value.stance === label.label,
    })));
}

function choices(key, values, mark) {
  return h("div", { class: "choices", role: "group", "aria-label": key }, values.map((value) =>
    button(value, () => does.set(mark, { [key]: mark.value[key] === value ? null : value }, `${key}: ${value}`), { pressed: mark.value[key] === value, class: "chip" })));
}

const names = (mark, key) => mark.value[key].map((id, index, ids) => h("span", { class: "name-of" }, actorName(id), cross(actorName(id), () => does.set(mark, { [key]: ids.filter((_, at) => at !== index) }, `${key} changed`))));

function behalf(mark) {
  const { value } = mark;
  if (value.on_behalf_of === null) return "explicitly for himself";
  if (value.on_behalf_of) return actorName(value.on_behalf_of);
  if (value.draft || mark.kind === "suggestion" || !value.party) return empty("as his role on that day says");
  if (value.how === "role") return [actorName(value.party), " ", empty("by his role on that day")];
  return empty(state.actors.get(value.speaker)?.kind === "person" ? "for himself: no role is known on that day" : "for itself");
}

function words(mark, key, label) {
  const span = mark.value[key];
  return span ? [h("q", { dir: "auto" }, span.text), cross(label, () => does.set(mark, { [key]: null }, `${label} taken out`))] : empty("select words, then the key");
}

function spanList(mark) {
  const { value } = mark;
  if (value.spans.length < 2) return null;
  const keep = (at) => does.set(mark, { spans: value.spans.filter((_, index) => index !== at).map((span) => [span.start, span.end]) }, "fewer words");
  return h("ol", { class: "spans" }, value.spans.map((span, index) => h("li", { dir: "auto" }, shortened(span.text, 60), cross("these words", () => keep(index)))));
}

const ORIGIN = { manual: "marked by hand", accepted: "accepted as suggested", edited: "suggested, then edited", suggested: "suggested", imported: "imported", model: "made by a model" };

function footer(mark) {
  const { value } = mark;
  const source = value.meta?.suggestion;
  const parts = [ORIGIN[value.origin] ?? value.origin, source ? `from ${source.layer}` : null, value.created, value.guideline ? `guideline ${value.guideline}` : null, value.id];
  return h("p", { class: "origin" }, parts.filter(Boolean).join(" · "));
}

function details(mark) {
  const { value } = mark;
  const missing = new Set(value.missing);
  return h("dl", { class: "fields" },
    field("Speaker", "W", value.speaker ? actorName(value.speaker) : empty("who says it?"), does.setSpeaker, { missing: missing.has("speaker") }),
    field("Claim", "C", value.claim ? h("span", { dir: "auto" }, claimText(value.claim)) : empty("on which claim?"), does.setClaim, { missing: missing.has("claim") }),
    field("On behalf of", "B", behalf(mark), does.setBehalf),
    field("Attitude", "T", (value.targets ?? []).length ? value.targets.map((target) => h("span", { class: "name-of" }, actorName(target.actor), ` ${target.attitude}`,
      cross(actorName(target.actor), () => does.set(mark, { targets: value.targets.filter((other) => other !== target).map((other) => [other.actor, other.attitude]) }, "target taken out")))) : empty("toward an actor"), does.addTarget),
    field("Cue", "K", words(mark, "cue", "cue"), does.setCue),
    field("Named as", "O", words(mark, "speaker_span", "words naming the speaker"), does.setSpeakerWords),
    field("Quotation", "Q", choices("quotation", state.corpus.quotations, mark)),
    field("Modality", "M", choices("modality", state.corpus.modalities, mark)),
    field("Passed on by", "V", (value.chain ?? []).length ? names(mark, "chain") : empty("outermost first"), does.addReporter),
    field("Said to", null, (value.addressees ?? []).length ? names(mark, "addressees") : empty("–"), does.addAddressee),
    field("Said on", null, value.said ?? empty(state.doc.about.published ? `${state.doc.about.published.slice(0, 10)}, as the document` : "day of the document"), does.editDate),
    field("Repeated", "U", (value.duplicate_spans ?? []).length ? value.duplicate_spans.map((span) => h("span", { class: "name-of" }, h("q", { dir: "auto" }, shortened(span.text, 50)),
      cross(shortened(span.text, 50), () => does.set(mark, (now) => ({ duplicate_spans: (now.duplicate_spans ?? []).filter((other) => other.start !== span.start).map((other) => [other.start, other.end]) }), "repeated words taken out")))) : empty("pull quote, caption"), does.addDuplicate),
    field("Confidence", null, value.confidence ?? empty("–"), does.editConfidence),
    field("Note", "I", value.note ? h("span", { class: "note", dir: "auto" }, value.note) : empty("–"), does.editNote));
}

export function statementPane() {
  const mark = selectedMark();
  if (!mark) return nothingSelected();
  const { value } = mark;
  const isSuggestion = mark.kind === "suggestion";
  const head = h("header", { class: "chosen" },
    h("h2", {}, h("span", { class: `sign ${mark.look}` }, mark.letter), isSuggestion ? ` Suggested by ${state.corpus.suggestions.name}` : ` Statement ${mark.letter}`,
      value.draft ? h("span", { class: "draft", title: "It stands in the journal; the layer gets it when speaker, claim and stance are there." }, "draft") : null),
    isSuggestion ? null : button("Remove", does.remove, { key: "Del", class: "plain danger" }));
  const decide = isSuggestion ? h("div", { class: "row decide" }, button("Accept", () => does.accept(mark), { key: "Enter", class: "primary" }),
    button("Edit", does.editSuggestion, { key: "E" }), button("Reject", () => does.reject(mark), { key: "Del" })) : null;
  const broken = value.broken ? h("p", { class: "fault" }, "The text was changed since this draft was made. Remove it and mark the words anew.") : null;
  const missing = value.draft ? h("p", { class: "missing-words" }, `Not in the layer yet: it lacks ${value.missing.join(", ").replace(/, ([^,]*)$/, " and $1")}.`) : null;
  const answers = isSuggestion ? null : h("section", { class: "relations" },
    h("h3", {}, "Relations", button("add", relate, { key: "R", class: "plain" })), h("ul", {}, relationRows(mark)));
  return [head, h("blockquote", { class: "quoted", dir: "auto" }, wordsOf(mark)), spanList(mark), broken, decide, stances(mark), missing, details(mark), answers, isSuggestion ? null : footer(mark)];
}

// Said in the pane, because they stay hidden from one document to the next.
function hiddenSuggestions() {
  if (!state.hidesSuggestions || !state.corpus.suggestions || state.doc.blind) return null;
  const count = state.all.filter((mark) => mark.kind === "suggestion").length;
  return h("div", { class: "hidden-ones" }, `Suggestions are hidden, ${count || "none"} in this document. `, button("Show them", does.hideSuggestions, { key: "H" }));
}

function nothingSelected() {
  const { doc } = state;
  const drafts = state.marks.filter((mark) => mark.kind === "mark" && mark.value.draft).length;
  const suggested = state.marks.filter((mark) => mark.kind === "suggestion").length;
  return [
    h("div", { class: "welcome" },
      h("h2", {}, state.marks.length ? "Nothing is selected" : "Nothing is marked here yet"),
      hiddenSuggestions(),
      h("p", {}, "Select the words of a statement with the mouse, or with ", kbd("."), " for the next sentence and ", kbd("A"), kbd("S"), kbd("D"), kbd("F"), " to move its ends by a word. Then press a digit for the stance:"),
      h("ul", { class: "legend" }, state.corpus.labels.map((label, index) => h("li", {}, kbd(String(index + 1)), h("span", { class: `sign ${lookOfStance(label.label)}` }, label.sign), label.label))),
      h("p", {}, "Speaker and claim are asked next; what is near stands first, ", kbd("Enter"), " takes it."),
      state.marks.length ? h("p", {}, kbd("N"), " and ", kbd("P"), " go through what is marked", drafts ? [", ", kbd("Shift"), kbd("N"), ` to what is unfinished (${drafts})`] : null, ".") : null,
      suggested ? h("p", {}, `${suggested} suggestion${suggested > 1 ? "s" : ""} by ${state.corpus.suggestions.name}: `, kbd("Enter"), " accepts, ", kbd("E"), " edits, ", kbd("Del"), " rejects, ", kbd("H"), " hides them.") : null,
      doc.blind ? h("p", { class: "blind" }, "No suggestions are shown in this document, on purpose: it measures what suggestions do.") : null,
      h("p", {}, kbd("?"), " shows all keys.")),
  ];
}

export function listPane(filter) {
  const shown = state.marks.filter((mark) => filter === "all" || (filter === "unfinished" ? mark.kind === "mark" && mark.value.draft : mark.kind === "suggestion"));
  if (!shown.length) return [h("p", { class: "soft" }, filter === "all" ? "Nothing is marked in this document yet." : "None in this document."), hiddenSuggestions()];
  return [hiddenSuggestions(), h("ul", { class: "marks" }, shown.map((mark) => h("li", {}, button([
    h("span", { class: `sign ${mark.look}` }, `${mark.letter}${signOf(mark.value.stance)}`),
    h("span", { class: "what" }, h("b", {}, mark.value.speaker ? actorName(mark.value.speaker) : "speaker?"), ` ${mark.value.stance ?? "stance?"} `,
      h("span", { class: "soft", dir: "auto" }, mark.value.claim ? claimText(mark.value.claim) : "claim?"), h("q", { dir: "auto" }, shortened(wordsOf(mark), 90))),
    mark.value.draft ? h("span", { class: "draft" }, "draft") : null,
  ], () => does.select(mark.id), { at: mark.id, class: mark.id === state.selected ? "plain mark on" : "plain mark", "aria-current": mark.id === state.selected ? "true" : null }))))];
}

// The bar over selected words: what a click (or a finger) can do with them.
export function toolbar() {
  const chosen = selectedMark();
  const keep = { pointerdown: (event) => event.preventDefault() }; // a click must not take the selection away
  return h("div", { class: "tools", role: "toolbar", "aria-label": "Selected words", on: keep },
    state.corpus.labels.map((label, index) => button([h("span", { class: `sign ${lookOfStance(label.label)}` }, label.sign), h("span", { class: "wide-only" }, label.label)], () => does.mark(label.label), { key: String(index + 1), title: label.label })),
    button("mark", () => does.mark(), { key: "⏎", title: "Mark without a stance" }),
    chosen?.kind === "mark" ? h("div", { class: "row" },
      h("span", { class: "divider", role: "presentation" }, `${chosen.letter}:`),
      button("add", does.addWords, { key: "J", title: `Further words of ${chosen.letter}` }),
      button("replace", does.replaceWords, { key: "X", title: `These words instead of those of ${chosen.letter}` }),
      button("cue", does.setCue, { key: "K" }), button("speaker", does.setSpeakerWords, { key: "O" }),
      relationsOf(chosen.id).out.length ? button("evidence", evidence, { key: "E", title: "The words that show the relation" }) : null) : null);
}

export { labelOf };
