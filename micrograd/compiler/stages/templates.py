"""What a primitive comes down to, worked out once: its nodes on operands that stand for any others.

Of the expressions that a function of `ops` runs through, only those remain that its result or a local derivative needs:
of the comparisons in `relu` none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from micrograd.compiler.stages.expressions import ADD, MUL, Graph
from micrograd.compiler.stages.program import ONE
from micrograd.ops import Primitive


class Template(NamedTuple):
    """`nodes` in their order, each with its place among the places that the operands of the later ones name."""

    nodes: list[tuple[int, tuple]]
    out: int
    partials: tuple[tuple[int, int], ...]


@lru_cache(maxsize=1024)
def template(op: Primitive, count: int, constants: tuple) -> Template:
    graph = Graph(count)
    out = graph.apply(op, range(1, 1 + count), constants)
    partials = graph.partials.get(out, ())
    wanted = {out, *(place for pair in partials for place in pair)}
    for i in range(len(graph.nodes) - 1, count, -1):
        if i in wanted and i not in graph.numbers:
            wanted.update(graph.nodes[i][1:])
    nodes = [(i, graph.nodes[i]) for i in range(1 + count, len(graph.nodes)) if i in wanted]
    return Template(nodes, out, partials)


def applied(graph: Graph, op: Primitive, operands: Sequence[int], constants: tuple) -> int:
    """What a primitive computes, as `graph.apply` would have it, which sees to operands that are known or the same."""
    if len(set(operands)) < len(operands) or not graph.numbers.keys().isdisjoint(operands):
        return graph.apply(op, operands, constants)
    nodes, out, partials = template(op, len(operands), constants)
    places = {ONE: ONE, **dict(enumerate(operands, start=1))}
    for i, node in nodes:
        kind = node[0]
        if kind == "constant":
            places[i] = graph.constant(node[1])
        elif kind == ADD:
            places[i] = graph.add(places[node[1]], places[node[2]])
        elif kind == MUL:
            places[i] = graph.mul(places[node[1]], places[node[2]])
        else:
            places[i] = graph.node(kind, *[places[p] for p in node[1:]])
    if partials:
        graph.partials[places[out]] = tuple([(places[operand], places[partial]) for operand, partial in partials])
    return places[out]
