"""Steps: the lines of a loop as the body of a scan, from the state before a step and what is read at it.

H[t] = tanh(W @ H[t - 1] + Z[t] + b)        from h = H[t - 1] and z = Z[t]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.expressions import Loop
from micrograd.compiler.matrices.families import Unfit
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.operations import ALL, Operation
from micrograd.compiler.matrices.slices import Moment

LEAST = 8  # steps of a loop; fewer are written one by one


class Carried(NamedTuple):
    """What a step computes, so many steps ago."""

    array: Array
    ago: int


class Read(NamedTuple):
    """Part of an array that moves along an axis, from step to step."""

    array: Array
    axis: int
    at: Moment


class Steps:
    """The lines of a loop on names: of what was computed before, of what is read, and of what the step computes.

    written   where each array is written at step t
    carried   the states, of each array from the latest on
    read      what is read
    """

    def __init__(self, loop: Loop, lines: Sequence[Line], free: Callable[[str], str]):
        self.loop, self.free = loop, free
        self.written = {line.array: written_at(line) for line in lines if line.part is not None}
        self.carried: dict[Carried, str] = {}
        self.read: dict[Read, str] = {}
        self.own = {array: free(array.name.lower()) for array in self.written}

    def of(self, op: Operation) -> Operation:
        """The operation of one step."""
        if op.name != "slice" or op.operands[0].name != "array":
            return op.of(*map(self.of, op.operands))
        array: Array = op.operands[0].static
        moving = [k for k, part in enumerate(op.static) if isinstance(part, Moment)]
        if not moving:
            return op
        if len(moving) > 1:
            raise Unfit
        axis = moving[0]
        name = self.name_of(array, axis, op.static[axis])
        rest = (*op.static[:axis], *op.static[axis + 1 :])
        shape = (*array.shape[:axis], *array.shape[axis + 1 :])
        one = Operation("array", (), shape, Array(shape, name=name))
        return one if all(part == ALL for part in rest) else Operation("slice", (one,), op.shape, rest)

    def name_of(self, array: Array, axis: int, at: Moment) -> str:
        if array not in self.written:
            return self.read.setdefault(Read(array, axis, at), "") or self.named(Read(array, axis, at))
        there = self.written[array]
        ago, rest = divmod(there.base - at.base, there.step)
        if axis or rest or at.step != there.step or ago < 0:
            raise Unfit
        if not ago:
            return self.own[array]
        for k in range(1, ago + 1):
            if Carried(array, k) not in self.carried:
                self.carried[Carried(array, k)] = self.free(f"{array.name.lower()}_before")
        return self.carried[Carried(array, ago)]

    def named(self, read: Read) -> str:
        self.read[read] = name = self.free(f"{read.array.name.lower()}_now")
        return name


def written_at(line: Line) -> Moment:
    """The place along the first axis that a line writes, all of what is there. Raises `Unfit` for any other line."""
    assert line.part is not None
    at, *others = line.part
    if line.is_flat or len(at) != 1 or not isinstance(at[0], Moment) or abs(at[0].step) != 1:
        raise Unfit
    if any(list(places) != [*range(size)] for places, size in zip(others, line.array.shape[1:], strict=True)):
        raise Unfit
    return at[0]


def places(at: Moment, loop: Loop, size: int) -> str:
    """The places at all steps as a slice."""
    first, last = at.base + at.step * loop.first, at.base + at.step * loop.last
    by = at.step * loop.by
    stop = last + (1 if by > 0 else -1)
    return f"{first or ''}:{'' if stop < 0 or stop >= size and by > 0 else stop}{f':{by}' if by != 1 else ''}"
