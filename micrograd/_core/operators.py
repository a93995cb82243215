"""From the primitives of `ops` to the operators and methods of a Value: where nodes are made.

`Value` inherits `Operators`. An operation evaluates its primitive on the data of its operands and keeps what comes back
in one new node: the result, the parents, the local derivatives. A number among the operands becomes a leaf.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable
from threading import get_ident
from typing import Any, TypeVar

from micrograd import ops
from micrograd._core.modes import modes, tracer
from micrograd.ops import Floats, Primitive, evaluate, quietly

V = TypeVar("V", bound="Operators")

new, to_the_constant = object.__new__, ops.power.run


def number(data: Any) -> float:
    """`data` as a Python float if it is a real number of any kind; `TypeError` otherwise."""
    kind = type(data)
    if isinstance(data, (float, int, numbers.Real)) or (
        kind.__module__ == "numpy" and kind.__name__ in ("bool", "bool_")
    ):
        return float(data)
    hint = ": use its .data, or the Value itself" if isinstance(data, Operators) else ""
    raise TypeError(f"a Value holds a real number, got {kind.__name__} {data!r}{hint}")


def operand(kind: type[V], other: Any) -> Any:
    """`other` as a Value: itself, or a new leaf for a number; `NotImplemented` where it is neither."""
    if type(other) is float or type(other) is int:
        return node(kind, None, float(other), None, None)
    if isinstance(other, Operators):
        return other
    try:
        return node(kind, None, number(other), None, None)
    except TypeError:
        return NotImplemented


def node(kind: type[V], op: Primitive | None, data: float, a: Any, da: Any, b: Any = None, db: Any = None) -> V:
    """The Value that `op` makes of its operands `a` and `b`, with the local derivatives `da` and `db`."""
    v: Any = new(kind)
    v._data, v._grad, v._seen = data, 0.0, None
    v.primitive, v._a, v._da = op, a, da
    v._b, v._db = b, db
    if modes and (mode := modes.get(get_ident())) is not None:
        mode.made(v, op, a, b, db)
    return v


def local(op: Primitive, parents: Iterable[Any], constants: tuple = ()) -> tuple[float, ...]:
    """The result of `op` and its local derivatives, at regular points and singular ones.

    A function that is being traced goes on where floats have no result, as its program will: with inf or nan.
    """
    operands = [p._data for p in parents]
    try:
        return evaluate(op, operands, constants, [p.label for p in parents])
    except (ArithmeticError, ValueError):
        if tracer() is None:
            raise
        return tuple(map(float, quietly(op, operands, constants)))


def unary(op: Primitive) -> Callable[[V], V]:
    run = op.run

    def method(self: Any) -> Any:
        try:
            out, da = run(Floats, self._data)
        except (ArithmeticError, ValueError):
            out, da = local(op, (self,))
        return node(type(self), op, out, self, da)

    return named(method, op)


def binary(op: Primitive) -> Callable[[V, Any], V]:
    run = op.run

    def method(self: Any, other: Any) -> Any:
        kind = type(self)
        if type(other) is not kind and (other := operand(kind, other)) is NotImplemented:
            return NotImplemented
        try:
            out, da, db = run(Floats, self._data, other._data)
        except (ArithmeticError, ValueError):
            out, da, db = local(op, (self, other))
        return node(kind, op, out, self, da, other, db)

    return named(method, op)


def reflected(method: Callable[[V, Any], V]) -> Callable[[V, Any], V]:
    """The method for a number on the left."""

    def swapped(self: Any, other: Any) -> Any:
        return NotImplemented if (other := operand(type(self), other)) is NotImplemented else method(other, self)

    return named(swapped, method)


def named(method: Any, like: Any) -> Any:
    """`method` under the name and the docstring of a primitive, for help() and error messages."""
    method.__name__, method.__doc__ = getattr(like, "name", None) or like.__name__, like.__doc__
    method.__qualname__ = f"Value.{method.__name__}"
    return method


class Operators:
    """The arithmetic and the elementary functions of a Value, as methods."""

    __slots__ = ()

    __add__, __sub__, __mul__, __truediv__ = binary(ops.add), binary(ops.sub), binary(ops.mul), binary(ops.div)
    __radd__, __rsub__, __rmul__ = reflected(__add__), reflected(__sub__), reflected(__mul__)
    __rtruediv__ = reflected(__truediv__)
    __neg__, __abs__ = unary(ops.neg), unary(ops.abs_)
    _to_the = binary(ops.power_value)
    __rpow__ = reflected(_to_the)

    def __pow__(self, k):
        """xᵏ for a constant k, and xʸ for a Value y."""
        if type(k) is not int and type(k) is not float:
            if isinstance(k, Operators):
                return self._to_the(k)
            if operand(type(self), k) is NotImplemented:
                return NotImplemented
            k = int(k) if isinstance(k, numbers.Integral) else float(k)
        try:
            out, da = to_the_constant(Floats, self._data, k)
        except (ArithmeticError, ValueError):
            out, da = local(ops.power, (self,), (k,))
        return node(type(self), ops.power, out, self, da, k)

    exp, log, sqrt, log1p, expm1 = unary(ops.exp), unary(ops.log), unary(ops.sqrt), unary(ops.log1p), unary(ops.expm1)
    sin, cos, tan, atan, tanh = unary(ops.sin), unary(ops.cos), unary(ops.tan), unary(ops.atan), unary(ops.tanh)
    sigmoid, softplus, erf, relu = unary(ops.sigmoid), unary(ops.softplus), unary(ops.erf), unary(ops.relu)
    abs, max, min = __abs__, binary(ops.max_), binary(ops.min_)
    arctan = atan  # the name by which NumPy calls it on object arrays
