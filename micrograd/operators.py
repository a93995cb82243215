"""From the primitives of `ops` to the operators and methods of a Value: where nodes are made.

`Value` inherits `Operators`. An operation evaluates its primitive on the data of its operands and keeps what comes back
in one new node: the result, the parents, the local derivatives. A number among the operands becomes a leaf.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any, TypeVar

from micrograd import ops
from micrograd.ops import Floats, Primitive, evaluate

V = TypeVar("V", bound="Operators")

new, to_the_constant = object.__new__, ops.power.run
paused: dict[int, int] = {}


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside this context, what this thread computes remembers no parents."""
    thread = get_ident()
    paused[thread] = paused.get(thread, 0) + 1
    try:
        yield
    finally:
        paused[thread] -= 1
        if not paused[thread]:
            del paused[thread]


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
    v.data, v.grad, v._seen = data, 0.0, None
    if paused and get_ident() in paused:
        op = a = da = b = db = None
    v.primitive, v._a, v._da = op, a, da
    v._b, v._db = b, db
    return v


def local(op: Primitive, parents: Iterable[Any], constants: tuple = ()) -> tuple[float, ...]:
    """The result of `op` and its local derivatives, at regular points and singular ones."""
    return evaluate(op, [p.data for p in parents], constants, [p.label for p in parents])


def unary(op: Primitive) -> Callable[[V], V]:
    run = op.run

    def method(self: Any) -> Any:
        try:
            out, da = run(Floats, self.data)
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
            out, da, db = run(Floats, self.data, other.data)
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
            out, da = to_the_constant(Floats, self.data, k)
        except (ArithmeticError, ValueError):
            out, da = local(ops.power, (self,), (k,))
        return node(type(self), ops.power, out, self, da, k)

    exp, log, sqrt, log1p, expm1 = unary(ops.exp), unary(ops.log), unary(ops.sqrt), unary(ops.log1p), unary(ops.expm1)
    sin, cos, tan, atan, tanh = unary(ops.sin), unary(ops.cos), unary(ops.tan), unary(ops.atan), unary(ops.tanh)
    sigmoid, softplus, erf, relu = unary(ops.sigmoid), unary(ops.softplus), unary(ops.erf), unary(ops.relu)
    abs, max, min = __abs__, binary(ops.max_), binary(ops.min_)
    arctan = atan  # the name by which NumPy calls it on object arrays
