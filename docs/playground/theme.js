// Light, dark, or as the system has it: chosen once, for all pages of the site (the documentation keeps the same key).
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const SAID = { auto: "as the system", light: "light", dark: "dark" };
const listeners = new Set();

/** What is chosen: "auto", "light" or "dark". */
export const chosen = () => (root.dataset.theme in SAID ? root.dataset.theme : "auto"); // others may keep that key too

/** What that means now: "light" or "dark". */
export const shown = () => (chosen() === "auto" ? (system.matches ? "dark" : "light") : chosen());

/** Call `act` whenever the theme changes. */
export function onTheme(act) {
  listeners.add(act);
}
const tell = () => listeners.forEach((act) => act());

export function choose(theme) {
  root.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  label();
  tell();
}

function label() {
  const button = document.getElementById("theme");
  button.setAttribute("aria-label", `Colours: ${SAID[chosen()]}`);
  button.title = button.getAttribute("aria-label");
}

export function start() {
  document.getElementById("theme").addEventListener("click", () => {
    const all = Object.keys(SAID);
    choose(all[(all.indexOf(chosen()) + 1) % all.length]);
  });
  system.addEventListener("change", tell);
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== "theme") return;
    root.dataset.theme = newValue ?? "auto";
    label();
    tell();
  });
  label();
}

/** A picture for this page: its style sheet asks what the system prefers, so the reader's choice is written into it. */
export function themed(svg) {
  if (chosen() === "auto") return svg;
  return svg.replaceAll(/@media \(prefers-color-scheme:\s*dark\)/g, shown() === "dark" ? "@media all" : "@media not all");
}
