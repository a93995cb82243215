"""Rows that look alike: the same parts in each, so that a part of all of them is one list of places.

Nearly all rows are such. What is done for a `Row` and its parts, one by one, is done for these by a few calls.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import repeat
from typing import NamedTuple, overload

from micrograd.compiler.matrices.arrays import Array, Places
from micrograd.compiler.matrices.operands import Operands
from micrograd.compiler.matrices.patterns import UNIT, Part, PartPattern, Pattern
from micrograd.compiler.matrices.together import together
from micrograd.compiler.stages.expressions import SUM

NOTHING = array("I")


class Entries(NamedTuple):
    """A part of many rows, with `width` products or operands in each; `factors` for all of them, or a list for each."""

    left: Array | None
    right: Array | None
    lefts: array[int]
    rights: array[int]
    factors: tuple[float, ...] | list[tuple[float, ...]]
    width: int
    minus: bool = False

    @property
    def sides(self) -> tuple[array[int], array[int]]:
        return self.lefts, self.rights

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.lefts) // self.width if self.left else len(self.factors)

    def places(self, side: int, order: Sequence[int] | None) -> array[int]:
        """Those of all rows on that side, of each row in that order."""
        own = self.sides[side]
        if order is None:
            return own
        found = array("I", own)
        for k, place in enumerate(order):
            found[k :: self.width] = own[place :: self.width]
        return found

    def of(self, k: int) -> Part:
        """The part of row k."""
        begin, end = k * self.width, (k + 1) * self.width
        factors = self.factors if isinstance(self.factors, tuple) else self.factors[k]
        lefts, rights = tuple(self.lefts[begin:end]), tuple(self.rights[begin:end])
        return Part(self.left, self.right, lefts, rights, factors, -1, 0, self.minus)

    def each(self) -> list[Part]:
        """The part of each row."""
        lefts, rights = (zip(*[iter(side)] * self.width, strict=True) if side else repeat(()) for side in self.sides)
        factors = repeat(self.factors) if isinstance(self.factors, tuple) else self.factors
        rows = zip(lefts, rights, factors, strict=False)
        return [Part(self.left, self.right, x, y, z, -1, 0, self.minus) for x, y, z in rows]

    def rows(self, order: Sequence[int]) -> Entries:
        """The same of these rows, in this order."""
        lefts, rights = (chosen(side, order, self.width) for side in self.sides)
        factors = self.factors if isinstance(self.factors, tuple) else [self.factors[k] for k in order]
        return self._replace(lefts=lefts, rights=rights, factors=factors)


def chosen(items: array[int], order: Sequence[int], width: int) -> array[int]:
    """Of each `width` items those with these numbers."""
    if width == 1 or not items:
        return array("I", map(items.__getitem__, order)) if items else items
    found = array("I")
    for k in order:
        found += items[k * width : (k + 1) * width]
    return found


class Row(NamedTuple):
    """Row i: a sum of the parts, or a function of them, each of which has one entry.

    Rows of one pattern have the same parts in the same order.
    """

    i: int
    kind: str
    parts: list[Part]
    pattern: Pattern | None = None


class Alike(Sequence[Row]):
    """Rows with these numbers, by their parts."""

    def __init__(self, kind: str, numbers: Sequence[int], parts: list[Entries], pattern: Pattern | None):
        self.kind, self.numbers, self.parts, self.pattern = kind, numbers, parts, pattern

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, k: int) -> Row: ...
    @overload
    def __getitem__(self, k: slice) -> Sequence[Row]: ...
    def __getitem__(self, k: int | slice) -> Row | Sequence[Row]:
        if isinstance(k, slice):
            return [self[j] for j in range(*k.indices(len(self)))]
        return self.row(k) if k else self.first

    def row(self, k: int) -> Row:
        return Row(self.numbers[k], self.kind, [of.of(k) for of in self.parts], self.pattern)

    @cached_property
    def first(self) -> Row:
        """The first row, which most is asked of."""
        return self.row(0)

    def __iter__(self) -> Iterator[Row]:
        for i, *parts in zip(self.numbers, *[of.each() for of in self.parts], strict=True):
            yield Row(i, self.kind, parts, self.pattern)

    def rows(self, order: Sequence[int]) -> Alike:
        """Some of the rows, in this order."""
        numbers = [self.numbers[k] for k in order]
        return Alike(self.kind, numbers, [of.rows(order) for of in self.parts], self.pattern)


def sums_alike(rows: array[int], pattern: Pattern, operands: Operands, places: Places) -> Alike | None:
    """Sums of this pattern; None if one of them has equal terms."""
    parts = []
    for part in pattern.parts:
        found = entries_of(rows, part, operands, places)
        if together.have_repeats(found.lefts, found.rights, found.width):
            return None
        parts.append(found)
    return Alike(SUM, rows, parts, pattern)


def entries_of(rows: array[int], part: PartPattern, operands: Operands, places: Places) -> Entries:
    flat = operands.flat
    lefts = together.gather(*flat, rows, part.lefts, places.place)
    rights = together.gather(*flat, rows, part.rights, places.place) if part.right else NOTHING
    factors: tuple[float, ...] | list[tuple[float, ...]] = part.factors
    if part.numbers:
        at = [k for k in part.numbers if k >= 0]
        known = iter([places.numbers[p] for p in together.gather(*flat, rows, at, None)])
        filled = [*zip(part.numbers, part.factors, strict=True)]
        factors = [tuple([x if k < 0 else next(known) for k, x in filled]) for _ in rows]
    return Entries(part.left, part.right, lefts, rights, factors, len(part.factors), part.look[2])


def functions_alike(kind: str, rows: array[int], positions: Sequence[int], operands: Operands, places: Places) -> Alike:
    """Functions of one kind whose operands, at these positions, are all of the same arrays, or known."""
    parts = []
    terms = operands.terms(rows[0])
    for k in positions:
        owner = places.owner(terms[k])
        if owner is None:
            known = together.gather(*operands.flat, rows, [k], None)
            parts.append(Entries(None, None, NOTHING, NOTHING, [(places.numbers[p],) for p in known], 1))
        else:
            lefts = together.gather(*operands.flat, rows, [k], places.place)
            parts.append(Entries(owner, None, lefts, NOTHING, UNIT, 1))
    return Alike(kind, rows, parts, None)
