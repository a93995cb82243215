"""Guards: the decisions that Python took while a function was traced, which its program is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from operator import ne
from typing import Any, NamedTuple

from micrograd.compiler.tracing.errors import place


class Guard(NamedTuple):
    """A decision by the numbers at these positions of the tape, taken on this line.

    Without `how` there is one number, a condition, and the outcome is whether it is true. Otherwise the outcome is
    `how(*numbers)`: a text, or anything else that is hashable and takes no value between two others. A decision that
    hangs on no number of the tape has no positions: `how()` looks it up.
    """

    positions: tuple[int, ...]
    outcome: Any
    place: str
    how: Callable[..., Any] | None = None

    def answer(self, numbers: Sequence[float]) -> Any:
        """The outcome for other numbers; where there is none, the kind of error."""
        if self.how is None:
            return numbers[0] != 0.0
        try:
            return self.how(*numbers)
        except (ArithmeticError, ValueError) as error:
            return type(error)

    def holds(self, numbers: Sequence[float]) -> bool:
        return typed(self.answer(numbers)) == typed(self.outcome)


class Guards:
    """All decisions of a trace, in its order; the same question counts once."""

    def __init__(self) -> None:
        self.asked: dict[tuple[Any, tuple[int, ...]], Guard] = {}

    def __iter__(self) -> Iterator[Guard]:
        return iter(self.asked.values())

    def __len__(self) -> int:
        return len(self.asked)

    def __getitem__(self, k: int) -> Guard:
        return next(islice(self, k, None))

    def add(self, positions: tuple[int, ...], outcome: Any, how: Callable[..., Any] | None) -> None:
        if (how, positions) not in self.asked:
            self.asked[how, positions] = Guard(positions, outcome, place(), how)

    # ---- when the trace is finished

    @cached_property
    def conditions(self) -> list[Guard]:
        return [guard for guard in self if guard.how is None]

    @cached_property
    def answers(self) -> list[Guard]:
        """The decisions that are more than a condition."""
        return [guard for guard in self if guard.how is not None]

    @property
    def positions(self) -> list[int]:
        """Of all numbers that `first_difference` asks for: the conditions, then those to answer by."""
        return [i for guard in (*self.conditions, *self.answers) for i in guard.positions]

    @cached_property
    def path(self) -> list[Any]:
        """The outcomes, each with its type; None at the end."""
        return [*(typed(guard.outcome) for guard in self), None]

    def first_difference(self, numbers: Sequence[float]) -> tuple[int, Any] | None:
        """Which decision is the first to be another one with these numbers, and its answer; None if all hold."""
        first, found = len(self), None
        flips = list(map(ne, numbers, self._outcomes))
        if True in flips:
            k = flips.index(True)
            first = self._places[k]
            found = first, typed(not self.conditions[k].outcome)
        at = len(flips)
        for k, guard in self._answers:
            if k > first:
                break
            end = at + len(guard.positions)
            answer = typed(guard.answer(numbers[at:end]))
            if answer != typed(guard.outcome):
                return k, answer
            at = end
        return found

    @cached_property
    def _outcomes(self) -> list[float]:
        return [float(guard.outcome) for guard in self.conditions]

    @cached_property
    def _places(self) -> list[int]:
        return [k for k, guard in enumerate(self) if guard.how is None]

    @cached_property
    def _answers(self) -> list[tuple[int, Guard]]:
        return [(k, guard) for k, guard in enumerate(self) if guard.how is not None]


def typed(answer: Any) -> tuple[type, Any]:
    """An answer that equals no answer of another type: True is not 1."""
    return type(answer), answer
