"""Repeats: stretches of rows in which the same few rows come again and again, each time a little further on.

Time after time the rows are of the same kinds with as many terms, and each operand moves by the same amount: by the
period where it was computed in the same time or in one before, by 0 where it is a weight, by some stride where it is
the next number of a sequence, backwards where adjoints run back over what was computed.

A repeat is found by its look: where a row looks like the one before it, or where the next few rows look as they do
somewhere further on, that may be a period. How far a period holds is compared row by row, to both sides; the one that
covers the most rows counts, that of an outer loop rather than those of the inner ones. Comparing too much ends the
search, so that its time grows with the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from micrograd.compiler.stages.native import extension
from micrograd.compiler.stages.rows import Rows

LEAST_TIMES = 32
DEPTH = 4  # times that it looks back, at most
SERIAL = 0.5  # so much of a time has to wait for the time before

NEAR = 32  # operands so far back belong to the look of a row
AHEAD = 3  # so many changes of look make a place one of a kind
SHORT = 8  # periods of rows that all look the same
FEW = 3  # times that do not wait for each other are left to be put side by side, and no loop is searched for in one
TRIES = 16  # periods at a place
EFFORT = 64  # comparisons for each row, in all

LIMITS = LEAST_TIMES, DEPTH, NEAR, AHEAD, SHORT, FEW, TRIES, EFFORT, SERIAL


class Repeat(NamedTuple):
    """The computed rows from `start` on, counted from 0, are the same `period` rows so many times."""

    start: int
    period: int
    times: int

    @property
    def end(self) -> int:
        return self.start + self.period * self.times

    def part(self, low: int, high: int) -> Repeat:
        """These times of it."""
        return Repeat(self.start + low * self.period, self.period, high - low)


def find_repeats(rows: Rows) -> list[Repeat]:
    """The repeats whose times wait for each other, in their order; none overlaps another."""
    if extension is None:
        return [*Search(rows).find()]
    found = extension.find_repeats(rows.first, rows.kinds, rows.ends, rows.left, rows.right, LIMITS)
    return [Repeat(*found[k : k + 3]) for k in range(0, len(found), 3)]


class Search:
    def __init__(self, rows: Rows):
        self.first, self.kinds, self.left, self.right = rows.first, rows.kinds, rows.left, rows.right
        self.begins = [0, *rows.ends]
        self.effort = EFFORT * len(rows)
        looks = find_looks(rows)
        self.changes = [x for x in range(len(looks)) if not x or looks[x] != looks[x - 1]]
        self.alike = find_alike(looks, self.changes)

    def find(self) -> Iterator[Repeat]:
        done = 0
        for at, x in enumerate(self.changes):
            end = self.changes[at + 1] if at + 1 < len(self.changes) else len(self.kinds)
            x = max(x, done)
            while x < end and self.effort > 0:
                found, serial, furthest = self.find_at(x, at, done)
                if found:
                    done = found.end
                    if serial:
                        yield found
                x = max(x + 1, done, furthest - SHORT)

    def find_at(self, x: int, at: int, done: int) -> tuple[Repeat | None, bool, int]:
        """The longest repeat from row x on, which looks as that of the change `at`; whether it is serial; and the
        furthest row to which there was a period at all."""
        best, serial, furthest = None, False, x
        for period, end in self.tries(x, at):
            furthest = max(furthest, end)
            repeat = Repeat(x, period, (end - x) // period)
            if repeat.times < FEW or (best and repeat.end <= best.end):
                continue
            repeat = self.extend(repeat, done)
            waits = self.is_serial(repeat)
            if repeat.times >= LEAST_TIMES if waits else repeat.end - repeat.start >= FEW * LEAST_TIMES:
                best, serial = repeat, waits
        return best, serial, furthest

    def tries(self, x: int, at: int) -> Iterator[tuple[int, int]]:
        """Periods from row x on, and for each the row where it ends."""
        same = (self.changes[at + 1] if at + 1 < len(self.changes) else len(self.kinds)) - x
        for period in range(1, min(SHORT, same // FEW) + 1):
            yield period, self.follow(x, period)
        if x != self.changes[at]:
            return
        furthest, tries = x, 0
        while (at := self.alike[at]) and tries < TRIES and self.effort > 0:
            self.effort -= 1
            if self.changes[at] >= furthest:  # within a repeat it would end where that does
                tries += 1
                period = self.changes[at] - x
                furthest = self.follow(x, period)
                yield period, furthest

    def follow(self, x: int, period: int) -> int:
        """The row up to which the rows from x on have this period."""
        y, last = x, len(self.kinds) - period
        while y < last and self.same(y, period) and (y < x + period or self.steady(y, period)):
            y += 1
        self.effort -= y - x
        return y + period

    def extend(self, found: Repeat, done: int) -> Repeat:
        """The same, with the rows before it that have its period."""
        x, period = found.start, found.period
        while x > done and self.same(x - 1, period) and self.steady(x - 1 + period, period):
            x -= 1
        self.effort -= found.start - x
        end = self.follow(x, period)
        return Repeat(x, period, (end - x) // period)

    def same(self, x: int, period: int) -> bool:
        """Whether row x and that one period later are of one kind, with as many terms."""
        begins, y = self.begins, x + period
        return self.kinds[x] == self.kinds[y] and begins[x + 1] - begins[x] == begins[y + 1] - begins[y]

    def steady(self, x: int, period: int) -> bool:
        """Whether each operand of row x has moved by as much as it will move in the next period."""
        begins = self.begins
        a, b, c, n = begins[x - period], begins[x], begins[x + period], begins[x + 1] - begins[x]
        return all(
            side[b + t] - side[a + t] == side[c + t] - side[b + t] for side in (self.left, self.right) for t in range(n)
        )

    def is_serial(self, repeat: Repeat) -> bool:
        """Whether most of a time waits for the time before: it is computed from that, and the next time from it."""
        start, period, times = repeat
        middle = start + times // 2 * period
        end, begin = self.first + repeat.end, self.first + middle
        along = self.begins[middle + period] - self.begins[middle]
        reads: list[list[int]] = []
        size = []
        for k in range(middle, middle + period):
            terms = range(self.begins[k], self.begins[k + 1])
            moving = [side[t] for side in (self.left, self.right) for t in terms if side[t + along] - side[t] == period]
            reads.append([(p - begin) % period for p in moving if begin - DEPTH * period <= p < end])
            size.append(len(terms))
        return sum(n for n, waiting in zip(size, find_core(reads), strict=True) if waiting) >= SERIAL * sum(size)


def find_looks(rows: Rows) -> list[int]:
    """For each computed row a number for its kind and how far back its operands are, if they are near."""
    numbers: dict[tuple[int, ...], int] = {}
    looks, begin, first = [], 0, rows.first
    for i, (kind, end) in enumerate(zip(rows.kinds, rows.ends, strict=True), start=first):
        nearest = max(first, i - NEAR)
        operands = (*rows.left[begin:end], *rows.right[begin:end])
        look = kind, *[i - p if p >= nearest else 0 for p in operands]
        looks.append(numbers.setdefault(look, len(numbers)))
        begin = end
    return looks


def find_alike(looks: list[int], changes: list[int]) -> list[int]:
    """For each change of look the next one that is followed by the same rows for a while, as its number; or 0."""
    lengths = [b - a for a, b in zip(changes, [*changes[1:], len(looks)], strict=False)]  # of no row, there is none
    ways = [(looks[x], n) for x, n in zip(changes, lengths, strict=True)]
    alike = [0] * len(changes)
    there: dict[tuple[tuple[int, int], ...], int] = {}
    for at in range(len(changes) - 1, -1, -1):
        key = tuple(ways[at : at + AHEAD])
        alike[at] = there.get(key, 0)
        there[key] = at
    return alike


def find_core(reads: list[list[int]]) -> list[bool]:
    """Of each row whether it lies on a circle, or on a way from one to another.

    That is what is left if those go that read none of the others, and those that none of the others reads, and so on.
    """
    read_by: list[list[int]] = [[] for _ in reads]
    for k, those in enumerate(reads):
        for j in those:
            read_by[j].append(k)
    left = [True] * len(reads)
    for there, back in ((reads, read_by), (read_by, reads)):
        count = [sum(left[j] for j in those) for those in there]
        free = [k for k in range(len(reads)) if left[k] and not count[k]]
        for k in free:
            left[k] = False
            for j in back[k]:
                count[j] -= 1
                if left[j] and not count[j]:
                    free.append(j)
    return left
