"""Time steps fairly: they take turns, five times, each time with a clean heap; the median counts."""

from __future__ import annotations

import gc
import os
import platform
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

REPEATS = 5
COLLECTORS = {True: "default collector", False: "collector off"}


@contextmanager
def collector(on: bool) -> Iterator[None]:
    """Inside this context the cyclic collector runs with Python's defaults, or not at all."""
    before = gc.isenabled()
    gc.collect()
    (gc.enable if on else gc.disable)()
    try:
        yield
    finally:
        (gc.enable if before else gc.disable)()


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


def medians(steps: dict[str, Callable[[], Any]], on: bool) -> dict[str, float]:
    """The median time of each step in seconds, with the cyclic collector on or off.

    The steps take turns, so that a machine that slows down slows all of them. The collector runs before each step, so
    that no engine pays for the cycles of another.
    """
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(REPEATS):
        for name, step in steps.items():
            with collector(on):
                start = perf_counter()
                step()
                times[name].append(perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def repeat(step: Callable[[], Any], times: int) -> None:
    for _ in range(times):
        step()


def each(steps: dict[str, Callable[[], Any]], on: bool = True) -> dict[str, float]:
    """`medians` for steps too short to time alone: each is repeated until it takes a fiftieth of a second."""
    times = {name: enough(step) for name, step in steps.items()}
    taken = medians({name: partial(repeat, step, times[name]) for name, step in steps.items()}, on)
    return {name: taken[name] / times[name] for name in steps}


def enough(step: Callable[[], Any], seconds: float = 0.02) -> int:
    """How often to repeat a step to fill that time: a power of two."""
    times = 1
    while True:
        start = perf_counter()
        repeat(step, times)
        if perf_counter() - start >= seconds:
            return times
        times *= 2


def machine() -> str:
    """The Python version and the processor in one line."""
    chip = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        chip = models[0] if models else chip
    version = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{version} on {platform.system()}, {chip}, {os.cpu_count()} cores"
