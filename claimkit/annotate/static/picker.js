// One place to choose or to type something: a combobox over a list, or a field. It is open at once, so that no letter typed is lost.

import { $, announce, button, h, kbd } from "./dom.js";
import { bookmark } from "./focus.js";

const MOST = 60;
let current = null;

export const isOpen = () => current !== null;

export function close(result = null) {
  if (!current) return;
  const { resolve, back } = current;
  current = null;
  $("picker").hidden = true;
  $("picker").replaceChildren();
  back();
  resolve(result);
}

function open(title, about, content, keys) {
  close();
  const place = $("picker");
  const back = bookmark();
  place.replaceChildren(
    h("header", {}, h("h2", { id: "picker-title" }, title), button("×", () => close(), { title: "Close", "aria-label": "Close", class: "plain" })),
    about ? h("p", { class: "quoted", dir: "auto" }, about) : null, content, h("p", { class: "hint" }, keys),
  );
  place.hidden = false;
  if ($("tools")) $("tools").hidden = true;
  return new Promise((resolve) => { current = { resolve, back }; });
}

// While letters are composed, as in Hindi, Chinese or with dead keys, Enter and the arrows belong to the composing.
const isComposing = (event) => event.isComposing || event.keyCode === 229;

// Goes round within the picker, so that no key leads behind it while it is open.
function goRound(isBack) {
  const stops = [...$("picker").querySelectorAll("button, input, textarea")];
  const at = stops.indexOf(document.activeElement);
  stops.at(isBack ? Math.max(at, 0) - 1 : (at + 1) % stops.length).focus();
}

$("picker").tabIndex = -1; // a click between its parts leaves the keys to it
$("picker").addEventListener("keydown", (event) => {
  if (!current || isComposing(event)) return;
  if (event.key === "Escape") close();
  else if (event.key === "Tab") goRound(event.shiftKey);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
document.addEventListener("pointerdown", (event) => { if (current && !$("picker").contains(event.target)) close(); });

// Choose one of a list. `options(query)` gives [{id, primary, secondary, sign, group}]; `create(query)` an entry to make, or null.
export function choose({ title, about, options, create = () => null, digits = false, placeholder = "Type to narrow" }) {
  const input = h("input", {
    type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "picker-list", "aria-autocomplete": "list", "aria-labelledby": "picker-title",
    autocomplete: "off", autocapitalize: "off", spellcheck: "false", placeholder, dir: "auto",
  });
  const list = h("ul", { id: "picker-list", role: "listbox", "aria-labelledby": "picker-title" });
  let shown = [], at = 0;

  const mark = (next, scroll = true) => {
    at = Math.max(0, Math.min(shown.length - 1, next));
    [...list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === at)));
    const node = list.children[at];
    if (node) input.setAttribute("aria-activedescendant", node.id);
    else input.removeAttribute("aria-activedescendant");
    if (node && scroll) node.scrollIntoView({ block: "nearest" });
  };
  const fill = () => {
    const query = input.value.trim();
    const made = create(query);
    shown = [...options(query).slice(0, MOST), ...(made ? [made] : [])];
    let group = null;
    list.replaceChildren(...shown.map((entry, index) => {
      const heading = entry.group && entry.group !== group ? entry.group : null;
      group = entry.group ?? group;
      return h("li", { role: "option", id: `picker-${index}`, "data-group": heading, on: { click: () => close(entry) } },
        digits && index < 9 ? kbd(String(index + 1)) : null, entry.sign ? h("span", { class: `sign ${entry.look ?? ""}` }, entry.sign) : null,
        h("span", { class: "primary", dir: "auto" }, entry.primary), entry.secondary ? h("span", { class: "secondary", dir: "auto" }, entry.secondary) : null);
    }));
    if (!shown.length) list.append(h("li", { class: "nothing", role: "presentation" }, "Nothing fits."));
    mark(0);
  };
  input.addEventListener("input", fill);
  input.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps) mark(at + steps[event.key]);
    else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && shown[at]) close(shown[at]);
    else if (digits && !input.value && /^[1-9]$/.test(event.key) && shown[event.key - 1]) close(shown[event.key - 1]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const keys = [kbd("↑"), kbd("↓"), " move, ", kbd("Enter"), " takes, ", kbd("Esc"), " leaves", digits ? [", ", kbd("1"), "–", kbd("9"), " take at once"] : null];
  const result = open(title, about, h("div", { class: "choosing" }, input, list), keys);
  fill();
  input.focus({ preventScroll: true });
  announce(title);
  return result;
}

// Type something. `check(value)` gives a sentence on what is wrong, or an empty text.
export function type({ title, about, value = "", long = false, kind = "text", placeholder = "", check = () => "" }) {
  const field = long ? h("textarea", { rows: 5, dir: "auto" }) : h("input", { type: kind, dir: "auto", autocomplete: "off", placeholder });
  field.value = value;
  field.setAttribute("aria-labelledby", "picker-title");
  const fault = h("p", { class: "fault", role: "alert" });
  const done = () => {
    const wrong = check(field.value.trim());
    fault.textContent = wrong;
    if (!wrong) close({ value: field.value.trim() });
  };
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    done();
    event.preventDefault();
    event.stopPropagation();
  });
  const content = h("div", { class: "typing" }, field, fault, h("div", { class: "row" }, button("Save", done, { class: "primary" }), button("Cancel", () => close())));
  const result = open(title, about, content, [kbd("Enter"), " saves, ", long ? [kbd("Shift"), "+", kbd("Enter"), " new line, "] : null, kbd("Esc"), " leaves"]);
  field.focus({ preventScroll: true });
  field.select();
  return result;
}
