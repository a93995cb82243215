"""Two primitives that only a trace has: what is chosen by a number of it, with the derivative of what was chosen."""

from __future__ import annotations

from typing import Any

from micrograd.ops import Primitive


def _choose(m: Any, condition: Any, x: Any, y: Any) -> tuple:
    """x where the condition is 1, y where it is 0."""
    return m.where(condition > 0.0, x, y), 0.0, condition, 1.0 - condition


def _pick(m: Any, index: Any, *values: Any) -> tuple:
    """The value whose number the index is."""
    out = values[-1]
    for k, value in reversed(list(enumerate(values[:-1]))):
        out = m.where(index <= float(k), value, out)
    chosen = [m.where(index >= float(k), m.where(index <= float(k), 1.0, 0.0), 0.0) for k in range(len(values))]
    return out, 0.0, *chosen


CHOOSE = Primitive(_choose, "choose", "", "")
PICK = Primitive(_pick, "pick", "", "")
