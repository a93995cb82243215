// The room of practice: which rounds of which level are done, kept from visit to visit.
import { exercisesIn } from "../exercises.js";
import { keep, recall } from "../kept.js";

const ROUNDS = 4;
// By level: `rounds` has the best score of each round, {points, most, once}; `at` is where its exercise was left.
let levels = {}, last = { level: 1, seed: null };
let follow, summary;

const roundsOf = (level) => Object.values(levels[level]?.rounds ?? {});
const sum = (rounds, key) => rounds.reduce((total, round) => total + round[key], 0);

function note(level) {
  const many = roundsOf(level).length;
  return { done: many >= ROUNDS, dots: "●".repeat(many) + "○".repeat(ROUNDS - many), said: many ? `${many} of ${ROUNDS} rounds done` : "" };
}

function summarise() {
  const rounds = Object.keys(levels).flatMap(roundsOf), asked = sum(rounds, "most");
  summary.hidden = !rounds.length;
  summary.querySelector("span").textContent =
    `So far: ${rounds.length} of ${8 * ROUNDS} rounds, ${sum(rounds, "points")} of ${asked} points, ` +
    `${Math.round((100 * sum(rounds, "once")) / (asked || 1))} % right at once. This browser keeps it.`;
}

function store() {
  keep("practice", { levels, last });
  summarise();
}

function told({ micrograd, round, left, points, most, answers, text }, task, say) {
  if (micrograd !== "score") return;
  if (!task.level) return say(left ? `Round ${round} done. ${text}` : `Done. ${text}`);
  const kept = (levels[task.level] ??= { rounds: {} }), best = kept.rounds[round];
  if (!best || points / most >= best.points / best.most) kept.rounds[round] = { points, most, once: answers["at once"] };
  kept.at = { seed: task.seed, round: left ? round + 1 : 1 };
  store();
  const done = note(task.level).done;
  say(left ? `Round ${round} of ${round + left} done.` : done ? `Level ${task.level} is done. ${text}` : `The last round is done. ${text}`, done && !left ? "good" : "");
}

export async function open(section) {
  ({ levels, last } = recall("practice", { levels, last }));
  summary = section.querySelector(".summary");
  summarise();
  follow = await exercisesIn(section, {
    name: "practice",
    first: () => last,
    marks: ({ level, seed }) => (level in levels && levels[level].at?.seed === seed ? { round: levels[level].at.round } : {}),
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
