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
    folded,
    multiply,
    parts_of,
    window,
)
from micrograd.compiler.matrices.families import SLOPE, SURPRISE, Entry, Family, Part, Row, Unfit
from micrograd.compiler.stages.expressions import SUM

Column: TypeAlias = "tuple[int, ...]"


class Looped(NamedTuple):
    """What each row computes; the rows are listed in the order of the loops, by their places in the family."""

    axes: tuple[Axis, ...]
    order: list[int]
    expression: Expression


def loop(family: Family, own: Sequence[Index] | None) -> Looped:
    """The family as one expression; `own` are the indices of the rows where their array is given, as for adjoints."""
    rows = [Row(row.i, row.kind, aligned(row.parts, family.rows[0].parts)) for row in family.rows]
    if own is not None:
        columns = own_columns(own)
        return looped(rows, columns if fills(columns, len(rows)) else [])
    candidates = columns_of(rows)
    best = looped(rows, ordered(choose(unique(c.column for c in candidates), len(rows)), candidates))
    for operand_of in dict.fromkeys(c.operand for c in candidates) if cost(best.expression) else ():
        first = [c for c in candidates if c.operand == operand_of]
        others = [c for c in candidates if c.operand != operand_of]
        found = choose(unique(c.column for c in [*first, *others]), len(rows))
        other = looped(rows, ordered(found, candidates))
        if cost(other.expression) < cost(best.expression):
            best = other
    return best


def looped(rows: Sequence[Row], columns: Sequence[Column]) -> Looped:
    axes, order = sides(columns, len(rows))
    rows = [rows[k] for k in order]
    first = rows[0]
    if first.kind in (SURPRISE, SLOPE):
        expression = composite(rows, axes)
    elif first.kind == SUM:
        expression = add(part_as_expression([row.parts[k] for row in rows], axes) for k in range(len(first.parts)))
    else:
        operands = [
            operand([row.parts[k].left for row in rows], [row.parts[k].entries[0] for row in rows], axes)
            for k in range(len(first.parts))
        ]
        expression = Call(first.kind, tuple(operands))
    return Looped(axes, order, expression)


def composite(rows: Sequence[Row], axes: tuple[Axis, ...]) -> Expression:
    """A composite of the rows of an array; raises `Unfit` if the rows are not all of them that belong together."""
    _, logits = rows[0].parts
    inner = (Axis(len(logits.entries)),) if rows[0].kind == SURPRISE else ()
    leaf = product_of(logits, [row.parts[1].entries for row in rows], (*axes, *inner))
    if not isinstance(leaf, Leaf) or logits.left is None:
        raise Unfit
    over = tuple(axis for axis, _ in leaf.moves[logits.along])
    if leaf.base[logits.along] or [axis.size for axis in over] != [logits.left.shape[logits.along]]:
        raise Unfit
    right = operand([row.parts[0].left for row in rows], [row.parts[0].entries[0] for row in rows], axes)
    if any(axis in over for axis in right.axes):
        raise Unfit
    return Call(rows[0].kind, (right, leaf), over, rows[0].kind == SLOPE)


def cost(e: Expression) -> int:
    """How many operands have to be gathered: the fewer, the more this is a matrix form."""
    gathered = isinstance(e, Gather) or (isinstance(e, Leaf) and any(e.lists))
    return gathered + sum(map(cost, parts_of(e)))


def aligned(parts: list[Part], like: list[Part]) -> list[Part]:
    """The parts in the order of those of another row of the family."""
    if [(p.left, p.right) for p in parts] == [(p.left, p.right) for p in like]:
        return parts
    found = {(id(part.left), id(part.right)): part for part in parts}
    return [found[id(part.left), id(part.right)] for part in like]


# ---- columns that tell the rows apart


def own_columns(indices: Sequence[Index]) -> list[Column]:
    return [column for column in zip(*indices, strict=True) if len(set(column)) > 1]


class Candidate(NamedTuple):
    """A column, which place in the index of which operand it is."""

    rank: int
    place: int
    operand: tuple[int, int]
    column: Column


def columns_of(rows: Sequence[Row]) -> list[Candidate]:
    """The varying columns of the first operands: data before parameters, then in the order of the terms."""
    found = []
    for k, part in enumerate(rows[0].parts):
        first = [row.parts[k].entries[0] for row in rows]
        for side, array in enumerate((part.left, part.right)):
            if array is not None:
                rank = {"parameter": 2, "argument": 0}.get(array.role, 1)
                for place, column in enumerate(zip(*(entry[:2][side] for entry in first), strict=True)):
                    if len(set(column)) > 1:
                        found.append(Candidate(rank, place, (k, side), column))
    found.sort(key=lambda c: (c.rank, c.place))
    return found + [Candidate(3, 0, (-1, 0), column) for column in numbers_apart(rows)]


def unique(columns: Iterable[Column]) -> list[Column]:
    return [*dict.fromkeys(map(tuple, columns))]


def ordered(chosen: list[Column], candidates: Sequence[Candidate]) -> list[Column]:
    """The chosen columns, those of one operand in the order of its index."""
    best: list[Column] = []
    for operand_of in dict.fromkeys(c.operand for c in candidates):
        own = [c for c in candidates if c.operand == operand_of and any(c.column == column for column in chosen)]
        columns = unique(c.column for c in sorted(own, key=lambda c: c.place))
        if len(columns) > len(best):
            best = columns
    following = iter(best)
    return [next(following) if any(column == other for other in best) else column for column in chosen]


def numbers_apart(rows: Sequence[Row]) -> list[Column]:
    """A column that numbers the different known numbers in the rows."""
    numbers = [tuple(entry[2] for part in row.parts for entry in part.entries) for row in rows]
    ranks = {known: k for k, known in enumerate(dict.fromkeys(numbers))}
    return [tuple(ranks[known] for known in numbers)] if len(ranks) > 1 else []


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
    if len(entries[0]) == 1:
        return product_of(parts[0], entries, axes)
    columns = term_columns(entries[0])
    best = with_terms(parts[0], entries, axes, columns)
    for side in (0, 1) if cost(best) else ():
        preferred = sorted(columns, key=lambda column: column[0] != side)
        other = with_terms(parts[0], entries, axes, preferred)
        if cost(other) < cost(best):
            best = other
    return best


def with_terms(
    part: Part, entries: Sequence[list[Entry]], axes: tuple[Axis, ...], columns: Sequence[tuple[int, int, Column]]
) -> Expression:
    """The sum with a loop for each dimension of its terms, which these columns tell apart."""
    chosen = choose(unique(column for _, _, column in columns), len(entries[0]))
    keys = [next((side, place) for side, place, column in columns if column == c) for c in chosen]
    inner, _ = sides(chosen, len(entries[0]))
    entries = [sorted(row, key=lambda e: [e[:2][side][place] for side, place in keys]) for row in entries]
    e = product_of(part, entries, (*axes, *inner))
    return unrolled(e, inner) or Total(e, inner)


def product_of(part: Part, entries: Sequence[list[Entry]], loops: tuple[Axis, ...]) -> Expression:
    flat = [entry for row in entries for entry in row]
    factors = [numbers([entry[2] for entry in flat], loops)]
    for side, array in enumerate((part.left, part.right)):
        if array is not None:
            factors.append(view(array, [entry[:2][side] for entry in flat], loops))
    return multiply(factors)


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
