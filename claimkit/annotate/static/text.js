// Places in a text: code points, in which files count, and UTF-16 units, in which the browser counts; words and sentences of any script.

// How many entries of an ascending array are smaller than a value.
function below(sorted, value) {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Offsets {
  constructor(text) {
    this.length = text.length;
    this.units = []; // where each character outside the basic plane starts, in units
    for (let at = 0; at < text.length - 1; at += 1) {
      const code = text.charCodeAt(at);
      if (code >= 0xd800 && code < 0xdc00) this.units.push(at);
    }
    this.points = this.units.map((unit, index) => unit - index); // the same in code points
  }

  toPoint(unit) {
    return unit - below(this.units, unit - 1);
  }

  toUnit(point) {
    return Math.min(this.length, point + below(this.points, point));
  }
}

// What stands between the commas, semicolons, colons and dashes of a sentence, without them.
function clauses(text, sentence) {
  const found = [];
  let { start } = sentence;
  const cut = (end, next) => {
    const kept = text.slice(start, end).replace(/[\s,;:،؛、–—-]+$/u, "").length;
    if (kept) found.push({ start, end: start + kept, isWord: true });
    start = next;
  };
  for (const match of text.slice(sentence.start, sentence.end).matchAll(/[,;:،؛、][”’"'»)]*\s+|\s+[–—-]+\s+|[–—]/gu)) {
    const closing = /[”’"'»)]+/u.exec(match[0]);
    const at = sentence.start + match.index;
    cut(closing ? at + closing.index + closing[0].length : at, at + match[0].length);
  }
  cut(sentence.end, sentence.end);
  return found;
}

const segmenters = new Map();

function pieces(text, granularity, lang) {
  if (typeof Intl.Segmenter !== "function") return simplePieces(text, granularity);
  const key = `${granularity} ${lang}`;
  if (!segmenters.has(key)) {
    let made;
    try {
      made = new Intl.Segmenter(lang || undefined, { granularity });
    } catch {
      made = new Intl.Segmenter(undefined, { granularity }); // the document names a language that is none
    }
    segmenters.set(key, made);
  }
  return [...segmenters.get(key).segment(text)].map((piece) => ({
    start: piece.index, end: piece.index + piece.segment.length, isWord: piece.isWordLike !== false,
  }));
}

function simplePieces(text, granularity) {
  const pattern = { word: /[\p{L}\p{M}\p{N}'’]+|[^\p{L}\p{M}\p{N}]/gu, grapheme: /\P{M}\p{M}*/gu, sentence: /[^.!?۔।]+[.!?۔।”"’)]*\s*/gu };
  return [...text.matchAll(pattern[granularity])].map((match) => ({
    start: match.index, end: match.index + match[0].length, isWord: granularity !== "word" || /[\p{L}\p{N}]/u.test(match[0]),
  }));
}

// The lines of a text (its paragraphs), and the breaks within them, found when they are first asked for.
export class Breaks {
  constructor(text, lang = "") {
    this.text = text;
    this.lang = lang;
    this.lines = [];
    let start = 0;
    for (const match of text.matchAll(/\r\n|\n|\r/g)) {
      this.lines.push({ start, end: match.index, next: match.index + match[0].length });
      start = match.index + match[0].length;
    }
    this.lines.push({ start, end: text.length, next: text.length });
    this.starts = this.lines.map((line) => line.start);
    this.found = { word: new Map(), grapheme: new Map(), sentence: new Map(), clause: new Map() };
  }

  lineAt(unit) {
    return Math.max(0, below(this.starts, unit + 1) - 1);
  }

  piecesOf(granularity, index) {
    const cache = this.found[granularity];
    if (!cache.has(index)) {
      const line = this.lines[index];
      const found = granularity === "clause" ? this.piecesOf("sentence", index).flatMap((piece) => clauses(this.text, piece))
        : pieces(this.text.slice(line.start, line.end), granularity, this.lang)
          .map((piece) => ({ ...piece, start: piece.start + line.start, end: piece.end + line.start }));
      cache.set(index, found);
    }
    return cache.get(index);
  }

  // The nearest start or end of a word (or sentence, or character) after or before a place; the ends of the text where there is none.
  step(granularity, unit, forward, edge) {
    let index = this.lineAt(unit);
    while (index >= 0 && index < this.lines.length) {
      const edges = this.piecesOf(granularity, index).filter((piece) => piece.isWord).map((piece) => piece[edge]);
      const hit = forward ? edges.find((place) => place > unit) : edges.findLast((place) => place < unit);
      if (hit !== undefined) return hit;
      index += forward ? 1 : -1;
    }
    return forward ? this.text.length : 0;
  }

  // One character on or back, never into the middle of one; line ends count as one.
  character(unit, forward) {
    const index = this.lineAt(unit);
    const line = this.lines[index];
    if (forward) return unit >= line.end ? line.next : this.step("grapheme", unit, true, "end");
    if (unit > line.start) return this.step("grapheme", unit, false, "start");
    return index > 0 ? this.lines[index - 1].end : 0;
  }

  // The first sentence (or clause) that ends after a place, or the last one that ends before it, without the space around it; null at
  // the end of the text.
  whole(granularity, unit, forward) {
    for (let index = this.lineAt(unit); index >= 0 && index < this.lines.length; index += forward ? 1 : -1) {
      const list = this.piecesOf(granularity, index).map((piece) => trimmed(this.text, piece.start, piece.end)).filter(Boolean);
      const hit = forward ? list.find((piece) => piece[1] > unit) : list.findLast((piece) => piece[1] <= unit);
      if (hit) return hit;
    }
    return null;
  }

  // A place moved out of the middle of a character.
  snapped(unit, forward) {
    const index = this.lineAt(unit);
    for (const piece of this.piecesOf("grapheme", index)) if (piece.start < unit && unit < piece.end) return forward ? piece.end : piece.start;
    return unit;
  }
}

// A stretch without the white space at its ends; null where nothing else is in it.
export function trimmed(text, start, end) {
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  return start < end ? [start, end] : null;
}

export const shortened = (text, most) => {
  const characters = [...text.replace(/\s+/g, " ")];
  return characters.length <= most ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
};
