"""Views: what an operand is in all steps of some loops, as a part of an array or as known numbers.

Along each axis of its array, the place has to follow from the loops, base + Σ step · loop, or from one loop by a list.
Any other operand is gathered, number by number.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from itertools import chain, product, repeat
from math import prod
from typing import Any

from micrograd.compiler.matrices.arrays import Array
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
    leaves,
    multiply,
    window,
)
from micrograd.compiler.matrices.operands import NOWHERE
from micrograd.compiler.matrices.together import together

SHORT = 3  # terms of a sum that is written out


def numbers(values: Sequence[float | None], axes: tuple[Axis, ...]) -> Expression:
    """Known numbers over these loops, as a table over those that they vary by; None may be any number."""
    there = [x for x in values if x is not None]
    first = there[0]
    if all(x is first or same(x, first) for x in there):
        return Number(first)
    if len(there) == len(values):
        signed: list[Any] = [*zip(there, map(math.copysign, repeat(1.0), there), strict=False)]
    else:
        signed = [None if x is None else (x, math.copysign(1.0, x)) for x in values]
    kept, found = varying(signed, axes)
    return Table(tuple(x[0] if x else 0.0 for x in found), kept)


def same(x: float, y: float) -> bool:
    return x == y and str(x) == str(y) or (x != x and y != y)


def view(owner: Array, places: array[int], axes: tuple[Axis, ...]) -> Expression:
    """The numbers of the array at these places, over all steps of the loops in order; `NOWHERE` may be any place."""
    return evenly(owner, places, axes) or axis_by_axis(owner, places, axes) or gather(owner, places, axes)


def evenly(owner: Array, places: array[int], axes: tuple[Axis, ...]) -> Leaf | None:
    """The same if all places follow from the first one and its neighbours, as nearly always; None if not."""
    first, steps = places[0], []
    if first == NOWHERE:
        return None
    base = owner.index(first)
    moves: list[list[tuple[Axis, int]]] = [[] for _ in base]
    lowest, highest = [*base], [*base]
    for axis, stride in zip(axes, strides_of(axes), strict=True):
        other = places[stride] if axis.size > 1 else first
        if other == NOWHERE:
            return None
        steps.append(other - first)
        for k, (x, y) in enumerate(zip(base, owner.index(other), strict=True)):
            if x != y:
                far = (y - x) * (axis.size - 1)
                moves[k].append((axis, y - x))
                lowest[k], highest[k] = lowest[k] + min(far, 0), highest[k] + max(far, 0)
    if not all(0 <= x <= y < n for x, y, n in zip(lowest, highest, owner.shape, strict=True)):
        return None
    if not together.lie_evenly(places, first, steps, [axis.size for axis in axes]):
        return None
    return side_by_side(Leaf(owner, base, tuple(map(tuple, moves)), (None,) * len(base)))


def axis_by_axis(owner: Array, places: array[int], axes: tuple[Axis, ...]) -> Leaf | None:
    """The same, where along an axis the places may follow from one loop by a list."""
    base, moves = list[int](), list[Moves]()
    lists: list[tuple[int, ...] | None] = [None] * len(owner.shape)
    for place, size in enumerate(owner.shape):
        column = owner.along(place, places)
        first, steps = line_through(column, axes)
        base.append(first)
        moves.append(tuple((axis, step) for axis, step in zip(axes, steps, strict=True) if step))
        far = [step * (axis.size - 1) for axis, step in zip(axes, steps, strict=True)]
        inside = first + sum(min(x, 0) for x in far) >= 0 and first + sum(max(x, 0) for x in far) < size
        if not (inside and together.lie_evenly(column, first, steps, [axis.size for axis in axes])):
            kept, found = varying(known(column), axes)
            if len(kept) != 1:
                return None
            lists[place], moves[place], base[place] = tuple(x or 0 for x in found), ((kept[0], 1),), 0
    return side_by_side(Leaf(owner, tuple(base), tuple(moves), tuple(lists)))


def known(places: array[int]) -> list[int | None]:
    """The same with None for `NOWHERE`."""
    return [None if p == NOWHERE else p for p in places] if NOWHERE in places else [*places]


def line_through(column: array[int], axes: Sequence[Axis]) -> tuple[int, list[int]]:
    """The first number, and by how much the numbers grow along each axis, if they grow evenly."""
    steps = []
    start = next(k for k, x in enumerate(column) if x != NOWHERE)
    first = column[start]
    for axis, stride in zip(axes, strides_of(axes), strict=True):
        pairs = ((column[k], column[k + stride], k) for k in range(len(column) - stride if axis.size > 1 else 0))
        neighbours = (b - a for a, b, k in pairs if NOWHERE not in (a, b) and (k // stride + 1) % axis.size)
        steps.append(next(neighbours, 0))
        first -= steps[-1] * (start // stride % axis.size)
    return first, steps


def side_by_side(e: Leaf) -> Leaf | None:
    """The same with the places that one loop moves along several axes as lists; None if it is no part of an array."""
    movers = [axis for moves in e.moves for axis, _ in moves]
    if len({*movers}) == sum(map(bool, e.moves)) == len(movers) and not any(e.lists):
        return e
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


def cost(e: Expression) -> int:
    """How many operands have to be gathered: the fewer, the more this is a matrix form."""
    return sum(isinstance(operand, Gather) or any(operand.lists) for operand in leaves(e))


def gather(owner: Array, places: array[int], axes: tuple[Axis, ...]) -> Gather:
    kept, found = varying(known(places), axes)
    return Gather((owner,), tuple(place or 0 for place in found), kept)


def strides_of(axes: Sequence[Axis]) -> list[int]:
    """How far apart neighbours along each axis lie in a list over all loops."""
    return [prod(axis.size for axis in axes[k + 1 :]) for k in range(len(axes))]


def varying(items: Sequence[Any], axes: tuple[Axis, ...]) -> tuple[tuple[Axis, ...], list[Any]]:
    """The axes that the items vary by, and the items over those alone; None is like any other item."""
    kept: list[Axis] = []
    found = list(items)
    for axis, stride in zip(axes, strides_of(axes), strict=True):
        blocks = range(0, len(found), stride * axis.size)
        steps = [[found[k : k + stride] for k in range(start, start + stride * axis.size, stride)] for start in blocks]
        joined = [alike(of) for of in steps] if None in found else [equal(of) for of in steps]
        if None in joined:
            kept.append(axis)
        else:
            found = [*chain.from_iterable(joined)]  # type: ignore[arg-type]
    return tuple(kept), found


def equal(lists: Sequence[list[Any]]) -> list[Any] | None:
    """The list that all of them are; None if they differ."""
    return lists[0] if lists.count(lists[0]) == len(lists) else None


def alike(lists: Sequence[list[Any]]) -> list[Any] | None:
    """The list that all of them are, where they are known; None if they differ."""
    if len(lists) == 1:
        return lists[0]
    found = [*lists[0]]
    for other in lists[1:]:
        for k, x in enumerate(other):
            if x is None or x is found[k]:
                continue
            if found[k] is None:
                found[k] = x
            elif found[k] != x:
                return None
    return found


def unrolled(e: Expression, inner: tuple[Axis, ...]) -> Expression | None:
    """A short sum of neighbours, such as x[1:] − x[:-1], written out: its terms overlap in one array."""
    if prod(axis.size for axis in inner) > SHORT or not windowed(e, inner):
        return None
    return add(at(e, dict(zip(inner, u, strict=True))) for u in product(*(range(axis.size) for axis in inner)))


def windowed(e: Expression, inner: tuple[Axis, ...]) -> bool:
    """Whether the terms of one sum and those of its neighbour overlap in an array."""
    factors = [e] if isinstance(e, Leaf) else getattr(e, "factors", ())
    parts = [part for part in factors if isinstance(part, Leaf)]
    return any((found := window(moves)) and found[2] in inner for part in parts for moves in part.moves)


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
