/* The panel: what happens in this step, as a heading, a product and sentences. */
(function (page) {
  "use strict";
  const { $, all, make, data, nodes, steps } = page;
  const DETAILS = ["both", "symbolic", "value"];
  let detail = data.detail || 0;
  const symbols = () => DETAILS[detail] !== "value", numbers = () => DETAILS[detail] !== "symbolic";

  page.views.push(function (current) {
    const [edge, formula, story] = ["edge", "formula", "story"].map((id) => page.clear($(id)));
    const form = $("question"), { asking } = page;
    if (!asking && form.contains(document.activeElement)) page.focus($("stepper"));
    form.hidden = !asking;
    page.write($("said"),
      asking ? asking.draw(edge, formula, story, form) :
      page.panels[page.pass] ? page.panels[page.pass](edge, formula, story) :
      page.pass === "forward" ? showForward(edge, formula, story) :
      !current.length ? showSeed(edge, story) :
      current.length === 1 ? showOne(current[0], edge, formula, story) :
      showMany(current, edge, story));
  });

  function showOne(s, edge, formula, story) {
    page.head(s, edge);
    const instead = page.instead(s);
    if (instead) return `${edge.textContent}. ${make("p", instead, story).textContent}`;
    page.product(s, formula, s.upstream, "local " + page.derivative(s.node, s.parent), s.symbolic,
      symbols() ? s.worked : s.local, s.amount);
    const said = [s.sum, "Why: " + s.why];
    if (s.check) said.push("Check: " + s.check);
    for (const text of said) make("p", text, story);
    if (s.guess) make("p", s.guess, story, "verdict");
    return [edge.textContent + ".", s.product + ".", ...said, s.guess].join(" ").trim();
  }
  function showMany(current, edge, story) {
    edge.textContent = page.layered() ? `Layer ${page.level} of ${page.levels}, counted from ${nodes[data.root].name}` : nodes[current[0].node].name;
    make("small", `, ${current.length} contributions`, edge);
    const box = make("div", "", story, "many");
    for (const s of current.slice(0, 12)) make("p", `${s.edge}: ${s.work}`, box);
    if (current.length > 12) make("p", `and ${current.length - 12} more in the ledger.`, box);
    return [edge.textContent, ...all(box, "p").map((p) => p.textContent)].join(". ");
  }
  function showSeed(edge, story) {
    edge.textContent = data.seed.edge;
    if (data.seed.why) make("p", data.seed.why, story);
    if (data.seed.why && steps.length) make("p", data.seed.how, story);
    return [edge.textContent + ".", ...all(story, "p").map((p) => p.textContent)].join(" ");
  }
  function showForward(edge, formula, story) {
    const n = nodes[data.order[page.computed - 1]];
    if (!n) {
      edge.textContent = data.forward.start;
      if (data.again) make("p", data.again, story);
      make("p", data.forward.how, story);
      return [edge.textContent + ".", ...all(story, "p").map((p) => p.textContent)].join(" ");
    }
    edge.textContent = n.name + " = " + n.value;
    page.sign(formula, symbols() ? "" : n.name, n.name);
    page.sign(formula, "=");
    page.term(formula, "", n.formula, n.numbers);
    page.sign(formula, "=", "");
    page.term(formula, "", "", n.value, "result");
    if (page.computed === data.order.length) make("p", data.forward.done, story);
    return [n.name, n.formula, n.numbers, n.value].join(" = ");
  }

  /* Pieces of a panel, also for questions. */
  page.head = function (s, edge, more = "") {
    edge.textContent = s.edge;
    make("small", `, ${s.place}${more}`, edge);
  };
  page.product = function (s, formula, upstream, local, symbolic, number, amount) {
    page.term(formula, "upstream", page.derivative(data.root, s.node), upstream);
    page.sign(formula, "×");
    page.term(formula, local, symbolic, number);
    page.sign(formula, "=");
    page.term(formula, "contribution", "to " + nodes[s.parent].grad, amount, "result");
  };
  page.productToFind = (s, formula, upstream) => page.product(s, formula, upstream, "local", page.derivative(s.node, s.parent), "?", "?");
  page.term = function (formula, caption, symbolic, number, kind) {
    const box = make("div", "", formula, kind);
    make("small", caption, box);
    if (symbols()) make("span", symbolic, box);
    if (numbers() && number) make("b", number, box);
  };
  page.sign = function (formula, number, symbolic = number) {
    const box = make("div", "", formula);
    make("small", "", box);
    if (symbols()) make("span", symbolic, box);
    if (numbers()) make("b", number, box);
  };
  page.detail = () => detail;
  page.write($("detail"), "Formula: " + DETAILS[detail]);
  page.turnDetail = function () {
    detail = (detail + 1) % DETAILS.length;
    page.write($("detail"), "Formula: " + DETAILS[detail]);
    page.show();
  };
})
