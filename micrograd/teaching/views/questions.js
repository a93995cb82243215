/* The stepper's page with questions: the next blank is asked where the pass has come to, and nothing behind it shows. */
(function (page) {
  "use strict";
  var $ = page.$, made = page.made, swap = page.swap, data = page.data, nodes = page.nodes, steps = page.steps;
  var session = page.session, asked = session.asked, rows = page.all($("ledger"), "li");
  var log = [], feedback = [], verdict = "", problem = "", acted = false, replaying = false, typed = "";
  var byStep = {}, source = {};
  asked.forEach(function (q, j) {
    (byStep[q.step] = byStep[q.step] || []).push(j);
    if (q.kind === "seed") source[data.root] = j;
    else if (q.kind === "grad" || steps[q.step].expected === 1) source[steps[q.step].parent] = j;
  });

  /* ---- where the pass has come to */

  function open() { return session.done() ? null : asked[session.at]; }
  function limit() { return session.done() ? steps.length : Math.max(0, open().step); }
  page.limit = function (to) { return Math.min(to, limit()); };
  page.arrival = function (at) {
    if (session.done() || at < limit()) return null;
    var q = open(), s = q.step < 0 ? null : steps[q.step];
    return { step: s, label: q.kind === "grad" ? "" : "?", draw: draw, submit: submit, next: skip };
  };
  page.pass = "Go on →";

  /* ---- what shows of a step, and of a grad */

  function hidden(k) {
    if (session.done()) return false;
    if (data.constants.indexOf(k) >= 0) return true;
    var s = steps[k], above = source[s.node];
    if (above !== undefined && !session.sound(above)) return true;
    return asked.some(function (q, j) { return q.step >= 0 && steps[q.step].parent === s.parent && q.step <= k && !session.sound(j); });
  }
  page.instead = function (s) {
    var k = steps.indexOf(s);
    if (!hidden(k)) return "";
    return data.constants.indexOf(k) >= 0 ? "A constant: its gradient is not asked." : mine(k);
  };
  function mine(k) {
    return (byStep[k] || []).filter(function (j) {
      return session.done() ? asked[j].state !== "right" : j < session.at || asked[j].state === "shown";
    }).map(function (j) {
      var q = asked[j], mark = { right: "✓ ", follows: "✓ (follows) ", slip: "✗ ", shown: "shown: " }[q.state] || "";
      return (q.kind === "grad" ? q.short + " " : "") + mark + q.text;
    }).join(", ");
  }
  page.grad = function (i, text) {
    var j = source[i];
    if (j === undefined || session.done() || text === "—") return text;
    if (j >= session.at) return i === data.root ? "?" : text.replace(/^\S+/, "?").replace("✓", "");
    return session.sound(j) ? text : asked[j].text + " (yours)";
  };
  page.after.push(function () {
    rows.forEach(function (row, k) {
      page.all(row, ".mine").forEach(function (old) { old.remove(); });
      var own = mine(k), veiled = hidden(k) && page.done(k);
      swap(row, "veiled", veiled);
      if (veiled && data.constants.indexOf(k) >= 0) made("small", "a constant", row.firstChild, "mine");
      else if (own && (veiled || session.done() || (page.asking() && page.asking().step === steps[k]))) made("strong", own, row.firstChild, "mine");
    });
    $("next").disabled = false;
    if (session.done()) finish();
    swap($("rules"), "idle", session.done());
    page.write($("progress"), session.done() ? "done" : "question " + (session.at + 1) + " of " + asked.length);
  });

  /* ---- asking */

  function draw(edge, formula, story, form) {
    var q = open(), s = q.step < 0 ? null : steps[q.step], sign = page.sign, term = page.term;
    edge.textContent = session.twin ? "A twin" : q.title;
    said(story);
    if (session.twin) {
      /* only its own numbers count */
    } else if (q.kind === "seed") {
      term(formula, "seed", page.derivative(data.root, data.root), "?", "result");
    } else if (q.kind === "grad") {
      term(formula, "", page.gradOf(s.parent), "\u00a0");
      sign(formula, "\u00a0", "=");
      term(formula, s.expected + " contributions, added", "?", "\u00a0");
    } else page.unknown(s, "?", formula);
    made("p", session.prompt(), story, "prompt");
    page.cleared(form);
    field(form, "Your answer ", "answer", typed);
    page.button("Submit", form, submit);
    page.button("Hint", form, hint, "A hint, after an attempt (H)");
    page.button("Go on", form, skip, session.twin || !q.tries ? "Show the line and go on" : "Go on; your answer stands");
    if (session.wanted) {
      field(form, "Upstream " + q.blanks.upstream + " ", "upstream", "");
      page.button("Check", form, check, "Check the upstream");
    }
    if (problem) made("span", problem, form, "problem");
    var input = form.querySelector(session.wanted ? "[name=upstream]" : "[name=answer]");
    if (acted || window.parent === window) input.focus({ preventScroll: true });
    return feedback.concat(problem ? [problem] : [], [session.prompt()]).join(" ");
  }
  function field(form, text, name, value) {
    var input = made("input", "", made("label", text, form));
    input.name = name;
    input.inputMode = "text";
    input.autocomplete = "off";
    input.spellcheck = false;
    input.size = 9;
    input.value = value;
    input.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "h" || event.key === "H") { event.preventDefault(); hint(); }
      if (event.key === "Enter" && name === "upstream") { event.preventDefault(); event.stopPropagation(); check(); }
    });
  }
  function said(story) {
    feedback.forEach(function (line, k) { made("p", (k ? "" : { good: "✓ ", bad: "✗ " }[verdict] || "") + line, story, "feedback " + verdict); });
  }
  function value(name) {
    var input = $("question").querySelector("[name=" + name + "]");
    return input ? input.value : "";
  }

  /* ---- acting */

  function act(kind, written) {
    if (session.done()) return;
    var before = session.at, twin = session.twin;
    var lines = kind === "answer" ? session.answer(written) : kind === "upstream" ? session.upstream(written) : kind === "hint" ? session.hint() : session.skip();
    problem = lines.problem || "";
    typed = problem ? written : "";
    if (!problem) {
      log.push([kind, written]);
      var state = asked[before].state;
      verdict = kind !== "answer" ? "" : session.at === before ? "bad" : twin || state === "right" || state === "follows" ? "good" : "";
      var more = kind === "hint" && feedback.length && log.length > 1 && log[log.length - 2][0] === "hint";
      feedback = more && lines[0] !== feedback[feedback.length - 1] ? feedback.concat(lines) : lines;
    }
    if (replaying) return;
    acted = true;
    keep();
    page.stop();
    page.go(limit());
  }
  function submit() { act("answer", value("answer")); }
  function check() { act("upstream", value("upstream")); }
  function hint() { act("hint"); }
  function skip() { act("skip"); }
  page.keys.h = function () { if (!session.done()) { if (page.at() < limit()) page.go(limit()); else hint(); } };

  function finish() {
    if (!page.backward() || page.at() < steps.length) return;
    var story = page.cleared($("story")), lines = session.score();
    page.cleared($("formula"));
    $("edge").textContent = "Done";
    said(story);
    lines.forEach(function (line, k) { made("p", line, story, k ? "" : "score"); });
    var bar = made("p", "", story);
    if (data.rounds.length) page.button("Next: " + data.rounds[0].round + " →", bar, onwards);
    page.button("Once more", bar, again, "The same questions again");
    if (acted) bar.firstChild.focus({ preventScroll: true });
    page.write($("said"), feedback.concat(lines).join(" "));
    $("next").disabled = !data.rounds.length;
  }
  page.before = function () {
    if (session.done() && page.at() === steps.length && data.rounds.length) { onwards(); return true; }
    return false;
  };
  function onwards() {
    var other = data.rounds[0];
    other.rounds = data.rounds.slice(1);
    other.acted = true;
    store({ left: other.rounds.length, log: [] });
    page.restart(other);
  }
  function again() {
    data.acted = true;
    store({ left: data.rounds.length, log: [] });
    page.restart(data);
  }
  page.on("again", again);

  /* ---- what is kept over a reload, where the browser keeps anything */

  function store(kept) {
    try { window.sessionStorage.setItem(data.key, JSON.stringify(kept)); } catch (error) { /* a sandbox keeps nothing */ }
  }
  function keep() { store({ left: data.rounds.length, log: log }); }
  function kept() {
    try { return JSON.parse(window.sessionStorage.getItem(data.key)) || {}; } catch (error) { return {}; }
  }

  /* ---- the page as an exercise */

  $("size").parentNode.hidden = true;
  $("play").hidden = true;
  page.write($("round"), data.round);
  var menu = made("details");
  $("step").insertBefore(menu, $("step").firstChild);
  menu.id = "rules";
  menu.open = window.innerWidth > 999;
  made("summary", "The rules", menu);
  Object.keys(data.rules).forEach(function (name) {
    var line = made("p", "", menu);
    made("b", name, line);
    made("span", " " + data.rules[name], line);
  });
  acted = Boolean(data.acted);
  page.begin = function () { page.go(limit()); };
  var memory = kept();
  if (memory.left < data.rounds.length && !data.acted) {
    data.rounds = data.rounds.slice(data.rounds.length - memory.left - 1);
    page.begin = function () {
      var other = data.rounds[0];
      other.rounds = data.rounds.slice(1);
      page.restart(other);
    };
  } else if (memory.left === data.rounds.length && memory.log && memory.log.length) {
    replaying = true;
    try { memory.log.forEach(function (entry) { act(entry[0], entry[1]); }); } catch (error) { store({}); }
    replaying = false;
  }
})
