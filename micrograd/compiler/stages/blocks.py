"""Blocks: a program as matrix products, maps and reductions over strided slots.

Slot 0 holds 1. After it come the inputs, then the constants, then the computed slots in the order in which they are
written. Each step writes some of them, and reads only slots below the first that it writes:

    Block   O[i0, i1, i2] = Σ L[i, t] · R[i, t], over its pieces in order, and over the terms t of each in order
    Group   rows of one kind that follow no pattern, each with its own list of terms
    Loop    some steps that are run many times, with every slot that they write or read moving on each time

The lanes of a block are different sums side by side, so that each adds its terms from left to right, as it was written.
A matrix product is a piece whose left view does not vary by i2, and whose right view does not vary by i1; a map has
one term; an irregular program has groups only. For a kind other than "sum", the terms of all pieces, one after the
other, are those of `program.KINDS`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from micrograd.compiler.stages.program import KINDS

GROUP, BLOCK, LOOP = range(3)

# How many numbers each record has in the flat arrays.
STEP, PIECE, TAIL, VIEW = 11, 15, 9, 7

NOWHERE = -1  # as a place to write to: the result is not stored


class View(NamedTuple):
    """Operands: the slot for lane (i0, i1, i2) and term t is base + i0·s0 + i1·s1 + i2·s2 + t·along, for the strides s.

    In a loop it moves by `moves` each time. Of an `indexed` view these are places in the index, which holds the slots;
    then a slot moves, and not its place.
    """

    base: int
    strides: tuple[int, int, int] = (0, 0, 0)
    along: int = 0
    moves: int = 0
    indexed: bool = False


ONES = View(0)


class Piece(NamedTuple):
    """Consecutive terms that have one pattern."""

    terms: int
    left: View
    right: View = ONES


class Tail(NamedTuple):
    """What is done at once with the result x of a block, in place of a block of its own.

    kind    "relu" and "step" are functions of x, "sum" is x · other, "gate" and "relu gate" are what passes of x where
            the other is the gate
    out     the first of the slots that it is written to, as those of a block; or NOWHERE
    other   an operand with one term

    The next tail works on the result of this one.
    """

    kind: str
    out: int
    other: View = ONES


class Block(NamedTuple):
    """Results in the slots from `out` on, the last dimension fastest; with `out` NOWHERE only the tails are stored."""

    kind: str
    out: int
    dims: tuple[int, int, int]
    pieces: tuple[Piece, ...]
    tails: tuple[Tail, ...] = ()
    moves: int = 0


class Term(NamedTuple):
    """A pair of slots of a row in a group, and how they move in a loop."""

    left: int
    right: int
    left_moves: int = 0
    right_moves: int = 0


class Group(NamedTuple):
    """Results in the slots from `out` on, one for each row."""

    kind: str
    out: int
    rows: tuple[tuple[Term, ...], ...]
    moves: int = 0


class Loop(NamedTuple):
    """The next steps are run this many times; there is no loop in a loop."""

    times: int
    steps: tuple[Block | Group, ...]


Step: TypeAlias = "Block | Group | Loop"


@dataclass(frozen=True, eq=False)
class Blocks:
    """The same as flat arrays, as sweeps in C write and read them; iterating gives the steps.

    steps    records of STEP numbers: form, kind, out, moves, n0, n1, n2, first, last, first tail, last tail
               GROUP   n0 rows, of which the first ends at ends[first]
               BLOCK   dims n0, n1, n2; its pieces are first to last, without the last
               LOOP    n0 times the next n1 steps
    pieces   records of PIECE numbers: terms, the left view, the right view
    tails    records of TAIL numbers: kind, out, the view of the other
               a view is VIEW numbers: base, s0, s1, s2, along, moves, indexed
    index    slots
    ends     for each row of the groups where its terms end; they begin where those of the row before end
    left, right, left_moves, right_moves   the terms
    outputs  the slots that are returned
    """

    inputs: int
    constants: array[float]
    slots: int
    steps: array[int]
    pieces: array[int]
    tails: array[int]
    index: array[int]
    ends: array[int]
    left: array[int]
    right: array[int]
    left_moves: array[int]
    right_moves: array[int]
    outputs: array[int]
    table: tuple[str, ...] = tuple(KINDS)

    def __iter__(self) -> Iterator[Step]:
        steps = self._steps()
        for step in steps:
            yield Loop(step[0], tuple(next(steps) for _ in range(step[1]))) if len(step) == 2 else step  # type: ignore[misc]

    def _steps(self) -> Iterator[Block | Group | tuple[int, int]]:
        for at in range(0, len(self.steps), STEP):
            form, code, out, moves, n0, n1, n2, first, last, tail, tails = self.steps[at : at + STEP]
            if form == LOOP:
                yield n0, n1
            elif form == GROUP:
                yield Group(self.table[code], out, tuple(self._row(k) for k in range(first, first + n0)), moves)
            else:
                pieces = tuple(self._piece(k) for k in range(first, last))
                yield Block(
                    self.table[code], out, (n0, n1, n2), pieces, tuple(map(self._tail, range(tail, tails))), moves
                )

    def _row(self, k: int) -> tuple[Term, ...]:
        terms = slice(self.ends[k - 1] if k else 0, self.ends[k])
        columns = (self.left, self.right, self.left_moves, self.right_moves)
        return tuple(map(Term, *(column[terms] for column in columns)))

    def _piece(self, k: int) -> Piece:
        terms, *views = self.pieces[k * PIECE : (k + 1) * PIECE]
        return Piece(terms, read_view(views[:VIEW]), read_view(views[VIEW:]))

    def _tail(self, k: int) -> Tail:
        code, out, *view = self.tails[k * TAIL : (k + 1) * TAIL]
        return Tail(self.table[code], out, read_view(view))


def read_view(numbers: Sequence[int]) -> View:
    base, s0, s1, s2, along, moves, indexed = numbers
    return View(base, (s0, s1, s2), along, moves, bool(indexed))


def assemble(
    inputs: int,
    constants: Iterable[float],
    steps: Iterable[Step],
    outputs: Iterable[int],
    index: Iterable[int] = (),
    slots: int | None = None,
    table: tuple[str, ...] = tuple(KINDS),
) -> Blocks:
    """The flat arrays of these steps; without `slots`, there are as many as they write."""
    constants = array("d", constants)
    codes = {kind: code for code, kind in enumerate(table)}
    records, pieces, tails = array("q"), array("q"), array("q")
    ends = array("I")
    columns = array("I"), array("I"), array("q"), array("q")
    highest = 1 + inputs + len(constants)

    def append(step: Block | Group, times: int = 1) -> None:
        nonlocal highest
        code, moved = codes[step.kind], step.moves * (times - 1)
        if isinstance(step, Group):
            records.extend([GROUP, code, step.out, step.moves, len(step.rows), 0, 0, len(ends), 0, 0, 0])
            for row in step.rows:
                for column, numbers in zip(columns, zip(*row, strict=True), strict=False):
                    column.extend(numbers)
                ends.append(len(columns[0]))
            highest = max(highest, step.out + moved + len(step.rows))
            return
        first, tail, (n0, n1, n2) = len(pieces) // PIECE, len(tails) // TAIL, step.dims
        for piece in step.pieces:
            pieces.extend([piece.terms, *write_view(piece.left), *write_view(piece.right)])
        for kind, out, other in step.tails:
            tails.extend([codes[kind], out, *write_view(other)])
        last = len(pieces) // PIECE, tail, len(tails) // TAIL
        records.extend([BLOCK, code, step.out, step.moves, n0, n1, n2, first, *last])
        for out in (step.out, *(tail.out for tail in step.tails)):
            if out != NOWHERE:
                highest = max(highest, out + moved + n0 * n1 * n2)

    for step in steps:
        if isinstance(step, Loop):
            records.extend([LOOP, 0, NOWHERE, 0, step.times, len(step.steps), 0, 0, 0, 0, 0])
            for inner in step.steps:
                append(inner, step.times)
        else:
            append(step)
    return Blocks(
        inputs,
        constants,
        highest if slots is None else slots,
        records,
        pieces,
        tails,
        array("I", index),
        ends,
        *columns,
        array("I", outputs),
        table,
    )


def write_view(view: View) -> tuple[int, ...]:
    return view.base, *view.strides, view.along, view.moves, int(view.indexed)
