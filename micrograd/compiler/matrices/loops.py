"""Loops: the rows of a family as one expression, with a loop for each dimension of their array.

The indices of the operands are columns of numbers, one number for each row. Some columns together tell the rows apart:
they are the dimensions of the new array, if the rows fill that box. All other columns then have to follow from them,
base + Σ step · loop; the operand of one that does not is gathered, number by number.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
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
    Product,
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
    """What each row computes, in the order of the loops: the places of the rows in their family, −1 for a missing row.

    A row is missing where an array is a box, and only some of its numbers are wanted, as the scores of causal
    attention. The loops compute a number there too, which nobody reads.
    """

    axes: tuple[Axis, ...]
    order: list[int]
    expression: Expression


def loop(family: Family) -> Looped:
    """The family as one expression, in an array of its own."""
    rows = [row._replace(parts=aligned(row.parts, family.rows[0].parts)) for row in family.rows]
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


def loop_within(family: Family, own: Sequence[Index], filled: Collection[Index]) -> tuple[Looped, list[Index]]:
    """The family in a given array, in which the rows have these indices; and the indices in the order of the loops.

    No row may be missing where the array is `filled`.
    """
    rows = [row._replace(parts=aligned(row.parts, family.rows[0].parts)) for row in family.rows]
    columns = own_columns(own)
    if not fills(columns, len(rows)):
        at = indices_of(own)
        if not is_nearly_a_box(columns, len(rows)) or any(index in filled and index not in own for index in at):
            columns = []
    found = looped(rows, columns)
    return found, indices_of(own) if columns else [own[k] for k in found.order]


def indices_of(own: Sequence[Index]) -> list[Index]:
    """All indices of the box that these lie in."""
    return [*product(*(sorted(set(column)) for column in zip(*own, strict=True)))]


def looped(rows: Sequence[Row], columns: Sequence[Column]) -> Looped:
    axes, order = sides(columns, len(rows))
    inside = [rows[k] if k >= 0 else None for k in order]
    first = rows[0]
    if first.kind in (SURPRISE, SLOPE):
        expression = composite(rows, order, axes)
    else:
        parts = [[row.parts[k] if row else None for row in inside] for k in range(len(first.parts))]
        if first.kind == SUM:
            expression = add(part_as_expression(of, axes) for of in parts)
        else:
            expression = Call(first.kind, tuple(operand(of, axes) for of in parts))
    return Looped(axes, order, expression)


def composite(rows: Sequence[Row], order: Sequence[int], axes: tuple[Axis, ...]) -> Expression:
    """A composite of the rows of an array; raises `Unfit` if the rows are not all of them that belong together."""
    if -1 in order:
        raise Unfit
    rows = [rows[k] for k in order]
    _, logits = rows[0].parts
    inner = (Axis(len(logits.entries)),) if rows[0].kind == SURPRISE else ()
    leaf = product_of(logits, [row.parts[1].entries for row in rows], (*axes, *inner))
    if not isinstance(leaf, Leaf) or logits.left is None:
        raise Unfit
    over = tuple(axis for axis, _ in leaf.moves[logits.along])
    if leaf.base[logits.along] or [axis.size for axis in over] != [logits.left.shape[logits.along]]:
        raise Unfit
    right = operand([row.parts[0] for row in rows], axes)
    if any(axis in over for axis in right.axes):
        raise Unfit
    return Call(rows[0].kind, (right, leaf), over, rows[0].kind == SLOPE)


def cost(e: Expression) -> int:
    """How many operands have to be gathered: the fewer, the more this is a matrix form."""
    gathered = isinstance(e, Gather) or (isinstance(e, Leaf) and any(e.lists))
    return gathered + sum(map(cost, parts_of(e)))


def aligned(parts: list[Part], like: list[Part]) -> list[Part]:
    """The parts in the order of those of another row of the family."""
    if [part.look for part in parts] == [part.look for part in like]:
        return parts
    found = {part.look: part for part in parts}
    return [found[part.look] for part in like]


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
    """Columns that fill a box of so many rows, or nearly so, and are needed to tell them apart; else []."""
    chosen: list[Column] = []
    apart = 1
    for column in columns:
        more = len(set(zip(*chosen, column, strict=True)))
        if more > apart:
            chosen.append(column)
            apart = more
        if apart == count:
            break
    if chosen and not fills(chosen, count):
        spare = [column for column in chosen if fills([c for c in chosen if c is not column], count)]
        if spare:
            chosen.remove(spare[0])
        elif not is_nearly_a_box(chosen, count):
            return []
    return chosen


def is_nearly_a_box(columns: Sequence[Column], count: int) -> bool:
    """Whether the columns tell all rows apart, and a box of them is not much larger than the rows are many."""
    size = prod(len(set(column)) for column in columns)
    return len(columns) > 1 and count == len(set(zip(*columns, strict=True))) and size <= WIDER * count


def fills(columns: Sequence[Column], count: int) -> bool:
    """Whether the columns tell all rows apart, and every combination of their numbers occurs."""
    if not columns:
        return count == 1
    return prod(len(set(column)) for column in columns) == count == len(set(zip(*columns, strict=True)))


WIDER = 3  # so many times the rows may be in a box


def sides(columns: Sequence[Column], count: int) -> tuple[tuple[Axis, ...], list[int]]:
    """An axis for each column, or one for all rows; and the rows in that order, −1 for one that is missing."""
    if not columns:
        return ((Axis(count),) if count > 1 else ()), list(range(count))
    found = {key: k for k, key in enumerate(zip(*columns, strict=True))}
    values = [sorted(set(column)) for column in columns]
    return tuple(Axis(len(of)) for of in values), [found.get(key, -1) for key in product(*values)]


# ---- operands


def part_as_expression(parts: Sequence[Part | None], axes: tuple[Axis, ...]) -> Expression:
    """Σ left · right over the entries of each row."""
    entries = [part.entries if part else [] for part in parts]
    longest = max(parts, key=lambda part: len(part.entries) if part else 0)
    assert longest is not None
    if len(longest.entries) == 1:
        return product_of(longest, [of or [None] for of in entries], axes)
    columns = term_columns(longest.entries)
    best = with_terms(longest, entries, axes, columns)
    for side in (0, 1) if cost(best) else ():
        other = with_terms(longest, entries, axes, sorted(columns, key=lambda column: column[0] != side))
        if cost(other) < cost(best):
            best = other
    return best


def with_terms(
    part: Part, entries: Sequence[list[Entry]], axes: tuple[Axis, ...], columns: Sequence[tuple[int, int, Column]]
) -> Expression:
    """The sum with a loop for each dimension of its terms, which these columns tell apart.

    Of a row with fewer terms than others, the others are left out by a mask.
    """
    chosen = choose(unique(column for _, _, column in columns), len(part.entries))
    chosen = chosen if fills(chosen, len(part.entries)) else []
    keys = [next((side, place) for side, place, column in columns if column == c) for c in chosen]
    inner, _ = sides(chosen, len(part.entries))
    loops = (*axes, *inner)
    full = all(len(row) in (0, len(part.entries)) for row in entries)

    def key(entry: Entry) -> tuple[int, ...]:
        return tuple(entry[:2][side][place] for side, place in keys)

    if full:
        nothing: list[Entry | None] = [None] * len(part.entries)
        in_order: list[list[Entry | None]] = [[*sorted(row, key=key)] if row else nothing for row in entries]
        e = product_of(part, in_order, loops)
        return unrolled(e, inner) or Total(e, inner)
    values = [*product(*(sorted(set(column)) for column in chosen))]
    found = [{key(entry): entry for entry in row} for row in entries]
    known = set(values)
    if not keys or any(len(of) < len(row) or not of.keys() <= known for of, row in zip(found, entries, strict=True)):
        raise Unfit
    placed = [[of.get(at) for at in values] for of in found]
    there = [x if of else None for of, row in zip(found, placed, strict=True) for x in map(present, row)]
    return Total(masked(product_of(part, placed, loops), numbers(there, loops)), inner)


def present(entry: Entry | None) -> float:
    return float(entry is not None)


def masked(e: Expression, mask: Expression) -> Expression:
    """The product where the mask is 1, else 0."""
    factors = e.factors if isinstance(e, Product) else (e,)
    for factor in factors:
        if set(mask.axes) <= set(factor.axes) and isinstance(factor, (Leaf, Gather)):
            kept = Call("choose", (mask, factor, Number(0.0)))
            return multiply(kept if other is factor else other for other in factors)
    return Call("choose", (mask, e, Number(0.0)))


def product_of(part: Part, entries: Sequence[Sequence[Entry | None]], loops: tuple[Axis, ...]) -> Expression:
    flat = [entry for row in entries for entry in row]
    factors = [numbers([entry[2] if entry else None for entry in flat], loops)]
    for side, array in enumerate((part.left, part.right)):
        if array is not None:
            factors.append(view(array, [entry[:2][side] if entry else None for entry in flat], loops))
    return multiply(factors)


def term_columns(entries: Sequence[Entry]) -> list[tuple[int, int, Column]]:
    """The varying columns of the terms of one row: of which operand, which place in its index, and the numbers."""
    return [
        (side, place, column)
        for side in (0, 1)
        for place, column in enumerate(zip(*(entry[:2][side] for entry in entries), strict=True))
        if len(set(column)) > 1
    ]


def operand(parts: Sequence[Part | None], axes: tuple[Axis, ...]) -> Expression:
    """An operand of a function, one for each row."""
    first = next(part for part in parts if part)
    return product_of(first, [part.entries if part else [None] for part in parts], axes)


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
