"""A compiled step against its peers: W1, W2 and the Rosenbrock function, value and gradient on flat arrays.

Every peer computes the same loss and gradient in float64, which is checked before anything is timed; each is written in
its own file, `by_numpy`, `by_jax` and so on. The Python engine and the original (micrograd 0.1.0) build a new graph of
Values for each step, each in a process of its own. The times are reported; the bars are on ratios of the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.engine import CONTENDERS, ORIGINAL
from benchmarks.fresh import Fresh
from benchmarks.ours import EAGER
from benchmarks.runner import Row
from benchmarks.timing import Step, each, frozen
from benchmarks.workloads import WORKLOADS, Workload, compare

BACKENDS = ("python", "native")
PEERS = {"NumPy by hand": "by_numpy", "jax.jit": "by_jax", "PyTorch": "by_torch", "CasADi": "by_casadi"}
VALLEY_PEERS = {**PEERS, "SciPy": "by_scipy"}
OWN = "jax.jit, an array of its own"
EAGER_STEP = "the Python engine"  # steps of the native one have their place in `engine`
# "≥": times as fast as the peer; "≤": as a fraction of its time
BARS = {
    ("W1", "python"): {EAGER_STEP: "≥ 25"},
    ("W1", "native"): {"NumPy by hand": "≤ 1.1", "jax.jit": "≥ 0.6"},
    ("W2", "native"): {"NumPy by hand": "≥ 2", "jax.jit": "≥ 1.3"},
    ("Rosenbrock 2-D", "python"): {"jax.jit": "≥ 10"},
    ("Rosenbrock 2-D", "native"): {"jax.jit": "≥ 8"},
    ("Rosenbrock 100-D", "native"): {"jax.jit": "≥ 8"},
}


def rows() -> Iterator[Row]:
    for name in WORKLOADS:
        yield from contest(name)


def contest(name: str) -> Iterator[Row]:
    """The time of a step of the workload in every installed engine, then the ratios."""
    steps: dict[str, Step] = {}
    with ExitStack() as processes:
        for engine, prepare in engines(name).items():
            try:
                steps[engine] = step = prepare()
            except ImportError as error:
                yield Row(f"not measured: {error}", None)
            else:
                if isinstance(step, Fresh):
                    processes.enter_context(step)
        with frozen():
            times = each(steps)
    for engine, taken in times.items():
        yield Row(f"{name}, {engine}", 1e6 * taken, "µs")
    for backend in BACKENDS:
        for peer, bar in {EAGER_STEP: None, ORIGINAL: None, **BARS.get((name, backend), {})}.items():
            if backend in times and peer in times:
                yield compared(f"{name}, {backend}", times[backend], times[peer], peer, bar)


def compared(claim: str, ours: float, theirs: float, peer: str, bar: str | None) -> Row:
    if bar and bar.startswith("≤"):
        return Row(f"{claim}, time", ours / theirs, f"of {peer}", bar)
    return Row(claim, theirs / ours, f"× {peer}", bar)


# ---- who takes part


def engines(name: str) -> dict[str, Callable[[], Step]]:
    """By name, a function that prepares an engine: it returns a step, after checking its result."""
    workload = WORKLOADS[name](EAGER)
    function, *_ = name.lower().split()  # its name in the peers' files
    valley = function == "rosenbrock"

    def ours(backend: str) -> Step:
        from micrograd import compile

        fast = compile(workload.function, parameters=workload.parameters, backend=backend)
        theta, *data = workload.arrays()
        return on_arrays(f"{name}, {backend}", workload, partial(fast.value_and_grad, theta, *data))

    def peer(engine: str, file: str, made_by: str = function) -> Step:
        module = import_module(f"benchmarks.{file}")
        return on_arrays(f"{name}, {engine}", workload, getattr(module, made_by)(*workload.arrays()))

    return {
        **{backend: partial(ours, backend) for backend in BACKENDS},
        **{engine: partial(peer, engine, file) for engine, file in (VALLEY_PEERS if valley else PEERS).items()},
        **({OWN: partial(peer, OWN, "by_jax", "own_rosenbrock")} if valley else {}),
        EAGER_STEP: lambda: CONTENDERS["eager, Python engine"].process(name).wait(),
        ORIGINAL: lambda: CONTENDERS[ORIGINAL].process(name).wait(),
    }


def on_arrays(name: str, workload: Workload, step: Callable[[], Any]) -> Step:
    """The step, after checking its loss and its gradient: one array, or one for each part of the network."""
    import numpy as np

    loss, gradient = step()
    parts = gradient if isinstance(gradient, tuple) else (gradient,)
    compare(name, workload, np.asarray(loss).item(), np.concatenate([np.asarray(part).ravel() for part in parts]))
    return step
