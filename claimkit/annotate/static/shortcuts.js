// Keys: how one is named, which are left to fields and buttons, and the sheet that shows them all.

import { button, h, kbd } from "./dom.js";
import { isOpen } from "./picker.js";
import { settings } from "./state.js";

const LAST = "Relations pass"; // holds in that pass only, so it stands at the end

// What the keys beside the letters and digits write on the keyboard for which the shortcuts were chosen, without and with Shift.
const SIGNS = { Period: ".>", Comma: ",<", Semicolon: ";:", Slash: "/?", BracketLeft: "[{", BracketRight: "]}" };

// The key at this place of that keyboard.
function keyAt({ code, shiftKey }) {
  const [, letter, digit] = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/.exec(code) ?? [];
  if (digit) return shiftKey ? (digit === "1" ? "!" : null) : digit;
  return letter?.toLowerCase() ?? SIGNS[code]?.[Number(shiftKey)] ?? null;
}

// The names under which a shortcut may be found, the likeliest first: by what the key writes, then, as other scripts write other
// signs, by where it is. A Latin letter means itself wherever it is; and with Alt some keyboards write brackets.
export function namesOf(event) {
  const { key } = event;
  const isThirdLevel = event.getModifierState("AltGraph") && event.ctrlKey === event.altKey; // Windows says Ctrl and Alt for AltGr
  const held = isThirdLevel ? "" : (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "");
  const named = (one, before = held) => `${before}${event.shiftKey && (one.length > 1 || /[a-z]/i.test(one)) ? "Shift+" : ""}${one.length === 1 ? one.toLowerCase() : one}`;
  const names = [named(key)];
  const place = [...key].length === 1 && !/[a-z]/i.test(key) && !isThirdLevel ? keyAt(event) : null;
  if (place) names.push(named(place));
  if (held === "Alt+" && /^[!-/:-@[-`{-~]$/.test(key)) names.push(named(key, ""));
  return names;
}

const isField = (node) => ["INPUT", "TEXTAREA", "SELECT"].includes(node.tagName) || node.isContentEditable;
const presses = (node) => ["BUTTON", "SUMMARY", "A"].includes(node.tagName);

// Rows of a table of keys: {key, run, when, group, says, shown}; the first that fits is run.
export function listenTo(keys, { isReady, isBusy = () => false, inText = () => false }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || isOpen() || document.querySelector("dialog[open]") || !isReady()) return;
    if (isField(event.target)) return;
    if (presses(event.target) && (event.key === "Enter" || event.key === " ")) return;
    const fits = (name) => keys.find((entry) => entry.key === name && (!entry.when || entry.when(event)));
    const name = namesOf(event).find(fits);
    if (!name) return;
    if (settings.get("keysInTextOnly", false) && !/^(Ctrl|Alt)\+/.test(name) && !inText(event)) return;
    event.preventDefault();
    if (isBusy() && name !== "Escape") return; // the next question is just being fetched
    fits(name).run();
  });
}

export function showSheet(keys) {
  const groups = new Map();
  for (const entry of keys) {
    if (!entry.group || !entry.says) continue;
    if (!groups.has(entry.group)) groups.set(entry.group, []);
    groups.get(entry.group).push(entry);
  }
  const only = h("input", { type: "checkbox", id: "keys-in-text", checked: settings.get("keysInTextOnly", false) });
  only.addEventListener("change", () => settings.set("keysInTextOnly", only.checked));
  const dialog = h("dialog", { class: "sheet", "aria-labelledby": "sheet-title" },
    h("header", {}, h("h2", { id: "sheet-title" }, "Keys"), button("×", () => dialog.close(), { class: "plain", "aria-label": "Close" })),
    h("div", { class: "groups" }, [...groups].sort(([a], [b]) => (a === LAST) - (b === LAST)).map(([name, entries]) =>
      h("section", {}, h("h3", {}, name), h("dl", {}, entries.map((entry) => [h("dt", {}, (entry.shown ?? entry.key.toUpperCase()).split(" ").map((part) => (part === "–" ? " – " : kbd(part)))), h("dd", {}, entry.says)]))))),
    h("p", { class: "soft" }, h("label", {}, only, " Letters are keys only while the text has the focus")));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => { if (event.key === "?") dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}
