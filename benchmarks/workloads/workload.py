"""A function with its data, its parameters, and the loss and gradient that it must give."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np


class Workload(NamedTuple):
    """A function, its data and its parameters, with the loss and the gradient norm that it must give.

    Every step builds the loss again.
    """

    function: Callable[..., Any]
    data: tuple[Any, ...]
    parameters: list[Any]
    loss: float
    norm: float

    def build(self) -> Any:
        return self.function(*self.data)

    def arrays(self) -> tuple[np.ndarray, ...]:
        """The parameters as one flat array, then each piece of data as an array."""
        import numpy as np

        return np.array([p.data for p in self.parameters]), *(np.array(x, dtype=float) for x in self.data)


def step(workload: Workload) -> float:
    """Run forward, set the gradients to zero, run backward; only the loss remains, and the graph is dropped."""
    loss = workload.build()
    for p in workload.parameters:
        p.grad = 0.0
    loss.backward()
    return loss.data


def check(name: str, workload: Workload) -> None:
    """Raise `ArithmeticError` unless one step gives the loss and the gradient norm of the reference, to 10⁻¹⁰."""
    compare(name, workload, step(workload), (p.grad for p in workload.parameters))


def compare(name: str, workload: Workload, loss: float, gradient: Iterable[float]) -> None:
    """Raise `ArithmeticError` unless the loss and the gradient's norm are those of the reference, to 10⁻¹⁰."""
    got = float(loss), math.sqrt(sum(float(g) ** 2 for g in gradient))
    for what, is_, wanted in zip(("loss", "gradient norm"), got, (workload.loss, workload.norm), strict=True):
        if not math.isclose(is_, wanted, rel_tol=1e-10):
            raise ArithmeticError(f"{name}: the {what} is {is_!r}, not {wanted!r}")
