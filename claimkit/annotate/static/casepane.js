// One case in the panel: what each annotator says, side by side, what stands, and what can be done about it.

import { button, h, kbd } from "./dom.js";
import { CALLED, differing, facts, keyOf, wordsOf } from "./facts.js";
import { actorName, claimText } from "./state.js";

const NAMES = { presence: "whether it is one", stance: "the stance", claim: "the claim", speaker: "the speaker", kind: "the kind of relation" };
const ALWAYS = ["modality"]; // can be changed where versions say the same, too
export const FIELD_KEYS = { modality: "m", spans: "p", on_behalf_of: "b", targets: "t", chain: "v", addressees: "a", quotation: "q", said: "d" };
const HAVE_THEIR_OWN = ["stance", "claim", "speaker"];

export const disputedWords = (entry) => entry.disputed.map((name) => NAMES[name] ?? name).join(", ");

// The layers that could have said something, in the order of the digits that take them.
export const layersOf = (entry) => Object.keys(entry.said);

// What a version says that is not a statement: nothing, or a kind of relation.
function body(version, entry, listed) {
  if (version === null) return h("p", { class: "nothing-there" }, entry.kind === "relation" ? "sees no relation" : "marked nothing here");
  if (entry.kind === "relation") {
    return [h("p", { class: "verdict" }, typeof version === "string" ? version : version.kind), version.evidence ? h("p", { class: "soft", dir: "auto" }, `“${version.evidence}”`) : null,
      version.note ? h("p", { class: "soft", dir: "auto" }, version.note) : null];
  }
  return [h("blockquote", { dir: "auto" }, wordsOf(version)), listed(),
    version.note ? h("p", { class: "soft", dir: "auto" }, version.note) : null,
    version.confidence !== undefined ? h("p", { class: "soft small" }, `sure of it: ${Math.round(version.confidence * 100)} %`) : null];
}

function version(name, digit, value, differs, entry, does) {
  const isTaken = entry.decision?.take === name;
  const stands = (field) => entry.decision !== null && entry.made !== null && keyOf(field, entry.made) === keyOf(field, value);
  const taking = (field, words) => button(words, () => does.takeFrom(field, name), { at: `${field} from ${name}`, class: "differs", pressed: stands(field), title: `${CALLED[field]}: take this from ${name}` });
  return h("section", { class: isTaken ? "version taken" : "version", "aria-label": name },
    button([h("span", { class: "sign none" }, String(digit)), h("span", { dir: "auto" }, name), isTaken ? h("span", { class: "soft" }, "✓ taken") : null], () => does.take(name), { at: name, "aria-pressed": String(isTaken), title: `Take this (${digit})` }),
    h("div", { class: "body" }, body(value, entry, () => facts(value, differs, taking))));
}

function between(entry) {
  const words = (side) => (side.claim && !side.spans.length ? claimText(side.claim) : wordsOf(side));
  return h("div", { class: "between" }, h("blockquote", { dir: "auto" }, entry.source.speaker ? `${actorName(entry.source.speaker)}: ` : "", words(entry.source)),
    h("p", { class: "soft" }, "answers"), h("blockquote", { dir: "auto" }, entry.target.speaker ? `${actorName(entry.target.speaker)}: ` : "", words(entry.target)));
}

// How a decision was edited: the fields, and whose value they have where it is that of a version.
const editedWords = (edits) => Object.entries(edits).map(([name, value]) => `${(CALLED[name] ?? name).toLowerCase()}${value?.from ? ` (from ${value.from})` : ""}`).join(", ");

function stands(entry, differs) {
  const { made, decision } = entry;
  const how = !decision ? (entry.tied ? "nobody has decided; without a decision the tie rule makes it" : "nobody has decided; without a decision the majority makes it")
    : `${decision.by ?? "somebody"} took ${decision.take === "edited" ? "what was proposed" : decision.take}${Object.keys(decision.edits).length ? ` and edited it: ${editedWords(decision.edits)}` : ""}`;
  return h("div", { class: "outcome" }, h("h3", {}, decision ? "Stands" : "Would stand"),
    made === null ? h("p", { class: "verdict" }, entry.kind === "relation" ? "No relation" : "Nothing: no statement here")
      : entry.kind === "relation" ? h("p", { class: "verdict" }, made) : [h("blockquote", { class: "quoted", dir: "auto" }, wordsOf(made)), facts(made, differs)],
    h("p", { class: "soft small" }, how), decision?.reason ? h("p", { class: "doc-note", dir: "auto" }, decision.reason) : null,
    entry.stale ? h("p", { class: "fault" }, "There was a decision, but what it was made on has changed since.") : null);
}

export function casePane(entry, does, pendingReason) {
  const layers = layersOf(entry);
  const versions = Object.values(entry.said).filter((value) => value !== null && entry.kind === "statement");
  const differs = differing(versions);
  const more = Object.keys(CALLED).filter((name) => !HAVE_THEIR_OWN.includes(name) && (ALWAYS.includes(name) || differs.includes(name)));
  const { decision } = entry;
  return [
    h("h2", { class: "question" }, `They differ on ${disputedWords(entry)}`, entry.tied ? h("span", { class: "draft" }, "no majority") : null),
    entry.kind === "relation" ? between(entry) : null,
    h("div", { class: "versions" }, layers.map((name, index) => version(name, index + 1, entry.said[name], differs, entry, does))),
    h("div", { class: "row" },
      button("As proposed", () => does.take("majority"), { key: "Enter", pressed: decision?.take === "majority" }),
      button(entry.kind === "relation" ? "No relation" : "Nothing here", () => does.take("neither"), { key: "X", pressed: decision?.take === "neither" }),
      button("Reason", does.reason, { key: "I" }), decision ? button("Take back", does.takeBack, { key: "U" }) : null),
    h("div", { class: "row" }, h("span", { class: "soft small" }, "Change:"),
      entry.kind === "relation" ? button("kind", does.editKind, { key: "E", class: "chip" })
        : [button("stance", does.editStance, { key: "S", class: "chip" }), button("claim", does.editClaim, { key: "C", class: "chip" }), button("speaker", does.editSpeaker, { key: "W", class: "chip" }),
          more.map((name) => button(CALLED[name].toLowerCase(), () => does.editField(name), { key: FIELD_KEYS[name]?.toUpperCase(), class: "chip" }))]),
    pendingReason && !decision ? h("p", { class: "doc-note", dir: "auto" }, pendingReason) : null,
    stands(entry, differs),
  ].filter(Boolean);
}

export const nothingLeft = (counts, does) => h("div", { class: "done-all" }, h("h2", {}, "Every case is decided"),
  h("p", {}, `${counts.all} disputed, ${counts.agreed} agreed on. Gold is written as a layer of its own; the annotators' layers stay as they are.`),
  h("div", { class: "row" }, button("Write gold", does.writeGold, { class: "primary", key: "Shift G" }), h("span", { class: "soft" }, "or look at a case on the left, ", kbd("K"), " goes back")));
