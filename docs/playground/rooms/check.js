// The room of checks: an editor, a run that can be stopped, and what the check says.
import * as address from "../address.js";
import { answer, copy } from "../copied.js";
import { keep, recall } from "../kept.js";
import { python, restart, status, Stopped } from "../python.js";
import { pack, unpack } from "./check/packed.js";
import { show } from "./check/verdict.js";

const STARTS = {
  skeleton: "+ and ×, backward still to be written",
  tanh: "a class with a wrong derivative",
  overwritten: "a class with a wrong sum",
  original: "a whole class, in the style of the original",
  slope: "a function and its derivative",
};
const LONGEST = 6000; // characters of an address that messengers and mail still take
const LEAVE = 2000; // milliseconds that a check may go on after its room is left
const LABEL = "Your code, in Python";
let section, editor, saving;
let from = ""; // what the address said last
let runs = 0, running = false;

const $ = (selector) => section.querySelector(selector);
const startText = async (name) => (await fetch(new URL(`check/${name}.py`, import.meta.url))).text();

function store() {
  clearTimeout(saving);
  keep("check", { ...recall("check", {}), text: editor.text });
}
function changed() {
  clearTimeout(saving);
  saving = setTimeout(store, 400);
}

/** Another text comes into the editor; the one that was there can be brought back. */
function replace(text) {
  const earlier = editor.text;
  editor.text = text;
  keep("check", { text, earlier: earlier === text || !earlier.trim() ? recall("check", {}).earlier : earlier });
  $("[name=earlier]").hidden = !recall("check", {}).earlier;
}

/** A textarea until the editor is there, and where it cannot be. */
function plainEditor() {
  const area = $("textarea");
  area.addEventListener("input", changed);
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  });
  return {
    get text() {
      return area.value;
    },
    set text(text) {
      area.value = text;
    },
    mark(number) {
      if (!number) return;
      const before = area.value.split("\n").slice(0, number - 1).join("\n").length;
      area.setSelectionRange(before + (number > 1), before + (number > 1) + (area.value.split("\n")[number - 1] ?? "").length);
    },
  };
}
async function fullEditor() {
  const { editorIn } = await import("../../vendor/editor.js");
  const area = $("textarea"), focused = document.activeElement === area, text = area.value;
  area.remove();
  editor = editorIn($(".editor"), { text, label: LABEL, changed, run });
  if (focused) $(".cm-content").focus();
}

function say(text, kind = "") {
  const line = $(".state");
  line.textContent = text;
  line.className = `state ${kind}`;
}
function turn(on) {
  running = on;
  $("[name=run]").disabled = on;
  $("[name=stop]").disabled = !on;
}

async function run() {
  if (running) return;
  const number = ++runs, code = editor.text;
  store();
  turn(true);
  editor.mark(null);
  $(".found").replaceChildren();
  say(status.state === "loading" ? "Python is loading. The check runs as soon as it is there …" : "Checking …");
  try {
    const told = await python("check.run", code);
    if (number !== runs) return;
    const { text, kind, line } = show($(".found"), told);
    say(text, kind);
    if (editor.text === code) editor.mark(line);
  } catch (error) {
    if (error instanceof Stopped) say(section.hidden ? "Stopped, because you left the room while it ran. Run it again when you like." : "Stopped. Python starts again, which takes a second or two.");
    else {
      say(`Python gave up: ${error.message}.${error.kind ? " It starts again." : ""}`, "bad");
      if (error.kind) restart(); // what can end Python itself is, for one, a function that calls itself without end
    }
  } finally {
    turn(false);
  }
}

async function copyLink({ target }) {
  const code = await pack(editor.text).catch(() => null), link = address.link("check", { code });
  let said = code === null ? "This browser cannot make one" : "Too long for a link";
  if (code !== null && link.length <= LONGEST) {
    from = link;
    history.replaceState(null, "", link);
    said = await copy(location.href) ? "Copied ✓" : "Copy it from the address bar";
  }
  answer(target, said);
}

export async function open(element) {
  section = element;
  editor = plainEditor();
  for (const [name, text] of Object.entries(STARTS)) $("[name=start]").append(new Option(text, name));
  $("[name=start]").prepend(new Option("what I have", "", true, true));
  const { text, earlier } = recall("check", {});
  editor.text = text ?? "";
  $("[name=earlier]").hidden = !earlier;
  $("[name=start]").addEventListener("change", ({ target }) => {
    if (target.value) location.hash = address.link("check", { start: target.value });
  });
  $("[name=earlier]").addEventListener("click", () => {
    replace(recall("check", {}).earlier);
    from = "#check";
    address.write("check");
    $("[name=start]").value = "";
  });
  $("[name=copy]").addEventListener("click", copyLink);
  $("[name=run]").addEventListener("click", run);
  $("[name=stop]").addEventListener("click", restart);
  addEventListener("pagehide", store);
  // The other rooms wait for the same Python: a check that goes on does not keep them waiting for long.
  addEventListener("hashchange", () => {
    if (!running || !section.hidden) return;
    const number = runs;
    setTimeout(() => running && runs === number && section.hidden && restart(), LEAVE);
  });
  fullEditor().catch(() => {}); // the textarea does as well
}

/** A start by its name, or a text: #check?start=tanh, #check?code=… */
export async function update(parameters) {
  const now = address.link("check", Object.fromEntries(parameters));
  const start = parameters.get("start"), code = parameters.get("code");
  $("[name=start]").value = start in STARTS ? start : "";
  if (now === from) return;
  from = now;
  if (code) {
    const text = await unpack(code).catch(() => null);
    if (text === null) say("This link is incomplete, so its code cannot be read. Copy the whole link, or ask for it again.", "bad");
    else if (text !== editor.text) replace(text);
  } else if (start in STARTS) {
    const text = await startText(start), known = recall("check", {}).start === start;
    // At a reload what was typed since stays.
    if (!known || !editor.text.trim()) replace(text);
    keep("check", { ...recall("check", {}), start });
  } else if (!editor.text.trim()) replace(await startText("skeleton"));
}
