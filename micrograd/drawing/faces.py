"""The face of a box, before the box has a place: its texts, its symbol, its size.

A strip on the left shows the operation (or the sign of an input, a parameter, a call); beside it are the label and,
below the label, the numbers. Hovering shows everything exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from micrograd.drawing.diagram import Box
from micrograd.text.escape import sanitise
from micrograd.text.measure import shorten, text_width
from micrograd.text.notation import format_number, operation_symbol

LABEL, ROW, SYMBOL = 13.0, 11.5, 14.0  # font sizes in pixels
LABEL_LINE, ROW_LINE = 17.0, 15.0
PAD, MARGIN, ROUND_MARGIN = 7.0, 8.0, 12.0
RING = 3.0  # between the two outlines of the output
STRIP, ICON_STRIP = 26.0, 20.0
WIDEST, WIDEST_SYMBOL = 210.0, 90.0  # longer labels and symbols lose their middle
WITH_ICON = ("input", "parameter", "port")


@dataclass
class Face:
    """The texts and the size of a box; `strip` is the width of the strip at its left (0 without one)."""

    width: float
    height: float
    strip: float
    symbol: str
    label: str
    rows: list[tuple[str, str]]
    tooltip: str

    @property
    def size(self) -> tuple[float, float]:
        return self.width, self.height


@dataclass(frozen=True)
class Style:
    """The options of one call of `draw`."""

    data: bool = True
    grad: bool = True
    digits: int = 4


def make_face(box: Box, style: Style) -> Face:
    label = shorten(label_of(box), LABEL, WIDEST, bold=True)
    symbol, rows = symbol_of(box), rows_of(box, style)
    strip = 0.0
    if box.kind in WITH_ICON:
        strip = ICON_STRIP
    elif symbol:
        strip = max(STRIP, math.ceil(text_width(symbol, SYMBOL, bold=True)) + 12.0)
    widths = [text_width(label, LABEL, bold=True), *(text_width(f"{name}  {value}", ROW) for name, value in rows)]
    lines = (LABEL_LINE if label else 0.0) + ROW_LINE * len(rows)
    text = math.ceil(max(widths)) + 2 * margin_of(box) if lines else 0.0
    ring = RING if box.output else 0.0
    width = max(strip + text + 2 * ring, 2 * PAD)
    height = max(lines + 4.0, 20.0) if box.kind == "port" else max(lines + 2 * PAD, 30.0) + 2 * ring
    return Face(width, height, strip, symbol, label, rows, tooltip_of(box))


def margin_of(box: Box) -> float:
    """The space beside the texts: more where the corners are round."""
    return ROUND_MARGIN if box.kind in ("leaf", "constant") else MARGIN


def label_of(box: Box) -> str:
    if box.kind == "more":
        return "⋯"
    if box.call is not None:
        return sanitise(box.call.title)
    return sanitise(box.value.label or box.name) if box.value is not None else ""


def symbol_of(box: Box) -> str:
    """The operation in the strip. A call has that of its result, or the number of its results."""
    if box.call is not None and len(box.call.outs) > 1:
        return f"×{len(box.call.outs)}"
    if box.kind in ("op", "call"):
        v = box.values[0]
        return shorten(operation_symbol(v.primitive, v.constants), SYMBOL, WIDEST_SYMBOL, bold=True)
    return ""


def rows_of(box: Box, style: Style) -> list[tuple[str, str]]:
    """The lines of numbers: those of the Value, or the size of a call with several results."""
    if box.kind == "more":
        return []
    if box.call is not None and len(box.values) > 1:
        count = sum(1 for _ in getattr(box.call.module, "named_parameters", tuple)())
        flow = ("", f"{len(box.call.inputs)} → {len(box.call.outs)}")
        return [flow, ("", f"{count:,} parameters")] if count else [flow]
    v = box.values[0]
    if box.kind == "port":
        return [] if label_of(box) else [("", format_number(v.data, style.digits))]
    rows = [("data", format_number(v.data, style.digits))] if style.data else []
    return [*rows, ("grad", format_number(v.grad, style.digits))] if style.grad else rows


def tooltip_of(box: Box) -> str:
    """The kind of box and its exact numbers."""
    if box.kind == "more":
        return f"{box.hidden} more operands, not drawn" if box.hidden > 1 else "one more operand, not drawn"
    if box.call is not None:
        head = [box.call.path, sanitise(repr(box.call.module))]
        return "\n".join(head + ([_exact_numbers(box)] if len(box.values) == 1 else []))
    v = box.values[0]
    name = sanitise(v.label or box.name)
    kind = getattr(v.primitive, "name", v.primitive) if v.parents else "input" if box.kind == "port" else box.kind
    kind = sanitise(f"{kind}, the output" if box.output else kind)
    return "\n".join([f"{name} ({kind})" if name else kind, _exact_numbers(box)])


def _exact_numbers(box: Box) -> str:
    v = box.values[0]
    return f"data = {v.data!r}\ngrad = {v.grad!r}"
