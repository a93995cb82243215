"""From rows to blocks in C, with the signature of `roll` in Python."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence

from micrograd.compiler.stages.agenda import APPLIED, SUM
from micrograd.compiler.stages.blocks import Blocks
from micrograd.compiler.stages.fuse import TAILS
from micrograd.compiler.stages.native import extension
from micrograd.compiler.stages.rows import Rows

# For each kind the sides on which the operand of a tail may stand, as bits, and whether it is applied.
BITS = {"left": 1, "right": 2}
SIDES = bytes(sum(BITS[side] for side in TAILS.get(code, ())) + 4 * (code in APPLIED) for code in range(256))


def roll(rows: Rows, varying: Collection[int], least: int, apart: Sequence[int] = ()) -> Blocks:
    varies = bytearray(rows.inputs)
    for k in varying:
        varies[k] = 1
    slots, steps, pieces, tails, index, ends, left, right, outputs = extension.roll(
        len(rows.constants),
        rows.kinds,
        rows.ends,
        rows.left,
        rows.right,
        rows.adjoint_of,
        rows.outputs,
        varies,
        array("i", [-k for k in apart]),
        SUM,
        SIDES,
        least,
    )
    still = array("q", bytes(8 * len(left)))
    return Blocks(
        inputs=rows.inputs,
        constants=rows.constants,
        slots=slots,
        steps=steps,
        pieces=pieces,
        tails=tails,
        index=index,
        ends=ends,
        left=left,
        right=right,
        left_moves=still,
        right_moves=still,
        outputs=outputs,
        table=rows.table,
    )
