"""A primitive that only a trace has: `pick`, the selection by a traced number. The gradient goes to what it selects."""

from __future__ import annotations

from typing import Any

from micrograd.ops import SHUT, Primitive


def _pick(m: Any, index: Any, *values: Any) -> tuple[Any, ...]:
    """The value at the index."""
    out = values[-1]
    for k, value in reversed(list(enumerate(values[:-1]))):
        out = m.where(index <= float(k), value, out)
    chosen = [m.where(index >= float(k), m.where(index <= float(k), 1.0, SHUT), SHUT) for k in range(len(values))]
    return out, SHUT, *chosen


PICK = Primitive(_pick, "pick", "", "", gate=True)
