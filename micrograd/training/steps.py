"""What a training does in each step and after each epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from micrograd._core.columns import finite_data, finite_grads
from micrograd.engine import Value
from micrograd.nn.module import in_evaluation
from micrograd.optim import Optimiser

M = TypeVar("M", bound=Callable[[Any], Any])


def descend(value: Any, optimiser: Optimiser, where: str) -> None:
    """Backpropagate from the loss and step, unless a number is not finite."""
    if not isinstance(value, Value):
        raise TypeError(f"a loss to train on must be one Value, got {type(value).__name__} {value!r}")
    optimiser.zero_grad()
    value.backward()
    wrong = "the loss" if not math.isfinite(value.data) else "a gradient"
    if math.isfinite(value.data) and finite_grads(optimiser.params):
        restore = optimiser.snapshot()
        try:
            optimiser.step()
            finite = finite_data(optimiser.params)
        except BaseException:
            restore()
            raise
        if finite:
            return
        restore()
        wrong = "a parameter after the step"
    raise ArithmeticError(
        f"{wrong} is not finite {where}: parameters and optimiser are left as before it; try a smaller rate"
    )


def evaluated(model: M, evaluate: Callable[[M], Mapping[str, float]] | None) -> Mapping[str, float]:
    if evaluate is None:
        return {}
    figures: Any = in_evaluation(model, lambda: evaluate(model))
    if not isinstance(figures, Mapping):
        raise TypeError(f"evaluate must return figures by name, got {type(figures).__name__} {figures!r}")
    return {name: _plain(figure) for name, figure in figures.items()}


def _plain(figure: Any) -> Any:
    """A figure without Values, which would keep their graphs alive."""
    if isinstance(figure, Value):
        return figure.data
    if isinstance(figure, dict):
        return {name: _plain(part) for name, part in figure.items()}
    return [_plain(part) for part in figure] if isinstance(figure, (list, tuple)) else figure
