"""Symbols: numbers that are only names. Run on them, a primitive of `ops` returns its own rule as a formula.

    >>> x, y = name("x"), name("y")
    >>> out, dx, dy = ops.div(Symbols, x, y)
    >>> text(out), text(dx), text(replace_part(dy, out, name("out")))
    ('x / y', '1 / y', '−out / y')

So a formula that is shown is the function that is run, and cannot differ from it. A name may carry a value: then a
comparison is decided by it, and `m.where` takes one side, so that no case distinction clutters a line. Without values
both cases stay in the formula.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd.ops import PRIMITIVES, Floats, Primitive


@dataclass(frozen=True, eq=False)
class Symbol:
    """A formula: a `kind` and its parts.

    number   (value,)                 +  −  ×  /  ^   (left, right)
    name     (text, latex, value)     neg             (operand,)
    call     (function, *operands)    where           (condition, yes, no)      < <= > >=   (left, right)
    apply    (operation, *operands)
    """

    kind: str
    parts: tuple[Any, ...]

    def __add__(self, other: Any) -> Symbol:
        return _sum(self, symbol(other))

    def __radd__(self, other: Any) -> Symbol:
        return _sum(symbol(other), self)

    def __sub__(self, other: Any) -> Symbol:
        return _difference(self, symbol(other))

    def __rsub__(self, other: Any) -> Symbol:
        return _difference(symbol(other), self)

    def __mul__(self, other: Any) -> Symbol:
        return _product(self, symbol(other))

    def __rmul__(self, other: Any) -> Symbol:
        return _product(symbol(other), self)

    def __truediv__(self, other: Any) -> Symbol:
        return _quotient(self, symbol(other))

    def __rtruediv__(self, other: Any) -> Symbol:
        return _quotient(symbol(other), self)

    def __neg__(self) -> Symbol:
        if self.kind == "neg":
            return symbol(self.parts[0])
        return number(-self.parts[0]) if self.kind == "number" else Symbol("neg", (self,))

    def __abs__(self) -> Symbol:
        return Symbol("call", ("abs", self))

    def __pow__(self, k: Any) -> Symbol:
        return _power(self, symbol(k))

    def __mod__(self, other: Any) -> Symbol:
        return Symbol("call", ("mod", self, symbol(other)))

    def __floordiv__(self, other: Any) -> Symbol:
        return Symbol("call", ("floordiv", self, symbol(other)))

    @staticmethod
    def _apply(op: Primitive, operands: Sequence[Any]) -> Any:
        """The package's functions call this for a number of this kind."""
        return op.run(Symbols, *map(symbol, operands))[0]

    def __lt__(self, other: Any) -> Any:
        return _compare("<", self, symbol(other))

    def __le__(self, other: Any) -> Any:
        return _compare("<=", self, symbol(other))

    def __gt__(self, other: Any) -> Any:
        return _compare(">", self, symbol(other))

    def __ge__(self, other: Any) -> Any:
        return _compare(">=", self, symbol(other))

    @property
    def value(self) -> float | None:
        """The number of a number, or of a formula in which every name carries one; None where floats have none."""
        if self.kind in ("number", "name"):
            given: float | None = self.parts[-1]
            return given
        if self.kind not in COMPUTE:
            return None
        numbers = [p.value if isinstance(p, Symbol) else p for p in self.parts]
        try:
            return None if None in numbers else COMPUTE[self.kind](*numbers)
        except (ArithmeticError, ValueError):
            return None


def number(x: float) -> Symbol:
    return Symbol("number", (x,))


def name(text: str, value: float | None = None, latex: str = "") -> Symbol:
    return Symbol("name", (text, latex or text, value))


def symbol(x: Any) -> Symbol:
    return x if isinstance(x, Symbol) else number(x)


# ---- arithmetic without the parts that nobody writes by hand: · 1, + 0, − −


def _is(s: Symbol, x: float) -> bool:
    return s.kind == "number" and s.parts[0] == x


def _is_folded(a: Symbol, b: Symbol) -> bool:
    return a.kind == b.kind == "number"


def _sum(a: Symbol, b: Symbol) -> Symbol:
    if _is_folded(a, b):
        return number(a.parts[0] + b.parts[0])
    if _is(a, 0.0):
        return b
    if _is(b, 0.0):
        return a
    return Symbol("−", (a, b.parts[0])) if b.kind == "neg" else Symbol("+", (a, b))


def _difference(a: Symbol, b: Symbol) -> Symbol:
    if _is_folded(a, b):
        return number(a.parts[0] - b.parts[0])
    if _is(b, 0.0):
        return a
    return -b if _is(a, 0.0) else Symbol("−", (a, b))


def _product(a: Symbol, b: Symbol) -> Symbol:
    if _is_folded(a, b):
        return number(a.parts[0] * b.parts[0])
    if _is(a, 0.0) or _is(b, 0.0):
        return number(0.0)
    if _is(a, 1.0):
        return b
    if _is(b, 1.0):
        return a
    if _is(a, -1.0) or _is(b, -1.0):
        return -(b if _is(a, -1.0) else a)
    if "neg" in (a.kind, b.kind):
        return -_product(a.parts[0], b) if a.kind == "neg" else -_product(a, b.parts[0])
    if b.kind == "/":
        return _quotient(_product(a, b.parts[0]), b.parts[1])
    return _power(a, number(2)) if a is b else Symbol("×", (a, b))


def _quotient(a: Symbol, b: Symbol) -> Symbol:
    if _is(b, 1.0):
        return a
    return -_quotient(a.parts[0], b) if a.kind == "neg" else Symbol("/", (a, b))


def _power(a: Symbol, k: Symbol) -> Symbol:
    if _is(k, 1):
        return a
    return number(1.0) if _is(k, 0) else Symbol("^", (a, k))


COMPUTE: dict[str, Callable[..., float]] = {
    "+": operator.add,
    "−": operator.sub,
    "×": operator.mul,
    "/": operator.truediv,
    "^": Floats.pow,
    "neg": operator.neg,
    "call": lambda function, *operands: getattr(Floats, function)(*operands),
}
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": float.__lt__,
    "<=": float.__le__,
    ">": float.__gt__,
    ">=": float.__ge__,
}


def _compare(sign: str, a: Symbol, b: Symbol) -> Any:
    if a.value is None or b.value is None:
        return Symbol(sign, (a, b))
    return COMPARE[sign](float(a.value), float(b.value))


def _where(condition: Any, yes: Any, no: Any) -> Any:
    """One side where the condition is decided. The cases of nan and ±inf, which no book spells out, are dropped."""
    if not isinstance(condition, Symbol):
        return yes if condition else no
    yes, no = symbol(yes), symbol(no)
    if no.kind == "number" and math.isnan(no.parts[0]):
        return yes
    sides = [side.parts[0] if side.kind == "number" else 0.0 for side in condition.parts]
    if any(map(math.isinf, sides)):
        return yes if COMPARE[condition.kind](*sides) else no
    return yes if yes is no else Symbol("where", (condition, yes, no))


class Algebra:
    """The elementary functions on symbols, the `m` of a primitive: each is a call of its own, under its symbol."""

    where = staticmethod(_where)

    @staticmethod
    def pow(x: Any, k: Any) -> Symbol:
        return _power(symbol(x), symbol(k))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        op = PRIMITIVES.get(name)
        if op is None:
            raise AttributeError(f"no elementary function is called {name!r}; there are {', '.join(PRIMITIVES)}")
        if op.floats is None:
            return lambda *operands: op.run(self, *map(symbol, operands))[0]
        return lambda *operands: Symbol("call", (op.name, *map(symbol, operands)))


Symbols = Algebra()


def replace_part(s: Symbol, part: Symbol, by: Symbol) -> Symbol:
    """`s` with every occurrence of the very object `part` replace_part; for formulas of a few parts."""
    if s is part:
        return by
    parts: tuple[Any, ...] = tuple(replace_part(p, part, by) if isinstance(p, Symbol) else p for p in s.parts)
    return s if all(p is q for p, q in zip(parts, s.parts, strict=True)) else Symbol(s.kind, parts)
