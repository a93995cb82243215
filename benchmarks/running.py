"""A compiled step against its peers: W1, W2 and the Rosenbrock function, value and gradient on flat arrays.

Every peer computes the same loss and gradient in float64, which is checked before anything is timed; each is written in
its own file, `by_numpy`, `by_jax` and so on. The Python engine and the original (micrograd 0.1.0) build a new graph of
Values for each step, each in a process of its own. The times are reported; the bars are on ratios of the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.contest import contest
from benchmarks.engine import CONTENDERS, ORIGINAL
from benchmarks.ours import EAGER
from benchmarks.runner import Row
from benchmarks.timing import Step
from benchmarks.workloads import WORKLOADS, Workload, compare

BACKENDS = ("python", "native")
PEERS = {"NumPy by hand": "by_numpy", "jax.jit": "by_jax", "PyTorch": "by_torch", "CasADi": "by_casadi"}
VALLEY_PEERS = {**PEERS, "SciPy": "by_scipy"}
OWN = "jax.jit, an array of its own"
HAND, FLAT = "C by hand", "the flat kernel"
EAGER_STEP = "the Python engine"  # steps of the native one have their place in `engine`
BARS = {
    ("W1", "python"): {EAGER_STEP: "≥ 25"},
    ("W1", "native"): {HAND: "≤ 1.4", "NumPy by hand": "≤ 1.1", "jax.jit": "≥ 4"},
    ("W2", "native"): {FLAT: "≤ 0.6", "NumPy by hand": "≥ 2", "jax.jit": "≥ 7"},
    ("Rosenbrock 2-D", "python"): {"jax.jit": "≥ 10"},
    ("Rosenbrock 2-D", "native"): {"jax.jit": "≥ 8"},
    ("Rosenbrock 100-D", "native"): {"jax.jit": "≥ 8"},
}


def rows() -> Iterator[Row]:
    for name in WORKLOADS:
        yield from contest(name, engines(name), bars(name))


def bars(name: str) -> dict[tuple[str, str], str | None]:
    """What ours is compared with: in any case with an eager step of the Python engine and with the original."""
    return {
        (backend, peer): bar
        for backend in BACKENDS
        for peer, bar in {EAGER_STEP: None, ORIGINAL: None, **BARS.get((name, backend), {})}.items()
    }


# ---- who takes part


def engines(name: str) -> dict[str, Callable[[], Step]]:
    """By name, a function that prepares an engine: it returns a step, after checking its result."""
    workload = WORKLOADS[name](EAGER)
    function, *_ = name.lower().split()  # its name in the peers' files
    valley = function == "rosenbrock"

    def ours(backend: str) -> Step:
        return on_arrays(f"{name}, {backend}", workload, partial(compiled(backend).value_and_grad, *workload.arrays()))

    def compiled(backend: str) -> Any:
        from micrograd import compile

        return compile(workload.function, parameters=workload.parameters, backend=backend)

    def flat() -> Step:
        from benchmarks.flat import flat_step

        fast = compiled("native")
        fast.value_and_grad(*workload.arrays())
        return on_arrays(f"{name}, {FLAT}", workload, flat_step(fast, *workload.arrays()))

    def peer(engine: str, file: str, made_by: str = function) -> Step:
        module = import_module(f"benchmarks.{file}")
        return on_arrays(f"{name}, {engine}", workload, getattr(module, made_by)(*workload.arrays()))

    return {
        **{backend: partial(ours, backend) for backend in BACKENDS},
        **{engine: partial(peer, engine, file) for engine, file in (VALLEY_PEERS if valley else PEERS).items()},
        **({HAND: partial(peer, HAND, "by_c")} if name == "W1" else {}),
        **({FLAT: flat} if name in ("W1", "W2") else {}),
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
