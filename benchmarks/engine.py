"""One gradient step of W1 and W2 against micrograd 0.1.0: eager, and fused.

A step runs forward, sets the gradients to zero, runs backward and drops the graph; the source is the same for both
engines. Fused means one node for each sum (`MLP(..., fused=True)`, `micrograd.dot`, `micrograd.total`): the same loss
and gradient from a graph with fewer nodes. The original has no such operations.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks import peers
from benchmarks.runner import Row
from benchmarks.timing import COLLECTORS, medians
from benchmarks.workloads import EAGER, FUSED, Engine, check, step, w1, w2

BARS = {("W1", "eager", True): "≥ 8", ("W2", "eager", True): "≥ 6", ("W1", "fused", True): "≥ 35"}


def rows() -> Iterator[Row]:
    original = peers.original()
    engines = {"original": Engine(original.engine.Value, original.nn.MLP), "eager": EAGER, "fused": FUSED}
    for name, workload in {"W1": w1, "W2": w2}.items():
        steps = {}
        for engine, parts in engines.items():
            run = workload(parts)
            peers.deep(partial(check, f"{name}, {engine}", run))
            steps[engine] = partial(step, run)
        for on, how in COLLECTORS.items():
            times = peers.deep(partial(medians, steps, on))
            for engine in ("eager", "fused"):
                ratio = times["original"] / times[engine]
                yield Row(f"{name}, {engine}, {how}", ratio, "× the original", BARS.get((name, engine, on)))
