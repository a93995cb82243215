"""Known numbers that are read by an index are copied in the order in which they are read: then their view is strided.

The data of a regression, say, stand in its program as known numbers, each once, however often it occurs. A copy costs
eight bytes where the index had four, and saves it and the way through it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from micrograd.compiler.stages.blocks import BLOCK, PIECE, STEP, TAIL, VIEW, Blocks

LEAST = 8  # constants: of fewer, there is no table to be made

# Where a view has what, among its numbers.
BASE, STRIDES, MOVES, INDEXED = 0, slice(1, 5), 5, 6


class Record:
    """The view that stands among these numbers from the place `at` on, over these dimensions and terms."""

    def __init__(self, numbers: array[int], at: int, extents: tuple[int, ...]):
        self.numbers, self.at, self.extents = numbers, at, extents
        view = numbers[at : at + VIEW]
        self.base, self.strides, self.moves, self.indexed = view[BASE], view[STRIDES], view[MOVES], view[INDEXED]
        ways = [stride * (n - 1) for stride, n in zip(self.strides, extents, strict=True)]
        self.low = self.base + sum(way for way in ways if way < 0)
        self.high = self.base + sum(way for way in ways if way > 0)

    def put(self, base: int, indexed: bool) -> None:
        self.numbers[self.at + BASE], self.numbers[self.at + INDEXED] = base, indexed

    def list(self, base: int) -> Iterator[int]:
        """Its slots, as an index from the place `base` on."""
        s0, s1, s2, along = self.strides
        n0, n1, n2, terms = self.extents
        self.put(base, True)
        self.numbers[self.at + 1 : self.at + 5] = array("q", [n1 * terms * n2, terms * n2, 1, n2])
        for i0, i1, t, i2 in product(range(n0), range(n1), range(terms), range(n2)):
            yield self.base + i0 * s0 + i1 * s1 + i2 * s2 + t * along


def find_views(blocks: Blocks) -> Iterator[Record]:
    for at in range(0, len(blocks.steps), STEP):
        form, _, _, _, n0, n1, n2, first, last, tail, tails = blocks.steps[at : at + STEP]
        if form == BLOCK:
            for k in range(first * PIECE, last * PIECE, PIECE):
                extents = n0, n1, n2, blocks.pieces[k]
                yield Record(blocks.pieces, k + 1, extents)
                yield Record(blocks.pieces, k + 1 + VIEW, extents)
            for k in range(tail * TAIL, tails * TAIL, TAIL):
                yield Record(blocks.tails, k + 2, (n0, n1, n2, 1))


def copy_constants(blocks: Blocks) -> Blocks:
    """The same blocks, with copies behind the constants where an index had these only."""
    if len(blocks.constants) < LEAST:
        return blocks
    begin, first = 1 + blocks.inputs, 1 + blocks.inputs + len(blocks.constants)
    changed = replace(blocks, pieces=blocks.pieces[:], tails=blocks.tails[:], index=array("I"))
    copies: array[int] = array("I")  # the slots that are copied
    copied: dict[bytes, int] = {}  # and where those of an index are
    others = []
    for view in find_views(changed):
        slots = blocks.index[view.low : view.high + 1] if view.indexed and not view.moves else ()
        if not slots or min(slots) < begin or max(slots) >= first:
            others.append(view)
            continue
        if (place := copied.setdefault(slots.tobytes(), len(copies))) == len(copies):
            copies.extend(slots)
        view.put(first + place + view.base - view.low, False)
    if not copies:
        return blocks
    for view in others:
        shift(blocks, changed, view, first, len(copies))
    return shift_computed(blocks, changed, first, copies)


def shift(old: Blocks, new: Blocks, view: Record, first: int, by: int) -> None:
    """Move the computed slots of a view, those from the first on, behind the copies."""
    if not view.indexed and view.low >= first:
        view.put(view.base + by, False)
    elif view.indexed or view.high >= first:
        if view.indexed:
            slots = old.index[view.low : view.high + 1]
            view.put(len(new.index) + view.base - view.low, True)
        else:  # constants and computed slots, with one stride until now
            slots = array("I", view.list(len(new.index)))
        new.index.extend([slot + by * (slot >= first) for slot in slots])


def shift_computed(old: Blocks, new: Blocks, first: int, copies: array[int]) -> Blocks:
    """The same for the slots that are written, listed or returned."""
    by = len(copies)
    left, right, outputs = (
        array("I", [slot + by * (slot >= first) for slot in slots]) for slots in (old.left, old.right, old.outputs)
    )
    steps = old.steps[:]
    for numbers, size, at in ((steps, STEP, 2), (new.tails, TAIL, 1)):
        for k in range(at, len(numbers), size):
            if numbers[k] >= first:
                numbers[k] += by
    constants = old.constants + array("d", [old.constants[slot - 1 - old.inputs] for slot in copies])
    return replace(new, constants=constants, slots=old.slots + by, steps=steps, left=left, right=right, outputs=outputs)
