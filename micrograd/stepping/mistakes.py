"""Backward passes with one mistake in them, to be seen beside the correct one.

Everybody who writes backpropagation makes some of these once. Each runs over the record's own edges, in its order: only
the mistaken act differs, and what follows from it follows correctly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from micrograd.engine import Value
from micrograd.ops import Primitive
from micrograd.stepping.record import Contribution
from micrograd.stepping.rules import rule


def _multiplied(c: Contribution, upstream: float) -> float:
    return c.local * upstream


def _added(before: float, amount: float, arrived: int) -> float:
    return before + amount


def _seed(root: Value) -> float:
    return 1.0


@dataclass(frozen=True)
class Mistake:
    """What is done wrong: the amount of a contribution, how it is added, or the grad of the output to begin with.

    `early` pushes on what a node has after its first contribution, `again` adds a second pass to the grads of a first.
    """

    name: str
    amount: Callable[[Contribution, float], float] = _multiplied
    add: Callable[[float, float, int], float] = _added
    seed: Callable[[Value], float] = _seed
    early: bool = False
    again: bool = False

    def run(self, record: Sequence[Contribution]) -> list[tuple[float, float]]:
        """For each contribution the mistaken amount, and the parent's grad after it; a number too large is inf."""
        root = record[0].names.root
        grads: dict[int, float] = {}
        found: list[tuple[float, float]] = []
        for _ in range(2 if self.again else 1):
            grads[id(root)] = self.seed(root)
            first: dict[int, float] = {}
            arrived: dict[int, int] = {}
            found = []
            for c in record:
                key, upstream = id(c.parent), grads[id(c.node)]
                try:
                    amount = self.amount(c, first.get(id(c.node), upstream) if self.early else upstream)
                except (ArithmeticError, ValueError):
                    amount = float("inf")
                start = c.before if key not in arrived and not c.parent.parents else 0.0
                grads[key] = self.add(grads.get(key, start), amount, arrived.get(key, 0))
                arrived[key] = arrived.get(key, 0) + 1
                first.setdefault(key, grads[key])
                found.append((amount, grads[key]))
        return found


def _for_kind(kind: str, wrong: Callable[[Contribution, float], float]) -> Callable[[Contribution, float], float]:
    return lambda c, u: wrong(c, u) if rule(c.node, c.names).kinds[c.slot] == kind else c.local * u


def _for_operation(
    name: str, wrong: Callable[[Contribution, float], float], slot: int = 0
) -> Callable[[Contribution, float], float]:
    def amount(c: Contribution, u: float) -> float:
        same = isinstance(c.node.primitive, Primitive) and c.node.primitive.name == name and c.slot == slot
        return wrong(c, u) if same else c.local * u

    return amount


def _power(c: Contribution, u: float) -> float:
    k = c.node.constants[0]
    return u * k * c.node.data


def _bare_power(c: Contribution, u: float) -> float:
    return u * c.parent.data ** (c.node.constants[0] - 1)


MISTAKES = (
    Mistake("upstream forgotten", lambda c, u: c.local),
    Mistake("local derivative forgotten", lambda c, u: u),
    Mistake("added instead of multiplied", lambda c, u: u + c.local),
    Mistake("overwritten: = instead of +=", add=lambda before, amount, arrived: amount),
    Mistake("only the first path", add=lambda before, amount, arrived: before if arrived else before + amount),
    Mistake("paths multiplied", add=lambda before, amount, arrived: before * amount if arrived else before + amount),
    Mistake("× gives an operand its own value", _for_kind("swap", lambda c, u: u * c.parent.data)),
    Mistake("minus lost", _for_kind("turn", lambda c, u: u)),
    Mistake("÷: minus lost in the divisor", _for_operation("div", lambda c, u: -c.local * u, 1)),
    Mistake("÷: divisor not squared", _for_operation("div", lambda c, u: -u * c.node.data, 1)),
    Mistake("÷: the numerator's rule for the divisor", _for_operation("div", lambda c, u: u / c.parent.data, 1)),
    Mistake("power: exponent not lowered", _for_operation("power", _power)),
    Mistake("power: exponent not in front", _for_operation("power", _bare_power)),
    Mistake("tanh: 1 − x² instead of 1 − tanh²", _for_operation("tanh", lambda c, u: u * (1 - c.parent.data**2))),
    Mistake("tanh: 1 − tanh, not squared", _for_operation("tanh", lambda c, u: u * (1 - c.node.data))),
    Mistake("exp: upstream · x", _for_operation("exp", lambda c, u: u * c.parent.data)),
    Mistake("relu: gate ignored", _for_operation("relu", lambda c, u: u)),
    Mistake("relu: its value instead of its slope", _for_operation("relu", lambda c, u: u * c.node.data)),
    Mistake("seed is the output", seed=lambda root: root.data),
    Mistake("pushed before complete", early=True),
    Mistake("second backward, grads not zeroed", again=True),
    Mistake("sign of descent", seed=lambda root: -1.0),
)


def telling_mistakes(record: Sequence[Contribution]) -> list[tuple[Mistake, list[tuple[float, float]]]]:
    """The mistakes that show on this graph, each with its run: those that leave some leaf with another grad."""
    if not record:
        return []
    ends = {id(c.parent): k for k, c in enumerate(record) if not c.parent.parents}
    right = [record[k].after for k in ends.values()]
    runs = [(mistake, mistake.run(record)) for mistake in MISTAKES]
    return [(mistake, run) for mistake, run in runs if [run[k][1] for k in ends.values()] != right]
