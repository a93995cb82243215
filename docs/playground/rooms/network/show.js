// What Python has told becomes pictures, figures and sentences.
import { format } from "./canvas.js";
import { drawCurve } from "./curve.js";
import { neuronIndex, parameters } from "./shape.js";
import { $, state } from "./state.js";
import * as words from "./words.js";

const NEXT = { update: "Forward", forward: "Backward", backward: "Update" };
const TOOLS = {
  look: "Point at the plane: the nodes show what they make of that point. A click keeps it.",
  1: "A click sets a blue point (label 1), with Shift an orange one; points can be dragged. Keys: arrows, Enter, Delete.",
  "-1": "A click sets an orange point (label −1), with Shift a blue one; points can be dragged. Keys: arrows, Enter, Delete.",
  remove: "A click removes a point.",
};
const TOO_MUCH = 10; // times the first loss

export function say(text, warn = false) {
  $("said").textContent = text;
  $("said").classList.toggle("warn", warn);
}

/** Take over what Python has told, and show it. */
export function take(told) {
  const { now, plane, graph } = state;
  for (const loss of told.losses ?? []) state.history.add(loss);
  if (told.lost) {
    Object.assign(state.shown, { step: told.step, lost: true });
    draw();
    say(words.lost(now.rate), true);
    return;
  }
  const shown = (state.shown = { ...state.shown, example: null, probe: null, dead: null, ...told });
  if (told.points) state.points = told.points;
  if (told.box) state.box = told.box;
  plane.setField(told.field);
  graph.setMaps(told.maps);
  graph.setScore(plane.field());
  if (now.batch && told.losses?.length && told.whole !== null) state.whole.push([told.step, told.whole]);
  if (state.whole.length > 1500) state.whole = state.whole.filter((_, k) => k % 2 === 0);
  if (shown.step === 0) state.first = shown.whole;
  if (state.run && state.first && shown.whole > TOO_MUCH * state.first) {
    say(words.worse(shown.whole / state.first, now.rate), true);
  }
  draw();
}

/** Draw everything as it is now. */
export function draw() {
  const { room, shown, plane, graph, now } = state;
  if (room.hidden || !shown.weights) return;
  plane.draw();
  graph.draw();
  drawCurve($("curve"), state.history, state.whole, shown.step ?? 0);
  $("curve-said").textContent = now.batch ? "The loss: of the examples of each update (thin), of all points (thick)" : "The loss, update by update";
  drawFigures();
  drawPart();
  drawDetail();
}

function drawFigures() {
  const { shown, points, lines } = state, loss = shown.whole ?? shown.loss;
  $("step").textContent = (shown.step ?? 0).toLocaleString("en");
  $("loss").textContent = shown.lost ? "∞" : typeof loss === "number" ? loss.toFixed(4) : "–";
  $("right").textContent = points.length ? `${(100 * shown.accuracy).toFixed(0)} %` : "–";
  $("dead").textContent = shown.dead?.length ? words.dead(shown.dead.length) : "";
  const widest = Math.max(...shown.grads.map(Math.abs));
  $("widest").textContent = lines !== "weights" && widest ? `widest dashed line: ${format(widest)}` : "";
}

/** Which part of an update was made last, and which one the button makes. */
function drawPart() {
  const { room, shown, run, now, points } = state;
  for (const item of room.querySelectorAll(".net-parts li")) {
    const made = item.dataset.part === shown.phase && (shown.step || shown.phase !== "update");
    if (made && !run) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
  $("part").textContent = now.batch === 1 && shown.phase === "update" ? "Next example" : NEXT[shown.phase];
  $("train").disabled = $("part").disabled = !points.length || Boolean(shown.lost);
}

/** The numbers of the parameter that is pointed at, or else selected. */
export function drawDetail() {
  const { shown, now, points } = state, { example } = shown;
  const all = parameters(now.hidden), k = all[state.pointed] ? state.pointed : state.selected, one = all[k];
  const bias = all.findIndex(({ layer, neuron, input }) => layer === one.layer && neuron === one.neuron && input === null);
  let from = 0;
  if (example && one.input !== null) {
    from = one.layer === 0 ? points[example.k][one.input] : example.activations[neuronIndex(now.hidden, one.layer - 1, one.input)];
  }
  $("detail").innerHTML = words.parameter(one, now.hidden.length + 2, {
    weight: shown.weights[k], grad: shown.grads[k], bias: shown.grads[bias], from, example, phase: shown.phase,
    rate: now.rate, decay: one.input === null ? 0 : now.decay,
  });
}

/** How long an update takes with each engine that was tried on this network. */
export function sayEngines() {
  const tried = Object.entries(state.engines).sort(([, a], [, b]) => a - b);
  const fastest = tried[0]?.[1];
  const parts = tried.map(([name, ms], k) => `${name} ${ms.toFixed(1)} ms${k ? ` (${(ms / fastest).toFixed(ms < 10 * fastest ? 1 : 0)}\u00a0×)` : ""}`);
  $("engines").textContent = tried.length > 1 ? `An update: ${parts.join(", ")}` : "";
}

/** What the plane says below itself. */
export function sayAtPlane() {
  const { points, tool } = state;
  $("plane-said").textContent = points.length ? TOOLS[tool] : "No points yet: choose +1 or −1 and click on the plane.";
}

export function setTool(name) {
  state.tool = name;
  $("plane").style.touchAction = name === "look" || name === "remove" ? "manipulation" : "none"; // a finger drags points
  for (const button of state.room.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", button.dataset.tool === name);
  sayAtPlane();
}
