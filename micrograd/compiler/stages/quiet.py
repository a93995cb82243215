"""IEEE arithmetic on Python floats: every operation has a result, if need be inf or nan, and none raises an error."""

from __future__ import annotations

import math
from collections.abc import Callable

from micrograd.compiler.stages.program import name_of
from micrograd.ops import divide, ieee


def pick(index: float, *values: float) -> float:
    """The value at the index; nan if there is none."""
    return values[int(index)] if 0.0 <= index < len(values) else math.nan


def quiet_function(kind: str) -> Callable[..., float]:
    """The function for a kind of a program."""
    return divide if kind == "div" else ieee(name_of(kind))
