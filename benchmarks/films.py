"""What watching costs: a picture of the moons network, the page of a training, and the time that a training loses.

The trainings show themselves as in a notebook, to a display that throws the pictures away: so the time is ours alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks.runner import Row
from benchmarks.workloads import MOONS
from micrograd.losses import max_margin
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.training import Film, Training, fit, watch

LONG = 10.0  # seconds of training
FEW = 200  # epochs, to see how long one takes


class Nowhere:
    """A display that shows pictures to nobody."""

    pictures = True
    encoding: str | None = None

    def show(self, bundle: dict[str, Any]) -> None:
        pass

    def end(self) -> None:
        pass


def training(epochs: int, compile: bool = False) -> Training:
    """The network 2-16-16-1 on 100 points, all of them in each step."""
    model = MLP(2, [16, 16, 1], fused=True, rng=random.Random(1337))
    return fit(model, max_margin, MOONS, SGD(model.parameters(), lr=0.1), epochs=epochs, rng=None, compile=compile)


def taken(run: Callable[[], Any], clock: Callable[[], float] = perf_counter) -> float:
    start = clock()
    run()
    return clock() - start


def rows() -> Iterator[Row]:
    film = watch(training(50))
    list(film)
    started = perf_counter()
    size = len(film.html.encode())
    page = perf_counter() - started
    yield Row("a moment of the moons: a field of 100 × 100, its lines", 1e3 * moment(film), "ms", "≤ 50")
    yield Row("the page of 50 epochs, made", page, "s")
    yield Row("the page of 50 epochs", size / 1e6, "MB", "≤ 2")
    for name, compile in (("eager", False), ("compiled", True)):
        yield Row(f"{name}, watched", lost(compile), "× the time unwatched", "≤ 1.2")


def moment(film: Film) -> float:
    """The median time of the scene of the plane, at the moments of a film."""
    (plane,) = [scene for scene in film._reel.scenes if scene.name == "plane"]
    outs = [0.0] * len(MOONS[0])
    return median(taken(partial(plane.values, shot, outs)) for shot in film.recording)


def lost(compile: bool) -> float:
    """The processor's time for a long training that is watched, as a multiple of that for one that is not.

    It is measured between two that are not, so that a machine which gets slower or faster does not count.
    """
    list(training(FEW, compile))
    epochs = max(1, int(LONG * FEW / taken(lambda: list(training(FEW, compile)), process_time)))

    def alone() -> float:
        return taken(lambda: list(training(epochs, compile)), process_time)

    before = alone()
    watched = taken(lambda: list(watch(training(epochs, compile))._run(Nowhere())), process_time)
    return 2 * watched / (before + alone())
