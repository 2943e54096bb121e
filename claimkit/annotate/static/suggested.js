// Suggestions: accepted, edited or rejected by one key, and hidden.

import { flow, say, saver, select } from "./core.js";
import { askFor, complete } from "./marking.js";
import { byId, isUnfinished } from "./marks.js";
import { emit, selectedMark, settings, state } from "./state.js";

export function accept(fields = null, label = "accept", make = []) {
  const chosen = selectedMark();
  if (!chosen || chosen.kind !== "suggestion") return say("Select a suggestion first.");
  const actions = [...make, { do: "accept", suggestion: chosen.value.id }];
  if (fields) actions.push({ do: "set", fields });
  const at = state.marks.indexOf(chosen);
  const lacks = chosen.value.missing.filter((key) => !(fields && key in fields) && key !== "stance");
  const id = saver.change(label, actions).then((answer) => answer?.outcome.marked ?? null);
  if (lacks.length && state.pass === "free") {
    id.then((made) => { if (made) select(made, { reveal: false }); });
    return complete(id, chosen.pieces, { ...chosen.value, ...fields });
  }
  return id.then((made) => {
    if (!made) return null;
    const next = fields ? byId(made) : state.marks.slice(at).find((mark) => mark.kind === "suggestion") ?? byId(made);
    return select(next?.id ?? null);
  });
}

export function editSuggestion() {
  const chosen = selectedMark();
  if (!chosen || chosen.kind !== "suggestion") return say("Select a suggestion first.");
  const id = saver.change("accept to edit", [{ do: "accept", suggestion: chosen.value.id }]).then((answer) => answer?.outcome.marked ?? null);
  id.then((made) => { if (made) select(made, { reveal: false }); });
  return flow(async () => { if (await askFor("speaker", id, chosen.pieces)) await askFor("claim", id, chosen.pieces); });
}

export function reject() {
  const chosen = selectedMark();
  if (!chosen || chosen.kind !== "suggestion") return say("Select a suggestion first.");
  const at = state.marks.indexOf(chosen);
  return saver.change("reject", [{ do: "reject", suggestion: chosen.value.id }]).then((answer) => {
    if (answer) select((state.marks.slice(at).find(isUnfinished) ?? state.marks[at] ?? state.marks[at - 1])?.id ?? null);
  });
}

export function hideSuggestions() {
  state.hidesSuggestions = !state.hidesSuggestions;
  settings.set("hides", state.hidesSuggestions);
  emit("hiding");
  say(state.hidesSuggestions ? "Suggestions are hidden." : "Suggestions are shown.");
}
