// The focus stays where it is when what has it is made anew: a button or field is known by its name (data-at) within a part of the page.

let lost = null; // what had the focus and was not there any more; it may be back when the part is next made anew

const named = (part, at) => [...part.querySelectorAll("[data-at]")].filter((node) => node.dataset.at === at);

// Only where the focus is of use to somebody at the keyboard; after a click, keys belong to the text.
function addressIn(part) {
  const had = document.activeElement;
  if (had === part && lost?.part === part) return lost;
  if (!part?.contains(had) || !had.dataset.at || !had.matches(":focus-visible")) return null;
  return { part, at: had.dataset.at, number: named(part, had.dataset.at).indexOf(had) };
}

function focusOn(address) {
  const found = named(address.part, address.at);
  lost = found.length ? null : address;
  (found[address.number] ?? found.at(-1) ?? address.part).focus({ preventScroll: true });
}

// Fills a part of the page anew.
export function renew(part, ...nodes) {
  const address = addressIn(part);
  part.replaceChildren(...nodes);
  if (address) focusOn(address);
}

// Remembers what has the focus; what is given back returns there.
export function bookmark() {
  const had = document.activeElement;
  const address = addressIn(had?.closest("[id]"));
  return () => {
    if (had?.isConnected) had.focus({ preventScroll: true });
    else if (address) focusOn(address);
  };
}
