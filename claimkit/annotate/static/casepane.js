// One case in the panel: what each annotator says, side by side, what stands, and what can be done about it.

import { button, h, kbd } from "./dom.js";
import { labelOf, state } from "./state.js";

const NAMES = { presence: "whether it is one", stance: "the stance", claim: "the claim", speaker: "the speaker", kind: "the kind of relation" };
const FACTS = ["stance", "speaker", "claim", "modality", "quotation", "on_behalf_of", "chain", "targets"];
const CALLED = { stance: "Stance", speaker: "Speaker", claim: "Claim", modality: "Modality", quotation: "Quotation", on_behalf_of: "On behalf of", chain: "Passed on by", targets: "Toward" };

export const lookOf = (stance) => {
  const label = labelOf(stance);
  if (!label) return "none";
  return label.tone !== "other" ? label.tone : `other${Math.min(1, state.corpus.labels.filter((entry) => entry.tone === "other").indexOf(label))}`;
};
export const signOf = (stance) => labelOf(stance)?.sign ?? "·";
export const wordsOf = (version) => version.spans.map((span) => span.text).join(" … ");
export const actorName = (id) => state.actors.get(id)?.name ?? id;
export const claimText = (id) => state.claims.get(id)?.text ?? id;
export const disputedWords = (entry) => entry.disputed.map((name) => NAMES[name] ?? name).join(", ");

// The layers that could have said something, in the order of the digits that take them.
export const layersOf = (entry) => Object.keys(entry.said);

const stanceNode = (stance) => [h("span", { class: `sign ${lookOf(stance)}`, "aria-hidden": "true" }, signOf(stance)), ` ${stance}`];

function fact(name, version) {
  const value = version[name];
  if (name === "on_behalf_of") return version.speaks_for_himself ? "nobody: for himself" : value ? actorName(value) : null;
  if (value === undefined || value === null || (Array.isArray(value) && !value.length)) return null;
  if (name === "stance") return stanceNode(value);
  if (name === "speaker") return actorName(value);
  if (name === "claim") return claimText(value);
  if (name === "chain") return value.map(actorName).join(" ← ");
  if (name === "targets") return value.map((target) => `${actorName(target.actor)} (${target.attitude})`).join(", ");
  return value;
}

const keyOf = (name, version) => JSON.stringify([version[name] ?? null, name === "on_behalf_of" ? version.speaks_for_himself : null]);

function facts(version, versions) {
  const rows = FACTS.map((name) => [name, fact(name, version)]);
  return h("dl", { class: "facts" }, rows.filter(([, value]) => value !== null).map(([name, value]) => {
    const differs = new Set(versions.map((other) => keyOf(name, other))).size > 1;
    return [h("dt", {}, CALLED[name]), h("dd", { dir: "auto" }, h("span", { class: differs ? "differs" : null }, value))];
  }));
}

// What a version says that is not a statement: nothing, or a kind of relation.
function body(version, versions, entry) {
  if (version === null) return h("p", { class: "nothing-there" }, entry.kind === "relation" ? "sees no relation" : "marked nothing here");
  if (entry.kind === "relation") {
    return [h("p", { class: "verdict" }, typeof version === "string" ? version : version.kind), version.evidence ? h("p", { class: "soft", dir: "auto" }, `“${version.evidence}”`) : null,
      version.note ? h("p", { class: "soft", dir: "auto" }, version.note) : null];
  }
  return [h("blockquote", { dir: "auto" }, wordsOf(version)), facts(version, versions),
    version.note ? h("p", { class: "soft", dir: "auto" }, version.note) : null,
    version.confidence !== undefined ? h("p", { class: "soft small" }, `sure of it: ${Math.round(version.confidence * 100)} %`) : null];
}

function version(name, digit, value, versions, entry, take) {
  const isTaken = entry.decision?.take === name;
  return h("section", { class: isTaken ? "version taken" : "version", "aria-label": name },
    button([h("span", { class: "sign none" }, String(digit)), h("span", { dir: "auto" }, name), isTaken ? h("span", { class: "soft" }, "✓ taken") : null], () => take(name), { at: name, "aria-pressed": String(isTaken), title: `Take this (${digit})` }),
    h("div", { class: "body" }, body(value, versions, entry)));
}

function between(entry) {
  const words = (side) => (side.claim && !side.spans.length ? claimText(side.claim) : wordsOf(side));
  return h("div", { class: "between" }, h("blockquote", { dir: "auto" }, entry.source.speaker ? `${actorName(entry.source.speaker)}: ` : "", words(entry.source)),
    h("p", { class: "soft" }, "answers"), h("blockquote", { dir: "auto" }, entry.target.speaker ? `${actorName(entry.target.speaker)}: ` : "", words(entry.target)));
}

function stands(entry) {
  const { made, decision } = entry;
  const how = !decision ? (entry.tied ? "nobody has decided; without a decision the tie rule makes it" : "nobody has decided; without a decision the majority makes it")
    : `${decision.by ?? "somebody"} took ${decision.take}${Object.keys(decision.edits).length ? " and edited it" : ""}`;
  return h("div", { class: "outcome" }, h("h3", {}, decision ? "Stands" : "Would stand"),
    made === null ? h("p", { class: "verdict" }, entry.kind === "relation" ? "No relation" : "Nothing: no statement here")
      : entry.kind === "relation" ? h("p", { class: "verdict" }, made) : [h("blockquote", { class: "quoted", dir: "auto" }, wordsOf(made)), facts(made, [made])],
    h("p", { class: "soft small" }, how), decision?.reason ? h("p", { class: "doc-note", dir: "auto" }, decision.reason) : null,
    entry.stale ? h("p", { class: "fault" }, "There was a decision, but what it was made on has changed since.") : null);
}

export function casePane(entry, does, pendingReason) {
  const layers = layersOf(entry);
  const versions = Object.values(entry.said).filter((value) => value !== null && entry.kind === "statement");
  const { decision } = entry;
  return [
    h("h2", { class: "question" }, `They differ on ${disputedWords(entry)}`, entry.tied ? h("span", { class: "draft" }, "no majority") : null),
    entry.kind === "relation" ? between(entry) : null,
    h("div", { class: "versions" }, layers.map((name, index) => version(name, index + 1, entry.said[name], versions, entry, does.take))),
    h("div", { class: "row" },
      button("As proposed", () => does.take("majority"), { key: "Enter", pressed: decision?.take === "majority" }),
      button(entry.kind === "relation" ? "No relation" : "Nothing here", () => does.take("neither"), { key: "X", pressed: decision?.take === "neither" }),
      button("Reason", does.reason, { key: "I" }), decision ? button("Take back", does.takeBack, { key: "U" }) : null),
    h("div", { class: "row" }, h("span", { class: "soft small" }, "Change:"),
      entry.kind === "relation" ? button("kind", does.editKind, { key: "E", class: "chip" })
        : [button("stance", does.editStance, { key: "S", class: "chip" }), button("claim", does.editClaim, { key: "C", class: "chip" }), button("speaker", does.editSpeaker, { key: "W", class: "chip" }),
          button("modality", does.editModality, { key: "M", class: "chip" }), versions.length > 1 ? button("words", does.editWords, { key: "P", class: "chip" }) : null]),
    pendingReason && !decision ? h("p", { class: "doc-note", dir: "auto" }, pendingReason) : null,
    stands(entry),
  ].filter(Boolean);
}

export const nothingLeft = (counts, does) => h("div", { class: "done-all" }, h("h2", {}, "Every case is decided"),
  h("p", {}, `${counts.all} disputed, ${counts.agreed} agreed on. Gold is written as a layer of its own; the annotators' layers stay as they are.`),
  h("div", { class: "row" }, button("Write gold", does.writeGold, { class: "primary", key: "Shift G" }), h("span", { class: "soft" }, "or look at a case on the left, ", kbd("K"), " goes back")));
