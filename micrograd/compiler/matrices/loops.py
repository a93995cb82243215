"""Loops: the rows of a family as one expression, with a loop for each dimension of their array.

A sum has further loops over its terms. All operands then have to follow from the loops: see `views`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain, product
from math import inf, prod
from typing import NamedTuple, TypeAlias, TypeVar

from micrograd.compiler.matrices.alike import Alike, Entries, Row
from micrograd.compiler.matrices.arrays import Index
from micrograd.compiler.matrices.columns import (
    Column,
    choose,
    columns_of,
    fills,
    is_nearly_a_box,
    ordered,
    own_columns,
    sides,
    unique,
)
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
    add,
    multiply,
    parts_of,
)
from micrograd.compiler.matrices.families import (
    COMPOSITES,
    MISSING,
    OF_ROWS,
    WHOLE,
    WITH_INDEX,
    WITH_PLACE,
    Family,
    Unfit,
)
from micrograd.compiler.matrices.patterns import Part
from micrograd.compiler.matrices.views import numbers, unrolled, view
from micrograd.compiler.stages.expressions import SUM

T = TypeVar("T")
Order: TypeAlias = "Sequence[int] | None"  # the terms of a row, −1 for one that is missing; None: all as they stand
TermColumn: TypeAlias = tuple[int, int, Column]  # of which operand, which place in its index, and the numbers


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
    rows = aligned(family)
    candidates = columns_of(rows)
    tried = [ordered(choose(unique(c.column for c in candidates), len(rows)), candidates)]
    best = looped(rows, tried[0])
    for operand_of in dict.fromkeys(c.operand for c in candidates) if cost(best.expression) else ():
        first = [c for c in candidates if c.operand == operand_of]
        others = [c for c in candidates if c.operand != operand_of]
        columns = ordered(choose(unique(c.column for c in [*first, *others]), len(rows)), candidates)
        if columns not in tried:
            tried.append(columns)
            other = looped(rows, columns)
            if cost(other.expression) < cost(best.expression):
                best = other
    return best


def loop_within(family: Family, own: Sequence[Index], is_filled: Callable[[Index], bool]) -> tuple[Looped, list[Index]]:
    """The family in a given array, in which the rows have these indices; and the indices in the order of the loops.

    No row may be missing where the array is filled.
    """
    rows = aligned(family)
    columns = own_columns(own)
    if not fills(columns, len(rows)):
        at = indices_of(own)
        if not is_nearly_a_box(columns, len(rows)) or any(is_filled(index) and index not in own for index in at):
            columns = []
    found = looped(rows, columns)
    return found, indices_of(own) if columns else [own[k] for k in found.order]


def indices_of(own: Sequence[Index]) -> list[Index]:
    """All indices of the box that these lie in."""
    return [*product(*(sorted(set(column)) for column in zip(*own, strict=True)))]


def looped(rows: Sequence[Row], columns: Sequence[Column]) -> Looped:
    axes, order = sides(columns, len(rows))
    first = rows[0]
    if first.kind in COMPOSITES:
        expression = composite(rows, order, axes)
    elif first.kind in OF_ROWS:
        expression = of_a_row([rows[max(k, 0)] for k in order], axes)
    else:
        parts = parts_in(rows, order)
        if first.kind == SUM:
            expression = add(part_as_expression(of, axes) for of in parts)
        else:
            expression = Call(first.kind, tuple(operand(of, axes) for of in parts))
    return Looped(axes, order, expression)


def parts_in(rows: Sequence[Row], order: Sequence[int]) -> Sequence[Entries | Sequence[Part | None]]:
    """The parts of the rows, each for all of them in that order; None for a row that is missing."""
    if isinstance(rows, Alike) and -1 not in order:
        in_order = [*order] == [*range(len(rows))]
        return rows.parts if in_order else [part.rows(order) for part in rows.parts]
    if isinstance(rows, Alike):
        return [[part.of(k) if k >= 0 else None for k in order] for part in rows.parts]
    inside = [rows[k] if k >= 0 else None for k in order]
    return [[row.parts[k] if row else None for row in inside] for k in range(len(rows[0].parts))]


def composite(rows: Sequence[Row], order: Sequence[int], axes: tuple[Axis, ...]) -> Expression:
    """A composite of the rows of an array; raises `Unfit` if the rows are not all of them that belong together.

    Where some take fewer numbers than others, as in attention that looks back only, the rest is −∞ to a softmax.
    """
    kind = rows[0].kind
    logits = max((row.parts[-1] for row in rows), key=lambda part: part.among)
    inner = (Axis(logits.among),) if kind not in WITH_PLACE else ()
    found = [rows[k].parts[-1] if k >= 0 else None for k in order]
    entries = [first_terms(of, logits.among if inner else 1) for of in found]
    leaf = product_of(logits, found, entries, (*axes, *inner))
    if not isinstance(leaf, Leaf) or not all(of is None or lies_along(of, logits.along) for of in found):
        raise Unfit
    if kind in WITH_PLACE and not all_shares(rows, logits.along):
        raise Unfit
    if kind == WHOLE and logits.among == 1:
        return leaf
    over = tuple(axis for axis, _ in leaf.moves[logits.along])
    if leaf.base[logits.along] or [axis.size for axis in over] != [logits.among]:
        raise Unfit
    operands: tuple[Expression, ...] = (leaf,)
    if any(-1 in row for row in entries):
        if kind in WITH_INDEX:
            raise Unfit
        there = numbers([float(k >= 0) for row in entries for k in row], (*axes, *inner))
        operands = (Call("choose", (there, leaf, Number(-inf))),)
    if kind in WITH_INDEX:
        operands = operand([rows[k].parts[0] for k in order], axes), *operands
        if any(axis in over for axis in operands[0].axes):
            raise Unfit
    return Call(kind, operands, over, kind in WITH_PLACE)


def lies_along(part: Part, place: int) -> bool:
    """Whether the numbers that a composite takes lie along that place; a single one lies along any."""
    assert part.left is not None
    at = part.left.coordinates[place]
    return part.along == place or (part.among == 1 and all(at[k] == 0 for k in part.lefts))


def all_shares(rows: Sequence[Row], along: int) -> bool:
    """Whether of a softmax, or the derivatives of a cross-entropy, none is missing."""
    array = rows[0].parts[-1].left
    assert array is not None
    indices = [array.index(row.parts[-1].lefts[0]) for row in rows]
    heads = [(*index[:along], *index[along + 1 :]) for index in indices]
    counts = Counter(heads)
    return all(counts[head] == row.parts[-1].among for head, row in zip(heads, rows, strict=True))


def of_a_row(rows: Sequence[Row], axes: tuple[Axis, ...]) -> Expression:
    """A function of some operands and of a row of numbers, which may have to be put together.

    A row with fewer numbers than others has such in their place that do not change the result.
    """
    kind = rows[0].kind
    leading = OF_ROWS[kind]
    others = [operand([row.parts[k] for row in rows], axes) for k in range(leading)]
    parts = [row.parts[leading:] for row in rows]
    if parts[0][0].along >= 0:
        longest = max((of[0] for of in parts), key=length)
        inner = Axis(length(longest))
        entries = [first_terms(of[0], inner.size) for of in parts]
        e = product_of(longest, [of[0] for of in parts], entries, (*axes, inner))
        if any(-1 in row for row in entries):
            if kind not in MISSING:
                raise Unfit
            there = numbers([float(k >= 0) for row in entries for k in row], (*axes, inner))
            e = Call("choose", (there, e, Number(MISSING[kind])))
    else:
        inner = Axis(len(parts[0]))
        if any(len(of) != inner.size for of in parts):
            raise Unfit
        e = operand([of[-1] for of in parts], axes)
        for k in range(inner.size - 2, -1, -1):
            here = Table(tuple(float(j == k) for j in range(inner.size)), (inner,))
            e = Call("choose", (here, operand([of[k] for of in parts], axes), e))
    if inner not in e.axes:
        e = Sum((e, Table((0.0,) * inner.size, (inner,))))
    return Call(kind, (*others, e), (inner,))


def cost(e: Expression) -> int:
    """How many operands have to be gathered: the fewer, the more this is a matrix form."""
    gathered = isinstance(e, Gather) or (isinstance(e, Leaf) and any(e.lists))
    return gathered + sum(map(cost, parts_of(e)))


def aligned(family: Family) -> Sequence[Row]:
    """The rows with their parts in the order of those of the first."""
    if family.kind != SUM or isinstance(family.rows, Alike):
        return family.rows
    first = family.rows[0]
    looks = [part.look for part in first.parts]
    rows = []
    for row in family.rows:
        if not row.pattern or row.pattern is not first.pattern:
            own = {part.look: part for part in row.parts}
            row = row._replace(parts=[own[look] for look in looks])
        rows.append(row)
    return rows


def length(part: Part | None) -> int:
    """How many terms it has."""
    return len(part.factors) if part else 0


def first_terms(part: Part | None, count: int) -> list[int]:
    """The terms of a row in their order, −1 for those that are missing."""
    return [k if k < length(part) else -1 for k in range(count)]


def part_as_expression(parts: Entries | Sequence[Part | None], axes: tuple[Axis, ...]) -> Expression:
    """Σ left · right over the terms of each row."""
    longest = parts.of(0) if isinstance(parts, Entries) else max(parts, key=length)
    assert longest is not None
    if length(longest) == 1:
        return product_of(longest, parts, None, axes)
    columns = term_columns(longest)
    tried = [apart_by(columns, length(longest))]
    best = with_terms(longest, parts, axes, tried[0])
    for side in (0, 1) if cost(best) else ():
        chosen = apart_by(sorted(columns, key=lambda column: column[0] != side), length(longest))
        if chosen not in tried:
            tried.append(chosen)
            other = with_terms(longest, parts, axes, chosen)
            if cost(other) < cost(best):
                best = other
    return best


def apart_by(columns: Sequence[TermColumn], count: int) -> list[TermColumn]:
    """Those of the columns that tell the terms apart, if they fill a box."""
    chosen = choose(unique(column for _, _, column in columns), count)
    return [next(c for c in columns if c[2] == column) for column in chosen] if fills(chosen, count) else []


def with_terms(
    part: Part, parts: Entries | Sequence[Part | None], axes: tuple[Axis, ...], apart: Sequence[TermColumn]
) -> Expression:
    """The sum with a loop for each dimension of its terms, which these columns tell apart.

    Of a row with fewer terms than others, the others are left out by a mask.
    """
    count, chosen = length(part), [column for _, _, column in apart]
    arrays = part.left, part.right
    keys = [(side, arrays[side].coordinates[place]) for side, place, _ in apart]  # type: ignore[union-attr]
    inner, _ = sides(chosen, count)
    loops = (*axes, *inner)

    def keys_of(row: Part) -> tuple[Column, ...]:
        return tuple(tuple(map(coordinates.__getitem__, row.sides[side])) for side, coordinates in keys)

    if isinstance(parts, Entries):
        own_keys = keys_of(part)
        if all(
            tuple(map(coordinates.__getitem__, parts.sides[side])) == column * parts.height
            for (side, coordinates), column in zip(keys, own_keys, strict=True)
        ):
            e = product_of(part, parts, [in_order([*zip(*own_keys, strict=True)])], loops)
            return unrolled(e, inner) or Total(e, inner)
        parts = [parts.of(k) for k in range(parts.height)]
    if all(length(row) in (0, count) for row in parts):
        orders: dict[tuple[Column, ...], Order] = {}
        own = [keys_of(row) if row else () for row in parts]
        for listed in set(own):
            orders[listed] = in_order([*zip(*listed, strict=True)])
        e = product_of(part, parts, [orders[listed] for listed in own], loops)
        return unrolled(e, inner) or Total(e, inner)
    values = [*product(*(sorted(set(column)) for column in chosen))]
    known = set(values)
    placed: list[Order] = []
    for row in parts:
        of = {key: k for k, key in enumerate(zip(*keys_of(row), strict=True))} if row else {}
        if not keys or len(of) < length(row) or not of.keys() <= known:
            raise Unfit
        placed.append([of.get(at, -1) for at in values])
    there = [float(k >= 0) if row else None for row, order in zip(parts, placed, strict=True) for k in order or ()]
    return Total(masked(product_of(part, parts, placed, loops), numbers(there, loops)), inner)


def in_order(keys: Sequence[Index]) -> Order:
    """The order of these keys; None if that is how they stand."""
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return None if order == [*range(len(keys))] else order


def masked(e: Expression, mask: Expression) -> Expression:
    """The product where the mask is 1, else 0."""
    factors = e.factors if isinstance(e, Product) else (e,)
    for factor in factors:
        if set(mask.axes) <= set(factor.axes) and isinstance(factor, (Leaf, Gather)):
            kept = Call("choose", (mask, factor, Number(0.0)))
            return multiply(kept if other is factor else other for other in factors)
    return Call("choose", (mask, e, Number(0.0)))


def product_of(
    part: Part, rows: Entries | Sequence[Part | None], orders: Sequence[Order] | None, loops: tuple[Axis, ...]
) -> Expression:
    """left · right · number for each term of each row, in their orders; all terms as they stand if there are none."""
    if isinstance(rows, Entries):
        return product_of_entries(rows, orders[0] if orders else None, loops)
    count = prod(axis.size for axis in loops) // len(rows)
    factors: list[Expression] = [known_factor(rows, orders, loops, count)]
    for side, array in enumerate((part.left, part.right)):
        if array is not None:
            factors.append(view(array, listed([row and row.sides[side] for row in rows], orders, count), loops))
    return multiply(factors)


def product_of_entries(entries: Entries, order: Order, loops: tuple[Axis, ...]) -> Expression:
    """The same for rows that look alike, all in one order."""
    lists = [entries.factors] if isinstance(entries.factors, tuple) else entries.factors
    known = {x for factors in lists for x in factors}
    if len(known) == 1 and 0.0 not in known:
        factors: list[Expression] = [numbers([*known], ())]
    else:
        each = lists * entries.height if len(lists) == 1 else lists
        factors = [numbers(listed(each, None if order is None else [order] * len(each), entries.width), loops)]
    for side, array in enumerate((entries.left, entries.right)):
        if array is not None:
            factors.append(view(array, entries.places(side, order), loops))
    return multiply(factors)


def known_factor(
    rows: Sequence[Part | None], orders: Sequence[Order] | None, loops: tuple[Axis, ...], count: int
) -> Expression:
    lists = {id(row.factors): row.factors for row in rows if row}
    known = {x for factors in lists.values() for x in factors}
    if len(known) == 1 and 0.0 not in known:
        return numbers([*known], ())
    return numbers(listed([row and row.factors for row in rows], orders, count), loops)


def listed(rows: Sequence[Sequence[T] | None], orders: Sequence[Order] | None, count: int) -> list[T | None]:
    """The items of all rows, each in its order; None for those that are missing."""
    nothing = (None,) * count
    if orders is None:
        return [*chain.from_iterable(nothing if row is None else row for row in rows)]
    return [
        *chain.from_iterable(
            nothing if row is None else row if order is None else map((*row, None).__getitem__, order)
            for row, order in zip(rows, orders, strict=True)
        )
    ]


def term_columns(part: Part) -> list[TermColumn]:
    """The varying columns of the terms of one row."""
    return [
        (side, place, column)
        for side, array in enumerate((part.left, part.right))
        if array is not None
        for place, coordinates in enumerate(array.coordinates)
        if len(set(column := tuple(map(coordinates.__getitem__, part.sides[side])))) > 1
    ]


def operand(parts: Entries | Sequence[Part | None], axes: tuple[Axis, ...]) -> Expression:
    """An operand of a function, one for each row."""
    if isinstance(parts, Entries):
        return product_of_entries(parts, None, axes)
    first = next(part for part in parts if part)
    return product_of(first, parts, None, axes)
