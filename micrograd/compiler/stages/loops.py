"""Loops: rows that repeat, each time after the time before, are rolled once and run many times.

    x, v = x + h·v, v - h·sin(x)      4,000 times, is one loop over two sums and a sine;
                                      its adjoints are another one, which reads the first's slots backwards

A loop is worth its while where a time has to wait for the one before. Times that do not are rows side by side, of which
`roll` makes blocks: they stay rows. So do sums over all times, whose terms then lie a stride apart. The first times,
as many as the loop looks back, are listed; all that a time computes lies in as many slots, in the same order, so that
the loop finds its beginnings where it will find its own results. No float changes.

Of a loop in a loop the outer one is a loop, and the inner one is listed in its body. Without 32 times there is none,
nor in a short program.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Sequence

from micrograd.compiler.stages.blocks import BLOCK, GROUP, PIECE, STEP, TAIL, VIEW, Blocks, Loop, Step, assemble
from micrograd.compiler.stages.bodies import Body, Operand
from micrograd.compiler.stages.distribution import distribute
from micrograd.compiler.stages.repeats import DEPTH, LEAST_TIMES, Repeat, find_repeats
from micrograd.compiler.stages.roll import LEAST, LISTED, roll
from micrograd.compiler.stages.rows import Rows

LONG = 1 << 18  # terms: shorter programs stay near the processor, and some of them run faster without loops
MOST = 16  # loops in a program
LARGE = 96  # products are a block in a body: a list of fewer runs faster


def roll_loops(rows: Rows, varying: Collection[int] = (), least: int = LEAST, long: int = LONG) -> Blocks:
    """As `roll`, but what repeats becomes a loop, if there are as many terms as is `long`.

    There is none where inputs vary, nor with `LISTED`.
    """
    repeats = [] if varying or least == LISTED or len(rows.left) < long else find_repeats(rows)
    if not repeats:
        return roll(rows, varying, least)
    longest = sorted(sorted(repeats, key=lambda r: (r.start - r.end, r.start))[:MOST])
    repeats = []
    for repeat in longest:
        if clipped := clip(rows, repeat, repeats):
            repeats.append(clipped)
    folder = Folder(*distribute(rows, repeats), least)
    if len(folder.loops) < len(repeats):  # what came out of a loop lies so that it cannot be read in one
        whole = Folder(rows, repeats, least)
        folder = max(folder, whole, key=lambda f: sum(loop.end - loop.start for loop in f.loops))
    return folder.blocks


class Folder:
    """Rows, from the first to the last, become parts of a program.

    slot     of each row, as soon as it is known
    slots    how many there are by now
    done     the computed rows that have slots, counted from 0
    loops    the repeats that became loops
    """

    def __init__(self, rows: Rows, repeats: Sequence[Repeat], least: int):
        self.rows, self.least = rows, least
        self.slot = array("I", range(rows.first + len(rows)))
        self.slots, self.done = rows.first, 0
        self.loops: list[Repeat] = []
        self.parts: list[Blocks] = []
        for repeat in repeats:
            self.write_rows(repeat.start)
            if trimmed := self.trim(repeat):
                self.write_rows(trimmed.start)
                self.write_loop(trimmed)
        self.write_rows(len(self.rows))
        self.blocks = join(self.parts, rows, self.slots, [self.slot[i] for i in rows.outputs])

    def write_rows(self, end: int) -> None:
        """The rows up to `end`, as a program whose inputs are all slots before them."""
        rows, start, first = self.rows, self.done, self.rows.first
        if start == end:
            return
        self.slot[first + start : first + end] = array("I", range(self.slots, self.slots + end - start))
        before, after = rows.ends[start - 1] if start else 0, rows.ends[end - 1]
        slot = self.slot
        here = array("I", range(self.slots, self.slots + end - start))
        blocks = roll(
            Rows(
                names=rows.names if not start else [""] * (self.slots - 1),
                constants=rows.constants if not start else array("d"),
                table=rows.table,
                kinds=rows.kinds[start:end],
                ends=array("I", [e - before for e in rows.ends[start:end]]),
                left=array("I", [slot[p] for p in rows.left[before:after]]),
                right=array("I", [slot[p] for p in rows.right[before:after]]),
                adjoint_of=array("I", [slot[p] for p in rows.adjoint_of[start:end]]),
                outputs=array("I", [slot[p] for p in rows.outputs if first + start <= p]) if end == len(rows) else here,
            ),
            (),
            self.least,
        )
        if end < len(rows):
            self.slot[first + start : first + end] = blocks.outputs
        else:
            for i, s in zip([p for p in rows.outputs if first + start <= p], blocks.outputs, strict=True):
                self.slot[i] = s
        self.parts.append(blocks)
        self.slots, self.done = blocks.slots, end

    def trim(self, repeat: Repeat) -> Repeat | None:
        """The times of a repeat in which all slots move steadily; None if they are too few."""
        clipped = clip(self.rows, repeat, self.loops)
        if not clipped:
            return None
        low, high = 0, clipped.times
        for move, row in read_operands(self.rows, clipped):
            if (
                move
                and high - low >= LEAST_TIMES
                and is_loose(self.rows, row + move * (high // 2), self.loops, clipped)
            ):
                low, high = self.find_steady(row, move, low, high)
        return clipped.part(low, high) if high - low >= LEAST_TIMES else None

    def find_steady(self, row: int, move: int, low: int, high: int) -> tuple[int, int]:
        """Of these times those around the middle one in which the slot of a row moves by as much each time."""
        slot, middle = self.slot, (low + high) // 2
        step = slot[row + (middle + 1) * move] - slot[row + middle * move]
        first, last = middle, middle + 1
        while first > low and slot[row + first * move] - slot[row + (first - 1) * move] == step:
            first -= 1
        while last < high - 1 and slot[row + (last + 1) * move] - slot[row + last * move] == step:
            last += 1
        return first, last + 1

    def write_loop(self, repeat: Repeat) -> None:
        rows, (start, period, times) = self.rows, repeat
        begin, slot = rows.first + start, self.slot
        found = [(move, row, -((row - begin) // period)) for move, row in read_operands(rows, repeat)]
        own = [move == period and row + move * (times - 1) >= begin for move, row, _ in found]
        listed = max(ago for (_, _, ago), mine in zip(found, own, strict=True) if mine)
        operands = []
        for (move, row, ago), mine in zip(found, own, strict=True):
            if mine:
                operands.append(Operand((row - begin) % period, move, ago))
            else:
                at = slot[row + listed * move]
                operands.append(Operand(at, slot[row + (listed + 1) * move] - at))
        body = Body(rows, repeat, listed, self.slots, [*zip(operands[::2], operands[1::2], strict=True)])
        steps, index = body.write(self.least and max(self.least, LARGE))
        end = self.slots + period * times
        for k, place in enumerate(body.place):
            slot[begin + k : begin + period * times : period] = array("I", range(self.slots + place, end, period))
        written: list[Step] = [*body.list_first(steps, slot), Loop(times - listed, tuple(steps))]
        self.parts.append(assemble(0, (), written, (), index, 0, self.rows.table))
        self.slots = end
        self.done = repeat.end
        self.loops.append(repeat)


def clip(rows: Rows, repeat: Repeat, loops: Sequence[Repeat]) -> Repeat | None:
    """The times in which no operand moves into these loops, from one to another, or out; None if they are too few."""
    start, period, times = repeat
    begin, low, high, waits = rows.first + start, 0, times, False
    for move, row in read_operands(rows, repeat):
        last = row + move * (times - 1)
        if not move:
            low = max(low, row >= begin)  # what is computed once stays in front of the loop
        elif last >= begin:
            ago = times - 1 - (last - begin) // period
            if move != period or ago > DEPTH:
                return None
            waits |= ago > 0
        else:
            a, b, unit = stretch(rows, row + move * (times // 2), loops, begin)
            if move % unit:
                return None
            first, steps = (a - row, b - 1 - row) if move > 0 else (row - b + 1, row - a)
            low = max(low, -(-first // abs(move)))
            high = min(high, steps // abs(move) + 1)
    return repeat.part(low, high) if waits and high - low >= LEAST_TIMES else None


def read_operands(rows: Rows, repeat: Repeat) -> Iterator[tuple[int, int]]:
    """For each operand of a time, left, right, left, right, …: how it moves, and its row in the first time."""
    start, period, _ = repeat
    before, after = rows.ends[start - 1] if start else 0, rows.ends[start + period - 1]
    for t in range(before, after):
        for side in (rows.left, rows.right):
            yield side[t + after - before] - side[t], side[t]


def stretch(rows: Rows, i: int, loops: Sequence[Repeat], end: int) -> tuple[int, int, int]:
    """The rows around row i that are leaves, or in one loop, or between two; and after how many one is like another."""
    first = begin = rows.first
    if i < first:
        return 0, first, 1
    for loop in loops:
        if i < first + loop.start:
            return begin, first + loop.start, 1
        begin = first + loop.end
        if i < begin:
            return first + loop.start, begin, loop.period
    return begin, end, 1


def is_loose(rows: Rows, i: int, loops: Sequence[Repeat], repeat: Repeat) -> bool:
    """Whether row i is computed before the repeat, and in no loop, so that its slot may be anywhere."""
    begin = rows.first + repeat.start
    return rows.first <= i < begin and stretch(rows, i, loops, begin)[2] == 1


def join(parts: Sequence[Blocks], rows: Rows, slots: int, outputs: Sequence[int]) -> Blocks:
    """The parts one by one, as one program."""
    steps, pieces, tails = array("q"), array("q"), array("q")
    index, ends = array("I"), array("I")
    columns = array("I"), array("I"), array("q"), array("q")
    for part in parts:
        first_piece, first_tail, first_row = len(pieces) // PIECE, len(tails) // TAIL, len(ends)
        for at in range(0, len(part.steps), STEP):
            form, kind, out, moves, n0, n1, n2, first, last, tail, last_tail = part.steps[at : at + STEP]
            if form == GROUP:
                first += first_row
            elif form == BLOCK:
                first, last, tail, last_tail = (
                    first + first_piece,
                    last + first_piece,
                    tail + first_tail,
                    last_tail + first_tail,
                )
            steps.extend([form, kind, out, moves, n0, n1, n2, first, last, tail, last_tail])
        for record, to, views in ((part.pieces, pieces, (1, 1 + VIEW)), (part.tails, tails, (2,))):
            size = views[-1] + VIEW
            begin = len(to)
            to.extend(record)
            for at in range(begin, len(to), size):
                for view in views:
                    if to[at + view + VIEW - 1]:  # places in the index
                        to[at + view] += len(index)
        index.extend(part.index)
        ends.extend([len(columns[0]) + end for end in part.ends])
        for column, more in zip(columns, (part.left, part.right, part.left_moves, part.right_moves), strict=True):
            column.extend(more)
    return Blocks(
        rows.inputs, rows.constants, slots, steps, pieces, tails, index, ends, *columns, array("I", outputs), rows.table
    )
