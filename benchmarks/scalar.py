"""What an engine does in a process of its own: a step of a workload, a gradient, the first steps of the moons demo."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.workloads import START, WORKLOADS, Workload, check, rosenbrock_2d, step, w1

FORWARD = "forward"
STEPS = 100  # of the whole demo


def prepare(engine: str, style: str, name: str) -> Callable[[], Any]:
    """A step of the workload `name` in a style of an engine, which is a file here with `ENGINES`; checked once.

    Numbers without a gradient have the style `FORWARD`: their step is the loss alone.
    """
    workload = WORKLOADS[name](import_module(f"benchmarks.{engine}").ENGINES[style])
    if style != FORWARD:
        check(f"{name}, {engine}, {style}", workload)
        return partial(step, workload)
    if not math.isclose(loss := workload.build(), workload.loss, rel_tol=1e-10):
        raise ArithmeticError(f"{name}, {engine}: the loss is {loss!r}, not {workload.loss!r}")
    return workload.build


# ---- the gradient of the Rosenbrock function in two dimensions


def valley(engine: str) -> Callable[[], list[float]]:
    """A step that takes it at the start, with new leaves each time."""
    return partial(gradient, import_module(f"benchmarks.{engine}").ENGINES["eager"].leaf)


def gradient(leaf: Callable[[float], Any]) -> list[float]:
    leaves = [leaf(x) for x in START]
    rosenbrock_2d(leaves).backward()
    return [x.grad for x in leaves]


# ---- the moons demo


class PlainSGD:
    """p ← p − lr ∇p, for engines that have no optimiser of their own."""

    def __init__(self, parameters: list[Any]):
        self.parameters, self.lr = parameters, 0.0

    def zero_grad(self) -> None:
        for p in self.parameters:
            p.grad = 0.0

    def step(self) -> None:
        for p in self.parameters:
            p.data -= self.lr * p.grad


def descend(
    make: Callable[[], Workload],
    optimise: Callable[[list[Any]], Any],
    steps: int,
    compiled: Callable[[Any], Any] = lambda loss: loss,
) -> list[float]:
    """The losses of the moons demo, by the same program for every engine, compiled or not."""
    run = make()
    loss = compiled(run.function)
    optimiser = optimise(run.parameters)
    losses = []
    for k in range(steps):
        total = loss(*run.data)
        optimiser.zero_grad()
        total.backward()
        optimiser.lr = 1 - 0.9 * k / STEPS
        optimiser.step()
        losses.append(total.data)
    return losses


def descent(engine: str, steps: int) -> Callable[[], list[float]]:
    """The first steps of the demo from its start, eager, with the engine's optimiser if it has one."""
    module = import_module(f"benchmarks.{engine}")
    make = partial(w1, module.ENGINES["eager"])
    return partial(descend, make, getattr(module, "SGD", PlainSGD), steps)
