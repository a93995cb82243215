"""The body of a loop: the rows of one time as blocks that move on from time to time."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from micrograd.compiler.stages.blocks import NOWHERE, Block, Blocks, Group, Loop, Term, View
from micrograd.compiler.stages.program import ONE
from micrograd.compiler.stages.repeats import Repeat
from micrograd.compiler.stages.roll import LISTED, roll
from micrograd.compiler.stages.rows import Rows

APART = 4096  # slots that lie further apart are not searched for strides
ROUNDS = 4  # until the rows of a time stand in the order in which the next time reads them


class Operand(NamedTuple):
    """A slot as it is in the first time of the loop, and how it moves; or a row of the body, so many times `ago`."""

    place: int
    move: int = 0
    ago: int = -1


class Body:
    """What one time of a repeat computes; the first `listed` times are no part of the loop, but lie as those that are.

    begin     the first slot of all
    operands  of the first time of the loop, for each term on the left and on the right
    place     of each row among the slots of a time
    leaves    what is read as an input of a program of its own: the slot, and how it moves
    apart     for each leaf, but ONE, a number: those of one number move together and lie close to each other
    """

    def __init__(
        self, rows: Rows, repeat: Repeat, listed: int, begin: int, operands: Sequence[tuple[Operand, Operand]]
    ):
        self.rows, self.repeat, self.listed, self.begin, self.operands = rows, repeat, listed, begin, operands
        self.place = list(range(repeat.period))
        self.earlier = listed * repeat.period  # so many leaves are the slots of earlier times
        self.start = begin + self.earlier  # the first slot of the loop
        self.leaves = [(ONE, 0), *((begin + k, repeat.period) for k in range(self.earlier))]
        self.apart = [1] * self.earlier
        self.leaf: dict[tuple[int, int], int] = {(0, ONE): ONE}
        last, number = (0, 0), 1
        for move, slot in sorted({(p.move, p.place) for pair in operands for p in pair if p.ago < 0} - {(0, ONE)}):
            first = last[1] + 1
            if move != last[0] or slot - first >= APART or number == 1:
                first, number = slot, number + 1
            self.leaves += [(s, move) for s in range(first, slot + 1)]
            self.apart += [number] * (slot + 1 - first)
            self.leaf[move, slot] = len(self.leaves) - 1
            last = move, slot

    def write(self, least: int) -> tuple[list[Block | Group], array[int]]:
        """The steps of one time, and the index of their views."""
        blocks = self._roll(least)
        for _ in range(ROUNDS):
            if self._put(blocks):
                break
            blocks = self._roll(least)
        else:
            self._put(self._roll(LISTED))  # the order of a list does not depend on where the operands lie
            blocks = self._roll(LISTED)
        index = array("I", [self._slot(leaf)[0] for leaf in blocks.index])
        return [self._move(step, blocks.index) for step in blocks if not isinstance(step, Loop)], index

    def _roll(self, least: int) -> Blocks:
        """The blocks of one time, as a program on the leaves."""
        rows, count, period = self.rows, len(self.leaves), self.repeat.period
        first = self.repeat.start + self.earlier
        before, after = rows.ends[first - 1], rows.ends[first + period - 1]
        order = {of: k for k, of in enumerate(sorted(set(rows.adjoint_of[first : first + period])), start=1)}
        adjoint_of = [
            count + k if of == rows.first + first + k else order[of]
            for k, of in enumerate(rows.adjoint_of[first : first + period])
        ]
        numbers = [[self._number(p) for p in side] for side in zip(*self.operands, strict=True)] or [[], []]
        assert after - before == len(numbers[0])
        return roll(
            Rows(
                names=[""] * (count - 1),
                constants=array("d"),
                table=rows.table,
                kinds=rows.kinds[first : first + period],
                ends=array("I", [end - before for end in rows.ends[first : first + period]]),
                left=array("I", numbers[0]),
                right=array("I", numbers[1]),
                adjoint_of=array("I", adjoint_of),
                outputs=array("I", range(count, count + period)),
            ),
            (),
            least,
            self.apart,
        )

    def _number(self, p: Operand) -> int:
        """The leaf or the row, as the program of one time counts them."""
        if p.ago < 0:
            return self.leaf[p.move, p.place]
        if p.ago == 0:
            return len(self.leaves) + p.place
        return 1 + self.earlier - p.ago * self.repeat.period + self.place[p.place]

    def _put(self, blocks: Blocks) -> bool:
        """Take over the order of the slots; whether it was the same before."""
        before, self.place = self.place, [slot - len(self.leaves) for slot in blocks.outputs]
        return before == self.place

    def _slot(self, number: int) -> tuple[int, int]:
        """The slot of a leaf or of a slot of the program of one time, and how it moves."""
        own = number - len(self.leaves)
        return self.leaves[number] if own < 0 else (self.start + own, self.repeat.period)

    def _move(self, step: Block | Group, index: Sequence[int]) -> Block | Group:
        """The step, on the slots of all, which move."""

        def view(v: View) -> View:
            if v.indexed:
                return v._replace(moves=self._slot(index[v.base])[1])
            base, moves = self._slot(v.base)
            return v._replace(base=base, moves=moves)

        def out(slot: int) -> int:
            return slot if slot == NOWHERE else self._slot(slot)[0]

        def term(t: Term) -> Term:
            (left, left_moves), (right, right_moves) = self._slot(t.left), self._slot(t.right)
            return Term(left, right, left_moves, right_moves)

        period = self.repeat.period
        if isinstance(step, Group):
            return Group(step.kind, out(step.out), tuple([tuple(map(term, row)) for row in step.rows]), period)
        pieces = tuple([piece._replace(left=view(piece.left), right=view(piece.right)) for piece in step.pieces])
        tails = tuple([tail._replace(out=out(tail.out), other=view(tail.other)) for tail in step.tails])
        return Block(step.kind, out(step.out), step.dims, pieces, tails, period)

    def list_first(self, steps: Sequence[Block | Group], slot: Sequence[int]) -> Iterator[Group]:
        """The first times, in the same order, row by row; `slot` are the slots of all rows."""
        rows, period = self.rows, self.repeat.period
        row_at = {place: k for k, place in enumerate(self.place)}
        ranges = sorted((out - self.start, count) for step in steps for out, count in written(step))
        for time in range(self.listed):
            first = self.repeat.start + time * period
            for place, count in ranges:
                these = [first + row_at[place + k] for k in range(count)]
                terms = [range(rows.ends[k - 1] if k else 0, rows.ends[k]) for k in these]
                yield Group(
                    rows.table[rows.kinds[these[0]]],
                    self.begin + time * period + place,
                    tuple([tuple([Term(slot[rows.left[t]], slot[rows.right[t]]) for t in row]) for row in terms]),
                )


def written(step: Block | Group) -> Iterator[tuple[int, int]]:
    """Where the results of a step begin, and how many there are."""
    if isinstance(step, Group):
        yield step.out, len(step.rows)
        return
    n0, n1, n2 = step.dims
    for out in (step.out, *(tail.out for tail in step.tails)):
        if out != NOWHERE:
            yield out, n0 * n1 * n2
