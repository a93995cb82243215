"""The cost of a node in any graph: its time at any depth, its memory, and whether dropping the graph frees it."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from functools import partial

from benchmarks.runner import Row
from benchmarks.timing import COLLECTORS, collector, medians
from benchmarks.workloads import EAGER, w1
from micrograd import Value

DEEP, SHALLOW = 1_000_000, 1_000


def chain(n: int, kind: type[Value] = Value) -> tuple[Value, Value]:
    """The leaf x = 1 and the last of the `n` nodes of y ← y · x, after `backward`: ∂y/∂x = n + 1."""
    x = y = kind(1.0)
    for _ in range(n):
        y = y * x
    y.backward()
    return x, y


def chains(n: int, times: int) -> None:
    """Build a chain of `n` nodes, backpropagate through it and drop it, `times` times."""
    for _ in range(times):
        x, _y = chain(n)
        if x.grad != n + 1:
            raise ArithmeticError(f"a chain of {n} nodes has the derivative {x.grad!r}, not {n + 1}")


def rows() -> Iterator[Row]:
    # a million nodes either way: a thousand short chains, or a single one
    steps = {"deep": partial(chains, DEEP, 1), "shallow": partial(chains, SHALLOW, DEEP // SHALLOW)}
    for on, how in COLLECTORS.items():
        times = medians(steps, on)
        claim = f"a node in a chain of 10⁶, {how}"
        yield Row(claim, times["deep"] / times["shallow"], "× one of 10³", "≤ 2.5" if on else "≤ 2")
    yield Row("a node and its numbers after `backward`", bytes_per_node(), "bytes", "≤ 190")
    yield Row("left of W1 after `del loss`, collector off", left_after_del(), "nodes", "= 0")


def bytes_per_node(n: int = 100_000) -> float:
    """The bytes that Python's allocator holds per node of a chain after `backward`.

    The nodes get a new class, because Python 3.11 and 3.12 reserve space in every object for the attributes that
    earlier objects of its class were given, here or in another benchmark.
    """
    plain = type("Plain", (Value,), {"__slots__": ()})
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = chain(n, plain)
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    del kept
    return held / n


def left_after_del() -> int:
    """How many Values are left over from a step of W1 after its graph was dropped, with the collector off."""
    workload = w1(EAGER)
    with collector(on=False):
        before = living()
        loss = workload.build()
        loss.backward()
        del loss
        return living() - before


def living() -> int:
    return sum(type(thing) is Value for thing in gc.get_objects())
