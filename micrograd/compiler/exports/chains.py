"""Chains: what scalar code writes as a chain of operations, and array code as one function of a row.

A chain max(max(a, b), c) is the largest of a row; the chain of comparisons by which `softmax` finds the place of the
largest value is an argmax.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from micrograd.compiler.stages.expressions import Expressions
from micrograd.compiler.tracing.tape import COMPARISONS, LESS, STOP

LARGEST, SMALLEST, PLACE = "largest()", "smallest()", "place of largest()"
CHAINS = {"max()": LARGEST, "min()": SMALLEST}

Node: TypeAlias = "tuple[Any, ...]"


class Replaced:
    """The nodes of expressions with others in some places, which are made at once in the end: see `stages.replace`."""

    def __init__(self, e: Expressions):
        self.e, self.nodes = e, e.nodes
        self.others: dict[int, Node] = {}
        self.kinds: set[str] = set()  # of the others

    def __getitem__(self, i: int) -> Node:
        return self.others.get(i) or self.nodes[i]

    def __setitem__(self, i: int, node: Node) -> None:
        self.others[i] = node
        self.kinds.add(node[0])

    def of_kinds(self, *kinds: str) -> list[int]:
        found = [i for i in self.e.of_kinds(kinds) if i not in self.others]
        if self.kinds.isdisjoint(kinds):
            return found
        return sorted([*found, *(i for i, node in self.others.items() if node[0] in kinds)])


def without_stops(nodes: Replaced) -> None:
    """A comparison has no derivative: it may compare the Values themselves as well as their numbers."""
    if not nodes.of_kinds(STOP):
        return
    for i in nodes.of_kinds(*COMPARISONS):
        kind, *operands = nodes[i]
        if any(nodes[p][0] == STOP for p in operands):
            nodes[i] = kind, *(value(nodes, p) for p in operands)


def value(nodes: Replaced, i: int) -> int:
    """The node that a detached number comes from."""
    node = nodes[i]
    return int(node[1]) if node[0] == STOP else i


def find_extremes(e: Expressions, uses: Sequence[int]) -> Mapping[int, Node]:
    """Make the last node of each chain of max, or of min, that of all its operands."""
    nodes = Replaced(e)
    for i in e.of_kinds([*CHAINS]):
        kind, *operands = nodes[i]
        if len(operands) == 2:
            first, last = operands
            inner = nodes[first]
            if inner[0] in (kind, CHAINS[kind]) and uses[first] == 1:
                nodes[i] = CHAINS[kind], *inner[1:], last
    return nodes.others


def find_places(nodes: Replaced) -> None:
    """where(x₂ > largest, 2, where(x₁ > x₀, 1, 0)), in which the largest one is chosen by the same conditions."""
    chosen = nodes.of_kinds("choose")
    rows: dict[int, tuple[int, ...]] = {i: nodes[i][1:] for i in nodes.of_kinds(LESS)} if chosen else {}
    largest = []
    for i in chosen:
        _, condition, x, before = nodes[i]
        if before in rows and nodes[condition][0] == LESS and nodes.e.number(x) == float(len(rows[before])):
            row, (_, so_far, candidate) = rows[before], nodes[condition]
            if is_largest(nodes, value(nodes, so_far), before, row):
                rows[i] = *row, candidate
                largest.append(i)
    for i in largest:
        nodes[i] = PLACE, *rows[i]


def is_largest(nodes: Replaced, i: int, place: int, row: tuple[int, ...]) -> bool:
    """Whether node i is the largest value of the row, chosen as its place is."""
    condition = place if nodes[place][0] == LESS else nodes[place][1]
    node = nodes[i]
    if node[0] != "choose" or node[1] != condition or value(nodes, node[2]) != row[-1]:
        return False
    _, before, candidate = nodes[condition]
    return bool(candidate == row[-1]) and value(nodes, node[3]) == value(nodes, before)
