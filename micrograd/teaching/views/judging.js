/* The reply to each answer, judged as in session.py. Sentences come with the data; only numbers are compared here. */
(function (page) {
  "use strict";
  const { data } = page, { said, mistakes } = data, named = [];
  const asked = data.questions.map((q) => ({ ...q, first: null, last: null, tries: 0, hinted: 0, state: "open", value: 0, text: "" }));
  const session = page.session = { asked, at: 0, twin: false, wanted: false };

  const fill = (text, values) => text.replace(/\{([^}]+)\}/g, (whole, name) => name in values ? values[name] : whole);
  const bracket = (text) => text[0] === "−" ? `(${text})` : text;
  /* A learner's own number: four significant digits, as everywhere. */
  function write(x) {
    const plain = x === 0 || (Math.abs(x) < 9999.5 && Math.abs(x) >= 1e-4);
    const text = plain ? String(+x.toPrecision(4) + 0) : x.toExponential(3).replace(/\.?0+e/, "e").replace(/e([+-])(\d)$/, "e$10$2");
    return text.replace(/-/g, "−");
  }
  const minus = (typed) => typed.trim().replace(/-/g, "−");
  const isRight = (q, value = q.value) => Math.abs(value - q.right) <= 1e-6 * Math.max(1, Math.abs(q.right));
  const near = (typed, number) => number !== null && page.near(typed, number);
  const slip = (j) => j === null || j >= session.at ? 0 : asked[j].value - asked[j].right;
  const follow = (value, dependsOn) => Object.keys(dependsOn).reduce((sum, j) => sum + dependsOn[j] * slip(+j), value);
  const expected = (q) => follow(q.right, q.dependsOn);
  const current = () => asked[session.at];

  /* A sentence with the parts of the learner's result filled in, and the result that follows from them. */
  function own(q, text) {
    const parts = q.parts.map(([j, part]) => j === null || isRight(asked[j]) ? part : asked[j].text);
    return fill(text, { u: parts.length === 1 ? parts[0] : parts.map(bracket).join(" + "), r: write(expected(q)) });
  }
  function goOn() {
    session.at += 1;
    session.twin = session.wanted = false;
  }
  function show(q) {
    Object.assign(q, { value: expected(q), text: write(expected(q)), state: "shown" });
  }

  /* The mistakes whose pass gives all first answers so far, and the one of now. */
  function findWhole(now) {
    const answered = asked.filter((q) => q.first);
    const fits = (q, m) => near(now && q === current() ? now : q.first, q.whole[m]);
    return [...mistakes.keys()].filter((m) => answered.every((q) => fits(q, m)) &&
      !answered.every((q) => q.whole[m] !== null && isRight(q, q.whole[m])));
  }
  function name(m, key) {
    if (!named.includes(m)) named.push(m);
    return mistakes[m][key];
  }
  function pass(q, state) {
    q.state = state;
    const j = Object.keys(q.dependsOn).find((j) => !isRight(asked[j]));
    const lines = [j === undefined ? q.said.right :
      fill(said[state === "follows" ? "follows" : "coincides"], { value: asked[j].text, from: asked[j].short })];
    const found = findWhole();
    if (found.length === 1 && !named.includes(found[0])) lines.push(name(found[0], "byNow"));
    goOn();
    return lines;
  }
  function diagnose(q, typed) {
    let found = findWhole(typed);
    if (!found.length) found = q.alone.filter((guess) => near(typed, follow(guess.value, guess.dependsOn))).map((guess) => guess.mistake);
    if (found.length === 1) return [name(found[0], "here")];
    session.wanted = q.kind === "amount";
    return [q.said.wrong];
  }

  session.done = () => session.at === asked.length;
  session.prompt = function () {
    const q = current();
    return session.done() ? said.done : session.twin ? q.said.twin : own(q, q.prompt);
  };
  session.answer = function (written) {
    const typed = page.read(written), q = current();
    if (typed.problem) return typed;
    if (session.twin) {
      if (!near(typed, q.twin)) return [q.said.twinWrong];
      goOn();
      return [q.said.twinRight];
    }
    q.first = q.first || typed;
    q.last = typed;
    q.tries += 1;
    q.text = minus(written);
    session.wanted = false;
    const right = near(typed, q.right);
    if (!right && !near(typed, expected(q))) return diagnose(q, typed);
    q.value = typed.number;
    return pass(q, right ? "right" : "follows");
  };
  session.upstream = function (written) {
    const typed = page.read(written), q = current();
    if (typed.problem) return typed;
    session.wanted = false;
    return [own(q, near(typed, q.given + slip(q.upstream)) ? q.said.upstreamRight : q.said.upstreamWrong)];
  };
  session.hint = function () {
    const q = current();
    if (session.twin) return [q.said.rule];
    if (!q.tries) return [said["first try"]];
    const line = own(q, q.hints[q.hinted]);
    q.hinted += 1;
    if (q.hinted === q.hints.length) {
      show(q);
      session.twin = true;
    }
    return [line];
  };
  session.skip = function () {
    const q = current();
    let line = q.said.twinShown;
    if (!session.twin && !q.last) {
      line = own(q, q.said.shown);
      show(q);
    } else if (!session.twin) {
      Object.assign(q, { state: "slip", value: q.last.number });
      line = fill(said["goes on"], { value: q.text });
    }
    goOn();
    return [line];
  };
  /* Whether a question's answer is the right number, so that it may stand beside others. */
  session.sound = (j) => asked[j].state !== "open" && isRight(asked[j]);

  session.credit = (j) => credit(asked[j]);
  function credit(q) {
    if (q.state !== "right" && q.state !== "follows") return q.tries || q.state === "shown" ? "left" : "open";
    return q.tries > 1 || q.hinted ? "later" : q.state === "right" ? "at once" : "followed";
  }
  /* How many questions were answered in which way, and the points. */
  session.count = function () {
    const columns = { "at once": 0, followed: 0, later: 0, left: 0, open: 0 };
    for (const q of asked) columns[credit(q)] += 1;
    return { columns, points: columns["at once"] + columns.followed + columns.later / 2, most: asked.length };
  };
  session.score = function () {
    const { columns, points, most } = session.count(), missed = {};
    for (const q of asked) missed[q.said.practise] = (missed[q.said.practise] || 0) + ["later", "left"].includes(credit(q));
    const parts = Object.keys(columns).filter((key) => columns[key]).map((key) => fill(said[key], { n: columns[key] }));
    const worst = Object.keys(missed).reduce((a, b) => missed[b] > missed[a] ? b : a);
    return [
      `${fill(said.score, { points, most })} ${parts.join(", ")}.`,
      ...named.map((m) => mistakes[m].now),
      missed[worst] ? worst : said.nothing,
    ];
  };
})
