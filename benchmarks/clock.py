"""The time of a step with the cyclic collector on or off; light enough for a process that is to load nothing else."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any


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


def seconds(step: Callable[[], Any], on: bool = True, times: int = 1) -> float:
    """How long it takes to run the step that many times, from a clean heap."""
    with collector(on):
        start = perf_counter()
        for _ in range(times):
            step()
        return perf_counter() - start
