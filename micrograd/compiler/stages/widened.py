"""Steps of one example, written again for many: the lanes are the last dimension of each block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from micrograd.compiler.stages.blocks import NOWHERE, ONES, Block, Group, Piece, Step, Tail, View
from micrograd.compiler.stages.draft import Draft
from micrograd.compiler.stages.operands import Dims, size_of, sliced, stored, touched, unfused, views
from micrograd.compiler.stages.program import ONE


class Widened(Draft):
    """A draft to which steps are added."""

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
