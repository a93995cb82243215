"""Stacks: what every step of a recurrence computes anew, as one array with an axis for the steps.

The lines of a program show its steps: the same few lines come again and again, on what the steps before computed. What
such a line computes gets a home in a stack, and then the lines are written once more. So h1, h2, … become H[0], H[1],
…; what follows from all of them is one line, and a sum over the steps is a matrix product.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from micrograd.compiler.matrices.arrays import Array, Index, Places
from micrograd.compiler.matrices.expressions import (
    Axis,
    Call,
    Expression,
    Gather,
    Leaf,
    Number,
    Product,
    Table,
    Total,
    leaves,
    parts_of,
)
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.operands import Operands

FEWEST = 3  # steps
LONGEST = 60  # lines of a step
FARTHEST = 3  # steps that a line looks back


def may_repeat(lines: Sequence[Line]) -> bool:
    """Whether any look is that of as many lines as there are steps in the shortest run."""
    kinds = [(line.array.shape, type(line.expression), line.forward) for line in lines]
    counts = Counter(kinds)
    often = [line for line, kind in zip(lines, kinds, strict=True) if counts[kind] >= FEWEST]
    return max(Counter(map(look_of, often)).values(), default=0) >= FEWEST


def step_by_step(lines: Sequence[Line], operands: Operands) -> list[Line]:
    """The lines in another order, each just before it is needed: what belongs to one step stands together."""
    owner = {i: line for line in lines for i in line.rows}
    done: dict[Line, None] = {}
    for forward in (True, False):
        for last in reversed([line for line in lines if line.forward == forward]):
            if last in done:
                continue
            waiting = [(last, iter(before(last, owner, operands)))]
            while waiting:
                line, others = waiting[-1]
                if line in done:
                    waiting.pop()
                elif (other := next(others, None)) is None:
                    done[line] = None
                    waiting.pop()
                elif other not in done:
                    waiting.append((other, iter(before(other, owner, operands))))
    return [*done]


def before(line: Line, owner: Mapping[int, Line], operands: Operands) -> dict[Line, None]:
    """The lines that a line reads."""
    read = dict.fromkeys(chain.from_iterable(map(operands.terms, line.rows)))
    return dict.fromkeys(other for other in map(owner.get, read) if other is not None and other is not line)


class Run:
    """Lines from `start` on that repeat after so many: `count` of them have the same look as those a period before."""

    def __init__(self, start: int, period: int, count: int):
        self.start, self.period, self.count = start, period, count

    @property
    def end(self) -> int:
        return self.start + self.period + self.count


def find_runs(looks: Sequence[object]) -> Iterator[Run]:
    """Runs of repeating looks, one after the other, each with the shortest period."""
    numbers: dict[object, int] = {}
    kinds = [numbers.setdefault(look, len(numbers)) for look in looks]
    start = 0
    while start < len(kinds):
        best = Run(start, 0, 0)
        for period in range(1, min(LONGEST, (len(kinds) - start) // FEWEST) + 1):
            count = 0
            while start + period + count < len(kinds) and kinds[start + count] == kinds[start + period + count]:
                count += 1
            if count >= (FEWEST - 1) * period and period + count > best.period + best.count:
                best = Run(start, period, count)
        if best.period:
            yield best
        start = best.end if best.period else start + 1


def look_of(line: Line, known: bool = False) -> tuple[object, ...]:
    """What a line looks like, whichever places of arrays it reads.

    What is computed in each step is an array of its own, unless arrays are `known` to be the same for all steps.
    """
    axes: dict[Axis, int] = {}

    def number(axis: Axis) -> tuple[int, int]:
        return axes.setdefault(axis, len(axes)), axis.size

    def array(of: Array) -> object:
        return id(of) if known or of.name else (of.shape, of.role, of.of is None)

    def look(e: Expression) -> tuple[object, ...]:
        own: tuple[object, ...] = ()
        match e:
            case Number(value):
                own = (repr(value),)
            case Table(values, over):
                own = (repr(values), *map(number, over))
            case Leaf(of, _, moves, lists):
                own = array(of), tuple(tuple((number(a), k) for a, k in steps) for steps in moves), lists
            case Gather(arrays, places, over):
                own = *map(array, arrays), places, *map(number, over)
            case Total(_, over):
                own = tuple(map(number, over))
            case Call(kind, _, over, keeps):
                own = kind, *map(number, over), keeps
        return type(e).__name__, *own, *map(look, parts_of(e))

    return *map(number, line.axes), array(line.array), line.forward, line.is_flat, look(line.expression)


def find_stacks(lines: Sequence[Line], places: Places) -> dict[int, tuple[Array, Index]]:
    """Homes for the rows of arrays that the steps of recurrences compute; those that have one keep it."""
    rows: dict[Array, dict[Index, int]] = {}
    homes: dict[int, tuple[Array, Index]] = {}
    for forward in (True, False):
        own = [line for line in lines if line.forward == forward]
        for run in find_runs([look_of(line) for line in own]):
            rows = rows or rows_of(places)
            for steps in chains(own, run):
                stack = Array((len(steps), *steps[0].shape), steps[0].role)
                for t, array in enumerate(steps if forward else reversed(steps)):
                    homes |= {i: (stack, (t, *index)) for index, i in rows[array].items()}
    return homes


def rows_of(places: Places) -> dict[Array, dict[Index, int]]:
    """The rows in each array, by their indices."""
    rows: dict[Array, dict[Index, int]] = {}
    for i, code in enumerate(places.codes):
        if code >= 0:
            rows.setdefault(places.arrays[code], {})[places.index(i)] = i
    return rows


def chains(lines: Sequence[Line], run: Run) -> Iterator[list[Array]]:
    """The arrays that each line of a step computes, step by step, with those before the first that it is made from.

    Left out is what no step before has to do with.
    """
    steps = [lines[k : min(k + run.period, run.end)] for k in range(run.start, run.end, run.period)]
    reads = [[arrays_of(line) for line in step] for step in steps]
    place = {line.array: k for k, line in enumerate(steps[0])}
    own = {line.array for step in steps for line in step}
    first: dict[int, list[Array]] = {}
    late: set[Array] = set()  # arrays of the second step that depend on one of the first
    for back in range(1, min(FARTHEST, len(steps) - 1) + 1):
        for k, arrays in enumerate(reads[back]):
            for j, array in enumerate(arrays):
                if array in place:
                    late.add(steps[1][k].array)
                    found = [reads[step][k][j] for step in range(back)]
                    if all(is_computed(a) and a.shape == array.shape and a not in own for a in found):
                        first.setdefault(place[array], found)
    for line, arrays in zip(steps[1], reads[1], strict=True):
        if not late.isdisjoint(arrays):
            late.add(line.array)
    earlier = [line for line in lines[max(0, run.start - 2 * run.period) : run.start] if line.part is None]
    taken = {array for arrays in first.values() for array in arrays}
    for k, line in enumerate(steps[0]):
        arrays = [step[k].array for step in steps if k < len(step)]
        if len(steps[1]) > k and steps[1][k].array in late and all(map(is_computed, arrays)):
            if k not in first:
                like = [a for a in earlier if kin(a) == kin(line) and a.array not in taken and is_computed(a.array)]
                first[k] = [like[0].array] if like and line.forward else []
                taken |= {*first[k]}
            if len({array.shape for array in arrays}) == 1:
                yield [*first[k], *arrays]


def arrays_of(line: Line) -> list[Array]:
    return [e.array for e in leaves(line.expression) if isinstance(e, Leaf)]


def kin(line: Line) -> object:
    """By what the line of a first step, which may have less to read, is like that of later ones."""
    e = line.expression
    if not isinstance(e, (Call, Product)):
        return look_of(line)
    inputs = frozenset(array for array in arrays_of(line) if array.name)
    return line.array.shape, e.kind if isinstance(e, Call) else "product", inputs


def is_computed(array: Array) -> bool:
    """Whether the array is no input and no adjoint of another."""
    return array.role in ("computed", "backward") and array.of is None
