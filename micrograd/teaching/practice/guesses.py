"""Wrong answers to one question: the number that each mistake gives if it is made here and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from micrograd.teaching.practice.reading import is_close
from micrograd.teaching.record.mistake import Add
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.record import Contribution


@dataclass(frozen=True)
class Guess:
    """A number computed from earlier answers: `depends_on` holds their questions, each with its coefficient."""

    value: float
    depends_on: Mapping[int, float]

    def follow(self, slips: Mapping[int, float]) -> float:
        """The number that follows if the earlier answers are off by `slips`."""
        return self.value + sum(factor * slips.get(j, 0.0) for j, factor in self.depends_on.items())


def guess_amount(c: Contribution, above: int | None, early: Guess | None) -> dict[str, Guess]:
    """The wrong amounts of one contribution, by the name of the mistake.

    above   the question that gives the upstream, if any does
    early   the grad of the node after its first contribution, if it gets several
    """
    guesses = {}
    for mistake in MISTAKES:
        if mistake.touches == "amount":
            wrong, moved = mistake.push(c, c.upstream), mistake.push(c, c.upstream + 1.0)
            guesses[mistake.name] = Guess(wrong, {} if above is None else {above: moved - wrong})
        elif mistake.early and early is not None:
            depends_on = {j: c.local * factor for j, factor in early.depends_on.items()}
            guesses[mistake.name] = Guess(c.local * early.value, depends_on)
    return _keep_wrong(guesses, c.amount)


def guess_sum(arriving: Sequence[Contribution], asked: Sequence[int | None]) -> dict[str, Guess]:
    """The wrong sums of contributions, by the name of the mistake; `asked` are their questions, if any."""
    guesses = {}
    amounts, start = [c.amount for c in arriving], arriving[0].before
    for mistake in MISTAKES:
        if mistake.touches == "sum":
            wrong = _add_up(mistake.add, amounts, start)
            depends_on = {}
            for k, question in enumerate(asked):
                if question is not None:
                    moved = [amount + (i == k) for i, amount in enumerate(amounts)]
                    depends_on[question] = _add_up(mistake.add, moved, start) - wrong
            guesses[mistake.name] = Guess(wrong, depends_on)
    return _keep_wrong(guesses, arriving[-1].after)


def _keep_wrong(guesses: Mapping[str, Guess], right: float) -> dict[str, Guess]:
    return {
        name: guess
        for name, guess in guesses.items()
        if math.isfinite(guess.value) and not is_close(guess.value, right)
    }


def _add_up(add: Add, amounts: Sequence[float], start: float) -> float:
    for arrived, amount in enumerate(amounts):
        start = add(start, amount, arrived, len(amounts))
    return start
