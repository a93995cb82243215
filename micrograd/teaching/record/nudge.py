"""How far the root really moves when a node is nudged: the graph is run again with that node held at its new number."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.engine import Value
from micrograd.ops import Primitive, evaluate

NUDGES = (0.01, 1e-4, 1e-6)  # tried in this order


def measure(root: Value, order: Sequence[Value], node: Value, by: float) -> float | None:
    """How far `root` moves when `node` moves by `by`; None if that cannot be computed.

    Only what depends on `node` is run again. This fails at a learner's own operation, or if the nudge leaves the domain
    of an operation.
    """
    data = {id(node): node.data + by}
    for v in order:
        if v is node or not any(id(p) in data for p in v.parents):
            continue
        if not isinstance(v.primitive, Primitive):
            return None
        operands = [data.get(id(p), p.data) for p in v.parents]
        try:
            data[id(v)] = evaluate(v.primitive, operands, v.constants, [""] * len(operands))[0]
        except (ArithmeticError, ValueError):
            return None
    return data.get(id(root), root.data) - root.data


def find_nudge(root: Value, order: Sequence[Value], node: Value, grad: float) -> tuple[float, float] | None:
    """A nudge so small that the root moves by about `grad` times the nudge, and how far it does move."""
    for by in NUDGES:
        change = measure(root, order, node, by)
        if change is not None and abs(change - grad * by) <= 0.1 * abs(grad * by) + 1e-12:
            return by, change
    return None
