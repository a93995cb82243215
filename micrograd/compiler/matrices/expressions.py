"""Expressions over loops: what one number of an array is, for every step of the loops that run over the array.

A loop is an `Axis`. An operand says by which loops it varies; so it need not say how it is laid out or repeated, which
`operations` decides at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from micrograd.compiler.matrices.arrays import Array


@dataclass(frozen=True, eq=False)
class Axis:
    """A loop of so many steps. Two axes are the same only if they are one object."""

    size: int


@dataclass(frozen=True, eq=False)
class Time(Axis):
    """The steps of a `Loop`: what depends on them is a number or an array at each, and has no axis for them."""


@dataclass(frozen=True, eq=False)
class Loop:
    """Lines that are computed at every step from the first to the last, forwards or backwards (`by` is 1 or −1)."""

    time: Time
    first: int
    last: int
    by: int


Moves: TypeAlias = tuple[tuple[Axis, int], ...]


@dataclass(frozen=True)
class Number:
    """A known number."""

    value: float

    @property
    def axes(self) -> tuple[Axis, ...]:
        return ()


@dataclass(frozen=True)
class Table:
    """Known numbers, one for each step of its loops."""

    values: tuple[float, ...]
    axes: tuple[Axis, ...]


@dataclass(frozen=True)
class Leaf:
    """Part of an array: along each of its axes, the place is base + Σ step · loop, or that of a list at this place."""

    array: Array
    base: tuple[int, ...]
    moves: tuple[Moves, ...]
    lists: tuple[tuple[int, ...] | None, ...]

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(dict.fromkeys(axis for of in self.moves for axis, _ in of if not isinstance(axis, Time)))

    @property
    def is_whole(self) -> bool:
        """Whether each axis of the array is one loop over all of it."""
        return len(self.axes) == len(self.moves) and all(
            base == 0 and len(moves) == 1 and moves[0][1] == 1 and moves[0][0].size == size and not listed
            for base, moves, listed, size in zip(self.base, self.moves, self.lists, self.array.shape, strict=True)
        )


@dataclass(frozen=True)
class Gather:
    """Single numbers of some arrays: for each step of its loops a place among all their numbers, array after array."""

    arrays: tuple[Array, ...]
    places: tuple[int, ...]
    axes: tuple[Axis, ...]


@dataclass(frozen=True)
class Sum:
    parts: tuple[Expression, ...]

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        return union(self.parts)


@dataclass(frozen=True)
class Product:
    factors: tuple[Expression, ...]

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        return union(self.factors)


@dataclass(frozen=True)
class Total:
    """The sum of the expression over these loops."""

    of: Expression
    over: tuple[Axis, ...]

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(axis for axis in self.of.axes if axis not in self.over)


@dataclass(frozen=True)
class Call:
    """A function of numbers, by its kind; `over` is the loop over the last operand that it takes as a whole.

    Where it `keeps` that loop, it gives as many numbers.
    """

    kind: str
    operands: tuple[Expression, ...]
    over: tuple[Axis, ...] = ()
    keeps: bool = False

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(axis for axis in union(self.operands) if self.keeps or axis not in self.over)


Expression: TypeAlias = "Number | Table | Leaf | Gather | Sum | Product | Total | Call"
ONE = Number(1.0)


def union(parts: Iterable[Expression]) -> tuple[Axis, ...]:
    return tuple(dict.fromkeys(axis for part in parts for axis in part.axes))


def parts_of(e: Expression) -> tuple[Expression, ...]:
    if isinstance(e, Sum):
        return e.parts
    if isinstance(e, Product):
        return e.factors
    if isinstance(e, Call):
        return e.operands
    return (e.of,) if isinstance(e, Total) else ()


def rebuild(e: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The same with every part changed."""
    match e:
        case Sum(parts):
            return add(map(change, parts))
        case Product(factors):
            return multiply(map(change, factors))
        case Total(of, over):
            return Total(change(of), over)
        case Call(kind, operands, over, keeps):
            return Call(kind, tuple(map(change, operands)), over, keeps)
    return e


def rename(e: Expression, loops: Mapping[Axis, Axis]) -> Expression:
    """The same over other loops of the same sizes."""
    match e:
        case Table(values, axes):
            return Table(values, tuple(loops.get(axis, axis) for axis in axes))
        case Gather(arrays, places, axes):
            return Gather(arrays, places, tuple(loops.get(axis, axis) for axis in axes))
        case Call(kind, operands, over, keeps) if over:
            made = tuple(rename(operand, loops) for operand in operands)
            return Call(kind, made, tuple(loops.get(axis, axis) for axis in over), keeps)
        case Leaf(array, base, moves, lists):
            return Leaf(array, base, tuple(tuple((loops.get(a, a), k) for a, k in of) for of in moves), lists)
    return rebuild(e, lambda part: rename(part, loops))


def leaves(e: Expression) -> list[Leaf | Gather]:
    found: list[Leaf | Gather] = []
    waiting = [e]
    while waiting:
        e = waiting.pop()
        if isinstance(e, (Leaf, Gather)):
            found.append(e)
        else:
            waiting += reversed(parts_of(e))
    return found


def size(e: Expression) -> int:
    """How many operands it has."""
    return 1 if not parts_of(e) else sum(map(size, parts_of(e)))


# ---- several loops along one axis of an array


def window(moves: Moves) -> tuple[Axis, int, Axis] | None:
    """The loop that shifts a window, by how much, and the loop inside the window, if that is what two loops do."""
    if len(moves) != 2:
        return None
    (outer, step), (inner, one) = sorted(moves, key=lambda move: -move[1])  # stable
    return (outer, step, inner) if one == 1 and 0 < step < inner.size else None


def folded(base: int, moves: Moves, size: int) -> tuple[int, ...]:
    """The shape that an axis of that size takes so that each loop has an axis of its own; () if there is none.

    The axis is read from the base on. A loop may use the beginning of its axis alone.
    """
    if not moves or any(step < 1 for _, step in moves):
        return ()
    moves = tuple(sorted(moves, key=lambda move: -move[1]))
    shape = [moves[0][0].size]
    for (_, step), (inner, less) in zip(moves, moves[1:], strict=False):
        if step % less or step // less < inner.size:
            return ()
        shape.append(step // less)
    return tuple(shape) if moves[-1][1] == 1 and base + moves[0][0].size * moves[0][1] <= size else ()


# ---- sums and products in their plainest form


def add(parts: Iterable[Expression]) -> Expression:
    """The sum, without a sum in it."""
    flat: list[Expression] = []
    for part in parts:
        flat += part.parts if isinstance(part, Sum) else [part]
    return flat[0] if len(flat) == 1 else Sum(tuple(flat)) if flat else Number(0.0)


def multiply(factors: Iterable[Expression]) -> Expression:
    """The product, without a product in it, and with one number at most, which comes first."""
    flat: list[Expression] = []
    number = 1.0
    for factor in factors:
        for part in factor.factors if isinstance(factor, Product) else (factor,):
            if isinstance(part, Number):
                number *= part.value
            else:
                flat.append(part)
    if number != 1.0 or not flat:
        flat.insert(0, Number(number))
    return flat[0] if len(flat) == 1 else Product(tuple(flat))
