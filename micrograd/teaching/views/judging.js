/* What each answer leads to: session.py in the page. Numbers and sentences come with the data; here they are compared. */
(function (page) {
  "use strict";
  var data = page.data, said = data.said, mistakes = data.mistakes;
  var asked = data.questions.map(function (q) {
    return { kind: q[0], step: q[1], right: q[2], leans: q[3], upstream: q[4], whole: q[5], alone: q[6], title: q[7], short: q[8],
      prompt: q[9], hints: q[10], why: q[11], worked: q[12], rule: q[13], twin: q[14], parts: q[15], after: q[16], blanks: q[17],
      given: q[18], first: null, last: null, tries: 0, hinted: 0, state: "open", value: 0, text: "" };
  });
  var named = [], session = { asked: asked, at: 0, twin: false, wanted: false };

  function fill(text, values) { return text.replace(/\{([^}]+)\}/g, function (whole, name) { return name in values ? values[name] : whole; }); }
  function shown(x) {  /* four significant digits, as everywhere */
    var plain = x === 0 || (Math.abs(x) < 9999.5 && Math.abs(x) >= 1e-4);
    var text = plain ? String(+x.toPrecision(4) + 0) : x.toExponential(3).replace(/\.?0+e/, "e").replace(/e([+-])(\d)$/, "e$10$2");
    return text.replace(/-/g, "−");
  }
  function same(value, q) { return Math.abs(value - q.right) <= 1e-6 * Math.max(1, Math.abs(q.right)); }
  function near(typed, number) { return number !== null && page.near(typed, number); }
  function off(j) { return j === null || j >= session.at ? 0 : asked[j].value - asked[j].right; }
  function after(value, leans) { return Object.keys(leans).reduce(function (sum, j) { return sum + leans[j] * off(+j); }, value); }
  function current() { return asked[session.at]; }
  function expected(q) { return after(q.right, q.leans); }
  function made(q) {
    var parts = q.parts.map(function (part) { return part[0] === null || same(asked[part[0]].value, asked[part[0]]) ? part[1] : asked[part[0]].text; });
    return parts.length === 1 ? parts[0] : parts.map(page.bracketed).join(" + ");
  }
  function own(q, text) { return fill(text, { u: made(q), r: shown(expected(q)) }); }
  function rule(q) { return data.rules[q.rule] ? q.rule + ": " + data.rules[q.rule] : q.why; }
  function on() { session.at += 1; session.twin = session.wanted = false; }

  function whole(now) {
    var answered = asked.filter(function (q) { return q.first; });
    function fits(q, m) { return near(now && q === current() ? now : q.first, q.whole[m]); }
    return mistakes.map(function (_, m) { return m; }).filter(function (m) {
      return answered.every(function (q) { return fits(q, m); }) &&
        !answered.every(function (q) { return q.whole[m] !== null && same(q.whole[m], q); });
    });
  }
  function name(key, m) {
    if (named.indexOf(m) < 0) named.push(m);
    return fill(said[key], { name: mistakes[m][0], advice: mistakes[m][1] });
  }
  function passed(q, state) {
    q.state = state;
    var slip = Object.keys(q.leans).filter(function (j) { return !same(asked[j].value, asked[j]); })[0], lines;
    if (slip === undefined) lines = [fill(said.right, { why: q.why })];
    else lines = [fill(said[state === "follows" ? "follows" : "coincides"], { value: asked[slip].text, from: asked[slip].short })];
    var found = whole();
    if (found.length === 1 && named.indexOf(found[0]) < 0) lines.push(name("by now", found[0]));
    on();
    return lines;
  }
  function diagnosed(q, typed) {
    var found = whole(typed);
    if (!found.length) found = q.alone.filter(function (guess) { return near(typed, after(guess[1], guess[2])); }).map(function (guess) { return guess[0]; });
    if (found.length === 1) return [name("mistake", found[0])];
    session.wanted = q.kind === "amount";
    return [fill(said[q.after], q.blanks)];
  }
  function text(typed) { return typed.trim().replace(/-/g, "−"); }

  session.done = function () { return session.at === asked.length; };
  session.prompt = function () {
    var q = current();
    return session.done() ? said.done : session.twin ? fill(said.twin, { twin: q.twin[0] }) : own(q, q.prompt);
  };
  session.answer = function (written) {
    var typed = page.read(written), q = current();
    if (typed.problem) return { problem: typed.problem };
    if (session.twin) {
      if (!near(typed, q.twin[1])) return [fill(said["twin wrong"], { rule: rule(q) })];
      on();
      return [fill(said["twin right"], { worked: q.twin[2] })];
    }
    q.first = q.first || typed;
    q.last = typed;
    q.tries += 1;
    session.wanted = false;
    var follows = near(typed, expected(q)), right = near(typed, q.right);
    if (!right && !follows) { q.text = text(written); return diagnosed(q, typed); }
    q.value = typed.number;
    q.text = text(written);
    return passed(q, right ? "right" : "follows");
  };
  session.upstream = function (written) {
    var typed = page.read(written), q = current();
    if (typed.problem) return { problem: typed.problem };
    var right = near(typed, q.given + off(q.upstream));
    session.wanted = false;
    return [fill(said[right ? "upstream right" : "upstream wrong"], { u: made(q), above: q.blanks.above })];
  };
  session.hint = function () {
    var q = current();
    if (session.twin) return [rule(q)];
    if (!q.tries) return [said["first try"]];
    var line = own(q, q.hints[q.hinted]);
    q.hinted += 1;
    if (q.hinted === q.hints.length) { show(q); session.twin = true; }
    return [line];
  };
  session.skip = function () {
    var q = current(), lines;
    if (session.twin) lines = [fill(said["twin shown"], { worked: q.twin[2] })];
    else if (!q.last) {
      lines = [fill(said.shown, { worked: own(q, q.hints[q.hints.length - 1]) })];
      show(q);
    } else {
      q.state = "slip";
      q.value = q.last.number;
      lines = [fill(said["goes on"], { value: q.text })];
    }
    on();
    return lines;
  };
  function show(q) {
    q.value = expected(q);
    q.text = shown(q.value);
    q.state = "shown";
  }
  /* Whether a question's answer is the right number, so that it may stand beside others. */
  session.sound = function (j) { return asked[j].state !== "open" && same(asked[j].value, asked[j]); };
  session.wrong = function (j) { return j < session.at && !same(asked[j].value, asked[j]); };

  function credit(q) {
    if (q.state !== "right" && q.state !== "follows") return q.tries || q.state === "shown" ? "left" : "open";
    return q.tries > 1 || q.hinted ? "later" : q.state === "right" ? "at once" : "followed";
  }
  session.score = function () {
    var columns = { "at once": 0, followed: 0, later: 0, left: 0, open: 0 }, missed = {};
    asked.forEach(function (q) {
      var column = credit(q);
      columns[column] += 1;
      missed[q.rule] = (missed[q.rule] || 0) + (column === "later" || column === "left" ? 1 : 0);
    });
    var points = columns["at once"] + columns.followed + columns.later / 2;
    var parts = Object.keys(columns).filter(function (key) { return columns[key]; }).map(function (key) { return fill(said[key], { n: columns[key] }); });
    var lines = [fill(said.score, { points: points, most: asked.length }) + " " + parts.join(", ") + "."];
    named.forEach(function (m) { lines.push(fill(said.now, { mistake: mistakes[m][0], advice: mistakes[m][1] })); });
    var worst = Object.keys(missed).reduce(function (a, b) { return missed[b] > missed[a] ? b : a; });
    if (!missed[worst]) return lines.concat([said.nothing]);
    return lines.concat([fill(said.practise, { what: data.rules[worst] ? worst + " (" + data.rules[worst] + ")" : "the start of the pass" })]);
  };
  page.session = session;
})
