// The room of expressions: what is typed and dragged, the graph that follows, and the lessons on it.
import * as address from "../address.js";
import { answer, copy } from "../copied.js";
import { EXAMPLES } from "../generated.js";
import { isStored, onStatus, python, status, Stopped } from "../python.js";
import { callOf, lessonIn } from "./expression/lesson.js";
import * as link from "./expression/link.js";
import { direction, onDirection, pictureIn } from "./expression/picture.js";
import { valuesIn } from "./expression/values.js";

const DRAG = "Drag a number, its slider, or its box in the graph. Point at a box to read what it means.";
let room, picture, values, lesson;
let state = link.ofExample(EXAMPLES[0]);
let names = [...state.words.keys()];
let last = { text: "", view: "", shown: 0 };  // what is shown: which text, in which view, and the number of its request
let requests = 0, wanted = null, asking = false, onceShown = null;
let later = {};  // timers, by what they are for

const $ = (selector) => room.querySelector(selector);
function after(name, milliseconds, act) {
  clearTimeout(later[name]);
  later[name] = setTimeout(act, milliseconds);
}

export async function open(section) {
  room = section;
  values = valuesIn($(".values"), change);
  const parts = { scroller: $(".micrograd-scroller"), meaning: $(".meaning"), list: $(".words ol") };
  picture = pictureIn(parts, (name) => values.has(name) && values.grip(name));
  lesson = lessonIn($(".lesson"), (text) => go({ ...state, [state.view === "break" ? "mistake" : "of"]: text }));
  for (const { name, text } of EXAMPLES) $("[name=example]").append(new Option(name, text));
  $("[name=example]").append(new Option("your own", "", false, false));
  $("[name=example]").addEventListener("change", ({ target }) => {
    const example = link.exampleOf(target.value);
    if (example) go({ ...link.ofExample(example), view: state.view, heat: state.heat });
    else $("[name=expression]").select();
  });
  $("form.formula").addEventListener("submit", (event) => event.preventDefault());
  $("[name=expression]").addEventListener("input", ({ target }) => {
    state.text = target.value;
    after("typing", 120, refresh);
  });
  $("[name=heat]").addEventListener("change", ({ target }) => {
    state.heat = target.checked;
    refresh();
  });
  for (const button of room.querySelectorAll(".views [data-view]")) {
    button.addEventListener("click", () => go({ ...state, view: button.dataset.view }));
  }
  $("[name=copy]").addEventListener("click", copyLink);
  for (const name of ["focusin", "pointerover"]) {
    $(".values").addEventListener(name, ({ target }) => {
      const row = target.closest(".value");
      if (row) picture.point(row.dataset.name);
    });
  }
  $("[name=downhill]").addEventListener("click", descend);
  $("[name=reset]").addEventListener("click", () => go({ ...state, words: link.ofExample(link.exampleOf(state.text)).words }));
  onDirection(refresh);
  onStatus(({ state: now }) => {
    if (now === "ready" && last.shown < requests && !asking) refresh();
    sign();
  });
}

/** The address has changed: show what it says, unless that is shown already. */
export async function update(parameters) {
  const next = link.read(parameters);
  if (last.shown && address.link("", link.write(next)) === address.link("", link.write(state, names))) return;
  state = next;
  names = [...state.words.keys()];
  $("[name=expression]").value = state.text;
  $("[name=heat]").checked = state.heat;
  const known = link.exampleOf(state.text);
  if (known) values.show(names.map((name) => ({ name, typed: state.words.get(name), value: Number(state.words.get(name)), grad: null })));
  turn();
  await refresh();
}

/** A state that Back comes back from. */
function go(next) {
  after("address", 1e9, () => {});
  const to = address.link("expression", link.write(next, next.text === state.text ? names : undefined));
  address.write("expression", link.write(state, names)); // which may have been waiting to be written
  if (location.hash !== to) location.hash = to;
}

/** Numbers were typed or dragged. */
function change(moved) {
  for (const [name, text] of Object.entries(moved)) state.words.set(name, text);
  $(".downhill span").textContent = "";
  onceShown = null;
  refresh();
}

function descend() {
  const before = last.result;
  values.descend(0.1);
  onceShown = () => ($(".downhill span").textContent = `${last.output}: ${before} → ${last.result}`);
}

/** Buttons and panels as the view wants them. */
function turn() {
  for (const button of room.querySelectorAll(".views [data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
  }
  $(".bench").dataset.view = state.view;
  $(".graph").hidden = $(".words").hidden = state.view !== "graph";
  $(".lesson").hidden = state.view === "graph";
  lesson.clear(state.view);
}

const wordsOf = ({ words }) => [...words].map(([name, typed]) => `${name}=${typed}`);

/** Ask for the picture of the state as it is now. Of many requests while Python is busy only the newest is made. */
async function refresh() {
  clearTimeout(later.typing);
  const now = { ...state, words: new Map(state.words), number: ++requests };
  now.call = ["expression.picture", now.text, wordsOf(now), direction(), now.heat];
  if (isStored(...now.call)) {
    wanted = null;
    return ask(now);
  }
  wanted = now;
  sign();
  if (asking) return;
  asking = true;
  while (wanted) {
    const next = wanted;
    wanted = null;
    await ask(next);
  }
  asking = false;
  sign();
}

async function ask(now) {
  try {
    const answer = await python(...now.call);
    if (now.number > last.shown) show(now, answer);
  } catch (error) {
    if (!(error instanceof Stopped) && now.number === requests) complain(unavailable(error));
  }
  sign();
}

/** Why there is no answer, as a sentence. */
function unavailable(error) {
  if (status.state === "missing" || status.state === "failed") return "Without Python only the examples work, with their own numbers: choose one above.";
  return `This could not be shown: ${error.message}`;
}

function show(now, answer) {
  if (answer.problem) return refuse(now, answer);
  complain("");
  if (now.text !== last.text) picture.forget();
  last = { text: now.text, view: now.view, shown: now.number, output: answer.output, result: answer.result };
  onceShown?.();
  onceShown = null;
  picture.show(answer.svg);
  values.show(answer.leaves);
  names = answer.leaves.map((leaf) => leaf.name);
  for (const { name, typed } of answer.leaves) {
    if (!state.words.has(name)) state.words.set(name, typed);
  }
  const example = link.exampleOf(now.text);
  const isMoved = example?.words.join() !== answer.leaves.map(({ name, typed }) => `${name}=${typed}`).join();
  $(".look").textContent = example && !isMoved ? example.look : DRAG;
  $("[name=example]").value = example?.text ?? "";
  $("[name=reset]").disabled = !example || !isMoved;
  $(".practise").href = address.link("practice", link.write({ ...now, view: "graph", heat: true }, names));
  after("address", 300, () => address.write("expression", link.write(state, names)));
  const follow = { text: now.text, words: answer.leaves.map(({ name, typed }) => [name, typed]) };
  settle({ ...now, words: new Map(follow.words) });
}

/** What takes longer, once the numbers rest: the sentences, and the lesson. */
function settle(now) {
  const sentences = ["expression.meanings", now.text, wordsOf(now)];
  after("meanings", isStored(...sentences) ? 0 : 150, async () => {
    const told = await python(...sentences).catch(() => null);
    if (told?.sentences && now.number === last.shown) picture.tell(told);
  });
  const [name, ...options] = callOf(now) ?? [];
  if (!name) return;
  if (name === "expression.explain" && !options[0]) options[0] = link.exampleOf(now.text)?.asked ?? null;
  const call = [name, now.text, wordsOf(now), ...options];
  after("lesson", isStored(...call) ? 0 : 250, async () => {
    sign(true);
    try {
      const answer = await python(...call);
      if (now.number === last.shown && now.view === state.view && !answer.problem) await lesson.show(now.view, answer);
    } catch (error) {
      if (!(error instanceof Stopped)) complain(unavailable(error));
      else if (now.number === last.shown) settle(now);
    }
    sign(false);
  });
}

/** A text or a number that cannot be read: say where; the last picture stays. */
function refuse(now, { problem, position, name, known, leaves }) {
  if (now.number < requests) return;
  const sentence = problem.replace(/[.:]?$/, ".");
  const isOld = last.view === now.view && last.text !== now.text;
  const old = last.text.length > 60 ? "the last one that could be read" : last.text;
  const still = !last.text && now.view === "graph" ? "The graph shows an example." : isOld ? `The graph still shows ${old}.` : "";
  values.accept();
  if (leaves && last.text !== now.text) values.show(leaves);
  if (position !== undefined) complain("", `${sentence} ${still}`, excerpt(now.text, position), known);
  else complain(name && values.refuse(name) ? "" : `${sentence} ${still}`);
}

/** The text around a place, as wide as the field, and a caret under it. */
function excerpt(text, position) {
  const field = $("[name=expression]"), style = getComputedStyle(field);
  const room = Math.max(16, Math.floor(field.clientWidth / (0.62 * parseFloat(style.fontSize))) - 4);
  const from = text.length < room ? 0 : Math.max(0, position - Math.floor(0.7 * room));
  const cut = text.slice(from, from + room).replaceAll(/\s/g, " ");
  return `${from ? "…" : ""}${cut}\n${" ".repeat(position - from + (from ? 1 : 0))}▲`;
}

/** A sentence at the picture, or one under the text, with the place in it; without any, all is well. */
function complain(fault, unread = "", place = "", known = "") {
  const box = $("#problem"), field = $("[name=expression]");
  $(".fault").textContent = fault.trim();
  box.textContent = "";
  if (unread) field.setAttribute("aria-invalid", "true");
  else return field.removeAttribute("aria-invalid");
  const make = (tag, text) => box.appendChild(Object.assign(document.createElement(tag), { textContent: text.trimEnd() }));
  make("pre", place).setAttribute("aria-hidden", "true");
  make("p", unread);
  if (known) make("details", known).prepend(Object.assign(document.createElement("summary"), { textContent: "All functions" }));
}

/** A sign at the picture while it waits for an answer that takes longer. */
let lessons = false;
function sign(loads = lessons) {
  lessons = loads;
  const waits = asking || lessons;
  after("sign", 200, () => {
    $(".sign").textContent = !(asking || lessons) ? "" : status.state === "ready" ? "Computing …" : "Waiting for Python …";
  });
  if (!waits) $(".sign").textContent = "";
}

async function copyLink({ target }) {
  address.write("expression", link.write(state, names));
  answer(target, await copy(location.href) ? "Copied ✓" : "It is in the address bar");
}
