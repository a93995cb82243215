/* Read the data and the lists: nodes and steps. A step takes the words of its row in the ledger. */
(function (page) {
  "use strict";
  const { $, all, data } = page;

  /* Lists that must not be readable too early come with the data. */
  for (const name of ["lines", "ledger"]) {
    if (!data[name]) continue;
    const list = new DOMParser().parseFromString("<ol>" + data[name], "text/html").querySelector("ol");
    $(name).querySelector("ol").replaceWith(document.importNode(list, true));
  }
  if (data.title) document.title = $("title").textContent = data.title;
  page.rows = all($("ledger"), "li");
  page.lines = all($("lines"), "li");
  for (const item of [...page.rows, ...page.lines]) {
    const button = page.button("", null, () => {});
    button.append(...item.childNodes);
    item.append(button);
  }
  for (const line of page.lines) page.make("i", "", line.firstChild);

  const nodes = data.nodes.map((n) => ({ ...n, users: [] }));
  nodes.forEach((n, i) => n.operands.forEach((p) => nodes[p].users.push(i)));
  page.nodes = nodes;
  page.users = (n) => [...new Set(n.users)].map((u) => nodes[u].name).join(", ");

  page.steps = data.steps.map(function (s, k) {
    const word = (tag) => page.rows[k].querySelector(tag).textContent;
    return { ...s, edge: word("b"), work: word("span"), signed: word("em"), sum: word("small") + ".", seen: false, guess: "" };
  });
  page.levels = page.steps.reduce((most, s) => Math.max(most, s.level + 1), 0);

  page.derivative = (above, below) => nodes[above].differential + "/" + nodes[below].differential;
})
