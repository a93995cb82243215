"""Forward mode: derivatives carried along with the values, in one sweep and without a graph.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)

A dual number x + ẋε with ε² = 0 pairs a value with its derivative along one direction, and f(x + ẋε) = f(x) + f′(x)ẋε
(Wengert 1964; Griewank and Walther, Evaluating Derivatives, chapter 3). One sweep costs a small multiple of f, however
many outputs it has; reverse mode costs that however many inputs there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, overload

from micrograd._core.elementary import apply
from micrograd._core.modes import epsilons
from micrograd._core.nodes import number
from micrograd._core.scalars import advice, check_untracked, of_our_own
from micrograd.calculus.gates import pass_on, plus, reveal
from micrograd.calculus.levels import Level, coefficients, holds_value, settle
from micrograd.calculus.numeric_kinds import run
from micrograd.calculus.signatures import R, Result
from micrograd.calculus.structures import describe, leaves, named_leaves, transform, transform_pairs
from micrograd.engine import Value
from micrograd.ops import Primitive

Floats: TypeAlias = float | list[float] | tuple[float, ...]


class Dual(Level):
    """x + ẋε with ε² = 0: the coefficients are the value x and the tangent ẋ, None behind a gate that is shut."""

    __slots__ = ()

    def through(self, op: Primitive, operands: list[Any], constants: tuple[Any, ...]) -> Dual:
        level = self.level
        pairs = [coefficients(x, level) for x in operands]
        out, *partials = run(op, [pair[0] for pair in pairs], constants)
        tangent: Any = None
        for pair, partial in zip(pairs, partials, strict=True):
            if len(pair) == 2:
                tangent = plus(tangent, pass_on(op, partial, pair[1]))
        return Dual(level, (out, tangent))


class Primal(Level):
    """The x of x + ẋε: what a function makes of it in forward mode, where its derivative is taken in another way."""

    __slots__ = ()

    def through(self, op: Primitive, operands: list[Any], constants: tuple[Any, ...]) -> Any:
        level = self.level
        known = [x.coefficients[0] if isinstance(x, Level) and x.level == level else x for x in operands]
        if all(type(x) is float for x in known):
            return self.build((run(op, known, constants)[0],))
        if constants:
            return self.build((known[0] ** constants[0],))
        method = getattr(known[0], op.methods[0]) if op.methods and type(known[0]) is Value else None
        out = method(*known[1:]) if method else NotImplemented  # faster, where it can
        return self.build((apply(op, known) if out is NotImplemented else out,))


@overload
def jvp(f: Callable[..., Result], primals: Floats, tangents: Floats) -> tuple[float, float]: ...
@overload
def jvp(f: Callable[..., R], primals: Any, tangents: Any) -> tuple[R, R]: ...
def jvp(f: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """f at `primals` and its derivative along `tangents`, J·ẋ (the Jacobian-vector product), in one forward sweep.

    `primals` is the tuple of the arguments of f; anything but a tuple is its only argument. `tangents` is built in the
    same way, with a number for each number. Both results have the structure of what f returns, which may be any.

    Raises `ValueError` if the two are built differently, `TypeError` if they hold something else than numbers.
    """
    if not isinstance(primals, tuple):
        primals, tangents = (primals,), (tangents,)
    level = next(epsilons)

    def dual(x: Any, t: Any) -> Dual:
        return Dual(level, (as_number(x, "primals", primals), as_number(t, "tangents", tangents)))

    outs = f(*transform_pairs(dual, primals, tangents, "primals", "tangents"))
    keep = any(map(holds_value, leaves((primals, tangents))))

    def part(k: int) -> Callable[[Any], Any]:
        def of(out: Any) -> Any:
            both = coefficients(as_number(out, "the result of f", outs), level)
            return settle(0.0 if k >= len(both) or both[k] is None else reveal(both[k]), keep)

        return of

    return transform(part(0), outs), transform(part(1), outs)


def without_tangents(f: Callable[..., Any], xs: tuple[Any, ...]) -> Any:
    """f at these arguments as `jvp` computes it, but no derivative: to f its numbers look the same."""
    level = next(epsilons)

    def value(out: Any) -> Any:
        return coefficients(as_number(out, "the result of f", outs), level)[0]

    outs = f(*transform(lambda x: Primal(level, (x,)), xs))
    return transform(value, outs)


def as_number(x: Any, name: str, whole: Any) -> Any:
    """`x` if it is a Value or carries derivatives, a float for any other number; else `TypeError` with its place."""
    if type(x) is float or of_our_own(x):
        return x
    check_untracked(x)
    try:
        return number(x)
    except TypeError:
        where = next((path for path, leaf in named_leaves(whole, name) if leaf is x), name)
        raise TypeError(f"{where} must be a number, got {describe(x)}{advice(x)}") from None
