// The room's state, and how it stands in the address: #expression?e=a*b&a=2&b=3&view=step&of=a
import { EXAMPLES } from "../../generated.js";

export const VIEWS = ["graph", "step", "predict", "update", "break", "explain", "code"];
const OPTIONS = ["view", "of", "mistake", "heat"];
const isNumber = (text) => /^\s*[-+−]?\s*(\.?\d|inf|nan)/.test(text);

/** A state as it starts: `words` has what is typed for each name. */
const start = (text, words) => ({ text, words, view: "graph", of: null, mistake: null, heat: true });

export const ofExample = ({ text, words }) => start(text, new Map(words.map((word) => word.split("="))));

/** The example that a text is, or undefined. */
export const exampleOf = (text) => EXAMPLES.find((example) => example.text === text.trim());

/** The state of an address. A name may be called `e` or `view` too: then its value is a number. */
export function read(parameters) {
  const pairs = [...parameters], at = pairs.findIndex(([key]) => key === "e");
  const state = at < 0 ? ofExample(EXAMPLES[0]) : start(pairs[at][1].slice(0, 2000), new Map());
  pairs.forEach(([key, value], k) => {
    if (k === at) return;
    if (OPTIONS.includes(key) && !isNumber(value)) state[key] = value;
    else if (at >= 0) state.words.set(key, value.slice(0, 100));
  });
  if (!state.words.size) state.words = ofExample(exampleOf(state.text) ?? { words: [] }).words;
  if (!VIEWS.includes(state.view)) state.view = "graph";
  state.heat = state.heat !== "off";
  return state;
}

/** The address of a state, as pairs; `names` are those of its numbers that the text has. */
export function write(state, names = [...state.words.keys()]) {
  return [
    ["e", state.text],
    ...names.filter((name) => state.words.has(name)).map((name) => [name, state.words.get(name)]),
    ["view", state.view === "graph" ? null : state.view],
    ["of", state.view === "explain" ? state.of : null],
    ["mistake", state.view === "break" ? state.mistake : null],
    ["heat", state.heat ? null : "off"],
  ];
}
