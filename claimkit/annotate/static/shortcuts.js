// Keys: how one is named, which are left to fields and buttons, and the sheet that shows them all.

import { button, h, kbd } from "./dom.js";
import { isOpen } from "./picker.js";
import { settings } from "./state.js";

const LAST = "Relations pass"; // holds in that pass only, so it stands at the end

export function nameOf(event) {
  let { key } = event;
  const digit = /^Digit(\d)$/.exec(event.code);
  if (event.altKey && digit) key = digit[1];
  else if (key.length === 1 && key > "\x7f" && /^Key[A-Z]$/.test(event.code)) key = event.code.at(-1).toLowerCase(); // other scripts' keyboards
  const isNamed = key.length > 1 || /[a-z]/i.test(key);
  if (key.length === 1) key = key.toLowerCase();
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey && isNamed ? "Shift+" : ""}${key}`;
}

const isField = (node) => ["INPUT", "TEXTAREA", "SELECT"].includes(node.tagName) || node.isContentEditable;
const presses = (node) => ["BUTTON", "SUMMARY", "A"].includes(node.tagName);

// Rows of a table of keys: {key, run, when, group, says, shown}; the first that fits is run.
export function listenTo(keys, { isReady, isBusy = () => false, inText = () => false }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || isOpen() || document.querySelector("dialog[open]") || !isReady()) return;
    if (isField(event.target)) return;
    if (presses(event.target) && (event.key === "Enter" || event.key === " ")) return;
    const name = nameOf(event);
    const found = keys.find((entry) => entry.key === name && (!entry.when || entry.when(event)));
    if (!found) return;
    if (settings.get("keysInTextOnly", false) && !/^(Ctrl|Alt)\+/.test(name) && !inText(event)) return;
    event.preventDefault();
    if (isBusy() && name !== "Escape") return; // the next question is just being fetched
    found.run();
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
