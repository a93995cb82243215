"""W1, one gradient step of the moons classifier.

An MLP 2-16-16-1 with ReLU on all 100 points at once, max-margin loss plus 10⁻⁴ Σ p²; 65,818 nodes including leaves, if
every sum is a chain of single additions.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers import load
from benchmarks.workloads.engines import Engine
from benchmarks.workloads.workload import Workload

# The file alone: a process that runs another engine does not load ours.
moons = load("moons", Path(__file__).parents[2] / "micrograd" / "datasets.py").moons
MOONS = moons(100, noise=0.1, seed=1337)


def w1(engine: Engine) -> Workload:
    random.seed(1337)
    model = engine.mlp(2, [16, 16, 1])
    parameters = model.parameters()

    def loss(points: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
        scores = [model([engine.leaf(x) for x in point]) for point in points]
        margins = [engine.relu(1 + -y * score) for y, score in zip(labels, scores, strict=True)]
        return engine.total(margins) * (1 / len(margins)) + 1e-4 * engine.total([p * p for p in parameters])

    return Workload(loss, MOONS, parameters, 0.8958441028683222, 2.928064045128692)
