"""Lines: a program as assignments to whole arrays, forward and then backward.

Each family of rows is a line. Adjoints are written into an array of the shape of what they are the adjoints of, if need
be part by part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from micrograd.compiler.matrices.arrays import Array, Index, Places, Role
from micrograd.compiler.matrices.expressions import Axis, Expression
from micrograd.compiler.matrices.families import Family, Operands, find_families
from micrograd.compiler.matrices.loops import fills, loop, numbers, own_columns, sides, view


@dataclass(eq=False)
class Line:
    """The array, or a part of it, is the expression over these loops.

    A part is given by places along each axis, or along the whole array as one list.
    """

    array: Array
    axes: tuple[Axis, ...]
    expression: Expression
    forward: bool = True
    part: tuple[list[int], ...] | None = None
    is_flat: bool = False


class Output(NamedTuple):
    """A result, or the gradient by an input, as an array: the rows at all its indices, and their places among all."""

    array: Array
    rows: list[int]
    members: list[int]


def write_lines(operands: Operands, adjoint_of: dict[int, int], places: Places, results: Sequence[int]) -> list[Line]:
    """The lines of all rows, in an order in which they can be computed."""
    return [write_line(family, adjoint_of, places) for family in find_families(operands, adjoint_of, places, results)]


def write_line(family: Family, adjoint_of: dict[int, int], places: Places) -> Line:
    if family.of is None:
        looped = loop(family, None)
        role: Role = "computed" if family.forward else "backward"
        array = places.add(Array(tuple(axis.size for axis in looped.axes), role))
        places.put(array, array.whole(), [family.rows[k].i for k in looped.order])
        return Line(array, looped.axes, looped.expression, family.forward)
    own = [places.index[adjoint_of[row.i]] for row in family.rows]
    looped = loop(family, own)
    array = places.adjoint(family.of)
    indices = [own[k] for k in looped.order]
    places.put(array, indices, [family.rows[k].i for k in looped.order])
    return line_for(array, indices, looped.axes, looped.expression, family.forward)


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
    places = []
    for index in indices:
        place = 0
        for k, size in zip(index, array.shape, strict=True):
            place = place * size + k
        places.append(place)
    return Line(array, axes, expression, forward, (places,), True)


def write_outputs(outputs: Sequence[Output], places: Places, forward: bool) -> tuple[list[Line], list[Output]]:
    """The lines that put together those outputs that are not arrays already, and the outputs as they are then.

    An array that is an output as it stands becomes its array, and takes over its name.
    """
    lines: list[Line] = []
    found: list[Output] = []
    for output in outputs:
        indices = list(output.array.whole())
        at = [(places.owner[i], places.index[i]) for i in output.rows]
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
                e = view(owner, [at[k][1] for k in members], axes)
            lines.append(line_for(output.array, [indices[k] for k in members], axes, e, forward))
    return lines, found
