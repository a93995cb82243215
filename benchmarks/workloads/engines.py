"""What a network needs from an engine, and an `MLP` for numbers of any kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from operator import add, methodcaller, mul
from typing import Any, NamedTuple


def chained_dot(weights: Sequence[Any], inputs: Sequence[Any]) -> Any:
    """Σ wᵢ xᵢ, one node for each product and one for each addition."""
    return reduce(add, map(mul, weights, inputs))


class Engine(NamedTuple):
    """What the workloads need from an engine: its leaf, its `MLP`, its sums, its functions, and its largest number."""

    leaf: Callable[[Any], Any]
    mlp: Callable[[int, list[int]], Any]
    dot: Callable[[Sequence[Any], Sequence[Any]], Any] = chained_dot
    total: Callable[[Any], Any] = sum
    largest: Callable[[Sequence[Any]], Any] = lambda values: max(v.data for v in values)
    relu: Callable[[Any], Any] = methodcaller("relu")
    exp: Callable[[Any], Any] = methodcaller("exp")
    log: Callable[[Any], Any] = methodcaller("log")


class PlainMLP:
    """The original's `MLP` for numbers of any kind, with the same parameters in the same order from the same draws."""

    def __init__(self, leaf: Callable[[float], Any], relu: Callable[[Any], Any], nin: int, nouts: list[int]):
        self.relu = relu
        self.layers = [
            [([leaf(random.uniform(-1, 1)) for _ in range(inputs)], leaf(0.0)) for _ in range(outputs)]
            for inputs, outputs in pairwise([nin, *nouts])
        ]

    def __call__(self, x: Sequence[Any]) -> Any:
        *hidden, (output,) = self.layers
        for layer in hidden:
            x = [self.relu(self.weighted(neuron, x)) for neuron in layer]
        return self.weighted(output, x)

    def weighted(self, neuron: tuple[list[Any], Any], x: Sequence[Any]) -> Any:
        weights, bias = neuron
        return sum((w * xi for w, xi in zip(weights, x, strict=True)), bias)

    def parameters(self) -> list[Any]:
        return [p for layer in self.layers for weights, bias in layer for p in (*weights, bias)]
