"""Gradients of ordinary functions, Hessians, and the cost of a gradient by differences.

The gradient of the Rosenbrock function in two dimensions is taken by `grad`, by micrograd 0.1.0 (new Values, forward,
backward, read the grads) and by HIPS autograd, each in a process of its own, and checked against the formula. The time
of a Hessian is given in gradients of the same function. Differences evaluate a network twice for each parameter.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.fresh import Fresh
from benchmarks.runner import Row
from benchmarks.timing import each, medians
from benchmarks.workloads import START, rosenbrock, rosenbrock_2d
from micrograd import Value, grad, hessian
from micrograd.losses import max_margin
from micrograd.nn import MLP

WIDTHS = ([1], [4, 1], [16, 1], [16, 16, 1])


def rows() -> Iterator[Row]:
    yield Row("Hessian of Rosenbrock, 100-D", hessian_in_gradients(100), "gradients", "≤ 300")
    yield from differences()
    yield from faster("the original", "≥ 2", "benchmarks.scalar:valley", "by_original")
    yield from faster("HIPS autograd", "≥ 10", "benchmarks.by_autograd:valley")


# ---- Rosenbrock


def ours() -> Callable[[], Any]:
    return partial(grad(rosenbrock_2d), START)


def faster(peer: str, bar: str, function: str, *arguments: str) -> Iterator[Row]:
    """How many of our gradients take as long as one of the peer's."""
    with Fresh("benchmarks.calculus:ours") as own, Fresh(function, *arguments) as other:
        steps = {"ours": own, peer: other}
        for name, gradient in steps.items():
            right(name, gradient.result())
        taken = each(steps)
    yield Row("gradient of Rosenbrock, 2-D", taken[peer] / taken["ours"], f"× {peer}", bar)


def right(name: str, gradient: list[float]) -> None:
    """Raise `ArithmeticError` unless this is the gradient at the start."""
    a, b = START
    expected = [-400 * a * (b - a**2) - 2 * (1 - a), 200 * (b - a**2)]
    if not all(math.isclose(g, e) for g, e in zip(gradient, expected, strict=True)):
        raise ArithmeticError(f"{name}: the gradient is {gradient!r}, not {expected}")


def hessian_in_gradients(n: int) -> float:
    point = [START[i % 2] for i in range(n)]
    steps = {"hessian": partial(hessian(rosenbrock), point), "gradient": partial(grad(rosenbrock), point)}
    times = medians(steps, True)
    return times["hessian"] / times["gradient"]


# ---- differences against backpropagation


def differences() -> Iterator[Row]:
    """The gradient of a loss over 20 points by central differences and by `backward`, for growing networks."""
    rng = random.Random(0)
    points = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(20)]
    labels = [rng.choice((-1, 1)) for _ in points]
    for widths in WIDTHS:
        model = MLP(2, widths, rng=rng)
        parameters = model.parameters()
        loss = partial(evaluate, model, points, labels)
        steps = {
            "differences": partial(numerical, loss, parameters),
            "backward": partial(backpropagated, loss, parameters),
        }
        times = medians(steps, True)
        claim = f"differences, a network of {len(parameters)} parameters"
        yield Row(claim, times["differences"] / times["backward"], "× backpropagation")


def evaluate(model: MLP, points: list[list[float]], labels: list[int]) -> Value:
    return max_margin(model(points), labels)


def numerical(loss: Callable[[], Value], parameters: list[Value], h: float = 1e-6) -> list[float]:
    gradient = []
    for p in parameters:
        x = p.data
        p.data = x + h
        up = loss().data
        p.data = x - h
        down = loss().data
        p.data = x
        gradient.append((up - down) / (2 * h))
    return gradient


def backpropagated(loss: Callable[[], Value], parameters: list[Value]) -> list[float]:
    for p in parameters:
        p.grad = 0.0
    loss().backward()
    return [p.grad for p in parameters]
