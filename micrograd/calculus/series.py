"""Derivatives of any order along a line: truncated Taylor series, pushed through the same primitives.

    >>> taylor(exp, 0.0, 4)
    [1.0, 1.0, 0.5, 0.16666666666666666, 0.041666666666666664]

Numbers are replaced by polynomials c₀ + c₁t + … + cₙtⁿ. Sums, products and quotients of these have recurrences, and
for y = f(x(t)) the chain rule y′ = f′(x)·x′ gives, coefficient by coefficient,

    k · y_k = Σ_{j=1..k} j · x_j · p_{k−j}        with p = f′(x), the local derivative declared in `ops`

p may be written with y itself (tanh) or with other functions that need y in turn (sin and cos): p_{k−1} asks only for
coefficients of y that are already known. So every series inside a primitive is lazy (McIlroy 1999), every function of
one series is made once, and an operation costs O(n²) (Griewank and Walther, Evaluating Derivatives, chapter 13).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, overload

from micrograd import ops
from micrograd._core.modes import epsilons, recorded
from micrograd.calculus.forward import as_number
from micrograd.calculus.gates import plus
from micrograd.calculus.levels import Level, coefficients, holds_value, settle
from micrograd.calculus.numeric_kinds import ANY, Number, make_quiet, run, times, unwrap_quiet
from micrograd.calculus.signatures import Result, Structure
from micrograd.calculus.structures import transform
from micrograd.engine import Value
from micrograd.ops import SHUT, Primitive

Several: TypeAlias = list[float] | list[Value] | tuple[Result, ...] | dict[str, float] | dict[str, Value]


@overload
def taylor(f: Callable[[float], Result], x: float, n: int) -> list[float]: ...
@overload
def taylor(f: Callable[[Value], Result], x: float, n: int) -> list[float]: ...
@overload
def taylor(f: Callable[[Value], Result], x: Value, n: int) -> list[Value]: ...
@overload
def taylor(f: Callable[[float], Several], x: float, n: int) -> Structure: ...
def taylor(f: Callable[[Any], Any], x: Any, n: int) -> Any:
    """The Taylor coefficients of f at the number x up to order n: the list of f⁽ᵏ⁾(x) / k! for k = 0, …, n.

    One sweep through f, in which an operation costs O(n²). Where f returns a structure, each of its numbers becomes
    such a list. For several variables, walk along a line: `taylor(lambda t: f(a + t * u, b + t * v), 0.0, n)`.

    Raises `ValueError` unless n is 0 or more, `TypeError` if x or what f returns is not made of numbers.
    """
    n = operator.index(n)
    if n < 0:
        raise ValueError(f"the order of a Taylor polynomial must be 0 or more, got {n}")
    level = next(epsilons)
    x = as_number(x, "x", x)
    outs = f(Series(level, (x, 1.0)[: n + 1], n))
    keep = holds_value(x)

    def expand(out: Any) -> list[Any]:
        known = coefficients(as_number(out, "the result of f", outs), level)
        padded = [0.0 if c is None else c for c in known] + [0.0] * (n + 1 - len(known))
        return [settle(c, keep) for c in padded]

    return transform(expand, outs)


class Series(Level):
    """c₀ + c₁t + … + cₙtⁿ; coefficients left out at the end are 0."""

    __slots__ = ("order",)

    def __init__(self, level: float, coefficients: tuple[Any, ...], order: int):
        super().__init__(level, coefficients)
        self.order = order

    def build(self, coefficients: tuple[Any, ...]) -> Series:
        return Series(self.level, coefficients, self.order)

    def through(self, op: Primitive, operands: list[Any], constants: tuple[Any, ...]) -> Series:
        known = [coefficients(x, self.level) for x in operands]
        own = [isinstance(x, Level) and x.level == self.level for x in operands]
        try:
            found = self.expand(op, known, own, constants)
        except (ArithmeticError, ValueError):
            run(op, [c[0] for c in known], constants)  # outside the domain this says so, with the number
            silent = [[None if c is None else make_quiet(c) for c in row] for row in known]
            found = [None if c is None else unwrap_quiet(c) for c in self.expand(op, silent, own, constants)]
        while len(found) > 1 and found[-1] is None:
            found.pop()
        return self.build(tuple(found))

    def expand(
        self, op: Primitive, known: Sequence[Sequence[Any]], own: list[bool], constants: tuple[Any, ...]
    ) -> list[Any]:
        memo: dict[tuple[Any, ...], Any] = {}
        operands = [Stream(c, no_more, memo) if its else c[0] for c, its in zip(known, own, strict=True)]
        mine = next(x for x in operands if isinstance(x, Stream))
        out = mine.through(op, operands, constants)
        found = [coefficient(out, k) for k in range(self.order + 1)]
        memo.clear()  # so that no cycle of references keeps Values alive
        return found


class Stream(Number):
    """A power series whose k-th coefficient is computed on demand, from the ones before it.

    `rule(self, k)` computes it; None stands for a coefficient that is always 0, such as those of a constant.
    `memo` holds every function series built inside one operation: sin asks for cos, and cos for the same sin again.
    """

    __slots__ = ("known", "rule", "memo")

    level = math.inf

    def __init__(self, known: Sequence[Any], rule: Rule, memo: dict[tuple[Any, ...], Any]):
        self.known, self.rule, self.memo = list(known), rule, memo

    def __getitem__(self, k: int) -> Any:
        while len(self.known) <= k:
            self.known.append(self.rule(self, len(self.known)))
        return self.known[k]

    @property
    def base(self) -> Any:
        return self[0]

    def through(self, op: Primitive, operands: list[Any], constants: tuple[Any, ...]) -> Stream:
        if recurrence := ARITHMETIC.get(op):
            return Stream((), lambda out, k: recurrence(out, k, *operands), self.memo)
        key = (op, *map(id, operands), *constants)
        if key not in self.memo:
            self.memo[key] = Stream((), lambda out, k: first(out, op, operands, constants), self.memo), operands
        made: Stream = self.memo[key][0]
        return made


Rule = Callable[[Stream, int], Any]


def coefficient(x: Any, k: int) -> Any:
    if isinstance(x, Stream):
        return x[k]
    return x if k == 0 else None


def no_more(out: Stream, k: int) -> None:
    """The rule of a series whose coefficients are all known: the others are 0."""


def divide(a: Any, b: Any) -> Any:
    return None if a is None else a / b


def convolve(k: int, x: Any, y: Any, start: int, weight: Callable[[int], Any] = lambda j: 1.0) -> Any:
    """Σ_{j=start..k} weight(j) · x_j · y_{k−j}; None if it has no term."""
    found: Any = None
    for j in range(start, k + 1):
        a = coefficient(x, j)
        if a is not None and (b := coefficient(y, k - j)) is not None and b is not SHUT:
            found = plus(found, times(times(weight(j), a), b))
    return found


# ---- arithmetic: the k-th coefficient of out


def add(out: Stream, k: int, x: Any, y: Any) -> Any:
    return plus(coefficient(x, k), coefficient(y, k))


def sub(out: Stream, k: int, x: Any, y: Any) -> Any:
    b = coefficient(y, k)
    return plus(coefficient(x, k), None if b is None else -b)


def mul(out: Stream, k: int, x: Any, y: Any) -> Any:
    return convolve(k, x, y, 0)


def div(out: Stream, k: int, x: Any, y: Any) -> Any:
    """From out · y = x: out_k = (x_k − Σ_{j≥1} y_j out_{k−j}) / y_0."""
    rest = convolve(k, y, out, 1)
    return divide(plus(coefficient(x, k), None if rest is None else -rest), coefficient(y, 0))


def neg(out: Stream, k: int, x: Stream) -> Any:
    return None if x[k] is None else -x[k]


def total(out: Stream, k: int, *values: Any) -> Any:
    found: Any = None
    for x in values:
        found = plus(found, coefficient(x, k))
    return found


def dot(out: Stream, k: int, *operands: Any) -> Any:
    n = len(operands) // 2
    found = coefficient(operands[-1], k)
    for w, x in zip(operands[:n], operands[n:-1], strict=True):
        found = plus(found, convolve(k, w, x, 0))
    return found


ARITHMETIC: dict[Primitive, Callable[..., Any]] = {
    ops.add: add,
    ops.sub: sub,
    ops.mul: mul,
    ops.div: div,
    ops.neg: neg,
    ops.total: total,
    ops.dot: dot,
}


# ---- functions


def first(out: Stream, op: Primitive, operands: list[Any], constants: tuple[Any, ...]) -> Any:
    """The coefficient of order 0, and from then on the rule for the others."""
    base = op.run(ANY, *[coefficient(x, 0) for x in operands], *constants)[0]
    out.rule = (power(*operands, *constants) if op in (ops.power, ops.power_value) else None) or chain(
        op, operands, constants
    )
    return base


def chain(op: Primitive, operands: list[Any], constants: tuple[Any, ...]) -> Rule:
    """k · out_k = Σ over the operands x of Σ_{j≥1} j · x_j · p_{k−j}, with the local derivatives p of `op`."""

    def rule(out: Stream, k: int) -> Any:
        key = ("partials", id(out))
        if key not in out.memo:
            partials = op.run(ANY, *operands, *constants)[1:]
            # in a trace, whether a gate is shut is a decision like that of an `if`
            out.memo[key] = [SHUT if op.gate and recorded(p) and not p else p for p in partials]
        found: Any = None
        for x, partial in zip(operands, out.memo[key], strict=True):
            found = plus(found, convolve(k, x, partial, 1, float))
        return divide(found, k)

    return rule


def power(x: Any, y: Any) -> Rule | None:
    """The rule for xʸ, whose local derivative would ask for xʸ⁻¹, xʸ⁻², …: one with fewer steps, if there is one.

    A whole y ≥ 0 is repeated multiplication, right at x_0 = 0 too. Any other constant has x · out′ = y · x′ · out, and
    a series y has out′ = (y ln x)′ · out.
    """
    if isinstance(y, Stream):
        if not x > 0.0:
            return None
        exponent = y * ANY.log(x)
        return lambda out, k: divide(convolve(k, exponent, out, 1, float), k)
    if y == 0:
        return no_more
    if isinstance(y, (int, float)) and y >= 1 and y == int(y):
        product = whole_power(x, int(y))
        return lambda out, k: product[k]
    if x == 0.0:
        return None

    def rule(out: Stream, k: int) -> Any:
        found = convolve(k, x, out, 1, lambda j: y * j - (k - j))
        return divide(found, k * x[0])

    return rule


def whole_power(x: Any, n: int) -> Any:
    """xⁿ for n ≥ 1 by squaring and multiplying."""
    product = None
    while True:
        if n % 2:
            product = x if product is None else product * x
        n //= 2
        if not n:
            return product
        x = x * x
