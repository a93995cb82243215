"""Loops: the rows of a family as one expression, with a loop for each dimension of their array.

The indices of the operands are columns of numbers, one number for each row. Some columns together tell the rows apart:
they are the dimensions of the new array, if the rows fill that box. All other columns then have to follow from them,
base + Σ step · loop; the operand of one that does not is gathered, number by number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple, TypeAlias

from micrograd.compiler.matrices.arrays import Array, Index
from micrograd.compiler.matrices.expressions import (
    Axis,
    Call,
    Expression,
    Gather,
    Leaf,
    Moves,
    Number,
    Table,
    Total,
    add,
    multiply,
)
from micrograd.compiler.matrices.families import Entry, Family, Part, Row
from micrograd.compiler.stages.expressions import SUM

Column: TypeAlias = "Sequence[int]"


class Looped(NamedTuple):
    """What each row computes; the rows are listed in the order of the loops, by their places in the family."""

    axes: tuple[Axis, ...]
    order: list[int]
    expression: Expression


def loop(family: Family, own: Sequence[Index] | None) -> Looped:
    """The family as one expression; `own` are the indices of the rows where their array is given, as for adjoints."""
    rows = [Row(row.i, row.kind, aligned(row.parts, family.rows[0].parts)) for row in family.rows]
    columns = own_columns(own) if own is not None else []
    if own is None:
        columns = choose(columns_of(rows), len(rows))
    axes, order = sides(columns if fills(columns, len(rows)) else [], len(rows))
    rows = [rows[k] for k in order]
    if family.kind == SUM:
        expression = add(part_as_expression([row.parts[k] for row in rows], axes) for k in range(len(rows[0].parts)))
    else:
        operands = [
            operand([row.parts[k].left for row in rows], [row.parts[k].entries[0] for row in rows], axes)
            for k in range(len(rows[0].parts))
        ]
        expression = Call(family.kind, tuple(operands))
    return Looped(axes, order, expression)


def aligned(parts: list[Part], like: list[Part]) -> list[Part]:
    """The parts in the order of those of another row of the family."""
    if [(p.left, p.right) for p in parts] == [(p.left, p.right) for p in like]:
        return parts
    found = {(id(part.left), id(part.right)): part for part in parts}
    return [found[id(part.left), id(part.right)] for part in like]


# ---- columns that tell the rows apart


def own_columns(indices: Sequence[Index]) -> list[Column]:
    return [column for column in zip(*indices, strict=True) if len(set(column)) > 1]


def columns_of(rows: Sequence[Row]) -> list[Column]:
    """The varying columns of the first operands: data before parameters, then in the order of the terms."""
    found: list[tuple[int, int, Column]] = []
    for k, part in enumerate(rows[0].parts):
        first = [row.parts[k].entries[0] for row in rows]
        for side, array in enumerate((part.left, part.right)):
            if array is not None:
                rank = {"parameter": 2, "argument": 0}.get(array.role, 1)
                columns = zip(*(entry[:2][side] for entry in first), strict=True)
                found += [(rank, place, column) for place, column in enumerate(columns) if len(set(column)) > 1]
    found.sort(key=lambda item: item[:2])
    return [*dict.fromkeys(column for _, _, column in found), *numbers_apart(rows)]


def numbers_apart(rows: Sequence[Row]) -> list[Column]:
    """A column that numbers the different known numbers in the rows."""
    numbers = [tuple(entry[2] for part in row.parts for entry in part.entries) for row in rows]
    ranks = {known: k for k, known in enumerate(dict.fromkeys(numbers))}
    return [[ranks[known] for known in numbers]] if len(ranks) > 1 else []


def choose(columns: Sequence[Column], count: int) -> list[Column]:
    """Columns that fill a box of so many rows, each of which is needed to tell them apart; [] if there are none."""
    chosen: list[Column] = []
    apart = 1
    for column in columns:
        more = len(set(zip(*chosen, column, strict=True)))
        if more > apart:
            chosen.append(column)
            apart = more
        if apart == count:
            break
    while chosen and not fills(chosen, count):
        spare = [column for column in chosen if fills([c for c in chosen if c is not column], count)]
        if not spare:
            return []
        chosen.remove(spare[0])
    return chosen


def fills(columns: Sequence[Column], count: int) -> bool:
    """Whether the columns tell all rows apart, and every combination of their numbers occurs."""
    if not columns:
        return count == 1
    return prod(len(set(column)) for column in columns) == count == len(set(zip(*columns, strict=True)))


def sides(columns: Sequence[Column], count: int) -> tuple[tuple[Axis, ...], list[int]]:
    """An axis for each column, or one for all rows, and the rows in that order."""
    if not columns:
        return ((Axis(count),) if count > 1 else ()), list(range(count))
    keys = list(zip(*columns, strict=True))
    return tuple(Axis(len(set(column))) for column in columns), sorted(range(count), key=keys.__getitem__)


# ---- operands


def part_as_expression(parts: Sequence[Part], axes: tuple[Axis, ...]) -> Expression:
    """Σ left · right over the entries of each row."""
    entries = [part.entries for part in parts]
    terms = len(entries[0])
    inner: tuple[Axis, ...] = ()
    if terms > 1:
        columns = term_columns(entries[0])
        chosen = choose([column for _, _, column in columns], terms)
        keys = [(side, place) for side, place, column in columns if any(column is c for c in chosen)]
        inner, _ = sides(chosen, terms)
        entries = [sorted(row, key=lambda e: [e[:2][side][place] for side, place in keys]) for row in entries]
    flat = [entry for row in entries for entry in row]
    loops = (*axes, *inner)
    factors = [numbers([entry[2] for entry in flat], loops)]
    for side in (0, 1):
        array = parts[0][side]
        if isinstance(array, Array):
            factors.append(view(array, [entry[:2][side] for entry in flat], loops))
    e = multiply(factors)
    if not inner:
        return e
    return unrolled(e, inner) or Total(e, inner)


def term_columns(entries: Sequence[Entry]) -> list[tuple[int, int, Column]]:
    """The varying columns of the terms of one row: of which operand, which place in its index, and the numbers."""
    return [
        (side, place, column)
        for side in (0, 1)
        for place, column in enumerate(zip(*(entry[:2][side] for entry in entries), strict=True))
        if len(set(column)) > 1
    ]


def operand(arrays: Sequence[Array | None], entries: Sequence[Entry], axes: tuple[Axis, ...]) -> Expression:
    """An operand of a function, one for each row."""
    if arrays[0] is None:
        return numbers([entry[2] for entry in entries], axes)
    return view(arrays[0], [entry[0] for entry in entries], axes)


def numbers(values: Sequence[float], axes: tuple[Axis, ...]) -> Expression:
    """Known numbers over these loops, as a table over those that they vary by."""
    if all(same(x, values[0]) for x in values):
        return Number(values[0])
    kept, index = varying([(x,) for x in values], axes)
    return Table(tuple(values[k] for k in index), kept)


def same(x: float, y: float) -> bool:
    return x == y and str(x) == str(y) or (x != x and y != y)


def view(array: Array, indices: Sequence[Index], axes: tuple[Axis, ...]) -> Expression:
    """The numbers of the array at these indices, over all steps of the loops in order."""
    strides = strides_of(axes)
    base, moves = list(indices[0]), list[Moves]()
    lists: list[tuple[int, ...] | None] = [None] * len(base)
    for place, first in enumerate(base):
        column = [index[place] for index in indices]
        steps = [column[stride] - first if axis.size > 1 else 0 for axis, stride in zip(axes, strides, strict=True)]
        predicted = [first]
        for axis, step in zip(axes, steps, strict=True):
            predicted = [p + k * step for p in predicted for k in range(axis.size)]
        moves.append(tuple((axis, step) for axis, step in zip(axes, steps, strict=True) if step))
        if predicted != column:
            (kept, at) = varying(column, axes)
            if len(kept) != 1:
                return gather(array, indices, axes)
            lists[place], moves[place], base[place] = tuple(column[k] for k in at), ((kept[0], 1),), 0
    return side_by_side(Leaf(array, tuple(base), tuple(moves), tuple(lists))) or gather(array, indices, axes)


def side_by_side(e: Leaf) -> Leaf | None:
    """The same with the places that one loop moves along several axes as lists; None if that is no part of an array."""
    movers = [axis for moves in e.moves for axis, _ in moves]
    base, moves, lists = list(e.base), list(e.moves), list(e.lists)
    for place, of in enumerate(e.moves):
        if len(of) > 1 and (len(of) > 2 or any(step != 1 for _, step in of)):
            return None
        if any(movers.count(axis) > 1 for axis, _ in of) and lists[place] is None:
            if len(of) > 1:
                return None
            (axis, step), start = of[0], base[place]
            lists[place], base[place] = tuple(start + k * step for k in range(axis.size)), 0
            moves[place] = ((axis, 1),)
    listed = {of[0][0] for of, values in zip(moves, lists, strict=True) if values is not None}
    return Leaf(e.array, tuple(base), tuple(moves), tuple(lists)) if len(listed) <= 1 else None


def gather(array: Array, indices: Sequence[Index], axes: tuple[Axis, ...]) -> Gather:
    kept, index = varying(indices, axes)
    return Gather((array,), tuple(place_in(array, indices[k]) for k in index), kept)


def place_in(array: Array, index: Sequence[int]) -> int:
    place = 0
    for k, size in zip(index, array.shape, strict=True):
        place = place * size + k
    return place


def strides_of(axes: Sequence[Axis]) -> list[int]:
    """How far apart neighbours along each axis lie in a list over all loops."""
    return [prod(axis.size for axis in axes[k + 1 :]) for k in range(len(axes))]


def varying(items: Sequence[Any], axes: tuple[Axis, ...]) -> tuple[tuple[Axis, ...], list[int]]:
    """The axes that the items vary by, and the places of the items over those alone."""
    strides = strides_of(axes)
    kept = []
    for axis, stride in zip(axes, strides, strict=True):
        if any(items[k] != items[k - stride] for k in range(len(items)) if (k // stride) % axis.size):
            kept.append((axis, stride))
    places: Iterable[tuple[int, ...]] = product(*(range(0, axis.size * stride, stride) for axis, stride in kept))
    return tuple(axis for axis, _ in kept), [sum(place) for place in places]


SHORT = 3


def unrolled(e: Expression, inner: tuple[Axis, ...]) -> Expression | None:
    """A short sum of neighbours, such as x[1:] − x[:-1], written out: its terms overlap in one array."""
    if prod(axis.size for axis in inner) > SHORT or not windowed(e, inner):
        return None
    return add(at(e, dict(zip(inner, u, strict=True))) for u in product(*(range(axis.size) for axis in inner)))


def windowed(e: Expression, inner: tuple[Axis, ...]) -> bool:
    leaves = [part for part in ([e] if isinstance(e, Leaf) else getattr(e, "factors", ())) if isinstance(part, Leaf)]
    return any(
        any(axis in inner for axis, _ in moves) and any(axis not in inner for axis, _ in moves)
        for leaf in leaves
        for moves in leaf.moves
    )


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
