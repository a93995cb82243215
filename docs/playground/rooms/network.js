// The room of networks: what the reader does, what Python tells, and the pictures of both.
import * as address from "../address.js";
import { follow as followFrame, show as showFrame } from "../frame.js";
import { PythonError, Stopped, onStatus, python, status } from "../python.js";
import { onTheme } from "../theme.js";
import { format } from "./network/canvas.js";
import { History, drawCurve } from "./network/curve.js";
import { Edits } from "./network/edits.js";
import { createGraph } from "./network/graph.js";
import { Pace } from "./network/pace.js";
import { createPlane } from "./network/plane.js";
import * as settings from "./network/settings.js";
import { neuronIndex, parameters } from "./network/shape.js";
import * as words from "./network/words.js";

const $ = (id) => document.getElementById(`net-${id}`);
const NEXT = { update: "Forward", forward: "Backward", backward: "Update" };
const HINT = "Press Train, or make one update by hand: forward, backward, update.";
const WAITING = "The weights are drawn and the first picture is computed …";
const COMPILING = "The loss is being compiled: it runs once, is recorded, and from then on is a program …";

let room, plane, graph, now = null, edits;
let shown = { weights: null, grads: [], phase: "update" }; // what Python has told last
let points = [], box = [-1, 1, -1, 1], history = new History(), whole = [];
let first = null; // the loss before any update
let running = false, ended = Promise.resolve(), started = 0;
let selected = 0, pointed = -1, lines = "both", tool = "look", probe = null, picked = -1, pinned = null;

// ---- asking Python: one call after the other, and a lost training is taken up again

let queue = Promise.resolve();
function ask(name, ...args) {
  const mine = started;
  const answer = queue.then(async () => {
    try {
      return await python(name, ...args);
    } catch (error) {
      if (!(error instanceof PythonError && error.kind === "NotStarted")) throw error;
      await python("network.start", settings.beginning(now), { weights: shown.weights, steps: shown.step, seen: shown.seen });
      return python(name, ...args);
    }
  });
  queue = answer.catch(() => {});
  return answer.then((told) => (mine === started ? told : new Promise(() => {}))); // of an earlier training: nobody waits
}

const orders = (more = {}) => ({ rate: now.rate, decay: now.decay, batch: now.batch, how: now.how, probe, ...more });

/** Run `act`, and say what went wrong in it. */
async function guarded(act) {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Stopped)) say(error.message, true);
    return null;
  }
}

// ---- showing

function say(text, warn = false) {
  $("said").textContent = text;
  $("said").classList.toggle("warn", warn);
}

function take(told) {
  for (const loss of told.losses ?? []) history.add(loss);
  if (told.lost) {
    pause();
    Object.assign(shown, { step: told.step, lost: true });
    say(words.lost(now.rate), true);
    return;
  }
  shown = { ...shown, example: null, probe: null, dead: null, ...told };
  if (told.points) points = told.points;
  if (told.box) box = told.box;
  plane.setField(told.field);
  graph.setMaps(told.maps);
  graph.setScore(plane.field());
  if (now.batch && told.losses?.length && told.whole !== null) whole.push([told.step, told.whole]);
  if (shown.step === 0) first = shown.whole;
  const times = shown.whole / first;
  if (running && first && times > 10) say(words.worse(times, now.rate), true);
  if (whole.length > 1500) whole = whole.filter((_, k) => k % 2 === 0);
  draw();
}

function draw() {
  if (room.hidden || !shown.weights) return;
  plane.draw();
  graph.draw();
  drawCurve($("curve"), history, whole, shown.step ?? 0);
  const loss = shown.whole ?? shown.loss;
  $("step").textContent = (shown.step ?? 0).toLocaleString("en");
  $("loss").textContent = loss === null || loss === undefined ? "–" : loss.toFixed(4);
  $("right").textContent = points.length ? `${(100 * shown.accuracy).toFixed(0)} %` : "–";
  for (const item of room.querySelectorAll(".net-parts li")) {
    if (!running && item.dataset.part === shown.phase && (shown.step || shown.phase !== "update")) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
  $("part").textContent = now.batch === 1 && shown.phase === "update" ? "Next example" : NEXT[shown.phase];
  $("curve-said").textContent = now.batch ? "The loss: of the examples of each update (thin), of all points (thick)" : "The loss, update by update";
  const widest = Math.max(...shown.grads.map(Math.abs));
  $("widest").textContent = lines !== "weights" && widest ? `widest dashed line: ${format(widest)}` : "";
  $("train").disabled = $("part").disabled = !points.length || Boolean(shown.lost);
  drawDetail();
}

function drawDetail() {
  const all = parameters(now.hidden), k = all[pointed] ? pointed : selected, one = all[k];
  const columns = now.hidden.length + 2;
  const bias = all.findIndex((other) => other.layer === one.layer && other.neuron === one.neuron && other.input === null);
  const { example } = shown;
  const from = !example ? 0 : one.layer === 0 ? points[example.k][one.input ?? 0] : example.activations[neuronIndex(now.hidden, one.layer - 1, one.input ?? 0)];
  const numbers = { weight: shown.weights[k], grad: shown.grads[k], bias: shown.grads[bias], from, example, phase: shown.phase };
  $("detail").innerHTML = words.parameter(one, columns, { ...numbers, rate: now.rate, decay: one.input === null ? 0 : now.decay });
}

/** What the plane says below itself. */
function sayAtPlane() {
  const said = {
    look: "Point at the plane: the nodes show what they make of that point. A click keeps it.",
    1: "A click sets a blue point (label 1), with Shift an orange one; points can be dragged. Keys: arrows, Enter, Delete.",
    "-1": "A click sets an orange point (label −1), with Shift a blue one; points can be dragged. Keys: arrows, Enter, Delete.",
    remove: "A click removes a point.",
  };
  const dead = shown.dead?.length ? ` ${words.dead(shown.dead.length)}` : "";
  $("plane-said").textContent = (points.length ? said[tool] : "No points yet: choose +1 or −1 and click on the plane.") + dead;
}

// ---- training

async function train() {
  running = true;
  $("train").textContent = "Pause";
  $("train").setAttribute("aria-pressed", "true");
  $("detail").setAttribute("aria-live", "off");
  say("Training: forward, backward, update, again and again. You may change everything while it runs.");
  const pace = new Pace(), mine = started;
  let coming = null; // Python computes a picture while the page draws the one before
  const next = () => ask("network.frame", orders(pace.order(now.pace)));
  while (running && mine === started) {
    const told = await (coming ?? next());
    coming = running && now.pace === "fast" && !told.lost ? next() : null;
    take(told);
    $("ms").textContent = pace.note(told, now.pace);
    sayAtPlane();
    await pace.rest(now.pace);
  }
  if (mine !== started || shown.lost) return;
  if (coming) take(await coming);
  if (!shown.lost) await refine();
  sayPaused();
}

function pause() {
  if (!running) return;
  running = false;
  $("train").textContent = "Train";
  $("train").removeAttribute("aria-pressed");
  $("detail").setAttribute("aria-live", "polite");
}

function sayPaused() {
  if (running || shown.lost) return;
  say(`Paused after ${words.count(shown.step, "update")}: the dashed lines are the gradients of the next one.`);
}

/** A finer picture, when there is time for it. */
async function refine() {
  take(await ask("network.look", orders({ field: 100, maps: true })));
}

async function makePart() {
  pause();
  await ended;
  if (shown.lost) return;
  const k = selected, before = { weight: shown.weights[k], grad: shown.grads[k] };
  const told = await ask("network.part", orders({ field: 50, maps: shown.phase === "backward" }));
  take(told);
  if (!told.lost) say(words.part(shown, { points, decay: now.decay, rate: now.rate }, { ...parameters(now.hidden)[k], k }, before));
}

/** A new training from the settings; the first picture may be a stored one. */
async function begin() {
  pause();
  started++;
  [history, whole, picked, pinned, probe] = [new History(), [], -1, null, null];
  if (selected >= parameters(now.hidden).length) selected = 0;
  $("ms").textContent = "–";
  $("train").disabled = $("part").disabled = true;
  $("lesson").hidden = true;
  say(WAITING);
  const told = await ask("network.start", settings.beginning(now));
  shown = { step: 0, loss: null };
  take(told);
  setTool(now.data === "points" ? (tool === "look" ? "1" : tool) : tool);
  say(HINT);
  await ready();
}

/** Compile what the training needs, as soon as Python is there. */
async function ready() {
  if (status.state !== "ready" || !points.length) return;
  say(COMPILING);
  take(await ask("network.prepare", orders({ field: 100, maps: true })));
  sayAtPlane();
  if (!running && $("said").textContent === COMPILING) say(HINT);
}

// ---- settings

function changed(next) {
  const fresh = JSON.stringify(settings.beginning(next)) !== JSON.stringify(settings.beginning(now));
  now = next;
  address.write("network", settings.write(now));
  if (fresh) return begin();
  return running ? null : ready();
}

function setTool(name) {
  tool = name;
  for (const button of room.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", button.dataset.tool === name);
  sayAtPlane();
}

/** The reader has set, moved or removed a point: the same weights, other points. */
function edited(rows) {
  [points, picked, pinned] = [rows, -1, null];
  now = { ...now, data: "points", points: rows };
  box = settings.OWN_BOX;
  settings.fill($("settings"), now);
  address.write("network", settings.write(now));
  draw();
  sayAtPlane();
  if (!running) say("Other points, the same weights: the next update begins with its forward pass.");
}

async function stepThrough() {
  if (!points.length) return;
  const k = picked >= 0 ? picked : shown.example?.k ?? 0;
  const told = await ask("network.step", k);
  const frame = $("lesson");
  frame.hidden = Boolean(told.refused);
  $("lesson-said").textContent = told.refused
    ? `The backward pass of one example makes ${told.refused} contributions, too many to step through: choose fewer neurons, 2-4-4-1 say (at most ${told.most}).`
    : `Example ${k + 1}. With Look, a click on a point chooses another one.`;
  if (told.refused) return;
  showFrame(frame, told.html, told.height);
  frame.scrollIntoView({ block: "nearest" });
}

async function copyLink() {
  address.write("network", settings.write(now));
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied. It opens this training at its beginning, with the same numbers.");
  } catch {
    say("The link is in the address bar. It opens this training at its beginning, with the same numbers.");
  }
}

async function lookAt(point) {
  probe = point;
  if (running) return;
  const told = await ask("network.look", orders());
  if (!running) take(told);
}

// ---- opening

export async function open(section) {
  room = section;
  now = settings.read(new URLSearchParams());
  const act = {
    point: (it) => edits.point(it ? [it.x, it.y] : pinned),
    pick(k, x, y) {
      picked = k;
      pinned = k >= 0 ? points[k].slice(0, 2) : [x, y];
      edits.point(pinned);
      $("plane-said").textContent = k >= 0 ? `Example ${k + 1}: (${points[k][0].toFixed(2)}, ${points[k][1].toFixed(2)}), label ${points[k][2]}. The nodes keep what they make of it.` : "The nodes keep what they make of this point.";
    },
    add: (x, y, label) => edits.add(x, y, label),
    move: (k, x, y) => edits.move(k, x, y),
    carry: (k) => { picked = k; },
    drop: () => { picked = -1; draw(); },
    remove: (k) => edits.remove(k),
  };
  edits = new Edits({
    points: () => points,
    edited,
    send: (rows) => guarded(async () => take(await ask("network.set_points", rows, orders({ field: running ? 25 : 50 })))),
    look: (point) => guarded(() => lookAt(point)),
    full: () => say("200 points are the most.", true),
  });
  plane = createPlane($("plane"), () => ({ points, box, tool, picked, chosen: running && !shown.example ? null : shown.chosen }), act);
  graph = createGraph($("graph"), () => ({
    ...shown, hidden: now.hidden, lines, selected: pointed >= 0 ? pointed : selected,
    activations: shown.probe ?? shown.example?.activations,
    point: shown.probe ? probe : shown.example ? points[shown.example.k] : null,
  }), (k, final) => {
    if (final) selected = k >= 0 ? k : selected;
    else if (pointed === k) return;
    else pointed = k;
    graph.draw();
    if (shown.weights) drawDetail();
  });
  $("train").addEventListener("click", () => (running ? pause() : (ended = guarded(train).finally(pause))));
  $("part").addEventListener("click", () => guarded(makePart));
  $("reset").addEventListener("click", () => guarded(begin));
  $("link").addEventListener("click", () => guarded(copyLink));
  $("clear").addEventListener("click", () => edits.clear());
  $("step-through").addEventListener("click", () => guarded(stepThrough));
  $("settings").addEventListener("submit", (event) => event.preventDefault());
  $("settings").addEventListener("change", () => {
    if ($("settings").checkValidity()) guarded(() => changed(settings.take($("settings"), now)));
    else $("settings").reportValidity();
  });
  for (const button of room.querySelectorAll("[data-tool]")) button.addEventListener("click", () => setTool(button.dataset.tool));
  for (const button of room.querySelectorAll("[data-lines]")) {
    button.addEventListener("click", () => {
      lines = button.dataset.lines;
      for (const other of room.querySelectorAll("[data-lines]")) other.setAttribute("aria-pressed", other === button);
      draw();
    });
  }
  followFrame($("lesson"));
  onTheme(draw);
  new ResizeObserver(draw).observe($("graph"));
  addEventListener("hashchange", () => room.hidden && pause());
  onStatus(({ state }) => state === "ready" && shown.weights && guarded(ready));
}

export async function update(parameters_) {
  const next = settings.read(parameters_);
  if (shown.weights && JSON.stringify(next) === JSON.stringify(now)) return draw();
  if (shown.weights && ![...parameters_].length) return draw();
  now = next;
  settings.fill($("settings"), now);
  await guarded(begin);
}
