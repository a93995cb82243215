"""Array operations: an expression over loops as slices, transposes, matrix products, sums and maps of whole arrays.

An operation has a name, operands and a shape; what it is called in NumPy, in LaTeX or anywhere else stands in a table
of spellings (`numpy_source`, `text`, `latex`).

    array       an array by itself                  slice       part of one: numbers, (start, stop, step), or None for
    number      a known number                                  a new axis, as in NumPy
    reshape     the same numbers in another shape   broadcast   the same numbers again along further axes
    table       known numbers in a box              transpose   with its axes in that order
    gather      single numbers by their places      windows     every window of a size, as a last axis
    matmul      A @ B                               einsum      a sum of products by its subscripts
    sum, mean   over some axes                      add, multiply, power, and the kinds of functions of a program
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from micrograd.compiler.matrices.expressions import Axis

Axes: TypeAlias = "tuple[Axis, ...]"


class Span(NamedTuple):
    """Part of an axis, as a slice of NumPy; a plain tuple of numbers lists places instead."""

    start: int | None
    stop: int | None
    step: int


ALL = Span(None, None, 1)


@dataclass(frozen=True)
class Operation:
    name: str
    operands: tuple[Operation, ...]
    shape: tuple[int, ...]
    static: Any = None

    def of(self, *operands: Operation) -> Operation:
        """The same with other operands of the same shapes."""
        return Operation(self.name, operands, self.shape, self.static)


def sizes(axes: Sequence[Axis]) -> tuple[int, ...]:
    return tuple(axis.size for axis in axes)


def scaled(number: float, factors: Sequence[Operation], shape: tuple[int, ...]) -> Operation:
    if number != 1.0:
        factors = [Operation("number", (), (), number), *factors]
    return factors[0] if len(factors) == 1 else Operation("multiply", tuple(factors), shape)


def repeated(op: Operation, own: Axes, axes: Axes) -> Operation:
    """An array with some of the axes, in their order, so that NumPy repeats it along the others."""
    if not own or own == axes[len(axes) - len(own) :]:
        return op
    inside = axes[axes.index(own[0]) :]
    index = tuple(ALL if axis in own else None for axis in inside)
    return Operation("slice", (op,), tuple(axis.size if axis in own else 1 for axis in inside), index)


def transposed(op: Operation, own: Sequence[Axis], axes: Sequence[Axis]) -> Operation:
    if tuple(own) == tuple(axes):
        return op
    return Operation("transpose", (op,), sizes(axes), tuple(list(own).index(axis) for axis in axes))
