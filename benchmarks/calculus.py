"""Gradients of ordinary functions, Hessians, and the cost of a gradient by differences.

The gradient of the Rosenbrock function in two dimensions is taken by `grad`, by micrograd 0.1.0 (new Values, forward,
backward, read the grads) and by HIPS autograd, and checked against the formula. The time of a Hessian is given
in gradients of the same function. Differences evaluate a network twice for each of its parameters.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from benchmarks import peers
from benchmarks.runner import Row
from benchmarks.timing import each, medians
from micrograd import Value, grad, hessian
from micrograd.losses import max_margin
from micrograd.nn import MLP

START = [-1.2, 1.0]
WIDTHS = ([1], [4, 1], [16, 1], [16, 16, 1])


def rosenbrock(x: Sequence[Any]) -> Any:
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:], strict=False))


def rosenbrock_2d(x: Sequence[Any]) -> Any:
    a, b = x
    return 100 * (b - a**2) ** 2 + (1 - a) ** 2


def rows() -> Iterator[Row]:
    yield Row("Hessian of Rosenbrock, 100-D", hessian_in_gradients(100), "gradients", "≤ 300")
    yield from differences()
    engines: dict[str, Callable[[], Any]] = {"ours": partial(grad(rosenbrock_2d), START)}
    engines["the original"] = partial(by_values, peers.original().engine.Value)
    yield Row("gradient of Rosenbrock, 2-D", faster(engines, "the original"), "× the original", "≥ 2")
    engines["HIPS autograd"] = by_autograd()
    yield Row("gradient of Rosenbrock, 2-D", faster(engines, "HIPS autograd"), "× HIPS autograd", "≥ 10")


# ---- Rosenbrock


def by_values(kind: Any) -> list[float]:
    leaves = [kind(x) for x in START]
    rosenbrock_2d(leaves).backward()
    return [leaf.grad for leaf in leaves]


def by_autograd() -> Callable[[], Any]:
    try:
        import autograd
        import autograd.numpy as anp
    except ImportError:
        raise peers.PeerMissing("HIPS autograd is not installed: `make bench` does it") from None
    return partial(autograd.grad(rosenbrock_2d), anp.array(START))


def faster(engines: dict[str, Callable[[], Any]], peer: str) -> float:
    """How many of our gradients take as long as one of the peer's."""
    chosen = {name: engines[name] for name in ("ours", peer)}
    a, b = START
    expected = [-400 * a * (b - a**2) - 2 * (1 - a), 200 * (b - a**2)]
    for name, gradient in chosen.items():
        if not all(math.isclose(g, e) for g, e in zip(gradient(), expected, strict=True)):
            raise ArithmeticError(f"{name}: the gradient is {gradient()!r}, not {expected}")
    taken = each(chosen)
    return taken[peer] / taken["ours"]


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
