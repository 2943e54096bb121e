// What a type-ahead list offers first: what fits the letters typed, and among that what is near.

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];

// How well a query fits some texts (a name and other names): 0 not at all, 4 it is the beginning of one.
export function fit(query, texts) {
  const wanted = wordsOf(query);
  if (!wanted.length) return 1;
  let best = 0;
  for (const text of texts) {
    const whole = folded(text);
    if (whole === folded(query)) return 5;
    if (whole.startsWith(folded(query))) best = Math.max(best, 4);
    const words = wordsOf(text);
    if (wanted.every((part) => words.some((word) => word.startsWith(part)))) best = Math.max(best, 3);
    else if (initials(words).startsWith(wanted.join(""))) best = Math.max(best, 2);
    else if (wanted.every((part) => whole.includes(part))) best = Math.max(best, 1);
  }
  return best;
}

const initials = (words) => words.map((word) => word[0]).join("");

// Entries that fit, best first: [{id, texts, nearness}] where nearness is any number, larger is nearer.
export function ranked(entries, query) {
  return entries
    .map((entry, place) => ({ entry, place, fits: fit(query, entry.texts) }))
    .filter((row) => row.fits > 0)
    .sort((a, b) => b.fits - a.fits || b.entry.nearness - a.entry.nearness || a.place - b.place)
    .map((row) => row.entry);
}

// How many rare words two texts share: each shared word counts by how few of all texts have it.
export class Likeness {
  constructor(texts) {
    this.count = new Map();
    this.total = texts.length;
    for (const text of texts) for (const word of new Set(wordsOf(text))) this.count.set(word, (this.count.get(word) ?? 0) + 1);
  }

  of(one, other) {
    const words = new Set(wordsOf(one).map(stem));
    let sum = 0;
    for (const word of new Set(wordsOf(other))) {
      if (words.has(stem(word))) sum += Math.log(1 + this.total / (this.count.get(word) ?? 1));
    }
    return sum;
  }
}

const stem = (word) => word.slice(0, 6); // enough for the plural and the past of long words

// Where a name stands as whole words in a text; -1 where it does not.
export function placeOf(name, text) {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = at > 0 ? text[at - 1] : " ";
    const after = text[at + name.length] ?? " ";
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return at;
  }
  return -1;
}
