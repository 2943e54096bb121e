// From marks to lines under the text: each mark gets a lane of its own, as low as it can without running into another.

// Marks: [{id, pieces: [[start, end], …], …}]; a lane is kept from the first piece to the last, so that the parts of one mark line up.
export function lanes(marks) {
  const ends = []; // where each lane is free again
  const lane = new Map();
  const order = [...marks].sort((a, b) => a.pieces[0][0] - b.pieces[0][0] || b.pieces.at(-1)[1] - a.pieces.at(-1)[1]);
  for (const mark of order) {
    let chosen = ends.findIndex((end) => end <= mark.pieces[0][0]);
    if (chosen < 0) chosen = ends.length;
    ends[chosen] = mark.pieces.at(-1)[1];
    lane.set(mark.id, chosen);
  }
  return lane;
}

// For each line of the text the stretches in which the same marks stand: [{start, end, under: [{mark, gap}], begins: [mark]}].
export function segments(lines, lineAt, marks) {
  const perLine = new Map();
  const note = (index, entry) => {
    if (!perLine.has(index)) perLine.set(index, []);
    perLine.get(index).push(entry);
  };
  for (const mark of marks) {
    let hasBegun = false;
    mark.pieces.forEach(([start, end], number) => {
      const gapEnd = mark.pieces[number + 1]?.[0];
      for (const [from, to, gap] of [[start, end, false], [end, gapEnd ?? end, true]]) {
        if (to <= from) continue;
        for (let index = lineAt(from); index < lines.length && lines[index].start < to; index += 1) {
          const entry = { mark, gap, from: Math.max(from, lines[index].start), to: Math.min(to, lines[index].end) };
          if (entry.to <= entry.from) continue; // nothing but the end of a line
          note(index, { ...entry, begins: !gap && !hasBegun });
          hasBegun = true;
        }
      }
    });
  }
  return (index) => {
    const line = lines[index];
    const entries = perLine.get(index) ?? [];
    if (!entries.length) return line.end > line.start ? [{ start: line.start, end: line.end, under: [], begins: [] }] : [];
    const cuts = [...new Set([line.start, line.end, ...entries.flatMap((entry) => [entry.from, entry.to])])].sort((a, b) => a - b);
    const found = [];
    const events = new Map(cuts.map((cut) => [cut, { on: [], off: [] }]));
    for (const entry of entries) {
      events.get(entry.from).on.push(entry);
      events.get(entry.to).off.push(entry);
    }
    let open = [];
    for (let at = 0; at < cuts.length - 1; at += 1) {
      const event = events.get(cuts[at]);
      if (event.off.length) open = open.filter((entry) => !event.off.includes(entry));
      open = open.concat(event.on);
      found.push({
        start: cuts[at], end: cuts[at + 1], under: open.slice(), begins: event.on.filter((entry) => entry.begins).map((entry) => entry.mark),
      });
    }
    return found;
  };
}

// The smallest mark in which a place stands, or with `after` the next larger one; so that clicking again leads outwards.
export function markAt(marks, unit, after = null) {
  const size = (mark) => mark.pieces.reduce((sum, [start, end]) => sum + end - start, 0);
  const here = marks.filter((mark) => mark.pieces.some(([start, end]) => start <= unit && unit < end)).sort((a, b) => size(a) - size(b));
  if (!here.length) return null;
  const current = here.findIndex((mark) => mark.id === after);
  return here[(current + 1) % here.length];
}

// A, B, … Z, AA, AB: short names of the marks of one document, in the order of the text.
export function letter(number) {
  let name = "";
  for (let left = number + 1; left > 0; left = Math.floor((left - 1) / 26)) name = String.fromCharCode(65 + ((left - 1) % 26)) + name;
  return name;
}
