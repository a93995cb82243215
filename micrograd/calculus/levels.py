"""Numbers that carry derivatives along: coefficients of the powers of an infinitesimal, and levels to tell these apart.

A `Layer` is c₀ + c₁ε + c₂ε² + … with an ε of its own for each derivative that is being taken. The coefficients are
numbers of any kind: floats, Values, or layers that belong to a derivative farther out. Each ε is numbered by when its
derivative began, so that an inner one never mistakes an outer variable for its own (perturbation confusion; Siskind and
Pearlmutter 2008).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd._core.modes import entered, recorded
from micrograd.calculus.numeric_kinds import Number
from micrograd.engine import Value, topological


class Layer(Number):
    """c₀ + c₁ε + …, the coefficients as a tuple; None for one that is 0 whatever happens."""

    __slots__ = ("level", "coefficients")

    def __init__(self, level: float, coefficients: tuple):
        self.level, self.coefficients = level, coefficients

    def build(self, coefficients: tuple) -> Any:
        """The same kind of number at the same level."""
        return type(self)(self.level, coefficients)

    @property
    def base(self) -> Any:
        first = self.coefficients[0]
        return first.base if isinstance(first, Number) else first

    def based_on(self, base: Any) -> Any:
        """This number with another base."""
        first, *rest = self.coefficients
        return self.build((first.based_on(base) if isinstance(first, Layer) else base, *rest))

    def map(self, change: Callable[[Any], Any]) -> Any:
        """This number with every coefficient changed."""
        return self.build(tuple(None if c is None else change(c) for c in self.coefficients))

    def at(self, level: float) -> tuple:
        """The coefficients, if this number belongs to the derivative of `level`: otherwise it is constant to it."""
        return self.coefficients if self.level == level else (self,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.coefficients))})"


def coefficients(x: Any, level: float) -> tuple:
    return x.at(level) if isinstance(x, Layer) else (x,)


def holds_value(x: Any) -> bool:
    """Whether this leaf is a Value, or a layer with a Value among its coefficients."""
    if isinstance(x, Layer):
        return any(map(holds_value, x.coefficients))
    return isinstance(x, Value) and not recorded(x)


def settled(x: Any, as_value: bool) -> Any:
    """A result in the kind of number its reader expects: a Value for Values, a float for floats.

    It stays a Value in any case where it depends on the variable of another derivative that is being taken.
    """
    if isinstance(x, Layer):
        return x.map(lambda c: settled(c, as_value)) if not as_value else x
    if as_value:
        return x if isinstance(x, Value) else Value(x)
    if isinstance(x, Value):
        return x if depends_on_entered(x) else x.data
    return float(x)


def depends_on_entered(root: Value) -> bool:
    """Whether `root` depends on a variable of a reverse derivative whose function is running."""
    if not entered:
        return False
    order = topological(root)
    return any(
        root in call.variables or any(not call.variables.isdisjoint(v.parents) for v in order)
        for call in entered.copy()
    )
