(function (script, data) {
  "use strict";
  var SVG = "http://www.w3.org/2000/svg", HEAD = 30, PAD = 14, BORDER = 12;
  var image = script.parentNode.querySelector("img");
  if (!image) return;
  var bytes = Uint8Array.from(atob(image.src.split(",")[1]), function (c) { return c.charCodeAt(0); });
  var svg = parse(new TextDecoder().decode(bytes));
  svg.style.maxWidth = "none";
  image.replaceWith(svg);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", theme);
  theme();
  if (!data.levels.length) return;

  var top = svg.querySelector(".mg-level");
  var notes = all(svg, ".mg-note"), firstWidth = +svg.getAttribute("width");
  var root = level(0, top);
  root.update = function () {
    var size = place(root), width = size[0] + 2 * BORDER, height = size[1] + 2 * BORDER + 22 * notes.length;
    if (notes.length) width = Math.max(width, firstWidth);
    svg.setAttribute("width", Math.ceil(width));
    svg.setAttribute("height", Math.ceil(height));
    svg.setAttribute("viewBox", "0 0 " + Math.ceil(width) + " " + Math.ceil(height));
    notes.forEach(function (note, k) { note.setAttribute("y", height - BORDER - 22 * (notes.length - 1 - k)); });
  };

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

  /* Light text means a dark page, whatever the system prefers. */
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

  function prepare(outer, i, number) {
    var box = outer.boxes[i], face = box.firstChild, inner = null, frame = null;
    var w = outer.geometry.sizes[i][0];
    create("path", { "class": "mg-icon", d: "M" + (w - 14) + " 10h8m-4 -4v8" }, face);
    box.classList.add("mg-opens");
    box.style.cursor = "pointer";
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "button");
    box.setAttribute("aria-expanded", "false");
    box.setAttribute("aria-label", outer.geometry.titles[i]);
    function toggle(event) {
      event.stopPropagation();
      event.preventDefault();
      if (outer.open[i]) {
        delete outer.open[i];
        frame.remove();
        box.appendChild(face);
      } else {
        if (!frame) build();
        outer.open[i] = inner;
        face.remove();
        box.appendChild(frame);
      }
      box.setAttribute("aria-expanded", String(Boolean(outer.open[i])));
      outer.update();
    }
    function build() {
      frame = create("g", {}, box);
      create("rect", { "class": "mg-frame", rx: 8 }, frame);
      create("text", { "class": "mg-label", x: PAD, y: 20 }, frame).textContent = outer.geometry.titles[i];
      create("path", { "class": "mg-icon", d: "" }, frame);
      var content = parse('<svg xmlns="' + SVG + '">' + data.insides[number] + "</svg>").firstChild;
      frame.appendChild(content);
      content.setAttribute("transform", "translate(" + PAD + " " + HEAD + ")");
      inner = level(number, content);
      inner.frame = frame;
      inner.update = function () { outer.update(); };
    }
    box.addEventListener("click", toggle);
    box.addEventListener("keydown", function (event) {
      if ((event.key === "Enter" || event.key === " ") && event.target === box) toggle(event);
    });
  }

  /* Put every part of a level in its place, what is open in it first; returns the size. */
  function place(it) {
    var g = it.geometry, down = g.down;
    var sizes = g.sizes.map(function (size, i) {
      if (!it.open[i]) return size;
      var size = place(it.open[i]), w = size[0] + 2 * PAD, h = size[1] + HEAD + PAD;
      var parts = it.open[i].frame.children;
      parts[0].setAttribute("width", w);
      parts[0].setAttribute("height", h);
      parts[2].setAttribute("d", "M" + (w - 20) + " 15h8");
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
