"""The cost of compiling W1 and W2, and what it saves: a call with Values, and the whole moons demo.

Compiling is everything from a new compiled function to its first result. Python's own compilation of the source, which
we cannot make faster, is left out and reported separately. It is given in eager steps of the Python engine. Each runs
in a process of its own: for the native backend as installed, for the other one as where there is no C compiler, with
the engine and the stages in Python.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.engine import CONTENDERS, ORIGINAL
from benchmarks.fresh import Fresh
from benchmarks.ours import EAGER, SGD
from benchmarks.runner import Row
from benchmarks.scalar import STEPS, descend
from benchmarks.timing import REPEATS, Step, each, medians
from benchmarks.workloads import WORKLOADS, Workload, step, w1
from examples.moons import PUBLISHED

PYTHON = "the Python engine"
UNIT = f"eager steps of {PYTHON}"
BARS = {"python": "≤ 4", "native": "≤ 1"}


def rows() -> Iterator[Row]:
    for backend in BARS:
        try:
            yield from programs(backend)
            if backend == "native":
                yield interface()
            yield from demo(backend)
        except ImportError as error:
            yield Row(f"not measured: {error}", None)


# ---- the time to compile


class Compiler:
    """Compiles a function again at each call, and returns the seconds: of the program, and of Python's own part.

    `workload` has a function, its parameters and its `arrays()`.
    """

    def __init__(self, workload: Any, backend: str):
        self.workload, self.backend = workload, backend
        self.arrays = workload.arrays()
        self.latest: Any = None

    def __call__(self) -> tuple[float, float]:
        from micrograd import compile

        self.latest = None
        start = perf_counter()
        self.latest = compile(self.workload.function, parameters=self.workload.parameters, backend=self.backend)
        self.latest.value_and_grad(*self.arrays)
        taken = perf_counter() - start
        part = re.search(r"by Python ([\d,.]+) ms", repr(self.latest))
        by_python = float(part[1].replace(",", "")) / 1000 if part else 0.0
        return taken - by_python, by_python


def compiler(name: str, backend: str) -> Callable[[], Any]:
    """A step, for a process of its own, that compiles a workload."""
    return Compiler(WORKLOADS[name](EAGER), backend)


def process(function: str, *arguments: Any, backend: str) -> Fresh:
    """A process for the backend, with the engine and the stages in Python too if the backend is."""
    slow = "python" if backend == "python" else ""
    return Fresh(function, *arguments, backend, engine=slow, stages=slow)


def in_steps(compiling: Fresh, eager: Fresh) -> tuple[float, float]:
    """How many steps it takes to make the program, and how many Python then needs to compile its source."""
    taken = [(*compiling.result(), eager.seconds()) for _ in range(REPEATS)]
    program, by_python, one = (median(column) for column in zip(*taken, strict=True))
    return program / one, by_python / one


def programs(backend: str) -> Iterator[Row]:
    for name in ("W1", "W2"):
        with (
            process("benchmarks.compiling:compiler", name, backend=backend) as compiling,
            CONTENDERS["eager, Python engine"].process(name) as eager,
        ):
            program, by_python = in_steps(compiling, eager)
        yield Row(f"{name}, {backend}, compiled", program, UNIT, BARS[backend])
        if by_python:
            yield Row(f"{name}, Python's own compilation", by_python, UNIT)


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
