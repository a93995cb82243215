"""A tape: what a function computed, as one flat list of operations (a Wengert list)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from micrograd._core.listing import Listing
from micrograd.compiler.tracing.guards import Guards

INPUT, CONSTANT, STOP = "input", "constant", "stop"
VARIABLE, GRADIENT, PART = "variable", "gradient", "part"
PLAIN, THROUGH = 1, 2  # kinds of gradients
LESS, AT_MOST, EQUAL = "less", "at most", "equal"
LABEL = "label"  # the attribute of a Value that counts only if it is looked at
COMPARISONS = frozenset([LESS, AT_MOST, EQUAL])


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
    """A leaf of the result that is computed: the position among the outputs, and whether it is a Value or a number.

    `kind` is its class. `source` is the position on the tape of a parameter or an argument that the function returns
    itself.
    """

    position: int
    differentiable: bool
    kind: type[Any] = float
    source: int | None = None


@dataclass(frozen=True, eq=False)
class Itself:
    """A leaf of the result that is a thing of the surroundings: the function returns that very object."""

    thing: Any


@dataclass(eq=False)
class Tape:
    """The `rows` are what was computed: an operation at each position, on the results at others, or with a number.

    An operation is a `Primitive`, or one of the names above: an input; a constant, which has a number; `stop`, its
    operand as a number that has no derivative; a comparison, 1 or 0; `variable`, a number as a Value of its own, by
    which a derivative may be taken.

    A `gradient` is that of its first operand with respect to the others; each of its numbers is a `part`, whose number
    says which. The number of a gradient adds up PLAIN, if they are plain numbers as `backward` computes them, where a
    sum begins at 0, and 0 passes a gate that is shut; and THROUGH, if one of these others may depend on another.
    `gradients` has their positions.

    The inputs are, in order: the numbers among the `arguments`, of which those at the places `values` are Values; the
    `parameters`; numbers read `fresh`. The results are at the positions `outputs`; `result` is their structure, with an
    `Output` for each, and `Itself` for what the function has from elsewhere.

    `undrawn` is where random generators were before they were drawn from (see `rewinding`).

    `looks` names what else of the arguments was looked at: "__class__", so that a float and a `np.float64` are not the
    same to the function; attributes of Values, such as "label".
    """

    rows: Listing = field(default_factory=Listing)
    arguments: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    parameters: dict[Any, int] = field(default_factory=dict)
    fresh: list[tuple[int, Callable[[], float], float]] = field(default_factory=list)
    undrawn: list[Any] = field(default_factory=list)
    guards: Guards = field(default_factory=Guards)
    effects: list[Effect] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    gradients: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    looks: set[str] = field(default_factory=set)
    result: Any = None

    @property
    def inputs(self) -> list[int]:
        return [*self.arguments, *self.parameters.values(), *(position for position, _, _ in self.fresh)]

    @property
    def targets(self) -> set[int]:
        """The positions of what the function itself differentiates with respect to."""
        return {position for gradient in self.gradients for position in self.rows[gradient][1][1:]}

    @property
    def roots(self) -> list[int]:
        """The positions of results, guards and effects: everything else serves these."""
        effects = [position for effect in self.effects for position in effect.positions]
        return [*self.outputs, *self.guards.positions, *effects]
