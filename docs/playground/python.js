// Python, as one function: await python("expression.picture", text, words).
// The build has stored the answers to the first calls of every room; all others go to a worker.
import { READY_MADE } from "./generated.js";

let worker = null;
let waiting = new Map();
let calls = 0;
const listeners = new Set();

/** What Python does: {state: "loading" | "ready" | "failed" | "missing", error, marks}. */
export let status = { state: "loading" };

/** Call `act(status)` now and whenever the status changes. */
export function onStatus(act) {
  listeners.add(act);
  act(status);
}
function become(next) {
  status = next;
  for (const act of listeners) act(next);
}

/** An exception of Python: `kind` is its class, `message` its text, `trace` where it was raised in the reader's code. */
export class PythonError extends Error {
  constructor({ kind, message, trace }) {
    super(message);
    Object.assign(this, { kind, trace });
  }
}

/** Nobody waits for the answer any more: `restart` was called. */
export class Stopped extends Error {}

/** Start Python, or stop what it does and start again. Without shared memory that is the only way to stop it. */
export function restart() {
  worker?.terminate();
  for (const { reject } of waiting.values()) reject(new Stopped("stopped"));
  waiting = new Map();
  if (typeof WebAssembly !== "object") {
    become({ state: "missing", error: "this browser does not run WebAssembly" });
    return;
  }
  become({ state: "loading" });
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => {
    if (data.state === "failed") fail(data.error);
    else if (data.state) become(data);
    else settle(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    fail(event.message || "the worker could not be loaded");
  };
}

function fail(error) {
  become({ state: "failed", error });
  for (const { reject } of waiting.values()) reject(new Error(error));
  waiting.clear();
}

function settle({ id, result, error }) {
  if (!waiting.has(id)) return;
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error) reject(new PythonError(error));
  else resolve(result);
}

/** Whether the build has stored the answer to this call. */
export const isStored = (...call) => JSON.stringify(call) in READY_MADE;

/** The answer of a function of the bridge, "room.function". Rejects with `PythonError` if it raises. */
export async function python(name, ...args) {
  const stored = READY_MADE[JSON.stringify([name, ...args])];
  const answer = stored && await fetch(new URL(stored, import.meta.url)).catch(() => null);
  if (answer?.ok) return answer.json();
  if (status.state === "missing" || status.state === "failed") throw new Error(`Python is not there: ${status.error}`);
  if (!worker) restart();
  return new Promise((resolve, reject) => {
    const id = calls++;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, name, args });
  });
}
