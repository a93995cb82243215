"""What `backward` computes, kept beside the nodes instead of on them: no `grad` changes.

Beside `engine`, the one place that reads a node's slots: sweeping back is all that a gradient costs beyond the forward
pass, and the properties `parents` and `partials` would double it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd.engine import Value, topological


def adjoints(root: Value, targets: Iterable[Value]) -> dict[Any, float]:
    """∂root/∂v for the targets and for the nodes between them and `root`.

    Sums in the order of `root.backward()`, to the same last bit, along the operands that depend on a target only.
    """
    adjoint: dict[Any, float] = dict.fromkeys(targets, 0.0)
    between = []
    for v in topological(root):
        if v._a in adjoint or v._b in adjoint or (v._db is ... and any(p in adjoint for p in v._a)):
            adjoint[v] = 0.0
            between.append(v)
    adjoint[root] = 1.0
    for v in reversed(between):
        upstream, a, db = adjoint[v], v._a, v._db
        if db is ...:
            _push(v, upstream, adjoint)
            continue
        if a in adjoint:
            adjoint[a] += v._da * upstream
        if db is not None and v._b in adjoint:
            adjoint[v._b] += db * upstream
    return adjoint


def _push(v: Value, upstream: float, adjoint: dict[Any, float]) -> None:
    """The contributions of a node with its parents in a tuple: many of them, or an operation of the learner's own."""
    if v.partials == ():
        raise TypeError(f"the operation {v.primitive!r} has no derivative: assign its _backward")
    if v.partials is not None:
        for parent, partial in zip(v.parents, v.partials, strict=True):
            if parent in adjoint:
                adjoint[parent] += partial * upstream
        return
    # an assigned `_backward` adds to the parents' grad, so these are lent to it
    nodes = [v, *v.parents]
    kept = [p.grad for p in nodes]
    try:
        for p in v.parents:
            p.grad = adjoint.get(p, 0.0)
        v.grad = upstream
        v._backward()
        adjoint.update((p, p.grad) for p in v.parents if p in adjoint)
    finally:
        for p, grad in zip(nodes, kept, strict=True):
            p.grad = grad
