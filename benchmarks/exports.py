"""Exports to JAX: how fast they are next to JAX written by hand, how long, and how soon they are there.

The export is the loss of one point in the classifier of the moons, under `vmap` and `jit`; by hand it is written as
one writes it in JAX. Both results are compared before anything is timed: in float32, to four digits of the largest
number. The time to export includes the trace; it is given in eager steps of the Python engine, in processes of their
own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import Any

import micrograd
from benchmarks.contest import agreeing, contest
from benchmarks.engine import CONTENDERS
from benchmarks.fresh import Fresh
from benchmarks.ours import EAGER
from benchmarks.runner import Row
from benchmarks.timing import REPEATS, Step
from benchmarks.workloads import Workload, w1, w2
from benchmarks.workloads.one_example import of_a_point, points

OURS, HAND = "exported", "JAX by hand"
SIZES = {10_000: "10⁴", 1_000_000: "10⁶"}
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
UNIT = "eager steps of the Python engine"
ONE = "moons, one example"
LINES = {ONE: "≤ 10", "W1": "≤ 25", "W2": "≤ 130"}


def rows() -> Iterator[Row]:
    for kind in TOLERANCE:
        for n, written in SIZES.items():
            name = f"moons, {written} examples, {kind}"
            yield from contest(name, agreeing(name, engines(n, kind), TOLERANCE[kind]), {(OURS, HAND): "≥ 0.95"})
    for name, bar in LINES.items():
        yield Row(f"{name}, to_jax", length(exported(name).source), "lines", bar)
    for name in ("W1", "W2"):
        yield soon(name)


def engines(n: int, kind: str) -> dict[str, Callable[[], Step]]:
    """The mean loss of many points and its gradient, by hand and exported."""
    import numpy as np

    _, parameters = of_a_point()
    arrays = [np.array([p.data for p in parameters], kind), *(array.astype(kind) for array in points(n))]
    return {HAND: partial(by_hand, *arrays), OURS: partial(of_export, *arrays)}


def by_hand(*arrays: Any) -> Step:
    step: Step = import_module("benchmarks.by_jax_batches").point(*arrays)
    return step


def of_export(*arrays: Any) -> Step:
    step: Step = import_module("benchmarks.by_jax_batches").point(*arrays, exported(ONE))
    return step


# ---- what is exported


def exported(name: str) -> Any:
    workload = workloads()[name]()
    return micrograd.compile(workload.function, parameters=workload.parameters).to_jax(*workload.data)


def workloads() -> dict[str, Callable[[], Workload]]:
    """Softmax subtracts the largest number by `micrograd.max`: in an export Python decides nothing by a number."""

    def moons() -> Workload:
        function, parameters = of_a_point()
        return Workload(function, ([0.5, -0.3], 1.0), parameters, 0.0, 0.0)

    decided = EAGER._replace(largest=micrograd.max)
    return {ONE: moons, "W1": partial(w1, EAGER), "W2": partial(w2, decided)}


def length(source: str) -> int:
    """The lines of the exported function, which is the last one; what stands above it is the same in all exports."""
    return len(source.rstrip().rpartition("\ndef ")[2].splitlines()) - 1


# ---- the time to export


def soon(name: str) -> Row:
    with (
        Fresh("benchmarks.exports:exporter", name) as exporting,
        CONTENDERS["eager, Python engine"].process(name) as eager,
    ):
        taken = [(exporting.result(), eager.seconds()) for _ in range(REPEATS)]
    ours, one = (median(column) for column in zip(*taken, strict=True))
    return Row(f"{name}, exported to JAX", ours / one, UNIT, "≤ 1")


def exporter(name: str) -> Callable[[], float]:
    """A step that exports a workload, and returns the seconds: JAX, which it needs, is loaded before."""
    exported(name)
    workload = workloads()[name]()

    def step() -> float:
        start = perf_counter()
        micrograd.compile(workload.function, parameters=workload.parameters).to_jax(*workload.data)
        return perf_counter() - start

    return step
