"""Patterns: what scalar code writes as a chain of operations, and array code as one function of a row.

A chain max(max(a, b), c) is the largest of a row; the chain of comparisons by which `softmax` finds the place of the
largest value is an argmax.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from micrograd.compiler.stages.expressions import Expressions
from micrograd.compiler.tracing.tape import COMPARISONS, LESS, STOP

LARGEST, SMALLEST, PLACE = "largest()", "smallest()", "place of largest()"
CHAINS = {"max()": LARGEST, "min()": SMALLEST}


def find_chains(e: Expressions, roots: Iterable[int]) -> None:
    """Make the last node of each chain that the `roots` need that of all its operands."""
    kinds = {node[0] for node in e.nodes}
    if kinds & COMPARISONS:
        without_stops(e)
        find_places(e)
    if kinds & CHAINS.keys():
        find_extremes(e, count_uses(e, roots))


def without_stops(e: Expressions) -> None:
    """A comparison has no derivative: it may compare the Values themselves as well as their numbers."""
    for i, (kind, *operands) in enumerate(e.nodes):
        if kind in COMPARISONS and any(e.nodes[p][0] == STOP for p in operands):
            e.nodes[i] = kind, *(value(e, p) for p in operands)


def value(e: Expressions, i: int) -> int:
    """The node that a detached number comes from."""
    return e.nodes[i][1] if e.nodes[i][0] == STOP else i


def count_uses(e: Expressions, roots: Iterable[int]) -> Counter[int]:
    """How many of the nodes that the roots need use each node; a root has one use more."""
    uses = Counter(roots)
    for i in range(len(e.nodes) - 1, -1, -1):
        if uses[i] and e.nodes[i][0] != "constant":
            uses.update(e.nodes[i][1:])
    return uses


def find_extremes(e: Expressions, uses: Counter[int]) -> None:
    for i, (kind, *operands) in enumerate(e.nodes):
        if kind in CHAINS and len(operands) == 2:
            first, last = operands
            inner = e.nodes[first]
            if inner[0] in (kind, CHAINS[kind]) and uses[first] == 1:
                e.nodes[i] = CHAINS[kind], *inner[1:], last


def find_places(e: Expressions) -> None:
    """where(x₂ > largest, 2, where(x₁ > x₀, 1, 0)), in which the largest one is chosen by the same conditions."""
    largest: dict[int, int] = {}  # of the place so far, the node of the largest value
    rows: dict[int, tuple[int, ...]] = {}
    for i, (kind, *operands) in enumerate(e.nodes):
        if kind == LESS:
            rows[i] = tuple(operands)
        elif kind == "choose":
            condition, x, before = operands
            if before in rows and e.nodes[condition][0] == LESS and e.number(x) == float(len(rows[before])):
                row, (_, so_far, candidate) = rows[before], e.nodes[condition]
                if is_largest(e, value(e, so_far), before, row):
                    rows[i] = *row, candidate
                    largest[i] = so_far
    for i in largest:
        e.nodes[i] = PLACE, *rows[i]


def is_largest(e: Expressions, i: int, place: int, row: tuple[int, ...]) -> bool:
    """Whether node i is the largest value of the row, chosen as its place is."""
    condition = place if e.nodes[place][0] == LESS else e.nodes[place][1]
    node = e.nodes[i]
    if node[0] != "choose" or node[1] != condition or value(e, node[2]) != row[-1]:
        return False
    _, before, candidate = e.nodes[condition]
    return candidate == row[-1] and value(e, node[3]) == value(e, before)
