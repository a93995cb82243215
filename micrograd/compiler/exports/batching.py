"""Batching: operations on one example as the same operations on many, with a first axis for the examples.

What the arguments reach gets that axis; parameters and known numbers stay as they are. An operation keeps the shape
that it has for one example, so that its number of axes is known; `static` counts the first axis.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.expressions import Gather
from micrograd.compiler.matrices.families import OF_ROWS
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.operations import ALL, Operation, Span

BATCH = "z"  # the subscript of the examples
LETTERS = "abcdefgh"


class Batching:
    """Knows which arrays have an axis of examples: the arguments, and what is computed from them.

    Those `listed` are lists of what they hold along their first axis.
    """

    def __init__(self, arguments: Iterable[Array]):
        self.varying = set(arguments)
        self.listed = set[Array]()

    def line(self, line: Line, op: Operation) -> Operation:
        """What the line computes, for many examples."""
        made, varies = self.of(op)
        if not varies and line.array in self.listed and line.array in self.varying:
            return Operation("expand", (made,), op.shape, line.array)  # as the other steps
        if varies:
            self.varying.add(line.array)
            missing = len(line.array.shape) - len(op.shape) if line.part is None else 0
            return aligned(made, True, len(op.shape) + missing)
        return made

    def of(self, op: Operation) -> tuple[Operation, bool]:
        """The operation for many examples, and whether it has an axis for them."""
        if op.name == "array":
            varies = op.static in self.varying
            return Operation("stacked", (op,), op.shape, int(varies)) if op.static in self.listed else op, varies
        if op.name == "slice" and op.operands[0].name == "array" and op.operands[0].static in self.listed:
            array, varies = op.operands[0], op.operands[0].static in self.varying
            at, *rest = op.static
            if isinstance(at, int):
                step = Operation("item", (array,), array.shape[1:], at)
                if all(part == ALL for part in rest):
                    return step, varies
                of = Operation("slice", (step,), op.shape, tuple(rest))
                return (slices(of, [(step, True)]) if varies else of), varies
        if op.name == "gather":
            gather: Gather = op.static
            varying = [array for array in gather.arrays if array in self.varying]
            if varying:
                return Operation("gathers", (), op.shape, (gather, frozenset(varying))), True
            return op, False
        parts = [self.of(part) for part in op.operands]
        varies = any(varying for _, varying in parts)
        if not varies:
            return op.of(*(part for part, _ in parts)), False
        if op.name in SPECIAL:
            return SPECIAL[op.name](op, parts), True
        rank = len(op.shape)
        if op.name in OF_ROWS:
            *others, (row, row_varies) = parts
            made = [aligned(part, varying, rank) for part, varying in others]
            return op.of(*made, aligned(row, row_varies, rank + 1)), True
        return op.of(*(aligned(part, varying, rank) for part, varying in parts)), True


def aligned(op: Operation, varies: bool, rank: int) -> Operation:
    """The operation with as many axes, so that the first one meets that of others."""
    missing = rank - len(op.shape)
    if not varies or missing <= 0:
        return op
    index = (ALL, *(None,) * missing)
    return Operation("slice", (op,), (*(1,) * missing, *op.shape), (*index, *(ALL,) * len(op.shape)))


Parts = list[tuple[Operation, bool]]


def slices(op: Operation, parts: Parts) -> Operation:
    index = (ALL, *op.static)
    made = Operation("slice", (parts[0][0],), op.shape, index)
    lists = [k for k, part in enumerate(op.static) if isinstance(part, tuple) and not isinstance(part, Span)]
    special = [k for k, part in enumerate(op.static) if part is not None and not isinstance(part, Span)]
    if lists and special != list(range(special[0], special[-1] + 1)):  # then the axis of the lists comes first
        return Operation("transpose", (made,), op.shape, (1, 0, *range(2, 1 + len(op.shape))))
    return made


def reshaped(op: Operation, parts: Parts) -> Operation:
    return Operation("reshape", (parts[0][0],), (-1, *op.shape))


def repeated(op: Operation, parts: Parts) -> Operation:
    return Operation("expand", (aligned(parts[0][0], True, len(op.shape)),), op.shape)


def transposed(op: Operation, parts: Parts) -> Operation:
    return Operation("transpose", (parts[0][0],), op.shape, (0, *(1 + axis for axis in op.static)))


def windows(op: Operation, parts: Parts) -> Operation:
    return Operation("windows", (parts[0][0],), op.shape, tuple((1 + axis, size) for axis, size in op.static))


def reduced(op: Operation, parts: Parts) -> Operation:
    return Operation(op.name, (parts[0][0],), op.shape, tuple(1 + axis for axis in op.static))


def einsum(op: Operation, parts: Parts) -> Operation:
    operands, out = op.static.split("->")
    texts = [BATCH * varies + text for text, (_, varies) in zip(operands.split(","), parts, strict=True)]
    return Operation("einsum", tuple(part for part, _ in parts), op.shape, f"{','.join(texts)}->{BATCH}{out}")


def matmul(op: Operation, parts: Parts) -> Operation:
    """A matrix product, written so that engines see one."""
    (a, left), (b, right) = parts
    ranks = len(a.shape), len(b.shape)
    if ranks == (1, 1) and left and right:
        return Operation("sum", (Operation("multiply", (a, b), a.shape),), (), (1,))
    if ranks == (1, 1) and right:
        return op.of(b, a)
    if ranks == (2, 1) and right and not left:
        return op.of(b, turned(a))
    if not right and ranks[1] <= 2 or ranks == (2, 2) or (ranks[0] == ranks[1] and ranks[0] > 2):
        return op.of(a, b)
    if ranks == (1, 2) and not left:
        return op.of(a, b)
    rows = LETTERS[: ranks[0] - 1]
    columns = "y" if ranks[1] > 1 else ""
    if ranks[1] > 2:
        shared = rows[: ranks[1] - 2]
        text = f"{rows}x,{shared}xy->{rows}{columns}"
    else:
        text = f"{rows}x,x{columns}->{rows}{columns}"
    return einsum(Operation("einsum", (a, b), op.shape, text), parts)


def turned(op: Operation) -> Operation:
    """The transpose of a matrix."""
    if op.name == "transpose":
        return op.operands[0]
    return Operation("transpose", (op,), op.shape[::-1], (1, 0))


SPECIAL: dict[str, Any] = {
    **{"slice": slices, "reshape": reshaped, "broadcast": repeated, "transpose": transposed},
    **{"windows": windows, "sum": reduced, "mean": reduced, "einsum": einsum, "matmul": matmul},
}
