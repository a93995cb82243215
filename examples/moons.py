"""The original micrograd's moons classifier: MLP 2-16-16-1, max-margin loss, 100 steps, and its published losses."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import cast

from micrograd import Value, datasets, dot
from micrograd.losses import max_margin
from micrograd.nn import MLP
from micrograd.optim import SGD

PUBLISHED = [0.8958441028683222, 1.7235905336972, 0.7429006313851]


def train(steps: int = 100, fused: bool = True) -> Iterator[tuple[float, float]]:
    """Yield (loss, accuracy) before each step. Each step uses all points and its own rate, so this is a plain loop."""
    random.seed(1337)
    points, labels = datasets.moons(100, noise=0.1, seed=1337)
    model = MLP(2, [16, 16, 1], fused=fused)
    parameters = model.parameters()
    optimiser = SGD(parameters)
    for k in range(steps):
        scores = cast("list[Value]", model(points))  # one output each
        loss = max_margin(scores, labels) + 1e-4 * dot(parameters, parameters)
        optimiser.zero_grad()
        loss.backward()
        optimiser.lr = 1.0 - 0.9 * k / 100
        optimiser.step()
        yield loss.data, sum((s > 0) == (y > 0) for s, y in zip(scores, labels, strict=True)) / len(labels)


def main() -> None:
    for k, (loss, right) in enumerate(train()):
        if k < len(PUBLISHED) or k % 20 == 19:
            published = f"   published {PUBLISHED[k]:.13f}" if k < len(PUBLISHED) else ""
            print(f"step {k:3}   loss {loss:.13f}   accuracy {right:.0%}{published}")


if __name__ == "__main__":
    main()
