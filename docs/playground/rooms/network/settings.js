// What a training starts from and how it goes on, as the address has it: #network?data=moons&n=100&…
import { OWN_BOX, read as readPoints, write as writePoints } from "./points.js";

export { OWN_BOX };

/** The names of an address, in its order, with what they are if it leaves them out. */
export const DEFAULTS = {
  data: "moons", n: 100, noise: 0.1, hidden: [8, 8], act: "tanh", seed: 1337,
  rate: 0.5, batch: 0, decay: 0.0001, how: "compiled", pace: "fast", points: [],
};
const CHOICES = {
  data: ["moons", "circles", "xor", "spiral", "points"],
  act: ["tanh", "relu"],
  how: ["compiled", "fused", "eager"],
  pace: ["fast", "frame", "slow"],
};
const RANGES = { n: [2, 200], noise: [0, 0.5], seed: [0, 2 ** 32 - 1], rate: [0, 1000], batch: [0, 200], decay: [0, 10] };
const WHOLE = new Set(["n", "seed", "batch"]);

const number = (name, text) => {
  const [least, most] = RANGES[name];
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) return DEFAULTS[name];
  const inside = Math.min(most, Math.max(least, value));
  return WHOLE.has(name) ? Math.round(inside) : inside;
};
const widths = (text) => {
  const found = text.split(",").map((one) => Math.round(Number(one)));
  const sound = found.length <= 2 && found.every((n) => n >= 1 && n <= 16);
  return sound ? found : DEFAULTS.hidden;
};

/** The settings of an address; what is missing or makes no sense is the default. */
export function read(parameters) {
  const settings = { ...DEFAULTS };
  for (const [name, text] of parameters) {
    if (name in CHOICES) settings[name] = CHOICES[name].includes(text) ? text : DEFAULTS[name];
    else if (name === "hidden") settings.hidden = widths(text);
    else if (name === "points") settings.points = readPoints(text);
    else if (name === "batch" && text === "all") settings.batch = 0;
    else if (name in RANGES) settings[name] = number(name, text);
  }
  return settings;
}

/** What an address says that cannot be, as it is written there: ["act=foo"]. The defaults stand in for it. */
export function misread(parameters) {
  const settings = read(parameters), taken = { ...settings, hidden: settings.hidden.join(","), batch: settings.batch || "all" };
  return [...parameters]
    .filter(([name, text]) => name in DEFAULTS && name !== "points" && text !== String(taken[name]) && Number(text) !== settings[name])
    .map((pair) => pair.join("="));
}

/** The parameters of the address for these settings. */
export function write({ points, ...settings }) {
  const own = settings.data === "points";
  return {
    ...settings,
    n: own ? null : settings.n,
    noise: own ? null : settings.noise,
    hidden: settings.hidden.join(","),
    batch: settings.batch || "all",
    how: settings.how === DEFAULTS.how ? null : settings.how,
    pace: settings.pace === DEFAULTS.pace ? null : settings.pace,
    points: own ? writePoints(points) : null,
  };
}

/** The part that a training starts from; the bridge takes it, and the build stores the answer for the defaults. */
export function beginning({ data, n, noise, hidden, act, seed, points }) {
  return data === "points" ? { data, points, hidden, act, seed } : { data, n, noise, hidden, act, seed };
}

/** Fill the form with the settings. */
export function fill(form, settings) {
  const { elements } = form;
  for (const name of ["data", "n", "noise", "act", "seed", "rate", "how", "pace"]) elements[name].value = settings[name];
  for (const name of ["batch", "decay"]) choose(elements[name], settings[name]);
  elements.layers.value = settings.hidden.length;
  elements.first.value = settings.hidden[0];
  elements.second.value = settings.hidden[1] ?? settings.hidden[0];
  follow(form);
}

/** A number that an address has and no option of the list becomes an option. */
function choose(list, value) {
  if (![...list.options].some((option) => Number(option.value) === value)) list.add(new Option(value, value));
  list.value = value;
}

function follow({ elements }) {
  elements.second.disabled = elements.layers.value === "1";
  for (const name of ["n", "noise"]) elements[name].disabled = elements.data.value === "points";
}

/** The settings that the form holds; `points` stay as they are. */
export function take(form, { points }) {
  follow(form);
  const { elements } = form;
  const hidden = [elements.first.value, elements.second.value].slice(0, Number(elements.layers.value)).join(",");
  const pairs = ["data", "n", "noise", "act", "seed", "rate", "batch", "decay", "how", "pace"].map((name) => [name, elements[name].value]);
  return { ...read([...pairs, ["hidden", hidden]]), points };
}

