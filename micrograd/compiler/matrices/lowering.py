"""From an expression over loops to operations on whole arrays: where each axis goes, and which sums are products."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from micrograd.compiler.matrices.expressions import (
    Axis,
    Call,
    Expression,
    Gather,
    Leaf,
    Number,
    Product,
    Sum,
    Table,
    Total,
    multiply,
    parts_of,
)
from micrograd.compiler.matrices.operations import Axes, Operation, repeated, scaled, sizes, transposed
from micrograd.compiler.matrices.slices import leaf


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


def spread(e: Expression, axes: Axes) -> Operation:
    """The expression as an array that NumPy repeats along those of the axes that it does not vary by."""
    return repeated(lower(e, axes), tuple(axis for axis in axes if axis in e.axes), axes)


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
