"""A program over many examples in the native kernel, which computes some of them side by side."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from micrograd._core.arrays import empty_array, numpy_or_none
from micrograd.compiler.backends import kernel
from micrograd.compiler.stages.batch import widen
from micrograd.compiler.stages.blocks import Blocks

WIDTHS = (256, 64, 16, 8)  # how many examples are computed side by side; those that are left, fewer, in one go
MEMORY = 1 << 14  # numbers that are near the processor

ZERO = array("d", [0.0])

Buffer = Any
Part = tuple[memoryview, int]  # the numbers of some examples, and how many each has


class Loaded:
    """The program for so many examples at once; each has `size` slots of its own."""

    def __init__(self, blocks: Blocks, varying: Sequence[int], kept: Sequence[int], lanes: int):
        wide = widen(blocks, varying, kept, lanes)
        self.order = wide.order
        self.before = None if wide.before is None else kernel.load(wide.before)
        self.kernel = kernel.load(wide.blocks)
        same = wide.blocks.inputs - lanes * len(varying) + len(wide.order) + len(wide.blocks.constants)
        self.size = (wide.blocks.slots - same) // lanes


class InLanes:
    """The program of one example, and from it those for several.

    The inputs `varying` and the outputs `kept` are those of each example; the other outputs are added up.
    """

    def __init__(self, blocks: Blocks, varying: Sequence[int], kept: Sequence[int]):
        self.blocks, self.varying, self.kept = blocks, varying, kept
        self.outputs = len(blocks.outputs)
        self.summed = self.outputs - len(kept)
        self.loaded: dict[int, Loaded] = {}
        least = WIDTHS[-1]
        size = self.load(least).size
        self.widths = [lanes for lanes in WIDTHS if lanes * size <= MEMORY or lanes == least]
        self.places: Any = None  # of the outputs among the sums, which come in an order of their own

    def given(self, inputs: bytearray) -> Buffer:
        """The inputs that are the same for all examples, and what is computed from them alone."""
        if (before := self.load(WIDTHS[-1]).before) is not None:
            found = array("d", bytes(8 * before.outputs))
            before.run(found, memoryview(inputs).cast("d"))
            inputs += memoryview(found).cast("B")
        return memoryview(inputs).cast("d")

    def room(self, count: int) -> Buffer:
        """For the outputs that are kept: of each, those of so many examples."""
        return empty_array()(count * len(self.kept))

    def begin(self) -> array[float]:
        """Sums of no example: adding −0 changes no number."""
        return array("d", [-0.0]) * self.summed

    def run(
        self, first: int, count: int, sums: array[float], each: Buffer, given: Buffer, parts: Sequence[Part]
    ) -> None:
        """Add the outputs of so many examples to the sums; those kept go to `each`, from the place `first` on."""
        at = 0
        for lanes in (*self.widths, (count % self.widths[-1]) or 1):
            if many := (count - at) // lanes * lanes:
                columns = [numbers[at * width : (at + many) * width] for numbers, width in parts]
                self.load(lanes).kernel.run_batch(lanes, first + at, many, sums, each, given, *columns)
                at += many

    def load(self, lanes: int) -> Loaded:
        if (found := self.loaded.get(lanes)) is None:
            found = self.loaded[lanes] = Loaded(self.blocks, self.varying, self.kept, lanes)
        return found

    def in_order(self, sums: array[float]) -> Any:
        """The sums at the places of the outputs, as an array or a list; 0 for one that is kept."""
        numpy = numpy_or_none()
        if self.places is None:
            places = dict(zip(next(iter(self.loaded.values())).order, range(self.summed), strict=True))
            self.places = [places.get(k, self.summed) for k in range(self.outputs)]
            if numpy is not None:
                self.places = numpy.array(self.places, dtype=int)
        numbers = sums + ZERO
        if numpy is not None:
            return numpy.array(numbers)[self.places]
        return [numbers[place] for place in self.places]
