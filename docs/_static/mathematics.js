// Formulas by KaTeX, on the pages that have any: Sphinx puts \( … \) and \[ … \] into elements of the class math.

import katex from "./katex/katex.js";

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = new URL("katex/katex.css", import.meta.url).href;
document.head.append(style);

for (const element of document.querySelectorAll(".math")) {
  const formula = element.textContent.trim().replace(/^\\[([]/, "").replace(/\\[)\]]$/, "");
  katex.render(formula, element, { displayMode: element.tagName === "DIV", throwOnError: false, strict: false });
}
