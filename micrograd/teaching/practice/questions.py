"""What an exercise asks, what is right, and what each mistake would answer.

A question asks for one number of the backward pass. Everything that a session compares with is worked out here, once:

    right    the answer of the correct pass
    leans    the earlier answers that it rests on, each with its factor: after a slip, what follows from it is
             right + Σ factor · (answer − its right)
    whole    for each mistake, the answer of a pass in which it is made everywhere
    alone    for each mistake, the answer where it is made here only, leaning on earlier answers in the same way

A formula question asks for a local derivative; it is compared at several points (`formulas`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from micrograd.engine import Value
from micrograd.ops import Primitive
from micrograd.teaching.record.mistake import Mistake
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.rules import rule

ONE, LEAVES, ALL, SEED = (
    1,
    2,
    3,
    4,
)  # how much is blank: the last leaf contribution, those of all leaves, all, the seed too
PLAIN = Mistake("", "")
CLOSE = 1e-6


@dataclass(frozen=True)
class Guess:
    """A number that rests on earlier answers."""

    value: float
    leans: Mapping[int, float]

    def after(self, slips: Mapping[int, float]) -> float:
        """The number, where the earlier answers are off by `slips`."""
        return self.value + sum(factor * slips.get(j, 0.0) for j, factor in self.leans.items())


@dataclass(frozen=True, eq=False)
class Question:
    """One blank: the seed, the amount of a contribution, a grad that is the sum of several, or a formula.

    `step` counts contributions from 0 and is −1 for the seed; `upstream` is the question that the upstream rests on,
    `parts` the questions, by step, for the contributions that are added.
    """

    kind: str
    step: int
    node: Value
    right: Guess
    upstream: int | None = None
    whole: Mapping[str, float] = field(default_factory=dict)
    alone: Mapping[str, Guess] = field(default_factory=dict)
    parts: Mapping[int, int] = field(default_factory=dict)


def questions(record: Sequence[Contribution], blanks: int = SEED, formulas: bool = False) -> list[Question]:
    """The blanks of an exercise, in the order of the pass; with `formulas` also each rule's local derivative, once."""
    root = record[0].names.root
    asked = blank_steps(record, blanks)
    into: dict[int, list[int]] = {}
    for k, c in enumerate(record):
        into.setdefault(id(c.parent), []).append(k)
    first = {key: record[steps[0]].amount for key, steps in into.items()}
    runs = [(mistake, mistake.run(record)) for mistake in MISTAKES]
    found: list[Question] = []
    source: dict[int, int] = {}  # by node, the question that gives its grad
    amounts: dict[int, int] = {}  # by step, the question that asks for its amount
    ruled: set[tuple[str, int]] = set()

    if blanks == SEED:
        source[id(root)] = 0
        whole = {m.name: m.seed(root) for m, _ in runs}
        alone = {m.name: Guess(m.seed(root), {}) for m, _ in runs if m.seed(root) != 1.0}
        found.append(Question("seed", -1, root, Guess(1.0, {}), None, whole, alone))
    for k, c in enumerate(record):
        if k not in asked:
            continue
        use = (getattr(c.node.primitive, "name", ""), c.slot if len(c.node.parents) == 2 else 0)
        if formulas and use not in ruled and rule(c.node, c.names).kinds[c.slot] in ("swap", "slope", "scale"):
            ruled.add(use)
            found.append(Question("formula", k, c.parent, Guess(c.local, {})))
        above = source.get(id(c.node))
        steps = into[id(c.parent)]
        amounts[k] = len(found)
        found.append(
            Question(
                "amount",
                k,
                c.parent,
                Guess(c.amount, {} if above is None else {above: c.local}),
                above,
                {m.name: run[k][0] for m, run in runs},
                _pushed_alone(c, above, len(into.get(id(c.node), ())) > 1, first.get(id(c.node), 0.0), amounts, into),
            )
        )
        if len(steps) == 1:
            source[id(c.parent)] = amounts[k]
        elif k == steps[-1]:
            source[id(c.parent)] = len(found)
            found.append(
                Question(
                    "grad",
                    k,
                    c.parent,
                    Guess(c.after, {amounts[j]: 1.0 for j in steps if j in amounts}),
                    None,
                    {m.name: run[k][1] for m, run in runs},
                    _added_alone([record[j] for j in steps], [amounts.get(j) for j in steps]),
                    {j: amounts[j] for j in steps if j in amounts},
                )
            )
    return found


def blank_steps(record: Sequence[Contribution], blanks: int) -> list[int]:
    """The contributions that are asked: those to a node with a name, or to any leaf where no leaf has one."""
    left_out = set(constants(record))
    steps = [k for k in range(len(record)) if k not in left_out]
    leaves = [k for k in steps if not record[k].parent.parents]
    return steps if blanks >= ALL else leaves if blanks == LEAVES else leaves[-1:]


def constants(record: Sequence[Contribution]) -> list[int]:
    """The contributions that nobody asks for: those to a leaf without a name, unless no leaf has one."""
    names = record[0].names
    leaves = [k for k, c in enumerate(record) if not c.parent.parents]
    unnamed = [k for k in leaves if not names.has_name(record[k].parent)]
    return unnamed if len(unnamed) < len(leaves) else []


def _pushed_alone(
    c: Contribution,
    above: int | None,
    shared: bool,
    first: float,
    amounts: Mapping[int, int],
    into: Mapping[int, Sequence[int]],
) -> dict[str, Guess]:
    """What each mistake about a contribution makes of this one, and how far that moves with the upstream."""
    found = {}
    for mistake in MISTAKES:
        if mistake.amount is not PLAIN.amount:
            wrong, more = mistake.push(c, c.upstream), mistake.push(c, c.upstream + 1.0)
            found[mistake.name] = Guess(wrong, {} if above is None else {above: more - wrong})
        elif mistake.early and shared:
            begun = amounts.get(into[id(c.node)][0])
            found[mistake.name] = Guess(c.local * first, {} if begun is None else {begun: c.local})
    return {name: guess for name, guess in found.items() if not same(guess.value, c.amount)}


def _added_alone(arriving: Sequence[Contribution], asked: Sequence[int | None]) -> dict[str, Guess]:
    """What each mistake about sums makes of this one, and how far that moves with each contribution."""
    found = {}
    for mistake in MISTAKES:
        if mistake.add is PLAIN.add:
            continue
        wrong = _sum(mistake.add, [c.amount for c in arriving], arriving[0].before)
        leans = {}
        for j, question in enumerate(asked):
            if question is not None:
                moved = [c.amount + (i == j) for i, c in enumerate(arriving)]
                leans[question] = _sum(mistake.add, moved, arriving[0].before) - wrong
        if not same(wrong, arriving[-1].after):
            found[mistake.name] = Guess(wrong, leans)
    return found


def _sum(add: Callable[[float, float, int, int], float], amounts: Sequence[float], start: float) -> float:
    for arrived, amount in enumerate(amounts):
        start = add(start, amount, arrived, len(amounts))
    return start


def same(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= CLOSE * max(1.0, abs(b))


def matching(asked: Sequence[Question], answers: Mapping[int, Callable[[float], bool]]) -> list[str]:
    """The mistakes whose pass gives all these answers, and not all of them right.

    `answers` holds, for a question, whether a number is what was answered there.
    """
    return [
        name
        for name in (mistake.name for mistake in MISTAKES)
        if all(fits(asked[j].whole[name]) for j, fits in answers.items())
        and not all(same(asked[j].whole[name], asked[j].right.value) for j in answers)
    ]


def collisions(record: Sequence[Contribution]) -> list[tuple[str, str]]:
    """Which two mistakes give the same answers to all the questions that can be asked, though not the right ones."""
    asked = [q for q in questions(record) if q.kind != "formula"]
    right = [q.right.value for q in asked]
    vectors = {m.name: [q.whole[m.name] for q in asked] for m in MISTAKES}
    showing = {name: v for name, v in vectors.items() if not all(map(same, v, right))}
    return [
        (one, other)
        for i, (one, v) in enumerate(showing.items())
        for other, w in list(showing.items())[:i]
        if all(map(same, v, w))
    ]


def workable(record: Sequence[Contribution]) -> str:
    """Why no exercise can be made of this record; empty if one can."""
    for c in record:
        if not all(map(math.isfinite, (c.upstream, c.local, c.amount, c.after))):
            return f"the contribution {c.names[c.node]} → {c.names[c.parent]} is {c.amount}"
        if not isinstance(c.node.primitive, Primitive):
            return f"{c.names[c.node]} is an operation of its own, whose rule is not known"
    return ""
