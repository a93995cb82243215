/* The two columns: the expression line by line, and the ledger of contributions. */
(function (page) {
  "use strict";
  const { $, toggle, write, data, steps, rows, lines } = page;

  page.views.push(function (current, made) {
    const forward = page.pass === "forward", backward = page.pass === "backward", layered = page.layered();
    rows.forEach(function (row, k) {
      toggle(row, "todo", !page.done(k));
      toggle(row, "now", made.has(steps[k]));
      toggle(row, "soon", backward && (layered ? steps[k].level === page.level : k === page.at));
    });
    const soon = new Set(next().map((s) => s.node)), now = new Set(current.map((s) => s.node));
    data.order.forEach(function (i, k) {
      const isNow = forward ? k === page.computed - 1 : now.has(i);
      const isNext = forward ? k === page.computed : backward && soon.has(i);
      toggle(lines[k], "now", isNow);
      toggle(lines[k], "soon", isNext && !isNow);
      toggle(lines[k], "later", forward && k >= page.computed);
      write(lines[k].querySelector("i"), isNow ? "just done" : isNext ? "next" : "");
    });
  });
  /* The steps that come next. */
  function next() {
    const asked = page.asking && page.asking.step;
    if (page.layered()) return steps.filter((s) => s === asked || s.level === page.level);
    return asked ? [asked] : steps.slice(page.at, page.at + 1);
  }

  /* Scroll to the latest row: in the next frames too, for rows take their true height only when they come into view. */
  page.reveal = function (frames = 4) {
    if (frames) requestAnimationFrame(() => page.reveal(frames - 1));
    reveal($("ledger"), $("ledger").querySelector(".now") || $("ledger").querySelector(".soon"));
    reveal($("lines"), $("lines").querySelector(".now"));
    $("step").scrollTop = page.asking ? $("step").scrollHeight : 0;
  };
  function reveal(column, item) {
    if (!item || column.scrollHeight <= column.clientHeight) return;
    const c = column.getBoundingClientRect();
    let a = item.getBoundingClientRect();
    for (let tries = 0; tries < 4 && (a.top < c.top + 30 || a.bottom > c.bottom - 10); tries++) {
      column.scrollTop += a.top - c.top - c.height / 3;
      a = item.getBoundingClientRect();
    }
  }

  rows.forEach((row, k) => row.firstChild.addEventListener("click", page.by(function () {
    page.pass = "backward";
    page.go(page.layered() ? steps[k].level + 1 : k + 1);
  })));
  lines.forEach((line, k) => line.firstChild.addEventListener("click", page.by(function () {
    if (page.pass === "forward") return page.go(k + 1);
    const first = steps.findIndex((s) => s.node === data.order[k]);
    page.pass = "backward";
    page.go(first < 0 ? page.here() : page.layered() ? steps[first].level : first);
  })));
})
