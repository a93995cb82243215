"""A backward pass with one thing done wrong, over the record's own edges and in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from micrograd.engine import Value
from micrograd.teaching.record.record import Contribution

PUSHES = 20_000  # recursion pushes once for every path; where there are more, that mistake is taken not to show

Amount = Callable[[Contribution, float], float]
Add = Callable[[float, float, int, int], float]


def _multiplied(c: Contribution, upstream: float) -> float:
    return c.local * upstream


def _added(before: float, amount: float, arrived: int, expected: int) -> float:
    return before + amount


def _seed(root: Value) -> float:
    return 1.0


@dataclass(frozen=True)
class Mistake:
    """What is done wrong, and what to do instead.

    amount   a contribution, from the upstream
    add      a parent's grad: what it was, what comes, how many of how many have come before
    seed     the grad of the output to begin with
    early    pushes on what a node has after its first contribution
    again    adds a second pass to the grads of a first
    eager    passes everything on, down to the leaves, whenever something arrives: recursion without an order
    """

    name: str
    advice: str
    amount: Amount = _multiplied
    add: Add = _added
    seed: Callable[[Value], float] = _seed
    early: bool = False
    again: bool = False
    eager: bool = False

    def run(self, record: Sequence[Contribution]) -> list[tuple[float, float]]:
        """For each contribution the mistaken amount, and the parent's grad after it; a number too large is inf.

        With `eager`, an amount is all that ever comes along the edge.
        """
        root = record[0].names.root
        expected: dict[int, int] = {}
        for c in record:
            expected[id(c.parent)] = expected.get(id(c.parent), 0) + 1
        amounts = _eager(record) if self.eager else None
        grads: dict[int, float] = {}
        found: list[tuple[float, float]] = []
        for _ in range(2 if self.again else 1):
            grads[id(root)] = self.seed(root)
            first: dict[int, float] = {}
            arrived: dict[int, int] = {}
            found = []
            for k, c in enumerate(record):
                key, upstream = id(c.parent), grads[id(c.node)]
                if amounts is not None:
                    amount = amounts[k]
                else:
                    amount = self.pushed(c, first.get(id(c.node), upstream) if self.early else upstream)
                start = c.before if key not in arrived and not c.parent.parents else 0.0
                so_far = arrived.get(key, 0)
                grads[key] = self.add(grads.get(key, start), amount, so_far, expected[key])
                arrived[key] = so_far + 1
                first.setdefault(key, grads[key])
                found.append((amount, grads[key]))
        return found

    def pushed(self, c: Contribution, upstream: float) -> float:
        """The mistaken amount of one contribution; inf where it is too large or cannot be."""
        try:
            return self.amount(c, upstream)
        except (ArithmeticError, ValueError):
            return float("inf")


def _eager(record: Sequence[Contribution]) -> list[float]:
    """What recursion without an order sends along each edge in all: λ Σᵢ (c₁ + … + cᵢ) below a shared node."""
    below: dict[int, list[int]] = {}
    ways = {id(record[0].names.root): 1}
    for k, c in enumerate(record):
        below.setdefault(id(c.node), []).append(k)
        ways[id(c.parent)] = ways.get(id(c.parent), 0) + ways[id(c.node)]
    if sum(ways[id(c.node)] for c in record) > PUSHES:
        return [c.amount for c in record]
    root = id(record[0].names.root)
    grads, sent = {root: 1.0}, [0.0] * len(record)
    stack: list[Iterator[int]] = [iter(below[root])]
    while stack:
        k = next(stack[-1], -1)
        if k < 0:
            stack.pop()
            continue
        c = record[k]
        amount = _multiplied(c, grads[id(c.node)])
        sent[k] += amount
        grads[id(c.parent)] = grads.get(id(c.parent), 0.0) + amount
        stack.append(iter(below.get(id(c.parent), ())))
    return sent
