// What the page knows, in one place, and who wants to hear when it changes.

export const state = {
  corpus: null, // what GET /api/corpus gave, kept up to date
  doc: null, // the document shown: its view, with offsets and breaks
  going: null, // id of the document that is shown or on its way
  marks: [], // of the document: {id, kind, letter, pieces, look, tag, value}
  selected: null, // id of the selected mark or suggestion
  moves: 0, // how often the user has gone to another statement or document
  relation: null, // id of the relation that is looked at
  pass: "free",
  pair: 0, // place among the proposed pairs
  panel: "statement",
  hidesSuggestions: false,
  actors: new Map(),
  claims: new Map(),
};

const listeners = new Map();

export function on(event, listener) {
  if (!listeners.has(event)) listeners.set(event, []);
  listeners.get(event).push(listener);
}

export function emit(event, ...details) {
  for (const listener of listeners.get(event) ?? []) listener(...details);
}

export const selectedMark = () => state.marks.find((mark) => mark.id === state.selected) ?? null;
export const actorName = (id) => state.actors.get(id)?.name ?? id;
export const claimText = (id) => state.claims.get(id)?.text ?? id;
export const labelOf = (stance) => state.corpus.labels.find((entry) => entry.label === stance) ?? null;
export const summaryOf = (id) => state.corpus.documents.find((entry) => entry.id === id) ?? null;

// Settings of this browser; a browser that keeps none works all the same.
export const settings = {
  get(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`claimkit.${key}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`claimkit.${key}`, JSON.stringify(value));
    } catch { /* private windows may refuse */ }
  },
};
