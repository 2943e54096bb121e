// What a version of a statement says, field by field, and in which fields versions differ.

import { h } from "./dom.js";
import { actorName, claimText, labelOf, state } from "./state.js";

export const CALLED = {
  stance: "Stance", speaker: "Speaker", claim: "Claim", modality: "Modality", quotation: "Quotation", on_behalf_of: "On behalf of", chain: "Passed on by",
  targets: "Toward", addressees: "Said to", said: "Said on", cue: "Cue", speaker_span: "Named as", duplicate_spans: "Repeated", spans: "Words",
};
const ONLY_WHERE_DIFFERENT = ["cue", "speaker_span", "duplicate_spans"];
const FACTS = Object.keys(CALLED).filter((name) => name !== "spans"); // they stand above the facts

export const lookOf = (stance) => {
  const label = labelOf(stance);
  if (!label) return "none";
  return label.tone !== "other" ? label.tone : `other${Math.min(1, state.corpus.labels.filter((entry) => entry.tone === "other").indexOf(label))}`;
};
export const signOf = (stance) => labelOf(stance)?.sign ?? "·";

const textOf = (spans) => spans.map((span) => span.text).join(" … ");
export const wordsOf = (version) => textOf(version.spans);

const TOLD = {
  speaker: actorName,
  claim: claimText,
  on_behalf_of: actorName,
  chain: (ids) => ids.map(actorName).join(" ← "),
  targets: (targets) => targets.map((target) => `${actorName(target.actor)} (${target.attitude})`).join(", "),
  addressees: (ids) => ids.map(actorName).join(", "),
  cue: (span) => `“${span.text}”`,
  speaker_span: (span) => `“${span.text}”`,
  duplicate_spans: (spans) => `“${textOf(spans)}”`,
  spans: textOf,
};
const WHERE_LEFT_OUT = { on_behalf_of: "as his role on that day says", said: "the day of the document" };

const isSaid = (name, version) => (name === "on_behalf_of" && version.speaks_for_himself) || (version[name] ?? null) !== null;

// What a version says in one field, in words.
export function told(name, version) {
  if (name === "on_behalf_of" && version.speaks_for_himself) return "nobody: for himself";
  return isSaid(name, version) ? (TOLD[name] ?? String)(version[name]) : WHERE_LEFT_OUT[name] ?? "none";
}

// The same for versions that say the same in a field.
export const keyOf = (name, version) => JSON.stringify([version[name] ?? null, name === "on_behalf_of" && version.speaks_for_himself]);

export const differing = (versions) => Object.keys(CALLED).filter((name) => new Set(versions.map((version) => keyOf(name, version))).size > 1);

const withSign = (name, version) => (name === "stance" ? [h("span", { class: `sign ${lookOf(version.stance)}`, "aria-hidden": "true" }, signOf(version.stance)), ` ${version.stance}`] : told(name, version));

// A list of what a version says; `taking(name, words)` makes the values in which versions differ something that can be taken.
export function facts(version, differs, taking = null) {
  const shown = FACTS.filter((name) => differs.includes(name) || (isSaid(name, version) && !ONLY_WHERE_DIFFERENT.includes(name)));
  return h("dl", { class: "facts" }, shown.map((name) => [h("dt", {}, CALLED[name]),
    h("dd", { dir: "auto" }, taking && differs.includes(name) ? taking(name, withSign(name, version)) : withSign(name, version))]));
}
