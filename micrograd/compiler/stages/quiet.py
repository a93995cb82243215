"""IEEE arithmetic on Python floats: every operation has a result, if inf or nan, and nothing is raised."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from micrograd.ops import Floats

REFUSED = {"exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "sqrt": "sqrt", "pow": "power"}
REFUSED |= {"sin": "sin", "cos": "cos", "tan": "tan", "div": "divide"}  # and by what name NumPy calls them


def quiet(name: str, usual: Callable[..., float]) -> Callable[..., float]:
    """The function `usual`, and where it refuses, NumPy's."""

    def function(*operands: float) -> float:
        try:
            return usual(*operands)
        except (ArithmeticError, ValueError):
            import numpy as np

            with np.errstate(all="ignore"):
                return float(getattr(np, REFUSED[name])(*map(np.float64, operands)))

    return function


def divided(x: float, y: float) -> float:
    return x / y


def pick(index: float, *values: float) -> float:
    """The value of that index; nan for one that there is not."""
    return values[int(index)] if 0.0 <= index < len(values) else math.nan


QUIET: dict[str, Any] = {name: quiet(name, divided if name == "div" else getattr(Floats, name)) for name in REFUSED}
