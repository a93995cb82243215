/* The graph: values and grads in its boxes, the gradient on its edges. */
(function (page) {
  "use strict";
  const { $, all, toggle, write, data, nodes, steps } = page;
  const picture = new DOMParser().parseFromString(data.svg, "image/svg+xml"), scroller = $("scroller");
  const svg = scroller.appendChild(document.importNode(picture.documentElement, true));
  svg.setAttribute("role", "group");
  const group = svg.querySelector(".mg-level"), boxes = [], edges = {};
  for (const g of all(svg, ".mg-box")) {
    const i = +g.dataset.box, [value, grad] = all(g, ".mg-value");
    const texts = all(g, "text");
    boxes[i] = { g, value, grad, texts };
    g.setAttribute("role", "button");
    g.setAttribute("tabindex", "-1");
    for (const text of texts) text.after(" ");
    name(i);
    g.addEventListener("click", page.by(() => page.jump(i)));
  }
  /* A box is read aloud as it is seen; one without a name is told apart by where it goes. */
  function name(i) {
    const seen = boxes[i].texts.map((text) => text.textContent).join(" "), n = nodes[i];
    boxes[i].g.setAttribute("aria-label", n.named || !n.users.length ? seen : `${seen}, used by ${page.users(n)}`);
  }
  for (const path of all(svg, ".mg-edge")) edges[path.dataset.edge] = path;
  const edge = (s) => edges[s.parent + "-" + s.node + "-" + s.slot];

  page.views.push(function (current, made) {
    const latest = {}, forward = page.pass === "forward";
    steps.forEach(function (s, k) {
      const done = page.done(k);
      if (done) latest[s.parent] = s;
      toggle(edge(s), "pushed", done && !made.has(s));
    });
    const asked = page.asking && page.asking.step, shown = asked ? [asked] : current;
    const from = new Set(shown.map((s) => s.node)), to = new Set(shown.map((s) => s.parent));
    const unknown = new Set(forward ? data.order.slice(page.computed) : []);
    const marked = page.marked(), last = forward ? [...marked] : [];
    nodes.forEach(function (n, i) {
      const { g, value, grad } = boxes[i], s = latest[i];
      const text = forward ? "—" : page.grad(i, s ? `${s.after} ${s.mark}`.trim() : n.start, s);
      const changes = [write(value, unknown.has(i) ? "—" : page.value(i)), write(grad, text)];
      if (changes.includes(true)) name(i);
      toggle(grad, "unknown", text === "—");
      toggle(g, "from", from.has(i));
      toggle(g, "to", to.has(i) || marked.has(i));
      toggle(g, "faint", unknown.has(i));
    });
    for (const old of all(group, ".flow,.head,.amount")) old.remove();
    for (const old of all(group, ".lit")) toggle(old, "lit", false);
    for (const i of last) nodes[i].operands.forEach((p, slot) => toggle(edges[p + "-" + i + "-" + slot], "lit", true));
    for (const i of marked) center(boxes[i].g);
    for (const s of shown) flow(s, asked ? page.asking.label : page.instead(s) ? "" : s.signed, shown.length < 13);
    if (shown.length) center(boxes[shown[shown.length - 1].parent].g, boxes[shown[0].node].g);
    else if (forward && !page.computed && data.order.length) center(boxes[nodes[data.order[0]].operands[0]].g);
    else if (page.pass === "backward" && page.at === 0) center(boxes[data.root].g);
  });

  /* The gradient flows against the edge: a dashed line over it, with its head at the other end. */
  function flow(s, amount, labelled) {
    const path = edge(s);
    if (!path) return;
    const d = path.getAttribute("d"), [, x, y] = /^M([-\d.]+) ([-\d.]+)/.exec(d);
    draw("path", "flow", { d: d.slice(0, d.lastIndexOf("m")) });
    draw("path", "head", { d: `M${x} ${y}m8 -5l-8 5l8 5` });
    if (!labelled || !path.getTotalLength) return;
    const middle = path.getPointAtLength(path.getTotalLength() / 2 - 6);
    draw("text", "amount", { x: middle.x, y: middle.y - 6 }).textContent = amount;
  }
  function draw(tag, kind, attributes) {
    const node = document.createElementNS(svg.namespaceURI, tag);
    node.setAttribute("class", kind);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    return group.appendChild(node);
  }
  /* Both boxes, or the first of them if there is no room for both. */
  function center(box, other) {
    const [a, b, c] = [box, other || box, scroller].map((node) => node.getBoundingClientRect());
    const left = Math.min(a.left, b.left), right = Math.max(a.right, b.right);
    const top = Math.min(a.top, b.top), bottom = Math.max(a.bottom, b.bottom);
    if (other && (right - left > c.width || bottom - top > c.height)) return center(box);
    if (left < c.left || right > c.right) scroller.scrollLeft += (left + right) / 2 - (c.left + c.right) / 2;
    if (top < c.top || bottom > c.bottom) scroller.scrollTop += (top + bottom) / 2 - (c.top + c.bottom) / 2;
  }
  /* On a phone, text that can be read, and the box of this step in the middle. */
  page.zoom(scroller, svg, () => svg.querySelector(".to") || scroller, scroller.clientWidth < 500 ? 0.7 : 0);
})
