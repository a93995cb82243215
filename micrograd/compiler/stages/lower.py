"""From rows to blocks without looking for a pattern: independent rows of the same kind form a group."""

from __future__ import annotations

from array import array

from micrograd.compiler.stages.blocks import GROUP, Blocks
from micrograd.compiler.stages.rows import Rows


def lower(rows: Rows) -> Blocks:
    """The rows in groups, by level (the longest way from the inputs), kind and number of terms."""
    level = [0] * (rows.first + len(rows))
    groups: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    terms: dict[int, list[int]] = {}
    for (i, _, operands), kind, of in zip(rows, rows.kinds, rows.adjoint_of, strict=True):
        terms[i] = operands
        level[i] = height = 1 + max(map(level.__getitem__, operands), default=0)
        rank = len(operands), of, i
        if (group := groups.get((height, kind))) is None:
            groups[height, kind] = [rank]
        else:
            group.append(rank)

    slot = list(range(len(level)))
    computed: list[int] = []
    steps = array("q")
    for height, kind in sorted(groups):
        first, found = len(computed), sorted(groups[height, kind])
        steps.extend([GROUP, kind, rows.first + first, 0, len(found), 0, 0, first, 0, 0, 0])
        computed += [i for _, _, i in found]
    for s, i in enumerate(computed, start=rows.first):
        slot[i] = s
    slots = [slot[p] for i in computed for p in terms[i]]
    ends = array("I", [0] * len(computed))
    end = 0
    for k, i in enumerate(computed):
        ends[k] = end = end + len(terms[i]) // 2
    return Blocks(
        inputs=rows.inputs,
        constants=rows.constants,
        slots=len(level),
        steps=steps,
        pieces=array("q"),
        tails=array("q"),
        index=array("I"),
        ends=ends,
        left=array("I", slots[::2]),
        right=array("I", slots[1::2]),
        left_moves=array("q", bytes(8 * end)),
        right_moves=array("q", bytes(8 * end)),
        outputs=array("I", [slot[i] for i in rows.outputs]),
        table=rows.table,
    )
