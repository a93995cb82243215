/* Predict, then reveal, for those who switch it on: the sign first, then the number, at each rule's first use and at
   every reuse. */
(function (page) {
  "use strict";
  const { $, make } = page;
  const NAMES = { "+": "positive", "−": "negative", 0: "zero" };
  const SIGNS = { "+": "+", "=": "+", "-": "−", "−": "−", 0: "0" };  /* by key */
  let s = null, chosen = "", right = false, on = false;

  page.before = function (whole) {
    s = page.steps[page.at];
    if (!page.single() || whole || !s || !s.ask || s.seen || !on) return false;
    chosen = "";
    page.ask({ step: s, label: "?", draw, submit, type });
    return true;
  };
  function set(to) {
    on = to;
    $("predict").setAttribute("aria-pressed", String(on));
  }
  function turn() {
    set(!on);
    page.keep("localStorage", "micrograd-predict", on);
    if (!on && page.asking) page.ask(null);
  }
  page.predicting = () => on;
  page.on("predict", turn);
  page.keys.p = turn;
  set(page.data.predict || page.recall("localStorage", "micrograd-predict") === true);

  function draw(edge, formula, story, form) {
    page.head(s, edge, ". Predict:");
    page.productToFind(s, formula, s.upstream);
    page.clear(form);
    if (!chosen) {
      make("span", "Its sign?", form);
      for (const sign of ["+", "−", "0"]) page.button(`${sign} ${NAMES[sign]}`, form, () => answerSign(sign));
      page.focus(form.querySelector("button"));
    } else {
      const verdict = `${right ? "✓ Yes," : "✗ No, it is"} ${nameOf(s.amount)}. And the number? `;
      const input = make("input", "", make("label", verdict, form));
      input.inputMode = "decimal";
      input.autocomplete = "off";
      page.button("Submit", form, submit);
      page.focus(input);
    }
    return `Predict: ${s.edge}, ${s.place}, upstream ${s.upstream}. ${form.textContent}`;
  }
  /* A key for the sign; in the field, keys are the field's. */
  function type(key) {
    if (chosen || !SIGNS[key]) return false;
    answerSign(SIGNS[key]);
    return true;
  }
  function signOf(text) { return text[0] === "−" ? "−" : text === "0" ? "0" : text === "nan" ? "?" : "+"; }
  function nameOf(text) { return NAMES[signOf(text)] || "neither"; }
  function answerSign(sign) {
    chosen = sign;
    right = sign === signOf(s.amount);
    if (s.amount === "0") return answer(`You said ${NAMES[sign]}${right ? ": right." : "; it is 0."}`);
    page.show();
  }
  function submit() {
    const typed = page.predicted($("question")), exact = page.read(s.amount);
    if (!typed) return;
    /* A number with four digits may be rounded from more. */
    const close = s.amount.replace(/\D/g, "").length > 3 ? 0.0005 * Math.abs(exact.number) : 0;
    const good = page.near(typed, exact.number) || Math.abs(typed.number - exact.number) <= close;
    answer(`You predicted ${typed.text}${good ? ": right." : `; it is ${s.amount}.`}` +
      (right ? "" : ` The sign was ${nameOf(s.amount)}.`));
  }
  function answer(verdict) {
    s.guess = verdict;
    page.go(page.at + 1);
    page.focus($("next"));
  }
})
