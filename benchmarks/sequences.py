"""Code that repeats: a solution by RK4, recurrent networks and a Kalman filter, value and gradient.

The networks and the filter take part against JAX. RK4 over 4,000 steps, fitted to data, is compared with an eager step
of the Python engine: how long it takes to compile, and to run; and its program with that of a tenth of the steps.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.compiling import UNIT, Compiler, in_steps
from benchmarks.contest import agree, agreeing, compared, contest, flat
from benchmarks.fresh import Fresh
from benchmarks.runner import Row
from benchmarks.timing import Step, each
from benchmarks.workloads.sequences import Scene, gru, kalman, predators, rnn
from micrograd import compile

OURS, JAX, PYTHON = "native", "jax.jit", "the Python engine"
SOLUTION, SHORT, FILTER = "RK4, 4,000 steps", "RK4, 400 steps", "Kalman filter, 200 steps"
SCENES: dict[str, Callable[[], Scene]] = {
    "GRU, 30 characters": gru,
    "RNN, 30 characters": rnn,
    FILTER: kalman,
    SOLUTION: partial(predators, 4_000),
    SHORT: partial(predators, 400),
}
OVER_JAX = {"GRU, 30 characters": "≥ 1.5", "RNN, 30 characters": None, FILTER: None}
COMPILED = {FILTER: None, SOLUTION: "≤ 1"}


def rows() -> Iterator[Row]:
    for name, bar in OVER_JAX.items():
        yield from contest(name, agreeing(name, engines(name)), {(OURS, JAX): bar})
    for name, bar in COMPILED.items():
        with of("compiler", name) as compiling, of("eager", name, engine="python") as eager:
            program, _ = in_steps(compiling, eager)
        yield Row(f"{name}, {OURS}, compiled", program, UNIT, bar)
    yield from solution()


def engines(name: str) -> dict[str, Callable[[], Step]]:
    make = SCENES[name]

    def peer() -> Step:
        step: Step = getattr(import_module("benchmarks.by_jax_sequences"), make.__name__)(*make().arrays())
        return step

    return {OURS: lambda: ours(name), JAX: peer}


def ours(name: str) -> Callable[[], Any]:
    scene = SCENES[name]()
    fast = compile(scene.function, parameters=scene.parameters)
    return partial(fast.value_and_grad, *scene.arrays())


def solution() -> Iterator[Row]:
    """A step of RK4 against one of the Python engine, after checking that their derivatives agree."""
    step = ours(SOLUTION)
    with of("eager", SOLUTION, engine="python") as eager:
        agree(SOLUTION, flat(step()[1]), flat(eager.result()))
        times = each({OURS: step, PYTHON: eager})
    yield Row(f"{SOLUTION}, {OURS}", 1e6 * times[OURS], "µs")
    yield compared(f"{SOLUTION}, {OURS}", times[OURS], times[PYTHON], PYTHON, None)
    grown = size(step) / size(ours(SHORT))
    yield Row(f"{SOLUTION}, numbers in its program", grown, f"× those for {SHORT[5:]}")


def size(step: Any) -> int:
    """How many numbers the program of a step is, without those that it returns."""
    step()
    program = vars(step.func.__self__.program)
    return sum(len(part) for name, part in program.items() if isinstance(part, array) and name != "outputs")


# ---- the steps, each for a process of its own


def of(function: str, name: str, engine: str = "") -> Fresh:
    return Fresh(f"benchmarks.sequences:{function}", name, engine=engine)


def compiler(name: str) -> Callable[[], Any]:
    return Compiler(SCENES[name](), "native")


def eager(name: str) -> Callable[[], list[float]]:
    """A step without compiling, which returns the gradient."""
    scene = SCENES[name]()

    def step() -> list[float]:
        loss = scene.function(*scene.data)
        for p in scene.parameters:
            p.grad = 0.0
        loss.backward()
        return [p.grad for p in scene.parameters]

    return step
