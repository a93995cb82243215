"""Loops: the rows of a family as one expression, with a loop for each dimension of their array.

A sum has further loops over its terms. All operands then have to follow from the loops: see `views`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import product
from math import inf
from typing import NamedTuple

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
    Entry,
    Family,
    Part,
    Row,
    Unfit,
)
from micrograd.compiler.matrices.views import numbers, unrolled, view
from micrograd.compiler.stages.expressions import SUM


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
    if first.kind in COMPOSITES:
        expression = composite(rows, order, axes)
    elif first.kind in OF_ROWS:
        expression = of_a_row([rows[max(k, 0)] for k in order], axes)
    else:
        parts = [[row.parts[k] if row else None for row in inside] for k in range(len(first.parts))]
        if first.kind == SUM:
            expression = add(part_as_expression(of, axes) for of in parts)
        else:
            expression = Call(first.kind, tuple(operand(of, axes) for of in parts))
    return Looped(axes, order, expression)


def composite(rows: Sequence[Row], order: Sequence[int], axes: tuple[Axis, ...]) -> Expression:
    """A composite of the rows of an array; raises `Unfit` if the rows are not all of them that belong together.

    Where some take fewer numbers than others, as in attention that looks back only, the rest is −∞ to a softmax.
    """
    kind = rows[0].kind
    logits = max((row.parts[-1] for row in rows), key=lambda part: part.among)
    inner = (Axis(logits.among),) if kind not in WITH_PLACE else ()
    found = [rows[k].parts[-1] if k >= 0 else logits._replace(entries=[]) for k in order]
    entries = [[*of.entries, *[None] * ((logits.among if inner else 1) - len(of.entries))] for of in found]
    leaf = product_of(logits, entries, (*axes, *inner))
    if not isinstance(leaf, Leaf) or not all(lies_along(part, logits.along) for part in found):
        raise Unfit
    if kind in WITH_PLACE and not all_shares(rows, logits.along):
        raise Unfit
    if kind == WHOLE and logits.among == 1:
        return leaf
    over = tuple(axis for axis, _ in leaf.moves[logits.along])
    if leaf.base[logits.along] or [axis.size for axis in over] != [logits.among]:
        raise Unfit
    operands: tuple[Expression, ...] = (leaf,)
    if any(entry is None for row in entries for entry in row):
        if kind in WITH_INDEX:
            raise Unfit
        there = numbers([float(entry is not None) for row in entries for entry in row], (*axes, *inner))
        operands = (Call("choose", (there, leaf, Number(-inf))),)
    if kind in WITH_INDEX:
        operands = operand([rows[k].parts[0] for k in order], axes), *operands
        if any(axis in over for axis in operands[0].axes):
            raise Unfit
    return Call(kind, operands, over, kind in WITH_PLACE)


def lies_along(part: Part, place: int) -> bool:
    """Whether the numbers that a composite takes lie along that place; a single one lies along any."""
    return part.along == place or (part.among == 1 and all(index[place] == 0 for index, _, _ in part.entries))


def all_shares(rows: Sequence[Row], along: int) -> bool:
    """Whether of a softmax, or the derivatives of a cross-entropy, none is missing."""
    indices = [row.parts[-1].entries[0][0] for row in rows]
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
        longest = max((of[0] for of in parts), key=lambda part: len(part.entries))
        inner = Axis(len(longest.entries))
        entries = [[*of[0].entries, *[None] * (inner.size - len(of[0].entries))] for of in parts]
        e = product_of(longest, entries, (*axes, inner))
        if any(None in row for row in entries):
            if kind not in MISSING:
                raise Unfit
            there = numbers([float(entry is not None) for row in entries for entry in row], (*axes, inner))
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


def aligned(parts: list[Part], like: list[Part]) -> list[Part]:
    """The parts in the order of those of another row of the family."""
    if [part.look for part in parts] == [part.look for part in like]:
        return parts
    found = {part.look: part for part in parts}
    return [found[part.look] for part in like]


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
