"""Functions of one example run over many: the mean loss and its gradient, or a result and its derivatives for each.

Ours are compiled from the scalar code of one example. JAX takes the same function of one example with `vmap` under
`jit`; PyTorch computes on whole tensors, as one writes it there. All results are compared before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.contest import agreeing, contest
from benchmarks.runner import Row
from benchmarks.timing import Step
from benchmarks.workloads.one_example import documents, of_a_document, of_a_point, points
from benchmarks.workloads.options import options, price
from micrograd import Value, compile, value_and_grad

OURS, JAX, TORCH = "native", "jax vmap + jit", "PyTorch"
PEERS = {JAX: "by_jax_batches", TORCH: "by_torch_batches"}
SIZES = {10_000: ("10⁴", "≥ 1.4"), 1_000_000: ("10⁶", "≥ 3")}


def rows() -> Iterator[Row]:
    for n, (written, bar) in SIZES.items():
        engines = of_losses("point", of_a_point(), points(n))
        yield from measured(f"moons, {written} examples", engines, bar)
    engines = of_losses("document", of_a_document(), documents(1_000), [JAX])
    yield from measured("attention, 1,000 documents", engines, "≥ 1")
    yield from measured("price and Greeks of 10⁴ options", of_options(10_000), "≥ 1")


def measured(name: str, engines: dict[str, Callable[[], Step]], bar: str) -> Iterator[Row]:
    return contest(name, agreeing(name, engines), {(OURS, JAX): bar, (OURS, TORCH): None})


def of_losses(
    name: str, of_one: tuple[Callable[..., Any], list[Value]], examples: tuple[Any, ...], peers: Any = tuple(PEERS)
) -> dict[str, Callable[[], Step]]:
    """Engines for the mean loss of examples and its gradient; `name` is that of the function in the peers' files."""
    import numpy as np

    loss, parameters = of_one
    theta = np.array([p.data for p in parameters])

    def ours() -> Step:
        fast = compile(loss, parameters=parameters)
        return partial(fast.batch.value_and_grad, theta, *examples)

    return {OURS: ours, **{peer: partial(prepare, PEERS[peer], name, theta, *examples) for peer in peers}}


def of_options(n: int) -> dict[str, Callable[[], Step]]:
    arguments = options(n)

    def ours() -> Step:
        greeks = compile(value_and_grad(price, argnum=tuple(range(len(arguments)))))
        return partial(greeks.batch, *arguments, reduce=None)

    return {OURS: ours, **{peer: partial(prepare, file, "option", *arguments) for peer, file in PEERS.items()}}


def prepare(file: str, function: str, *arrays: Any) -> Step:
    step: Step = getattr(import_module(f"benchmarks.{file}"), function)(*arrays)
    return step
