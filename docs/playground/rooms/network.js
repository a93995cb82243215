// The room of networks: what the reader does. network/train.js asks Python, network/show.js shows what it tells.
import * as address from "../address.js";
import { copy } from "../copied.js";
import { follow as followFrame, show as showFrame } from "../frame.js";
import { onStatus } from "../python.js";
import { onTheme } from "../theme.js";
import { Edits } from "./network/edits.js";
import { createGraph } from "./network/graph.js";
import { createPlane } from "./network/plane.js";
import * as settings from "./network/settings.js";
import { draw, drawDetail, say, sayAtPlane, setTool, take } from "./network/show.js";
import { $, state } from "./network/state.js";
import { ask, begin, guarded, lookAt, makePart, orders, pause, prepare, train } from "./network/train.js";

/** Other settings: what a training starts from begins a new one, the rest holds from the next update on. */
function change(next) {
  const { now, run, shown } = state;
  state.misread = "";
  const fresh = JSON.stringify(settings.beginning(next)) !== JSON.stringify(settings.beginning(now));
  const other = ["batch", "decay", "how"].some((name) => next[name] !== now[name]);
  state.now = next;
  address.write("network", settings.write(next));
  if (fresh) return begin();
  if (run || shown.lost) return null;
  return other ? prepare() : draw();
}

/** The reader has set, moved or removed a point: the same weights, other points. */
function edited(rows) {
  const now = { ...state.now, data: "points", points: rows };
  Object.assign(state, { points: rows, picked: -1, pinned: null, box: settings.OWN_BOX, now });
  settings.fill($("settings"), now);
  address.write("network", settings.write(now));
  draw();
  sayAtPlane();
  if (!state.run) say("Other points, the same weights: the next update begins with its forward pass.");
}

/** A point of the plane is clicked on: an example, or any other. */
function pick(k, x, y) {
  const { points, edits } = state;
  state.picked = k;
  state.pinned = k >= 0 ? points[k].slice(0, 2) : [x, y];
  edits.point(state.pinned);
  const [px, py, label] = points[k] ?? [];
  $("plane-said").textContent = k >= 0
    ? `Example ${k + 1}: (${px.toFixed(2)}, ${py.toFixed(2)}), label ${label}. The nodes keep what they make of it.`
    : "The nodes keep what they make of this point.";
}

async function stepThrough() {
  if (!state.points.length) return;
  const k = state.picked >= 0 ? state.picked : state.shown.example?.k ?? 0;
  const told = await ask("network.step", k), frame = $("lesson");
  frame.hidden = Boolean(told.refused);
  $("lesson-said").textContent = told.refused
    ? `The backward pass of one example makes ${told.refused} contributions, too many to step through: choose fewer neurons, 2-4-4-1 say (at most ${told.most}).`
    : `Example ${k + 1}. With Look, a click on a point chooses another one.`;
  if (told.refused) return;
  showFrame(frame, told.html, told.height);
  frame.scrollIntoView({ block: "nearest" });
}

async function copyLink() {
  address.write("network", settings.write(state.now));
  const what = "It opens this training at its beginning, with the same numbers.";
  say(`The link is ${await copy(location.href) ? "copied" : "in the address bar"}. ${what}`);
}

function createPictures() {
  const edits = new Edits({
    points: () => state.points,
    edited,
    send: (rows) => guarded(async () => take(await ask("network.set_points", rows, orders({ field: state.run ? 25 : 50 })))),
    look: (point) => guarded(() => lookAt(point)),
    full: () => say("200 points is the limit: remove some first.", true),
  });
  const act = {
    pick,
    point: (it) => edits.point(it ? [it.x, it.y] : state.pinned),
    add: (x, y, label) => edits.add(x, y, label),
    move: (k, x, y) => edits.move(k, x, y),
    carry: (k) => { state.picked = k; },
    drop: () => { state.picked = -1; draw(); },
    remove: (k) => edits.remove(k),
  };
  const plane = createPlane($("plane"), () => {
    const { shown, run } = state;
    return { ...state, chosen: run && !shown.example ? null : shown.chosen };
  }, act);
  const graph = createGraph($("graph"), () => {
    const { shown, now, lines, pointed, selected, probe, points } = state;
    return {
      ...shown, hidden: now.hidden, lines, selected: pointed >= 0 ? pointed : selected,
      activations: shown.probe ?? shown.example?.activations,
      point: shown.probe ? probe : shown.example ? points[shown.example.k] : null,
    };
  }, choose);
  Object.assign(state, { plane, graph, edits });
}

/** The parameter at place k is pointed at, or for good selected. */
function choose(k, final) {
  if (!final && state.pointed === k) return;
  if (!final) state.pointed = k;
  else if (k >= 0) Object.assign(state, { selected: k, pointed: -1 });
  if (!state.shown.weights) return;
  state.graph.draw();
  drawDetail();
}

export async function open(section) {
  state.room = section;
  state.now = settings.read(new URLSearchParams());
  createPictures();
  const on = (id, act) => $(id).addEventListener("click", () => guarded(act));
  on("train", () => (state.run ? pause() : train()));
  on("part", makePart);
  on("reset", begin);
  on("link", copyLink);
  on("clear", () => state.edits.clear());
  on("step-through", stepThrough);
  const form = $("settings");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    if (form.reportValidity()) guarded(() => change(settings.take(form, state.now)));
  });
  for (const button of section.querySelectorAll("[data-tool]")) button.addEventListener("click", () => setTool(button.dataset.tool));
  const choices = section.querySelectorAll("[data-lines]");
  for (const button of choices) {
    button.addEventListener("click", () => {
      state.lines = button.dataset.lines;
      for (const other of choices) other.setAttribute("aria-pressed", other === button);
      draw();
    });
  }
  followFrame($("lesson"));
  onTheme(draw);
  new ResizeObserver(draw).observe($("graph"));
  addEventListener("hashchange", () => section.hidden && pause());
  let was = "";
  onStatus(({ state: is }) => {
    if (is === "ready" && was !== is) guarded(prepare);
    was = is;
  });
}

export async function update(parameters) {
  const next = settings.read(parameters), { shown, now } = state;
  const same = JSON.stringify(next) === JSON.stringify(now) || ![...parameters].length;
  if (shown.weights && same) return draw();
  state.now = next;
  settings.fill($("settings"), next);
  const wrong = settings.misread(parameters).join(" and ");
  state.misread = wrong && `The link has ${wrong}, which cannot be: the usual value stands in for it. `;
  if (wrong) address.write("network", settings.write(next));
  await guarded(begin);
}
