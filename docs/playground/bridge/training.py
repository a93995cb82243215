"""A network 2-n-n-1 in training: one update is `forward`, `backward`, `update`, and each of them can be called alone.

The loss is compiled for a piece of a batch, of 25, 5 or 1 examples: the grads of the pieces add up. So any number of
points and any size of a batch run on the same three programs, and the rate, the decay and the data are arguments of
them: nothing that a reader changes while it runs leads to a new trace, except the network itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import micrograd
from micrograd.functions import dot
from micrograd.losses import max_margin
from micrograd.nn import MLP
from micrograd.optim import SGD

T = TypeVar("T")
Point = list[float]

PIECES = (25, 5, 1)  # examples in one call of a compiled function
HOW = ("compiled", "fused", "eager")


def pieces(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in runs of 25, then of 5, then one by one."""
    start = 0
    for size in PIECES:
        while len(items) - start >= size:
            yield items[start : start + size]
            start += size


class Training:
    """The network, its data and the update under way.

    `batch` is the number of examples of an update, 0 for all; `decay` times the sum of the squared weights is added to
    the loss. `phase` is what was done last: "update" (weights have moved, or never did), "forward", "backward".
    """

    def __init__(self, hidden: Sequence[int], activation: str, seed: int):
        self.shape = hidden, activation
        self.model = self._draw(seed)
        self.parameters = self.model.parameters()
        self.weights = [w for layer in self.model for neuron in layer.neurons for w in neuron.w]
        self.optimiser = SGD(self.parameters)
        self.points: Sequence[Point] = []
        self.labels: Sequence[float] = []
        self.batch, self.decay, self.how = 0, 0.0, HOW[0]
        self.seed, self.steps, self.seen = seed, 0, 0
        self.abandon()
        model, weights = self.model, self.weights  # all that the compiled functions read besides their arguments

        def hinge(points: Sequence[Point], labels: Sequence[float], share: float) -> Any:
            return share * max_margin(model(points), labels, "sum")

        def penalty(decay: float) -> Any:
            return decay * dot(weights, weights)

        self.hinge = dict.fromkeys(HOW, hinge) | {"compiled": micrograd.compile(hinge)}
        self.penalty = dict.fromkeys(HOW, penalty) | {"compiled": micrograd.compile(penalty)}

    # ---- the three parts of an update

    def forward(self) -> float:
        """Choose the next examples, set all grads to 0 and compute the loss."""
        self.chosen = self._choose()
        self.optimiser.zero_grad()
        self._fuse(self.how != "eager")
        share, self.terms = 1.0 / len(self.chosen), []
        for some in pieces(self.chosen):
            points, labels = [self.points[k] for k in some], [self.labels[k] for k in some]
            self.terms.append(self.hinge[self.how](points, labels, share))
        if self.decay:
            self.terms.append(self.penalty[self.how](self.decay))
        self._fuse(True)
        self.phase = "forward"
        return self.loss

    def backward(self) -> None:
        for term in self.terms:
            term.backward()
        self.phase = "backward"

    def update(self, rate: float) -> None:
        self.optimiser.lr = rate
        self.optimiser.step()
        self.steps += 1
        self.seen += len(self.chosen)
        self.phase = "update"

    @property
    def loss(self) -> float:
        """The loss of the last forward pass."""
        return sum(term.data for term in self.terms)

    # ---- which examples

    def _choose(self) -> list[int]:
        """The next examples of an endless row of epochs, each in a random order of its own."""
        n = len(self.points)
        if not self.batch or self.batch >= n:
            return list(range(n))
        return [self._order(k // n)[k % n] for k in range(self.seen, self.seen + self.batch)]

    def _order(self, epoch: int) -> list[int]:
        if len(self.orders.setdefault(epoch, [])) != len(self.points):
            order = list(range(len(self.points)))
            random.Random(f"{self.seed} {epoch}").shuffle(order)
            self.orders = {epoch: order, epoch - 1: self.orders.get(epoch - 1, [])}
        return self.orders[epoch]

    # ---- from the beginning

    def _draw(self, seed: int) -> MLP:
        hidden, activation = self.shape
        return MLP(2, [*hidden, 1], activation=activation, fused=True, rng=random.Random(seed))

    def restart(self, seed: int) -> None:
        """Draw the weights again; what is compiled stays."""
        for p, drawn in zip(self.parameters, self._draw(seed).parameters(), strict=True):
            p.data = drawn.data
        self.seed, self.steps, self.seen = seed, 0, 0

    def set_data(self, points: Sequence[Point], labels: Sequence[float]) -> None:
        self.points, self.labels = points, labels
        self.orders: dict[int, list[int]] = {}
        self.abandon()

    def abandon(self) -> None:
        """Forget an update that was begun."""
        self.phase = "update"
        self.terms: list[Any] = []
        self.chosen: list[int] = []
        self.optimiser.zero_grad()

    def rehearse(self) -> None:
        """Run the next forward pass, so that what it needs is compiled, and forget it."""
        self.forward()
        self.abandon()

    # ---- the rest

    def _fuse(self, fused: bool) -> None:
        """Let the sum of a neuron be one node, or two for each weight."""
        for layer in self.model:
            for neuron in layer.neurons:
                neuron.fused = fused

    def resume(self, numbers: Sequence[float], steps: int, seen: int) -> None:
        """Go on where another training was: it had made so many steps and seen so many examples."""
        for p, number in zip(self.parameters, numbers, strict=True):
            p.data = number
        self.steps, self.seen = steps, seen

    def graph_of(self, k: int) -> Any:
        """The loss of example k as a graph of single multiplications and additions, of Values of its own."""
        hidden, activation = self.shape
        model = MLP(2, [*hidden, 1], activation=activation)
        for copy, p in zip(model.parameters(), self.parameters, strict=True):
            copy.data = p.data
        x1, x2 = self.points[k]
        return max_margin(model([micrograd.Value(x1, label="x1"), micrograd.Value(x2, label="x2")]), self.labels[k])
