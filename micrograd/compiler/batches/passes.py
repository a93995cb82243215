"""A program over many examples: each output added up over them, or one for each of them.

The examples are taken some thousands at a time, so that what is copied of them needs little memory, and Ctrl-C is heard
between two of these chunks. Sums are added up in the order of the examples; with several threads, each adds up those of
a part of its own, from the first examples to the last, and these sums are then added in their order.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from itertools import accumulate
from operator import add
from typing import Any, NamedTuple

from micrograd.compiler.backends.lanes import InLanes
from micrograd.compiler.backends.running import Running
from micrograd.compiler.batches.columns import Column, Places
from micrograd.compiler.programs import Programs

CHUNK = 8192  # examples
FEW = 8  # examples, which run one after the other


class Swept(NamedTuple):
    """What a program gave: the sums of its outputs, if they were asked for; and of each that is kept, all examples'."""

    sums: Any
    each: Sequence[Any]


class Pass(NamedTuple):
    """A program over examples: that of `Programs` for this mode and number, as far as the output `end`.

    Each example's own outputs `keep` are kept; the others are added up, if they are asked for.
    """

    programs: Programs
    mode: str
    n: int = 0
    end: int | None = None
    keep: slice = slice(0)

    def over(self, columns: Sequence[Column], rows: Places, threads: int = 1) -> Swept:
        """The program over the examples `rows` of the columns."""
        parts = list(divide(rows, threads))
        lanes = self.lanes(columns) if len(rows) >= FEW * len(parts) else None
        if lanes is None:
            running = self.programs.running(self.mode, self.n)
            found = in_parts(parts, lambda first, part: self.one_by_one(running, columns, part))
            each = [memoryview(reduce(add, some)) for some in zip(*[swept.each for swept in found], strict=True)]
        else:
            room = lanes.room(len(rows))
            found = in_parts(parts, lambda first, part: self.in_lanes(lanes, columns, part, room, first))
            each = [memoryview(room)[k : k + len(rows)] for k in range(0, len(room), len(rows))]
        sums = reduce(lambda x, y: array("d", map(add, x, y)), [swept.sums for swept in found])
        return Swept(sums if lanes is None else lanes.in_order(sums), each)

    def lanes(self, columns: Sequence[Column]) -> InLanes | None:
        return self.programs.lanes(
            self.mode, self.n, self.end, self.keep, tuple([(column.width, column.same) for column in columns])
        )

    def in_lanes(self, lanes: InLanes, columns: Sequence[Column], rows: Places, room: Any, first: int) -> Swept:
        sums, same = lanes.begin(), bytearray()
        for column in columns:
            if column.same:
                same += column.of(rows).cast("B")
        given = lanes.given(same)
        for k in range(0, len(rows), CHUNK):
            some = rows[k : k + CHUNK]
            parts = [(column.of(some), column.width) for column in columns if not column.same]
            lanes.run(first + k, len(some), sums, room, given, parts)
        return Swept(sums, ())

    def one_by_one(self, running: Running, columns: Sequence[Column], rows: Places) -> Swept:
        sums = array("d")
        each: list[array[float]] = []
        summed = self.keep != slice(self.end)
        for k in range(0, len(rows), CHUNK):
            for buffers in of_each(columns, rows[k : k + CHUNK]):
                out = running(buffers)[: self.end]
                kept = out[self.keep]
                each = each or [array("d") for _ in kept]
                for column, x in zip(each, kept, strict=True):
                    column.append(x)
                if summed:
                    sums = array("d", map(add, sums, out) if sums else out)
        return Swept(sums, each)


def of_each(columns: Sequence[Column], rows: Places) -> Iterator[list[Any]]:
    """The inputs of the program for each of the examples."""
    views = [(column.of(rows), 0 if column.same else column.width, column.width) for column in columns]
    for j in range(len(rows)):
        yield [view[j * step : j * step + width] for view, step, width in views]


def divide(rows: Places, parts: int) -> Iterator[Places]:
    """The rows in at most so many consecutive parts, of equal lengths but for one example more or less."""
    parts = min(parts, len(rows))
    ends = [len(rows) * k // parts for k in range(parts + 1)]
    for begin, end in zip(ends, ends[1:], strict=False):
        yield rows[begin:end]


def in_parts(parts: Sequence[Places], run: Callable[[int, Places], Swept]) -> list[Swept]:
    """What each part comes to, in a thread of its own; it is told how many examples stand before it."""
    if len(parts) == 1:
        return [run(0, parts[0])]
    firsts = accumulate(map(len, parts), initial=0)
    with ThreadPoolExecutor(len(parts)) as pool:
        return list(pool.map(run, firsts, parts))
