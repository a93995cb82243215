"""Arrays: where each row of a program stands among named arrays of numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, Literal, TypeAlias

Index: TypeAlias = tuple[int, ...]
Role = Literal["argument", "parameter", "drawn", "seed", "computed", "backward"]


@dataclass(eq=False)
class Array:
    """Numbers of one kind in a box. `of` is the array whose adjoint it is, `number` its place among all.

    An axis of one step is left out of the shape; of an input, `given` has it.
    """

    shape: tuple[int, ...]
    role: Role = "computed"
    name: str = ""
    of: Array | None = None
    number: int = -1
    given: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return prod(self.shape)

    @cached_property
    def indices(self) -> list[Index]:
        """The index of each place, where its numbers are counted from the first to the last."""
        return [*self.whole()]

    @cached_property
    def coordinates(self) -> list[tuple[int, ...]]:
        """Along each axis the number of each place."""
        return [*zip(*self.indices, strict=True)]

    def place(self, index: Index) -> int:
        place = 0
        for k, size in zip(index, self.shape, strict=True):
            place = place * size + k
        return place

    def whole(self) -> Iterator[Index]:
        """Every index, the last number fastest."""
        return product(*map(range, self.shape))


class Places:
    """For each row of a program the array that holds it, and its index there; a known number is in none.

    A row with a home will stand there, at that index of that array.
    """

    def __init__(self, numbers: dict[int, float], homes: Mapping[int, tuple[Array, Index]] | None = None):
        self.numbers = numbers
        self.homes = homes or {}
        for array, _ in self.homes.values():
            array.number = -1
        self.owner: dict[int, Array | None] = dict.fromkeys(numbers)
        self.index: dict[int, Index] = dict.fromkeys(numbers, ())
        self.place: dict[int, int] = dict.fromkeys(numbers, 0)  # the index as a place among all numbers of the array
        # The array, or what a sum of products has to know of a number: whether it is 1 or −1, and which of them.
        self.look: dict[int, Array | int | None] = {i: i if abs(x) == 1.0 else None for i, x in numbers.items()}
        self.patterns: dict[tuple[Array | int | None, ...], Any] = {}  # by these looks: see `patterns`
        self.arrays: list[Array] = []
        self.adjoints: dict[Array, Array] = {}
        self.filled: dict[Array, set[Index]] = defaultdict(set)

    def add(self, array: Array) -> Array:
        array.number = len(self.arrays)
        self.arrays.append(array)
        return array

    def settle(self, array: Array) -> None:
        """Count an array with the others, if it is a new one."""
        if array.number < 0:
            self.add(array)

    def put(self, array: Array, indices: Iterable[Index], rows: Iterable[int]) -> None:
        """From now on these rows stand in the array, at these indices."""
        own = dict(zip(rows, indices, strict=True))
        self.owner |= dict.fromkeys(own, array)
        self.look |= dict.fromkeys(own, array)
        self.index |= own
        whole = len(own) == array.size and [*own.values()] == array.indices
        self.place |= zip(own, range(array.size) if whole else map(array.place, own.values()), strict=True)
        self.filled[array].update(own.values())

    def adjoint(self, of: Array) -> Array:
        """The array of the adjoints of an array, of the same shape."""
        if of not in self.adjoints:
            self.adjoints[of] = self.add(Array(of.shape, "backward", of=of))
        return self.adjoints[of]
