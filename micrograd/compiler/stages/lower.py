"""From rows to a program: independent rows of the same kind are grouped, and each gets a slot."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from micrograd.compiler.stages.program import ONE, Program
from micrograd.compiler.stages.sums import Sums
from micrograd.compiler.tracing.tape import STOP

LEAVES = frozenset(["input", "constant", STOP])


def find_used(sums: Sums, outputs: Sequence[int]) -> list[int]:
    """The rows needed for the rows `outputs`, each after those it is computed from."""
    terms = sums.terms
    wanted = bytearray(len(sums.kinds))
    for i in outputs:
        wanted[i] = 1
    order = []
    for i in range(len(wanted) - 1, -1, -1):
        if wanted[i]:
            order.append(i)
            for p in terms[i]:
                wanted[p] = 1
    order.reverse()
    return order


def lower(sums: Sums, order: Sequence[int], inputs: int, outputs: Sequence[int]) -> Program:
    """The program of the rows `order`, by level (the longest way from the inputs), kind and number of terms.

    A `stop` has no slot of its own, but that of its operand.
    """
    kinds, terms, adjoint_of = sums.kinds, sums.terms, sums.adjoint_of
    level = [0] * len(kinds)
    constants, stops = [], []
    groups: dict[tuple[int, str], list[tuple[int, int, int]]] = {}
    for i in order:
        kind, operands = kinds[i], terms[i]
        if kind in LEAVES:
            if kind == STOP:
                stops.append(i)
                level[i] = level[operands[0]]
            elif kind == "constant" and i != ONE:
                constants.append(i)
            continue
        level[i] = height = 1 + max(map(level.__getitem__, operands), default=0)
        rank = len(operands), adjoint_of.get(i, i), i
        if (group := groups.get((height, kind))) is None:
            groups[height, kind] = [rank]
        else:
            group.append(rank)

    keys = sorted(groups)
    computed = [i for key in keys for _, _, i in sorted(groups[key])]
    slot = list(range(1 + inputs)) + [0] * (len(kinds) - 1 - inputs)
    for s, i in enumerate([*constants, *computed], start=1 + inputs):
        slot[i] = s
    for i in stops:
        slot[i] = slot[terms[i][0]]
    slots = [slot[p] for i in computed for p in terms[i]]
    return Program(
        inputs=inputs,
        constants=[sums.numbers[i] for i in constants],
        groups=[(kind, len(groups[height, kind])) for height, kind in keys],
        ends=list(accumulate([len(terms[i]) // 2 for i in computed])),
        left=slots[::2],
        right=slots[1::2],
        outputs=[slot[i] for i in outputs],
    )
