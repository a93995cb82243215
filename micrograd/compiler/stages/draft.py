"""A program for many examples while it is written: the new places of the slots of one example, and the steps so far."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from micrograd.compiler.stages.blocks import Blocks, Step, View, assemble
from micrograd.compiler.stages.operands import Dims, ends


class Draft:
    """The inputs are those `given`; with `sums`, also so many of these, and for all that vary, those of all lanes.

    varies  of each old slot, whether there are `lanes` of it
    place   the first slot for it
    next    the next new slot
    so_far  the next of the sums among the inputs
    """

    def __init__(self, old: Blocks, lanes: int, varies: Sequence[int], given: Sequence[int], sums: int | None = None):
        self.old, self.lanes, self.varies = old, lanes, varies
        self.place = array("q", bytes(8 * old.slots))
        self.steps: list[Step] = []
        self.index = array("I")
        at = 1
        for slot in given:
            self.place[slot], at = at, at + 1
        self.so_far = at
        if sums is not None:
            at += sums
            for slot in range(1, 1 + old.inputs):
                if varies[slot]:
                    self.place[slot], at = at, at + lanes
        self.inputs = at - 1
        for slot in range(1 + old.inputs, 1 + old.inputs + len(old.constants)):
            self.place[slot], at = at, at + 1
        self.next = at

    def number(self, first: int, last: int) -> None:
        """Give the old slots from `first` on, before `last`, the next places."""
        width = self.lanes if self.varies[first] else 1
        for slot in range(first, last):
            self.place[slot], self.next = self.next, self.next + width

    def assembled(self, outputs: Sequence[int]) -> Blocks:
        constants, table = self.old.constants, self.old.table
        return assemble(self.inputs, constants, self.steps, outputs, self.index, table=table)

    def slot(self, view: View, lane: Sequence[int], t: int) -> int:
        """The old slot that a view has there."""
        at = view.base + sum(i * s for i, s in zip(lane, view.strides, strict=True)) + t * view.along
        return self.old.index[at] if view.indexed else at

    def tangled(self, view: View, dims: Dims, terms: int) -> bool:
        """Whether the new places of the operands are not in even steps, as the old ones are."""
        if view.indexed:
            return True
        low, high = ends(view, dims, terms)
        if self.varies[low] != self.varies[high]:
            return True
        return self.place[high] - self.place[low] != (high - low) * (self.lanes if self.varies[low] else 1)

    def runs(self, terms: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int, int, int]]:
        """Consecutive terms that lie in even steps: how many, and the first slot and the step of either operand."""
        k = 0
        while k < len(terms):
            a, b = terms[k]
            n, along = 1, (0, 0)
            while k + n < len(terms):
                (c, d), (e, f) = terms[k + n - 1], terms[k + n]
                step = self.place[e] - self.place[c], self.place[f] - self.place[d]
                if self.varies[e] != self.varies[a] or self.varies[f] != self.varies[b] or (n > 1 and step != along):
                    break
                along, n = step, n + 1
            yield n, a, along[0], b, along[1]
            k += n
