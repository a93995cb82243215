"""The cost of watching what a compiled function reads: at each call, in a trace, and where it makes new traces.

At each call the watch compares what the function can reach with what it was: in C where that is built, else in Python.
Its share is its time over that of the rest of a step. A *storm* is a function whose path hangs on its numbers, so that
nearly every call would be a new trace: compiled, it may cost little more than without, in the Python engine.
"""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import Any

from benchmarks.clock import collector
from benchmarks.fresh import Fresh
from benchmarks.ours import EAGER
from benchmarks.runner import Row
from benchmarks.timing import each, frozen, medians
from benchmarks.workloads import WORKLOADS, Workload
from micrograd import Value, compile, cos, nn, optim
from micrograd.compiler.surroundings.native import in_python
from micrograd.compiler.surroundings.watch import Watch

BARS = {"native": "≤ 12", "python": "≤ 6"}
CALLS, STARTS = 20, 100


def rows() -> Iterator[Row]:
    for name in ("W1", "W2"):
        run = WORKLOADS[name](EAGER)
        for backend in ("native", "python"):
            try:
                fast = compile(run.function, parameters=run.parameters, backend=backend)
                step = partial(fast.value_and_grad, *run.arrays())
                yield share(f"{name}, {backend}, the watch", run.function, step, backend, BARS[backend])
            except ImportError as error:
                yield Row(f"not measured: {error}", None)
        yield of_a_trace(name, run)
    yield from few_nodes()
    yield storm()
    yield trainer()


# ---- at each call


def share(claim: str, f: Callable[..., Any], step: Callable[[], Any], backend: str, bar: str) -> Row:
    """The time of the comparison that belongs to the backend, over that of the rest of a step."""
    watch = Watch([f])
    step()
    with frozen():
        times = each({"watch": in_python(watch.rows) if backend == "python" else watch.holds, "step": step})
    return Row(claim, 100 * times["watch"] / (times["step"] - times["watch"]), "% of a step", bar)


def few_nodes() -> Iterator[Row]:
    import numpy as np

    w, b = Value(2.0), Value(1.0)

    def f(x: float) -> Value:
        return (w * x + b).tanh()

    fast = compile(f, parameters=[w, b])
    theta = np.array([2.0, 1.0])
    steps = {"arrays": partial(fast.value_and_grad, theta, 0.5), "Values": lambda: fast(0.5).backward()}
    for name, step in steps.items():
        yield share(f"three nodes, {name}, the watch", f, step, "", "≤ 4")


# ---- in a trace


def of_a_trace(name: str, run: Workload) -> Row:
    """Walking through everything once and looking whether the trace changed it, over the time of the trace alone."""
    traced: list[float] = []

    def trace() -> None:
        fast = compile(run.function, parameters=run.parameters)
        fast.value_and_grad(*run.arrays())
        traced.append(stage("trace", fast))

    taken = medians({"watch": lambda: Watch([run.function]).changed(), "trace": trace}, True)
    whole = sorted(traced)[len(traced) // 2]
    return Row(f"{name}, the watch of a trace", 100 * taken["watch"] / (whole - taken["watch"]), "% of it", "≤ 10")


def stage(name: str, fast: Any) -> float:
    """The seconds that a stage of the latest program took, from its report."""
    found = re.search(rf"\b{name} ([\d,.]+) ms", repr(fast))
    if found is None:
        raise LookupError(f"no stage {name!r} in {fast!r}")
    return float(found[1].replace(",", "")) / 1000


# ---- many paths, many changes


def fixed_point(a: float) -> Any:
    """The x with a · cos x = x; how many steps it takes hangs on a."""
    x = a
    while abs((y := a * cos(x)) - x) > 1e-9:
        x = y
    return x


def storm() -> Row:
    with Fresh("benchmarks.watching:fixed_points", engine="python") as process:
        eager, _ = process.result()
    with warnings.catch_warnings(), collector(on=True):
        warnings.simplefilter("ignore")
        compiled, found = fixed_points(compile(fixed_point))()
    if any(abs(a * float(cos(x)) - x) > 1e-8 for a, x in zip(starts(), found, strict=True)):
        raise ArithmeticError("compiled: a fixed point is none")
    return Row(f"a fixed point of {STARTS} numbers, compiled", compiled / eager, "× the Python engine", "≤ 10")


def starts() -> list[float]:
    return [(k + 0.5) / STARTS for k in range(STARTS)]


def fixed_points(f: Callable[[Any], Any] = fixed_point) -> Callable[[], tuple[float, list[float]]]:
    """A step that finds the fixed points of all starts once, and tells the seconds it took, and the points."""

    def step() -> tuple[float, list[float]]:
        begin = perf_counter()
        found = [f(Value(a)).data for a in starts()]
        return perf_counter() - begin, found

    return step


class Trainer:
    """What many training loops look like: the loss is a method of the object that also counts, logs and adapts."""

    def __init__(self) -> None:
        rng = random.Random(0)
        self.model = nn.MLP(2, [4, 1], rng=rng)
        self.optimiser = optim.Adam(self.model.parameters(), lr=0.01)
        self.history: list[float] = []
        self.steps, self.rate, self.best = 0, 0.1, float("inf")
        self.fast = compile(self.loss)

    def loss(self, x: list[float], y: float) -> Any:
        return (self.model(x) - y) ** 2

    def step(self, x: list[float], y: float) -> None:
        loss = self.fast(x, y)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.history.append(loss.data)
        self.steps += 1
        self.best = min(self.best, loss.data)
        self.rate *= 0.99


def trainer() -> Row:
    it = Trainer()
    for k in range(CALLS):
        it.step([k / CALLS, 1.0], 1.0)
    found = re.search(r": ([\d,]+) trace", repr(it.fast))
    traces = int(found[1].replace(",", "")) if found else None
    return Row("a trainer with a history, an optimiser and counters", traces, f"traces in {CALLS} calls", "= 1")
