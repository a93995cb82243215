"""Terms: the operands of rows over the loops, and sums with a further loop over the terms of each row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, product
from math import prod
from typing import TypeAlias, TypeVar

from micrograd.compiler.matrices.alike import Entries
from micrograd.compiler.matrices.arrays import Index
from micrograd.compiler.matrices.columns import Column, choose, fills, sides, unique
from micrograd.compiler.matrices.expressions import (
    Axis,
    Call,
    Expression,
    Gather,
    Leaf,
    Number,
    Product,
    Total,
    multiply,
)
from micrograd.compiler.matrices.families import Unfit
from micrograd.compiler.matrices.patterns import Part
from micrograd.compiler.matrices.views import cost, numbers, unrolled, view

T = TypeVar("T")
Order: TypeAlias = "Sequence[int] | None"  # the terms of a row, −1 for one that is missing; None: all as they stand
TermColumn: TypeAlias = tuple[int, int, Column]  # of which operand, which place in its index, and the numbers


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


def term_columns(part: Part) -> list[TermColumn]:
    """The varying columns of the terms of one row."""
    return [
        (side, place, column)
        for side, array in enumerate((part.left, part.right))
        if array is not None
        for place, coordinates in enumerate(array.coordinates)
        if len(set(column := tuple(map(coordinates.__getitem__, part.sides[side])))) > 1
    ]


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


def operand(parts: Entries | Sequence[Part | None], axes: tuple[Axis, ...]) -> Expression:
    """An operand of a function, one for each row."""
    if isinstance(parts, Entries):
        return product_of_entries(parts, None, axes)
    first = next(part for part in parts if part)
    return product_of(first, parts, None, axes)


def length(part: Part | None) -> int:
    """How many terms it has."""
    return len(part.factors) if part else 0


def first_terms(part: Part | None, count: int) -> list[int]:
    """The terms of a row in their order, −1 for those that are missing."""
    return [k if k < length(part) else -1 for k in range(count)]
