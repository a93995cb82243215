"""The Rosenbrock function in two and in a hundred dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.workloads.engines import Engine
from benchmarks.workloads.workload import Workload

START = [-1.2, 1.0]


def rosenbrock(x: Sequence[Any]) -> Any:
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:], strict=False))


def rosenbrock_2d(x: Sequence[Any]) -> Any:
    a, b = x
    return 100 * (b - a**2) ** 2 + (1 - a) ** 2


def valley(dimensions: int, engine: Engine) -> Workload:
    """The Rosenbrock function at −1.2, 1, −1.2, 1, …; its value and its gradient's norm come from exact fractions."""
    x = [engine.leaf(START[i % 2]) for i in range(dimensions)]
    value, norm = {2: (24.2, 232.86768775422665), 100: (24926.0, 7200.758293402161)}[dimensions]

    def loss() -> Any:
        return rosenbrock(x)

    return Workload(loss, (), x, value, norm)
