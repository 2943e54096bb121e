// The list of documents: how far each is, a filter, and a search over all texts.

import { $, button, h } from "./dom.js";
import { renew } from "./focus.js";
import { get } from "./saver.js";
import { state } from "./state.js";

let filter = "all";

const time = (seconds) => (seconds >= 3600 ? `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min` : seconds >= 60 ? `${Math.round(seconds / 60)} min` : seconds ? "< 1 min" : "");

function mark(entry) {
  if (entry.done) return ["✓", "done"];
  if (entry.statements || entry.drafts) return ["◐", "begun"];
  return ["○", "not begun"];
}

function row(entry, open) {
  const [sign, words] = mark(entry);
  const counts = [entry.statements ? `${entry.statements} statement${entry.statements > 1 ? "s" : ""}` : null, entry.drafts ? `${entry.drafts} unfinished` : null, time(entry.seconds)];
  return h("li", {}, button([
    h("span", { class: `progress-sign ${entry.done ? "done" : ""}`, title: words, "aria-label": words }, sign),
    h("span", { class: "what" }, h("span", { class: "title", dir: "auto" }, entry.title), entry.flag ? h("span", { class: "flagged", title: entry.note ?? "flagged" }, " ⚑") : null, entry.blind ? h("span", { class: "blind-sign", title: "no suggestions here, on purpose" }, " blind") : null,
      h("span", { class: "soft" }, [entry.published?.slice(0, 10), entry.source].filter(Boolean).join(" · ")), h("span", { class: "soft" }, counts.filter(Boolean).join(" · "))),
  ], () => open(entry.id), { at: entry.id, class: entry.id === state.doc?.id ? "plain doc on" : "plain doc", "aria-current": entry.id === state.doc?.id ? "page" : null }));
}

const TESTS = { all: () => true, open: (entry) => !entry.done, unfinished: (entry) => entry.drafts > 0, flagged: (entry) => entry.flag };

export function showDocuments(open) {
  const shown = state.corpus.documents.filter(TESTS[filter]);
  renew($("doc-filter"), ...Object.keys(TESTS).map((name) => button(name, () => { filter = name; showDocuments(open); }, { pressed: name === filter, class: "chip" })));
  renew($("doc-list"), ...(shown.length ? shown.map((entry) => row(entry, open)) : [h("li", { class: "soft nothing" }, "None.")]));
  $("doc-list").querySelector(".on")?.scrollIntoView({ block: "nearest" });
}

export function showProgress() {
  const { documents } = state.corpus;
  const done = documents.filter((entry) => entry.done).length;
  $("progress").max = documents.length;
  $("progress").value = done;
  $("progress-words").textContent = `${done} of ${documents.length} documents done`;
}

let asked = 0;
export async function search(query, open) {
  const number = asked += 1;
  const place = $("found");
  if (query.length < 2) {
    place.hidden = true;
    $("doc-list").hidden = $("doc-filter").hidden = false;
    return;
  }
  const answer = await get("/api/search", { q: query }).catch(() => ({ found: [], more: false }));
  if (number !== asked) return;
  place.hidden = false;
  $("doc-list").hidden = $("doc-filter").hidden = true;
  place.replaceChildren(...answer.found.map((entry) => h("li", {}, button([
    h("span", { class: "soft" }, state.corpus.documents.find((other) => other.id === entry.document)?.title ?? entry.document), h("span", { dir: "auto", class: "hit" }, entry.before, h("mark", {}, entry.match), entry.after),
  ], () => open(entry.document, null, [entry.start, entry.end]), { class: "plain doc" }))), h("li", { class: "soft nothing" }, answer.found.length ? (answer.more ? "There are more; type further." : "") : "Nothing found."));
}
