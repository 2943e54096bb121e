// Choosing speakers, claims and other actors: what is offered, in which order, and what is made anew.

import { choose } from "./picker.js";
import { Likeness, placeOf, ranked } from "./rank.js";
import { get } from "./saver.js";
import { actorName, claimText, state } from "./state.js";
import { shortened } from "./text.js";

// How near each actor is to a stretch of the text: named in it, before it in the paragraph, in the document, or used lately.
function nearnessOfActors(pieces) {
  const { doc } = state;
  const near = new Map();
  const used = new Map();
  state.marks.forEach((mark, index) => { if (mark.kind === "mark" && mark.value.speaker) used.set(mark.value.speaker, index); });
  const from = pieces?.[0]?.[0] ?? 0, to = pieces?.at(-1)?.[1] ?? 0;
  const line = doc.breaks.lines[doc.breaks.lineAt(from)];
  const inside = doc.text.slice(from, to), before = doc.text.slice(line.start, from);
  for (const actor of state.actors.values()) {
    let best = doc.mentioned.has(actor.id) ? 1 : 0;
    for (const name of [actor.name, ...actor.aliases]) {
      const place = placeOf(name, inside);
      if (place >= 0) best = Math.max(best, 4 - place / (inside.length + 1));
      else if (placeOf(name, before) >= 0) best = Math.max(best, 2);
    }
    if (used.has(actor.id)) best += 0.2 + used.get(actor.id) / (state.marks.length * 10);
    near.set(actor.id, best);
  }
  return near;
}

function actorEntries(pieces) {
  const near = nearnessOfActors(pieces);
  return [...state.actors.values()].map((actor) => ({
    id: actor.id, texts: [actor.name, ...actor.aliases, actor.id], nearness: near.get(actor.id), primary: actor.name,
    secondary: [actor.kind.replace("_", " "), actor.aliases.slice(0, 2).join(", ")].filter(Boolean).join(" · "),
  }));
}

function claimEntries(pieces) {
  const likeness = new Likeness([...state.claims.values()].map((claim) => claim.text));
  const { doc } = state;
  const words = (pieces ?? []).map(([start, end]) => doc.text.slice(start, end)).join(" ");
  const line = pieces?.length ? doc.breaks.lines[doc.breaks.lineAt(pieces[0][0])] : { start: 0, end: 0 };
  const around = doc.text.slice(line.start, line.end);
  const used = new Map();
  state.marks.forEach((mark, index) => { if (mark.kind === "mark" && mark.value.claim) used.set(mark.value.claim, index + 1); });
  return [...state.claims.values()].map((claim) => ({
    id: claim.id, texts: [claim.text, claim.id, ...claim.topics], primary: claim.text,
    nearness: likeness.of(words, claim.text) + 0.4 * likeness.of(around, claim.text) + (used.has(claim.id) ? 1.5 + used.get(claim.id) / 100 : 0),
    secondary: claim.contradicts.length ? `against: ${claim.contradicts.map((id) => shortened(claimText(id), 60)).join("; ")}` : claim.topics.join(", "),
  }));
}

// Returns {id, make}: an actor or claim that is there, or the action that makes it in the same change.
export async function chooseActor(title, about, pieces) {
  const entries = actorEntries(pieces);
  const chosen = await choose({
    title, about, options: (query) => ranked(entries, query),
    create: (query) => query && { id: null, sign: "+", primary: `New actor “${query}”`, query },
  });
  if (!chosen || chosen.id) return chosen && { id: chosen.id, make: [] };
  const twin = await likelyTwin("actor", chosen.query, actorName);
  if (twin !== undefined) return twin && { id: twin, make: [] };
  const kind = await choose({
    title: `What is “${chosen.query}”?`, digits: true,
    options: (query) => ranked(state.corpus.actor_kinds.map((name) => ({ id: name, texts: [name.replace("_", " ")], nearness: 0, primary: name.replace("_", " ") })), query),
  });
  return kind && { id: "$new", make: [{ do: "actor", name: chosen.query, kind: kind.id, as: "$new" }] };
}

export async function chooseClaim(title, about, pieces) {
  const entries = claimEntries(pieces);
  const chosen = await choose({
    title, about, options: (query) => ranked(entries, query),
    create: (query) => query && { id: null, sign: "+", primary: `New claim “${query}”`, query },
  });
  if (!chosen || chosen.id) return chosen && { id: chosen.id, make: [] };
  const twin = await likelyTwin("claim", chosen.query, claimText);
  if (twin !== undefined) return twin && { id: twin, make: [] };
  const rival = await choose({
    title: "Does it contradict a claim that is there?", about: chosen.query,
    options: (query) => [...(query ? [] : [{ id: "", primary: "No, or none that is there", sign: "–" }]), ...ranked(entries, query)],
  });
  return rival && { id: "$new", make: [{ do: "claim", text: chosen.query, as: "$new", contradicts: rival.id ? [rival.id] : [] }] };
}

// Warns of something that is nearly the same: its id when it is taken instead, null on leaving, undefined when it is to be made.
async function likelyTwin(kind, words, nameOf) {
  const near = await get("/api/near", { kind, text: words }).catch(() => []);
  if (!near.length) return undefined;
  const chosen = await choose({
    title: "There is something very similar", about: words, digits: true,
    options: (query) => [
      ...ranked(near.map((entry) => ({ id: entry.id, texts: [entry.name], nearness: entry.likeness, primary: `Take “${nameOf(entry.id)}”` })), query),
      ...(query ? [] : [{ id: "", primary: `Make “${shortened(words, 80)}” all the same`, sign: "+" }]),
    ],
  });
  if (!chosen) return null;
  return chosen.id || undefined;
}
