// Elements made of names and texts. Nothing in this page is ever parsed as markup: every text goes in as a text node.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "class") node.setAttribute("class", value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat(3)) if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}

export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);
export const svg = (tag, props, ...children) => fill(document.createElementNS(SVG, tag), props, children);
export const $ = (id) => document.getElementById(id);

// A key as it is shown on a button or in the sheet of shortcuts.
export const kbd = (text) => h("kbd", {}, text);

// A button that shows its key; the label may be a text or nodes. It is known `at` a name, for the focus, where its label changes.
export function button(label, run, { key, title, pressed, at = typeof label === "string" ? label : null, ...more } = {}) {
  const props = { type: "button", title, on: { click: run }, ...more };
  if (at !== null) props["data-at"] = at;
  if (pressed !== undefined) props["aria-pressed"] = String(pressed);
  return h("button", props, label, key ? kbd(key) : null);
}

// Said to screen readers; the same words twice are said twice.
export function announce(words) {
  const place = $("announce");
  place.textContent = "";
  setTimeout(() => { place.textContent = words; }, 30);
}
