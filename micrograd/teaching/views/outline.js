/* The graph as a list, made when it is opened. */
(function (page) {
  "use strict";
  const { $, make, data, nodes } = page;
  $("outline").addEventListener("toggle", function () {
    if (!$("outline").open || $("outline").querySelector("ul")) return;
    const listed = new Set(), stack = [[data.root, make("ul", "", $("outline")), 0]];
    while (stack.length) {
      const [i, parent, depth] = stack.pop(), n = nodes[i], item = make("li", "", parent);
      const text = [n.name, ...(n.formula ? [n.formula] : []), ...(n.named ? [n.value] : [])].join(" = ");
      const users = page.users(n);
      if (listed.has(i)) make("span", text, item);
      else page.button(text, item, page.by(() => page.jump(i))).setAttribute("aria-label", `${text}, ${n.named ? "to " + n.grad : "used by " + users}`);
      if (n.users.length > 1) {
        make("small", ` used by ${users}${listed.has(i) ? ", see above" : ""}`, item);
      }
      if (listed.has(i)) continue;
      listed.add(i);
      if (!n.operands.length) continue;
      const list = depth < 40 ? make("ul", "", item) : parent;
      for (const p of [...n.operands].reverse()) stack.push([p, list, depth + 1]);
    }
  });
})
