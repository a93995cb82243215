(function (packed, parts) {
  "use strict";
  if (!window.DecompressionStream) return;
  document.body.className = "waiting";
  var bytes = Uint8Array.from(atob(packed), function (c) { return c.charCodeAt(0); });
  var unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  var untouched = document.getElementById("stepper").cloneNode(true);
  new Response(unpacked).json().then(start);

  function start(data) {
    var nodes = data.nodes.map(function (n) {
      return { name: n[0], formula: n[1], numbers: n[2], value: n[3], operands: n[4], start: n[5], named: n[6], users: [] };
    });
    var steps = data.steps.map(function (s) {
      return { node: s[0], parent: s[1], slot: s[2], level: s[3], ask: s[4], place: s[5], upstream: s[6], symbolic: s[7],
        numeric: s[8] || s[9] || s[7], local: s[9] || s[7], amount: s[10], before: s[11], after: s[12],
        arrived: s[13], expected: s[14], why: data.whys[s[15]], check: s[16], guess: null, seen: false };
    });
    nodes.forEach(function (n, i) { n.operands.forEach(function (p) { nodes[p].users.push(i); }); });
    var order = data.order, levels = steps.reduce(function (most, s) { return Math.max(most, s.level + 1); }, 0);
    var pass = "backward", at = data.at, level = 0, computed = 0, size = "1", playing = 0, asking = null, detail = 0;
    var DETAILS = ["both", "symbolic", "value"];

    /* What the parts of the page (predictions, mistakes, exercises) see of it, and what they may change:
       before    may take the place of the next step, and then returns true
       limit     how far one may go; arrival: the question that is asked there, { step, label, draw, submit, next } or null
       grad      what stands as the grad of a node; instead: a text that takes the place of a step that is not to be seen
       begin     what is shown first; after: called after every change */
    var page = {
      data: data, nodes: nodes, steps: steps,
      $: $, all: all, made: made, button: button, cleared: cleared, swap: swap, write: write, on: on, by: by, stop: stop, pressed: pressed,
      bracketed: bracketed, signed: signed, derivative: derivative, gradOf: gradOf, factor: factor, sum: sum,
      term: term, sign: sign, unknown: unknown, showOne: showOne, read: read, near: near,
      show: show, go: go, next: next, here: here, ends: ends, done: done, restart: restart,
      at: function () { return at; },
      backward: function () { return pass === "backward"; },
      single: function () { return pass === "backward" && size === "1" && !playing; },
      asking: function () { return asking; },
      ask: function (question) { asking = question; show(); },
      before: function () { return false; },
      limit: function (to) { return to; },
      arrival: function (at) { return null; },
      grad: function (i, text) { return text; },
      instead: function (step) { return ""; },
      begin: show,
      after: [],
      keys: {},
      pass: "Show it →",
    };

    function $(id) { return document.getElementById(id); }
    function all(within, selector) { return Array.prototype.slice.call(within.querySelectorAll(selector)); }
    function made(tag, text, parent, kind) {
      var node = document.createElement(tag);
      if (text) node.textContent = text;
      if (kind) node.className = kind;
      if (parent) parent.appendChild(node);
      return node;
    }
    function button(text, parent, act, title) {
      var it = made("button", text, parent);
      it.type = "button";
      if (title) it.title = title;
      it.addEventListener("click", act);
      return it;
    }
    function cleared(node) { node.textContent = ""; return node; }
    function swap(node, name, on) { if (node && node.classList.contains(name) !== on) node.classList.toggle(name, on); }
    function write(node, text) { if (node.textContent !== text) node.textContent = text; }
    function bracketed(text) { return text[0] === "−" ? "(" + text + ")" : text; }
    function signed(text) { return /^([−n]|0$)/.test(text) ? text : "+" + text; }
    function derivative(above, below) { return "∂" + nodes[above].name + "/∂" + (nodes[below].named ? nodes[below].name : "(" + nodes[below].name + ")"); }
    function gradOf(i) { return nodes[i].named ? nodes[i].name + ".grad" : "grad of the constant " + nodes[i].name; }

    function restart(other) {
      stop();
      stepper.replaceWith(untouched.cloneNode(true));
      start(other);
    }

    /* Lists that are not to be read before their time come with the numbers. */
    ["lines", "ledger"].forEach(function (name) {
      if (!data[name]) return;
      var list = new DOMParser().parseFromString("<ol>" + data[name] + "<" + "/ol>", "text/html").querySelector("ol");
      $(name).querySelector("ol").replaceWith(document.importNode(list, true));
    });
    if (data.title) $("stepper").setAttribute("aria-label", data.title);

    var stepper = $("stepper"), scroller = $("scroller"), picture = new DOMParser().parseFromString(data.svg, "image/svg+xml");
    var svg = scroller.appendChild(document.importNode(picture.documentElement, true)), group = svg.querySelector(".mg-level");
    var boxes = [], edges = {}, rows = all($("ledger"), "li"), lines = all($("lines"), "li");
    all(svg, ".mg-box").forEach(function (g) {
      var value = all(g, ".mg-value");
      boxes[+g.dataset.box] = { g: g, data: value[0], grad: value[1] };
      g.addEventListener("click", function () { jump(+g.dataset.box); });
    });
    all(svg, ".mg-edge").forEach(function (path) { edges[path.dataset.edge] = path; });
    function edgeOf(s) { return edges[s.parent + "-" + s.node + "-" + s.slot]; }

    /* ---- where we are, and what is done by then */

    function layered() { return pass === "backward" && size === "layer"; }
    function done(i) { return layered() ? steps[i].level < level : i < at; }
    function here() { return pass === "forward" ? computed : layered() ? level : at; }
    function ends() { return pass === "forward" ? order.length : layered() ? levels : steps.length; }

    function go(to) {
      to = Math.max(0, Math.min(ends(), pass === "backward" ? page.limit(to) : to));
      if (pass === "forward") computed = to;
      else if (layered()) { level = to; at = steps.filter(function (s) { return s.level < to; }).length; }
      else at = to;
      asking = page.arrival(at);
      for (var i = 0; i < steps.length && pass === "backward"; i++) if (done(i)) steps[i].seen = true;
      show();
    }
    function along(by, whole) {
      var to = here() + by;
      if (pass === "backward" && !layered() && (whole || size === "node")) {
        while (to > 0 && to < steps.length && steps[to].node === steps[to - 1].node) to += by;
      }
      return to;
    }
    function next(whole) {
      if (asking && asking.next) return asking.next();
      if (pass === "forward" && computed === order.length && steps.length) return choose("backward", 0);
      if (pass === "backward" && asking === null && page.before(whole)) return;
      go(along(1, whole));
    }
    function back(whole) { if (asking && !asking.next) page.ask(null); else go(along(-1, whole)); }
    function choose(which, to) {
      pass = which;
      go(to);
    }
    function jump(i) {
      stop();
      if (pass === "forward") return go(order.indexOf(i) + 1);
      var to = 0;
      steps.forEach(function (s, k) { if (s.parent === i) to = layered() ? s.level + 1 : k + 1; });
      go(to);
    }

    /* ---- playing */

    function stop() {
      clearInterval(playing);
      playing = 0;
      write($("play"), "▶ Play");
    }
    function play() {
      if (playing || (asking && asking.next)) return stop();
      if (here() === ends()) go(0);
      playing = setInterval(function () {
        if (here() === ends() || asking) stop();
        else go(along(1, false));
      }, 1300);
      write($("play"), "❚❚ Pause");
      go(along(1, false));
    }

    /* ---- showing */

    function show() {
      var current = [], grads = {}, i, s;
      var last = layered() ? level - 1 : at - 1;
      for (i = 0; i < steps.length; i++) {
        s = steps[i];
        var isDone = pass === "backward" && done(i);
        if (isDone) grads[s.parent] = s.after + (s.arrived === s.expected ? " ✓" : " (" + s.arrived + " of " + s.expected + ")");
        var now = isDone && (layered() ? s.level === last : size === "node" ? s.node === steps[last].node : i === last);
        if (now) current.push(s);
        swap(rows[i], "todo", !isDone);
        swap(rows[i], "now", now);
        swap(rows[i], "soon", pass === "backward" && (layered() ? s.level === level : i === at));
        swap(edgeOf(s), "pushed", isDone && !now);
      }
      if (asking) current = [];
      showPicture(current, grads);
      showLines(current);
      showStep(current);
      showControls();
      page.after.forEach(function (act) { act(current); });
      revealed(4);
    }
    /* Again in the next frames: rows take their true height only when they have come into view. */
    function revealed(frames) {
      if (frames) requestAnimationFrame(function () { revealed(frames - 1); });
      reveal($("ledger"), $("ledger").querySelector(".now") || $("ledger").querySelector(".soon"));
      reveal($("lines"), $("lines").querySelector(".now"));
    }

    function showPicture(current, grads) {
      var upTo = pass === "forward" ? computed : order.length, known = {};
      order.forEach(function (i, k) { known[i] = k < upTo; });
      var expected = {}, asked = asking && asking.step;
      steps.forEach(function (s) { expected[s.parent] = s.expected; });
      nodes.forEach(function (n, i) {
        var box = boxes[i], isKnown = known[i] !== false;
        var start = n.start ? n.start + " (0 of " + expected[i] + ")" : "—";
        var grad = pass === "forward" ? "—" : page.grad(i, i === data.root ? "1 ✓" : grads[i] || start);
        if (box.data) write(box.data, isKnown ? n.value : "—");
        if (box.grad) { write(box.grad, grad); swap(box.grad, "unknown", grad === "—"); }
        swap(box.g, "from", current.some(function (s) { return s.node === i; }) || (asked && asked.node === i) || false);
        swap(box.g, "to", current.some(function (s) { return s.parent === i; }) || (asked && asked.parent === i) ||
          (pass === "forward" && computed > 0 && order[computed - 1] === i));
        swap(box.g, "faint", pass === "forward" && !isKnown);
      });
      all(group, ".flow,.head,.amount").forEach(function (node) { node.remove(); });
      all(group, ".lit").forEach(function (node) { swap(node, "lit", false); });
      if (pass === "forward" && computed) {
        var i = order[computed - 1];
        nodes[i].operands.forEach(function (p, slot) { swap(edges[p + "-" + i + "-" + slot], "lit", true); });
        center(boxes[i].g);
      }
      var shown = asked ? [asked] : current;
      shown.forEach(function (s) {
        var amount = asked ? asking.label || "?" : page.instead(s) ? "" : signed(s.amount);
        flow(s, amount, shown.length < 13);
      });
      if (shown.length) center(boxes[shown[shown.length - 1].parent].g, boxes[shown[0].node].g);
      else if (pass === "backward" && at === 0) center(boxes[data.root].g);
    }

    /* The gradient flows against the edge: a dashed line over it, its head at the other end. */
    function flow(s, amount, labelled) {
      var edge = edgeOf(s);
      if (!edge) return;
      var d = edge.getAttribute("d"), body = d.slice(0, d.lastIndexOf("m")), start = /^M([-\d.]+) ([-\d.]+)/.exec(d);
      drawn("path", "flow", { d: body });
      drawn("path", "head", { d: "M" + start[1] + " " + start[2] + "m8 -5l-8 5l8 5" });
      if (!labelled || !edge.getTotalLength) return;
      var middle = edge.getPointAtLength(edge.getTotalLength() / 2 - 6);
      drawn("text", "amount", { x: middle.x, y: middle.y - 6 }).textContent = amount;
    }
    function drawn(tag, kind, attributes) {
      var node = document.createElementNS(svg.namespaceURI, tag);
      node.setAttribute("class", kind);
      Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
      group.appendChild(node);
      return node;
    }
    function center(box, other) {
      var a = box.getBoundingClientRect(), b = (other || box).getBoundingClientRect(), c = scroller.getBoundingClientRect();
      var left = Math.min(a.left, b.left), right = Math.max(a.right, b.right), top = Math.min(a.top, b.top), bottom = Math.max(a.bottom, b.bottom);
      if (left < c.left || right > c.right) scroller.scrollLeft += (left + right) / 2 - (c.left + c.right) / 2;
      if (top < c.top || bottom > c.bottom) scroller.scrollTop += (top + bottom) / 2 - (c.top + c.bottom) / 2;
    }
    function reveal(column, item) {
      if (!item) return;
      var a = item.getBoundingClientRect(), c = column.getBoundingClientRect();
      if (column.scrollHeight <= column.clientHeight) return;
      for (var tries = 0; tries < 4 && (a.top < c.top + 30 || a.bottom > c.bottom - 10); tries++) {
        column.scrollTop += a.top - c.top - c.height / 3;  /* rows that come into view take their true height */
        a = item.getBoundingClientRect();
      }
    }

    function showLines(current) {
      var soon = asking && asking.step ? asking.step : pass === "backward" && !layered() ? steps[at] : null;
      order.forEach(function (i, k) {
        var now = pass === "forward" ? k === computed - 1 : current.some(function (s) { return s.node === i; });
        var next = pass === "forward" ? k === computed : Boolean(soon && soon.node === i) ||
          (layered() && steps.some(function (s) { return s.level === level && s.node === i; }));
        swap(lines[k], "now", now);
        swap(lines[k], "soon", next && !now);
        swap(lines[k], "later", pass === "forward" && k >= computed);
        write(lines[k].querySelector("i"), now ? "just done" : next ? "next" : "");
      });
    }

    function showStep(current) {
      var edge = cleared($("edge")), formula = cleared($("formula")), story = cleared($("story")), form = $("question");
      if (!asking && form.contains(document.activeElement)) stepper.focus({ preventScroll: true });
      form.hidden = !asking;
      var say;
      if (asking) say = asking.draw(edge, formula, story, form);
      else if (pass === "forward") say = showForward(edge, formula, story);
      else if (!current.length) say = showSeed(edge, formula, story);
      else if (current.length === 1) say = showOne(current[0], edge, formula, story);
      else say = showMany(current, edge, story);
      write($("said"), say);
    }
    function told(s) {
      return nodes[s.node].name + " → " + nodes[s.parent].name + ", " + s.place + ". upstream " + s.upstream + " × local " + factor(s) + " = " + s.amount;
    }
    function factor(s) { return s.symbolic === s.local ? bracketed(s.local) : "(" + s.symbolic + " = " + s.local + ")"; }
    function sum(s) {
      return gradOf(s.parent) + ": " + s.before + " + " + bracketed(s.amount) + " = " + s.after + ", " +
        (s.arrived === s.expected ? "final." : s.arrived + " of " + s.expected + ".");
    }
    function showOne(s, edge, formula, story) {
      var instead = page.instead(s);
      edge.textContent = nodes[s.node].name + " → " + nodes[s.parent].name;
      made("small", ", " + s.place, edge);
      if (instead) return edge.textContent + ". " + made("p", instead, story).textContent;
      term(formula, "upstream", derivative(data.root, s.node), s.upstream);
      sign(formula, "×");
      term(formula, "local " + derivative(s.node, s.parent), s.symbolic, s.numeric === s.local || detail === 2 ? s.local : s.numeric + " = " + s.local);
      sign(formula, "=");
      term(formula, "contribution", "to " + gradOf(s.parent), s.amount, "result");
      made("p", sum(s), story);
      made("p", "Why: " + s.why, story);
      if (s.check) made("p", "Check: " + s.check, story);
      if (s.guess) made("p", s.guess, story, "verdict");
      return told(s) + ". " + sum(s) + " Why: " + s.why + (s.check ? " Check: " + s.check : "") + (s.guess ? " " + s.guess : "");
    }
    /* The product with its numbers still to be found. */
    function unknown(s, upstream, formula) {
      term(formula, "upstream", derivative(data.root, s.node), upstream);
      sign(formula, "×");
      term(formula, "local", derivative(s.node, s.parent), "?");
      sign(formula, "=");
      term(formula, "contribution", "to " + gradOf(s.parent), "?", "result");
    }
    function term(formula, caption, symbolic, number, kind) {
      var box = made("div", "", formula, kind);
      made("small", caption, box);
      if (detail < 2) made("span", symbolic, box);
      if (detail !== 1 && number) made("b", number, box);
    }
    function sign(formula, text, above) {
      var box = made("div", "", formula);
      made("small", "", box);
      if (detail < 2) made("span", above === undefined ? text : above, box);
      if (detail !== 1) made("b", text, box);
    }
    function showMany(current, edge, story) {
      var first = nodes[current[0].node].name, contributions = current.length + " contributions";
      edge.textContent = layered() ? "Layer " + level + " of " + levels + ", counted from " + nodes[data.root].name : first;
      made("small", ", " + contributions, edge);
      var box = made("div", "", story, "many");
      current.slice(0, 12).forEach(function (s) {
        made("p", nodes[s.node].name + " → " + nodes[s.parent].name + ": " + bracketed(s.upstream) + " × " + factor(s) + " = " + s.amount, box);
      });
      if (current.length > 12) made("p", "and " + (current.length - 12) + " more in the ledger.", box);
      return edge.textContent + ". " + all(box, "p").map(function (p) { return p.textContent; }).join(". ");
    }
    function showSeed(edge, formula, story) {
      var root = nodes[data.root].name;
      edge.textContent = "Seed: " + derivative(data.root, data.root) + " = 1";
      made("p", root + " moves one for one with itself: that is where the backward pass starts.", story);
      if (steps.length) made("p", "Every step takes a node's grad, multiplies it by one local derivative, and adds the product to a parent's grad.", story);
      return edge.textContent + ". " + story.textContent;
    }
    function showForward(edge, formula, story) {
      if (!computed) {
        edge.textContent = "Forward: the leaves have their numbers";
        made("p", "Every step computes one node from its operands, until " + nodes[data.root].name + " is known.", story);
        return edge.textContent + ". " + story.textContent;
      }
      var n = nodes[order[computed - 1]];
      edge.textContent = n.name + " = " + n.value;
      sign(formula, detail === 2 ? n.name : "", n.name);
      sign(formula, "=");
      term(formula, "", n.formula, n.numbers);
      sign(formula, "=", "");
      term(formula, "", "", n.value, "result");
      if (computed === order.length) made("p", "All values are known. Next: the backward pass.", story);
      return n.name + " = " + n.formula + " = " + n.numbers + " = " + n.value;
    }

    /* ---- numbers that are typed */

    function read(typed) {
      var text = typed.replace(/[−–]/g, "-").trim(), parts = text.split("/").map(function (part) { return part.trim().replace(/^([-+])\s+/, "$1"); });
      if (!text) return { problem: "Type a number first." };
      if (/^[-+]?\d*,\d+$/.test(parts[0]) && parts.length === 1) {
        return { problem: "Is " + typed.trim() + " meant as " + typed.trim().replace(",", ".") + "? Please write a decimal point." };
      }
      if (parts.length > 2 || !parts.every(function (part) { return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(part); })) {
        return { problem: "“" + typed.trim() + "” is no number: type one such as −1.5, 3/4 or 1e-3." };
      }
      if (parts.length === 2) {
        if (!Number(parts[1])) return { problem: typed.trim() + " divides by 0." };
        return { number: Number(parts[0]) / Number(parts[1]), decimals: 0 };
      }
      var pieces = parts[0].toLowerCase().split("e");
      return { number: Number(parts[0]), decimals: (pieces[0].split(".")[1] || "").length - Number(pieces[1] || 0) };
    }
    function near(typed, exact) {
      var rounded = typed.decimals > 1 ? 0.5000001 * Math.pow(10, -typed.decimals) : 0;
      return Math.abs(typed.number - exact) <= Math.max(1e-6 * Math.max(1, Math.abs(exact)), rounded);
    }

    /* ---- controls */

    function showControls() {
      $("forward").setAttribute("aria-pressed", String(pass === "forward"));
      $("backward").setAttribute("aria-pressed", String(pass === "backward"));
      var k = here(), most = ends(), after = pass === "forward" && steps.length && k === most;
      $("first").disabled = $("back").disabled = k === 0 && !asking;
      $("last").disabled = k === most;
      $("next").disabled = k === most && !after;
      write($("next"), asking ? page.pass : after ? "Backward →" : "Next →");
      $("slider").max = most;
      $("slider").value = k;
      var what = pass === "forward" ? "nodes" : layered() ? "layers" : "contributions";
      $("slider").setAttribute("aria-valuetext", k + " of " + most + " " + what);
      write($("count"), k + " / " + most);
    }
    function pressed(id) {
      var on = $(id).getAttribute("aria-pressed") !== "true";
      $(id).setAttribute("aria-pressed", String(on));
      return on;
    }
    function turnDetail() {
      detail = (detail + 1) % 3;
      write($("detail"), "Formula: " + DETAILS[detail]);
      show();
    }
    function turnHelp() {
      $("keys").hidden = !$("keys").hidden;
      $("help").setAttribute("aria-expanded", String(!$("keys").hidden));
    }
    function on(id, act) { $(id).addEventListener("click", act); }
    function by(act) { return function () { stop(); act(); }; }
    on("next", by(function () { next(false); }));
    on("back", by(function () { back(false); }));
    on("first", by(function () { go(0); }));
    on("last", by(function () { go(ends()); }));
    on("play", play);
    on("detail", turnDetail);
    on("help", turnHelp);
    on("forward", by(function () { if (pass !== "forward") choose("forward", 0); }));
    on("backward", by(function () { if (pass !== "backward") choose("backward", 0); }));
    $("slider").addEventListener("input", by(function () { go(+$("slider").value); }));
    $("size").addEventListener("change", by(function () {
      var old = layered();
      size = $("size").value;
      if (layered()) level = at < steps.length ? steps[at].level : levels;
      else if (old) for (at = 0; at < steps.length && steps[at].level < level; at++);
      go(here());
    }));
    /* Not a form's own submission, which sandboxed frames refuse. */
    $("question").addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || event.target.tagName !== "INPUT" || !asking) return;
      event.preventDefault();
      asking.submit();
    });
    rows.forEach(function (row, k) {
      row.firstChild.addEventListener("click", by(function () {
        if (pass !== "backward") pass = "backward";
        go(layered() ? steps[k].level + 1 : k + 1);
      }));
    });
    lines.forEach(function (line, k) {
      line.firstChild.addEventListener("click", by(function () {
        if (pass === "forward") return go(k + 1);
        var to = here();
        steps.some(function (s, j) { if (s.node === order[k]) to = layered() ? s.level : j; return s.node === order[k]; });
        go(to);
      }));
    });
    stepper.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      var key = event.key, inside = event.target, typing = inside.tagName === "INPUT" && inside.type !== "range";
      var acts = inside.closest("button,select,summary,input[type=range]");
      var act = {
        ArrowRight: function () { stop(); if (!asking || !asking.next) next(event.shiftKey); },
        ArrowLeft: function () { stop(); back(event.shiftKey); },
        Home: function () { stop(); go(0); },
        End: function () { stop(); go(ends()); },
        " ": acts && inside.type !== "range" ? null : play,
        e: turnDetail,
        "?": turnHelp,
        Escape: function () {
          stop();
          if (!$("keys").hidden) turnHelp();
          else if (asking && !asking.next) { page.ask(null); stepper.focus({ preventScroll: true }); }
          else document.activeElement.blur();
        },
      }[key.length === 1 ? key.toLowerCase() : key] || page.keys[key.toLowerCase()];
      if (typing && key !== "Escape") { event.stopPropagation(); return; }
      if (inside.tagName === "SELECT" && /^(Arrow|Home|End)/.test(key)) { event.stopPropagation(); return; }
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });

    /* ---- the graph as a list, made when it is opened */

    $("outline").addEventListener("toggle", function () {
      if (!$("outline").open || $("outline").querySelector("ul")) return;
      var told = {}, stack = [[data.root, made("ul", "", $("outline")), 0]];
      while (stack.length) {
        var entry = stack.pop(), i = entry[0], n = nodes[i], item = document.createElement("li");
        entry[1].appendChild(item);
        var button = made("button", n.name + (n.formula ? " = " + n.formula : "") + (n.named ? " = " + n.value : ""), item);
        button.type = "button";
        button.addEventListener("click", jump.bind(null, i));
        var users = n.users.filter(function (u, k) { return n.users.indexOf(u) === k; });
        if (n.users.length > 1) made("small", " used by " + users.map(function (u) { return nodes[u].name; }).join(", ") + (told[i] ? ", see above" : ""), item);
        if (told[i] || !n.operands.length) continue;
        told[i] = true;
        var list = entry[2] < 40 ? made("ul", "", item) : entry[1];
        n.operands.slice().reverse().forEach(function (p) { stack.push([p, list, entry[2] + 1]); });
      }
    });

    /* As large as there is room for, never so small that it cannot be read. */
    var wide = +svg.getAttribute("width"), high = +svg.getAttribute("height");
    new ResizeObserver(function () {
      var scale = Math.max(0.8, Math.min(1, scroller.clientWidth / wide, scroller.clientHeight / high));
      svg.setAttribute("width", Math.floor(wide * scale));
      svg.setAttribute("height", Math.floor(high * scale));
    }).observe(scroller);

    parts.forEach(function (part) { part(page); });
    document.body.className = "";
    page.begin();
    if (window.parent === window && !stepper.contains(document.activeElement)) stepper.focus({ preventScroll: true });
  }
})
