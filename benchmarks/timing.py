"""How time is taken: in turn, each time from a clean heap, five times, with the median for an answer."""

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
    """Inside this context the cyclic collector runs as Python has it by default, or not at all."""
    before = gc.isenabled()
    gc.collect()
    (gc.enable if on else gc.disable)()
    try:
        yield
    finally:
        (gc.enable if before else gc.disable)()


@contextmanager
def frozen() -> Iterator[None]:
    """Inside this context the collector leaves alone what is there already, such as the libraries of a peer.

    Those of JAX and PyTorch together are 200,000 objects, through which every engine that builds a graph would go.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def medians(steps: dict[str, Callable[[], Any]], on: bool) -> dict[str, float]:
    """The median time of each step in seconds, with the cyclic collector on or off.

    The steps take turns, so that a machine that slows down slows all of them. Before each one the collector clears away
    what the one before has left, so that no engine pays for the cycles of another.
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
    """`medians` for steps too short to be timed alone: each is repeated until that takes a fiftieth of a second."""
    times = {name: enough(step) for name, step in steps.items()}
    taken = medians({name: partial(repeat, step, times[name]) for name, step in steps.items()}, on)
    return {name: taken[name] / times[name] for name in steps}


def enough(step: Callable[[], Any], seconds: float = 0.02) -> int:
    """How often a step is to be repeated to take that long: a power of two."""
    times = 1
    while True:
        start = perf_counter()
        repeat(step, times)
        if perf_counter() - start >= seconds:
            return times
        times *= 2


def machine() -> str:
    """The Python and the processor in one line."""
    chip = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        chip = models[0] if models else chip
    version = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{version} on {platform.system()}, {chip}, {os.cpu_count()} cores"
