"""What really happens to the root when a node is nudged: the graph is run again, that node held at its new number."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.engine import Value
from micrograd.ops import Primitive, evaluate

NUDGES = (0.01, 1e-4, 1e-6)


def moved(root: Value, order: Sequence[Value], node: Value, by: float) -> float | None:
    """By how much `root` moves when `node` moves by `by`; None where that cannot be computed.

    Only what depends on `node` is run again. It cannot be where that includes a learner's own operation, or where the
    nudge leads out of an operation's domain.
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


def tried(root: Value, order: Sequence[Value], node: Value, grad: float) -> tuple[float, float] | None:
    """A nudge small enough that the root moves by about `grad` times the nudge, and by how much it does move."""
    for by in NUDGES:
        change = moved(root, order, node, by)
        if change is not None and abs(change - grad * by) <= 0.1 * abs(grad * by) + 1e-12:
            return by, change
    return None
