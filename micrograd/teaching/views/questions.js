/* The stepper's page with questions: the next blank is asked where the pass stands, and nothing after it shows. */
(function (page) {
  "use strict";
  const { $, make, toggle, data, steps, rows, session } = page, { asked } = session, constants = new Set(data.constants);
  const log = [], byStep = {}, source = {};
  let feedback = [], verdict = "", problem = "", typed = "", acted = Boolean(data.acted), replaying = false;
  asked.forEach(function (q, j) {
    (byStep[q.step] = byStep[q.step] || []).push(j);
    if (q.gives !== null) source[q.gives] = j;
  });

  /* ---- how far the pass has come */

  const open = () => session.done() ? null : asked[session.at];
  const limit = () => session.done() ? steps.length : Math.max(0, open().step);
  page.limit = (to) => Math.min(to, limit());
  page.arrival = function (at) {
    if (session.done() || at < limit()) return null;
    const q = open();
    return { step: steps[q.step] || null, label: q.kind === "grad" ? "" : "?", draw, submit, next: skip, stay };
  };
  page.passOver = function () {
    const stands = !session.twin && open().tries;
    return stands ? ["Go on →", "Go on; your answer stands"] : ["Show it →", "Show the answer and go on"];
  };

  /* ---- what shows of a step, and of a grad */

  function hidden(k) {
    if (session.done()) return false;
    if (constants.has(k)) return true;
    const s = steps[k], above = source[s.node];
    if (above !== undefined && !session.sound(above)) return true;
    return asked.some((q, j) => q.step >= 0 && steps[q.step].parent === s.parent && q.step <= k && !session.sound(j));
  }
  page.instead = function (s) {
    const k = steps.indexOf(s);
    if (!hidden(k)) return "";
    return constants.has(k) ? "A constant: its gradient is not asked." : mine(k);
  };
  function mine(k) {
    const given = (j) => session.done() ? asked[j].state !== "right" : j < session.at || asked[j].state === "shown";
    return (byStep[k] || []).filter(given).map(function (j) {
      const q = asked[j], mark = { right: "✓ ", follows: "✓ (follows) ", slip: "✗ ", shown: "shown: " }[q.state] || "";
      return (q.kind === "grad" ? q.short + " " : "") + mark + q.text;
    }).join(", ");
  }
  page.grad = function (i, text, s) {
    const j = source[i];
    if (j === undefined || session.done() || text === "—") return text;
    if (j >= session.at) return s && s.mark !== "✓" ? "? " + s.mark : "?";
    return session.sound(j) ? text : `${asked[j].text} ${data.yours}`;
  };
  page.after.push(function () {
    rows.forEach(function (row, k) {
      for (const old of page.all(row, ".mine")) old.remove();
      const own = mine(k), veiled = hidden(k) && page.done(k);
      toggle(row, "veiled", veiled);
      if (veiled && constants.has(k)) make("small", "a constant", row.firstChild, "mine");
      else if (own && (veiled || session.done() || (page.asking && page.asking.step === steps[k]))) make("strong", own, row.firstChild, "mine");
    });
    $("next").disabled = false;
    if (session.done()) finish();
    toggle($("rules"), "idle", session.done());
    page.write($("progress"), session.done() ? "done" : `question ${session.at + 1} of ${asked.length}`);
  });

  /* ---- asking */

  function draw(edge, formula, story, form) {
    const q = open(), s = steps[q.step];
    edge.textContent = session.twin ? "A similar one" : q.title;
    tell(story);
    if (session.twin) {
      /* Only its own numbers count. */
    } else if (q.kind === "seed") {
      page.term(formula, "seed", page.derivative(data.root, data.root), "?", "result");
    } else if (q.kind === "grad") {
      page.term(formula, "", page.nodes[s.parent].grad, "\u00a0");
      page.sign(formula, "=", "\u00a0");
      page.term(formula, `${q.parts.length} contributions, added`, "?", "\u00a0");
    } else page.productToFind(s, formula, "?");
    make("p", session.prompt(), story, "prompt");
    page.clear(form);
    field(form, "Your answer ", "answer", typed);
    page.button("Submit", form, submit);
    page.button("Hint", form, hint, "A hint, after an attempt (H)");
    if (session.wanted) {
      field(form, `Upstream ${q.above} `, "upstream", "");
      page.button("Check", form, check, "Check the upstream");
    }
    if (problem) make("span", problem, form, "problem");
    if (acted || window.parent === window) page.focus(form.querySelector(session.wanted ? "[name=upstream]" : "[name=answer]"));
    return [...feedback, ...(problem ? [problem] : []), session.prompt()].join(" ");
  }
  function field(form, text, name, value) {
    const input = make("input", "", make("label", text, form));
    Object.assign(input, { name, value, inputMode: "text", autocomplete: "off", spellcheck: false, size: 9 });
    input.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const checks = event.key === "Enter" && name === "upstream";
      if (!checks && event.key.toLowerCase() !== "h") return;
      event.preventDefault();
      event.stopPropagation();
      if (checks) check();
      else hint();
    });
  }
  function tell(story) {
    feedback.forEach((line, k) => make("p", (k ? "" : { good: "✓ ", bad: "✗ " }[verdict] || "") + line, story, "feedback " + verdict));
  }
  function value(name) {
    const input = $("question").querySelector(`[name=${name}]`);
    return input ? input.value : "";
  }

  /* ---- acting */

  function act(kind, written) {
    if (session.done()) return;
    const before = session.at, { twin } = session, lines = session[kind](written);
    problem = lines.problem || "";
    typed = problem ? written : "";
    if (!problem) {
      log.push([kind, written]);
      const passed = twin || ["right", "follows"].includes(asked[before].state);
      verdict = kind !== "answer" ? "" : session.at === before ? "bad" : passed ? "good" : "";
      const more = kind === "hint" && feedback.length && log.length > 1 && log[log.length - 2][0] === "hint";
      feedback = more && lines[0] !== feedback[feedback.length - 1] ? [...feedback, ...lines] : lines;
    }
    if (replaying) return;
    acted = true;
    page.keep("sessionStorage", data.key, { left: data.rounds.length, log });
    page.stop();
    page.go(limit());
    if (session.at > before) tellHost(before);
  }
  function tellHost(j) {
    const { about } = data, { tries, hinted } = asked[j];
    page.tell("progress", { ...about, question: j + 1, questions: asked.length, credit: session.credit(j), tries, hints: hinted });
    if (!session.done()) return;
    const { columns, points, most } = session.count();
    page.tell("score", { ...about, left: data.rounds.length, points, most, answers: columns, text: session.score()[0] });
  }
  function submit() { act("answer", value("answer")); }
  function check() { act("upstream", value("upstream")); }
  function hint() { act("hint"); }
  function skip() { act("skip"); }
  function stay() {
    problem = `An answer first, or “${page.passOver()[0]}”.`;
    page.show();
  }
  page.keys.h = function () {
    if (session.done()) return;
    if (page.at < limit()) page.go(limit());
    else hint();
  };

  function finish() {
    if (page.pass !== "backward" || page.at < steps.length) return;
    const story = page.clear($("story")), lines = session.score();
    page.clear($("formula"));
    $("edge").textContent = "Done";
    tell(story);
    lines.forEach((line, k) => make("p", line, story, k ? "" : "score"));
    const bar = make("p", "", story);
    if (data.rounds.length) page.button(`Next: ${data.rounds[0].round} →`, bar, onwards);
    page.button("Once more", bar, again, "The same questions again");
    if (acted) page.focus(bar.firstChild);
    page.write($("said"), [...feedback, ...lines].join(" "));
    $("next").disabled = !data.rounds.length;
  }
  page.before = function () {
    const ready = session.done() && page.at === steps.length && data.rounds.length > 0;
    if (ready) onwards();
    return ready;
  };
  /* The data of the round after which `left` rounds remain. */
  function round(left) {
    const k = data.rounds.length - left - 1;
    return { ...data, ...data.rounds[k], rounds: data.rounds.slice(k + 1) };
  }
  function restart(other) {
    page.keep("sessionStorage", data.key, { left: other.rounds.length, log: [] });
    page.restart({ ...other, acted: true });
  }
  function onwards() { restart(round(data.rounds.length - 1)); }
  function again() { restart(data); }
  page.on("again", again);

  /* ---- the page as an exercise */

  $("size").parentNode.hidden = true;
  $("play").hidden = $("playing").hidden = true;
  delete page.keys[" "];
  page.write($("round"), data.round);
  const menu = make("details");
  $("step").insertBefore(menu, $("step").firstChild);
  menu.id = "rules";
  menu.open = window.innerWidth > 999;
  make("summary", "The rules", menu);
  for (const name in data.rules) {
    const line = make("p", "", menu);
    make("b", name, line);
    make("span", " " + data.rules[name], line);
  }
  page.begin = () => page.go(limit());
  /* Where the page begins: as it was left, or with the round that its host has written into <html data-round="…">. */
  const { rounds } = data.about, first = Math.min(rounds, +document.documentElement.dataset.round || 1);
  const memory = page.recall("sessionStorage", data.key) || { left: rounds - first };
  if (memory.left < data.rounds.length && !data.acted) page.begin = () => page.restart(round(memory.left));
  else if (memory.left === data.rounds.length && memory.log && memory.log.length) {
    replaying = true;
    try { for (const [kind, written] of memory.log) act(kind, written); } catch (error) { page.keep("sessionStorage", data.key, {}); }
    replaying = false;
  }
})
