"""Operands: the computed rows of a program as they are put together, in flat arrays, which are read from C too."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

from micrograd.compiler.stages.rows import Rows

NOWHERE = 0xFFFFFFFF  # the place of a leaf
# By the number of a row its place; by its place the kind, where its terms end, and these, left and right.
Flat: TypeAlias = "tuple[array[int], bytes, array[int], array[int], array[int]]"


class Operands:
    """The rows with these numbers, each after those that it reads: kinds, and terms, left, right, left, right, …

    All numbers, those of leaves too, are below `count`.
    """

    def __init__(
        self,
        table: Sequence[str],
        count: int,
        numbers: array[int],
        kinds: bytes,
        ends: array[int],
        left: array[int],
        right: array[int],
    ):
        self.table, self.count, self.numbers = table, count, numbers
        self.kinds, self.ends, self.left, self.right = kinds, ends, left, right
        self.place = array("I", [NOWHERE]) * count
        first, last = (numbers[0], numbers[-1] + 1) if numbers else (0, 0)
        if last - first == len(numbers) and numbers == array("I", range(first, last)):  # as nearly always
            self.place[first:last] = array("I", range(len(numbers)))
            return
        for k, i in enumerate(numbers):
            self.place[i] = k

    @property
    def flat(self) -> Flat:
        return self.place, self.kinds, self.ends, self.left, self.right

    def __len__(self) -> int:
        return len(self.numbers)

    def kind(self, i: int) -> str:
        return self.table[self.kinds[self.place[i]]]

    def terms(self, i: int) -> list[int]:
        return items(self.place[i], self.ends, self.left, self.right)

    def replaced(self, rows: Mapping[int, Sequence[tuple[int, Sequence[int]]]]) -> Operands:
        """The same with other rows of the same kind at some places: their numbers and terms. New numbers may be `count`
        and those that follow it."""
        numbers, kinds, ends = array("I"), bytearray(), array("I")
        left, right = array("I"), array("I")
        last, count = 0, self.count
        for k in sorted(rows):
            self._copy(last, k, numbers, kinds, ends, left, right)
            for number, terms in rows[k]:
                left.extend(terms[::2])
                right.extend(terms[1::2])
                numbers.append(number)
                kinds.append(self.kinds[k])
                ends.append(len(left))
                count = max(count, number + 1)
            last = k + 1
        self._copy(last, len(self), numbers, kinds, ends, left, right)
        return Operands(self.table, count, numbers, bytes(kinds), ends, left, right)

    def _copy(
        self,
        first: int,
        last: int,
        numbers: array[int],
        kinds: bytearray,
        ends: array[int],
        left: array[int],
        right: array[int],
    ) -> None:
        """Put the rows at these places behind those that are in the arrays."""
        if first >= last:
            return
        begin, end = self.ends[first - 1] if first else 0, self.ends[last - 1]
        moved = len(left) - begin
        numbers += self.numbers[first:last]
        kinds += self.kinds[first:last]
        ends.extend([end + moved for end in self.ends[first:last]])
        left += self.left[begin:end]
        right += self.right[begin:end]


def items(place: int, ends: Sequence[int], left: Sequence[int], right: Sequence[int]) -> list[int]:
    """The terms at that place: left, right, left, right, …"""
    begin, end = ends[place - 1] if place else 0, ends[place]
    if end - begin == 1:
        return [left[begin], right[begin]]
    return [*chain.from_iterable(zip(left[begin:end], right[begin:end], strict=True))]


def operands_of(rows: Rows) -> Operands:
    """The same rows."""
    numbers = array("I", range(rows.first, rows.first + len(rows)))
    return Operands(rows.table, rows.first + len(rows), numbers, rows.kinds, rows.ends, rows.left, rows.right)


def listed(operands: Operands) -> Iterator[tuple[int, str, list[int]]]:
    """Each row with its kind and its terms."""
    for k, i in enumerate(operands.numbers):
        yield i, operands.table[operands.kinds[k]], items(k, operands.ends, operands.left, operands.right)
