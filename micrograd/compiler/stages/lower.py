"""From rows to a program: independent rows of the same kind are grouped, and each gets a slot."""

from __future__ import annotations

from itertools import accumulate

from micrograd.compiler.stages.program import Program
from micrograd.compiler.stages.rows import Rows


def lower(rows: Rows) -> Program:
    """The program of the rows, by level (the longest way from the inputs), kind and number of terms."""
    level = [0] * (rows.first + len(rows))
    groups: dict[tuple[int, str], list[tuple[int, int, int]]] = {}
    terms: dict[int, list[int]] = {}
    for (i, kind, operands), of in zip(rows, rows.adjoint_of, strict=True):
        terms[i] = operands
        level[i] = height = 1 + max(map(level.__getitem__, operands), default=0)
        rank = len(operands), of, i
        if (group := groups.get((height, kind))) is None:
            groups[height, kind] = [rank]
        else:
            group.append(rank)

    keys = sorted(groups)
    computed = [i for key in keys for _, _, i in sorted(groups[key])]
    slot = list(range(len(level)))
    for s, i in enumerate(computed, start=rows.first):
        slot[i] = s
    slots = [slot[p] for i in computed for p in terms[i]]
    return Program(
        inputs=rows.inputs,
        constants=rows.constants.tolist(),
        groups=[(kind, len(groups[height, kind])) for height, kind in keys],
        ends=list(accumulate([len(terms[i]) // 2 for i in computed])),
        left=slots[::2],
        right=slots[1::2],
        outputs=[slot[i] for i in rows.outputs],
    )
