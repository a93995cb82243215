"""Shields: what nobody reads is finite, and so are its derivatives.

An array is a box, and some of its numbers may be in no row of the program, as the scores of causal attention above the
diagonal. Whoever differentiates the lines sends a gradient of 0 to them, and 0 · inf is nan. So functions that may
leave the finite numbers get the number 1 there: at 1 each is finite, with its derivative.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import product

from micrograd.compiler.matrices.arrays import Index, Places
from micrograd.compiler.matrices.expressions import Axis, Call, Expression, Number, rebuild
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.views import numbers
from micrograd.compiler.stages.program import name_of

# Finite where their operands are, with their derivatives; of a quotient the first operand.
FINITE = frozenset(
    "relu step less equal choose detached abs max min sign floor ceil trunc clip hardtanh relu6 where tanh sigmoid "
    "softplus erf erfc sin cos atan asinh softsign silu gelu mish".split()
    + ["at most", "relu gate", "gate"]
)


def shield(lines: Sequence[Line], places: Places) -> None:
    for line in lines:
        filled = places.filled[line.array]
        if line.part is None and line.axes and len(filled) < line.array.size:
            there = array("I", filled)
            read = {*zip(*(line.array.along(k, there) for k in range(len(line.array.shape))), strict=True)}
            line.expression = shielded(line.expression, Read(line.axes, read))


class Read:
    """Which steps of some loops compute a number that is read."""

    def __init__(self, axes: tuple[Axis, ...], filled: set[Index]):
        self.axes, self.filled = axes, filled

    def over(self, axes: tuple[Axis, ...]) -> Expression:
        """Whether any is, over some of the loops alone, as 1 or 0."""
        kept = [k for k, axis in enumerate(self.axes) if axis in axes]
        found = {tuple(index[k] for k in kept) for index in self.filled}
        own = tuple(self.axes[k] for k in kept)
        return numbers([float(index in found) for index in product(*(range(axis.size) for axis in own))], own)


def shielded(e: Expression, read: Read) -> Expression:
    """The expression with 1 as the operands of its functions, where it is not read."""
    e = rebuild(e, lambda part: shielded(part, read))
    if not isinstance(e, Call) or e.over or name_of(e.kind) in FINITE:
        return e
    first = 1 if e.kind == "div" else 0
    return Call(e.kind, (*e.operands[:first], *(or_one(operand, read) for operand in e.operands[first:])))


def or_one(e: Expression, read: Read) -> Expression:
    is_read = read.over(e.axes)
    return e if is_read == Number(1.0) else Call("choose", (is_read, e, Number(1.0)))
