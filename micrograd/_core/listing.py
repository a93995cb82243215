"""A listing: operations one after the other, as flat arrays. A trace leaves one behind."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

NONE, NO_NUMBERS = array("I"), array("d")


class Listing:
    """Row i is `table[codes[i]]`, an operation, on the results of earlier or later rows.

    table     the different operations, each with whether a number belongs to it: its `constant`
    codes     for each row the place of its operation in the table
    ends      where its places end; they begin where those of the row before end
    places    the positions of the operands; if a number belongs to the row, the last of them is its place in `numbers`
    """

    __slots__ = ("table", "codes", "ends", "places", "numbers")

    def __init__(
        self,
        table: Sequence[tuple[Any, bool]] = (),
        codes: array[int] = NONE,
        ends: array[int] = NONE,
        places: array[int] = NONE,
        numbers: array[float] = NO_NUMBERS,
    ) -> None:
        self.table, self.codes, self.ends, self.places, self.numbers = table, codes, ends, places, numbers

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, i: int) -> tuple[Any, list[int], float | None]:
        """A row with its operation, the positions of its operands, and its number."""
        op, numbered = self.table[self.codes[i]]
        operands = self.places[self.ends[i - 1] if i else 0 : self.ends[i]].tolist()
        return op, operands, self.numbers[operands.pop()] if numbered else None

    def __iter__(self) -> Iterator[tuple[Any, list[int], float | None]]:
        """Each row, as `listing[i]` has it."""
        begin, table, places, numbers = 0, self.table, self.places, self.numbers
        for code, end in zip(self.codes, self.ends, strict=True):
            op, numbered = table[code]
            operands = places[begin:end].tolist()
            yield op, operands, numbers[operands.pop()] if numbered else None
            begin = end
