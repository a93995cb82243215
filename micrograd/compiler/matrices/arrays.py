"""Arrays: where each row of a program stands among named arrays of numbers."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, Literal, TypeAlias

from micrograd.compiler.matrices.together import together

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
    def strides(self) -> list[int]:
        """Along each axis how far apart neighbours are."""
        return [prod(self.shape[k + 1 :]) for k in range(len(self.shape))]

    def along(self, axis: int, places: array[int]) -> array[int]:
        """The indices of these places along one axis; what is `NOWHERE` stays so."""
        found: array[int] = together.coordinates(places, self.strides[axis], self.shape[axis])
        return found

    def index(self, place: int) -> Index:
        """The index of one place."""
        found = []
        for size in reversed(self.shape):
            place, k = divmod(place, size)
            found.append(k)
        return (*reversed(found),)

    def place(self, index: Index) -> int:
        place = 0
        for k, size in zip(index, self.shape, strict=True):
            place = place * size + k
        return place

    def whole(self) -> Iterator[Index]:
        """Every index, the last number fastest."""
        return product(*map(range, self.shape))


UNPLACED = -1  # the code of what stands in no array; of the numbers 1 and −1 it is below that


class Places:
    """For each row of a program the array that holds it, and its place among all numbers there.

    A known number is in no array. A row with a home will stand there, at that index of that array. All rows are below
    `count`.
    """

    def __init__(self, numbers: dict[int, float], count: int, homes: Mapping[int, tuple[Array, Index]] | None = None):
        self.numbers = numbers
        self.homes = homes or {}
        for home, _ in self.homes.values():
            home.number = -1
        # The number of the array, or what a sum has to know of a number: whether it is 1 or −1, and which of them.
        self.codes = array("i", [UNPLACED]) * count
        for i, x in numbers.items():
            if abs(x) == 1.0:
                self.codes[i] = UNPLACED - 1 - i
        self.place = array("I", bytes(4 * count))
        self.patterns: dict[tuple[int, ...], Any] = {}  # by such codes: see `patterns`
        self.arrays: list[Array] = []
        self.adjoints: dict[Array, Array] = {}
        self.filled: dict[Array, set[int]] = defaultdict(set)  # the places at which rows stand

    def add(self, made: Array) -> Array:
        made.number = len(self.arrays)
        self.arrays.append(made)
        return made

    def settle(self, made: Array) -> None:
        """Count an array with the others, if it is a new one."""
        if made.number < 0:
            self.add(made)

    def owner(self, i: int) -> Array | None:
        """The array that holds the row."""
        code = self.codes[i]
        return self.arrays[code] if code >= 0 else None

    def index(self, i: int) -> Index:
        """Where it stands there."""
        owner = self.owner(i)
        return owner.index(self.place[i]) if owner else ()

    def of_code(self, code: int) -> Array | int | None:
        """The array, or which of the numbers 1 and −1 it is; None for anything else."""
        return self.arrays[code] if code >= 0 else UNPLACED - 1 - code if code < UNPLACED else None

    def put(self, to: Array, rows: Sequence[int], there: Sequence[int] = ()) -> None:
        """From now on these rows stand in the array, at these places; without places, each at the next one."""
        flat = array("I", rows)
        together.put(self.codes, self.place, flat, array("I", there), to.number)
        self.filled[to].update(there or range(len(flat)))

    def adjoint(self, of: Array) -> Array:
        """The array of the adjoints of an array, of the same shape."""
        if of not in self.adjoints:
            self.adjoints[of] = self.add(Array(of.shape, "backward", of=of))
        return self.adjoints[of]
