"""How compiling and running grow with the graph: ten times the nodes, and the memory of a million in one go.

Ten times the nodes means W1 on ten times the points. Memory is what a fresh process holds at the peak while it
compiles, over what it held before, for the trace and all stages together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.clock import collector
from benchmarks.compiling import Compiler, checked
from benchmarks.fresh import Fresh
from benchmarks.graph import resident
from benchmarks.ours import EAGER
from benchmarks.runner import Row
from benchmarks.timing import REPEATS, each
from benchmarks.workloads import Workload, moons, w1
from micrograd.engine import topological

SIZES = {"python": (30, 300), "native": (100, 1000)}  # points; Python is slow to compile a million lines of source
MILLION = 1_552  # points
STATUS = Path("/proc/self/status")


def rows() -> Iterator[Row]:
    for backend in SIZES:
        try:
            yield from growth(backend)
        except ImportError as error:
            yield Row(f"not measured: {error}", None)
    with Fresh("benchmarks.growth:peak", MILLION) as process:
        yield Row("compiling 10⁶ nodes at once, at the peak", process.result(), "bytes a node", "≤ 400")


def on_points(n: int) -> Workload:
    """W1 on `n` points."""
    return w1(EAGER)._replace(data=moons(n, noise=0.1, seed=1337))


def nodes(run: Workload) -> int:
    return len(topological(run.build()))


def growth(backend: str) -> Iterator[Row]:
    """The time ratio for ten times the nodes: the ratio of the times per node, times ten."""
    compiling, running = [], []
    for points in SIZES[backend]:
        run = on_points(points)
        compiler, size = Compiler(run, backend), nodes(run)
        compiling.append(median(from_clean(compiler) for _ in range(REPEATS)) / size)
        fast = checked(run, backend)
        running.append(each({"step": partial(fast.value_and_grad, *run.arrays())})["step"] / size)
    yield Row(f"10 × the nodes, {backend}, compiled", 10 * compiling[1] / compiling[0], "×", "≤ 10.5")
    bar = "≤ 10.5" if backend == "native" else None
    yield Row(f"10 × the nodes, {backend}, a step", 10 * running[1] / running[0], "×", bar)


def from_clean(compiler: Compiler) -> float:
    """The seconds of making the program, from a clean heap."""
    with collector(on=True):
        program, _ = compiler()
    return program


# ---- memory


def peak(points: int) -> Callable[[], Any]:
    """A step that returns the bytes at the peak of compiling W1, for each node; None where no one says."""
    from micrograd import compile

    small, large = on_points(10), on_points(points)
    compile(small.function, parameters=small.parameters).value_and_grad(*small.arrays())  # what is loaded once
    arrays = large.arrays()

    def step() -> float | None:
        before = resident()
        if before is None:
            return None
        fast = compile(large.function, parameters=large.parameters)
        fast.value_and_grad(*arrays)
        return (highest() - before) / nodes(large)

    return step


def highest() -> int:
    """The most bytes of memory that this process has held so far."""
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024
