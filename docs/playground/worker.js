// Python in a worker, so that the page stays responsive. Messages: {id, name, args} → {id, result} or {id, error}.
// The first visit leaves a snapshot of Python's memory in the browser's cache; the next starts from it in a second.
import { ARCHIVES, PYODIDE, VERSION } from "./generated.js";

const SITE_PACKAGES = "/lib/python3.14/site-packages";
const CACHE = `micrograd-python-${VERSION}`;
const begun = performance.now();
const marks = {};
const mark = (name) => (marks[name] = Math.round(performance.now() - begun));

const download = async (path) => {
  const answer = await fetch(new URL(path, import.meta.url));
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${answer.statusText}`);
  return answer.arrayBuffer();
};

async function readSnapshot() {
  const found = await (await caches.open(CACHE)).match("snapshot");
  return found ? await found.arrayBuffer() : null;
}

async function keepSnapshot(python) {
  const snapshot = python.makeMemorySnapshot();
  for (const name of await caches.keys()) {
    if (name.startsWith("micrograd-python-") && name !== CACHE) await caches.delete(name);
  }
  await (await caches.open(CACHE)).put("snapshot", new Response(snapshot));
}

/** Pyodide's module with as much memory as the snapshot, which is only copied into what is there. */
const createWith = (bytes) => async (settings) => {
  const { default: create } = await import(`${PYODIDE}pyodide.asm.mjs`);
  const module = await create(settings);
  if (module.HEAP8.length < bytes) module.growMemory(bytes);
  return module;
};

/** Pyodide from the snapshot if there is a sound one, and whether it was. */
async function load() {
  const { loadPyodide } = await import(`${PYODIDE}pyodide.mjs`);
  const options = { indexURL: new URL(PYODIDE, import.meta.url).href };
  const snapshot = await readSnapshot().catch(() => null);
  mark("loader");
  if (snapshot) {
    try {
      const createPyodideModule = createWith(snapshot.byteLength);
      return [await loadPyodide({ ...options, _loadSnapshot: snapshot, createPyodideModule }), true];
    } catch {
      await caches.delete(CACHE);
    }
  }
  return [await loadPyodide({ ...options, _makeSnapshot: true }), false];
}

async function start() {
  const archives = Promise.all(ARCHIVES.map(download));
  const [python, warm] = await load();
  mark("python");
  // A snapshot holds memory, not files: these are unpacked at every start.
  for (const archive of await archives) python.unpackArchive(archive, "zip", { extractDir: SITE_PACKAGES });
  if (!warm) python.runPython("from docs.playground.bridge import calls; calls.warm_up()");
  mark("package");
  const call = python.runPython("from docs.playground.bridge.calls import call; call");
  mark("ready");
  postMessage({ state: "ready", marks, warm });
  if (!warm) {
    // It is an extra: without it the next visit starts as this one did.
    await keepSnapshot(python).then(() => postMessage({ state: "ready", marks, warm, kept: true }), () => {});
  }
  return call;
}

const started = start();
const fail = (error) => postMessage({ state: "failed", error: String(error?.message ?? error) });
started.catch(fail);
// A file of Pyodide that does not arrive ends nothing that one could wait for: it is seen here.
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  if (!marks.ready) fail(event.reason);
});

onmessage = async ({ data: { id, name, args } }) => {
  try {
    const call = await started;
    postMessage({ id, ...JSON.parse(call(name, JSON.stringify(args))) });
  } catch (error) {
    postMessage({ id, error: { kind: error.name, message: String(error.message ?? error), trace: "" } });
  }
};
