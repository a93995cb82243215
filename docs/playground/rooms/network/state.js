// How the room is now: what the reader has chosen, what Python has told last, and the pictures that show both.
import { History } from "./curve.js";

/** What is shown before Python has told anything. */
export const NOTHING = { weights: null, grads: [], phase: "update", step: 0, loss: null };

export const state = {
  room: null,
  plane: null, // the pictures, made when the room is opened
  graph: null,
  edits: null,

  now: null, // the settings, as the address has them
  misread: "", // a sentence about what the address has and cannot be
  started: 0, // how many trainings have begun: what comes for an earlier one is not shown
  shown: NOTHING,
  points: [],
  box: [-1, 1, -1, 1],
  history: new History(),
  whole: [], // pairs of an update and the loss of all points
  engines: {}, // ms an update, by the engine
  first: null, // the loss before any update

  run: null, // the training that runs, from Train to Pause
  ended: Promise.resolve(), // once the training that ran last has come to rest
  selected: 0, // the place of the parameter whose numbers are shown, and of the one that is pointed at
  pointed: -1,
  lines: "both",
  tool: "look",
  probe: null, // a point whose activations the nodes show, and the one that a click has kept
  pinned: null,
  picked: -1, // an example that was clicked on
};

export const $ = (id) => document.getElementById(`net-${id}`);
