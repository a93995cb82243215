"""Time steps fairly: they take turns, five times, each time with a clean heap; the median counts."""

from __future__ import annotations

import gc
import os
import platform
import statistics
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.clock import seconds
from benchmarks.fresh import Fresh

REPEATS = 5
COLLECTORS = {True: "default collector", False: "collector off"}
Step: TypeAlias = "Callable[[], Any] | Fresh"


@contextmanager
def frozen() -> Iterator[None]:
    """Inside this context the collector ignores all objects that exist already, such as a peer's libraries.

    JAX and PyTorch together make 200,000 objects, which would slow down every engine that builds a graph.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def timer(step: Step) -> Callable[..., float]:
    """The function of (on, times) that times a step, in this process or in its own."""
    return step.seconds if isinstance(step, Fresh) else partial(seconds, step)


def medians(steps: Mapping[str, Step], on: bool, times: Mapping[str, int] | None = None) -> dict[str, float]:
    """The median time of each step in seconds, with the cyclic collector on or off.

    The steps take turns, so that a machine that slows down slows all of them. The collector runs before each step, so
    that no engine pays for the cycles of another. A step may be run several `times` at each of its turns.
    """
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(REPEATS):
        for name, step in steps.items():
            runs = times[name] if times else 1
            taken[name].append(timer(step)(on, runs) / runs)
    return {name: statistics.median(each) for name, each in taken.items()}


def each(steps: Mapping[str, Step], on: bool = True) -> dict[str, float]:
    """`medians` for steps too short to time alone: each is repeated until it takes a fiftieth of a second."""
    return medians(steps, on, {name: enough(step) for name, step in steps.items()})


def enough(step: Step, filled: float = 0.02) -> int:
    """How often to repeat a step to fill that many seconds: a power of two."""
    times = 1
    while timer(step)(True, times) < filled:
        times *= 2
    return times


def results(steps: Mapping[str, Fresh], on: bool) -> dict[str, Any]:
    """What each step returns, where it is a number the median of five: for steps that measure a part of themselves."""
    taken: dict[str, list[Any]] = {name: [] for name in steps}
    for _ in range(REPEATS):
        for name, step in steps.items():
            taken[name].append(step.result(on))
    return {name: statistics.median(each) for name, each in taken.items()}


def machine() -> str:
    """The Python version and the processor in one line."""
    chip = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        chip = models[0] if models else chip
    version = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{version} on {platform.system()}, {chip}, {os.cpu_count()} cores"
