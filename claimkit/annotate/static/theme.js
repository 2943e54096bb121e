// Light or dark: as the system says, until the button says otherwise.

import { settings } from "./state.js";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const SIGNS = { auto: "◐", light: "☀", dark: "☾" };

export function theme(control) {
  let chosen = settings.get("theme", "auto");
  const show = () => {
    if (chosen === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    control.textContent = SIGNS[chosen];
    control.title = `Colours: ${chosen === "auto" ? "as the system" : chosen}`;
    control.setAttribute("aria-label", control.title);
  };
  control.addEventListener("click", () => {
    chosen = NEXT[chosen];
    settings.set("theme", chosen);
    show();
  });
  show();
}
