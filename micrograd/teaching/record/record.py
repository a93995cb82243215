"""The record of one backward pass: every contribution, in the order in which `backward()` makes it.

Backpropagation is one small act, repeated: a node hands a parent its own grad (*upstream*) times the local derivative.
`record` lists these acts and leaves the graph as it was. It is the record of one pass: every grad starts from 0,
whatever an earlier pass has left. Every page, sentence and exercise reads this list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from micrograd._core.keeping import keep
from micrograd._core.modes import alone
from micrograd.engine import Value, topological
from micrograd.teaching.record.rules import expression, rule
from micrograd.teaching.record.spelling import as_float, bracket, fraction, grad_of, partial
from micrograd.text.names import Names
from micrograd.text.terminal import fitted
from micrograd.text.typeset import text


@dataclass(frozen=True, eq=False)
class Contribution:
    """One push along one operand: `amount = local · upstream`, and `parent.grad` goes from `before` to `after`.

    node, parent, slot    from which node, to which parent, as which operand (`a*a` has slots 0 and 1)
    upstream              ∂root/∂node, complete
    local                 ∂node/∂parent along this slot
    before, after         the parent's grad

    Of a learner's own operation only the effect is known: it makes one contribution to each parent, `amount` is what
    its `_backward()` added to that parent's grad, and `local = amount / upstream` (nan where upstream is 0).
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

    @fitted
    def __str__(self) -> str:
        """A line of a worked solution, with the grads as floats."""
        names, v, formula = self.names, self.node, rule(self.node, self.names)
        local = as_float(self.local)
        if formula.out is not None and (symbolic := formula.partials[self.slot]).kind != "number":
            local = f"{text(symbolic)} = {local}"
        factor = f"({local})" if " " in local or "−" in local else local
        before = "0" if self.before == 0 else as_float(self.before)
        return (
            f"{names[v]} = {text(expression(v, names))}   "
            f"{partial(names, self.parent)} += {partial(names, v)} · {fraction(names, v, self.parent)} = "
            f"{bracket(as_float(self.upstream))}·{factor} = {as_float(self.amount)}     "
            f"{grad_of(names, self.parent)}: {before} → {as_float(self.after)}"
        )


@alone
def record(root: Value, accumulate: bool = False) -> list[Contribution]:
    """The contributions of `root.backward()`: the same numbers in the same order, and every grad stays as it is.

    With `accumulate`, leaves start from the grads that they hold, as they do in `backward()`, instead of 0.
    """
    order = topological(root)
    names = Names(root, order)
    with borrow_grads(root, order, accumulate):
        return list(_push_all(order, names))


@contextmanager
def borrow_grads(root: Value, order: list[Value], accumulate: bool = False) -> Iterator[None]:
    """Set every grad to 0, and add the seed, 1, to the root's; restore the old grads at the end.

    With `accumulate`, leaves keep what they hold.
    """
    nodes = list({id(v): v for u in order for v in (u, *u.parents)}.values()) or [root]
    kept = keep(nodes, "grad")
    try:
        for v in order if accumulate else nodes:
            v.grad = 0.0
        root.grad += 1.0
        yield
    finally:
        any(kept)


def _push_all(order: list[Value], names: Names) -> Iterator[Contribution]:
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


def named_leaves(record: Sequence[Contribution]) -> dict[str, Contribution]:
    """The leaves that have a name, each with the last contribution to it, whose `after` is the gradient."""
    return {c.names[c.parent]: c for c in record if not c.parent.parents and c.names.has_name(c.parent)}
