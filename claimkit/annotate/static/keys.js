// Every key of the page of a corpus, in one table.

import * as does from "./commands.js";
import { evidence, pairNo, pairSkip, pairYes, relate } from "./relations.js";
import { listenTo, showSheet } from "./shortcuts.js";
import { emit, selectedMark, state } from "./state.js";

const inText = (event) => event.target.id === "text" || event.target === document.body;
const inPairs = () => state.pass === "relations";

const evidenceOrEdit = () => (selectedMark()?.kind === "suggestion" ? does.editSuggestion() : evidence());

const motions = [["ArrowLeft", "visual", false], ["ArrowRight", "visual", true], ["ArrowUp", "line", false], ["ArrowDown", "line", true], ["Home", "edge", false], ["End", "edge", true]];
const byWord = [["ArrowLeft", "visual-word", false], ["ArrowRight", "visual-word", true], ["ArrowUp", "paragraph", false], ["ArrowDown", "paragraph", true], ["Home", "text", false], ["End", "text", true]];

// In a text that runs from right to left the right arrow leads back.
function go(granularity, forward, extend) {
  const isLeftwards = granularity.startsWith("visual") && does.isRightToLeft();
  const kind = { visual: "character", "visual-word": "word" }[granularity] ?? granularity;
  does.move(kind, isLeftwards ? !forward : forward, extend);
}

const moving = ["", "Shift+"].flatMap((shift) => [
  ...motions.map(([key, kind, forward]) => ({ key: shift + key, run: () => go(kind, forward, Boolean(shift)), when: inText })),
  ...["Ctrl+", "Alt+"].flatMap((prefix) => byWord.filter(([, kind]) => prefix === "Ctrl+" || kind === "visual-word").map(([key, kind, forward]) => ({
    key: prefix + shift + key, run: () => go(kind, forward, Boolean(shift)), when: inText,
  }))),
]);

// key, what the sheet says (left out where another row says it), what is run, and where it holds.
export const KEYS = [
  { group: "Relations pass", key: "y", says: "yes, with the first kind", run: () => pairYes(1), when: inPairs },
  { group: "Relations pass", key: "n", says: "no", run: pairNo, when: inPairs },
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({ group: "Relations pass", key: String(number), says: number === 1 ? "yes, with that kind" : null, shown: "1 – 9", run: () => pairYes(number), when: inPairs })),
  { group: "Relations pass", key: "ArrowRight", says: "later", shown: "→ ←", run: () => pairSkip(1), when: inPairs },
  { group: "Relations pass", key: "ArrowLeft", run: () => pairSkip(-1), when: inPairs },

  { group: "Select words", key: ".", says: "next sentence", run: () => does.whole("sentence", true, false) },
  { group: "Select words", key: ",", says: "previous sentence", run: () => does.whole("sentence", false, false) },
  { group: "Select words", key: ">", says: "one sentence more; and one before", shown: "> <", run: () => does.whole("sentence", true, true) },
  { key: "<", run: () => does.whole("sentence", false, true) },
  { group: "Select words", key: ";", says: "next clause, up to a comma or dash", run: () => does.whole("clause", true, false) },
  { group: "Select words", key: ":", says: "one clause more", run: () => does.whole("clause", true, true) },
  { group: "Select words", key: "a", says: "start back by a word", run: () => does.nudge("start", false, false) },
  { group: "Select words", key: "s", says: "start on by a word", run: () => does.nudge("start", true, false) },
  { group: "Select words", key: "d", says: "end back by a word", run: () => does.nudge("end", false, false) },
  { group: "Select words", key: "f", says: "end on by a word", run: () => does.nudge("end", true, false) },
  { group: "Select words", key: "Shift+a", says: "the same by a character", shown: "Shift A S D F", run: () => does.nudge("start", false, true) },
  { key: "Shift+s", run: () => does.nudge("start", true, true) },
  { key: "Shift+d", run: () => does.nudge("end", false, true) },
  { key: "Shift+f", run: () => does.nudge("end", true, true) },
  { group: "Select words", shown: "← → ↑ ↓", says: "caret by character and line, Ctrl by word, Shift extends" },
  ...moving,
  { group: "Select words", key: "Escape", says: "let go", shown: "Esc", run: does.leave },

  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({ group: "Mark", key: String(number), says: number === 1 ? "stance: marks the words, or sets it" : null, shown: "1 – 9", run: () => does.stance(number) })),
  { group: "Mark", key: "Enter", says: "mark; accept a suggestion; finish a draft", run: () => does.acceptOrMark() },
  { group: "Mark", key: "j", says: "add further words to the statement", run: does.addWords },
  { group: "Mark", key: "x", says: "other words instead", run: does.replaceWords },
  { group: "Mark", key: "k", says: "cue (“denied”)", run: does.setCue },
  { group: "Mark", key: "o", says: "words that name the speaker", run: does.setSpeakerWords },
  { group: "Mark", key: "u", says: "words that repeat it", run: does.addDuplicate },
  { group: "Mark", key: "Delete", says: "remove; reject a suggestion", shown: "Del", run: does.remove },
  { key: "Backspace", run: does.remove },

  { group: "Statement", key: "w", says: "who says it", run: does.setSpeaker },
  { group: "Statement", key: "c", says: "claim", run: does.setClaim },
  { group: "Statement", key: "b", says: "on whose behalf", run: does.setBehalf },
  { group: "Statement", key: "t", says: "attitude toward an actor", run: does.addTarget },
  { group: "Statement", key: "v", says: "passed on by (chain)", run: does.addReporter },
  { group: "Statement", key: "q", says: "quotation: next", run: does.cycleQuotation },
  { group: "Statement", key: "m", says: "modality: next", run: does.cycleModality },
  { group: "Statement", key: "i", says: "note", run: does.editNote },
  { group: "Statement", key: "r", says: "relation: what it answers", run: relate },
  { group: "Statement", key: "e", says: "evidence of a relation; edit a suggestion", run: evidenceOrEdit },

  { group: "Move", key: "n", says: "next statement or suggestion", run: does.nextMark },
  { group: "Move", key: "p", says: "previous", run: does.previousMark },
  { group: "Move", key: "Shift+n", says: "next unfinished", shown: "Shift N", run: does.nextUnfinished },
  { group: "Move", key: "]", says: "next document", run: () => does.nextDocument() },
  { group: "Move", key: "[", says: "previous document", run: does.previousDocument },
  { group: "Move", key: "Ctrl+Enter", says: "document done, on to the next", shown: "Ctrl Enter", run: does.finishDocument },
  { group: "Move", key: "!", says: "flag the document", run: does.toggleFlag },
  { group: "Move", key: "Shift+i", says: "note on the document", shown: "Shift I", run: does.noteDocument },

  { group: "Page", key: "Ctrl+z", says: "undo", shown: "Ctrl Z", run: does.undo },
  { group: "Page", key: "Ctrl+Shift+z", says: "redo", shown: "Ctrl Shift Z", run: does.redo },
  { key: "Ctrl+y", run: does.redo },
  { key: "z", run: does.undo },
  { key: "Shift+z", run: does.redo },
  { group: "Page", key: "/", says: "search", run: () => emit("search") },
  { group: "Page", key: "l", says: "list of statements", run: () => emit("show-panel", "list") },
  { group: "Page", key: "g", says: "guideline", run: () => emit("show-panel", "guideline") },
  { group: "Page", key: "h", says: "hide or show suggestions", run: does.hideSuggestions },
  ...["free", "mark", "stance", "who", "relations"].map((pass, index) => ({ group: "Page", key: `Alt+${index}`, says: index ? null : "all at once; passes 1 to 4", shown: "Alt 0 – 4", run: () => emit("pass", pass) })),
  { group: "Page", key: "?", says: "this sheet", run: () => emit("sheet") },
];

export const sheet = () => showSheet(KEYS);

export const listen = () => listenTo(KEYS, {
  isReady: () => state.doc !== null, isBusy: does.isInFlow, inText: (event) => event.target.id === "text",
});
