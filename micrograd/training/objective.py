"""The loss of a mini-batch: as it is, compiled, or the compiled loss of one example over a batch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from micrograd.compiler import compile as compile_function
from micrograd.engine import Value
from micrograd.nn import Module
from micrograd.nn.module import in_evaluation

Objective = Callable[[list[Any], list[Any]], Any]

AS_A_WHOLE = (
    "batch=True runs one example at a time, but {0!r} looks at all of a mini-batch in training: write compile=True"
)
NO_MEAN = (
    "batch=True needs a loss that is the mean over the examples: of the first two it is {0}, and {1} and {2} of each "
    "alone. Take the mean, or write compile=True"
)


def make_objective(
    model: Callable[[Any], Any], loss: Callable[[Any, Any], Any], compile: bool, batch: bool
) -> Objective:
    """The loss of a mini-batch as a function of its inputs and its targets."""

    def whole(xs: list[Any], ys: list[Any]) -> Any:
        return loss(model(xs), ys)

    return Batched(model, whole) if batch else compile_function(whole) if compile else whole


class Batched:
    """The mean of the losses of the examples, each by the program of one.

    Raises `ValueError` if that is not the loss of all of them: for a loss that is no mean, or a model that looks at the
    mini-batch as a whole.
    """

    def __init__(self, model: Any, whole: Objective):
        self.model, self.whole, self.checked = model, whole, False

        def loss_of_one(x: Any, y: Any) -> Any:
            return whole([x], [y])

        self.compiled: Any = compile_function(loss_of_one)

    def __call__(self, xs: list[Any], ys: list[Any]) -> Any:
        if not self.checked:
            self.check(xs, ys)
        return self.compiled.batch(xs, ys)

    def check(self, xs: list[Any], ys: list[Any]) -> None:
        for module in self.model.modules() if isinstance(self.model, Module) else ():
            if getattr(module, "batchwise", False):
                raise ValueError(AS_A_WHOLE.format(module))
        if len(xs) > 1:
            both, again, first, second = in_evaluation(self.model, lambda: self.losses(xs[:2], ys[:2]))
            if both == again and not math.isclose(both, (first + second) / 2, rel_tol=1e-9, abs_tol=1e-9):
                raise ValueError(NO_MEAN.format(both, first, second))
        self.checked = True

    def losses(self, xs: list[Any], ys: list[Any]) -> list[float]:
        """Those of two examples, twice, which differs where random numbers are drawn; and of each alone."""
        parts = slice(2), slice(2), slice(1), slice(1, 2)
        found = [self.whole(xs[part], ys[part]) for part in parts]
        return [x.data if isinstance(x, Value) else x for x in found]
