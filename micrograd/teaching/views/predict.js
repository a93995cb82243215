/* Predict, then reveal: the sign first, then the number, at each rule's first use and at every reuse. */
(function (page) {
  "use strict";
  var $ = page.$, made = page.made, term = page.term, sign = page.sign, nodes = page.nodes;
  var s = null, mark = "", right = false;

  page.before = function (whole) {
    s = page.steps[page.at()];
    if (!page.single() || whole || !s || !s.ask || s.seen || !predicting()) return false;
    mark = "";
    page.ask({ step: s, draw: draw, submit: submit });
    return true;
  };
  function predicting() { return $("predict").getAttribute("aria-pressed") === "true"; }
  function turn() {
    if (!page.pressed("predict") && page.asking()) page.ask(null);
  }
  page.on("predict", turn);
  page.keys.p = turn;

  function draw(edge, formula, story, form) {
    edge.textContent = nodes[s.node].name + " → " + nodes[s.parent].name;
    made("small", ", " + s.place + ". Predict:", edge);
    page.unknown(s, s.upstream, formula);
    page.cleared(form);
    if (!mark) {
      made("span", "Its sign?", form);
      [["+", "positive"], ["−", "negative"], ["0", "zero"]].forEach(function (choice, k) {
        var button = page.button(choice[0] + " " + choice[1], form, function () { answerSign(choice[0]); });
        if (!k) button.focus({ preventScroll: true });
      });
    } else {
      var label = made("label", (right ? "✓ " : "✗ ") + said(signOf(s.amount)) + (right ? ", yes. " : ", it is. ") + "And the number? ", form);
      var input = made("input", "", label);
      input.inputMode = "decimal";
      input.autocomplete = "off";
      page.button("Submit", form, submit);
      input.focus({ preventScroll: true });
    }
    return "Predict: " + nodes[s.node].name + " → " + nodes[s.parent].name + ", " + s.place + ", upstream " + s.upstream + ". " + form.textContent;
  }
  function said(sign) { return { "+": "Positive", "−": "Negative", "0": "Zero" }[sign] || "Neither"; }
  function signOf(text) { return text[0] === "−" ? "−" : text === "0" ? "0" : text === "nan" ? "?" : "+"; }
  function answerSign(chosen) {
    mark = chosen;
    right = mark === signOf(s.amount);
    if (signOf(s.amount) === "0") return answered("You said " + said(mark).toLowerCase() + (right ? ": right." : "; it is 0."));
    page.show();
  }
  function submit() {
    var input = $("question").querySelector("input");
    if (!input) return;
    var typed = page.read(input.value), exact = page.read(s.amount);
    if (typed.problem) {
      $("question").querySelectorAll(".problem").forEach(function (old) { old.remove(); });
      made("span", typed.problem, $("question"), "problem").setAttribute("role", "alert");
      return;
    }
    var close = 0.0005 * Math.abs(exact.number) * (s.amount.replace(/\D/g, "").length > 3);
    var good = page.near(typed, exact.number) || Math.abs(typed.number - exact.number) <= close;
    answered("You predicted " + input.value.trim() + (good ? ": right." : "; it is " + s.amount + ".") + (right ? "" : " The sign was " + said(signOf(s.amount)).toLowerCase() + "."));
  }
  function answered(verdict) {
    s.guess = verdict;
    page.go(page.at() + 1);
    $("next").focus({ preventScroll: true });
  }
})
