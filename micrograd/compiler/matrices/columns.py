"""Columns: the indices of operands, one number for each row of a family, and which of them tell the rows apart.

Those are the dimensions of the array that the rows form, if they fill that box, or nearly so.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product, repeat
from math import prod
from typing import NamedTuple, TypeAlias

from micrograd.compiler.matrices.alike import Alike, Row
from micrograd.compiler.matrices.arrays import Array, Index
from micrograd.compiler.matrices.expressions import Axis

Column: TypeAlias = "tuple[int, ...]"
WIDER = 3  # so many times the rows may be in a box


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
        for side, owner in enumerate((part.left, part.right)):
            if owner is not None:
                rank = {"parameter": 2, "argument": 0}.get(owner.role, 1)
                columns = varying_indices(owner, first_places(rows, k, side))
                found += [Candidate(rank, place, (k, side), column) for place, column in columns]
    found.sort(key=lambda c: (c.rank, c.place))
    return found + [Candidate(3, 0, (-1, 0), column) for column in numbers_apart(rows)]


def varying_indices(owner: Array, places: array[int]) -> Iterator[tuple[int, Column]]:
    """The axes of an array along which these places differ, and their indices there."""
    for axis in range(len(owner.shape)):
        column = owner.along(axis, places)
        if column[1:] != column[:-1]:
            yield axis, tuple(column)


def first_places(rows: Sequence[Row], part: int, side: int) -> array[int]:
    """Of each row the place of the first operand on that side of that part."""
    if isinstance(rows, Alike):
        entries = rows.parts[part]
        return entries.sides[side][:: entries.width]
    return array("I", [row.parts[part].sides[side][0] for row in rows])


def unique(columns: Iterable[Column]) -> list[Column]:
    return [*dict.fromkeys(map(tuple, columns))]


def ordered(chosen: list[Column], candidates: Sequence[Candidate]) -> list[Column]:
    """The chosen columns, those of one operand in the order of its index."""
    if len(chosen) < 2:
        return chosen
    members: dict[tuple[int, int], list[Candidate]] = {candidate.operand: [] for candidate in candidates}
    for candidate in candidates:
        if candidate.column in chosen:
            members[candidate.operand].append(candidate)
    best: list[Column] = []
    for own in members.values():
        columns = unique(c.column for c in sorted(own, key=lambda c: c.place))
        if len(columns) > len(best):
            best = columns
    following = iter(best)
    return [next(following) if column in best else column for column in chosen]


def numbers_apart(rows: Sequence[Row]) -> list[Column]:
    """A column that numbers the different known numbers in the rows."""
    if isinstance(rows, Alike):
        lists = [part.factors for part in rows.parts if isinstance(part.factors, list)]
        numbers = [*zip(*(of for of in lists if of.count(of[0]) < len(of)), strict=True)]
    else:
        if len({tuple([id(part.factors) for part in row.parts]) for row in rows}) == 1:
            return []
        numbers = [tuple(x for part in row.parts for x in part.factors) for row in rows]
    ranks = {known: k for k, known in enumerate(dict.fromkeys(numbers))}
    return [tuple(ranks[known] for known in numbers)] if len(ranks) > 1 else []


def choose(columns: Sequence[Column], count: int) -> list[Column]:
    """Columns that fill a box of so many rows, or nearly so, and are needed to tell them apart; else []."""
    chosen: list[Column] = []
    apart = 1
    for column in columns:
        more = len(set(zip(*chosen, column, strict=True) if chosen else column))
        if more > apart:
            chosen.append(column)
            apart = more
        if apart == count:
            break
    if chosen and not apart == count == prod(len(set(column)) for column in chosen):
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


def sides(columns: Sequence[Column], count: int) -> tuple[tuple[Axis, ...], list[int]]:
    """An axis for each column, or one for all rows; and the rows in that order, −1 for one that is missing."""
    if not columns:
        return ((Axis(count),) if count > 1 else ()), list(range(count))
    values = [sorted(set(column)) for column in columns]
    axes = tuple(Axis(len(of)) for of in values)
    if are_in_order(columns, values, count):
        return axes, [*range(count)]
    found = {key: k for k, key in enumerate(zip(*columns, strict=True))}
    return axes, [found.get(key, -1) for key in product(*values)]


def are_in_order(columns: Sequence[Column], values: Sequence[Sequence[int]], count: int) -> bool:
    """Whether every combination of the values stands where it does in `product`."""
    if prod(map(len, values)) != count:
        return False
    outer, inner = 1, count
    for column, of in zip(columns, values, strict=True):
        inner //= len(of)
        if column != tuple(chain.from_iterable(map(repeat, of, repeat(inner)))) * outer:
            return False
        outer *= len(of)
    return True
