"""Lines: a program as assignments to whole arrays, forward and then backward.

Each family of rows is a line. Adjoints are written into an array of the shape of what they are the adjoints of, if need
be part by part.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from micrograd.compiler.matrices.agenda import Agenda
from micrograd.compiler.matrices.arrays import Array, Index, Places
from micrograd.compiler.matrices.columns import fills, own_columns, sides
from micrograd.compiler.matrices.expressions import Axis, Expression, Loop
from micrograd.compiler.matrices.families import COMPOSITES, Family, Unfit, find_families, split
from micrograd.compiler.matrices.loops import loop, loop_within
from micrograd.compiler.matrices.operands import Operands
from micrograd.compiler.matrices.views import cost, numbers, view


@dataclass(eq=False)
class Line:
    """The array, or a part of it, is the expression over these loops.

    A part is given by places along each axis, or along the whole array as one list. A line of a loop is one for each of
    its steps. The `rows` are those of the program that it computes.
    """

    array: Array
    axes: tuple[Axis, ...]
    expression: Expression
    forward: bool = True
    part: tuple[list[int], ...] | None = None
    is_flat: bool = False
    loop: Loop | None = None
    rows: Sequence[int] = ()


class Output(NamedTuple):
    """A result, or the gradient by an input, as an array: the rows at all its indices, and their places among all."""

    array: Array
    rows: list[int]
    members: list[int]


def write_lines(operands: Operands, adjoint_of: Mapping[int, int], places: Places, found: Agenda) -> list[Line]:
    """The lines of all rows, in an order in which they can be computed."""
    lines: list[Line] = []
    for family in find_families(operands, adjoint_of, places, found):
        lines += write_family(family, adjoint_of, places)
    return lines


class Written(NamedTuple):
    """A line to be, and the row at each of these places of its array, or None; without places, at each of them all."""

    line: Line
    rows: Sequence[int | None]
    there: Sequence[int] = ()


def write_family(family: Family, adjoint_of: Mapping[int, int], places: Places) -> list[Line]:
    """One line, or one for each kind of row if they differ in their number of terms and that is no mask."""
    kinds = split(family)
    together: Written | None = None
    if len(kinds) > 1:
        with suppress(Unfit):
            together = write(family, adjoint_of, places)
    found: list[Written] = []
    left = inf if together is None else cost(together.line.expression)  # that the others may cost
    for of in kinds:
        if left <= 0 and family.kind not in COMPOSITES:  # none of the others raises `Unfit`
            break
        found.append(write(of, adjoint_of, places))
        left -= cost(found[-1].line.expression)
    if together and left <= 0:
        found = [together]
    for line, rows, there in found:
        places.settle(line.array)
        if None in rows:
            there = [k for k, i in zip(there or range(len(rows)), rows, strict=True) if i is not None]
        line.rows = [i for i in rows if i is not None]
        places.put(line.array, line.rows, there)
    return [line for line, _, _ in found]


def write(family: Family, adjoint_of: Mapping[int, int], places: Places) -> Written:
    if family.home is not None:
        return write_within(family, family.home, [places.homes[i][1] for i in family.numbers], places)
    if family.of is None:
        looped = loop(family)
        array = Array(tuple(axis.size for axis in looped.axes), "computed" if family.forward else "backward")
        line = Line(array, looped.axes, looped.expression, family.forward)
        return Written(line, in_order(family.numbers, looped.order))
    own = [places.index(adjoint_of[i]) for i in family.numbers]
    return write_within(family, places.adjoint(family.of), own, places)


def write_within(family: Family, array: Array, own: Sequence[Index], places: Places) -> Written:
    """A line that writes these indices of an array, one for each row."""
    filled = places.filled[array if family.of is None else family.of]
    looped, indices = loop_within(family, own, lambda index: array.place(index) in filled)
    line = line_for(array, indices, looped.axes, looped.expression, family.forward)
    return Written(line, in_order(family.numbers, looped.order), [*map(array.place, indices)])


def in_order(numbers: Sequence[int], order: Sequence[int]) -> list[int | None]:
    """The rows in that order, None for one that is missing."""
    return [*map((*numbers, None).__getitem__, order)]


def line_for(
    array: Array, indices: Sequence[Index], axes: tuple[Axis, ...], expression: Expression, forward: bool
) -> Line:
    """The line that writes these indices of the array, which are those of the loops in order."""
    columns = list(zip(*indices, strict=True))
    if len(indices) == array.size and list(indices) == list(array.whole()):
        return Line(array, axes, expression, forward)
    if len(own_columns(indices)) == len(axes):
        part = tuple(sorted(set(column)) for column in columns)
        return Line(array, axes, expression, forward, part)
    return Line(array, axes, expression, forward, ([*map(array.place, indices)],), True)


def write_outputs(outputs: Sequence[Output], places: Places, forward: bool) -> tuple[list[Line], list[Output]]:
    """The lines that put together those outputs that are not arrays already, and the outputs as they are then.

    An array that is an output as it stands becomes its array, and takes over its name.
    """
    lines: list[Line] = []
    found: list[Output] = []
    for output in outputs:
        indices = list(output.array.whole())
        at = [(places.owner(i), places.index(i)) for i in output.rows]
        own = at[0][0]
        if (
            own is not None
            and own.role in ("computed", "backward")
            and (own.of is None or own is output.array)
            and own.shape == output.array.shape
            and at == [(own, index) for index in indices]
            and not any(own is other.array for other in found)
        ):
            own.name = output.array.name
            found.append(output._replace(array=own))
            continue
        found.append(output)
        pieces: dict[Array | None, list[int]] = defaultdict(list)
        for k, (owner, _) in enumerate(at):
            pieces[owner].append(k)
        for owner, members in pieces.items():
            own_indices = [indices[k] for k in members]
            if owner is output.array and own_indices == [at[k][1] for k in members]:
                continue  # written there already
            columns = own_columns(own_indices)
            axes, order = sides(columns if fills(columns, len(members)) else [], len(members))
            members = [members[k] for k in order]
            if owner is None:
                e = numbers([places.numbers[output.rows[k]] for k in members], axes)
            else:
                e = view(owner, array("I", [places.place[output.rows[k]] for k in members]), axes)
            lines.append(line_for(output.array, [indices[k] for k in members], axes, e, forward))
    return lines, found
