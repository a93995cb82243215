"""Steps: lines that repeat, each time at the next places of the same arrays, as one loop.

    for t in 1 … 29:
      H[t] = tanh(U @ H[t - 1] + Z[t] + b)

Such arrays come from `stacks`. What no other step reads is no stack any longer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.expressions import Expression, Gather, Leaf, Loop, Time, leaves, rebuild
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.slices import Moment
from micrograd.compiler.matrices.stacks import FEWEST, find_runs, look_of

Moving: TypeAlias = "list[tuple[int, bool]]"  # the places that a line writes and reads, and whether they may move


def fold(lines: Sequence[Line]) -> list[Line]:
    """The lines, with those of a loop in place of lines that differ in nothing but evenly moving places."""
    found: list[Line] = []
    at = 0
    for run in find_runs([look_of(line, known=True) for line in lines]):
        start = run.start + run.count % run.period  # so that the last step is a whole one
        steps = [lines[k : k + run.period] for k in range(start, run.end, run.period)]
        body = as_loop(steps) if len(steps) >= FEWEST else None
        if body is not None:
            found += [*lines[at:start], *body]
            at = run.end
    return [*found, *lines[at:]]


def as_loop(steps: Sequence[Sequence[Line]]) -> list[Line] | None:
    """The lines of every step as those of a loop; None if their places do not move evenly."""
    places = [[places_of(line) for line in step] for step in steps]
    growth: list[list[int]] = []
    for k, first in enumerate(places[0]):
        grown = [place - before for (place, _), (before, _) in zip(places[1][k], first, strict=True)]
        for j, step in enumerate(places):
            if [place for place, _ in step[k]] != [a + j * by for (a, _), by in zip(first, grown, strict=True)]:
                return None
        if any(by and not moves for (_, moves), by in zip(first, grown, strict=True)):
            return None
        growth.append(grown)
    first_step, by = 0, 1
    for line, at, grown in zip(steps[0], places[0], growth, strict=True):
        for (place, _), more in list(zip(at, grown, strict=True))[: len(line.part or ())]:
            if abs(more) == 1:
                first_step, by = place, more
    loop = Loop(Time(len(steps)), first_step, first_step + by * (len(steps) - 1), by)
    return [moving(line, grown, loop) for line, grown in zip(steps[0], growth, strict=True)]


def places_of(line: Line) -> Moving:
    """The places that a line writes, and then those that it reads."""
    found = []
    for part in line.part or ():
        alone = len(part) == 1 and not line.is_flat
        found += [(place, alone) for place in part]
    for e in leaves(line.expression):
        if isinstance(e, Leaf):
            found += [(b, not m and of is None) for b, m, of in zip(e.base, e.moves, e.lists, strict=True)]
    return found


def moving(line: Line, growth: Sequence[int], loop: Loop) -> Line:
    """The line of the first step as that of every step."""
    following = iter(growth)

    def start_and_step(place: int) -> tuple[int, int]:
        by = next(following) * loop.by
        return place - by * loop.first, by

    part = None
    if line.part is not None:
        found = [[start_and_step(place) for place in places] for places in line.part]
        part = tuple([Moment(*one) if one[1] else one[0] for one in of] for of in found)

    def move(e: Expression) -> Expression:
        if not isinstance(e, Leaf):
            return rebuild(e, move)
        at = [start_and_step(place) for place in e.base]
        moves = [((loop.time, by),) if by else m for (_, by), m in zip(at, e.moves, strict=True)]
        return Leaf(e.array, tuple(base for base, _ in at), tuple(moves), e.lists)

    return replace(line, expression=move(line.expression), part=part, loop=loop)


# ---- what a step needs for itself alone


def without_stacks(lines: list[Line], kept: set[Array]) -> tuple[list[Line], dict[Array, Array]]:
    """The lines, with an array for each step alone in place of a stack from which every step reads its own place.

    The second result has for each of these arrays the stack.
    """
    written: dict[Array, list[Line]] = defaultdict(list)
    read: dict[Array, set[object]] = defaultdict(set)
    for line in lines:
        written[line.array].append(line)
        for e in leaves(line.expression):
            for array in e.arrays if isinstance(e, Gather) else (e.array,):
                read[array].add(step_read(e) if isinstance(e, Leaf) else None)
    alone: dict[tuple[Array, object], Array] = {}
    for array, own in written.items():
        steps = Counter(step_written(line) for line in own)
        if array not in kept and len(array.shape) and max(steps.values()) == 1 and None not in steps:
            if read[array] <= steps.keys() and any(line.loop for line in own):
                alone |= {(array, step): replace(array, shape=array.shape[1:]) for step in steps}
    return [at_one_step(line, alone) for line in lines], {one: stack for (stack, _), one in alone.items()}


def step_read(e: Leaf) -> object:
    """At which step a stack is read, if at one."""
    if not e.base or e.lists[0] is not None or (e.moves[0] and not isinstance(e.moves[0][0][0], Time)):
        return None
    return e.base[0], e.moves[0]


def step_written(line: Line) -> object:
    """At which step a line writes into a stack, if all of it."""
    if line.part is None or line.is_flat or len(line.part[0]) > 1:
        return None
    if any(places != [*range(size)] for places, size in zip(line.part[1:], line.array.shape[1:], strict=True)):
        return None
    at = line.part[0][0]
    if isinstance(at, Moment):
        return at.base, ((line.loop.time, at.step),) if line.loop else ()
    return at, ()


def at_one_step(line: Line, alone: dict[tuple[Array, object], Array]) -> Line:
    def read(e: Expression) -> Expression:
        if isinstance(e, Leaf) and (array := alone.get((e.array, step_read(e)))) is not None:
            return Leaf(array, e.base[1:], e.moves[1:], e.lists[1:])
        return rebuild(e, read)

    line = replace(line, expression=read(line.expression))
    if (array := alone.get((line.array, step_written(line)))) is not None:
        return replace(line, array=array, part=None)
    return line
