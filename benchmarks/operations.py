"""What a single operation costs: arithmetic of two Values against that of two floats, and what else stands in a loop.

Each process runs one statement a million times, a hundred of them to each turn of a loop, so that the loop costs next
to nothing; the result is dropped at once. Looking up the operands is part of it, for floats and Values alike. No graph
grows: memory is as warm as it gets. What an operation costs inside a large graph is in W1 (engine).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from typing import Any

from benchmarks.fresh import Fresh
from benchmarks.runner import Row
from benchmarks.timing import medians

TURNS, UNROLLED = 10_000, 100
ARITHMETIC = ("x + y", "x - y", "x * y", "x / y")
OTHERS = {
    "x * 2.0": "a product with a constant",
    "leaf(0.5)": "a leaf made",
    "x.relu()": "relu",
    "x.tanh()": "tanh",
    "x ** 3": "x ** 3",
    "x.data": "`.data` read",
}


def prepare(engine: str, style: str, statement: str, turns: int = TURNS) -> Callable[[], Any]:
    """A step that runs the statement, of two leaves x and y, a hundred times in each turn of a loop."""
    leaf = import_module(f"benchmarks.{engine}").ENGINES[style].leaf
    lines = [
        "def step(x=leaf(1.5), y=leaf(2.5), leaf=leaf):",
        f" for _ in range({turns}):",
        f"  {statement}\n" * UNROLLED,
    ]
    names: dict[str, Any] = {"leaf": leaf}
    exec("\n".join(lines), names)
    step: Callable[[], Any] = names["step"]
    return step


def rows() -> Iterator[Row]:
    with ExitStack() as stack:
        steps = {}
        for engine, style in (("by_floats", "forward"), ("ours", "eager")):
            for statement in ARITHMETIC if engine == "by_floats" else (*ARITHMETIC, *OTHERS):
                process = Fresh("benchmarks.operations:prepare", engine, style, statement)
                steps[engine, statement] = stack.enter_context(process).wait()
        times = medians(steps, True)
    each = {step: 1e9 * taken / (TURNS * UNROLLED) for step, taken in times.items()}
    for statement in ARITHMETIC:
        floats, values = each["by_floats", statement], each["ours", statement]
        yield Row(f"{statement} of two floats", floats, "ns")
        yield Row(f"{statement} of two Values", values, "ns")
        yield Row(f"{statement} of two Values", values / floats, "× of two floats", "≤ 2")
    for statement, what in OTHERS.items():
        yield Row(what, each["ours", statement], "ns")
