"""From the blocks of one example to blocks of many: each slot that varies becomes a row of lanes, one for each example.

The lanes are the last dimension of every block. A weight is one number for all of them, so that a product of a matrix
and a vector, of one example, is a product of two matrices. What is added up over the examples goes on from the sums of
the examples before, in order:

    S[i] + L[i, 0] · R[i, 0] + L[i, 1] · R[i, 1] + …         for the lanes 0, 1, …

Where an output is one product and nobody else reads it, such as the gradient of a weight, L and R are its factors, and
it is never stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from itertools import product
from typing import NamedTuple

from micrograd.compiler.stages.blocks import ONES, Block, Blocks, Piece, View
from micrograd.compiler.stages.operands import Dims, operands, stored, views
from micrograd.compiler.stages.widened import Widened


class Wide(NamedTuple):
    """A program for `lanes` examples at once.

    before   what does not vary, as a program of its own from the inputs that do not vary to `found` more; or None
    blocks   the rest. Its inputs are those that do not vary, in order; the `found`; the sums so far; and for each input
             that varies, those of all lanes. Its outputs are the sums, then for each output that is kept, those of all
             lanes
    order    which output each of the sums is
    """

    before: Blocks | None
    blocks: Blocks
    lanes: int
    order: list[int]


def widen(blocks: Blocks, varying: Collection[int], kept: Collection[int], lanes: int) -> Wide:
    """The blocks for so many examples, of each of which are the inputs `varying` and the outputs `kept`, from 0 on."""
    return Widening(blocks, varying, kept, lanes).run()


class Widening:
    """What varies, of the slots of one example, and the programs that follow from it."""

    def __init__(self, blocks: Blocks, varying: Collection[int], kept: Collection[int], lanes: int):
        self.old, self.lanes = blocks, lanes
        self.kept = [k for k in range(len(blocks.outputs)) if k in kept]
        self.summed = [k for k in range(len(blocks.outputs)) if k not in kept]
        self.varies = bytearray(blocks.slots)
        for k in varying:
            self.varies[1 + k] = 1
        self.old_steps = list(blocks)
        self.read = [set(operands(blocks, step)) for step in self.old_steps]
        for step, read in zip(self.old_steps, self.read, strict=True):
            if any(map(self.varies.__getitem__, read)):  # then all of its results do
                first, last = stored(step)
                self.varies[first:last] = b"\1" * (last - first)
        self.given = [slot for slot in range(1, 1 + blocks.inputs) if not self.varies[slot]]
        computed = range(1 + blocks.inputs + len(blocks.constants), blocks.slots)
        self.found = [slot for slot in computed if not self.varies[slot]]
        self.order: list[int] = []

    def run(self) -> Wide:
        before = self.write_before() if self.found else None
        draft = Widened(self.old, self.lanes, self.varies, [*self.given, *self.found], len(self.summed))
        contracted = self.find_contracted()
        for k, step in enumerate(self.old_steps):
            if k not in contracted and self.varies[stored(step)[0]]:
                draft.write(step)
        outputs = self.total(draft, contracted)
        for k in self.kept:
            slot = self.old.outputs[k]
            outputs += [draft.place[slot] + (e if self.varies[slot] else 0) for e in range(self.lanes)]
        return Wide(before, draft.assembled(outputs), self.lanes, self.order)

    def write_before(self) -> Blocks:
        draft = Widened(self.old, self.lanes, self.varies, self.given)
        for step in self.old_steps:
            if not self.varies[stored(step)[0]]:
                draft.write(step)
        return draft.assembled([draft.place[slot] for slot in self.found])

    # ---- sums over the lanes

    def find_contracted(self) -> dict[int, Block]:
        """Blocks of one product for each lane, whose results are added up and nothing else, by their places."""
        read = set().union(*self.read)
        summed = Counter(self.old.outputs[k] for k in self.summed)
        kept = {self.old.outputs[k] for k in self.kept}
        found = {}
        for k, step in enumerate(self.old_steps):
            if isinstance(step, Block) and step.kind == "sum" and not step.tails and len(step.pieces) == 1:
                slots = range(*stored(step))
                alone = all(summed[slot] == 1 and slot not in read and slot not in kept for slot in slots)
                (piece,) = step.pieces
                if alone and piece.terms == 1 and self.varies[step.out]:
                    found[k] = step
        return found

    def total(self, draft: Widened, contracted: dict[int, Block]) -> list[int]:
        """Write the sums, as the last steps: the slots of all."""
        outputs, first = self.old.outputs, draft.next
        by_slot = {outputs[k]: k for k in self.summed}
        inside = {slot for step in contracted.values() for slot in range(*stored(step))}
        rest = [k for k in self.summed if outputs[k] not in inside]
        plain = {outputs[k] for k in rest}
        for step in contracted.values():
            (piece,) = step.pieces
            if any(draft.tangled(view, step.dims, 1) for view, _ in views(step)):
                for lane in product(*map(range, step.dims)):
                    left, right = (View(draft.slot(view, lane, 0)) for view in (piece.left, piece.right))
                    write_total(draft, (1, 1, 1), left, right)
                self.order += [by_slot[slot] for slot in range(*stored(step))]
            else:
                turned = is_turned(step, plain)
                write_total(draft, *exchanged(step.dims, piece) if turned else (step.dims, piece.left, piece.right))
                self.order += [by_slot[slot] for slot in slots_of(step, turned)]
        at = 0
        while at < len(rest):
            slot, n = outputs[rest[at]], 1
            varies = self.varies[slot]
            while at + n < len(rest) and outputs[rest[at + n]] == slot + n and self.varies[slot + n] == varies:
                if draft.place[slot + n] - draft.place[slot] != n * (self.lanes if varies else 1):
                    break
                n += 1
            write_total(draft, (1, 1, n), View(slot, (0, 0, 1)), ONES)
            self.order += rest[at : at + n]
            at += n
        return [*range(first, draft.next)]


def is_turned(step: Block, plain: Collection[int]) -> bool:
    """Whether the last two dimensions are exchanged: the last one should be that of what is added up alone, too.

    The kernel reads it in lanes, which it copies once for both.
    """
    (piece,) = step.pieces
    down = [view for view in piece[1:] if view.strides[1] and not view.strides[2]]
    across = [view for view in piece[1:] if view.strides[2] and not view.strides[1]]
    return len(down) == len(across) == 1 and down[0].base in plain and across[0].base not in plain


def exchanged(dims: Dims, piece: Piece) -> tuple[Dims, View, View]:
    def exchange(x: Dims) -> Dims:
        return x[0], x[2], x[1]

    left, right = (view._replace(strides=exchange(view.strides)) for view in (piece.left, piece.right))
    return exchange(dims), left, right


def slots_of(step: Block, turned: bool) -> list[int]:
    """What a block stores, in this order."""
    n0, n1, n2 = step.dims
    if not turned:
        return [*range(*stored(step))]
    return [step.out + (i * n1 + j) * n2 + k for i in range(n0) for k in range(n2) for j in range(n1)]


def write_total(draft: Widened, dims: Dims, left: View, right: View) -> None:
    """Add up left · right over the lanes, onto the sums so far."""
    n0, n1, n2 = dims
    size = n0 * n1 * n2
    so_far = View(draft.so_far, (n1 * n2 if n0 > 1 else 0, n2 if n1 > 1 else 0, 1 if n2 > 1 else 0))

    def move(view: View) -> View:
        varies = draft.varies[view.base]
        width = draft.lanes if varies else 1
        s0, s1, s2 = (s * width if n > 1 else 0 for s, n in zip(view.strides, dims, strict=True))
        return View(draft.place[view.base], (s0, s1, s2), int(varies))

    pieces = Piece(1, so_far), Piece(draft.lanes, move(left), move(right))
    draft.steps.append(Block("sum", draft.next, dims, pieces))
    draft.next, draft.so_far = draft.next + size, draft.so_far + size
