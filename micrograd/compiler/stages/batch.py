"""From the blocks of one example to blocks of many: each slot that varies becomes a row of lanes, one for each example.

The lanes are the last dimension of every block. A weight is one number for all of them, so that a product of a matrix
and a vector, of one example, is a product of two matrices. What is added up over the examples goes on from the sums of
the examples before, in order:

    S[i] + L[i, 0] · R[i, 0] + L[i, 1] · R[i, 1] + …         for the lanes 0, 1, …

Where an output is one product and nobody else reads it, such as the gradient of a weight, L and R are its factors, and
it is never stored.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from micrograd.compiler.stages.blocks import (
    NOWHERE,
    ONES,
    Block,
    Blocks,
    Group,
    Piece,
    Step,
    Tail,
    View,
    assemble,
)
from micrograd.compiler.stages.operands import Dims, ends, operands, size_of, sliced, stored, touched, unfused, views
from micrograd.compiler.stages.program import ONE


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
    """`place` is the first slot, in the new program, of each slot; `varies` whether there are `lanes` of them."""

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
        self.begin([*self.given, *self.found], len(self.summed))
        contracted = self.find_contracted()
        for k, step in enumerate(self.old_steps):
            if k not in contracted and self.varies[stored(step)[0]]:
                self.write(step)
        self.total(contracted)
        outputs = [*range(self.totals, self.next)]
        for k in self.kept:
            slot = self.old.outputs[k]
            outputs += [self.place[slot] + (e if self.varies[slot] else 0) for e in range(self.lanes)]
        return Wide(before, self.assembled(outputs), self.lanes, self.order)

    def write_before(self) -> Blocks:
        self.begin(self.given)
        for step in self.old_steps:
            if not self.varies[stored(step)[0]]:
                self.write(step)
        return self.assembled([self.place[slot] for slot in self.found])

    def begin(self, given: Sequence[int], sums: int | None = None) -> None:
        """Begin a program with these inputs; with `sums`, also so many of these, and all that vary."""
        blocks, at = self.old, 1
        self.place = array("q", bytes(8 * blocks.slots))
        self.steps: list[Step] = []
        self.index = array("I")
        for slot in given:
            self.place[slot], at = at, at + 1
        if sums is not None:
            self.sums, at = at, at + sums
            for slot in range(1, 1 + blocks.inputs):
                if self.varies[slot]:
                    self.place[slot], at = at, at + self.lanes
        self.inputs = at - 1
        for slot in range(1 + blocks.inputs, 1 + blocks.inputs + len(blocks.constants)):
            self.place[slot], at = at, at + 1
        self.next = at

    def assembled(self, outputs: Sequence[int]) -> Blocks:
        constants, table = self.old.constants, self.old.table
        return assemble(self.inputs, constants, self.steps, outputs, self.index, table=table)

    # ---- slots

    def number(self, first: int, last: int) -> None:
        width = self.lanes if self.varies[first] else 1
        for slot in range(first, last):
            self.place[slot], self.next = self.next, self.next + width

    # ---- steps

    def write(self, step: Step) -> None:
        first, last = stored(step)
        if isinstance(step, Block) and self.varies[first]:
            scattered = any(self.tangled(view, step.dims, terms) for view, terms in views(step))
            if not scattered and not (self.too_wide(step) and last - first > size_of(step)):
                self.number(first, last)
                self.write_block(step)
                return
            for part in unfused(step):
                self.number(*stored(part))
                if any(self.tangled(view, part.dims, terms) for view, terms in views(part)):
                    self.write_lanes(part)
                else:
                    self.write_block(part)
            return
        self.number(first, last)
        if isinstance(step, Block):
            self.steps.append(self.moved(step))
        elif isinstance(step, Group) and self.varies[first]:
            for k, row in enumerate(step.rows):
                self.write_row(step.kind, step.out + k, [(term.left, term.right) for term in row], ())
        elif isinstance(step, Group):
            rows = [[t._replace(left=self.place[t.left], right=self.place[t.right]) for t in row] for row in step.rows]
            self.steps.append(step._replace(out=self.place[step.out], rows=tuple(map(tuple, rows))))

    def moved(self, step: Block) -> Block:
        """A block that does not vary, in its new place."""

        def move(view: View, terms: int) -> View:
            if not self.tangled(view, step.dims, terms) and not view.indexed:
                return view._replace(base=self.place[view.base])
            base = len(self.index)
            dims = [n if s else 1 for n, s in zip((*step.dims, terms), (*view.strides, view.along), strict=True)]
            self.index.extend(self.place[slot] for slot in touched(self.old, view, step.dims, terms))
            s2, along = dims[3], 1
            s1 = s2 * dims[2]
            s0 = s1 * dims[1]
            strides = tuple(s if n > 1 else 0 for s, n in zip((s0, s1, s2), dims[:3], strict=True))
            return View(base, strides, along if dims[3] > 1 else 0, 0, True)  # type: ignore[arg-type]

        return self.rewritten(step, step.dims, move)

    def write_block(self, step: Block) -> None:
        """A block that varies: with three dimensions of its own, one block for each index of the first."""
        n0, n1, n2 = step.dims
        if self.too_wide(step):
            for k in range(n0):
                self.write_block(sliced(step, k))
            return
        flat = self.is_flat(step)
        if flat:
            dims = (n0, n1, n2 * self.lanes)
        elif n0 == 1:
            dims = (n1, n2, self.lanes)
        else:
            dims = (n0, n1 * n2, self.lanes)

        def move(view: View, terms: int) -> View:
            s0, s1, s2 = view.strides
            varies = self.varies[view.base]
            width = self.lanes if varies else 1
            strides: Dims
            if flat:
                strides = (s0 * width, s1 * width, 1 if varies else 0)
            elif n0 == 1:
                strides = (s1 * width, s2 * width, int(varies))
            else:
                strides = (s0 * width, (s1 if n2 == 1 else s2) * width, int(varies))
            return View(self.place[view.base], strides, view.along * width)

        self.steps.append(self.rewritten(step, dims, move))

    def is_flat(self, step: Block) -> bool:
        """Whether the lanes of each slot go on in those of the next, along the last dimension."""
        return step.dims[2] == 1 or all(view.strides[2] == self.varies[view.base] for view, _ in views(step))

    def too_wide(self, step: Block) -> bool:
        return not self.is_flat(step) and step.dims[0] > 1 and min(step.dims[1:]) > 1

    def rewritten(self, step: Block, dims: Dims, move: Callable[[View, int], View]) -> Block:
        def out(slot: int) -> int:
            return slot if slot == NOWHERE else self.place[slot]

        pieces = tuple(Piece(p.terms, move(p.left, p.terms), move(p.right, p.terms)) for p in step.pieces)
        tails = tuple(Tail(tail.kind, out(tail.out), move(tail.other, 1)) for tail in step.tails)
        return Block(step.kind, out(step.out), dims, pieces, tails)

    def write_lanes(self, step: Block) -> None:
        """A block whose operands lie anywhere, row by row."""
        for k, lane in enumerate(product(*map(range, step.dims))):
            terms = [
                (self.slot(piece.left, lane, t), self.slot(piece.right, lane, t))
                for piece in step.pieces
                for t in range(piece.terms)
            ]
            tails = [
                (tail.kind, NOWHERE if tail.out == NOWHERE else tail.out + k, self.slot(tail.other, lane, 0))
                for tail in step.tails
            ]
            self.write_row(step.kind, NOWHERE if step.out == NOWHERE else step.out + k, terms, tails)

    def slot(self, view: View, lane: Sequence[int], t: int) -> int:
        at = view.base + sum(i * s for i, s in zip(lane, view.strides, strict=True)) + t * view.along
        return self.old.index[at] if view.indexed else at

    def write_row(
        self, kind: str, out: int, terms: list[tuple[int, int]], tails: Sequence[tuple[str, int, int]]
    ) -> None:
        """One row, for all examples."""

        def view(slot: int, along: int = 0) -> View:
            return View(self.place[slot], (0, 0, int(self.varies[slot])), along)

        def slot(out: int) -> int:
            return out if out == NOWHERE else self.place[out]

        pieces = tuple(Piece(n, view(a, along_a), view(b, along_b)) for n, a, along_a, b, along_b in self.runs(terms))
        ends = tuple(Tail(name, slot(to), view(other) if other != ONE else ONES) for name, to, other in tails)
        self.steps.append(Block(kind, slot(out), (1, 1, self.lanes), pieces, ends))

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

    def tangled(self, view: View, dims: Dims, terms: int) -> bool:
        """Whether the new places of the operands are not in even steps, as the old ones are."""
        if view.indexed:
            return True
        low, high = ends(view, dims, terms)
        if self.varies[low] != self.varies[high]:
            return True
        return self.place[high] - self.place[low] != (high - low) * (self.lanes if self.varies[low] else 1)

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

    def total(self, contracted: dict[int, Block]) -> None:
        """The sums, as the last steps."""
        outputs, self.totals = self.old.outputs, self.next
        by_slot = {outputs[k]: k for k in self.summed}
        inside = {slot for step in contracted.values() for slot in range(*stored(step))}
        for step in contracted.values():
            (piece,) = step.pieces
            if any(self.tangled(view, step.dims, 1) for view, _ in views(step)):
                for lane in product(*map(range, step.dims)):
                    left, right = (View(self.slot(view, lane, 0)) for view in (piece.left, piece.right))
                    self.write_total((1, 1, 1), left, right)
            else:
                self.write_total(step.dims, piece.left, piece.right)
            self.order += [by_slot[slot] for slot in range(*stored(step))]
        rest = [k for k in self.summed if outputs[k] not in inside]
        at = 0
        while at < len(rest):
            slot, n = outputs[rest[at]], 1
            varies = self.varies[slot]
            while at + n < len(rest) and outputs[rest[at + n]] == slot + n and self.varies[slot + n] == varies:
                if self.place[slot + n] - self.place[slot] != n * (self.lanes if varies else 1):
                    break
                n += 1
            self.write_total((1, 1, n), View(slot, (0, 0, 1)), ONES)
            self.order += rest[at : at + n]
            at += n

    def write_total(self, dims: Dims, left: View, right: View) -> None:
        """Add up left · right over the lanes, onto the sums so far."""
        n0, n1, n2 = dims
        size, done = n0 * n1 * n2, self.next - self.totals
        so_far = View(self.sums + done, (n1 * n2 if n0 > 1 else 0, n2 if n1 > 1 else 0, 1 if n2 > 1 else 0))

        def move(view: View) -> View:
            varies = self.varies[view.base]
            width = self.lanes if varies else 1
            s0, s1, s2 = (s * width if n > 1 else 0 for s, n in zip(view.strides, dims, strict=True))
            return View(self.place[view.base], (s0, s1, s2), int(varies))

        pieces = Piece(1, so_far), Piece(self.lanes, move(left), move(right))
        self.steps.append(Block("sum", self.next, dims, pieces))
        self.next += size
