// Changing what is taken in one field: to what one of the versions says there, or to another value.

import { CALLED, differing, keyOf, lookOf, told, wordsOf } from "./facts.js";
import { choose } from "./picker.js";
import { ranked } from "./rank.js";
import { state } from "./state.js";

const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text);

// Values that can be given though no version says them.
const VALUES = { modality: () => state.corpus.modalities, quotation: () => state.corpus.quotations };
const CAN_BE_NONE = ["modality", "quotation", "said"];

export const versionsOf = (entry) => Object.entries(entry.said).filter(([, version]) => version !== null && entry.kind === "statement");

// What versions say in a field, each once, with the layers that say it.
function saidIn(name, entry) {
  const found = new Map();
  for (const [layer, version] of versionsOf(entry)) {
    const key = keyOf(name, version);
    if (!found.has(key)) found.set(key, { value: version[name] ?? null, from: layer, primary: told(name, version), layers: [] });
    found.get(key).layers.push(layer);
  }
  return [...found.values()].map((one) => ({ ...one, secondary: `from ${one.layers.join(", ")}`, texts: [one.primary, ...one.layers], nearness: 1 }));
}

// What else a field can be.
function othersFor(name, said) {
  const values = [...(VALUES[name]?.() ?? []), ...(CAN_BE_NONE.includes(name) ? [null] : [])].filter((value) => said.every((one) => one.value !== value));
  return values.map((value) => ({ value, primary: told(name, { [name]: value }), texts: [told(name, { [name]: value })], nearness: 0 }));
}

// `send(unit, fieldsOf)` makes a decision; `need(run)` runs something on the case at hand.
export function changes({ need, send, say }) {
  const needStatement = (run) => need((entry) => (entry.kind === "statement" ? run(entry) : say("This case is about a relation; E changes its kind.")));

  // An edit is made on what is taken, or on what is proposed where nothing is.
  const edit = (entry, values) => send(entry.unit, (decision, now) => {
    const isNothing = !decision || decision.take === "neither" || now.said[decision.take] === null;
    const take = isNothing ? "edited" : decision.take;
    const edits = { ...(isNothing ? {} : decision.edits), ...values };
    return { take, edits: Object.fromEntries(Object.entries(edits).filter(([, value]) => value?.from !== take)) };
  });

  async function pick(title, entry, options, run, more = {}) {
    const said = new Set(versionsOf(entry).flatMap(([, version]) => Object.values(version)));
    const listed = options.map((one) => ({ ...one, texts: [one.primary, one.secondary ?? ""], nearness: said.has(one.id) ? 1 : 0 }));
    const chosen = await choose({ title, about: entry.kind === "statement" ? wordsOf(entry.draft) : null, options: (query) => ranked(listed, query), ...more });
    if (chosen) await run(chosen.id);
  }

  const takeFrom = (entry, name, layer) => edit(entry, { [name]: { from: layer } });

  // Asks for one field; nothing is asked where all say the same and nothing else can be said.
  async function ask(entry, name) {
    const said = saidIn(name, entry);
    const options = [...said, ...othersFor(name, said)];
    if (options.length < 2) return say(`${CALLED[name]}: there is nothing to choose from.`);
    const chosen = await choose({
      title: CALLED[name], about: name === "spans" ? null : wordsOf(entry.draft), options: (query) => ranked(options, query), digits: name !== "said",
      ...(name === "said" ? { placeholder: "Another day: YYYY-MM-DD", create: (query) => (isDay(query) ? { value: query, primary: query, sign: "+" } : null) } : {}),
    });
    if (!chosen) return null;
    return chosen.from ? takeFrom(entry, name, chosen.from) : edit(entry, { [name]: chosen.value });
  }

  const stances = () => state.corpus.labels.map((label) => ({ id: label.label, primary: label.label, sign: label.sign, look: lookOf(label.label) }));

  return {
    takeFrom: (name, layer) => needStatement((entry) => takeFrom(entry, name, layer))(),
    editField: (name) => needStatement((entry) => ask(entry, name))(),
    editStance: needStatement((entry) => pick("Stance", entry, stances(), (id) => edit(entry, { stance: id }), { digits: true })),
    editClaim: needStatement((entry) => pick("Claim", entry, state.corpus.claims.map((claim) => ({ id: claim.id, primary: claim.text, secondary: claim.id })), (id) => edit(entry, { claim: id }))),
    editSpeaker: needStatement((entry) => pick("Speaker", entry, state.corpus.actors.map((actor) => ({ id: actor.id, primary: actor.name, secondary: actor.kind })), (id) => edit(entry, { speaker: id }))),
    editKind: need((entry) => entry.kind === "relation" && pick("Kind of relation", entry, state.corpus.kinds.map((kind) => ({ id: kind, primary: kind })), (id) => edit(entry, { kind: id }), { digits: true })),
    editAny: needStatement(async (entry) => {
      const names = differing(versionsOf(entry).map(([, version]) => version));
      if (!names.length) return say("There is no field in which versions differ.");
      const options = names.map((name) => ({ id: name, primary: CALLED[name], texts: [CALLED[name]], nearness: 0 }));
      const chosen = await choose({ title: "Which field?", about: wordsOf(entry.draft), options: (query) => ranked(options, query), digits: true });
      return chosen && ask(entry, chosen.id);
    }),
  };
}
