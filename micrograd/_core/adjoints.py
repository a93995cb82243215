"""The derivatives that `backward` computes, kept beside the nodes instead of on them: no `grad` changes.

It reads the slots of a node, as the engine does: sweeping back is all that a gradient costs beyond the forward pass,
and the properties `parents` and `partials` would double it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd._core.keeping import keep
from micrograd._core.modes import alone, entered
from micrograd._core.native import extension


def adjoints(root: Any, targets: Iterable[Any], through: bool = True) -> dict[Any, float]:
    """∂root/∂v for the targets and for the nodes between them and `root`; `through` is that of `between`.

    Sums in the order of `root.backward()`, to the same last bit, along the operands that depend on a target only.
    """
    adjoint: dict[Any, float] = dict.fromkeys(targets, 0.0)
    if extension is not None and (found := extension.adjoints(root, adjoint, through)) is not None:
        return found  # type: ignore[no-any-return]
    nodes = between(root, adjoint, through)
    adjoint[root] = 1.0
    get = adjoint.get
    for v in reversed(nodes):
        upstream, a, db = adjoint[v], v._a, v._db
        if db is ...:
            _push(v, upstream, adjoint)
            continue
        if (so_far := get(a)) is not None:
            adjoint[a] = so_far + v._da * upstream
        if db is not None and (so_far := get(v._b)) is not None:
            adjoint[v._b] = so_far + db * upstream
    return adjoint


@alone
def between(root: Any, reached: dict[Any, float], through: bool = True) -> list[Any]:
    """The nodes below `root` that depend on a key of `reached`, each after its parents; each becomes a key, with 0.

    The order is that of `engine.topological`; keys that are there already may be such nodes too. With `through=False`
    the graph below them is not searched.
    """
    if extension is not None:
        return extension.between(root, reached, through)  # type: ignore[no-any-return]
    opened, done = object(), object()
    for v in () if through else reached:
        v._seen = done
    order: list[Any] = []
    stack = [root]
    push, pop = stack.append, stack.pop
    while stack:
        v = pop()
        seen = v._seen
        if seen is opened:
            v._seen = done
            if v._a in reached or v._b in reached or (v._db is ... and any(p in reached for p in v._a)):
                reached[v] = 0.0
                order.append(v)
        elif seen is not done and v._a is not None:
            v._seen = opened
            push(v)
            if v._db is ...:
                stack += [p for p in reversed(v._a) if p._a is not None and p._seen is not done]
                continue
            if v._db is not None and v._b._a is not None and v._b._seen is not done:
                push(v._b)
            if v._a._a is not None and v._a._seen is not done:
                push(v._a)
    return order


def differentiated(v: Any) -> bool:
    """Whether v depends on a variable of a derivative whose function is running."""
    if not entered:
        return False
    reached = dict.fromkeys((x for call in entered.copy() for x in call.variables), 0.0)
    between(v, reached)
    return v in reached


def pusher(v: Any) -> Any:
    """The function by which a compiled node pushes in Values: (parents, upstream) → amounts; None for other nodes."""
    return v._b if v._db is ... else None


def _push(v: Any, upstream: float, adjoint: dict[Any, float]) -> None:
    """Push from a node that stores its parents in a tuple: it has many, or it is a learner's own operation."""
    if v.partials == ():
        raise TypeError(f"the operation {v.primitive!r} has no derivative: assign its _backward")
    if v.partials is not None:
        for parent, partial in zip(v.parents, v.partials, strict=True):
            if parent in adjoint:
                adjoint[parent] += partial * upstream
        return
    # an assigned `_backward` adds to the parents' grad, so it borrows them
    nodes = [v, *v.parents]
    kept = keep(nodes, "grad")
    try:
        for p in v.parents:
            p.grad = adjoint.get(p, 0.0)
        v.grad = upstream
        v._backward()
        adjoint.update((p, p.grad) for p in v.parents if p in adjoint)
    finally:
        any(kept)
