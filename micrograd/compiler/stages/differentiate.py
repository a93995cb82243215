"""Adjoints as more sums of products: reverse mode on a program (Griewank and Walther, Evaluating Derivatives, ch. 6).

The adjoint of a row is the sum, over all rows that use it, of their adjoint times their derivative with respect to it.
For a sum of products that derivative is the other factor; for any other row it is one of the `partials`, a row already.
Through a gate passes a row of that kind, which is 0 where the partial is 0, whatever the adjoint.
"""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.compiler.stages.expressions import ADJOINT_RULES, GATE, RELU_GATE, SUM
from micrograd.compiler.stages.program import ONE
from micrograd.compiler.stages.sums import Sums


def differentiate(sums: Sums, outputs: Sequence[tuple[int, int]], by: Sequence[int]) -> list[int]:
    """The rows that hold Σ seed · ∂output/∂x for each x of `by`; `outputs` are pairs of rows (output, seed)."""
    kinds, terms, partials, needed, numbers = sums.kinds, sums.terms, sums.partials, sums.needed, sums.numbers
    gates = sums.gates
    count = len(needed)
    received: list[list[int] | None] = [None] * count
    adjoint = [-1] * count
    simpler = set(range(count)) if ADJOINT_RULES else set()  # rows whose adjoint the rules may simplify
    for output, seed in outputs:
        if needed[output]:
            received[output] = [*(received[output] or ()), ONE, seed]
    for i in range(count - 1, -1, -1):
        there = received[i]
        if there is None:
            continue
        g = adjoint[i] = _row(sums, there, i, i in simpler)
        received[i] = None
        if i in partials:
            for operand, partial in partials[i]:
                if needed[operand]:
                    pair = _through(sums, i, partial, g) if i in gates else [partial, g]
                    received[operand] = [*(received[operand] or ()), *pair]
                    if partial in numbers and g in numbers:
                        simpler.add(operand)
        elif kinds[i] == SUM:
            if g in numbers:
                simpler.update(x for k, x in enumerate(terms[i]) if terms[i][k ^ 1] in numbers)
            pairs = iter(terms[i])
            for x, y in zip(pairs, pairs, strict=True):
                if needed[x]:
                    if (there := received[x]) is None:
                        received[x] = [y, g]
                    else:
                        there += (y, g)
                if needed[y]:
                    if (there := received[y]) is None:
                        received[y] = [x, g]
                    else:
                        there += (x, g)
    missing = -1
    gradient = []
    for i in by:
        if adjoint[i] < 0 and missing < 0:
            missing = sums.constant(0.0)
        gradient.append(adjoint[i] if adjoint[i] >= 0 else missing)
    return gradient


def _through(sums: Sums, i: int, partial: int, g: int) -> list[int]:
    """The term for what passes the gate i; the 0 behind one that is always shut goes on: times inf it is nan.

    A relu is positive where its operand is, so that only one of the two has to be kept.
    """
    if partial in sums.numbers:
        return [partial, g] if sums.numbers[partial] else [ONE, sums.constant(0.0)]
    if sums.kinds[partial] == "step":
        x = sums.terms[partial][0]
        return [ONE, sums.row([i if sums.kinds[i] == "relu" and sums.terms[i][0] == x else x, g], RELU_GATE)]
    return [ONE, sums.row([partial, g], GATE)]


def _row(sums: Sums, received: list[int], i: int, simpler: bool) -> int:
    """The row for a sum: the row that is its only term, or a new one."""
    if len(received) == 2 and ONE in received:
        row = received[received[0] == ONE]
        if sums.kinds[row] in (GATE, RELU_GATE):
            sums.adjoint_of.setdefault(row, i)
        return row
    received.reverse()  # the contributions of the first rows first, and each upstream times its derivative
    row = sums.simplify(received) if simpler else sums.row(received)
    sums.adjoint_of.setdefault(row, i)
    return row
