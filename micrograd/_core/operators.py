"""The operators of a Value that no table can declare: powers, and those that say what to write instead."""

from __future__ import annotations

import numbers
from typing import Any, NoReturn, TypeVar

from micrograd import ops
from micrograd._core.in_numpy import InNumPy
from micrograd._core.in_tensors import InTensors
from micrograd._core.methods import Methods
from micrograd._core.misspelt import NamesElsewhere
from micrograd._core.native import extension, give_way
from micrograd._core.nodes import Node, local, node, number, operand
from micrograd.ops import Floats

V = TypeVar("V", bound="Operators")

to_the_constant = ops.power.run


class Operators(Methods, InNumPy, InTensors, NamesElsewhere):
    """The arithmetic and the elementary functions of a Value, as methods."""

    __slots__ = ()

    def __pow__(self: V, k: Any) -> V:
        """xᵏ for a constant k, and xʸ for a Value y."""
        if type(k) is not int and type(k) is not float:
            if isinstance(k, Node):
                return self._to_the(k)
            if operand(type(self), k) is NotImplemented:
                return NotImplemented
            k = int(k) if isinstance(k, numbers.Integral) else number(k)
        try:
            out, da = to_the_constant(Floats, self._data, k)  # type: ignore[attr-defined]
        except (ArithmeticError, ValueError):
            out, da = local(ops.power, (self,), (k,))
        return node(type(self), ops.power, out, self, da, k)

    def __rpow__(self: V, other: Any) -> V:
        """A number to the power of a Value."""
        base = operand(type(self), other)
        return NotImplemented if base is NotImplemented else base._to_the(self)

    def __pos__(self: V) -> V:
        return self

    def __divmod__(self: V, other: Any) -> tuple[V, V]:
        return self // other, self % other

    def __rdivmod__(self: V, other: Any) -> tuple[V, V]:
        return other // self, other % self

    def __matmul__(self, other: Any) -> NoReturn:
        raise TypeError("@ is for arrays: for lists of Values write micrograd.dot(weights, inputs)")

    __rmatmul__ = __matmul__

    def __round__(self, digits: int | None = None) -> NoReturn:
        raise TypeError(
            "a Value cannot be rounded: round(v.data, 2) rounds the number, v.floor() and v.ceil() stay in the graph"
        )

    def __int__(self) -> NoReturn:
        raise TypeError("a Value cannot become an int: int(v.data) converts its number, v.trunc() stays in the graph")


if extension is not None:
    extension.declare("power", ops.power, *give_way(Operators, "__pow__", "__rpow__"))
