"""From rows to a program: slots in an order in which rows of a kind that do not wait for each other stand together."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.compiler.program import ONE, Program
from micrograd.compiler.sums import Sums
from micrograd.compiler.tape import STOP

LEAVES = frozenset(["input", "constant", STOP])


def used(sums: Sums, outputs: Sequence[int]) -> list[int]:
    """The rows that the rows `outputs` need, in their order, each after what it is computed from."""
    all_terms = sums.terms
    wanted = bytearray(len(sums.kinds))
    for i in outputs:
        wanted[i] = 1
    order = []
    for i in range(len(wanted) - 1, -1, -1):
        if wanted[i]:
            order.append(i)
            for x, y in all_terms[i]:
                wanted[x] = wanted[y] = 1
    order.reverse()
    return order


def lower(sums: Sums, inputs: int, outputs: Sequence[int]) -> Program:
    """Rows go by level, the longest way from the inputs, then by kind and number of terms; `stop` is no slot at all."""
    kinds, all_terms = sums.kinds, sums.terms
    order = used(sums, outputs)
    level = [0] * len(kinds)
    computed = []
    constants = []
    for i in order:
        kind = kinds[i]
        if kind in LEAVES:
            if kind == STOP:
                level[i] = level[all_terms[i][0][0]]
            elif kind == "constant" and i != ONE:
                constants.append(i)
            continue
        highest = 0
        for x, y in all_terms[i]:
            if level[x] > highest:
                highest = level[x]
            if level[y] > highest:
                highest = level[y]
        level[i] = highest + 1
        computed.append(i)
    adjoint_of = sums.adjoint_of
    computed.sort(key=lambda i: (level[i], kinds[i], len(all_terms[i]), adjoint_of.get(i, i)))

    slot = list(range(1 + inputs)) + [0] * (len(kinds) - 1 - inputs)
    for s, i in enumerate([*constants, *computed], start=1 + inputs):
        slot[i] = s
    for i in order:
        if kinds[i] == STOP:
            slot[i] = slot[all_terms[i][0][0]]

    groups: list[tuple[str, int]] = []
    ends, left, right = [], [], []
    before = None
    for i in computed:
        key = level[i], kinds[i]
        if key != before:
            groups.append((kinds[i], 0))
            before = key
        groups[-1] = kinds[i], groups[-1][1] + 1
        for x, y in all_terms[i]:
            left.append(slot[x])
            right.append(slot[y])
        ends.append(len(left))
    numbers = [sums.numbers[i] for i in constants]
    return Program(inputs, numbers, groups, ends, left, right, [slot[i] for i in outputs])
