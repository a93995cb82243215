// A training from its beginning: frame by frame, or one part of an update at a time.
import { PythonError, Stopped, isStored, python, status } from "../../python.js";
import { History } from "./curve.js";
import { Pace } from "./pace.js";
import { beginning } from "./settings.js";
import { parameters } from "./shape.js";
import { say, sayEngines, setTool, take } from "./show.js";
import { $, NOTHING, state } from "./state.js";
import * as words from "./words.js";

const HINT = "Press Train, or make one update by hand: forward, backward, update.";
const WAITING = "The weights are drawn and the first picture is computed …";
const COMPILING = "The loss is being compiled: it runs once, is recorded, and from then on is a program …";

let queue = Promise.resolve();
let hasBegun = false; // whether Python may have a training: then the stored picture of a beginning is not enough

/** One call after the other; nobody waits for one of an earlier training any more. */
export function ask(name, ...args) {
  const mine = state.started, isOver = () => mine !== state.started;
  const answer = queue.then(() => (isOver() ? null : answerTo(name, args)));
  queue = answer.catch(() => {});
  return new Promise((resolve, reject) => {
    answer.then((told) => isOver() || resolve(told), (error) => isOver() || reject(error));
  });
}

/** Where Python was started again, the training is taken up where it was. */
async function answerTo(name, args) {
  const call = name === "network.start" && hasBegun ? [name, ...args, null] : [name, ...args];
  hasBegun ||= !isStored(...call);
  try {
    return await python(...call);
  } catch (error) {
    if (error instanceof Stopped) return answerTo(name, args);
    if (!(error instanceof PythonError && error.kind === "NotStarted")) throw error;
    const { weights, step: steps, seen } = state.shown;
    await python("network.start", beginning(state.now), weights && { weights, steps, seen });
    return answerTo(name, args);
  }
}

/** What may change while it runs, for Python. */
export function orders(more = {}) {
  const { now: { rate, decay, batch, how }, probe } = state;
  return { rate, decay, batch, how, probe, ...more };
}

/** Run `act`, and say what went wrong in it. */
export async function guarded(act) {
  try {
    return await act();
  } catch (error) {
    say(error.message, true);
    return null;
  }
}

export function train() {
  const run = (state.run = {});
  state.ended = guarded(() => keepTraining(run)).finally(() => state.run === run && pause());
}

async function keepTraining(run) {
  $("train").textContent = "Pause";
  $("train").setAttribute("aria-pressed", "true");
  $("detail").setAttribute("aria-live", "off");
  say("Training: forward, backward, update, again and again. You can change anything while it runs.");
  const pace = new Pace(), mine = state.started, runs = () => state.run === run;
  let coming = null; // Python computes a picture while the page draws the one before
  const next = () => ask("network.frame", orders(pace.order(state.now.pace)));
  while (runs()) {
    const told = await (coming ?? next());
    coming = runs() && state.now.pace === "fast" && !told.lost ? next() : null;
    take(told);
    $("ms").textContent = pace.note(told, state.now.pace);
    if (told.lost) return;
    if (told.ms) {
      state.engines[told.how] = Math.min(state.engines[told.how] ?? Infinity, told.ms);
      sayEngines();
    }
    await pace.rest(state.now.pace);
  }
  if (mine !== state.started) return;
  if (coming) take(await coming);
  if (state.run || state.shown.lost) return;
  take(await ask("network.look", orders({ field: 100, maps: true }))); // finer: there is time for it
  if (state.run || state.shown.lost) return;
  say(`Paused after ${words.count(state.shown.step, "update")}: the dashed lines are the gradients of the next one.`);
}

export function pause() {
  if (!state.run) return;
  state.run = null;
  $("train").textContent = "Train";
  $("train").removeAttribute("aria-pressed");
  $("detail").setAttribute("aria-live", "polite");
}

/** The next part of an update: forward, backward or update. */
export async function makePart() {
  pause();
  await state.ended;
  const { shown, selected: k, now, points } = state;
  if (shown.lost) return;
  const before = { weight: shown.weights[k], grad: shown.grads[k] };
  const told = await ask("network.part", orders({ field: 50, maps: shown.phase === "backward" }));
  take(told);
  if (!told.lost) say(words.part(state.shown, { ...now, points }, { ...parameters(now.hidden)[k], k }, before));
}

/** A new training from the settings; the first picture may be a stored one. */
export async function begin() {
  pause();
  Object.assign(state, { started: state.started + 1, ended: Promise.resolve(), shown: NOTHING, history: new History(), whole: [], picked: -1, pinned: null, probe: null, engines: {} });
  sayEngines();
  if (state.selected >= parameters(state.now.hidden).length) state.selected = 0;
  $("ms").textContent = "–";
  $("train").disabled = $("part").disabled = true;
  $("lesson").hidden = true;
  say(WAITING);
  const told = await ask("network.start", beginning(state.now));
  take(told);
  setTool(state.now.data === "points" && state.tool === "look" ? "1" : state.tool);
  say(state.misread + HINT, Boolean(state.misread));
  await prepare();
}

/** Compile what the training needs, as soon as Python is there. */
export async function prepare() {
  if (status.state !== "ready" || !state.points.length || !state.shown.weights) return;
  say(COMPILING);
  take(await ask("network.prepare", orders({ field: 100, maps: true })));
  if (!state.run && $("said").textContent === COMPILING) say(state.misread + HINT, Boolean(state.misread));
}

/** Show what every neuron makes of a point, or of none. */
export async function lookAt(point) {
  state.probe = point;
  if (state.run) return;
  const told = await ask("network.look", orders());
  if (!state.run) take(told);
}

