// The room of practice: which rounds of which level are done.
import { exercisesIn } from "../exercises.js";

// Kept by level: `rounds` has the best score of each round, {points, most, once}; `at` is where its exercise was left.
const ROUNDS = 4;
const roundsOf = (kept) => Object.values(kept?.rounds ?? {});
const sum = (rounds, key) => rounds.reduce((total, round) => total + round[key], 0);
let follow;

function note(kept) {
  const many = roundsOf(kept).length;
  return { done: many >= ROUNDS, dots: "●".repeat(many) + "○".repeat(ROUNDS - many), said: many ? `${many} of ${ROUNDS} rounds done` : "" };
}

function summary(levels) {
  const rounds = Object.values(levels).flatMap(roundsOf), asked = sum(rounds, "most");
  if (!rounds.length) return "";
  const once = Math.round((100 * sum(rounds, "once")) / (asked || 1));
  return `${rounds.length} of ${8 * ROUNDS} rounds, ${sum(rounds, "points")} of ${asked} points, ${once} % right at once.`;
}

function told({ micrograd, round, left, points, most, answers, text }, task, levels, say) {
  if (micrograd !== "score") return;
  if (!task.level) return say(left ? `Round ${round} done. ${text}` : `Done. ${text}`);
  const kept = (levels[task.level] ??= { rounds: {} }), best = kept.rounds[round];
  if (!best || points / most >= best.points / best.most) kept.rounds[round] = { points, most, once: answers["at once"] };
  kept.at = { seed: task.seed, round: left ? round + 1 : 1 };
  const { done } = note(kept);
  say(left ? `Round ${round} of ${round + left} done.` : done ? `Level ${task.level} is done. ${text}` : `The last round is done. ${text}`, done && !left ? "good" : "");
}

const marks = ({ level, seed }, levels) => (level && levels[level]?.at?.seed === seed ? { round: levels[level].at.round } : {});

export async function open(section) {
  follow = await exercisesIn(section, { name: "practice", marks, note, summary, told });
}

export const update = (parameters) => follow(parameters);
