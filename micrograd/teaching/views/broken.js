/* A mistaken pass beside the correct one. */
(function (page) {
  "use strict";
  var $ = page.$, all = page.all, made = page.made, data = page.data, nodes = page.nodes, steps = page.steps;
  var rows = all($("ledger"), "li");

  function mistaken(k) {
    var wrong = $("broken").value && data.broken[+$("broken").value][1][k];
    return wrong ? { amount: wrong[0], after: wrong[1] } : null;
  }
  page.after.push(function (current) {
    all($("ledger"), ".wrong").forEach(function (node) { node.remove(); });
    if (!$("broken").value || !page.backward()) return;
    steps.forEach(function (s, k) {
      var wrong = page.done(k) && mistaken(k);
      if (wrong) made("span", "instead " + page.signed(wrong.amount) + ", grad " + wrong.after, rows[k].firstChild, "wrong");
    });
    if (page.asking()) return;
    var title = data.broken[+$("broken").value][0], wrong = current.length === 1 ? mistaken(steps.indexOf(current[0])) : null;
    if (wrong) {
      made("p", title + ": " + page.signed(wrong.amount) + " would arrive, and " + page.gradOf(current[0].parent) + " be " + wrong.after + ".", $("story"), "wrong");
    } else if (current.length === 1) made("p", "Broken (" + title + "): this step comes out right all the same.", $("story"));
    if (page.here() === page.ends()) made("p", "In the end: " + compared(), $("story"), "wrong");
    page.write($("said"), $("said").textContent + " " + all($("story"), ".wrong").map(function (p) { return p.textContent; }).join(" "));
  });
  function compared() {
    var last = {};
    steps.forEach(function (s, k) { if (!nodes[s.parent].operands.length && nodes[s.parent].named) last[s.parent] = k; });
    return Object.keys(last).filter(function (i) { return mistaken(last[i]) && mistaken(last[i]).after !== steps[last[i]].after; }).map(function (i) {
      return page.gradOf(i) + " " + mistaken(last[i]).after + " instead of " + steps[last[i]].after;
    }).join(", ") + ".";
  }
  data.broken.forEach(function (mistake, k) { made("option", mistake[0], $("broken")).value = k; });
  if (!data.broken.length) $("breaking").hidden = true;
  $("broken").addEventListener("change", page.by(page.show));
  page.keys.b = function () { if (data.broken.length) $("broken").focus(); };
})
