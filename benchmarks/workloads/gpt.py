"""W2, one training step of a small character GPT on a document of eight predictions.

Width 16, 4 heads, one layer, 4,192 parameters.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from operator import getitem
from typing import Any

from benchmarks.workloads.engines import Engine
from benchmarks.workloads.workload import Workload

WIDTH, HEADS = 16, 4
DOCUMENT = [26, 4, 12, 12, 0, 11, 8, 19, 26]
SHAPES = {
    "token": (27, 16),
    "position": (16, 16),
    "output": (27, 16),
    "query": (16, 16),
    "key": (16, 16),
    "value": (16, 16),
    "projection": (16, 16),
    "first": (64, 16),
    "second": (16, 64),
}


def w2(engine: Engine) -> Workload:
    weights = drawn(engine)
    parameters = [p for matrix in weights.values() for row in matrix for p in row]

    def loss() -> Any:
        losses = list(surprises(engine, weights, DOCUMENT))
        return engine.total(losses) / len(losses)

    return Workload(loss, (), parameters, 3.359581649371585, 2.0878186793347955)


def drawn(engine: Engine) -> dict[str, list[list[Any]]]:
    """The weights of the GPT before training."""
    rng = random.Random(42)
    return {
        name: [[engine.leaf(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in SHAPES.items()
    }


def surprises(
    engine: Engine,
    weights: dict[str, list[list[Any]]],
    document: Sequence[Any],
    pick: Callable[[Any, Any], Any] = getitem,
) -> Iterator[Any]:
    """−log of the probability that the GPT gives each next character of the document."""

    def linear(name: str, x: list[Any]) -> list[Any]:
        return [engine.dot(row, x) for row in weights[name]]

    def normalised(x: list[Any]) -> list[Any]:
        scale = (engine.dot(x, x) / len(x) + 1e-5) ** -0.5
        return [v * scale for v in x]

    def softmax(logits: list[Any]) -> list[Any]:
        largest = engine.largest(logits)
        powers = [engine.exp(v - largest) for v in logits]
        norm = engine.total(powers)
        return [power / norm for power in powers]

    keys: list[list[Any]] = []
    values: list[list[Any]] = []
    for t, (token, following) in enumerate(pairwise(document)):
        x = [a + b for a, b in zip(pick(weights["token"], token), weights["position"][t], strict=True)]
        residual = x = normalised(x)
        x = normalised(x)
        query = linear("query", x)
        keys.append(linear("key", x))
        values.append(linear("value", x))
        attended = []
        for head in range(0, WIDTH, WIDTH // HEADS):
            part = slice(head, head + WIDTH // HEADS)
            scores = [engine.dot(query[part], key[part]) / math.sqrt(WIDTH // HEADS) for key in keys]
            attention = softmax(scores)
            attended += [engine.dot(attention, column) for column in zip(*(v[part] for v in values), strict=True)]
        residual = x = [a + b for a, b in zip(linear("projection", attended), residual, strict=True)]
        hidden = [engine.relu(v) for v in linear("first", normalised(x))]
        x = [a + b for a, b in zip(linear("second", hidden), residual, strict=True)]
        yield -engine.log(pick(softmax(linear("output", x)), following))
