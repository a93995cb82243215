// The plane: the points, and behind them the score of the network with the line where it is 0.
import { colours, prepare, tint, unpack } from "./canvas.js";
import { nearest } from "./points.js";

const REACH = 14; // pixels within which a point is meant

/**
 * The plane on `canvas`. `act` is told what the reader does: point({x, y} or null), pick(k), use(x, y, other, k),
 * move(k, x, y), drop(), remove(k). `look()` says how the plane is now: {points, box, tool, picked, chosen}.
 */
export function createPlane(canvas, look, act) {
  let picture = null, line = [], size = { width: 1, height: 1 };
  let cross = null, carried = -1, dragged = -1, moved = false, pressed = false;

  const scale = () => {
    const [left, right, bottom, top] = look().box;
    return { left, top, bottom, right, across: size.width / (right - left), down: size.height / (top - bottom) };
  };
  const place = (x, y) => {
    const { left, top, across, down } = scale();
    return [(x - left) * across, (top - y) * down];
  };
  const where = ({ offsetX, offsetY }) => {
    const { left, top, across, down } = scale();
    return [left + offsetX / across, top - offsetY / down];
  };
  const at = (x, y) => {
    const { across, down } = scale();
    return nearest(look().points, x, y, across, down, REACH);
  };

  /** Take over a new field: {n, scores}, or null for none. */
  function setField(field) {
    if (!field) return;
    const scores = typeof field.scores === "string" ? unpack(field.scores) : field.scores;
    picture = { n: field.n, scores };
    line = contour(scores, field.n);
  }

  function draw() {
    const prepared = prepare(canvas), { context } = prepared, theme = colours(canvas);
    size = prepared;
    const { points, chosen, picked } = look();
    if (picture) {
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = "high";
      context.drawImage(tint(picture.scores, picture.n, theme, 0.5), 0, 0, size.width, size.height);
      context.beginPath();
      const [across, down] = [size.width / picture.n, size.height / picture.n];
      for (const [x0, y0, x1, y1] of line) {
        context.moveTo(x0 * across, y0 * down);
        context.lineTo(x1 * across, y1 * down);
      }
      context.strokeStyle = theme.ink;
      context.lineWidth = 1.5;
      context.stroke();
    }
    const few = points.length <= 120 ? 5.5 : 4.5;
    const marked = new Set(chosen ?? []);
    points.forEach(([x, y, label], k) => {
      const [px, py] = place(x, y);
      context.beginPath();
      if (label > 0) context.arc(px, py, few, 0, 7);
      else context.rect(px - few * 0.9, py - few * 0.9, few * 1.8, few * 1.8);
      context.fillStyle = label > 0 ? theme.plus : theme.minus;
      context.fill();
      context.strokeStyle = theme.page;
      context.lineWidth = 1.5;
      context.stroke();
      if (marked.has(k) || k === picked) {
        context.beginPath();
        context.arc(px, py, few + 5, 0, 7);
        context.strokeStyle = theme.ink;
        context.lineWidth = k === picked ? 3 : 1.8;
        context.stroke();
      }
    });
    if (cross && document.activeElement === canvas) {
      const [px, py] = place(...cross);
      context.strokeStyle = theme.ink;
      context.lineWidth = 2;
      context.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(px + 4 * dx, py + 4 * dy);
        context.lineTo(px + 14 * dx, py + 14 * dy);
      }
      context.stroke();
    }
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = where(event), k = at(x, y);
    [cross, pressed] = [null, true];
    if (look().tool !== "look" && look().tool !== "remove" && k >= 0) {
      [dragged, moved] = [k, false];
      canvas.setPointerCapture(event.pointerId);
    }
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = where(event);
    if (dragged >= 0) {
      moved = true;
      act.move(dragged, x, y);
    } else if (event.pointerType === "mouse") act.point({ x, y });
  });
  canvas.addEventListener("pointerup", (event) => {
    if (event.button !== 0 || !pressed) return; // it was pressed elsewhere
    const was = dragged;
    [dragged, pressed] = [-1, false];
    if (was >= 0 && moved) return act.drop();
    const [x, y] = where(event);
    use(x, y, event.shiftKey);
  });
  canvas.addEventListener("pointercancel", () => { [dragged, pressed] = [-1, false]; });
  canvas.addEventListener("pointerleave", () => {
    if (dragged < 0) pressed = false;
    act.point(null);
  });

  function use(x, y, other) {
    const { tool } = look(), k = at(x, y);
    if (tool === "look") act.pick(k, x, y);
    else if (tool === "remove") k >= 0 && act.remove(k);
    else if (k < 0) act.add(x, y, other ? -Number(tool) : Number(tool));
    else act.pick(k, x, y);
  }

  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { left, right, bottom, top } = scale();
    cross ??= [(left + right) / 2, (bottom + top) / 2];
    const step = STEPS[event.key];
    if (step) {
      const far = (right - left) / (event.shiftKey ? 10 : 50);
      cross = [Math.min(right, Math.max(left, cross[0] + step[0] * far)), Math.min(top, Math.max(bottom, cross[1] + step[1] * far))];
      if (carried >= 0) act.move(carried, ...cross);
      act.point({ x: cross[0], y: cross[1] });
    } else if (event.key === "Enter" || event.key === " ") {
      const k = at(...cross), sets = !["look", "remove"].includes(look().tool);
      if (carried >= 0) {
        carried = -1;
        act.drop();
      } else if (sets && k >= 0) {
        carried = k;
        act.carry(k);
      } else use(...cross, event.shiftKey);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      const k = carried >= 0 ? carried : at(...cross);
      carried = -1;
      if (k >= 0) act.remove(k);
    } else return;
    event.preventDefault();
    draw();
  });
  canvas.addEventListener("focus", draw);
  canvas.addEventListener("blur", () => {
    if (carried >= 0) act.drop();
    [carried, cross] = [-1, null];
    act.point(null);
    draw();
  });
  return { draw, setField, field: () => picture };
}

/** Where the score is 0: short lines between the middles of the cells (marching squares), in units of a cell. */
export function contour(scores, n) {
  const lines = [];
  const crossing = (a, b) => a / (a - b);
  for (let j = 0; j + 1 < n; j++) {
    for (let i = 0; i + 1 < n; i++) {
      const k = j * n + i;
      const [a, b, c, d] = [scores[k], scores[k + 1], scores[k + n + 1], scores[k + n]]; // clockwise
      const ends = [];
      if (a > 0 !== b > 0) ends.push([i + crossing(a, b), j]);
      if (b > 0 !== c > 0) ends.push([i + 1, j + crossing(b, c)]);
      if (d > 0 !== c > 0) ends.push([i + crossing(d, c), j + 1]);
      if (a > 0 !== d > 0) ends.push([i, j + crossing(a, d)]);
      for (let e = 0; e + 1 < ends.length; e += 2) {
        lines.push([ends[e][0] + 0.5, ends[e][1] + 0.5, ends[e + 1][0] + 0.5, ends[e + 1][1] + 0.5]);
      }
    }
  }
  return lines;
}
