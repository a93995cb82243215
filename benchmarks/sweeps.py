"""A thousand small models: classifiers as in W1 that start from other weights, each trained by gradient descent.

Ours is one compiled function, in a process for each core (joblib), and each process trains its share of the models one
by one. JAX trains all of them at once: `vmap` over their parameters, the steps in one loop under `jit`, with as many
threads as it likes. The parameters that come out are compared before anything is timed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from benchmarks.contest import agree, compared
from benchmarks.fresh import Fresh
from benchmarks.one_thread import ONE
from benchmarks.runner import Row
from benchmarks.timing import Step, medians
from benchmarks.workloads import MOONS
from micrograd import compile, nn
from micrograd.losses import max_margin

MODELS, STEPS, RATE = 1_000, 20, 0.1
OURS, JAX = "joblib and the kernel", "jax vmap + jit, all threads"


def rows() -> Iterator[Row]:
    import numpy as np

    with Fresh("benchmarks.sweeps:processes") as ours, Fresh("benchmarks.sweeps:vmapped") as theirs:
        name = f"{MODELS:,} models, {STEPS} steps"
        agree(name, np.array(ours.result()), np.array(theirs.result()))
        steps: dict[str, Step] = {OURS: ours, JAX: theirs}
        times = medians(steps, True)
    for engine, taken in times.items():
        yield Row(f"{name}, {engine}", 1e3 * taken, "ms")
    yield compared(f"{name}, {OURS}", times[OURS], times[JAX], JAX, "≥ 2")


@cache
def loss() -> Any:
    """The compiled loss of a model, one for each process."""
    model = nn.MLP(2, [16, 16, 1])
    return compile(lambda points, labels: max_margin(model(points), labels), parameters=model.parameters())


def starts() -> Any:
    """The parameters of all models, a row for each."""
    import numpy as np

    source = random.Random(0)
    return np.array([[p.data for p in nn.MLP(2, [16, 16, 1], rng=source).parameters()] for _ in range(MODELS)])


def data() -> list[Any]:
    import numpy as np

    return [np.array(part, dtype=float) for part in MOONS]


def descend(thetas: Any, points: Any, labels: Any) -> Any:
    step = loss().value_and_grad
    for theta in thetas:
        for _ in range(STEPS):
            theta -= RATE * step(theta, points, labels)[1]
    return thetas


def processes() -> Callable[[], Any]:
    import numpy as np
    from joblib import Parallel, cpu_count, delayed

    shares = np.array_split(starts(), 4 * cpu_count())
    points, labels = data()
    pool = Parallel(n_jobs=-1, max_nbytes=None)
    return lambda: summed(np.concatenate(pool(delayed(descend)(share, points, labels) for share in shares)))


def vmapped() -> Callable[[], Any]:
    for name in ONE:
        os.environ.pop(name, None)
    from benchmarks.by_jax_batches import classifiers

    step = classifiers(starts(), *data(), STEPS, RATE)
    return lambda: summed(step())


def summed(thetas: Any) -> list[float]:
    """The sum over all models of each parameter, to compare."""
    import numpy as np

    total: list[float] = np.asarray(thetas).sum(0).tolist()
    return total
