// Suggestions: accepted, edited or rejected by one key, and hidden.

import { following, say, saver } from "./core.js";
import { complete, made } from "./marking.js";
import { byId, isUnfinished } from "./marks.js";
import { emit, selectedMark, settings, state } from "./state.js";

// What a suggestion has become, where it was accepted while somebody was asked about it.
function statementFrom(chosen) {
  const { name } = state.corpus.suggestions;
  return state.all.find(({ kind, value }) => kind === "mark" && value.meta?.suggestion?.layer === name && value.meta.suggestion.id === chosen.value.id);
}

const placeOf = (chosen) => state.marks.findIndex((mark) => mark.id === chosen.id);

function take(chosen, fields, make) {
  const set = fields ? [{ do: "set", fields }] : [];
  if (byId(chosen.id) || state.doc.id !== chosen.value.document) return [...make, { do: "accept", suggestion: chosen.value.id }, ...set];
  const statement = statementFrom(chosen);
  return statement && fields ? [...make, { do: "set", id: statement.id, fields }] : null;
}

export function accept(chosen, fields = null, label = "accept", make = []) {
  const at = Math.max(0, placeOf(chosen));
  const lacks = chosen.value.missing.filter((key) => !(fields && key in fields) && key !== "stance");
  const follow = following();
  const saved = saver.change(label, () => take(chosen, fields, make), state.moves);
  const id = saved.then((answer) => answer && (answer.outcome.marked ?? statementFrom(chosen)?.id ?? null));
  if (lacks.length && state.pass === "free") {
    id.then((name) => { if (name) follow(name, { reveal: false }); });
    return complete(id, chosen.pieces, { ...chosen.value, ...fields });
  }
  return id.then((name) => {
    if (!name) return;
    const next = fields ? byId(name) : state.marks.slice(at).find((mark) => mark.kind === "suggestion") ?? byId(name);
    follow(next?.id ?? null);
  });
}

export function editSuggestion() {
  const chosen = selectedMark();
  if (!chosen || chosen.kind !== "suggestion") return say("Select a suggestion first.");
  const follow = following();
  const id = made(saver.change("accept to edit", [{ do: "accept", suggestion: chosen.value.id }], state.moves));
  id.then((name) => { if (name) follow(name, { reveal: false }); });
  return complete(id, chosen.pieces, {});
}

export function reject(chosen = selectedMark()) {
  if (!chosen || chosen.kind !== "suggestion") return say("Select a suggestion first.");
  const at = placeOf(chosen);
  const follow = following();
  return saver.change("reject", [{ do: "reject", suggestion: chosen.value.id }]).then((answer) => {
    if (answer) follow((state.marks.slice(at).find(isUnfinished) ?? state.marks[at] ?? state.marks[at - 1])?.id ?? null);
  });
}

export function hideSuggestions() {
  state.hidesSuggestions = !state.hidesSuggestions;
  settings.set("hides", state.hidesSuggestions);
  emit("hiding");
  say(state.hidesSuggestions ? "Suggestions are hidden." : "Suggestions are shown.");
}
