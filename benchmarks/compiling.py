"""The cost of compiling, its growth with the graph, and what it saves: W1, W2 and the whole moons demo.

Compiling is everything from a new compiled function to its first result. Python's own compilation of the source, which
we cannot make faster, is left out and reported separately. It is given in eager steps of the Python engine, each taken
in a process of its own. Ten times the nodes means W1 on ten times the points.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from statistics import median
from typing import Any

from benchmarks.engine import CONTENDERS, ORIGINAL
from benchmarks.fresh import Fresh
from benchmarks.ours import EAGER, SGD
from benchmarks.runner import Row
from benchmarks.scalar import STEPS, descend
from benchmarks.timing import Step, each, medians
from benchmarks.workloads import WORKLOADS, Workload, moons, step, w1
from examples.moons import PUBLISHED
from micrograd.engine import topological

PYTHON = "the Python engine"
BARS = {("W1", "python"): "≤ 5", ("W2", "python"): "≤ 5", ("W1", "native"): "≤ 5"}
SIZES = {"python": (30, 300), "native": (100, 1000)}  # points; Python is slow to compile a million lines of source


def rows() -> Iterator[Row]:
    for backend in SIZES:
        try:
            yield from programs(backend)
            yield from growth(backend)
            if backend == "native":
                yield interface()
            yield from demo(backend)
        except ImportError as error:
            yield Row(f"not measured: {error}", None)


# ---- the time to compile


class Compiler:
    """Compiles a workload again at each call, and keeps the result and the time of Python's own part."""

    def __init__(self, workload: Workload, backend: str):
        self.workload, self.backend = workload, backend
        self.arrays = workload.arrays()
        self.latest: Any = None
        self.by_python: list[float] = []

    def __call__(self) -> None:
        from micrograd import compile

        self.latest = compile(self.workload.function, parameters=self.workload.parameters, backend=self.backend)
        self.latest.value_and_grad(*self.arrays)
        part = re.search(r"by Python ([\d,.]+) ms", repr(self.latest))
        self.by_python.append(float(part[1].replace(",", "")) / 1000 if part else 0.0)

    def forget(self) -> None:
        self.latest = None


def seconds(workload: Workload, backend: str, **others: Step) -> dict[str, float]:
    """The median times of making the `program`, of Python's compilation, and of the other steps."""
    compiler = Compiler(workload, backend)
    times = medians({"first": compiler, "forgotten": compiler.forget, **others}, True)
    by_python = median(compiler.by_python)
    return {**times, "program": times["first"] - by_python, "Python": by_python}


def programs(backend: str) -> Iterator[Row]:
    unit = f"eager steps of {PYTHON}"
    for name in ("W1", "W2"):
        with CONTENDERS["eager, Python engine"].process(name) as eager:
            times = seconds(WORKLOADS[name](EAGER), backend, eager=eager.wait())
        claim = f"{name}, {backend}, compiled"
        yield Row(claim, times["program"] / times["eager"], unit, BARS.get((name, backend)))
        if times["Python"]:
            yield Row(f"{name}, Python's own compilation", times["Python"] / times["eager"], unit)


def growth(backend: str) -> Iterator[Row]:
    """The time ratio for ten times the nodes: the ratio of the times per node, times ten."""
    compiling, running = [], []
    for points in SIZES[backend]:
        run = w1(EAGER)._replace(data=moons(points, noise=0.1, seed=1337))
        nodes = len(topological(run.build()))
        compiling.append(seconds(run, backend)["program"] / nodes)
        fast = checked(run, backend)
        running.append(each({"step": partial(fast.value_and_grad, *run.arrays())})["step"] / nodes)
    yield Row(f"10 × the nodes, {backend}, compiled", 10 * compiling[1] / compiling[0], "×", "≤ 11")
    bar = "≤ 12" if backend == "native" else None
    yield Row(f"10 × the nodes, {backend}, a step", 10 * running[1] / running[0], "×", bar)


def checked(workload: Workload, backend: str) -> Any:
    """The compiled function, after its value and gradient are checked against the engine's."""
    compiler = Compiler(workload, backend)
    compiler()
    value, gradient = compiler.latest.value_and_grad(*workload.arrays())
    expected = [step(workload), *(p.grad for p in workload.parameters)]
    scale = max(1.0, *map(abs, expected))
    for got, wanted in zip([value, *gradient], expected, strict=True):
        if abs(got - wanted) > 1e-10 * scale:
            raise ArithmeticError(f"{backend}: {got!r} came out, not {wanted!r}")
    return compiler.latest


# ---- Values in place of arrays, and the whole demo


def interface() -> Row:
    """The extra cost per parameter of a call with Values and `backward`, compared with arrays."""
    run = w1(EAGER)
    fast = checked(run, "native")
    theta, *data = run.arrays()

    def on_values() -> None:
        fast(*data).backward()

    times = each({"Values": on_values, "arrays": partial(fast.value_and_grad, theta, *data)})
    above = (times["Values"] - times["arrays"]) / len(run.parameters)
    return Row("W1, native, Values in place of arrays", 1e9 * above, "ns a parameter", "≤ 120")


def demo(backend: str) -> Iterator[Row]:
    """All steps with the compilation, against some of the steps of the others, whose speed is constant."""
    from micrograd import compile

    others = {PYTHON: ("ours", 10, "python"), ORIGINAL: ("by_original", 4, "")}
    compiled = partial(descend, partial(w1, EAGER), SGD, STEPS, partial(compile, backend=backend))
    published(f"compiled for {backend}", compiled())
    loops: dict[str, Step] = {"compiled": compiled}
    with ExitStack() as stack:
        for name, (file, steps, engine) in others.items():
            loop = stack.enter_context(Fresh("benchmarks.scalar:descent", file, steps, engine=engine))
            published(name, loop.result())
            loops[name] = loop
        times = medians(loops, True)
    bars = {PYTHON: "≥ 10", ORIGINAL: "≥ 100"} if backend == "native" else {}
    for name, (_, steps, _) in others.items():
        ratio = times[name] / steps * STEPS / times["compiled"]
        yield Row(
            f"moons demo, compiled for {backend} ({steps} steps × {STEPS // steps})", ratio, f"× {name}", bars.get(name)
        )


def published(name: str, losses: list[float]) -> None:
    """Raise `ArithmeticError` unless the first losses are those that the original's notebook shows."""
    for got, wanted in zip(losses, PUBLISHED, strict=False):
        if not math.isclose(got, wanted, rel_tol=1e-10):
            raise ArithmeticError(f"{name}: a loss of the moons demo is {got!r}, not {wanted!r}")
