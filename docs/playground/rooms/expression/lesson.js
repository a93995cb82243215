// The views beside the graph: each asks Python for a page, a derivation or code, and shows it.
import { answer, copy } from "../../copied.js";
import { follow, show as showFrame } from "../../frame.js";

const HINTS = {
  step: "Next makes one contribution; a click on a node goes to the moment when its grad is complete.",
  predict: "Press Next: the page asks for the sign and the number before it shows them.",
  update: "What the gradients are for: every number moves by −0.1 times its own, and all is computed again.",
  break: "One thing is done wrong in this backward pass. Wrong numbers stand beside the right ones.",
  explain: "The derivative as a sum over paths, and as backpropagation computes it, with the numbers plugged in.",
  code: "The same expression for a notebook.",
};

/** The call that a view makes, after the text and the words. */
export const callOf = ({ view, of, mistake }) =>
  ({ step: ["expression.step"], predict: ["expression.predict"], update: ["expression.update"], break: ["expression.broken", mistake], explain: ["expression.explain", of], code: ["expression.code"] })[view];

/** Each = on a line of its own, with more room between the items. */
const lines = (formula) => formula.replaceAll("\\\\\n", "\\\\[2.2ex]\n").replaceAll(/(?<!&)= /g, "\\\\[0.7ex] &= ");

/** The lesson inside `box`; `choose(text)` is called with what its menu is set to. */
export function lessonIn(box, choose) {
  const $ = (selector) => box.querySelector(selector);
  const frame = $("iframe"), menu = $("select"), formulas = $(".formulas"), code = $("pre");
  let shown = "";
  follow(frame);
  menu.addEventListener("change", () => choose(menu.value));
  $("[name=copy-code]").addEventListener("click", async ({ target }) => {
    const done = await copy(code.textContent);
    if (!done) getSelection().selectAllChildren(code);
    answer(target, done ? "Copied ✓" : "Marked: press Ctrl+C");
  });

  function offer(label, options, chosen) {
    $(".choose span").textContent = label;
    menu.replaceChildren(...options.map((text) => new Option(text, text, false, text === chosen)));
  }
  function compare({ output, rows, advice, chosen }) {
    const cell = (tag, text, kind = "") => Object.assign(document.createElement(tag), { textContent: text, className: kind });
    const line = (...cells) => {
      const row = document.createElement("tr");
      row.append(...cells);
      return row;
    };
    const table = document.createElement("table");
    table.append(line(cell("th", "grad"), cell("th", "right"), cell("th", "with the mistake")));
    for (const { name, right, wrong } of rows) {
      const same = right === wrong;
      table.append(line(cell("th", `∂${output}/∂${name}`), cell("td", right), cell("td", same ? `${wrong} ✓` : `${wrong} ✗`, same ? "" : "wrong")));
    }
    $(".compared").replaceChildren(cell("p", `Remember: ${advice}.`), table);
  }
  async function typeset(parts, plain) {
    let katex = null;
    try {
      ({ default: katex } = await import("../../../vendor/katex/katex.js"));
      if (!document.getElementById("katex")) {
        document.head.append(Object.assign(document.createElement("link"), { id: "katex", rel: "stylesheet", href: new URL("../../../vendor/katex/katex.css", import.meta.url) }));
      }
    } catch {
      return formulas.replaceChildren(Object.assign(document.createElement("pre"), { textContent: plain }));
    }
    formulas.replaceChildren(...parts.map(({ heading, formula, note }) => {
      const part = document.createElement(heading ? "h2" : formula ? "div" : "p");
      if (formula) katex.render(lines(formula), part, { displayMode: true, throwOnError: false });
      else part.textContent = heading ?? note;
      return part;
    }));
  }

  return {
    /** Empty it, for another view. */
    clear(view) {
      $(".hint").textContent = HINTS[view] ?? "";
      for (const part of [$(".choose"), $(".compared"), formulas, $(".program"), frame]) part.hidden = true;
      shown = "";
    },
    async show(view, answer) {
      const key = JSON.stringify([view, answer]);
      if (key === shown) return;
      shown = key;
      frame.hidden = !answer.html;
      if (answer.html) {
        showFrame(frame, answer.html, answer.height);
        frame.title = HINTS[view];
      }
      $(".choose").hidden = !(answer.mistakes?.length || answer.names?.length);
      $(".compared").hidden = view !== "break" && !answer.refused;
      formulas.hidden = view !== "explain";
      $(".program").hidden = view !== "code";
      if (answer.refused) {
        $(".compared").textContent = answer.refused;
      } else if (view === "break" && answer.mistakes.length) {
        offer("The mistake:", answer.mistakes, answer.chosen);
        compare(answer);
      } else if (view === "break") {
        $(".compared").textContent = "No mistake shows in the gradients of this expression: it is too simple to go wrong.";
      } else if (view === "explain") {
        offer(`The derivative of ${answer.output} with respect to`, answer.names, answer.asked);
        await typeset(answer.parts, answer.text);
      } else if (view === "code") {
        code.textContent = answer.code;
      }
    },
  };
}
