/* Find the bug: the ledger is that of a mistaken pass; the replies come with the data. */
(function (page) {
  "use strict";
  var $ = page.$, made = page.made, data = page.data, steps = page.steps, bug = data.bug;
  var found = false, named = false, tries = 0, reply = "", verdict = "", box = made("div", "", $("step"));
  box.id = "bug";

  page.grad = function (i, text) { return i === data.root ? bug.seed : text.replace(" ✓", ""); };
  page.instead = function (s) { return "In this pass " + bug.lines[steps.indexOf(s)] + "."; };
  $("size").parentNode.hidden = true;
  $("detail").hidden = true;
  page.begin = function () { page.go(steps.length); };

  page.after.push(function () {
    page.cleared(box);
    var replied = made("p", reply, box, "feedback " + verdict);
    replied.hidden = !reply;
    if (found && named) made("p", "Found after " + tries + (tries === 1 ? " attempt." : " attempts."), box, "score");
    else {
      var form = made("p", "", box), label = made("label", (found ? bug.questions[1] : bug.questions[0]) + " ", form);
      var menu = made("select", "", label);
      (found ? bug.choices : bug.numbers).forEach(function (text, k) { made("option", text, menu).value = k; });
      if (!found) menu.value = page.at();
      page.button("Submit", form, function () { submit(+menu.value); });
      page.button("Hint", form, hinted, "A hint, after an attempt (H)");
    }
    if (page.at() === 0) {
      $("edge").textContent = "Seed: " + page.derivative(data.root, data.root) + " = " + bug.seed;
      page.cleared($("story"));
    }
    page.write($("said"), (reply ? reply + " " : "") + $("edge").textContent + ". " + $("story").textContent);
  });
  function submit(k) {
    var answer = found ? bug.names[k] : bug.replies[k];
    tries += 1;
    verdict = answer[0] === "right" ? "good" : "bad";
    reply = (verdict === "good" ? "✓ " : "✗ ") + answer[1];
    if (found) named = verdict === "good";
    else found = verdict === "good";
    page.show();
    var menu = box.querySelector("select");
    if (menu) menu.focus({ preventScroll: true });
  }
  function hinted() {
    verdict = "";
    reply = tries ? bug.hints[found ? 1 : 0] : bug.hints[2];
    page.show();
  }
  page.keys.h = function () { if (!named) hinted(); };
})
