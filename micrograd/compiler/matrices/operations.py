"""Array operations: an expression over loops as slices, transposes, matrix products, sums and maps of whole arrays.

An operation has a name, operands and a shape; what it is called in NumPy, in LaTeX or anywhere else stands in a table
of spellings (`numpy_source`, `text`, `latex`).

    array       an array by itself                  slice       part of one: numbers, (start, stop, step), or None for
    number      a known number                                  a new axis, as in NumPy
    reshape     the same numbers in another shape   broadcast   the same numbers again along further axes
    table       known numbers in a box              transpose   with its axes in that order
    gather      single numbers by their places      windows     every window of a size, as a last axis
    matmul      A @ B                               einsum      a sum of products by its subscripts
    sum, mean   over some axes                      add, multiply, power, and the kinds of functions of a program
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from micrograd.compiler.matrices.expressions import (
    Axis,
    Call,
    Expression,
    Gather,
    Leaf,
    Moves,
    Number,
    Product,
    Sum,
    Table,
    Total,
    folded,
    multiply,
    parts_of,
    window,
)

Axes = tuple[Axis, ...]


class Span(NamedTuple):
    """Part of an axis, as a slice of NumPy; a plain tuple of numbers lists places instead."""

    start: int | None
    stop: int | None
    step: int


ALL = Span(None, None, 1)


@dataclass(frozen=True)
class Operation:
    name: str
    operands: tuple[Operation, ...]
    shape: tuple[int, ...]
    static: Any = None

    def of(self, *operands: Operation) -> Operation:
        """The same with other operands of the same shapes."""
        return Operation(self.name, operands, self.shape, self.static)


def sizes(axes: Sequence[Axis]) -> tuple[int, ...]:
    return tuple(axis.size for axis in axes)


def lower(e: Expression, order: Sequence[Axis]) -> Operation:
    """The expression as an array with the axes that it varies by, in that order."""
    axes = tuple(axis for axis in order if axis in e.axes)
    match e:
        case Number(value):
            return Operation("number", (), (), value)
        case Table(_, own):
            return transposed(Operation("table", (), sizes(own), e), own, axes)
        case Gather(_, _, own):
            return transposed(Operation("gather", (), sizes(own), e), own, axes)
        case Leaf():
            return transposed(*leaf(e), axes)
        case Sum(parts):
            return Operation("add", tuple(spread(part, axes) for part in parts), sizes(axes))
        case Product(factors):
            return lower_product(factors, axes)
        case Total(of, over):
            return total(of, over, axes)
        case Call(kind, operands, over, keeps):
            if over:
                return lower_over(kind, operands, over, keeps, axes)
            return Operation(kind, tuple(spread(x, axes) for x in operands), sizes(axes))


def lower_whole(e: Expression, axes: Axes) -> Operation:
    """The expression as an array with all of these axes."""
    op = spread(e, axes)
    return op if op.shape == sizes(axes) else Operation("broadcast", (op,), sizes(axes))


def lower_product(factors: Sequence[Expression], axes: Axes) -> Operation:
    number = factors[0].value if isinstance(factors[0], Number) else 1.0
    together: dict[Axes, list[Expression]] = {}  # by their axes, so that they are repeated along others at once
    for factor in factors:
        if not isinstance(factor, Number):
            together.setdefault(tuple(axis for axis in axes if axis in factor.axes), []).append(factor)
    made = []
    for own, alike in sorted(together.items(), key=lambda pair: axes.index(pair[0][0]) if pair[0] else -1):
        if own and own != axes and len(alike) > 1:
            made.append(repeated(Operation("multiply", tuple(powers(alike, own)), sizes(own)), own, axes))
        else:
            made += powers(alike, axes)
    return scaled(number, made, sizes(axes))


def powers(factors: Sequence[Expression], axes: Axes) -> list[Operation]:
    """Each factor, equal ones as one power."""
    counts: dict[Expression, int] = {}
    for factor in factors:
        counts[factor] = counts.get(factor, 0) + 1
    made = []
    for factor, count in counts.items():
        op = spread(factor, axes)
        made.append(op if count == 1 else Operation("power", (op,), op.shape, count))
    return made


def scaled(number: float, factors: Sequence[Operation], shape: tuple[int, ...]) -> Operation:
    if number != 1.0:
        factors = [Operation("number", (), (), number), *factors]
    return factors[0] if len(factors) == 1 else Operation("multiply", tuple(factors), shape)


def spread(e: Expression, axes: Axes) -> Operation:
    """The expression as an array that NumPy repeats along those of the axes that it does not vary by."""
    return repeated(lower(e, axes), tuple(axis for axis in axes if axis in e.axes), axes)


def repeated(op: Operation, own: Axes, axes: Axes) -> Operation:
    """An array with some of the axes, in their order, so that NumPy repeats it along the others."""
    if not own or own == axes[len(axes) - len(own) :]:
        return op
    inside = axes[axes.index(own[0]) :]
    index = tuple(ALL if axis in own else None for axis in inside)
    return Operation("slice", (op,), tuple(axis.size if axis in own else 1 for axis in inside), index)


def transposed(op: Operation, own: Sequence[Axis], axes: Sequence[Axis]) -> Operation:
    if tuple(own) == tuple(axes):
        return op
    return Operation("transpose", (op,), sizes(axes), tuple(list(own).index(axis) for axis in axes))


def leaf(e: Leaf) -> tuple[Operation, Axes]:
    """Part of an array, with its axes as they come."""
    op = Operation("array", (), e.array.shape, e.array)
    index: list[Any] = []
    own: list[Axis] = []
    spans: list[int] = []
    several: list[tuple[int, Moves]] = []
    for base, moves, listed, size in zip(e.base, e.moves, e.lists, e.array.shape, strict=True):
        if not moves:
            index.append(base)
            continue
        axis, step = moves[0]
        if listed is not None:
            index.append(listed)
            if axis not in own:
                own.append(axis)
                spans.append(axis.size)
            continue
        if len(moves) == 1:
            index.append(part_of(base, axis.size, step, size))
            spans.append(axis.size)
        else:
            shape = folded(base, moves, size)
            span = prod(shape) if shape else span_of(moves)
            several.append((len(own), moves))
            index.append(part_of(base, span, 1, size))
            spans.append(span)
        own.append(axis)
    if any(part != ALL for part in index):
        op = Operation("slice", (op,), tuple(spans), tuple(index))
        own = in_numpy_order(index, own, e)
    shifting = [(at, found) for at, moves in several if (found := window(moves)) and not folded(0, moves, spans[at])]
    if shifting:
        op, own = windows(op, own, shifting)
    for at, moves in reversed(several):
        if shape := folded(0, moves, spans[at]):
            op, own = fold(op, own, at, moves, shape)
    return op, tuple(own)


def part_of(base: int, count: int, step: int, size: int) -> Span:
    """So many places of an axis of that size as a slice."""
    if (base, count, step) == (0, size, 1):
        return ALL
    end = base + step * (count - 1) + (1 if step > 0 else -1)
    return Span(base, None if end < 0 or base + step * count >= size else end, step)


def fold(op: Operation, own: list[Axis], at: int, moves: Moves, shape: tuple[int, ...]) -> tuple[Operation, list[Axis]]:
    """The array with an axis for each loop in place of the axis `at`."""
    before, after = op.shape[:at], op.shape[at + 1 :]
    axes = [axis for axis, _ in sorted(moves, key=lambda move: -move[1])]
    op = Operation("reshape", (op,), (*before, *shape, *after))
    if shape != sizes(axes):
        index = [ALL] * len(before) + [part_of(0, axis.size, 1, n) for axis, n in zip(axes, shape, strict=True)]
        op = Operation("slice", (op,), (*before, *sizes(axes), *after), (*index, *[ALL] * len(after)))
    return op, [*own[:at], *axes, *own[at + 1 :]]


def windows(
    op: Operation, own: list[Axis], shifting: Sequence[tuple[int, tuple[Axis, int, Axis]]]
) -> tuple[Operation, list[Axis]]:
    """The array with all windows along some axes, and further axes inside of the windows."""
    own, index, shape = list(own), [ALL] * len(op.shape), list(op.shape)
    for at, (outer, step, inner) in shifting:
        own[at] = outer
        count = shape[at] - inner.size + 1
        index[at], shape[at] = part_of(0, outer.size, step, count), count
    inside = [inner for _, (_, _, inner) in shifting]
    op = Operation("windows", (op,), (*shape, *sizes(inside)), tuple((at, of[2].size) for at, of in shifting))
    if any(part != ALL for part in index):
        op = Operation("slice", (op,), (*sizes(own), *sizes(inside)), (*index, *[ALL] * len(inside)))
    return op, [*own, *inside]


def span_of(moves: Moves) -> int:
    return 1 + sum((axis.size - 1) * step for axis, step in moves)


def in_numpy_order(index: Sequence[Any], own: list[Axis], e: Leaf) -> list[Axis]:
    """The axis of lists comes first if a slice stands between two of them, or between a list and a number."""
    special = [k for k, part in enumerate(index) if not isinstance(part, Span)]
    if all(isinstance(part, int) for part in index if not isinstance(part, Span)):
        return own
    if special == list(range(special[0], special[-1] + 1)):
        return own
    listed = next(moves[0][0] for moves, values in zip(e.moves, e.lists, strict=True) if values is not None)
    return [listed, *(axis for axis in own if axis is not listed)]


def natural(e: Expression, axes: Sequence[Axis]) -> Axes:
    """The axes in the order in which the expression has them at no cost."""
    if isinstance(e, Leaf):
        return leaf(e)[1]
    if isinstance(e, (Table, Gather)):
        return e.axes
    orders = [natural(part, axes) for part in parts_of(e)]
    longest = max(orders, key=len, default=())
    if set(longest) == set(e.axes):
        return longest
    return tuple(axis for axis in axes if axis in e.axes)


# ---- sums


def total(of: Expression, over: Axes, axes: Axes) -> Operation:
    """The sum over some loops: a matrix product where it is one."""
    factors = of.factors if isinstance(of, Product) else (of,)
    number = factors[0].value if isinstance(factors[0], Number) else 1.0
    rest = [factor for factor in factors if not isinstance(factor, Number)]
    outside = [factor for factor in rest if not any(axis in over for axis in factor.axes)]
    inside = [factor for factor in rest if factor not in outside]
    idle = tuple(axis for axis in over if not any(axis in factor.axes for factor in inside))
    number *= prod(axis.size for axis in idle)
    over = tuple(axis for axis in over if axis not in idle)
    if not over:
        return lower(multiply([Number(number), *rest]), axes)
    mean = not outside and abs(abs(number * prod(axis.size for axis in over)) - 1.0) < 1e-12 and abs(number) != 1.0
    own = tuple(axis for axis in axes if any(axis in factor.axes for factor in inside))
    if len(inside) == 2 and not (mean and not own):
        op = contraction(inside[0], inside[1], over, own)
        mean = False
    else:
        op = reduced("mean" if mean else "sum", multiply(inside), over, own)
    if mean:
        return scaled(1.0 if number > 0.0 else -1.0, [op], sizes(axes))
    if not outside:
        return scaled(number, [op], sizes(axes))
    made = [spread(factor, axes) for factor in outside]
    return scaled(number, [*made, repeated(op, own, axes)], sizes(axes))


def reduced(name: str, e: Expression, over: Axes, own: Axes) -> Operation:
    """The sum or the mean of an array over these axes."""
    axes = natural(e, (*own, *over))
    kept = tuple(axis for axis in axes if axis not in over)
    inner = lower(e, axes)
    op = Operation(name, (inner,), sizes(kept), tuple(axes.index(axis) for axis in axes if axis in over))
    return transposed(op, kept, own)


def contraction(a: Expression, b: Expression, over: Axes, axes: Axes) -> Operation:
    """Σ a · b."""
    for x, y in ((a, b), (b, a)):
        lonely = tuple(axis for axis in over if axis in x.axes and axis not in y.axes)
        if lonely:
            rest = tuple(axis for axis in over if axis not in lonely)
            inner = Total(x, lonely)
            return total(multiply([inner, y]), rest, axes) if rest else lower(multiply([inner, y]), axes)
    free = [tuple(axis for axis in axes if axis in x.axes and axis not in over) for x in (a, b)]
    shared = [axis for axis in free[0] if axis in free[1]]
    alone = [tuple(axis for axis in f if axis not in shared) for f in free]
    if len(over) == 1 and not shared and axes in (alone[0] + alone[1], alone[1] + alone[0]):
        if axes != alone[0] + alone[1] or (not alone[0] and alone[1]):
            a, b, alone = b, a, alone[::-1]
        if len(alone[1]) <= 1:
            return matmul(a, b, alone[0], over[0], alone[1])
    if len(over) == 1 and shared and axes == (*shared, *alone[0], *alone[1]) and len(alone[0]) == len(alone[1]) == 1:
        left = lower(a, (*shared, *alone[0], *over))
        right = lower(b, (*shared, *over, *alone[1]))
        return Operation("matmul", (left, right), sizes(axes))
    if not alone[0] or not alone[1] and not (len(over) == 1 and alone[0]):
        return reduced("sum", multiply([a, b]), over, axes)
    return einsum(a, b, over, axes)


def matmul(a: Expression, b: Expression, rows: Axes, inner: Axis, columns: Axes) -> Operation:
    left, right = lower(a, (*rows, inner)), lower(b, (inner, *columns))
    return Operation("matmul", (left, right), sizes((*rows, *columns)))


def einsum(a: Expression, b: Expression, over: Axes, axes: Axes) -> Operation:
    first, second = natural(a, (*axes, *over)), natural(b, (*axes, *over))
    letters = dict(zip(dict.fromkeys((*axes, *over)), "ijklmnpqrstuvw", strict=False))
    text = [("".join(letters[axis] for axis in own)) for own in (first, second, axes)]
    operands = lower(a, first), lower(b, second)
    return Operation("einsum", operands, sizes(axes), f"{text[0]},{text[1]}->{text[2]}")


def lower_over(kind: str, operands: Sequence[Expression], over: Axes, keeps: bool, axes: Axes) -> Operation:
    """A function that takes the last axis of its last operand as a whole."""
    *others, last = operands
    outer = tuple(axis for axis in axes if axis not in over)
    made = [*(spread(x, outer) for x in others), lower(last, (*outer, *over))]
    op = Operation(kind, tuple(made), sizes((*outer, *over) if keeps else outer))
    return transposed(op, (*outer, *over), axes) if keeps else op
