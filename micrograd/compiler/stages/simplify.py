"""From a tape to a graph: what is never used is left out, what occurs twice is computed once."""

from __future__ import annotations

from typing import Any

from micrograd import ops
from micrograd.compiler.stages.expressions import ADD, MUL, Graph
from micrograd.compiler.stages.templates import applied
from micrograd.compiler.tracing.choices import PICK
from micrograd.compiler.tracing.tape import COMPARISONS, CONSTANT, INPUT, STOP, Tape


def simplify(tape: Tape, seeds: int = 0) -> tuple[Graph, list[int]]:
    """The graph of a tape, and for each row the node that it became (−1 for those that nothing needs).

    Its inputs are those of the tape, and then as many `seeds`.

    Sums and products, nine of ten rows, are made here and not by running `ops` on expressions; those of operands that
    are no constants as `Graph.add` and `Graph.mul` would make them.
    """
    graph = Graph(len(tape.inputs) + seeds)
    operations, operands, constants = tape.operations, tape.operands, tape.constants
    where = [-1] * len(operations)
    for k, position in enumerate(tape.inputs):
        where[position] = 1 + k
    live = needed(tape)
    nodes, found, numbers = graph.nodes, graph.found.setdefault, graph.numbers
    append, ops_add, ops_mul = nodes.append, ops.add, ops.mul
    for i, op in enumerate(operations):
        if not live[i]:
            continue
        if op is ops_mul or op is ops_add:
            a, b = operands[i]
            a, b = where[a], where[b]
            if a in numbers or b in numbers:
                where[i] = graph.mul(a, b) if op is ops_mul else graph.add(a, b)
                continue
            kind = MUL if op is ops_mul else ADD
            node = (kind, a, b)
            key = node if a <= b else (kind, b, a)
            fresh = len(nodes)
            where[i] = k = found(key, fresh)
            if k == fresh:
                append(node)
        elif op == CONSTANT:
            where[i] = graph.constant(constants[i])
        elif op != INPUT:
            where[i] = _row(graph, op, [where[p] for p in operands[i]], constants.get(i))
    return graph, where


def needed(tape: Tape) -> bytearray:
    """For each row whether a result, a guard or an effect depends on it."""
    live = bytearray(len(tape.operations))
    for root in tape.roots:
        live[root] = 1
    operands = tape.operands
    for i in range(len(live) - 1, -1, -1):
        if live[i]:
            for p in operands[i]:
                live[p] = 1
    return live


def _row(graph: Graph, op: Any, operands: list[int], constant: float | None) -> int:
    if op is ops.sub:
        return graph.sub(*operands)
    if op is ops.dot:
        n, out = len(operands) // 2, operands[-1]
        for w, x in zip(operands[:n], operands[n:-1], strict=True):
            out = graph.add(out, graph.mul(w, x))
        return out
    if op is ops.total:
        out = graph.constant(0.0)
        for x in operands:
            out = graph.add(out, x)
        return out
    if op == STOP:
        x = operands[0]
        return x if graph.number(x) is not None or graph.nodes[x][0] == STOP else graph.node(STOP, x)
    if op in COMPARISONS:
        return graph.compare(op, *operands)
    if op is PICK:
        return graph.pick(operands[0], operands[1:])
    return applied(graph, op, operands, () if constant is None else (constant,))
