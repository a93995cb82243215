// The network as nodes and lines: every weight, and its gradient as a dashed line beside it.
import { FONT, colours, format, prepare, tint, unpack } from "./canvas.js";
import { neuronIndex, nodeName, parameters } from "./shape.js";

const STRENGTH = 0.85; // of the colours in the nodes
const NEAR = 7; // pixels within which a line is meant
const DENSE = 150; // weights; from here on, lines are paler, and small gradients are left out
const short = (number) => (Math.abs(number) >= 100 ? number.toPrecision(3) : number.toFixed(2)).replace(/^-0\.00$/, "0.00").replace("-", "−");
const shortGrad = (number) => (Math.abs(number) < 1e-3 && number !== 0 ? number.toExponential(0) : String(Number(number.toPrecision(2)))).replaceAll("-", "−");

/**
 * The network on `canvas`. `look()` says how it is now: {hidden, weights, grads, lines, selected, dead, activations,
 * point}; `choose(k, final)` is called with the place of a parameter that the reader points at or picks.
 */
export function createGraph(canvas, look, choose) {
  let size = { width: 600, height: 400 }, maps = null, score = null, tints = [], tinted = {};

  /** Take over what each neuron makes of the plane: {n, numbers}. */
  function setMaps(told) {
    if (!told) return;
    maps = { n: told.n, numbers: unpack(told.numbers) };
  }

  /** The last node shows the plane itself: its field, {n, scores}. */
  function setScore(field) {
    score = field;
  }

  function layout() {
    const { hidden } = look(), widths = [2, ...hidden, 1];
    const most = Math.max(...widths), pitch = (size.height - 24) / Math.max(most, 4);
    const side = Math.round(Math.min(46, Math.max(14, pitch - (pitch > 52 ? 30 : pitch > 40 ? 18 : 7))));
    const margin = size.width < 480 ? 26 : 52;
    const nodes = widths.map((count, column) => {
      const x = margin + side / 2 + column / (widths.length - 1) * (size.width - 2 * margin - side);
      const gap = Math.min(size.height / count, pitch * (count < most ? 1.25 : 1));
      return Array.from({ length: count }, (_, row) => ({ x, y: size.height / 2 + (row - (count - 1) / 2) * gap }));
    });
    return { widths, pitch, side, nodes };
  }

  /** The line of a weight: from the right side of a node to the left side of another. */
  const lineOf = ({ nodes, side }, { layer, neuron, input }) => {
    const from = nodes[layer][input], to = nodes[layer + 1][neuron];
    return [from.x + side / 2 + 1, from.y, to.x - side / 2 - 1, to.y];
  };

  function draw() {
    const prepared = prepare(canvas), { context } = prepared, theme = colours(canvas);
    size = prepared;
    const { hidden, weights, grads, lines, selected, dead, activations, point } = look();
    if (!weights) return;
    const plan = layout(), all = parameters(hidden), { side, nodes, widths, pitch } = plan;
    const largest = Math.max(...grads.map(Math.abs), 1e-12);
    const few = Math.max(...hidden) <= 4, dense = all.length > DENSE;
    const stroke = (k, number, wide, shift, dashed) => {
      if (!Number.isFinite(number) || number === 0) return;
      const [x0, y0, x1, y1] = lineOf(plan, all[k]);
      const long = Math.hypot(x1 - x0, y1 - y0), [dx, dy] = [-(y1 - y0) / long * shift, (x1 - x0) / long * shift];
      context.beginPath();
      context.setLineDash(dashed ? [6, 4] : []);
      context.moveTo(x0 + dx, y0 + dy);
      context.lineTo(x1 + dx, y1 + dy);
      context.lineWidth = wide;
      context.strokeStyle = number > 0 ? theme.plus : theme.minus;
      context.stroke();
    };
    const widthOf = (weight) => Math.min(8, 0.6 + 2 * Math.abs(weight));
    all.forEach(({ input }, k) => {
      if (input === null) return;
      const wide = widthOf(weights[k]);
      if (lines !== "grads") {
        context.globalAlpha = dense ? 0.55 : 0.85;
        stroke(k, weights[k], wide, 0, false);
      }
      if (lines !== "weights") {
        const part = Math.abs(grads[k]) / largest;
        context.globalAlpha = dense ? 0.15 + 0.85 * part : 0.35 + 0.65 * part;
        if (!dense || part > 0.05) stroke(k, grads[k], 0.8 + 3.4 * part, lines === "both" ? wide / 2 + 3 : 0, true);
      }
    });
    context.globalAlpha = 1;
    context.setLineDash([]);
    if (all[selected]?.input !== null && all[selected]) {
      const [x0, y0, x1, y1] = lineOf(plan, all[selected]);
      context.lineWidth = widthOf(weights[selected]) + 7;
      context.strokeStyle = theme.accent;
      context.globalAlpha = 0.45;
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
      context.globalAlpha = 1;
    }
    if (few && (size.width > 560 || all.length <= 16)) {
      all.forEach((one, k) => one.input !== null && numberOn(context, theme, plan, one, weights[k], grads[k], lines));
    }
    drawNodes(context, theme, plan, { hidden, weights, selected, dead, activations, point, all, widths, pitch, side, nodes });
  }

  /** The numbers of a weight on its line; those of neighbours stand at different places. */
  function numberOn(context, theme, plan, one, weight, grad, lines) {
    const [x0, y0, x1, y1] = lineOf(plan, one);
    const count = plan.widths[one.layer];
    const t = count === 1 ? 0.5 : 0.32 + 0.46 * one.input / (count - 1);
    const [x, y] = [x0 + (x1 - x0) * t, y0 + (y1 - y0) * t];
    label(context, theme, lines === "grads" ? shortGrad(grad) : short(weight), x, y, theme.ink);
    const room = count * plan.widths[one.layer + 1] <= 8;
    if (lines === "both" && room && grad !== 0) label(context, theme, `∂ ${shortGrad(grad)}`, x, y + 13, theme.muted);
  }

  function label(context, theme, text, x, y, colour) {
    context.font = `11px ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = theme.panel;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  /** The pictures in the nodes, made again where they or the colours have changed. */
  function paint(theme) {
    const key = `${theme.page}${theme.plus}`;
    if (maps && (tinted.maps !== maps || tinted.key !== key)) {
      const cells = maps.n ** 2;
      tints = Array.from({ length: maps.numbers.length / cells }, (_, k) => tint(maps.numbers.subarray(k * cells, (k + 1) * cells), maps.n, theme, STRENGTH));
      tinted = { maps, key };
    }
    if (score && tints.length && tinted.score !== score) {
      tints[tints.length - 1] = tint(score.scores, score.n, theme, STRENGTH);
      tinted.score = score;
    }
  }

  function drawNodes(context, theme, plan, { hidden, weights, selected, dead, activations, point, all, widths, pitch, side, nodes }) {
    paint(theme);
    nodes.forEach((column, c) => column.forEach(({ x, y }, row) => {
      const [left, top] = [x - side / 2, y - side / 2];
      const k = c === 0 ? -1 : neuronIndex(hidden, c - 1, row);
      const bias = c === 0 ? -1 : all.findIndex(({ layer, neuron, input }) => layer === c - 1 && neuron === row && input === null);
      const isDead = c > 0 && dead?.includes(k);
      context.save();
      context.beginPath();
      context.roundRect(left, top, side, side, Math.min(8, side / 4));
      context.fillStyle = theme.page;
      context.fill();
      context.clip();
      context.imageSmoothingQuality = "high";
      if (k >= 0 && tints[k]) context.drawImage(tints[k], left, top, side, side);
      context.restore();
      context.beginPath();
      context.roundRect(left, top, side, side, Math.min(8, side / 4));
      context.setLineDash(isDead ? [3, 3] : []);
      context.strokeStyle = bias === selected ? theme.accent : theme.muted;
      context.lineWidth = bias === selected ? 4 : 1.5;
      context.stroke();
      context.setLineDash([]);
      const name = nodeName(c, row, widths.length);
      if (c === 0) label(context, theme, name, x, y, theme.ink);
      if (isDead) label(context, theme, side > 26 ? "dead" : "✕", x, y, theme.ink);
      const out = c === 0 ? point?.[row] : activations?.[k];
      const below = out !== undefined ? short(out) : c === 0 ? "" : `b ${short(weights[bias])}`;
      if (pitch > 40 || widths[c] < 5) label(context, theme, below, x, y + side / 2 + 9, out !== undefined ? theme.ink : theme.muted);
      if (c === widths.length - 1) label(context, theme, "score", x, y - side / 2 - 9, theme.ink);
      else if (pitch > 52 && out !== undefined && c > 0) label(context, theme, `b ${short(weights[bias])}`, x, y - side / 2 - 8, theme.muted);
    }));
  }

  /** The place of the parameter at a point of the canvas: a line, or a node for its bias; -1 if there is none. */
  function at(px, py) {
    const plan = layout(), all = parameters(look().hidden);
    let found = -1, least = NEAR;
    all.forEach((one, k) => {
      if (one.input === null) {
        const { x, y } = plan.nodes[one.layer + 1][one.neuron];
        if (Math.max(Math.abs(px - x), Math.abs(py - y)) <= plan.side / 2) [found, least] = [k, 0];
        return;
      }
      const [x0, y0, x1, y1] = lineOf(plan, one);
      const t = Math.min(1, Math.max(0, ((px - x0) * (x1 - x0) + (py - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)));
      const distance = Math.hypot(px - x0 - t * (x1 - x0), py - y0 - t * (y1 - y0));
      if (distance < least) [found, least] = [k, distance];
    });
    return found;
  }

  canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => choose(at(offsetX, offsetY), false));
  canvas.addEventListener("pointerleave", () => choose(-1, false));
  canvas.addEventListener("click", ({ offsetX, offsetY }) => choose(at(offsetX, offsetY), true));
  canvas.addEventListener("keydown", (event) => {
    const all = parameters(look().hidden), { selected } = look();
    const { layer } = all[selected] ?? all[0];
    const first = (wanted) => all.findIndex((one) => one.layer === wanted);
    const next = {
      ArrowDown: () => selected + 1,
      ArrowUp: () => selected - 1,
      ArrowRight: () => first(layer + 1),
      ArrowLeft: () => first(layer - 1),
      Home: () => 0,
      End: () => all.length - 1,
    }[event.key]?.();
    if (next === undefined) return;
    event.preventDefault();
    if (all[next]) choose(next, true);
  });
  return { draw, setMaps, setScore };
}
