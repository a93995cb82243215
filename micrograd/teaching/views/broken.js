/* One mistaken pass beside the correct one. */
(function (page) {
  "use strict";
  const { $, all, make, data, nodes, steps, rows } = page;
  const menu = $("broken");

  page.after.push(function (current) {
    for (const old of all($("ledger"), ".wrong")) old.remove();
    const mistake = data.broken[menu.value], story = $("story");
    if (menu.value === "" || page.pass !== "backward") return;
    const wrong = (k) => data.wrong[k][menu.value];
    rows.forEach(function (row, k) {
      if (page.done(k) && wrong(k)) make("span", `instead ${wrong(k)[0]}, grad ${wrong(k)[1]}`, row.firstChild, "wrong");
    });
    if (page.asking) return;
    if (current.length === 1) {
      const [s] = current, found = wrong(steps.indexOf(s));
      if (found) make("p", `${mistake}: ${found[0]} would arrive, and ${nodes[s.parent].grad} would be ${found[1]}.`, story, "wrong");
      else make("p", `${mistake}: this step comes out right all the same.`, story);
    }
    if (page.here() === page.end()) make("p", `In the end: ${compare(wrong)}.`, story, "wrong");
    page.write($("said"), [$("said").textContent, ...all(story, ".wrong").map((p) => p.textContent)].join(" "));
  });
  /* The leaves whose grads come out wrong. */
  function compare(wrong) {
    const last = {};
    steps.forEach((s, k) => { if (!nodes[s.parent].operands.length && nodes[s.parent].named) last[s.parent] = k; });
    return Object.values(last).filter((k) => wrong(k) && wrong(k)[1] !== steps[k].after)
      .map((k) => `${nodes[steps[k].parent].grad} ${wrong(k)[1]} instead of ${steps[k].after}`).join(", ");
  }
  data.broken.forEach((mistake, k) => { make("option", mistake, menu).value = k; });
  menu.value = data.mistake ?? "";
  $("breaking").hidden = !data.broken.length;
  menu.addEventListener("change", page.by(page.show));
  page.keys.b = () => { if (data.broken.length) menu.focus(); };
})
