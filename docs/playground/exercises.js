// What the rooms Practice and Find the bug share: eight levels, their numbers, an expression of the reader's own, the frame.
// A task is {level, seed}, where the seed is null for the level's own numbers, or {e, words}.
import * as address from "./address.js";
import { answer, copy } from "./copied.js";
import { follow, show } from "./frame.js";
import { keep, recall } from "./kept.js";
import { python, status, Stopped } from "./python.js";

const LEVELS = 8, SEEDS = 10000;
const make = (tag, text, kind = "") => Object.assign(document.createElement(tag), { textContent: text, className: kind });
const pairs = (task) => (task.e ? [["e", task.e], ...task.words.map((word) => word.split(/=(.*)/s))] : Object.entries(task));

/** The address of a task in a room. */
export const linkTo = (room, task) => address.link(room, pairs(task));

/** The task that an address names, or `otherwise` where it names none. */
export function read(parameters, otherwise) {
  const all = [...parameters], at = all.findIndex(([name]) => name === "e");
  if (at >= 0 && all[at][1].trim()) return { e: all[at][1].slice(0, 2000), words: all.filter((_, k) => k !== at).map((pair) => pair.join("=")) };
  if (!parameters.has("level")) return otherwise;
  const level = Math.round(Number(parameters.get("level"))), seed = parameters.get("seed");
  return { level: Math.min(LEVELS, Math.max(1, level || 1)), seed: /^\d{1,9}$/.test(seed ?? "") ? Number(seed) : null };
}

/** Run a room of exercises in its section of the page. `room` has

name      the name in the address and in the browser's memory, and of the module of the bridge with `page(level, seed)`
          and `own(text, words)`
marks(task, levels)     what the page in the frame is told at its start
note(kept)              what is known about a level, for its button: {done, dots, said}
summary(levels)         what is known about all of them, as a sentence; "" before there is anything
told(message, task, levels, say)   takes a message of the frame

`levels` is what the room keeps from visit to visit, by level, as its functions write it. */
export async function exercisesIn(section, room) {
  const $ = (selector) => section.querySelector(selector), frame = $("iframe"), list = $(".levels");
  const levels = await python("practice.levels");
  const kept = recall(room.name, { levels: {}, last: { level: 1, seed: null } });
  let task = null, requests = 0;

  function store() {
    keep(room.name, kept);
    const said = room.summary(kept.levels);
    $(".summary").hidden = !said;
    $(".summary span").textContent = `So far: ${said} This browser keeps it.`;
  }

  function drawLevels() {
    list.replaceChildren(...levels.map(({ level, about }) => {
      const { done, dots, said } = room.note(kept.levels[level]), item = make("li", ""), link = make("a", "");
      link.href = linkTo(room.name, { level, seed: null });
      link.setAttribute("aria-label", `Level ${level}, ${about}${said ? ": " + said : ""}`);
      if (task?.level === level) link.setAttribute("aria-current", "true");
      const mark = make("span", dots, done ? "dots done" : "dots");
      link.append(make("b", String(level)), make("span", about, "about"), mark);
      item.append(link);
      return item;
    }));
  }
  function drawTask() {
    const known = levels.find(({ level }) => level === task.level), next = levels.find(({ level }) => level === task.level + 1);
    const fresh = known && task.seed !== null;
    $(".task").textContent = known ? `Level ${known.level}: ${known.about}` : "Your own expression";
    $(".seed").textContent = fresh ? `numbers ${task.seed}` : "";
    for (const [name, on] of [["plain", !fresh], ["fresh", fresh]]) {
      $(`[name=${name}]`).hidden = !known;
      $(`[name=${name}]`).setAttribute("aria-pressed", String(Boolean(on)));
    }
    for (const link of section.querySelectorAll("[data-to]")) link.href = linkTo(link.dataset.to, task);
    $(".next").hidden = !next;
    if (next) {
      $(".next").textContent = `Next level: ${next.about} →`;
      $(".next").href = linkTo(room.name, { level: next.level, seed: null });
    }
    $(".next").classList.toggle("main", Boolean(known && room.note(kept.levels[known.level]).done));
  }
  function draw() {
    drawLevels();
    drawTask();
  }
  const say = (text, kind = "") => Object.assign($(".said"), { textContent: text, className: `said ${kind}` });

  /** An expression that cannot be read, or no exercise can be made of: what is wrong, where, and what to do. */
  function refuse(text, problem, position) {
    frame.hidden = true;
    const from = Math.max(0, position - 30), place = position === undefined ? "" : `\n  ${text.slice(from, from + 40)}\n  ${" ".repeat(position - from)}^`;
    say(`${problem.replace(/[.:]?$/, ".")}${place}\nMend it in the room Expression, and come back with “Practise it”.`, "error");
  }

  async function load() {
    const request = ++requests, current = task;
    const call = current.e ? [`${room.name}.own`, current.e, current.words] : [`${room.name}.page`, current.level, current.seed];
    const wait = setTimeout(() => {
      say(status.state === "loading" ? "Python is loading. The exercise follows in a few seconds …" : "One moment …");
    }, 250);
    try {
      const { html, height, problem, position } = await python(...call);
      if (request !== requests) return;
      if (problem) return refuse(current.e, problem, position);
      say("");
      frame.hidden = false;
      show(frame, html, height, room.marks(current, kept.levels));
    } catch (error) {
      if (request !== requests) return;
      if (error instanceof Stopped) return load(); // what another room waited for was stopped, and this with it
      frame.hidden = true;
      say(error.kind ? error.message : `${error.message}. The eight levels with their own numbers work all the same.`, "error");
    } finally {
      clearTimeout(wait);
    }
  }

  follow(frame, (message) => {
    room.told(message, task, kept.levels, say);
    store();
    draw();
  });
  $("[name=plain]").addEventListener("click", () => { location.hash = linkTo(room.name, { ...task, seed: null }); });
  $("[name=fresh]").addEventListener("click", () => {
    location.hash = linkTo(room.name, { ...task, seed: 1 + Math.floor(Math.random() * (SEEDS - 1)) });
  });
  $("[name=copy]").addEventListener("click", async ({ target }) => {
    answer(target, await copy(location.href) ? "Copied ✓" : "Copy it from the address bar");
  });
  $("[name=forget]").addEventListener("click", () => {
    if (!confirm("Forget the progress in this room? It is kept in this browser only.")) return;
    kept.levels = {};
    store();
    draw();
    load();
  });

  /** The address has changed: show its task, unless that is shown already. */
  return async function update(parameters) {
    const asked = read(parameters, task ?? kept.last);
    if (!parameters.size) address.write(room.name, pairs(asked));
    if (task && linkTo(room.name, asked) === linkTo(room.name, task)) return;
    task = asked;
    if (task.level) kept.last = task;
    store();
    draw();
    const current = list.querySelector("[aria-current]");
    if (current) list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
    await load();
  };
}
