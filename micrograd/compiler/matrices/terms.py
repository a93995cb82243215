"""Terms: the operands of rows over the loops, and sums with a further loop over the terms of each row."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain, islice, product, repeat
from math import prod
from typing import TypeAlias, TypeVar

from micrograd.compiler.matrices.alike import Entries
from micrograd.compiler.matrices.arrays import Index
from micrograd.compiler.matrices.columns import Column, choose, fills, sides, unique, varying_indices
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
from micrograd.compiler.matrices.operands import NOWHERE
from micrograd.compiler.matrices.patterns import Part
from micrograd.compiler.matrices.views import cost, numbers, unrolled, view

T = TypeVar("T")
M = TypeVar("M")
Order: TypeAlias = "Sequence[int] | None"  # the terms of a row, −1 for one that is missing; None: all as they stand
Keys: TypeAlias = tuple[Column, ...]  # of the terms of a row
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
    inner, _ = sides(chosen, count)
    loops = (*axes, *inner)
    if isinstance(parts, Entries):
        owners = part.left, part.right
        if all(
            owners[side].along(place, parts.sides[side]) == array("I", column) * parts.height  # type: ignore[union-attr]
            for side, place, column in apart
        ):
            e = product_of(part, parts, [in_order([*zip(*chosen, strict=True)])], loops)
            return unrolled(e, inner) or Total(e, inner)
        parts = parts.each()
    keys = keys_of(parts, apart)
    if all(length(row) in (0, count) for row in parts):
        orders: dict[Keys | None, Order] = {None: None}
        for own in {*keys} - {None}:
            orders[own] = in_order([*zip(*own, strict=True)]) if own else None
        e = product_of(part, parts, [orders[own] for own in keys], loops)
        return unrolled(e, inner) or Total(e, inner)
    values = [*product(*(sorted(set(column)) for column in chosen))]
    placed = {own: places_among(values, own) for own in {*keys}}
    there = [float(k >= 0) if own is not None else None for own in keys for k in placed[own]]
    return Total(masked(product_of(part, parts, [placed[own] for own in keys], loops), numbers(there, loops)), inner)


def keys_of(parts: Sequence[Part | None], apart: Sequence[TermColumn]) -> list[Keys | None]:
    """For each row, by what these columns tell its terms apart; None for a row that is missing."""
    rows = [row for row in parts if row]
    columns: list[list[Column]] = []
    for side, place, _ in apart:
        owner = (rows[0].left, rows[0].right)[side]
        assert owner is not None
        indices = iter(owner.along(place, array("I", chain.from_iterable(row.sides[side] for row in rows))))
        columns.append([tuple(islice(indices, length(row))) for row in rows])
    found = zip(*columns, strict=True) if columns else repeat(())
    return [next(found) if row else None for row in parts]


def places_among(values: Sequence[Index], keys: Keys | None) -> Sequence[int]:
    """For each of the values which term has it, −1 if none does. Raises `Unfit` for a term that has none of them."""
    of = {key: k for k, key in enumerate(zip(*keys, strict=True))} if keys else {}
    if keys is not None and (not keys or len(of) < len(keys[0]) or not of.keys() <= {*values}):
        raise Unfit
    return [of.get(at, -1) for at in values]


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
        for side, owner in enumerate((part.left, part.right))
        if owner is not None
        for place, column in varying_indices(owner, array("I", part.sides[side]))
    ]


def product_of(
    part: Part, rows: Entries | Sequence[Part | None], orders: Sequence[Order] | None, loops: tuple[Axis, ...]
) -> Expression:
    """left · right · number for each term of each row, in their orders; all terms as they stand if there are none."""
    if isinstance(rows, Entries):
        return product_of_entries(rows, orders[0] if orders else None, loops)
    count = prod(axis.size for axis in loops) // len(rows)
    factors: list[Expression] = [known_factor(rows, orders, loops, count)]
    for side, owner in enumerate((part.left, part.right)):
        if owner is not None:
            places = array("I", listed([row and row.sides[side] for row in rows], orders, count, NOWHERE))
            factors.append(view(owner, places, loops))
    return multiply(factors)


def product_of_entries(entries: Entries, order: Order, loops: tuple[Axis, ...]) -> Expression:
    """The same for rows that look alike, all in one order."""
    lists = [entries.factors] if isinstance(entries.factors, tuple) else entries.factors
    known = {x for factors in lists for x in factors}
    if len(known) == 1 and 0.0 not in known:
        factors: list[Expression] = [numbers([*known], ())]
    else:
        each = lists * entries.height if len(lists) == 1 else lists
        orders = None if order is None else [order] * len(each)
        factors = [numbers(listed(each, orders, entries.width, None), loops)]
    for side, owner in enumerate((entries.left, entries.right)):
        if owner is not None:
            factors.append(view(owner, entries.places(side, order), loops))
    return multiply(factors)


def known_factor(
    rows: Sequence[Part | None], orders: Sequence[Order] | None, loops: tuple[Axis, ...], count: int
) -> Expression:
    lists = {id(row.factors): row.factors for row in rows if row}
    known = {x for factors in lists.values() for x in factors}
    if len(known) == 1 and 0.0 not in known:
        return numbers([*known], ())
    return numbers(listed([row and row.factors for row in rows], orders, count, None), loops)


def listed(rows: Sequence[Sequence[T] | None], orders: Sequence[Order] | None, count: int, missing: M) -> list[T | M]:
    """The items of all rows, each in its order, `missing` for those that are."""
    nothing: Sequence[T | M] = [missing] * count
    each: list[Sequence[T | M]] = [nothing if row is None else row for row in rows]
    if orders is not None:
        for k, (row, order) in enumerate(zip(each, orders, strict=True)):
            if order is not None and row is not nothing:
                each[k] = [*map((*row, missing).__getitem__, order)]
    return [*chain.from_iterable(each)]


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
