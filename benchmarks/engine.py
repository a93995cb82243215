"""One gradient step of W1 and W2 in every engine that works on scalars: eager, and fused.

Each engine runs in a process that has loaded nothing else. A step runs forward, sets the gradients to zero, runs
backward and drops the graph; the source is the same for all. Fused means one node for each sum (`MLP(..., fused=True)`,
`micrograd.dot`, `micrograd.total`): the same loss and gradient from a graph with fewer nodes. The original has no such
operations.

Floats have no gradient: they only run forward. Python loops over their sums, while the native engine makes the nodes of
a layer in C; that is how a whole step of it can take less.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

from benchmarks.fresh import Fresh
from benchmarks.peers import PeerMissing
from benchmarks.runner import Row
from benchmarks.timing import COLLECTORS, medians


class Contender(NamedTuple):
    """A style in a file with `ENGINES`, and which of our engines is to run."""

    file: str
    style: str
    engine: str = ""

    def process(self, workload: str) -> Fresh:
        return Fresh("benchmarks.scalar:prepare", self.file, self.style, workload, engine=self.engine)


ORIGINAL, SLOTS, FLOATS = "the original", "slots and stored derivatives", "floats, forward only"
CONTENDERS = {
    ORIGINAL: Contender("by_original", "eager"),
    SLOTS: Contender("by_slots", "eager"),
    FLOATS: Contender("by_floats", "forward"),
    "eager, Python engine": Contender("ours", "eager", "python"),
    "fused, Python engine": Contender("ours", "fused", "python"),
    "eager": Contender("ours", "eager"),
    "fused": Contender("ours", "fused"),
}
# Times the original, by workload, contender and whether the collector runs; the aim for W1, eager, is 100.
BARS = {
    ("W1", "eager, Python engine", True): "≥ 8",
    ("W1", "fused, Python engine", True): "≥ 35",
    ("W2", "eager, Python engine", True): "≥ 6",
    ("W1", "eager", True): "≥ 40",
    ("W1", "fused", True): "≥ 100",
    ("W1", "eager", False): "≥ 9.5",
    ("W1", "fused", False): "≥ 25",
    ("W2", "eager", False): "≥ 17",
    ("W2", "fused", False): "≥ 55",
}
OVER_PYTHON = {("W1", "eager", True): "≥ 5"}


def rows() -> Iterator[Row]:
    for name in ("W1", "W2"):
        with ExitStack() as stack:
            steps = {}
            for contender, engine in CONTENDERS.items():
                try:
                    steps[contender] = stack.enter_context(engine.process(name)).wait()
                except PeerMissing as error:
                    yield Row(f"not measured: {error}", None)
            for on in COLLECTORS:
                yield from compared(name, on, medians(steps, on))


def compared(name: str, on: bool, times: dict[str, float]) -> Iterator[Row]:
    """The time of the original, and every other engine against it; ours also against each other, and against floats."""
    how = COLLECTORS[on]
    if ORIGINAL in times:
        yield Row(f"{name}, {ORIGINAL}, {how}", 1e3 * times[ORIGINAL], "ms")
        for engine, taken in times.items():
            if engine == ORIGINAL:
                continue
            ratio = times[ORIGINAL] / taken
            yield Row(f"{name}, {engine}, {how}", ratio, f"× {ORIGINAL}", BARS.get((name, engine, on)))
    for style in ("eager", "fused"):
        ratio = times[f"{style}, Python engine"] / times[style]
        yield Row(f"{name}, {style}, {how}", ratio, "× the Python engine", OVER_PYTHON.get((name, style, on)))
        yield Row(f"{name}, {style}, {how}, time", times[style] / times[FLOATS], f"of {FLOATS}")
