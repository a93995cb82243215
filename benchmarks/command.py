"""What a newcomer waits for: `import micrograd`, and the training of `micrograd demo`, with our two engines.

The demo is its own training loop, as the command runs it, in a process for each engine. An import is timed in a new
process each time, after Python has started; the engines take turns.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from io import StringIO
from statistics import median
from typing import Any

from benchmarks.fresh import ROOT, Fresh, environment
from benchmarks.runner import Row
from benchmarks.timing import medians
from micrograd.cli.demos import moons

IMPORTS = 31
IMPORT = "from time import perf_counter as now; start = now(); import micrograd; print(now() - start)"
ENGINES = {"installed": "", "python": "python"}


def rows() -> Iterator[Row]:
    with (
        Fresh("benchmarks.command:training") as ours,
        Fresh("benchmarks.command:training", engine="python") as python,
    ):
        times = medians({"ours": ours, "python": python}, True)
    yield Row("training of `micrograd demo`", times["ours"], "s")
    yield Row("training of `micrograd demo`", times["python"] / times["ours"], "× the Python engine", "≥ 5")
    taken = imports()
    yield Row("`import micrograd`", 1e3 * taken["installed"], "ms", "≤ 50")
    more = 1e3 * (taken["installed"] - taken["python"])
    yield Row("`import micrograd`, more than with the Python engine", more, "ms", "≤ 5")


def training(steps: int = 100) -> Callable[[], Any]:
    """A step that trains the moons classifier as `micrograd demo` does, with its progress bar written to a text."""

    def step(steps: int = steps) -> None:
        with redirect_stderr(StringIO()):
            moons.train(steps)

    step(0)  # says what is missing, if something is
    return step


def imports(times: int = IMPORTS) -> dict[str, float]:
    """The median seconds of an import with the engine that is installed, and with the one in Python."""
    taken: dict[str, list[float]] = {name: [] for name in ENGINES}
    for _ in range(times):
        for name, engine in ENGINES.items():
            run = subprocess.run(
                [sys.executable, "-c", IMPORT], env=environment(engine), cwd=ROOT, check=True, capture_output=True
            )
            taken[name].append(float(run.stdout))
    return {name: median(each) for name, each in taken.items()}
