"""Expressions from the smallest up, with pleasant numbers and the right answers.

First all expressions of one operation, then all of two, of which the lectures lack at most one. Then those of three
that are built from +, × and one more operation and use something twice, because there the order of the backward pass
shows. Then larger ones at random, always the same. So the first expression that goes wrong is as small as any, and
nothing has to be shrunk afterwards.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from micrograd.calculus.differences import on_kink
from micrograd.engine import Value
from micrograd.teaching.check.trials import BASIC, PRODUCTS, SUMS, Form, Step, Trial

NUMBERS = (
    (3.0, -4.0, 5.0, -6.0),
    (2.0, 3.0, -5.0, 7.0),
    (5.0, 3.0, 2.0, 7.0),
    (0.5, -1.5, 2.5, -0.75),
    (0.5, 0.75, 1.25, 1.5),
    (-3.0, 4.0, -5.0, 6.0),
    (-0.5, 0.25, 1.5, -2.0),
)
SMALL, LARGE = 1e-2, 1e5  # right answers outside this range are hard to read, and rounded
LARGER = 150  # random expressions
THIRD = (
    "{}**2",
    "{} * 2",
    "-{}",
    "{}.relu()",
    "{}.tanh()",
    "{}.exp()",
)  # the operation besides + and ×: the first of these that exists


@dataclass(frozen=True)
class Case:
    """A trial with numbers for its leaves: the values of all steps and the leaves' derivatives, by our engine."""

    trial: Trial
    numbers: tuple[float, ...]
    values: tuple[float, ...]
    right: tuple[float, ...]

    @property
    def telling(self) -> bool:
        """Whether no right answer is 0: a grad that was never set would go unnoticed there."""
        return all(self.right)

    def graphs(self) -> list[tuple[Value, list[Value]]]:
        """The graph, and the one that the lectures build, if it differs."""
        differ = any(step.form.lecture for step in self.trial.steps)
        return [self.graph(), self.graph(lecture=True)] if differ else [self.graph()]

    def graph(self, lecture: bool = False) -> tuple[Value, list[Value]]:
        """The result and the leaves as our Values, before any backward pass."""
        leaves = [Value(x, label=self.trial.names[-k - 1]) for k, x in enumerate(self.numbers)]
        return [leaves[0], *self.trial.run(leaves, lecture)][-1], leaves


def cases(forms: Sequence[Form]) -> Iterator[Case]:
    """The expressions that these forms allow, the smallest first; of one size, those with a right answer of 0 last."""
    for trials in sizes(forms):
        zero = []
        for case in (case for trial in trials for case in with_numbers(trial)):
            if case.telling:
                yield case
            else:
                zero.append(case)
        yield from zero


def sizes(forms: Sequence[Form]) -> Iterator[Iterable[Trial]]:
    yield [Trial(1)]
    yield trials(1, forms, 2)
    yield (p for p in trials(2, forms, 3) if sum(step.form not in BASIC for step in p.steps) < 2)
    core = [form for form in (SUMS[0], PRODUCTS[0]) if form in forms]
    third = next((form for template in THIRD for form in forms if form.template == template), None)
    yield (p for p in trials(3, [*core, *([third] if third else [])], 2) if any(p.uses[k] > 1 for k in range(2)))
    yield larger(forms)


def trials(size: int, forms: Sequence[Form], most: int) -> Iterator[Trial]:
    """Every trial of `size` steps with at most `most` leaves in which each step is used; new leaves come in order."""

    def extend(steps: tuple[Step, ...], leaves: int, unused: frozenset[int]) -> Iterator[Trial]:
        left = size - len(steps)
        if not left:
            yield Trial(leaves, steps)
            return
        for form in forms:
            for operands in choices(len(form.needs), len(steps), leaves):
                waiting = unused - set(operands) | {len(steps)}
                known = max([leaves, *(-k for k in operands)])
                if len(waiting) <= left and known <= most:
                    yield from extend((*steps, Step(form, operands)), known, waiting)

    return extend((), 0, frozenset())


def choices(count: int, steps: int, leaves: int) -> Iterator[tuple[int, ...]]:
    """Operands: the latest step first, then a new leaf, then the leaves used so far."""
    if count == 0:
        yield ()
        return
    for first in (*reversed(range(steps)), -leaves - 1, *range(-1, -leaves - 1, -1)):
        yield from ((first, *rest) for rest in choices(count - 1, steps, max(leaves, -first)))


def larger(forms: Sequence[Form]) -> Iterator[Trial]:
    """Trials of four to eight steps, drawn in the same way each time."""
    rng = random.Random(1)
    pairs = [form for form in forms if len(form.needs) == 2]
    for _ in range(LARGER if pairs else 0):
        size = rng.randint(4, 8)
        steps: list[Step] = []
        waiting = [-1, -2, -3]
        while len(steps) < size or len(waiting) > 1:
            joining = size - len(steps) < len(waiting)
            form = rng.choice(pairs if joining else forms)
            first = waiting.pop(rng.randrange(len(waiting)))
            second = rng.choice(waiting if joining else [*waiting, *range(len(steps)), -1, -2, -3])
            operands = (first, second)[: len(form.needs)]
            waiting = [k for k in waiting if k not in operands] + [len(steps)]
            steps.append(Step(form, operands))
        yield Trial(3, tuple(steps))


# ---- numbers


@lru_cache(maxsize=10_000)  # for a second check, and for repetitions within one
def with_numbers(trial: Trial) -> tuple[Case, ...]:
    """The trial with the most telling numbers; if it has a kink, also with numbers on the other side."""
    kink = any(step.form.kink for step in trial.steps)
    found: list[Case] = []
    for numbers in NUMBERS:
        if case := make_case(trial, numbers[: trial.leaves]):
            found.append(case)
            if case.telling and not kink:
                break
    best = next((case for case in found if case.telling), found[0] if found else None)
    other = next((case for case in found if not case.telling and case is not best), None)
    return tuple(case for case in (best, other if kink else None) if case)


def make_case(trial: Trial, numbers: tuple[float, ...]) -> Case | None:
    """The case; None if something is undefined there, too large, too small, or on a kink."""
    leaves = [Value(x) for x in numbers]
    try:
        made = list(trial.run(leaves))
    except (ArithmeticError, ValueError):
        return None
    if not all(abs(v.data) < LARGE for v in made) or close_to_kink(trial, leaves, made):
        return None
    [leaves[0], *made][-1].backward()
    right = tuple(leaf.grad for leaf in leaves)
    if not all(d == 0.0 or SMALL < abs(d) < LARGE for d in right) or not all(map(math.isfinite, right)):
        return None
    return Case(trial, numbers, tuple(v.data for v in made), right)


def close_to_kink(trial: Trial, leaves: list[Value], made: list[Value]) -> bool:
    """Whether an operation has a kink at its operands, or where they are 0 or equal, close by."""
    if not any(step.form.kink for step in trial.steps):
        return False
    for step in trial.steps:
        if step.form.kink:
            operands = [made[k].data if k >= 0 else leaves[-k - 1].data for k in step.operands]
            if abs(operands[0] - sum(operands[1:])) < SMALL:
                return True
    return on_kink(made[-1])
