"""Loop distribution: what does not wait from time to time leaves the loop.

Of the rows of a time, those from which the next time is computed, and which are computed from the time before, are its
core. What the core reads of the others comes before the loop, for all times, and the rest after it; `roll` puts them
side by side. Functions stay: they are computed while the core waits for its own.

Allen and Kennedy, Optimizing Compilers for Modern Architectures (2001), ch. 5.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate

from micrograd.compiler.stages.program import FUNCTIONS
from micrograd.compiler.stages.repeats import DEPTH, Repeat, find_core
from micrograd.compiler.stages.rows import Rows


def distribute(rows: Rows, repeats: Sequence[Repeat]) -> tuple[Rows, list[Repeat]]:
    """The same rows in another order, and the repeats of the cores alone."""
    order = Order(rows)
    cores = [order.split(repeat) for repeat in repeats]
    return (rows if cores == repeats else order.arrange()), cores


class Order:
    """Where each computed row is to stand, counted from 0; and its terms."""

    def __init__(self, rows: Rows):
        self.rows = rows
        self.place = array("I", range(len(rows)))
        self.term = array("I", range(len(rows.left)))

    def split(self, repeat: Repeat) -> Repeat:
        """Put what the core reads before it, and the rest behind it; the repeat of the core.

        Its first times are none of it: what they read of times that there were not is not moved along.
        """
        rows, (start, period, times) = self.rows, repeat
        functions = [rows.table[kind] in FUNCTIONS for kind in rows.kinds[start : start + period]]
        reads, depth = self.read(repeat)
        parts = find_parts(reads, functions)
        ends = [rows.ends[start - 1] if start else 0, *rows.ends[start : start + period]]
        along, place, term = ends[-1] - ends[0], start, ends[0]
        for part in parts:
            terms = [t for k in part for t in range(ends[k], ends[k + 1])]
            for at, k in enumerate(part):
                self.place[start + k : repeat.end : period] = spaced(place + at, len(part), times)
            for at, t in enumerate(terms):
                self.term[t : ends[0] + along * times : along] = spaced(term + at, len(terms), times)
            place += len(part) * times
            term += len(terms) * times
        size = len(parts[1])
        if size == period:
            return repeat
        return Repeat(start + len(parts[0]) * times + size * depth, size, times - depth)

    def read(self, repeat: Repeat) -> tuple[list[list[int]], int]:
        """For each row of the last time those of all times that it reads, by their numbers in a time; and how many
        times they look back."""
        rows, (start, period, _) = self.rows, repeat
        begin, last, depth = rows.first + start, repeat.end - period, 0
        reads = []
        for k in range(last, repeat.end):
            terms = slice(rows.ends[k - 1] if k else 0, rows.ends[k])
            own = [p - begin for p in (*rows.left[terms], *rows.right[terms]) if p >= begin]
            reads.append([p % period for p in own])
            ago = [(last - start - p + period - 1) // period for p in own]
            depth = max([depth, *(times for times in ago if times <= DEPTH)])
        return reads, depth

    def arrange(self) -> Rows:
        rows, first = self.rows, self.rows.first
        new = array("I", range(first))
        new.extend([first + p for p in self.place])
        sizes = [end - begin for begin, end in zip((0, *rows.ends), rows.ends, strict=False)]
        return Rows(
            names=rows.names,
            constants=rows.constants,
            table=rows.table,
            kinds=bytes(put(rows.kinds, self.place)),
            ends=array("I", accumulate(put(sizes, self.place))),
            left=array("I", put([new[p] for p in rows.left], self.term)),
            right=array("I", put([new[p] for p in rows.right], self.term)),
            adjoint_of=array("I", put([new[p] for p in rows.adjoint_of], self.place)),
            outputs=array("I", [new[p] for p in rows.outputs]),
        )


def spaced(first: int, step: int, count: int) -> array[int]:
    return array("I", range(first, first + step * count, step))


def put(items: Iterable[int], places: Sequence[int]) -> list[int]:
    """Each item at its place."""
    out = [0] * len(places)
    for item, place in zip(items, places, strict=True):
        out[place] = item
    return out


def find_parts(reads: list[list[int]], functions: list[bool]) -> tuple[list[int], list[int], list[int]]:
    """The rows before the loop, those in it, and those behind it; all are in it if they cannot be parted."""
    every = range(len(reads))
    core = find_core(reads)
    before = closure(reads, [j for k in every if core[k] for j in reads[k] if not core[j]])
    inside = closure(reads, [k for k in every if functions[k] and not core[k] and k not in before]) - before
    if any(core[j] for j in before):
        return [], [*every], []
    inside.update(k for k in every if core[k])
    return sorted(before), sorted(inside), [k for k in every if k not in inside and k not in before]


def closure(reads: list[list[int]], rows: list[int]) -> set[int]:
    """These rows and all that they are computed from."""
    found = set(rows)
    waiting = [*rows]
    for k in waiting:
        waiting += [j for j in reads[k] if j not in found]
        found.update(reads[k])
    return found
