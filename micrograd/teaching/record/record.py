"""The record of one backward pass: every contribution, in the order in which `backward()` makes it.

Backpropagation is one small act, repeated: a node hands a parent its own grad (*upstream*) times the local derivative.
`record` makes the list of these acts and leaves the graph as it was. Everything that is shown anywhere is read from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from micrograd.engine import Value, topological
from micrograd.text.names import Names


@dataclass(frozen=True, eq=False)
class Contribution:
    """One push along one operand: `amount = local · upstream`, and `parent.grad` goes from `before` to `after`.

    node, parent, slot    from which node, to which parent, and which operand that is (`a*a` has slots 0 and 1)
    upstream              ∂root/∂node, complete
    local                 ∂node/∂parent along this slot
    before, after         the parent's grad; a leaf starts from the grad that it already has

    A learner's own operation is known by what it does: one contribution for each parent, `amount` is what its
    `_backward()` added to that parent's grad, and `local = amount / upstream` (nan where upstream is 0).
    """

    node: Value
    parent: Value
    slot: int
    upstream: float
    local: float
    amount: float
    before: float
    after: float
    names: Names = field(repr=False)

    def __str__(self) -> str:
        from micrograd.teaching.words.telling import line

        return line(self)


def record(root: Value) -> list[Contribution]:
    """The contributions of `root.backward()`, the same numbers in the same order; no grad is changed."""
    order = topological(root)
    names = Names(root, order)
    with borrowed(root, order):
        return list(_pushes(order, names))


@contextmanager
def borrowed(root: Value, order: list[Value]) -> Iterator[None]:
    """Inside, the grads are those after the seed, 1 on the root and 0 on other interior nodes; then the old ones."""
    nodes = {id(v): v for u in order for v in (u, *u.parents)} or {id(root): root}
    kept = [(v, v.grad) for v in nodes.values()]
    for v in order:
        v.grad = 0.0
    root.grad += 1.0
    try:
        yield
    finally:
        for v, grad in kept:
            v.grad = grad


def _pushes(order: list[Value], names: Names) -> Iterator[Contribution]:
    for v in reversed(order):
        upstream = v.grad
        if v.partials is None:
            parents = {id(p): (slot, p) for slot, p in reversed(list(enumerate(v.parents)))}
            before = {key: p.grad for key, (_, p) in parents.items()}
            v._backward()
            for key, (slot, p) in sorted(parents.items(), key=lambda item: item[1][0]):
                amount = p.grad - before[key]
                local = amount / upstream if upstream else float("nan")
                yield Contribution(v, p, slot, upstream, local, amount, before[key], p.grad, names)
            continue
        for slot, (p, local) in enumerate(zip(v.parents, v.partials, strict=True)):
            before_, amount = p.grad, local * upstream
            p.grad += amount
            yield Contribution(v, p, slot, upstream, local, amount, before_, p.grad, names)
