"""A compiled step against its peers: W1, W2 and the Rosenbrock function, value and gradient on flat arrays.

Every peer computes the same loss and gradient in float64, which is checked before anything is timed; each is written in
its own file, `by_numpy`, `by_jax` and so on. Eager and the original (micrograd 0.1.0) build a new graph of Values for
each step. The times are reported; the bars are on ratios of the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks import peers
from benchmarks.calculus import START, rosenbrock
from benchmarks.runner import Row
from benchmarks.timing import each, frozen
from benchmarks.workloads import EAGER, Engine, Workload, check, compare, step, w1, w2

Step = Callable[[], Any]
BACKENDS = ("python", "native")
NETWORK_PEERS = {"NumPy by hand": "by_numpy", "jax.jit": "by_jax", "PyTorch": "by_torch", "CasADi": "by_casadi"}
PEERS = {
    "w1": NETWORK_PEERS,
    "w2": NETWORK_PEERS,
    "rosenbrock": {**NETWORK_PEERS, "SciPy": "by_scipy"},
}
OWN = "jax.jit, an array of its own"
# "≥": times as fast as the peer; "≤": as a fraction of its time
BARS = {
    ("W1", "python"): {"eager": "≥ 25"},
    ("W1", "native"): {"NumPy by hand": "≤ 1.1", "jax.jit": "≥ 0.6"},
    ("W2", "native"): {"NumPy by hand": "≥ 2", "jax.jit": "≥ 1.3"},
    ("Rosenbrock 2-D", "python"): {"jax.jit": "≥ 10"},
    ("Rosenbrock 2-D", "native"): {"jax.jit": "≥ 8"},
    ("Rosenbrock 100-D", "native"): {"jax.jit": "≥ 8"},
}


def rows() -> Iterator[Row]:
    yield from contest("W1", "w1", w1)
    yield from contest("W2", "w2", w2)
    for dimensions in (2, 100):
        yield from contest(f"Rosenbrock {dimensions}-D", "rosenbrock", partial(valley, dimensions))


def contest(name: str, function: str, make: Callable[[Engine], Workload]) -> Iterator[Row]:
    """The time of a step in every installed engine, then the ratios; `function` is its name in the peers' files."""
    steps: dict[str, Step] = {}
    for engine, prepare in engines(name, function, make).items():
        try:
            steps[engine] = prepare()
        except ImportError as error:
            yield Row(f"not measured: {error}", None)
    with frozen():
        times = peers.deep(partial(each, steps))
    for engine, taken in times.items():
        yield Row(f"{name}, {engine}", 1e6 * taken, "µs")
    for backend in BACKENDS:
        for peer, bar in {"eager": None, "the original": None, **BARS.get((name, backend), {})}.items():
            if backend in times and peer in times:
                yield compared(f"{name}, {backend}", times[backend], times[peer], peer, bar)


def compared(claim: str, ours: float, theirs: float, peer: str, bar: str | None) -> Row:
    if bar and bar.startswith("≤"):
        return Row(f"{claim}, time", ours / theirs, f"of {peer}", bar)
    return Row(claim, theirs / ours, f"× {peer}", bar)


# ---- who takes part


def engines(name: str, function: str, make: Callable[[Engine], Workload]) -> dict[str, Callable[[], Step]]:
    """By name, a function that prepares an engine: it returns a step, after checking its result."""
    workload = make(EAGER)

    def ours(backend: str) -> Step:
        from micrograd import compile

        fast = compile(workload.function, parameters=workload.parameters, backend=backend)
        theta, *data = workload.arrays()
        return on_arrays(f"{name}, {backend}", workload, partial(fast.value_and_grad, theta, *data))

    def peer(engine: str, file: str, made_by: str = function) -> Step:
        module = import_module(f"benchmarks.{file}")
        return on_arrays(f"{name}, {engine}", workload, getattr(module, made_by)(*workload.arrays()))

    def eager() -> Step:
        check(f"{name}, eager", workload)
        return partial(step, workload)

    def original() -> Step:
        old = peers.original()
        run = make(Engine(old.engine.Value, old.nn.MLP))
        peers.deep(partial(check, f"{name}, the original", run))
        return partial(step, run)

    return {
        **{backend: partial(ours, backend) for backend in BACKENDS},
        **{engine: partial(peer, engine, file) for engine, file in PEERS[function].items()},
        **({OWN: partial(peer, OWN, "by_jax", "own_rosenbrock")} if function == "rosenbrock" else {}),
        "eager": eager,
        "the original": original,
    }


def on_arrays(name: str, workload: Workload, step: Step) -> Step:
    """The step, after checking its loss and its gradient: one array, or one for each part of the network."""
    import numpy as np

    loss, gradient = step()
    parts = gradient if isinstance(gradient, tuple) else (gradient,)
    compare(name, workload, np.asarray(loss).item(), np.concatenate([np.asarray(part).ravel() for part in parts]))
    return step


def valley(dimensions: int, engine: Engine) -> Workload:
    """The Rosenbrock function at −1.2, 1, −1.2, 1, …; its value and its gradient's norm come from exact fractions."""
    x = [engine.leaf(START[i % 2]) for i in range(dimensions)]
    value, norm = {2: (24.2, 232.86768775422665), 100: (24926.0, 7200.758293402161)}[dimensions]

    def loss() -> Any:
        return rosenbrock(x)

    return Workload(loss, (), x, value, norm)
