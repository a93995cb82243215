"""Arrays: where each row of a program stands among named arrays of numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Literal, TypeAlias

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
        for index, i in zip(indices, rows, strict=True):
            self.owner[i], self.index[i] = array, index
            self.filled[array].add(index)

    def adjoint(self, of: Array) -> Array:
        """The array of the adjoints of an array, of the same shape."""
        if of not in self.adjoints:
            self.adjoints[of] = self.add(Array(of.shape, "backward", of=of))
        return self.adjoints[of]
