"""Inlining: what is used once and reads well inside its user is written there, as `h = relu(W @ x + b)`.

What has a line of its own keeps it where a textbook would write one: before a matrix product, after a layer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import prod

from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.expressions import (
    Axis,
    Call,
    Expression,
    Leaf,
    Number,
    Product,
    Sum,
    Time,
    Total,
    add,
    leaves,
    multiply,
    parts_of,
    rebuild,
    rename,
    size,
)
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.patterns import rank

LONGEST = 9  # operands of a line with something written into it
DEEPEST = 4  # functions and sums inside each other


def inline(lines: Iterable[Line], kept: set[Array]) -> tuple[list[Line], dict[Array, Line], dict[Array, Array]]:
    """The lines that are left; for each array without one the line that it had, and the array of the line it is in."""
    lines = list(lines)
    uses = Counter(array for line in lines for leaf in leaves(line.expression) for array in arrays_of(leaf))
    whole = Counter(line.array for line in lines)
    known: dict[Array, Line] = {}
    hosts: dict[Array, Array] = {}
    left = []
    for line in lines:
        line.expression = tidy(Inliner(line, known, uses, hosts).write(line.expression, []))
        if line.part is None and whole[line.array] == 1 and line.array not in kept:
            known[line.array] = line
        left.append(line)
    used = {array for line in left for leaf in leaves(line.expression) for array in arrays_of(leaf)} | kept
    inside = {array: known[array] for array in hosts}
    return [line for line in live(left, kept) if line.array in used], inside, hosts


def live(lines: list[Line], kept: set[Array]) -> list[Line]:
    """The lines that the kept arrays need."""
    wanted = set(kept)
    found = []
    for line in reversed(lines):
        if line.array in wanted:
            found.append(line)
            wanted.update(array for leaf in leaves(line.expression) for array in arrays_of(leaf))
    return found[::-1]


def arrays_of(leaf: Expression) -> tuple[Array, ...]:
    return (leaf.array,) if isinstance(leaf, Leaf) else getattr(leaf, "arrays", ())


class Inliner:
    """Writes earlier lines into one line."""

    def __init__(self, line: Line, known: dict[Array, Line], uses: Counter[Array], hosts: dict[Array, Array]):
        self.line, self.known, self.uses, self.hosts = line, known, uses, hosts
        self.size = size(line.expression)

    def write(self, e: Expression, around: list[Expression]) -> Expression:
        if isinstance(e, Leaf):
            line = self.known.get(e.array)
            if line is None or not self.suits(e, line, around):
                return e
            self.hosts[e.array] = self.line.array
            self.size += size(line.expression) - 1
            if not e.is_whole:
                return part_of(line.expression, line.axes, e)
            loops = {axis: of[0][0] for axis, of in zip(line.axes, e.moves, strict=True)}
            return rename(line.expression, loops)
        return rebuild(e, lambda part: self.write(part, [*around, e]))

    def suits(self, e: Leaf, line: Line, around: list[Expression]) -> bool:
        inner = line.expression
        if is_trivial(inner) and not (self.uses[e.array] > 1 and isinstance(inner, Product) and self.is_named(line)):
            return e.is_whole or not any(e.lists)
        if not e.is_whole or line.loop is not self.line.loop:
            return False
        if self.uses[e.array] > 1 or self.size + size(inner) > LONGEST or len(around) + depth(inner) > DEEPEST:
            return False
        if line.forward != self.line.forward:
            return False
        within = next((outer for outer in around if isinstance(outer, Total)), None)
        if within is not None and (is_contraction(within) or (has_total(inner) and around[-1:] != [within])):
            return False
        if within is not None and has_total(inner):
            return isinstance(inner, Total)
        if isinstance(inner, Call) and inner.over:
            return not around or (len(around) == 1 and is_scaled(around[0]))
        if has_total(inner):
            beside = (
                bool(around) and isinstance(inner, Total) and any(map(has_total, parts_of(around[-1])))
            )  # W @ x + U @ h
            return not around or isinstance(around[-1], Call) or not line.forward or is_scaled(around[-1]) or beside
        return True

    def is_named(self, line: Line) -> bool:
        """Whether it is the adjoint of something with a line of its own, so that a reader looks for it."""
        of = line.array.of
        return of is not None and of.role == "computed" and of not in self.hosts


def is_trivial(e: Expression) -> bool:
    """Whether it is as short as a name: an operand, or a number times one."""
    if isinstance(e, Product):
        return len(e.factors) == 2 and all(map(is_trivial, e.factors)) and isinstance(e.factors[0], Number)
    return isinstance(e, Number) or (isinstance(e, Leaf) and not any(e.lists))


def part_of(e: Expression, axes: tuple[Axis, ...], part: Leaf) -> Expression:
    """A trivial expression over these axes, at the places at which the part of their array is."""
    if isinstance(e, Product):
        return multiply(part_of(factor, axes, part) for factor in e.factors)
    if not isinstance(e, Leaf):
        return e
    base, moves = [], []
    for first, of in zip(e.base, e.moves, strict=True):
        steps: dict[Axis, int] = {}
        for axis, step in of:
            if isinstance(axis, Time):
                steps[axis] = steps.get(axis, 0) + step
                continue
            k = axes.index(axis)
            first += step * part.base[k]
            for outer, more in part.moves[k]:
                steps[outer] = steps.get(outer, 0) + step * more
        base.append(first)
        moves.append(tuple(steps.items()))
    return Leaf(e.array, tuple(base), tuple(moves), e.lists)


def is_scaled(e: Expression) -> bool:
    return isinstance(e, Product) and len(e.factors) == 2 and isinstance(e.factors[0], Number)


def is_contraction(e: Total) -> bool:
    factors = e.of.factors if isinstance(e.of, Product) else (e.of,)
    return len([factor for factor in factors if not isinstance(factor, Number)]) > 1


def has_total(e: Expression) -> bool:
    return isinstance(e, Total) or any(map(has_total, parts_of(e)))


def depth(e: Expression) -> int:
    parts = parts_of(e)
    return 1 + max(map(depth, parts)) if parts else 0


# ---- plainer forms of the same


def is_bias(e: Expression) -> bool:
    """Whether it is a parameter by itself, which comes after what it is added to."""
    return isinstance(e, Leaf) and e.array.role == "parameter"


def tidy(e: Expression) -> Expression:
    """No sum with a zero in it, no product inside a total that does not need it, a number before its sum."""
    e = rebuild(e, tidy)
    if isinstance(e, Sum):
        parts = [part for part in e.parts if part != Number(0.0)]
        return add(sorted(parts, key=is_bias)) if parts else Number(0.0)
    if isinstance(e, Call) and e.kind == "relu gate" and isinstance(e.operands[1], Number):
        return multiply([e.operands[1], Call("step", e.operands[:1])])
    if isinstance(e, Call) and e.kind == "div" and isinstance(e.operands[1], Number):
        return divided(*e.operands)
    if isinstance(e, Total) and isinstance(e.of, Total):
        return Total(e.of.of, (*e.of.over, *e.over))
    if isinstance(e, Product):
        e = in_front(e)
        if not isinstance(e, Product):
            return e
        number = e.factors[0]
        if isinstance(number, Number) and len(e.factors) == 2 and isinstance(e.factors[1], Total):
            inner = e.factors[1]
            return Total(multiply([number, inner.of]), inner.over)
        if isinstance(number, Number) and number.value == -1.0 and len(e.factors) == 2 and is_difference(e.factors[1]):
            return add(multiply([Number(-1.0), part]) for part in parts_of(e.factors[1]))
    return e


def in_front(e: Expression) -> Expression:
    """A product with the numbers of its totals in front, and as a quotient where a factor is 1 / x."""
    several = [factor for factor in parts_of(e) if not isinstance(factor, Number)]
    if len(several) > 1:
        factors: list[Expression] = []
        for factor in parts_of(e):
            inner = factor.of.factors if isinstance(factor, Total) and isinstance(factor.of, Product) else ()
            if isinstance(factor, Total) and inner and isinstance(inner[0], Number):
                factors += [inner[0], Total(multiply(inner[1:]), factor.over)]
            else:
                factors.append(factor)
        if all(isinstance(factor, Leaf) for factor in several):
            factors.sort(key=lambda factor: rank(factor.array) if isinstance(factor, Leaf) else (-1, 0))
        e = multiply(factors)
    for factor in parts_of(e):
        if isinstance(factor, Call) and factor.kind == "div" and factor.operands[0] == Number(1.0):
            rest = multiply(other for other in parts_of(e) if other is not factor)
            return Call("div", (rest, factor.operands[1]))
    return e


def divided(e: Expression, by: Expression) -> Expression:
    """e / by, as a mean where it is one."""
    number, total = (e.factors[0], e.factors[1]) if is_scaled(e) and isinstance(e, Product) else (Number(1.0), e)
    if isinstance(total, Total) and isinstance(number, Number) and isinstance(by, Number) and by.value:
        factor = number.value / by.value
        if isinstance(total.of, Product) and isinstance(total.of.factors[0], Number):
            factor *= total.of.factors[0].value
        if abs(abs(factor * prod(axis.size for axis in total.over)) - 1.0) < 1e-12:
            return Total(multiply([Number(number.value / by.value), total.of]), total.over)
    return Call("div", (e, by))


def is_difference(e: Expression) -> bool:
    """Whether it is a sum with as many minus signs as plus signs, or more: its negative is as short."""
    if not isinstance(e, Sum):
        return False
    minus = [part for part in e.parts if is_negative(part)]
    return 2 * len(minus) >= len(e.parts)


def is_negative(e: Expression) -> bool:
    number = e.factors[0] if isinstance(e, Product) else e
    return isinstance(number, Number) and number.value < 0.0
