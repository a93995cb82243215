"""From a graph to sums of products: a chain of additions, with the products in it, is one row.

    v = a·b + c·d + e        is        sum [(a, b), (c, d), (e, 1)]

Rows are added from left to right, as they were written, so that the floats stay the same. Nine of ten operations of a
network disappear into such rows, and so do the derivatives of a row: ∂v/∂a is b, and an adjoint is again a sum of
products (`differentiate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from micrograd.compiler.graph import ADD, MUL, SUMMED, Graph
from micrograd.compiler.program import ONE
from micrograd.compiler.tape import STOP

SUM = "sum"
Terms = list[tuple[int, int]]


class Sums:
    """Row i is of a kind of `program.KINDS`, on the pairs of rows `terms[i]`; or an input, a constant, or `stop`.

    `alive` are the rows that stand for themselves, not as a part of another. `needed` are those that depend on what is
    differentiated by; what these are differentiated by is in the `partials` of the graph, where they are no sums.
    """

    def __init__(self, graph: Graph, needed: bytearray):
        count = len(graph.nodes)
        self.partials, self.needed = graph.partials, needed
        self.kinds = [node[0] for node in graph.nodes]
        self.terms: list[Terms] = [[]] * count
        self.numbers: dict[int, float] = {}
        self.alive = bytearray(count)
        self.adjoint_of: dict[int, int] = {}

    def row(self, terms: Terms) -> int:
        """A new sum, after all the rows there are."""
        self.kinds.append(SUM)
        self.terms.append(terms)
        self.alive.append(1)
        return len(self.kinds) - 1

    def constant(self, x: float) -> int:
        i = self.row([])
        self.kinds[i], self.numbers[i] = "constant", x
        return i


def summed(graph: Graph, roots: Iterable[int], by: Sequence[int]) -> Sums:
    """The rows for the nodes `roots` and whatever their derivatives by the nodes `by` may need."""
    nodes = graph.nodes
    needed = _dependent(graph, by)
    uses = _uses(graph, roots, needed)
    sums = Sums(graph, needed)
    kinds, all_terms, alive = sums.kinds, sums.terms, sums.alive
    for i, node in enumerate(nodes):
        if not uses[i]:
            continue
        kind = node[0]
        alive[i] = 1
        if kind == MUL:
            kinds[i], all_terms[i] = SUM, [(node[1], node[2])]
        elif kind == ADD:
            _, a, b = node
            left = all_terms[a] if uses[a] == 1 and kinds[a] == SUM else None
            right = all_terms[b] if uses[b] == 1 and kinds[b] == SUM else None
            if right is not None and len(right) > 1:
                if left is None or len(left) == 1:  # (a) + (b + c + …) is (b + c + …) + (a), to the last bit
                    a, b, left, right = b, a, right, left
                else:
                    right = None
            if left is None:
                left = [(a, ONE)]
            else:
                alive[a] = 0
            if right is None:
                left.append((b, ONE))
            else:
                alive[b] = 0
                left += right
            kinds[i], all_terms[i] = SUM, left
        elif kind == "constant":
            sums.numbers[i] = node[1]
        elif kind == "choose":
            all_terms[i] = [(node[1], node[2]), (node[3], ONE)]
        elif len(node) == 3 and kind != "pick":
            all_terms[i] = [(node[1], node[2])]
        else:
            all_terms[i] = [(operand, ONE) for operand in node[1:]]
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
    nodes, partials = graph.nodes, graph.partials
    uses = [0] * len(nodes)
    stack: list[int] = []
    for i in roots:
        if not uses[i]:
            stack.append(i)
        uses[i] += 2
    uses[ONE] += 2
    while stack:
        i = stack.pop()
        node = nodes[i]
        if node[0] == "constant":
            continue
        for p in node[1:]:
            if not uses[p]:
                stack.append(p)
            uses[p] += 1
        if needed[i] and i in partials and node[0] != STOP:
            for operand, p in partials[i]:
                if needed[operand]:
                    if not uses[p]:
                        stack.append(p)
                    uses[p] += 2
    return uses
