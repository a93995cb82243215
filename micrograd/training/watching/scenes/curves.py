"""The figures of a training over its epochs: the loss, and below it what else is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from micrograd.text.escape import escape_xml
from micrograd.text.notation import format_number
from micrograd.training.watching.recording import Recording, Shot
from micrograd.training.watching.scenes.sheet import Scale, Values, axis, n, number, text

LEFT, RIGHT, GAP, LEGEND = 46.0, 388.0, 26.0, 20.0
LOG = 50.0  # from this ratio of the largest to the smallest number on, a scale is logarithmic
FARTHEST = 1e6  # what is smaller than the largest number by more is not told apart
Series = dict[str, list[tuple[int, float]]]


class Figures:
    """The curves of a recording: as far as the moment shown strong, and beyond it faint."""

    name, title, note, width, height = "curves", "Figures", "", 400.0, 340.0

    def __init__(self, recording: Recording, more: Series):
        series = {**recording.series(), **{name: points for name, points in more.items() if points}}
        self.figures = series  # also those that no curve can show
        self.series = {name: [(k, y) for k, y in points if math.isfinite(y)] for name, points in series.items()}
        self.places = {name: k for k, name in enumerate(self.series)}
        self.first = 0 if more else 1
        self.across = Scale(float(self.first), float(max(recording.count, self.first + 1)), LEFT, RIGHT)
        losses = [name for name in self.series if name.startswith("loss")] or list(self.series)[:1]
        groups = [group for group in (losses, [name for name in self.series if name not in losses]) if group]
        each = (self.height - 24 - GAP * (len(groups) - 1)) / max(1, len(groups))
        past = f'<rect x="0" y="0" height="{n(self.height)}" data-film="width=curves.x"/>'
        parts = [f'<clipPath id="film-past">{past}</clipPath>']
        for k, group in enumerate(groups):
            top = k * (each + GAP)
            parts += self._plot(group, losses, top, top + each, k == len(groups) - 1)
        parts.append('<path class="now" data-film="d=curves.now"/>')
        self.body = "".join(parts)

    def _plot(
        self, names: Sequence[str], losses: Sequence[str], top: float, bottom: float, numbered: bool
    ) -> list[str]:
        low, high, log = _range([y for name in names for _, y in self.series[name]])
        if names[0] not in losses and 0 <= low and high <= 1.05:
            high = 1.0  # fractions
        up = Scale(low, high, bottom, top + LEGEND + 4, log)
        parts = [*axis(up, False, LEFT, RIGHT), f'<path class="axis" d="M{n(LEFT)} {n(bottom)}H{n(RIGHT)}"/>']
        if numbered:
            for tick in (t for t in self.across.ticks() if t == int(t)):
                place = text(
                    self.across(tick), bottom + 16, format_number(tick, 6), 'class="tick" text-anchor="middle"'
                )
                parts.append(place)
        x = LEFT
        for k, name in enumerate(names):
            shown = name if len(name) <= 22 else f"{name[:21]}…"
            sample = f'<path class="line line{k % 4}" d="M{n(x)} {n(top + 10)}h16"/>'
            parts.append(
                f'{sample}<text class="key" x="{n(x + 21)}" y="{n(top + 14)}">{escape_xml(shown)} '
                f'<tspan class="figure" data-film="=curves.{self.places[name]}">'
                "</tspan></text>"
            )
            x += (RIGHT - LEFT) / max(2, len(names))
            route = "M" + "L".join(f"{n(self.across(i))} {n(up(y))}" for i, y in self.series[name])
            if self.series[name]:
                parts.append(f'<path class="line line{k % 4} faint" d="{route}"/>')
                parts.append(f'<path class="line line{k % 4}" clip-path="url(#film-past)" d="{route}"/>')
        return parts

    def values(self, shot: Shot, outs: Sequence[Any]) -> Values:
        x = n(self.across(max(shot.number, self.first)))
        found = {"curves.x": n(float(x) + 1), "curves.now": f"M{x} {n(LEGEND + 4)}V{n(self.height - 24)}"}
        for name, points in self.figures.items():
            latest = next((y for k, y in reversed(points) if k <= shot.number), None)
            found[f"curves.{self.places[name]}"] = "—" if latest is None else number(latest)
        return found


def _range(numbers: Sequence[float]) -> tuple[float, float, bool]:
    """From where to where a scale goes, and whether it is logarithmic."""
    if not numbers:
        return 0.0, 1.0, False
    low, high = min(numbers), max(numbers)
    least = min((x for x in numbers if x > 0), default=high)
    if low >= 0 and high > LOG * least:  # a loss of 0 stands at the lower end
        return max(least, high / FARTHEST) / 1.2, high * 1.2, True
    return min(low, 0.0), max(high, 0.0) * 1.05 or 1.0, False
