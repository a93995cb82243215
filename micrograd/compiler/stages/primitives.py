"""A primitive as expressions: its function is run on them once, and the result serves all unknown operands.

`Expression` makes nodes of arithmetic, so that the functions of `ops`, run on expressions, say how a primitive and its
local derivatives are computed. A template keeps the resulting nodes, and puts other operands into them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from micrograd.compiler.stages.expressions import SUM, SUMMED, Expressions, bits, number_of
from micrograd.compiler.stages.program import ONE, kind_of
from micrograd.compiler.tracing.tape import AT_MOST, LESS
from micrograd.ops import PRIMITIVES, Primitive


def apply(e: Expressions, op: Primitive, operands: Sequence[int], constants: tuple[Any, ...] = ()) -> int:
    """The node of a primitive, with its local derivatives unless it is a sum or a product of its operands."""
    places, pattern = {ONE: ONE}, []
    first: dict[int, int] = {}
    for k, i in enumerate(operands):
        x = e.number(i)
        pattern.append(first.setdefault(i, k) if x is None else bits(x))
        places[1 + k] = i
    nodes, out, partials = template(op, tuple(pattern), constants)
    for i, (kind, *parts) in nodes:
        places[i] = e.constant(parts[0]) if kind == "constant" else e.make(kind, *[places[p] for p in parts])
    if partials:
        e.store(places[out], [(places[operand], places[partial]) for operand, partial in partials], op.gate)
    return places[out]


def run(e: Expressions, op: Primitive, operands: Sequence[int], constants: tuple[Any, ...] = ()) -> int:
    """The same by running the function of the primitive, which may decide by operands that are known or equal."""
    out, *partials = op.run(Functions(e), *[Expression(e, i) for i in operands], *constants)
    i = index_in(e, out)
    if e.number(i) is None and not made_of(e, i, operands):
        if e.nodes[i][0] in SUMMED:
            i = e.node(SUM, i, ONE)
        e.store(i, [(x, index_in(e, partial)) for x, partial in zip(operands, partials, strict=True)], op.gate)
    return i


def made_of(e: Expressions, i: int, operands: Sequence[int]) -> bool:
    """Whether node i is an operand, or made of operands and numbers by sums and products only."""
    waiting = [i]
    while waiting:
        i = waiting.pop()
        if i not in operands and e.number(i) is None:
            if e.nodes[i][0] not in SUMMED:
                return False
            waiting += e.nodes[i][1:]
    return True


class Template(NamedTuple):
    """The nodes that the result or a local derivative needs, each with its place; operands have the first places."""

    nodes: list[tuple[int, tuple[Any, ...]]]
    out: int
    partials: tuple[tuple[int, int], ...]


@lru_cache(maxsize=1024)
def template(op: Primitive, pattern: tuple[int | bytes, ...], constants: tuple[Any, ...]) -> Template:
    """The template for operands of a pattern: the bits of a known number, or which is the first that is the same."""
    count = len(pattern)
    e = Expressions(count)
    operands = [1 + x if isinstance(x, int) else e.constant(number_of(x)) for x in pattern]
    out = run(e, op, operands, constants)
    partials = tuple((x, partial) for x, partial in e.partials.get(out, ()) if e.number(x) is None)
    wanted = {out, *(place for pair in partials for place in pair)}
    for i in range(len(e.nodes) - 1, count, -1):
        if i in wanted and i not in e.numbers:
            wanted.update(e.nodes[i][1:])
    nodes = [(i, e.nodes[i]) for i in range(1 + count, len(e.nodes)) if i in wanted]
    return Template(nodes, out, partials)


class Expression:
    """A node as a number: arithmetic on it makes further nodes."""

    __slots__ = ("of", "index")

    def __init__(self, of: Expressions, index: int):
        self.of, self.index = of, index

    def __add__(self, other: Any) -> Expression:
        return Expression(self.of, self.of.add(self.index, index_in(self.of, other)))

    def __radd__(self, other: Any) -> Expression:
        return Expression(self.of, self.of.add(index_in(self.of, other), self.index))

    def __sub__(self, other: Any) -> Expression:
        return Expression(self.of, self.of.sub(self.index, index_in(self.of, other)))

    def __rsub__(self, other: Any) -> Expression:
        return Expression(self.of, self.of.sub(index_in(self.of, other), self.index))

    def __mul__(self, other: Any) -> Expression:
        return Expression(self.of, self.of.mul(self.index, index_in(self.of, other)))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Expression:
        return Expression(self.of, self.of.div(self.index, index_in(self.of, other)))

    def __rtruediv__(self, other: Any) -> Expression:
        return Expression(self.of, self.of.div(index_in(self.of, other), self.index))

    def __neg__(self) -> Expression:
        return Expression(self.of, self.of.negative(self.index))

    def __abs__(self) -> Expression:
        return Expression(self.of, self.of.call("abs", self.index))

    def __pow__(self, k: Any) -> Expression:
        return Expression(self.of, self.of.pow(self.index, index_in(self.of, k)))

    def __mod__(self, other: Any) -> Expression:
        return Expression(self.of, self.of.call("mod", self.index, index_in(self.of, other)))

    def __floordiv__(self, other: Any) -> Expression:
        return Expression(self.of, self.of.call("floordiv", self.index, index_in(self.of, other)))

    @staticmethod
    def _apply(op: Primitive, operands: Sequence[Any]) -> Any:
        """The package's functions call this for a number of this kind."""
        of = next(x.of for x in operands if isinstance(x, Expression))
        return getattr(Functions(of), op.name)(*operands)

    def __lt__(self, other: Any) -> Any:
        return Expression(self.of, self.of.compare(LESS, self.index, index_in(self.of, other)))

    def __gt__(self, other: Any) -> Any:
        return Expression(self.of, self.of.compare(LESS, index_in(self.of, other), self.index))

    def __le__(self, other: Any) -> Any:
        return Expression(self.of, self.of.compare(AT_MOST, self.index, index_in(self.of, other)))

    def __ge__(self, other: Any) -> Any:
        return Expression(self.of, self.of.compare(AT_MOST, index_in(self.of, other), self.index))


def index_in(of: Expressions, x: Any) -> int:
    return x.index if isinstance(x, Expression) else of.constant(float(x))


class Functions:
    """The `m` of the primitives for expressions; an elementary function becomes a node of its name."""

    def __init__(self, of: Expressions):
        self.of = of

    def __getattr__(self, name: str) -> Callable[..., Expression]:
        op = PRIMITIVES[name]

        def function(*operands: Any) -> Any:
            places = [index_in(self.of, x) for x in operands]
            if op.floats is None:
                return op.run(self, *[Expression(self.of, i) for i in places])[0]
            return Expression(self.of, self.of.call(kind_of(name), *places))

        return function

    def pow(self, x: Any, y: Any) -> Expression:
        return Expression(self.of, self.of.pow(index_in(self.of, x), index_in(self.of, y)))

    def where(self, condition: Any, a: Any, b: Any) -> Expression:
        operands = [index_in(self.of, x) for x in (condition, a, b)]
        return Expression(self.of, self.of.choose(*operands))
