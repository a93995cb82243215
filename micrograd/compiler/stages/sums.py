"""From a graph to sums of products: a chain of additions, with the products in it, is one row.

    v = a·b + c·d + e        is        sum [(a, b), (c, d), (e, 1)]

Rows are added from left to right, as they were written, so that the floats stay the same. Nine of ten operations of a
network disappear into such rows, and so do the derivatives of a row: ∂v/∂a is b, and an adjoint is again a sum of
products (`differentiate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from micrograd.compiler.stages.expressions import ADD, MUL, SUMMED, Graph
from micrograd.compiler.stages.program import ONE

SUM = "sum"


class Sums:
    """Row i is of a kind of `program.KINDS`, on the rows `terms[i]`, of which two make a term; or an input, a constant,
    or `stop`.

    `needed` are the rows that depend on what is differentiated by; where they are no sums, the `partials` of the graph
    say how.
    """

    def __init__(self, graph: Graph, needed: bytearray):
        self.partials, self.needed = graph.partials, needed
        self.kinds = [node[0] for node in graph.nodes]
        self.terms: list[list[int]] = [[]] * len(graph.nodes)
        self.numbers = dict(graph.numbers)
        self.adjoint_of: dict[int, int] = {}

    def row(self, terms: list[int], kind: str = SUM) -> int:
        """A new row, after all there are."""
        self.kinds.append(kind)
        self.terms.append(terms)
        return len(self.kinds) - 1

    def constant(self, x: float) -> int:
        i = self.row([], "constant")
        self.numbers[i] = x
        return i


def summed(graph: Graph, roots: Iterable[int], by: Sequence[int]) -> Sums:
    """The rows for the nodes `roots` and whatever their derivatives by the nodes `by` may need."""
    needed = _dependent(graph, by)
    uses = _uses(graph, roots, needed)
    sums = Sums(graph, needed)
    kinds, terms = sums.kinds, sums.terms
    for i, node in enumerate(graph.nodes):
        if not uses[i]:
            continue
        kind = node[0]
        if kind == MUL:
            kinds[i], terms[i] = SUM, [node[1], node[2]]
        elif kind == ADD:
            _, a, b = node
            left = terms[a] if uses[a] == 1 and kinds[a] == SUM else None
            right = terms[b] if uses[b] == 1 and kinds[b] == SUM else None
            if right is not None and len(right) > 2:
                if left is None or len(left) == 2:  # (a) + (b + c + …) is (b + c + …) + (a), to the last bit
                    a, b, left, right = b, a, right, left
                else:
                    right = None
            if left is None:
                left = [a, ONE]
            left += (b, ONE) if right is None else right
            kinds[i], terms[i] = SUM, left
        elif len(node) == 3 and kind != "pick":
            terms[i] = [node[1], node[2]]
        elif kind == "choose":
            terms[i] = [node[1], node[2], node[3], ONE]
        elif kind != "constant":
            terms[i] = [p for operand in node[1:] for p in (operand, ONE)]
    return sums


def _dependent(graph: Graph, by: Sequence[int]) -> bytearray:
    """For each node whether it depends on one of the nodes `by`, in a way that can be differentiated."""
    dependent = bytearray(len(graph.nodes))
    for i in by:
        dependent[i] = 1
    partials = graph.partials
    for i, node in enumerate(graph.nodes):
        if node[0] in SUMMED:
            if dependent[node[1]] or dependent[node[2]]:
                dependent[i] = 1
        elif i in partials and any(dependent[operand] for operand, _ in partials[i]):
            dependent[i] = 1
    return dependent


def _uses(graph: Graph, roots: Iterable[int], needed: bytearray) -> list[int]:
    """How many rows use each node; results and partials count as used often, so that they stay rows of their own."""
    nodes = graph.nodes
    uses = [0] * len(nodes)
    uses[ONE] = 2
    for i in roots:
        uses[i] += 2
    for i, pairs in graph.partials.items():
        if needed[i]:
            for operand, partial in pairs:
                if needed[operand]:
                    uses[partial] += 2
    for i in range(len(nodes) - 1, 0, -1):
        if uses[i]:
            node = nodes[i]
            if node[0] != "constant":
                for p in node[1:]:
                    uses[p] += 1
    return uses
