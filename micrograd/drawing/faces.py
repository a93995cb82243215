"""What a box looks like, before it has a place: its texts, its symbol, its size.

On the left a strip with the operation (or the sign of an input, a parameter, a call), beside it the label, and under
that the numbers. Hovering shows everything exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from micrograd.drawing.graph import Box
from micrograd.text.escape import sanitise
from micrograd.text.measure import shorten, text_width
from micrograd.text.notation import format_number, operation_symbol

LABEL, ROW, SYMBOL = 13.0, 11.5, 14.0  # font sizes in pixels
LABEL_LINE, ROW_LINE = 17.0, 15.0
PAD, MARGIN = 7.0, 8.0
STRIP = 26.0
WIDEST = 210.0  # of a label; a longer one loses its middle


@dataclass
class Face:
    """What is drawn in a box: `strip` is the width of the strip at its left (0 without one)."""

    width: float
    height: float
    strip: float
    symbol: str
    label: str
    rows: list[tuple[str, str]]
    title: str


@dataclass(frozen=True)
class Style:
    """What `draw` was asked to show."""

    data: bool = True
    grad: bool = True
    digits: int = 4


def face(box: Box, style: Style) -> Face:
    label = shorten(said(box), LABEL, WIDEST, bold=True)
    rows = shown(box, style)
    sign = sign_of(box)
    strip = 0.0
    if sign or box.kind in ("input", "parameter", "port"):
        strip = max(STRIP, math.ceil(text_width(sign, SYMBOL, bold=True)) + 12.0)
    if box.kind in ("input", "parameter", "port"):
        strip = 20.0
    inner = max(
        [text_width(label, LABEL, bold=True)] + [text_width(f"{name}  {value}", ROW) for name, value in rows],
        default=0.0,
    )
    inset = 3.0 if box.output else 0.0
    lines = (LABEL_LINE if label else 0.0) + ROW_LINE * len(rows)
    text = math.ceil(inner) + 2 * margin_of(box) if lines else 0.0
    return Face(
        max(strip + text + 2 * inset, 2 * PAD),
        max(lines + 2 * PAD, 30.0) + 2 * inset if box.kind != "port" else max(lines + 4.0, 20.0),
        strip,
        sign,
        label,
        rows,
        title(box),
    )


def margin_of(box: Box) -> float:
    """The space beside the texts: more where the corners are round."""
    return 12.0 if box.kind in ("leaf", "constant") else MARGIN


def said(box: Box) -> str:
    """The label of a box."""
    if box.kind == "more":
        return "⋯"
    if box.call is not None:
        return sanitise(box.call.title)
    return sanitise(box.value.label or box.name) if box.value is not None else ""


def sign_of(box: Box) -> str:
    """The operation in the strip; that of its result for a call with one, else the number of its results."""
    if box.call is not None and len(box.call.outs) > 1:
        return f"×{len(box.call.outs)}"
    if box.kind in ("op", "call"):
        v = box.values[0]
        return shorten(operation_symbol(v.primitive, v.constants), SYMBOL, 90.0, bold=True)
    return ""


def shown(box: Box, style: Style) -> list[tuple[str, str]]:
    """The lines of numbers: the Value's own, or how large the call is."""
    if box.kind == "more":
        return []
    if len(box.values) > 1:
        call = box.call
        assert call is not None
        parts = sum(1 for _ in getattr(call.module, "named_parameters", tuple)())
        flow = ("", f"{len(call.inputs)} → {len(call.outs)}")
        return [flow, ("", f"{parts:,} parameters")] if parts else [flow]
    v = box.values[0]
    if box.kind == "port":
        return [] if said(box) else [("", format_number(v.data, style.digits))]
    rows = [("data", format_number(v.data, style.digits))] if style.data else []
    return [*rows, ("grad", format_number(v.grad, style.digits))] if style.grad else rows


def title(box: Box) -> str:
    """What hovering tells: the kind of box and the exact numbers."""
    if box.kind == "more":
        return f"{box.hidden} more operands, not drawn" if box.hidden > 1 else "one more operand, not drawn"
    if box.call is not None:
        head = [box.call.path, sanitise(repr(box.call.module))]
        return "\n".join(head + ([_numbers(box)] if len(box.values) == 1 else []))
    v = box.value
    assert v is not None
    name = sanitise(v.label or box.name)
    kind = getattr(v.primitive, "name", v.primitive) if v.parents else "input" if box.kind == "port" else box.kind
    if box.output:
        kind = f"{kind}, the output"
    return "\n".join([f"{name} ({sanitise(kind)})" if name else sanitise(kind), _numbers(box)])


def _numbers(box: Box) -> str:
    v = box.values[0]
    return f"data = {v.data!r}\ngrad = {v.grad!r}"
