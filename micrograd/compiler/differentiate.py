"""Adjoints as more sums of products: reverse mode on a program (Griewank and Walther, Evaluating Derivatives, ch. 6).

The adjoint of a row is the sum, over all rows that use it, of their adjoint times their derivative by it. For a sum of
products that derivative is the other factor; for any other row it is one of the `partials`, a row already.
"""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.compiler.program import ONE
from micrograd.compiler.sums import SUM, Sums, Terms


def differentiate(sums: Sums, outputs: Sequence[tuple[int, int]], by: Sequence[int]) -> list[int]:
    """The rows that hold Σ seed · ∂output/∂x for each x of `by`; `outputs` are pairs of rows (output, seed)."""
    kinds, all_terms, partials, needed = sums.kinds, sums.terms, sums.partials, sums.needed
    count = len(needed)
    received: list[Terms | None] = [None] * count
    adjoint = [-1] * count
    for output, seed in outputs:
        if needed[output]:
            received[output] = [*(received[output] or ()), (seed, ONE)]
    for i in range(count - 1, -1, -1):
        terms = received[i]
        if terms is None:
            continue
        g = adjoint[i] = _row(sums, terms, i)
        received[i] = None
        if kinds[i] == SUM:
            pairs = all_terms[i]
            for x, y in pairs:
                if needed[x]:
                    if (there := received[x]) is None:
                        received[x] = [(g, y)]
                    else:
                        there.append((g, y))
                if needed[y]:
                    if (there := received[y]) is None:
                        received[y] = [(g, x)]
                    else:
                        there.append((g, x))
        elif i in partials:
            for operand, partial in partials[i]:
                if needed[operand]:
                    if (there := received[operand]) is None:
                        received[operand] = [(g, partial)]
                    else:
                        there.append((g, partial))
    missing = -1
    gradient = []
    for i in by:
        if adjoint[i] < 0 and missing < 0:
            missing = sums.constant(0.0)
        gradient.append(adjoint[i] if adjoint[i] >= 0 else missing)
    return gradient


def _row(sums: Sums, terms: Terms, i: int) -> int:
    """The row for a sum: the row that is its only term, or a new one."""
    if len(terms) == 1:
        ((x, y),) = terms
        if y == ONE:
            return x
        if x == ONE:
            return y
    terms.reverse()  # the contributions of the first rows first
    row = sums.row(terms)
    sums.adjoint_of[row] = i
    return row
