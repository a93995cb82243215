// The room of hunts: one mistake is in each backward pass.
import { exercisesIn } from "../exercises.js";

// Kept by level: how many hunts ended well, and the fewest attempts that one took; 2 answers are asked for.
let follow;

function note({ hunts = 0, tries = 0 } = {}) {
  const said = hunts ? `found ${hunts === 1 ? "once" : hunts + " times"}, at best in ${tries} attempts` : "";
  return { done: hunts > 0, dots: hunts ? `✓ ${tries} attempts` : "○", said };
}

function summary(levels) {
  const all = Object.values(levels), hunts = all.reduce((sum, level) => sum + level.hunts, 0);
  return hunts ? `${hunts} ${hunts === 1 ? "bug" : "bugs"} found, on ${all.length} of 8 levels.` : "";
}

function told({ micrograd, tries, text }, task, levels, say) {
  if (micrograd !== "score") return;
  const best = tries === 2 ? " It cannot be done with fewer." : "";
  if (task.level) {
    const kept = levels[task.level];
    levels[task.level] = { hunts: (kept?.hunts ?? 0) + 1, tries: Math.min(kept?.tries ?? tries, tries) };
  }
  say(`${text}${best} Fresh numbers hide another mistake.`, "good");
}

export async function open(section) {
  follow = await exercisesIn(section, { name: "bug", marks: () => ({}), note, summary, told });
}

export const update = (parameters) => follow(parameters);
