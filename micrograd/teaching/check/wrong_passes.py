"""Mistaken backward passes, as hypotheses about a learner's own.

These are the mistakes of `record.mistakes`, made everywhere or in one operation only, and those that only code can
make: a wrong order of the nodes, an operand or the seed forgotten. Each predicts the grads after its pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from micrograd.engine import Value
from micrograd.ops import Primitive
from micrograd.teaching.record.mistake import Mistake
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.record import Contribution

FORGOTTEN = "local derivative forgotten"
AGAIN = next(mistake for mistake in MISTAKES if mistake.again)


@dataclass(frozen=True)
class WrongOrder:
    """A backward pass in a wrong order: each contribution uses the grad that its node has by then.

    The parents are visited in the order of the operands, or, unless `in_order`, in this or the opposite one (a set has
    sometimes one, sometimes the other). A parent in two slots may be visited once or twice.
    """

    name: str
    order: Callable[[Graph], Iterator[Contribution]]
    in_order: bool


@dataclass(frozen=True)
class Overwritten:
    """`=` instead of `+=` in one operation."""

    name: str
    operation: str


@dataclass(frozen=True)
class Restarted:
    """Each node calls the whole `backward` of its parents, which sets their grads to 1."""

    name: str = "backward called on the parents"


WrongPass = Mistake | WrongOrder | Overwritten | Restarted


class Graph:
    """The contributions of a record by their node, as a walk sees them."""

    def __init__(self, record: Sequence[Contribution], last_first: bool, repeated: bool):
        self.root, self.repeated, self.nodes = record[0].node, repeated, dict[int, list[Contribution]]()
        for c in record:
            self.nodes.setdefault(id(c.node), []).append(c)
        if last_first:
            self.nodes = {key: group[::-1] for key, group in self.nodes.items()}

    def pushes(self, v: Value) -> list[Contribution]:
        return self.nodes.get(id(v), [])

    def parents(self, v: Value) -> list[Value]:
        found = [c.parent for c in self.pushes(v)]
        return found if self.repeated else list({id(p): p for p in found}.values())


# ---- orders


def recursion(graph: Graph) -> Iterator[Contribution]:
    """A node pushes, then each of its parents does the same, however often it has done so before."""

    def go(v: Value) -> Iterator[Contribution]:
        yield from graph.pushes(v)
        for p in graph.parents(v):
            yield from go(p)

    return go(graph.root)


def first_come(graph: Graph) -> Iterator[Contribution]:
    """Depth first from the result, each node once: it may push before its last contribution has arrived."""
    seen: set[int] = set()

    def go(v: Value) -> Iterator[Contribution]:
        if id(v) not in seen:
            seen.add(id(v))
            yield from graph.pushes(v)
            for p in graph.parents(v):
                yield from go(p)

    return go(graph.root)


def by_level(graph: Graph) -> Iterator[Contribution]:
    """Breadth first from the result, each node once."""
    queue = [graph.root]
    for v in queue:
        yield from graph.pushes(v)
        queue += [p for p in graph.parents(v) if all(p is not q for q in queue)]


def unmarked(graph: Graph) -> Iterator[Contribution]:
    """The topological sort without a set of visited nodes: the list has a node once for each path to it."""
    order: list[Value] = []

    def visit(v: Value) -> None:
        for p in graph.parents(v):
            visit(p)
        order.append(v)

    visit(graph.root)
    for v in reversed(order):
        yield from graph.pushes(v)


def from_the_leaves(graph: Graph) -> Iterator[Contribution]:
    """The topological order, not reversed."""
    for group in reversed(graph.nodes.values()):
        yield from group


ORDERS = tuple(
    WrongOrder(name, order, in_order)
    for name, order in (
        ("recursion without order", recursion),
        ("pushed before complete", first_come),
        ("pushed before complete", by_level),
        ("nodes visited more than once", unmarked),
        ("order not reversed", from_the_leaves),
    )
    for in_order in (True, False)
)


# ---- operands


def _exchange(c: Contribution, u: float) -> float:
    partials = c.node.partials or ()
    symmetric = len(partials) != 2 or getattr(c.node.primitive, "name", "") == "mul"
    return u * (c.local if symmetric else partials[1 - c.slot])


def _is_left(c: Contribution) -> bool:
    return c.slot == 0 and len(c.node.parents) == 2


OPERANDS = (  # their advice is in `advice.py`, like everything about code
    Mistake("seed forgotten", "", seed=lambda root: 0.0),
    Mistake("the left operand forgotten", "", lambda c, u: 0.0 if _is_left(c) else c.local * u),
    Mistake("the right operand forgotten", "", lambda c, u: 0.0 if c.slot == 1 else c.local * u),
    Mistake("nothing is handed on", "", lambda c, u: 0.0),
    Mistake("derivatives of the operands exchanged", "", _exchange),
)
EVERYWHERE: tuple[WrongPass, ...] = (*(m for m in MISTAKES if not m.again), *OPERANDS, *ORDERS, Restarted())

RULES: tuple[WrongPass, ...] = tuple(  # those that one can make with a pencil, working out a derivative
    m
    for m in (*MISTAKES, *OPERANDS)
    if m.touches in ("amount", "sum") and not (m.early or m.again or m.eager or m.name == FORGOTTEN)
)


def operation(c: Contribution) -> str:
    return c.node.primitive.name if isinstance(c.node.primitive, Primitive) else ""


@cache
def within(name: str) -> tuple[WrongPass, ...]:
    """The mistakes of a contribution, made in one operation only."""
    return (*_within(name), Overwritten("overwritten: = instead of +=", name))


def _within(name: str) -> Iterator[Mistake]:
    for mistake in (*MISTAKES, *OPERANDS):
        if name in ("sub", "neg", "relu") and mistake.name == FORGOTTEN:
            continue  # for these operations it has a name of its own: minus lost, gate ignored
        if mistake.touches == "amount" and not mistake.again:
            yield replace(mistake, amount=_only_in(name, mistake.amount))


def _only_in(name: str, amount: Callable[[Contribution, float], float]) -> Callable[[Contribution, float], float]:
    return lambda c, u: amount(c, u) if operation(c) == name else c.local * u


# ---- the grads that they leave


class Seen:
    """A record, and the ways in which a pass may go through it."""

    def __init__(self, record: Sequence[Contribution]):
        self.record = record

    @cached_property
    def orders(self) -> list[list[Contribution]]:
        return orders(self.record)

    @cached_property
    def in_order(self) -> list[Graph]:
        return self._graphs(last_first=False)

    @cached_property
    def in_either_order(self) -> list[Graph]:
        return self.in_order + self._graphs(last_first=True)

    def _graphs(self, last_first: bool) -> list[Graph]:
        slots = {(id(c.node), id(c.parent)) for c in self.record}
        repeats = (False, True) if len(slots) < len(self.record) else (False,)
        return [Graph(self.record, last_first, repeated) for repeated in repeats]

    @cached_property
    def operations(self) -> frozenset[str]:
        return frozenset(map(operation, self.record))


def grads_after(wrong_pass: WrongPass, seen: Seen) -> Iterator[dict[int, float]]:
    """The grads after the mistaken pass, by id, for each order of nodes or operands that a right pass could have."""
    root = seen.record[0].node
    if isinstance(wrong_pass, WrongOrder):
        for graph in seen.in_order if wrong_pass.in_order else seen.in_either_order:
            yield _push(wrong_pass.order(graph), root, "")
        return
    if isinstance(wrong_pass, Restarted):
        yield {id(c.parent): 1.0 for c in seen.record}
        return
    for order in seen.orders:
        if isinstance(wrong_pass, Overwritten):
            yield _push(order, root, wrong_pass.operation)
        else:
            run = wrong_pass.run(order)
            yield {id(c.parent): after for c, (_, after) in zip(order, run, strict=True)}


def _push(pushes: Iterable[Contribution], root: Value, overwriting: str) -> dict[int, float]:
    grads = {id(root): 1.0}
    for c in pushes:
        amount = c.local * grads.get(id(c.node), 0.0)
        before = 0.0 if overwriting and operation(c) == overwriting else grads.get(id(c.parent), 0.0)
        grads[id(c.parent)] = before + amount
    return grads


def orders(record: Sequence[Contribution], most: int = 6) -> list[list[Contribution]]:
    """The record in the orders that a topological sort could give, at most `most` of them."""
    groups: dict[int, list[Contribution]] = {}
    for c in record:
        groups.setdefault(id(c.node), []).append(c)
    found: list[list[Contribution]] = []

    def extend(done: list[Contribution], left: dict[int, list[Contribution]]) -> None:
        if not left:
            found.append(done)
        waiting = {id(c.parent) for group in left.values() for c in group}
        for key, group in left.items():
            if key not in waiting and len(found) < most:
                extend(done + group, {k: g for k, g in left.items() if k != key})

    extend([], groups)
    return found
