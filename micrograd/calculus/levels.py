"""Numbers that carry derivatives along, at levels that tell nested derivatives apart.

A `Level` is c₀ + c₁ε + c₂ε² + …, and each derivative that is being taken has its own ε. The coefficients are numbers
of any kind: floats, Values, or Levels of a derivative farther out. Each ε is numbered by when its derivative began, so
that an inner derivative never mistakes an outer variable for its own (perturbation confusion; Siskind and Pearlmutter
2008).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd._core.adjoints import differentiated
from micrograd._core.modes import recorded
from micrograd.calculus.gates import reveal
from micrograd.calculus.numeric_kinds import Number
from micrograd.engine import Value


class Level(Number):
    """c₀ + c₁ε + …: the coefficients are a tuple, with None for one that is always 0."""

    __slots__ = ("level", "coefficients")

    def __init__(self, level: float, coefficients: tuple[Any, ...]):
        self.level, self.coefficients = level, coefficients

    def build(self, coefficients: tuple[Any, ...]) -> Any:
        """The same kind of number at the same level."""
        return type(self)(self.level, coefficients)

    @property
    def base(self) -> Any:
        first = self.coefficients[0]
        return first.base if isinstance(first, Number) else first

    def with_base(self, base: Any) -> Any:
        """This number with another base."""
        first, *rest = self.coefficients
        return self.build((first.with_base(base) if isinstance(first, Level) else base, *rest))

    def map(self, change: Callable[[Any], Any]) -> Any:
        """This number with every coefficient changed."""
        return self.build(tuple(None if c is None else change(reveal(c)) for c in self.coefficients))

    def at(self, level: float) -> tuple[Any, ...]:
        """The coefficients, if this number belongs to the derivative of `level`: otherwise it is constant to it."""
        return self.coefficients if self.level == level else (self,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.coefficients))})"


def coefficients(x: Any, level: float) -> tuple[Any, ...]:
    return x.at(level) if isinstance(x, Level) else (x,)


def holds_value(x: Any) -> bool:
    """Whether x is a Value, or a Level with a Value among its coefficients."""
    if isinstance(x, Level):
        return any(holds_value(reveal(c)) for c in x.coefficients)
    return isinstance(x, Value)


def settle(x: Any, as_value: bool) -> Any:
    """A result as the caller expects it: a Value if the arguments held Values, otherwise a float.

    It stays a Value if it depends on the variable of another derivative that is being taken.
    """
    if isinstance(x, Level):
        return x.map(lambda c: settle(c, as_value)) if not as_value else x
    if as_value:
        return x if isinstance(x, Value) else Value(x)
    if isinstance(x, Value):
        return x if differentiated(x) else x.data
    return x if recorded(x) else float(x)
