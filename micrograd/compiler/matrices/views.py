"""Views: what an operand is in all steps of some loops, as a part of an array or as known numbers.

Along each axis of its array, the place has to follow from the loops, base + Σ step · loop, or from one loop by a list.
Any other operand is gathered, number by number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

from micrograd.compiler.matrices.arrays import Array, Index
from micrograd.compiler.matrices.expressions import (
    Axis,
    Expression,
    Gather,
    Leaf,
    Moves,
    Number,
    Table,
    add,
    folded,
    multiply,
    window,
)

SHORT = 3  # terms of a sum that is written out


def numbers(values: Sequence[float | None], axes: tuple[Axis, ...]) -> Expression:
    """Known numbers over these loops, as a table over those that they vary by; None may be any number."""
    known = [x for x in values if x is not None]
    if all(same(x, known[0]) for x in known):
        return Number(known[0])
    kept, found = varying([None if x is None else (x, math.copysign(1.0, x)) for x in values], axes)
    return Table(tuple(x[0] if x else 0.0 for x in found), kept)


def same(x: float, y: float) -> bool:
    return x == y and str(x) == str(y) or (x != x and y != y)


def view(array: Array, indices: Sequence[Index | None], axes: tuple[Axis, ...]) -> Expression:
    """The numbers of the array at these indices, over all steps of the loops in order; None may be any index."""
    base, moves = list[int](), list[Moves]()
    lists: list[tuple[int, ...] | None] = [None] * len(array.shape)
    for place, size in enumerate(array.shape):
        column = [index[place] if index else None for index in indices]
        first, steps = line_through(column, axes)
        predicted = [first]
        for axis, step in zip(axes, steps, strict=True):
            predicted = [p + k * step for p in predicted for k in range(axis.size)]
        base.append(first)
        moves.append(tuple((axis, step) for axis, step in zip(axes, steps, strict=True) if step))
        fits = all(p == x or x is None for p, x in zip(predicted, column, strict=True))
        if not fits or min(predicted) < 0 or max(predicted) >= size:
            kept, found = varying(column, axes)
            if len(kept) != 1:
                return gather(array, indices, axes)
            lists[place], moves[place], base[place] = tuple(x or 0 for x in found), ((kept[0], 1),), 0
    return side_by_side(Leaf(array, tuple(base), tuple(moves), tuple(lists))) or gather(array, indices, axes)


def line_through(column: Sequence[int | None], axes: Sequence[Axis]) -> tuple[int, list[int]]:
    """The first number, and by how much the numbers grow along each axis, if they grow evenly."""
    steps = []
    known = next(k for k, x in enumerate(column) if x is not None)
    first = column[known]
    assert first is not None
    for axis, stride in zip(axes, strides_of(axes), strict=True):
        pairs = ((column[k], column[k + stride], k) for k in range(len(column) - stride if axis.size > 1 else 0))
        neighbours = (b - a for a, b, k in pairs if a is not None and b is not None and (k // stride + 1) % axis.size)
        steps.append(next(neighbours, 0))
        first -= steps[-1] * (known // stride % axis.size)
    return first, steps


def side_by_side(e: Leaf) -> Leaf | None:
    """The same with the places that one loop moves along several axes as lists; None if it is no part of an array."""
    movers = [axis for moves in e.moves for axis, _ in moves]
    base, moves, lists = list(e.base), list(e.moves), list(e.lists)
    for place, of in enumerate(e.moves):
        if len(of) > 1:
            if any(movers.count(axis) > 1 for axis, _ in of) or not (
                window(of) or folded(base[place], of, e.array.shape[place])
            ):
                return None
        elif of and movers.count(of[0][0]) > 1 and lists[place] is None:
            (axis, step), start = of[0], base[place]
            lists[place], base[place] = tuple(start + k * step for k in range(axis.size)), 0
            moves[place] = ((axis, 1),)
    listed = {of[0][0] for of, values in zip(moves, lists, strict=True) if values is not None}
    return Leaf(e.array, tuple(base), tuple(moves), tuple(lists)) if len(listed) <= 1 else None


def gather(array: Array, indices: Sequence[Index | None], axes: tuple[Axis, ...]) -> Gather:
    kept, found = varying(indices, axes)
    return Gather((array,), tuple(place_in(array, index) if index else 0 for index in found), kept)


def place_in(array: Array, index: Sequence[int]) -> int:
    place = 0
    for k, size in zip(index, array.shape, strict=True):
        place = place * size + k
    return place


def strides_of(axes: Sequence[Axis]) -> list[int]:
    """How far apart neighbours along each axis lie in a list over all loops."""
    return [prod(axis.size for axis in axes[k + 1 :]) for k in range(len(axes))]


def varying(items: Sequence[Any], axes: tuple[Axis, ...]) -> tuple[tuple[Axis, ...], list[Any]]:
    """The axes that the items vary by, and the items over those alone; None is like any other item."""
    kept: list[Axis] = []
    found = list(items)
    for k, axis in enumerate(axes):
        stride = prod(other.size for other in axes[k + 1 :])
        runs = [
            [found[start + u * stride] for u in range(axis.size)]
            for block in range(0, len(found), stride * axis.size)
            for start in range(block, block + stride)
        ]
        different = [[x for x in dict.fromkeys(run) if x is not None] for run in runs]
        if any(len(of) > 1 for of in different):
            kept.append(axis)
        else:
            found = [of[0] if of else None for of in different]
    return tuple(kept), found


def unrolled(e: Expression, inner: tuple[Axis, ...]) -> Expression | None:
    """A short sum of neighbours, such as x[1:] − x[:-1], written out: its terms overlap in one array."""
    if prod(axis.size for axis in inner) > SHORT or not windowed(e, inner):
        return None
    return add(at(e, dict(zip(inner, u, strict=True))) for u in product(*(range(axis.size) for axis in inner)))


def windowed(e: Expression, inner: tuple[Axis, ...]) -> bool:
    """Whether the terms of one sum and those of its neighbour overlap in an array."""
    leaves = [part for part in ([e] if isinstance(e, Leaf) else getattr(e, "factors", ())) if isinstance(part, Leaf)]
    return any((found := window(moves)) and found[2] in inner for leaf in leaves for moves in leaf.moves)


def at(e: Expression, steps: dict[Axis, int]) -> Expression:
    """The expression at these steps of some of its loops."""
    if isinstance(e, Leaf):
        base = [b + sum(k * steps.get(axis, 0) for axis, k in of) for b, of in zip(e.base, e.moves, strict=True)]
        moves = tuple(tuple(m for m in of if m[0] not in steps) for of in e.moves)
        lists = list(e.lists)
        for place, listed in enumerate(e.lists):
            if listed is not None and not moves[place]:
                base[place], lists[place] = listed[base[place]], None
        return Leaf(e.array, tuple(base), moves, tuple(lists))
    if isinstance(e, (Table, Gather)):
        kept = tuple(axis for axis in e.axes if axis not in steps)
        strides = dict(zip(e.axes, strides_of(e.axes), strict=True))
        start = sum(stride * steps.get(axis, 0) for axis, stride in strides.items())
        places = [
            start + sum(u * strides[axis] for axis, u in zip(kept, us, strict=True))
            for us in product(*(range(axis.size) for axis in kept))
        ]
        if isinstance(e, Gather):
            return Gather(e.arrays, tuple(e.places[k] for k in places), kept)
        values = [e.values[k] for k in places]
        return Number(values[0]) if len(set(values)) == 1 else Table(tuple(values), kept)
    if hasattr(e, "factors"):
        return multiply(at(part, steps) for part in e.factors)
    return e
