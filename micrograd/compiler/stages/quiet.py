"""IEEE arithmetic on Python floats: every operation has a result, if need be inf or nan, and none raises an error."""

from __future__ import annotations

import math
from collections.abc import Callable

from micrograd.ops import PRIMITIVES, ieee


def divide(x: float, y: float) -> float:
    if y:
        return x / y
    return math.nan if x == 0.0 or x != x else math.copysign(math.inf, x) * math.copysign(1.0, y)


def pick(index: float, *values: float) -> float:
    """The value at the index; nan if there is none."""
    return values[int(index)] if 0.0 <= index < len(values) else math.nan


def quiet_functions() -> dict[str, Callable[..., float]]:
    """All functions that may raise an error on floats, by the kinds of a program."""
    names = [op.name for op in PRIMITIVES.values() if op.floats is not None and op.domain]
    return {"div": divide, "pow": ieee("pow")} | {name: ieee(name) for name in names}
