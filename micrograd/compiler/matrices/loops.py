"""Loops: the rows of a family as one expression, with a loop for each dimension of their array.

A sum has further loops over its terms. All operands then have to follow from the loops: see `views`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

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
from micrograd.compiler.matrices.expressions import Axis, Call, Expression, add
from micrograd.compiler.matrices.families import COMPOSITES, OF_ROWS, Family
from micrograd.compiler.matrices.patterns import Part
from micrograd.compiler.matrices.terms import operand, part_as_expression
from micrograd.compiler.matrices.views import cost
from micrograd.compiler.matrices.whole_rows import composite, of_a_row
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
        return [[each[k] if k >= 0 else None for k in order] for each in (part.each() for part in rows.parts)]
    inside = [rows[k] if k >= 0 else None for k in order]
    return [[row.parts[k] if row else None for row in inside] for k in range(len(rows[0].parts))]


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
