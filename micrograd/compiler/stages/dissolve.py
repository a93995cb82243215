"""Expressions without variables: after derivatives have been taken, each is what it is equal to.

Then equal nodes become one, and what is known is computed: the derivative at a number, for one, is a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from micrograd.compiler.stages.expressions import GATE, RELU_GATE, SUM, SUMMED, Expressions
from micrograd.compiler.stages.gradients import LEVEL, add_up, complete
from micrograd.compiler.tracing.tape import STOP, VARIABLE

READ_OFF = LEVEL | SUMMED | {SUM, "input"}  # kinds without a derivative, or with one that is read off
OF_KNOWN = frozenset([STOP, "relu", "step", GATE, RELU_GATE])  # kinds of which a known first operand decides


def dissolve(
    e: Expressions, inputs: int, roots: Iterable[int], results: Iterable[int]
) -> tuple[Expressions, list[int]]:
    """The same expressions without variables, and the place of each node that the `roots` need.

    The `results` among these may be differentiated: what they depend on has its partials.
    """
    nodes, partials = e.nodes, e.partials
    smooth = _needed(e, results, within=(STOP,))  # what may be differentiated
    inside = [x for i, pairs in partials.items() if smooth[i] for pair in pairs for x in pair]
    needed = _needed(e, [*roots, *results, *inside])
    made = Expressions(inputs)
    place = list(range(1 + inputs)) + [-1] * (len(nodes) - 1 - inputs)
    combine = made.combine
    for i in range(1 + inputs, len(nodes)):
        if needed[i]:
            kind, *operands = nodes[i]
            if kind in SUMMED:
                a, b = operands
                place[i] = combine(kind, place[a], place[b])
            else:
                place[i] = made.constant(*operands) if kind == "constant" else _again(e, made, i, place)
    for i in range(1 + inputs, len(nodes)):
        if smooth[i] and i in partials:
            _copy_partials(e, made, i, place)
    for i in sorted({place[i] for i in range(len(nodes)) if smooth[i]}):
        if i not in made.partials and made.nodes[i][0] not in READ_OFF:
            complete(made, i)
    return made, place


def _needed(e: Expressions, roots: Iterable[int], within: tuple[str, ...] = ()) -> bytearray:
    """For each node whether a root is computed from it, without looking below nodes of the kinds `within`."""
    nodes = e.nodes
    needed = bytearray(len(nodes))
    for i in roots:
        needed[i] = 1
    for i in range(len(nodes) - 1, 0, -1):
        if needed[i]:
            node = nodes[i]
            kind = node[0]
            if kind == VARIABLE:
                needed[node[1]] = 1
            elif kind != "constant" and kind not in within:
                for p in node[1:]:
                    needed[p] = 1
    return needed


def _again(e: Expressions, made: Expressions, i: int, place: list[int]) -> int:
    """The node i, made of the nodes that its operands have become."""
    kind, *operands = e.nodes[i]
    if kind == VARIABLE:
        operands.pop()  # which is no node
    at: list[int] = [place[p] for p in operands]
    if kind == VARIABLE:
        return at[0]
    if kind == SUM:
        return made.node(SUM, *at) if i in e.partials else add_up(made, at)
    if kind == "choose":
        return made.choose(*at)
    x = made.number(at[0])
    if x is None or kind not in OF_KNOWN:
        return made.node(kind, *at) if kind in OF_KNOWN else made.make(kind, *at)
    if kind == STOP or (kind == GATE and x != 0.0):
        return made.mul(*at) if kind == GATE else at[0]
    if kind == RELU_GATE and x > 0.0:
        return at[1]
    above = x if kind == "relu" else 1.0
    return made.constant(above if x > 0.0 else 0.0 if x <= 0.0 else math.nan)


def _copy_partials(e: Expressions, made: Expressions, i: int, place: list[int]) -> None:
    """Give the partials of node i to what it has become, unless that is a simpler node."""
    kind, *operands = e.nodes[i]
    k = place[i]
    if made.nodes[k][0] == kind not in SUMMED and made.nodes[k][1:] == tuple([place[p] for p in operands]):
        pairs = [(place[operand], place[partial]) for operand, partial in e.partials[i]]
        made.store(k, pairs, i in e.gates)
