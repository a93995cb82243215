"""Slices: part of an array as an operation, with windows, folded axes and lists of places."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from micrograd.compiler.matrices.expressions import Axis, Leaf, Moves, Time, folded, window
from micrograd.compiler.matrices.operations import ALL, Axes, Operation, Span, sizes


def leaf(e: Leaf) -> tuple[Operation, Axes]:
    """Part of an array, with its axes as they come."""
    op = Operation("array", (), e.array.shape, e.array)
    index: list[Any] = []
    own: list[Axis] = []
    spans: list[int] = []
    several: list[tuple[int, Moves]] = []
    for base, moves, listed, size in zip(e.base, e.moves, e.lists, e.array.shape, strict=True):
        if not moves:
            index.append(base)
            continue
        axis, step = moves[0]
        if isinstance(axis, Time):
            index.append(Moment(base, step))
            continue
        if listed is not None:
            index.append(listed)
            if axis not in own:
                own.append(axis)
                spans.append(axis.size)
            continue
        if len(moves) == 1:
            index.append(part_of(base, axis.size, step, size))
            spans.append(axis.size)
        else:
            shape = folded(base, moves, size)
            span = prod(shape) if shape else span_of(moves)
            several.append((len(own), moves))
            index.append(part_of(base, span, 1, size))
            spans.append(span)
        own.append(axis)
    if any(part != ALL for part in index):
        op = Operation("slice", (op,), tuple(spans), tuple(index))
        own = in_numpy_order(index, own, e)
    shifting = [(at, found) for at, moves in several if (found := window(moves)) and not folded(0, moves, spans[at])]
    if shifting:
        op, own = windows(op, own, shifting)
    for at, moves in reversed(several):
        if shape := folded(0, moves, spans[at]):
            op, own = fold(op, own, at, moves, shape)
    return op, tuple(own)


class Moment(int):
    """The place base + step · t, for the step t of a loop: an index like any other."""

    base: int
    step: int

    def __new__(cls, base: int, step: int) -> Moment:
        self = super().__new__(cls, base)
        self.base, self.step = base, step
        return self

    def __str__(self) -> str:
        moving = "t" if abs(self.step) == 1 else f"{abs(self.step)} * t"
        if self.step < 0:
            return f"{self.base} - {moving}" if self.base else f"-{moving}"
        return f"{moving} {'-' if self.base < 0 else '+'} {abs(self.base)}" if self.base else moving

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Moment) and (other.base, other.step) == (self.base, self.step)

    def __hash__(self) -> int:
        return hash((self.base, self.step))


def part_of(base: int, count: int, step: int, size: int) -> Span:
    """So many places of an axis of that size as a slice."""
    if (base, count, step) == (0, size, 1):
        return ALL
    end = base + step * (count - 1) + (1 if step > 0 else -1)
    return Span(base, None if end < 0 or base + step * count >= size else end, step)


def fold(op: Operation, own: list[Axis], at: int, moves: Moves, shape: tuple[int, ...]) -> tuple[Operation, list[Axis]]:
    """The array with an axis for each loop in place of the axis `at`."""
    before, after = op.shape[:at], op.shape[at + 1 :]
    axes = [axis for axis, _ in sorted(moves, key=lambda move: -move[1])]
    op = Operation("reshape", (op,), (*before, *shape, *after))
    if shape != sizes(axes):
        index = [ALL] * len(before) + [part_of(0, axis.size, 1, n) for axis, n in zip(axes, shape, strict=True)]
        op = Operation("slice", (op,), (*before, *sizes(axes), *after), (*index, *[ALL] * len(after)))
    return op, [*own[:at], *axes, *own[at + 1 :]]


def windows(
    op: Operation, own: list[Axis], shifting: Sequence[tuple[int, tuple[Axis, int, Axis]]]
) -> tuple[Operation, list[Axis]]:
    """The array with all windows along some axes, and further axes inside of the windows."""
    own, index, shape = list(own), [ALL] * len(op.shape), list(op.shape)
    for at, (outer, step, inner) in shifting:
        own[at] = outer
        count = shape[at] - inner.size + 1
        index[at], shape[at] = part_of(0, outer.size, step, count), count
    inside = [inner for _, (_, _, inner) in shifting]
    op = Operation("windows", (op,), (*shape, *sizes(inside)), tuple((at, of[2].size) for at, of in shifting))
    if any(part != ALL for part in index):
        op = Operation("slice", (op,), (*sizes(own), *sizes(inside)), (*index, *[ALL] * len(inside)))
    return op, [*own, *inside]


def span_of(moves: Moves) -> int:
    return 1 + sum((axis.size - 1) * step for axis, step in moves)


def in_numpy_order(index: Sequence[Any], own: list[Axis], e: Leaf) -> list[Axis]:
    """The axis of lists comes first if a slice stands between two of them, or between a list and a number."""
    special = [k for k, part in enumerate(index) if not isinstance(part, Span)]
    if all(isinstance(part, int) for part in index if not isinstance(part, Span)):
        return own
    if special == list(range(special[0], special[-1] + 1)):
        return own
    listed = next(moves[0][0] for moves, values in zip(e.moves, e.lists, strict=True) if values is not None)
    return [listed, *(axis for axis in own if axis is not listed)]
