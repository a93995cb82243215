// The room of hunts: one mistake is in each backward pass.
import { exercisesIn } from "../exercises.js";
import { keep, recall } from "../kept.js";

// By level, how many hunts ended well, and the fewest attempts that one took; 2 answers are asked for.
let levels = {}, last = { level: 1, seed: null };
let follow, summary;

function note(level) {
  const { hunts = 0, tries = 0 } = levels[level] ?? {};
  const said = hunts ? `found ${hunts === 1 ? "once" : hunts + " times"}, at best in ${tries} attempts` : "";
  return { done: hunts > 0, dots: hunts ? `✓ ${tries} attempts` : "○", said };
}

function store() {
  keep("bug", { levels, last });
  const all = Object.values(levels), hunts = all.reduce((sum, level) => sum + level.hunts, 0);
  summary.hidden = !hunts;
  summary.querySelector("span").textContent =
    `So far: ${hunts} ${hunts === 1 ? "bug" : "bugs"} found, on ${all.length} of 8 levels. This browser keeps it.`;
}

function told({ micrograd, tries, text }, task, say) {
  if (micrograd !== "score") return;
  const best = tries === 2 ? " It cannot be done with fewer." : "";
  if (task.level) {
    const kept = levels[task.level];
    levels[task.level] = { hunts: (kept?.hunts ?? 0) + 1, tries: Math.min(kept?.tries ?? tries, tries) };
    store();
  }
  say(`${text}${best} Fresh numbers hide another mistake.`, "good");
}

export async function open(section) {
  ({ levels, last } = recall("bug", { levels, last }));
  summary = section.querySelector(".summary");
  store();
  follow = await exercisesIn(section, {
    name: "bug",
    first: () => last,
    marks: () => ({}),
    note,
    told,
    shown(task) {
      if (!task.level) return;
      last = task;
      store();
    },
    forget() {
      levels = {};
      store();
    },
  });
}

export const update = (parameters) => follow(parameters);
