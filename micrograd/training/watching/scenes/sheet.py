"""A scene: an SVG drawing in which some texts and attributes change from moment to moment.

What changes is written once, as `data-film` of an element: "d=route" says that its attribute `d` is the value of
`route`, "=epoch" that its text is that of `epoch`. `fill` puts in the values of one moment; in the page a script does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from micrograd.text.escape import escape_xml
from micrograd.text.notation import format_number
from micrograd.training.watching.recording import Shot

CHANGES = re.compile(r' data-film="([^"]*)"(/?>)')
Values = dict[str, str]


class Scene(Protocol):
    """One part of the picture, with a title, a note and a size; `values` is what changes in it.

    `outs` are the outputs for all the examples at that moment, where there are examples.
    """

    name: str
    title: str
    note: str
    width: float
    height: float
    body: str

    def values(self, shot: Shot, outs: Sequence[Any]) -> Values: ...


def fill(body: str, values: Mapping[str, str], keep: bool = False) -> str:
    """The drawing at the moment that has these values; with `keep` it still says what changes, for a script."""

    def put(found: re.Match[str]) -> str:
        attributes, text = [found[0].removesuffix(found[2])] if keep else [], ""
        for change in found[1].split(" "):
            attribute, _, key = change.partition("=")
            value = escape_xml(values.get(key, ""), attribute=True)
            if attribute:
                attributes.append(f' {attribute}="{value}"')
            else:
                text = value
        return f"{''.join(attributes)}{found[2]}{text}"

    return CHANGES.sub(put, body)


@dataclass(frozen=True)
class Scale:
    """From numbers to places: `low` is at `start`, `high` at `end`; `log` for a logarithmic one."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, x: float) -> float:
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        x = math.log(max(x, self.low)) if self.log else x
        return self.start + (self.end - self.start) * (x - low) / ((high - low) or 1.0)

    def ticks(self, most: int = 5) -> list[float]:
        """Round numbers within the scale."""
        if self.log:
            decades = range(math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1)
            return [10.0**k for k in decades[:: max(1, -(-len(decades) // most))]]
        span = (self.high - self.low) or 1.0
        power = 10.0 ** math.floor(math.log10(span / most))
        step = next(power * k for k in (1, 2, 5, 10, 20) if span / (power * k) <= most)
        return [k * step for k in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1)]


def text(x: float, y: float, content: str, more: str = "") -> str:
    return f'<text x="{n(x)}" y="{n(y)}"{" " + more if more else ""}>{escape_xml(content)}</text>'


def n(x: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    written = f"{x:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def number(x: Any) -> str:
    return format_number(float(x), 4)


def axis(scale: Scale, across: bool, at: float, until: float) -> list[str]:
    """Lines and numbers at the round places of a scale, from `at` to `until` in the other direction."""
    parts = []
    for tick in scale.ticks():
        place, written = scale(tick), format_number(tick, 3)
        if across:
            parts.append(f'<path class="grid" d="M{n(place)} {n(at)}V{n(until)}"/>')
            parts.append(text(place, at + 15, written, 'class="tick" text-anchor="middle"'))
        else:
            parts.append(f'<path class="grid" d="M{n(at)} {n(place)}H{n(until)}"/>')
            parts.append(text(at - 6, place + 4, written, 'class="tick" text-anchor="end"'))
    return parts
