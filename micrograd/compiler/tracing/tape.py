"""A tape: what a function computed, as one flat list of operations (a Wengert list)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

INPUT, CONSTANT, STOP = "input", "constant", "stop"
LESS, AT_MOST, EQUAL = "less", "at most", "equal"
COMPARISONS = frozenset([LESS, AT_MOST, EQUAL])


class Guard(NamedTuple):
    """A decision that Python took while tracing: by the number at this position of the tape, on this line.

    Without `how` the number is a condition, and the outcome is whether it is true. Otherwise the outcome is
    `how(number)`: a text, or anything else that takes no value between two others.
    """

    position: int
    outcome: Any
    place: str
    how: Callable[[float], Any] | None = None

    def answer(self, number: float) -> Any:
        """The outcome for another number; where there is none, the kind of error."""
        if self.how is None:
            return number != 0.0
        try:
            return self.how(number)
        except (ArithmeticError, ValueError) as error:
            return type(error)

    def holds(self, number: float) -> bool:
        answer = self.answer(number)
        return type(answer) is type(self.outcome) and answer == self.outcome


class Effect(NamedTuple):
    """Something to do with numbers of each call: `act(numbers)`."""

    act: Callable[[list[float]], Any]
    positions: list[int]


class Pick(NamedTuple):
    """An input that selects, and the number of values it selects from."""

    position: int
    among: int


@dataclass(frozen=True)
class Output:
    """A leaf of the result that is computed: the position among the outputs, and whether it is a Value or a number."""

    position: int
    differentiable: bool


@dataclass(eq=False)
class Tape:
    """Operation i is `operations[i]` on the results at the positions `operands[i]`, with the numbers `constants[i]`.

    An operation is a `Primitive`, or one of the names above: an input; a constant, whose number is among the
    constants; `stop`, its operand as a number that has no derivative; a comparison, 1 or 0.

    The inputs are, in order: the numbers among the `arguments`, of which those at the places `values` are Values; the
    `parameters`; numbers read `fresh`. The results are at the positions `outputs`; `result` is their structure, with an
    `Output` for each.
    """

    operations: list[Any] = field(default_factory=list)
    operands: list[tuple[int, ...]] = field(default_factory=list)
    constants: dict[int, Any] = field(default_factory=dict)
    arguments: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    parameters: dict[Any, int] = field(default_factory=dict)
    fresh: list[tuple[int, Callable[[], float], float]] = field(default_factory=list)
    decisions: list[tuple[Any, str, Any]] = field(default_factory=list)
    guards: dict[tuple[int, Any], Guard] = field(default_factory=dict)  # by position and `how`, as they were taken
    effects: list[Effect] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    result: Any = None

    @property
    def inputs(self) -> list[int]:
        return [*self.arguments, *self.parameters.values(), *(position for position, _, _ in self.fresh)]

    @property
    def roots(self) -> list[int]:
        """The positions of results, guards and effects: everything else serves these."""
        effects = [position for effect in self.effects for position in effect.positions]
        return [*self.outputs, *(position for position, _ in self.guards), *effects]

    @property
    def answers(self) -> list[Guard]:
        """The decisions that are more than a condition."""
        return [guard for guard in self.guards.values() if guard.how is not None]
