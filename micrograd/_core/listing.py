"""A listing: operations one after the other, as flat arrays. A trace leaves one behind."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any


class Listing:
    """Row i is `table[codes[i]]`, an operation, on the results of earlier or later rows.

    table     the different operations, each with whether a number belongs to it: its `constant`
    codes     for each row the place of its operation in the table
    ends      where its places end; they begin where those of the row before end
    places    the positions of the operands; if a number belongs to the row, the last of them is its place in `numbers`
    """

    __slots__ = ("table", "codes", "ends", "places", "numbers", "_known")

    def __init__(self) -> None:
        self.table: list[tuple[Any, bool]] = []
        self.codes, self.ends, self.places, self.numbers = array("I"), array("I"), array("I"), array("d")
        self._known: dict[tuple[int, bool], int] = {}  # the place in the table, by the identity of an operation

    def code(self, op: Any, numbered: bool) -> int:
        """The place of an operation in the table, where it is entered if need be."""
        found = self._known.get((id(op), numbered))
        if found is None:
            found = self._known[id(op), numbered] = len(self.table)
            self.table.append((op, numbered))
        return found

    def append(self, op: Any, places: Sequence[int], number: Any = None) -> None:
        self.codes.append(self.code(op, number is not None))
        self.places.extend(places)
        if number is not None:
            self.places.append(len(self.numbers))
            self.numbers.append(number)
        self.ends.append(len(self.places))

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
