(function (script, packed, zoom) {
  "use strict";
  var SVG = "http://www.w3.org/2000/svg", HEAD = 30, PAD = 14, BORDER = 12;
  var image = script.parentNode.querySelector("img");
  if (!image) return;
  var svg = parse(new TextDecoder().decode(read(image.src.split(",")[1])));
  svg.style.maxWidth = "none";
  svg.setAttribute("role", "group");
  all(svg, ".mg-box").forEach(function (box) { name(box.firstChild, "img"); });
  image.replaceWith(svg);
  var focused = function () { return svg.contains(document.activeElement) ? document.activeElement : svg.parentNode; };
  var resize = zoom(svg.parentNode, svg, focused);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
  var page = new MutationObserver(theme), marks = ["class", "style", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];
  [document.documentElement, document.body].forEach(function (node) { page.observe(node, { attributes: true, attributeFilter: marks }); });
  theme();
  var data = null;
  if (packed && window.DecompressionStream) {
    var unpacked = new Blob([read(packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
    new Response(unpacked).json().then(open);
  }

  /* From here on boxes open: there is data about their insides. */
  function open(unpacked) {
    data = unpacked;
    var root = level(0, svg.querySelector(".mg-level"));
    var notes = all(svg, ".mg-note"), firstWidth = +svg.getAttribute("width");
    root.update = function () {
      var size = place(root), width = size[0] + 2 * BORDER, height = size[1] + 2 * BORDER + 22 * notes.length;
      if (notes.length) width = Math.max(width, firstWidth);
      svg.setAttribute("width", Math.ceil(width));
      svg.setAttribute("height", Math.ceil(height));
      svg.setAttribute("viewBox", "0 0 " + Math.ceil(width) + " " + Math.ceil(height));
      resize();
      notes.forEach(function (note, k) { note.setAttribute("y", height - BORDER - 22 * (notes.length - 1 - k)); });
    };
  }

  function read(text) { return Uint8Array.from(atob(text), function (c) { return c.charCodeAt(0); }); }
  function parse(text) {
    return document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
  }
  function all(node, selector) { return Array.prototype.slice.call(node.querySelectorAll(selector)); }
  function create(name, attributes, parent) {
    var node = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    parent.appendChild(node);
    return node;
  }

  /* What is read aloud for a part: its texts, one after the other. */
  function name(node, role) {
    node.setAttribute("role", role);
    all(node, "text").forEach(function (text) { text.insertAdjacentText("afterend", " "); });
    node.setAttribute("aria-label", all(node, "text").map(function (text) { return text.textContent; }).join(" "));
  }

  /* Light text means a dark page, whatever the system prefers; pages with a switch mark themselves. */
  function theme() {
    var rgb = getComputedStyle(svg.parentNode).color.match(/[\d.]+/g).map(Number);
    var isDark = 0.3 * rgb[0] + 0.6 * rgb[1] + 0.1 * rgb[2] > 127;
    all(svg, "style").forEach(function (style) {
      Array.prototype.forEach.call(style.sheet ? style.sheet.cssRules : [], function (rule) {
        if (rule.media) rule.media.mediaText = isDark ? "all" : "not all";
      });
    });
  }

  /* One picture, or the inside of one box: its geometry, its parts, what is open in it. */
  function level(number, group) {
    var it = { geometry: data.levels[number], group: group, boxes: {}, edges: [], open: {} };
    Array.prototype.forEach.call(group.children, function (node) {
      if (node.dataset.box !== undefined) it.boxes[node.dataset.box] = node;
      else if (node.dataset.edge !== undefined) it.edges.push({ path: node, count: null });
      else if (node.classList.contains("mg-count")) it.edges[it.edges.length - 1].count = node;
    });
    Object.keys(it.geometry.opens).forEach(function (i) { prepare(it, i, it.geometry.opens[i]); });
    return it;
  }

  /* A box that opens: its face is a button while it is closed, the head of its frame while it is open. */
  function prepare(outer, i, number) {
    var box = outer.boxes[i], face = box.firstChild, frame = null, head = null, inner = null;
    create("path", { "class": "mg-icon", d: "M" + (outer.geometry.sizes[i][0] - 14) + " 10h8m-4 -4v8" }, face);
    box.classList.add("mg-opens");
    handle(face, false);

    function handle(node, open) {
      name(node, "button");
      node.setAttribute("tabindex", "0");
      node.setAttribute("aria-expanded", String(open));
      node.style.cursor = "pointer";
      node.addEventListener("click", toggle);
      node.addEventListener("keydown", function (event) { if (event.key === "Enter" || event.key === " ") toggle(event); });
    }
    function toggle(event) {
      event.stopPropagation();
      event.preventDefault();
      if (!frame) build();
      var opens = !outer.open[i], focused = box.contains(document.activeElement);
      if (opens) outer.open[i] = inner;
      else delete outer.open[i];
      box.replaceChild(opens ? frame : face, opens ? face : frame);
      outer.update();
      if (focused) (opens ? head : face).focus({ preventScroll: true });
    }
    function build() {
      frame = document.createElementNS(SVG, "g");
      create("rect", { "class": "mg-frame", rx: 8 }, frame).addEventListener("click", toggle);
      head = create("g", {}, frame);
      create("rect", { height: HEAD, "fill-opacity": 0, "pointer-events": "all" }, head);
      create("text", { "class": "mg-label", x: PAD, y: 20 }, head).textContent = outer.geometry.titles[i];
      create("path", { "class": "mg-icon", d: "" }, head);
      handle(head, true);
      var content = parse('<svg xmlns="' + SVG + '">' + data.insides[number] + "</svg>").firstChild;
      all(content, ".mg-box").forEach(function (part) { name(part.firstChild, "img"); });
      frame.appendChild(content);
      content.setAttribute("transform", "translate(" + PAD + " " + HEAD + ")");
      inner = level(number, content);
      inner.frame = frame;
      inner.update = function () { outer.update(); };
    }
  }

  /* Put every part of a level in its place, what is open in it first; returns the size. */
  function place(it) {
    var g = it.geometry, down = g.down;
    var sizes = g.sizes.map(function (size, i) {
      if (!it.open[i]) return size;
      var size = place(it.open[i]), w = size[0] + 2 * PAD, h = size[1] + HEAD + PAD;
      var outline = it.open[i].frame.firstChild, head = outline.nextSibling;
      outline.setAttribute("width", w);
      outline.setAttribute("height", h);
      head.firstChild.setAttribute("width", w);
      head.lastChild.setAttribute("d", "M" + (w - 20) + " 15h8");
      return [w, h];
    });
    var length = function (i) { return i < sizes.length ? sizes[i][down ? 1 : 0] : 0; };
    var breadth = function (i) { return i < sizes.length ? sizes[i][down ? 0 : 1] : 0; };
    var across = g.across.slice(), starts = [], ends = [], x = 0;
    g.columns.forEach(function (column, r) {
      var lengths = column.map(length).concat(0);
      starts[r] = x + g.gaps[r];
      ends[r] = x = starts[r] + Math.max.apply(null, lengths);
      /* A box that grows pushes those before it one way and those after it the other way. */
      column.forEach(function (i, p) {
        var grown = (breadth(i) - (i < g.sizes.length ? g.sizes[i][down ? 0 : 1] : 0)) / 2;
        if (grown) column.forEach(function (j, q) { across[j] += q < p ? -grown : q > p ? grown : 0; });
      });
    });
    var least = Infinity, most = -Infinity;
    across.forEach(function (y, i) {
      least = Math.min(least, y - breadth(i) / 2);
      most = Math.max(most, y + breadth(i) / 2);
    });
    across = across.map(function (y) { return y - least; });
    var middle = g.rank.map(function (r) { return (starts[r] + ends[r]) / 2; });
    sizes.forEach(function (size, i) {
      var a = middle[i] - length(i) / 2, b = across[i] - breadth(i) / 2;
      it.boxes[i].setAttribute("transform", "translate(" + point([a, b]) + ")");
    });
    it.edges.forEach(function (edge, k) { route(edge, k); });
    return down ? [most - least, x] : [x, most - least];

    function route(edge, k) {
      var chain = g.chains[k], source = chain[0], target = chain[chain.length - 1], points = [];
      chain.forEach(function (i) {
        var y = across[i] + (i === target ? g.ports[k] : 0), r = g.rank[i];
        points.push([i === source ? middle[i] + length(i) / 2 : starts[r], y]);
        points.push([i === target ? middle[i] - length(i) / 2 : ends[r], y]);
      });
      var d = "M" + point(points[0]);
      for (var j = 1; j < points.length; j++) {
        var from = points[j - 1], to = points[j], half = (from[0] + to[0]) / 2;
        d += j % 2 ? "L" + point(to) : "C" + point([half, from[1]]) + " " + point([half, to[1]]) + " " + point(to);
      }
      edge.path.setAttribute("d", d + (down ? "m-4 -6l4 6l4 -6" : "m-6 -4l6 4l-6 4"));
      if (edge.count) {
        var mx = (points[1][0] + points[2][0]) / 2, my = (points[1][1] + points[2][1]) / 2;
        edge.count.setAttribute("x", down ? my + 6 : mx);
        edge.count.setAttribute("y", down ? mx + 4 : my - 5);
      }
    }
    function point(p) { return (down ? [p[1], p[0]] : p).map(function (n) { return Math.round(n * 10) / 10; }).join(" "); }
  }
})
