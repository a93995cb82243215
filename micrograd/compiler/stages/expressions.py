"""Expressions without repeats: equal ones are one node (value numbering), and known numbers are combined at once.

Nodes are tuples, (kind, operand, operand, …), with operands as indices of nodes; a constant is ("constant", x). Node 0
is the constant 1, then come the inputs.

A rule that makes a sum or a product simpler is a function at the end of this file, and holds wherever one is made: in
what the user wrote, inside a primitive, in an adjoint. Rules keep every float, nan, inf and the sign of 0 included:
x · 1 and x + (−0) are x, but x · 0 is not 0, and x + 0 is not x, since −0 + 0 is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any, TypeAlias

from micrograd.compiler.stages.program import ONE, name_of
from micrograd.compiler.tracing.tape import AT_MOST, COMPARISONS, EQUAL, LESS
from micrograd.ops import divide, ieee

ADD, MUL, SUM = "add", "mul", "sum"
GATE, RELU_GATE = "gate", "relu gate"
SUMMED = frozenset([ADD, MUL])
UNRULED = frozenset([SUM, "choose", "relu", "step", "pick"])
ROW = ("row",)  # a node about which nothing is known

Rule: TypeAlias = "Callable[[Expressions, int, int], int | None]"
RULES: dict[str, list[Rule]] = {ADD: [], MUL: []}  # for any operands
NUMBER_RULES: dict[str, list[Rule]] = {ADD: [], MUL: []}  # for operands of which at least one is a known number
ADJOINT_RULES: list[Rule] = []  # for every adjoint, not only for those with a product of two known numbers


class Expressions:
    """Nodes, each after its operands; `partials[node]` are the pairs (operand, ∂node/∂operand).

    A sum or a product needs none: each factor is the derivative with respect to the other.
    Other nodes without partials have no derivative. Where a partial of one of the `gates` is 0, nothing passes.
    """

    def __init__(self, inputs: int):
        self.nodes: list[tuple[Any, ...]] = [("constant", 1.0), *[("input",)] * inputs]
        self.found: dict[tuple[Any, ...], int] = {}
        self.constants: dict[bytes, int] = {bits(1.0): ONE}
        self.numbers: dict[int, float] = {ONE: 1.0}
        self.partials: dict[int, tuple[tuple[int, int], ...]] = {}
        self.gates: set[int] = set()

    def constant(self, x: float) -> int:
        """The node of that number; there is one nan only."""
        if math.isnan(x):
            x = math.nan
        key = bits(x)
        i = self.constants.get(key)
        if i is None:
            i = self.constants[key] = len(self.nodes)
            self.nodes.append(("constant", x))
            self.numbers[i] = x
        return i

    def number(self, i: int) -> float | None:
        """The number of node i, if it is known."""
        return self.numbers.get(i)

    def has_partials(self, i: int) -> bool:
        return i in self.partials

    def of_kinds(self, kinds: Sequence[str]) -> Sequence[int]:
        """The nodes of these kinds."""
        return [i for i, node in enumerate(self.nodes) if node[0] in kinds]

    def product_in(self, i: int) -> Sequence[int]:
        """The factors of the product that node i is, or that it adds to a known number; none if it is neither."""
        kind, *operands = self.nodes[i]
        if kind == ADD and operands[0] in self.numbers:
            kind, *operands = self.nodes[operands[1]]
        return operands if kind == MUL else ()

    def make(self, kind: str, *operands: int) -> int:
        """A node of that kind, as simple as the rules make it; for choose and pick there are none."""
        if kind in SUMMED:
            return self.combine(kind, *operands)
        if kind in COMPARISONS:
            return self.compare(kind, *operands)
        if kind in UNRULED:
            return self.node(kind, *operands)
        if kind == "div":
            return self.div(*operands)
        return self.pow(*operands) if kind == "pow" else self.call(kind, *operands)

    def node(self, *node: Any) -> int:
        i = self.found.get(node)
        if i is None:
            i = self.found[node] = len(self.nodes)
            self.nodes.append(node)
        return i

    def store(self, i: int, partials: Sequence[tuple[int, int]], gate: bool) -> None:
        """Store the partials of node i, which is a gate or is none."""
        if gate:
            self.gates.add(i)
        else:
            self.gates.discard(i)
        self.partials[i] = tuple(partials)

    # ---- sums and products

    def combine(self, kind: str, a: int, b: int) -> int:
        """The sum or the product of two nodes, made simpler by the first rule that applies; a + b and b + a are one."""
        numbers = self.numbers
        for rule in (NUMBER_RULES if a in numbers or b in numbers else RULES)[kind]:
            if (simpler := rule(self, a, b)) is not None:
                return simpler
        node = (kind, a, b)
        key = node if a <= b else (kind, b, a)
        i = self.found.get(key)
        if i is None:
            i = self.found[key] = len(self.nodes)
            self.nodes.append(node)
        return i

    def add(self, a: int, b: int) -> int:
        return self.combine(ADD, a, b)

    def mul(self, a: int, b: int) -> int:
        return self.combine(MUL, a, b)

    def negative(self, a: int) -> int:
        return self.mul(a, self.constant(-1.0))

    def sub(self, a: int, b: int) -> int:
        return self.add(a, self.negative(b))

    # ---- everything else

    def div(self, a: int, b: int) -> int:
        if b == ONE:
            return a
        return self.fold(("div", a, b), divide)

    def pow(self, a: int, b: int) -> int:
        """aᵇ; a power up to the fourth is a product, which is computed faster."""
        k = self.number(b)
        if k is None or self.number(a) is not None or not abs(k) <= 4.0 or k != int(k):
            return self.fold(("pow", a, b), ieee("pow"))
        power = ONE
        for _ in range(abs(int(k))):
            power = self.mul(power, a)
        return power if k >= 0 else self.div(ONE, power)

    def call(self, kind: str, *operands: int) -> int:
        """An elementary function."""
        if self.numbers.keys().isdisjoint(operands):
            return self.node(kind, *operands)
        return self.fold((kind, *operands), ieee(name_of(kind)))

    def fold(self, node: tuple[Any, ...], compute: Callable[..., float]) -> int:
        """The node, or a constant if all its operands are constants."""
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
        return self.fold((kind, a, b), compute)

    def choose(self, condition: int, a: int, b: int) -> int:
        """a where the condition is not 0, else b; relu and its derivative are recognised by their form."""
        decided = self.number(condition)
        if decided is not None:
            return a if decided else b
        if a == b:
            return a
        if a == ONE and self._is_zero(b) and self.nodes[condition][0] in COMPARISONS:
            return condition
        kind, x, y = self.nodes[condition]
        if kind == AT_MOST and b == x and self._is_zero(a) and self.number(y) == 0.0:
            i = self.node("relu", x)
            self.partials.setdefault(i, ((x, self.sub(ONE, condition)),))
            self.gates.add(i)
            return i
        if kind == LESS and a == ONE and self.number(x) == 0.0 and self._zero_or_nan(b, y):
            return self.node("step", y)
        i = self.node("choose", condition, a, b)
        self.partials[i] = ((a, condition), (b, self.sub(ONE, condition)))
        self.gates.add(i)
        return i

    def _is_zero(self, i: int) -> bool:
        """Whether node i is the constant 0, not −0."""
        return i in self.numbers and bits(self.numbers[i]) == ZERO

    def _zero_or_nan(self, i: int, x: int) -> bool:
        """Whether node i is 0 where x ≤ 0, and else nan."""
        kind, *operands = self.nodes[i]
        if kind != "choose" or (number := self.number(operands[2])) is None:
            return False
        condition = self.nodes[operands[0]]
        at_most_zero = condition[:2] == (AT_MOST, x) and self.number(condition[2]) == 0.0
        return at_most_zero and self._is_zero(operands[1]) and math.isnan(number)

    def pick(self, index: int, values: Sequence[int]) -> int:
        """The value at the index: the derivative goes to it."""
        i = self.node("pick", index, *values)
        self.gates.add(i)
        if i not in self.partials:
            self.partials[i] = tuple(
                (value, self.compare(EQUAL, index, self.constant(float(k)))) for k, value in enumerate(values)
            )
        return i


DOUBLE = Struct("d")
bits: Callable[[float], bytes] = DOUBLE.pack  # what tells floats apart: 0 and −0 are two
ZERO, MINUS_ZERO = bits(0.0), bits(-0.0)


def number_of(bits: bytes) -> float:
    x: float = DOUBLE.unpack(bits)[0]
    return x


# ---- the rules: each takes the operands, and returns a simpler node or None


def rule(kind: str, of_numbers: bool = False, all_adjoints: bool = True) -> Callable[[Rule], Rule]:
    """Declare a rule for sums (ADD) or products (MUL); with `of_numbers`, only where an operand is known.

    Building adjoints is faster while no rule has `all_adjoints`. The rules below do without it: in an adjoint they
    matter only where two numbers are multiplied, because a sum of products already shows a factor of 1.
    """

    def declare(simplify: Rule) -> Rule:
        NUMBER_RULES[kind].append(simplify)
        if not of_numbers:
            RULES[kind].append(simplify)
        if all_adjoints:
            ADJOINT_RULES.append(simplify)
        return simplify

    return declare


@rule(ADD, of_numbers=True, all_adjoints=False)
def add_number(e: Expressions, a: int, b: int) -> int | None:
    """x + (−0) is x."""
    x, y = e.numbers.get(a), e.numbers.get(b)
    if x is None or y is None:
        known, other = (y, a) if x is None else (x, b)
        return other if known == 0.0 and bits(known) == MINUS_ZERO else None
    return e.constant(x + y)


@rule(MUL, of_numbers=True, all_adjoints=False)
def multiply_by_number(e: Expressions, a: int, b: int) -> int | None:
    """The number comes second; x · 1 is x, and (−x) · y is x · (−y)."""
    x, y = e.numbers.get(a), e.numbers.get(b)
    if y is None:
        return e.mul(b, a)
    if x is not None:
        return e.constant(x * y)
    if y == 1.0:
        return a
    kind, *operands = e.nodes[a]
    if kind == MUL and e.number(operands[1]) == -1.0:
        return e.mul(operands[0], e.constant(-y))
    return None
