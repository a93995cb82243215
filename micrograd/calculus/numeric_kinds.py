"""The primitives of `ops` on any kind of number.

A primitive is written with operators, comparisons and the functions of an `m`. `ANY` is an `m` for all kinds at once:
it calls the number's method of that name, as the functions of the package do. `Number` gives a new kind
of number every operator and every such method from one rule of its own: how a primitive acts on it (`through`).

`run` evaluates a primitive on any mixture of numbers. Where a local derivative is singular although the result is
fine (√0), it behaves like the engine on floats: the derivative is inf or nan, in IEEE arithmetic, on `Quiet` numbers.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from micrograd import ops
from micrograd._core.elementary import apply
from micrograd._core.floats import as_float, plain, refuse
from micrograd._core.nodes import add_methods, node, number, pass_on
from micrograd._core.scalars import of_our_own, real_of
from micrograd.engine import Value
from micrograd.functions import COMPOSITES
from micrograd.ops import PRIMITIVES, Floats, Primitive, evaluate


class Number:
    """The operators and elementary functions of a kind of number, each from the primitive of its name.

    A kind defines `through(op, operands, constants)`, which applies a primitive to operands of which at least one is of
    this kind, and `base`, the float or Value that comparisons and `float()` use. Among operands of several kinds
    the one of the highest `level` decides; to it, those of lower levels are constants.
    """

    __slots__ = ()

    level: float

    @property
    def base(self) -> Any:
        raise NotImplementedError

    def through(self, op: Primitive, operands: list[Any], constants: tuple[Any, ...]) -> Any:
        raise NotImplementedError

    def map(self, change: Callable[[Any], Any]) -> Any:
        """This number, with `change` applied to each number that it is made of."""
        raise NotImplementedError

    @staticmethod
    def _apply(op: Primitive, operands: Sequence[Any]) -> Any:
        """The package's functions call this for a number of this kind."""
        return combine(op, operands)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """The method of a primitive that was declared later than this class."""
        op = PRIMITIVES.get(name)
        if op is None or name not in op.methods:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return partial(method(op), self)

    def __pos__(self) -> Any:
        return self

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __pow__(self, k: Any) -> Any:
        if of_our_own(k):
            return combine(ops.power_value, (self, k))
        constant = int(k) if isinstance(k, numbers.Integral) else real_of(k)
        return NotImplemented if constant is None else combine(ops.power, (self,), (constant,))

    def __rpow__(self, other: Any) -> Any:
        return combine(ops.power_value, (other, self))

    def __lt__(self, other: Any) -> Any:
        return plain(self) < plain(other)

    def __le__(self, other: Any) -> Any:
        return plain(self) <= plain(other)

    def __gt__(self, other: Any) -> Any:
        return plain(self) > plain(other)

    def __ge__(self, other: Any) -> Any:
        return plain(self) >= plain(other)

    @property
    def data(self) -> Any:
        """The plain number, as that of a Value."""
        return plain(self.base)

    def __eq__(self, other: Any) -> Any:
        return plain(self) == plain(other)

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return bool(plain(self) != 0.0)

    def __float__(self) -> float:
        refuse()
        return float(self.data)

    def __format__(self, spec: str) -> str:
        return format(plain(self), spec) if spec else repr(self)


def combine(op: Primitive, operands: Sequence[Any], constants: tuple[Any, ...] = ()) -> Any:
    """Apply `op` to operands of any kinds, at least one a `Number`; `NotImplemented` if one is not a number."""
    top: Any = None
    ready: list[Any] = []
    for x in operands:
        if isinstance(x, Number):
            if top is None or x.level > top.level:
                top = x
        elif type(x) is not float and not of_our_own(x):
            try:
                x = number(x)
            except TypeError:
                return NotImplemented
        ready.append(x)
    return top.through(op, ready, constants)


def method(op: Primitive) -> Callable[..., Any]:
    def function(*operands: Any) -> Any:
        out = combine(op, operands)
        return pass_on(op, operands) if out is NotImplemented else out

    function.__name__, function.__doc__ = op.name, op.__doc__
    return function


def reflect(made: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: made(other, self)


for _op in PRIMITIVES.values():
    add_methods(Number, _op, method(_op), reflect)
for _composite in COMPOSITES:
    setattr(Number, _composite.__name__, _composite)


class Anything:
    """The `m` for any kind of number: each elementary function is the number's own method, or on floats `math`'s."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        on_floats = getattr(Floats, name)
        op = PRIMITIVES[name]

        def function(*operands: Any) -> Any:
            if all(isinstance(x, numbers.Real) for x in operands):
                return on_floats(*operands)
            return apply(op, operands)

        def unary(x: Any) -> Any:
            return on_floats(x) if isinstance(x, numbers.Real) else getattr(x, name)()

        chosen = unary if len(op.operands) == 1 and name in op.methods else function
        setattr(self, name, chosen)
        return chosen

    @staticmethod
    def pow(x: Any, y: Any) -> Any:
        both_plain = isinstance(x, numbers.Real) and isinstance(y, numbers.Real)
        return Floats.pow(x, y) if both_plain else x**y

    @staticmethod
    def where(condition: Any, a: Any, b: Any) -> Any:
        """A recorded condition, as in a trace of `compile`, makes the choice itself."""
        return a if condition is True else b if condition is False else _choose(condition, a, b)


def _choose(condition: Any, a: Any, b: Any) -> Any:
    if not hasattr(condition, "choose"):
        return a if condition else b
    return apply(ops.where, (condition, a, b))


ANY = Anything()


def run(
    op: Primitive, operands: Sequence[Any], constants: tuple[Any, ...] = (), quiet: bool = False
) -> tuple[Any, ...]:
    """The result of `op` and its local derivatives, on floats, Values and `Number`s in any mixture.

    Where only a derivative does not exist, it is inf or nan. Where the operands lie outside the domain of `op` its own
    error is raised, or, if `quiet`, the result is inf or nan as well.
    """
    if all(type(x) is float for x in operands):
        return evaluate(op, list(operands), constants, [""] * len(operands))
    try:
        return op.run(ANY, *operands, *constants)
    except (ArithmeticError, ValueError):
        out, *partials = map(unwrap_quiet, op.run(ANY, *map(make_quiet, operands), *constants))
        if not quiet and not math.isfinite(plain(out)):
            raise
        return out, *partials


class Quiet(Number):
    """A float or a Value in IEEE arithmetic: 1 / 0 is inf, the logarithm of −1 is nan, and no error is raised."""

    __slots__ = ("_base",)

    level = -1.0

    def __init__(self, base: Any):
        self._base = base

    @property
    def base(self) -> Any:
        return self._base

    def through(self, op: Primitive, operands: list[Any], constants: tuple[Any, ...]) -> Quiet:
        bases = [x.base if isinstance(x, Quiet) else x for x in operands]
        out, *partials = ops.quietly(op, list(map(as_float, bases)), constants)
        if not any(isinstance(x, Value) for x in bases):
            return Quiet(out)
        parents = tuple(x if isinstance(x, Value) else Value(x) for x in bases)
        if constants:
            return Quiet(node(Value, op, out, parents[0], partials[0], constants[0]))
        return Quiet(node(Value, op, out, parents, tuple(partials), None, ...))

    def map(self, change: Callable[[Any], Any]) -> Any:
        return change(self._base)

    def __repr__(self) -> str:
        return f"Quiet({self._base!r})"


def make_quiet(x: Any) -> Any:
    return x.map(make_quiet) if isinstance(x, Number) else Quiet(x)


def unwrap_quiet(x: Any) -> Any:
    return x.map(unwrap_quiet) if isinstance(x, Number) else x


def times(a: Any, b: Any) -> Any:
    """a · b, without a node for a factor of exactly 1."""
    if type(a) is float and a == 1.0:
        return b
    if type(b) is float and b == 1.0:
        return a
    return a * b
