/* One mistaken pass beside the correct one. */
(function (page) {
  "use strict";
  const { $, all, make, data, nodes, steps, rows } = page;
  const menu = $("broken");

  page.after.push(function (current) {
    for (const old of all($("ledger"), ".wrong")) old.remove();
    const mistake = data.broken[menu.value], story = $("story");
    if (menu.value === "" || page.pass !== "backward") return;
    steps.forEach(function (s, k) {
      const wrong = page.done(k) && mistake.steps[k];
      if (wrong) make("span", `instead ${wrong.amount}, grad ${wrong.after}`, rows[k].firstChild, "wrong");
    });
    if (page.asking) return;
    if (current.length === 1) {
      const [s] = current, wrong = mistake.steps[steps.indexOf(s)];
      if (wrong) make("p", `${mistake.name}: ${wrong.amount} would arrive, and ${nodes[s.parent].grad} would be ${wrong.after}.`, story, "wrong");
      else make("p", `${mistake.name}: this step comes out right all the same.`, story);
    }
    if (page.here() === page.end()) make("p", `In the end: ${compare(mistake)}.`, story, "wrong");
    page.write($("said"), [$("said").textContent, ...all(story, ".wrong").map((p) => p.textContent)].join(" "));
  });
  /* The leaves whose grads come out wrong. */
  function compare(mistake) {
    const last = {};
    steps.forEach((s, k) => { if (!nodes[s.parent].operands.length && nodes[s.parent].named) last[s.parent] = k; });
    return Object.values(last).filter((k) => mistake.steps[k] && mistake.steps[k].after !== steps[k].after)
      .map((k) => `${nodes[steps[k].parent].grad} ${mistake.steps[k].after} instead of ${steps[k].after}`).join(", ");
  }
  data.broken.forEach((mistake, k) => { make("option", mistake.name, menu).value = k; });
  $("breaking").hidden = !data.broken.length;
  menu.addEventListener("change", page.by(page.show));
  page.keys.b = () => { if (data.broken.length) menu.focus(); };
})
