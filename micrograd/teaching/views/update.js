/* Several updates: the third pass of each, in which the parameters move, and the way from one update to the next. */
(function (page) {
  "use strict";
  const { $, all, make, toggle, write, data, nodes } = page, { moves, outcome } = data;
  const chapters = data.chapters, chapter = data.chapter || 0;
  chapters[0] = chapters[0] || data;  /* the page begins with the first one */
  const byBox = new Map(moves.map((move, k) => [move.box, k]));
  const order = page.passes;
  order.push("update");

  /* ---- from pass to pass, and from update to update */

  page.lengths.update = () => moves.length + 1;
  function turn(k, pass, at) {
    const active = document.activeElement ? document.activeElement.id : "";
    const detail = page.detail(), predict = page.predicting();
    const playing = page.playing(), presenting = page.presenting();
    page.restart({ ...chapters[k], chapters, chapter: k, pass, to: at, detail, predict, playing, presenting, size: page.size });
    const again = $(active);
    page.focus(again && !again.disabled ? again : $("stepper"));
  }
  const ends = (pass) => Math.max(0, page.lengths[pass]());
  page.onwards = function () {
    const next = order[order.indexOf(page.pass) + 1];
    if (next) return { label: next === "update" ? "Update →" : "Backward →", title: `The ${next === "update" ? "update" : "backward pass"} (→)`, act: () => page.choose(next, 0) };
    if (chapter + 1 === chapters.length) return null;
    return { label: `Update ${chapter + 2} →`, title: "Forward again, with the new numbers (→)", act: () => turn(chapter + 1, "forward", 0) };
  };
  page.previous = function () {
    const before = order[order.indexOf(page.pass) - 1];
    if (before) return () => page.choose(before, ends(before));
    return chapter ? () => turn(chapter - 1, "update", "end") : null;
  };
  page.begin = function () {
    if (data.size) $("size").value = page.size = data.size;
    page.choose(data.pass || "forward", data.to === "end" ? moves.length + 1 : data.to || 0);
    if (data.playing) page.play();
  };
  page.playsOn = true;
  page.where = `Update ${chapter + 1} of ${chapters.length}`;

  const button = page.button("Update", $("backward").parentNode, page.by(() => { if (page.pass !== "update") page.choose("update", 0); }));
  button.id = "update";
  const menu = $("chapter");
  $("backward").parentNode.after(menu.parentNode);
  chapters.forEach((one, k) => { make("option", `${k + 1} of ${chapters.length}`, menu).value = k; });
  menu.value = chapter;
  menu.addEventListener("change", page.by(() => turn(+menu.value, "forward", 0)));
  const jump = page.jump;
  page.jump = function (i) {
    if (page.pass !== "update") return jump(i);
    if (byBox.has(i)) page.go(byBox.get(i) + 1);
  };

  /* ---- the picture: a parameter has its new number once it has moved, the others when the loss is computed again */

  const atEnd = () => page.pass === "update" && page.moved > moves.length;
  const now = () => page.pass === "update" && !page.asking && !atEnd() ? moves[page.moved - 1] : null;
  const value = page.value, marked = page.marked;
  page.value = function (i) {
    if (page.pass !== "update") return value(i);
    const k = byBox.get(i), move = moves[k];
    if (move && move === now() && move.before !== move.after) return `${move.before} → ${move.after}`;
    if (move && k < page.moved) return move.after;
    return atEnd() && outcome.values ? outcome.values[i] : value(i);
  };
  page.marked = function () {
    if (page.pass !== "update") return marked();
    const asked = page.asking && moves[page.moved], move = asked || now();
    return new Set(move ? [move.box] : atEnd() ? [data.root] : []);
  };

  /* ---- the ledger: a row for each parameter */

  make("h2", "Update", $("ledger")).id = "moving";
  const list = make("ol", "", $("ledger"));
  const rows = moves.map(function (move, k) {
    const row = page.button("", make("li", "", list), page.by(function () { page.choose("update", k + 1); }));
    make("b", move.name, row);
    make("span", move.work, row);
    make("small", move.changed, row);
    return row.parentNode;
  });
  page.views.push(function () {
    const here = page.pass === "update";
    button.setAttribute("aria-pressed", String(here));
    toggle($("ledger"), "updating", here);
    rows.forEach(function (row, k) {
      toggle(row, "todo", !here || k >= page.moved);
      toggle(row, "now", moves[k] === now());
      toggle(row, "soon", here && k === page.moved);
    });
    all($("scroller"), ".mg-box").forEach((g) => toggle(g, "moved", here && byBox.has(+g.dataset.box) && byBox.get(+g.dataset.box) < page.moved));
  });

  /* ---- the panel */

  page.panels.update = function (edge, formula, story) {
    const move = now();
    if (!page.moved) return tell(data.beginning, data.intro, edge, story);
    if (!move) return tell(outcome.title, outcome.said, edge, story);
    head(move, edge, "");
    page.term(formula, "", move.symbolic, move.numbers);
    page.sign(formula, "=");
    page.term(formula, "new value", "new " + move.name, move.after, "result");
    const said = [...move.lines, ...move.said];
    for (const text of said) make("p", text, story);
    if (move.guess) make("p", move.guess, story, "verdict");
    return [edge.textContent + ".", move.work + ".", ...said, move.guess || ""].join(" ").trim();
  };
  function tell(title, said, edge, story) {
    edge.textContent = title;
    for (const text of said) make("p", text, story);
    return [title + ".", ...said].join(" ");
  }
  function head(move, edge, more) {
    edge.textContent = move.name;
    make("small", `, parameter ${moves.indexOf(move) + 1} of ${moves.length}, ${move.grad}${more}`, edge);
  }

  /* ---- on paper, the other updates follow */

  window.onbeforeprint = function () {
    const paper = make("div", "", $("page"));
    paper.id = "others";
    chapters.forEach(function (other, k) {
      if (k === chapter) return;
      make("h2", other.beginning, paper);
      const rows = new DOMParser().parseFromString("<ol>" + other.ledger, "text/html").querySelector("ol");
      paper.append(document.importNode(rows, true));
      const list = make("ol", "", paper);
      for (const move of other.moves) make("li", `${move.name}: ${move.work}`, list);
      for (const text of other.outcome.said) make("p", text, paper);
    });
  };
  window.onafterprint = () => { for (const paper of all($("page"), "#others")) paper.remove(); };

  /* ---- predict: the new value of a parameter */

  const before = page.before;
  page.before = function (whole) {
    if (page.pass !== "update") return before(whole);
    const move = moves[page.moved];
    if (!move || !move.ask || move.guess !== undefined || !page.predicting()) return false;
    page.ask({ step: null, label: "", draw, submit });
    return true;
  };
  function draw(edge, formula, story, form) {
    const move = moves[page.moved];
    head(move, edge, ". Predict:");
    page.term(formula, "", move.symbolic, "\u00a0");
    page.sign(formula, "\u00a0", "=");
    page.term(formula, "new value", "new " + move.name, "?", "result");
    page.clear(form);
    const input = make("input", "", make("label", `${move.name} = ${move.before} now. After this update? `, form));
    input.inputMode = "decimal";
    input.autocomplete = "off";
    page.button("Submit", form, submit);
    for (const text of move.asked) make("p", text, story);
    page.focus(input);
    return `Predict: ${edge.textContent} ${move.asked.join(" ")} ${form.textContent}`;
  }
  function submit() {
    const typed = page.predicted($("question")), move = moves[page.moved];
    if (!typed) return;
    const { right, wrong, known } = data.judging;
    if (near(typed, move.exact)) move.guess = right.replace("{typed}", typed.text);
    else {
      const found = move.wrong.filter(([x]) => near(typed, x)).map(([, slip]) => data.slips[slip]);
      move.guess = wrong.replace("{typed}", typed.text).replace("{after}", move.after);
      if (found.length === 1) move.guess += known.replace("{slip}", found[0]);
    }
    page.go(page.moved + 1);
    page.focus($("next"));
  }
  /* Numbers with four digits may be rounded from more. */
  const near = (typed, exact) => page.near(typed, exact) || (typed.decimals > 0 && Math.abs(typed.number - exact) <= data.judging.rounded * Math.abs(exact));
})
