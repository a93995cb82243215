"""The cost of a node in any graph: its time at any depth, its memory, and whether dropping the graph frees it.

Each measurement has a process of its own. Memory is what the process holds of the machine's (its resident memory): what
an engine takes past Python's allocator counts too. Labels are all one text, so that they cost what holding them costs.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.fresh import Fresh
from benchmarks.ours import EAGER
from benchmarks.runner import Row
from benchmarks.timing import COLLECTORS, each, medians
from benchmarks.workloads import w1
from micrograd import Value
from micrograd._core.lending import living

DEEP, SHALLOW = 1_000_000, 1_000
ENGINES = {"": "", ", Python engine": "python"}
HELD = Path("/proc/self/statm")


def chain(n: int, label: str = "") -> tuple[Value, Value]:
    """The leaf x = 1 and the last of the `n` nodes of y ← y · x, after `backward`: ∂y/∂x = n + 1."""
    x = y = Value(1.0)
    for _ in range(n):
        y = y * x
        if label:
            y.label = label
    y.backward()
    if x.grad != n + 1:
        raise ArithmeticError(f"a chain of {n} nodes has the derivative {x.grad!r}, not {n + 1}")
    return x, y


# ---- the steps, each for a process of its own


def chains(n: int, times: int) -> Callable[[], Any]:
    """Build a chain of `n` nodes, backpropagate through it and drop it, `times` times."""

    def step() -> None:
        for _ in range(times):
            chain(n)

    return step


def backward(n: int) -> Callable[[], Any]:
    """Backpropagate through a chain that stays."""
    _x, y = chain(n)
    return y.backward


def collection(n: int) -> Callable[[], Any]:
    """A full collection while a chain is alive."""
    alive = chain(n)

    def step() -> None:
        gc.collect()
        assert alive

    return step


def memory(n: int, label: str = "") -> Callable[[], Any]:
    """The bytes that the process takes for each node of a chain after `backward`; None where no one says."""

    def step() -> float | None:
        before = resident()
        kept = chain(n, label)
        after = resident()
        assert kept
        return None if before is None or after is None else (after - before) / n

    return step


def resident() -> int | None:
    """The bytes of memory that this process holds; None but on Linux."""
    return int(HELD.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if HELD.exists() else None


def left() -> Callable[[], Any]:
    """How many Values are left over from a step of W1 after its graph was dropped."""
    workload = w1(EAGER)

    def step() -> int:
        before = len(living())
        loss = workload.build()
        loss.backward()
        del loss
        return len(living()) - before

    return step


# ---- the table


def rows() -> Iterator[Row]:
    yield from depth()
    yield from bytes_per_node()
    with of("left") as step:
        yield Row("left of W1 after `del loss`, collector off", step.result(on=False), "nodes", "= 0")
    with of("collection", DEEP) as ours, of("collection", DEEP, engine="python") as python:
        times = medians({"ours": ours, "python": python}, True)
    yield Row("a full collection with 10⁶ live nodes", 1e3 * times["ours"], "ms")
    claim = "a full collection with 10⁶ live nodes, time"
    yield Row(claim, times["ours"] / times["python"], "of the Python engine's", "≤ 1")


def of(function: str, *arguments: Any, engine: str = "") -> Fresh:
    return Fresh(f"benchmarks.graph:{function}", *arguments, engine=engine)


def depth() -> Iterator[Row]:
    # a million nodes either way: a thousand short chains, or a single one
    lives = {"deep": (DEEP, 1), "shallow": (SHALLOW, DEEP // SHALLOW)}
    for named, engine in ENGINES.items():
        with ExitStack() as stack:
            enter = stack.enter_context
            steps = {name: enter(of("chains", *size, engine=engine)) for name, size in lives.items()}
            for on, how in COLLECTORS.items():
                times = medians(steps, on)
                claim = f"a node in a chain of 10⁶{named}, {how}"
                bar = "≤ 2" if engine and not on else "≤ 2.5"
                yield Row(claim, times["deep"] / times["shallow"], "× one of 10³", bar)
            passes = {n: enter(of("backward", n, engine=engine)) for n in (SHALLOW, DEEP)}
            for n, taken in each(passes).items():
                size = {SHALLOW: "10³", DEEP: "10⁶"}[n]
                bar = "≤ 15" if n == SHALLOW and not engine else None
                yield Row(f"backward in a chain of {size}{named}, a node", 1e9 * taken / n, "ns", bar)


def bytes_per_node() -> Iterator[Row]:
    for named, engine in ENGINES.items():
        with of("memory", DEEP, engine=engine) as plain, of("memory", DEEP, "y", engine=engine) as labelled:
            bare, full = plain.result(), labelled.result()
        yield Row(f"a node and its numbers after `backward`{named}", bare, "bytes", "≤ 215" if engine else "≤ 128")
        more = None if bare is None else full - bare
        yield Row(f"its label{named}", more, "bytes more")
