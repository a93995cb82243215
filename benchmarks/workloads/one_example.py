"""Losses of one example, as one writes them for a batch: of a point of the moons, and of a document.

Each makes the function and its parameters. They are written for our engine only: a batch is ours.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.workloads.engines import Engine
from benchmarks.workloads.gpt import DOCUMENT, drawn, surprises
from micrograd import Value, max, nn, pick, relu


def of_a_point() -> tuple[Callable[..., Any], list[Value]]:
    """max(0, 1 − y · score) of the moons classifier, an MLP 2-16-16-1."""
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])

    def loss(x: Sequence[Any], y: Any) -> Any:
        return relu(1.0 - y * model(x))

    return loss, model.parameters()


def of_a_document() -> tuple[Callable[..., Any], list[Value]]:
    """The mean surprise of the small GPT at a document that it is given, character by character."""
    engine = Engine(Value, nn.MLP, largest=lambda values: max([v.data for v in values]))
    weights = drawn(engine)

    def loss(document: Sequence[Any]) -> Any:
        losses = list(surprises(engine, weights, document, pick))
        return engine.total(losses) / len(losses)

    return loss, [p for matrix in weights.values() for row in matrix for p in row]


# ---- examples, the same ones each time


def points(n: int) -> tuple[Any, Any]:
    """`n` points in the square of the moons, and their labels: +1 inside the unit circle, −1 outside."""
    import numpy as np

    x = np.random.default_rng(0).uniform(-1.5, 1.5, (n, 2))
    return x, np.where((x * x).sum(1) < 1.0, 1.0, -1.0)


def documents(n: int) -> tuple[Any]:
    """`n` documents as long as that of W2, of characters at random."""
    import numpy as np

    return (np.random.default_rng(0).integers(0, 27, (n, len(DOCUMENT))),)
