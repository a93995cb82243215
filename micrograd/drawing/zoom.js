/* A picture in its window: it fits at first; keys (+ − 0, arrows), Ctrl and the wheel, two fingers, dragging, and three
   buttons zoom and move it. A wheel alone, or one finger, scrolls as everywhere. `anchor` finds what a zoom by keys or
   buttons goes to. Where the whole picture would be smaller than `least`, it starts at that size. */
(function (scroller, svg, anchor, least) {
  "use strict";
  const STEP = 1.4, LARGEST = 8, touches = new Map();
  let fits = true, scale = 1, dragged = false;
  const size = () => svg.viewBox.baseVal;

  function whole() {
    const room = scroller.getBoundingClientRect(), height = parseFloat(getComputedStyle(scroller).maxHeight) || room.height;
    return Math.min(1, Math.floor(room.width) / size().width, Math.floor(height) / size().height);
  }
  function draw() {
    if (fits) scale = whole();
    svg.style.width = Math.floor(size().width * scale) + "px";
    svg.style.height = Math.floor(size().height * scale) + "px";
    fit.textContent = fits && scale < 1 ? "100 %" : "Fit";
    scroller.style.cursor = fits ? "" : "grab";
  }
  function middle(node) {
    const r = node.getBoundingClientRect();
    return [r.left + r.width / 2, r.top + r.height / 2];
  }
  /* A point of the window stays where it is, or the anchor comes to the middle. */
  function zoom(to, point) {
    const [x, y] = point || middle(anchor()), [newX, newY] = point || middle(scroller);
    const a = svg.getBoundingClientRect(), u = (x - a.left) / (a.width || 1), v = (y - a.top) / (a.height || 1);
    fits = to <= whole();
    scale = Math.min(LARGEST, to);
    draw();
    const b = svg.getBoundingClientRect();
    scroller.scrollLeft += b.left + u * b.width - newX;
    scroller.scrollTop += b.top + v * b.height - newY;
  }
  function turn() {
    zoom(fits ? 1 : 0);
  }
  const moves = () => scroller.scrollWidth > scroller.clientWidth || scroller.scrollHeight > scroller.clientHeight;

  const bar = document.createElement("div");
  bar.className = "micrograd-zoom";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Size of the picture");
  function button(text, title, act) {
    const node = bar.appendChild(document.createElement("button"));
    node.type = "button";
    node.textContent = text;
    node.title = title;
    if (text.length === 1) node.setAttribute("aria-label", title.slice(0, -4));
    node.addEventListener("click", act);
    return node;
  }
  button("−", "Zoom out (−)", () => zoom(scale / STEP));
  button("+", "Zoom in (+)", () => zoom(scale * STEP));
  const fit = button("Fit", "The whole picture, or full size (0)", turn);
  scroller.after(bar);

  /* On a page of its own the keys are heard everywhere. */
  (scroller.closest(".micrograd-page") || scroller.parentNode).addEventListener("keydown", function (event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input,select,textarea")) return;
    if (key === "+" || key === "=") zoom(scale * STEP);
    else if (key === "-" || key === "−") zoom(scale / STEP);
    else if (key === "0") turn();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  scroller.addEventListener("keydown", function (event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey || !moves()) return;
    scroller.scrollBy(60 * way[0], 60 * way[1]);
    event.preventDefault();
    event.stopPropagation();
  });
  scroller.addEventListener("wheel", function (event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(scale * Math.exp(-Math.max(-30, Math.min(30, event.deltaY)) / 90), [event.clientX, event.clientY]);
  }, { passive: false });

  scroller.style.touchAction = "pan-x pan-y";
  scroller.addEventListener("touchmove", (event) => { if (event.touches.length > 1) event.preventDefault(); }, { passive: false });
  scroller.addEventListener("pointerdown", function (event) {
    if (event.pointerType === "mouse" && (event.button || !moves())) return;
    dragged = false;
    touches.set(event.pointerId, event);
  });
  scroller.addEventListener("pointermove", function (event) {
    const before = touches.get(event.pointerId), other = [...touches.values()].find((touch) => touch.pointerId !== event.pointerId);
    if (!before) return;
    const far = (touch) => Math.hypot(touch.clientX - other.clientX, touch.clientY - other.clientY);
    if (other) {
      zoom(scale * far(event) / Math.max(1, far(before)), [(event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2]);
      dragged = true;
    } else if (event.pointerType === "mouse") {
      if (!event.buttons) return touches.clear();
      const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
      if (!dragged && Math.hypot(dx, dy) < 5) return;
      if (!dragged) scroller.setPointerCapture(event.pointerId);
      dragged = true;
      scroller.scrollBy(-dx, -dy);
    }
    touches.set(event.pointerId, event);
  });
  for (const end of ["pointerup", "pointercancel"]) scroller.addEventListener(end, (event) => touches.delete(event.pointerId));
  /* The end of a drag is no click. */
  scroller.addEventListener("click", function (event) {
    if (dragged) event.stopPropagation();
    dragged = false;
  }, true);

  new ResizeObserver(() => { if (fits) draw(); }).observe(scroller);
  draw();
  if (scale < least) zoom(least);
  return draw;
})
