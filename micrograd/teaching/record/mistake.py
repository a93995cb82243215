"""A backward pass with one thing done wrong, over the record's own edges and in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from micrograd.engine import Value
from micrograd.teaching.record.record import Contribution

PUSHES = 20_000  # recursion pushes once per path; a graph with more paths than this is not tried

Amount = Callable[[Contribution, float], float]
Add = Callable[[float, float, int, int], float]


class PassStep(NamedTuple):
    """A step of a mistaken pass: the amount that arrives, and the parent's grad after it."""

    amount: float
    after: float


def multiply(c: Contribution, upstream: float) -> float:
    return c.local * upstream


def accumulate(before: float, amount: float, arrived: int, expected: int) -> float:
    return before + amount


def seed_with_one(root: Value) -> float:
    return 1.0


@dataclass(frozen=True)
class Mistake:
    """One thing done wrong in a backward pass, and what to do instead.

    amount   what is pushed, from the contribution and the upstream
    add      a parent's grad, from what it was, what arrives, how many contributions came before, and how many there are
    seed     the grad of the output at the start
    early    a node pushes what it has after its first contribution
    again    a second pass adds to the grads of the first
    eager    whatever arrives is passed on at once, down to the leaves: recursion without an order
    """

    name: str
    advice: str
    amount: Amount = multiply
    add: Add = accumulate
    seed: Callable[[Value], float] = seed_with_one
    early: bool = False
    again: bool = False
    eager: bool = False

    @property
    def touches(self) -> Literal["amount", "sum", "seed", "order"]:
        """Which act of the pass goes wrong."""
        if self.amount is not multiply:
            return "amount"
        if self.add is not accumulate:
            return "sum"
        return "order" if self.seed is seed_with_one else "seed"

    def run(self, record: Sequence[Contribution]) -> list[PassStep]:
        """The mistaken pass, a step for each contribution; a number that is too large becomes inf.

        With `eager`, an amount is the sum of everything that is pushed along the edge.
        """
        root = record[0].names.root
        expected: dict[int, int] = {}
        for c in record:
            expected[id(c.parent)] = expected.get(id(c.parent), 0) + 1
        amounts = _eager(record) if self.eager else None
        grads: dict[int, float] = {}
        steps: list[PassStep] = []
        for _ in range(2 if self.again else 1):
            grads[id(root)] = self.seed(root)
            first: dict[int, float] = {}
            arrived: dict[int, int] = {}
            steps = []
            for k, c in enumerate(record):
                key, upstream = id(c.parent), grads[id(c.node)]
                if amounts is not None:
                    amount = amounts[k]
                else:
                    amount = self.push(c, first.get(id(c.node), upstream) if self.early else upstream)
                start = c.before if key not in arrived and not c.parent.parents else 0.0
                so_far = arrived.get(key, 0)
                grads[key] = self.add(grads.get(key, start), amount, so_far, expected[key])
                arrived[key] = so_far + 1
                first.setdefault(key, grads[key])
                steps.append(PassStep(amount, grads[key]))
        return steps

    def push(self, c: Contribution, upstream: float) -> float:
        """The mistaken amount of one contribution; inf if it is too large or undefined."""
        try:
            return self.amount(c, upstream)
        except (ArithmeticError, ValueError):
            return float("inf")


def _eager(record: Sequence[Contribution]) -> list[float]:
    """The total that recursion without an order sends along each edge: λ Σᵢ (c₁ + … + cᵢ) below a shared node."""
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
        amount = multiply(c, grads[id(c.node)])
        sent[k] += amount
        grads[id(c.parent)] = grads.get(id(c.parent), 0.0) + amount
        stack.append(iter(below.get(id(c.parent), ())))
    return sent
