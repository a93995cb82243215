"""Expressions without repeats: equal ones are one node (value numbering), and what can be known is computed at once.

Nodes are tuples, (kind, operand, operand, …) with operands as indices of nodes; a constant is ("constant", x). Node 0
is the constant 1, then come the inputs. Identities are applied only where they give the same floats, nan and inf
included: x + 0 and x · 1 are x, but x · 0 is not 0.

`Expression` makes nodes of arithmetic, so that the functions of `ops`, run on expressions, say how a primitive and its
local derivatives are computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from micrograd.compiler.stages.program import ONE
from micrograd.compiler.stages.quiet import divide
from micrograd.compiler.tracing.tape import AT_MOST, COMPARISONS, EQUAL, LESS
from micrograd.ops import PRIMITIVES, Primitive, ieee

ADD, MUL = "add", "mul"
SUMMED = frozenset([ADD, MUL])


class Graph:
    """Nodes, each after its operands; `partials[node]` are the pairs (operand, ∂node/∂operand) of what is no sum.

    A sum or a product needs none: its derivatives are written on it. What has neither has no derivative.
    """

    def __init__(self, inputs: int):
        self.nodes: list[tuple] = [("constant", 1.0), *[("input",)] * inputs]
        self.found: dict[tuple, int] = {}
        self.constants: dict[tuple[float, float], int] = {(1.0, 1.0): ONE}
        self.numbers: dict[int, float] = {ONE: 1.0}
        self.partials: dict[int, tuple[tuple[int, int], ...]] = {}

    def constant(self, x: float) -> int:
        key = (x, math.copysign(1.0, x))
        i = self.constants.get(key)
        if i is None:
            i = self.constants[key] = len(self.nodes)
            self.nodes.append(("constant", x))
            self.numbers[i] = x
        return i

    def number(self, i: int) -> float | None:
        """The number that node i is known to be."""
        return self.numbers.get(i)

    def node(self, *node: Any) -> int:
        i = self.found.get(node)
        if i is None:
            i = self.found[node] = len(self.nodes)
            self.nodes.append(node)
        return i

    # ---- sums and products

    def add(self, a: int, b: int) -> int:
        x, y = self.number(a), self.number(b)
        if x is not None and y is not None:
            return self.constant(x + y)
        if x == 0.0:
            return b
        return a if y == 0.0 else self.symmetric((ADD, a, b))

    def mul(self, a: int, b: int) -> int:
        x, y = self.number(a), self.number(b)
        if x is not None and y is not None:
            return self.constant(x * y)
        if x is not None:
            a, b, y = b, a, x
        if y == 1.0:
            return a
        if y is not None and self.nodes[a][0] == MUL and self.number(self.nodes[a][2]) == -1.0:
            return self.mul(self.nodes[a][1], self.constant(-y))
        return self.symmetric((MUL, a, b))

    def symmetric(self, node: tuple[str, int, int]) -> int:
        """The node, or the one with its operands the other way round."""
        kind, a, b = node
        key = node if a <= b else (kind, b, a)
        i = self.found.get(key)
        if i is None:
            i = self.found[key] = len(self.nodes)
            self.nodes.append(node)
        return i

    def negative(self, a: int) -> int:
        return self.mul(a, self.constant(-1.0))

    def sub(self, a: int, b: int) -> int:
        return self.add(a, self.negative(b))

    # ---- everything else

    def div(self, a: int, b: int) -> int:
        if b == ONE:
            return a
        return self.known(("div", a, b), divide)

    def pow(self, a: int, b: int) -> int:
        """aᵇ; a power up to the fourth is a product, which is computed faster."""
        k = self.number(b)
        if k is None or self.number(a) is not None or abs(k) > 4.0 or k != int(k):
            return self.known(("pow", a, b), ieee("pow"))
        power = ONE
        for _ in range(abs(int(k))):
            power = self.mul(power, a)
        return power if k >= 0 else self.div(ONE, power)

    def call(self, name: str, *operands: int) -> int:
        """An elementary function."""
        return self.known((name, *operands), ieee(name))

    def known(self, node: tuple, compute: Callable[..., float]) -> int:
        """The node, or the constant that it is if its operands are."""
        numbers = [self.number(i) for i in node[1:]]
        if None in numbers:
            return self.node(*node)
        return self.constant(float(compute(*numbers)))

    def compare(self, kind: str, a: int, b: int) -> int:
        if (
            kind == LESS
            and self.nodes[b][0] in COMPARISONS
            and 0.0 <= (self.number(a) or 0.0) < 1.0
            and a in self.numbers
        ):
            return b
        compute = {LESS: float.__lt__, AT_MOST: float.__le__, EQUAL: float.__eq__}[kind]
        return self.known((kind, a, b), compute)

    def choose(self, condition: int, a: int, b: int) -> int:
        """a where the condition is not 0, else b; relu and its derivative are known by their form."""
        decided = self.number(condition)
        if decided is not None:
            return a if decided else b
        if a == b:
            return a
        if a == ONE and self.number(b) == 0.0 and self.nodes[condition][0] in COMPARISONS:
            return condition
        kind, x, y = self.nodes[condition]
        if kind == AT_MOST and b == x and self.number(a) == self.number(y) == 0.0:
            i = self.node("relu", x)
            self.partials.setdefault(i, ((x, self.sub(ONE, condition)),))
            return i
        if kind == LESS and a == ONE and self.number(x) == 0.0 and self._zero_or_nan(b, y):
            return self.node("step", y)
        i = self.node("choose", condition, a, b)
        self.partials[i] = ((a, condition), (b, self.sub(ONE, condition)))
        return i

    def _zero_or_nan(self, i: int, x: int) -> bool:
        """Whether node i is 0 where x ≤ 0, and else nan."""
        kind, *operands = self.nodes[i]
        if kind != "choose" or (number := self.number(operands[2])) is None:
            return False
        condition = self.nodes[operands[0]]
        at_most_zero = condition[:2] == (AT_MOST, x) and self.number(condition[2]) == 0.0
        return at_most_zero and self.number(operands[1]) == 0.0 and math.isnan(number)

    def pick(self, index: int, values: Sequence[int]) -> int:
        """The value whose number the index is: the derivative goes to that one."""
        i = self.node("pick", index, *values)
        if i not in self.partials:
            self.partials[i] = tuple(
                (value, self.compare(EQUAL, index, self.constant(float(k)))) for k, value in enumerate(values)
            )
        return i

    def apply(self, op: Primitive, operands: Sequence[int], constants: tuple = ()) -> int:
        """What a primitive computes, with its local derivatives where it is no sum."""
        out, *partials = op.run(Functions(self), *[Expression(self, i) for i in operands], *constants)
        i = index_in(self, out)
        if i not in operands and self.nodes[i][0] not in SUMMED and self.number(i) is None:
            pairs = zip(operands, partials, strict=True)
            self.partials[i] = tuple((operand, index_in(self, partial)) for operand, partial in pairs)
        return i


class Expression:
    """A node as a number: what is computed from it becomes nodes of its graph."""

    __slots__ = ("graph", "index")

    def __init__(self, graph: Graph, index: int):
        self.graph, self.index = graph, index

    def __add__(self, other: Any) -> Expression:
        return Expression(self.graph, self.graph.add(self.index, index_in(self.graph, other)))

    def __radd__(self, other: Any) -> Expression:
        return Expression(self.graph, self.graph.add(index_in(self.graph, other), self.index))

    def __sub__(self, other: Any) -> Expression:
        return Expression(self.graph, self.graph.sub(self.index, index_in(self.graph, other)))

    def __rsub__(self, other: Any) -> Expression:
        return Expression(self.graph, self.graph.sub(index_in(self.graph, other), self.index))

    def __mul__(self, other: Any) -> Expression:
        return Expression(self.graph, self.graph.mul(self.index, index_in(self.graph, other)))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Expression:
        return Expression(self.graph, self.graph.div(self.index, index_in(self.graph, other)))

    def __rtruediv__(self, other: Any) -> Expression:
        return Expression(self.graph, self.graph.div(index_in(self.graph, other), self.index))

    def __neg__(self) -> Expression:
        return Expression(self.graph, self.graph.negative(self.index))

    def __abs__(self) -> Expression:
        return Expression(self.graph, self.graph.call("abs", self.index))

    def __pow__(self, k: Any) -> Expression:
        return Expression(self.graph, self.graph.pow(self.index, index_in(self.graph, k)))

    def __mod__(self, other: Any) -> Expression:
        return Expression(self.graph, self.graph.call("mod", self.index, index_in(self.graph, other)))

    def __floordiv__(self, other: Any) -> Expression:
        return Expression(self.graph, self.graph.call("floordiv", self.index, index_in(self.graph, other)))

    @staticmethod
    def _apply(op: Primitive, operands: Sequence[Any]) -> Any:
        """What the functions of the package ask a kind of number that is not their own."""
        graph = next(x.graph for x in operands if isinstance(x, Expression))
        return getattr(Functions(graph), op.name)(*operands)

    def __lt__(self, other: Any) -> Any:
        return Expression(self.graph, self.graph.compare(LESS, self.index, index_in(self.graph, other)))

    def __gt__(self, other: Any) -> Any:
        return Expression(self.graph, self.graph.compare(LESS, index_in(self.graph, other), self.index))

    def __le__(self, other: Any) -> Any:
        return Expression(self.graph, self.graph.compare(AT_MOST, self.index, index_in(self.graph, other)))

    def __ge__(self, other: Any) -> Any:
        return Expression(self.graph, self.graph.compare(AT_MOST, index_in(self.graph, other), self.index))


def index_in(graph: Graph, x: Any) -> int:
    return x.index if isinstance(x, Expression) else graph.constant(float(x))


class Functions:
    """The `m` of the primitives for expressions; an elementary function is a node of its name."""

    def __init__(self, graph: Graph):
        self.graph = graph

    def __getattr__(self, name: str) -> Callable[..., Expression]:
        op = PRIMITIVES[name]

        def function(*operands: Any) -> Any:
            places = [index_in(self.graph, x) for x in operands]
            if op.floats is None:
                return op.run(self, *[Expression(self.graph, i) for i in places])[0]
            return Expression(self.graph, self.graph.call(name, *places))

        return function

    def pow(self, x: Any, y: Any) -> Expression:
        return Expression(self.graph, self.graph.pow(index_in(self.graph, x), index_in(self.graph, y)))

    def where(self, condition: Any, a: Any, b: Any) -> Expression:
        operands = [index_in(self.graph, x) for x in (condition, a, b)]
        return Expression(self.graph, self.graph.choose(*operands))
