"""The heat map: boxes shaded by |grad| or |data|, on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Iterable

from micrograd.drawing.diagram import Diagram
from micrograd.drawing.theme import SHADES
from micrograd.engine import Value
from micrograd.text.notation import format_number

NO_GRADS = "Nothing is shaded: every grad is 0. Call backward() on the result before drawing."
DECADES = 2.0  # how far the coldest shade lies below the largest amount


def amounts(diagram: Diagram, color: str) -> dict[int, float]:
    """For each box |grad| (or |data|) of its Values, the largest if there are several.

    The gradient of a call is the one that arrived inside it: none behind a dead relu, whatever reached its result.
    """
    found = {}
    for i, box in enumerate(diagram.boxes):
        values = box.values
        if box.call is not None and color == "grad":
            results = set(map(id, values))
            values = [v for key, v in box.call.members.items() if key not in results] or values
        if values:
            sizes = [abs(getattr(v, color)) for v in values]
            found[i] = next((x for x in sizes if x != x), max(sizes))
    return found


def has_grads(nodes: Iterable[Value]) -> bool:
    """Whether a gradient has arrived at any of these nodes, as it has at each root after `backward()`."""
    return any(v.grad != 0 for v in nodes)


def shade(amount: float, largest: float) -> str:
    """The class of a box: a shade by the amount's logarithm, or `mg-dead` for exactly 0."""
    if amount == 0:
        return "mg-dead"
    if not amount < largest:
        return f"mg-shade{SHADES - 1}"
    t = 1 + math.log10(amount / largest) / DECADES
    return f"mg-shade{max(0, round(t * (SHADES - 1)))}"


def legend(color: str, largest: float, digits: int) -> str:
    scale = f"on a logarithmic scale up to {format_number(largest, digits)}"
    return f"Shade: |{color}|, {scale}; dashed grey where it is 0."
