"""Points of the plane, and what the model says everywhere between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from micrograd.compiler import backend
from micrograd.drawing.theme import CLASSES, rgb
from micrograd.training.boundary import Fields, evenly
from micrograd.training.watching.recording import Shot
from micrograd.training.watching.scenes.contours import contour
from micrograd.training.watching.scenes.raster import Colour, png
from micrograd.training.watching.scenes.sheet import Scale, Values, axis, n
from micrograd.training.watching.subject import Subject
from micrograd.training.watching.twin import Twin

COLOURS = [*map(rgb, CLASSES)]
SHADES, DENSEST = 32, 150  # of one colour, up to this opacity of 255
NOTHING = 0, 0, 0, 0  # where the model says nan
LEFT, RIGHT, TOP, BOTTOM = 34.0, 390.0, 6.0, 316.0


class Plane:
    """The field of a model's outputs: two classes with the line between them and its margins, or several in colours.

    Targets that are numbers are shown by the same two colours, from the lowest to the highest.
    """

    name, width, height = "plane", 400.0, 340.0

    def __init__(self, subject: Subject, twin: Twin):
        self.subject, self.twin = subject, twin
        self.side = 100 if backend() == "native" else 50
        self.fields = Fields(twin.model, subject.inputs, resolution=self.side)
        left, right, bottom, top = self.fields.box
        self.across, self.up = Scale(left, right, LEFT, RIGHT), Scale(bottom, top, BOTTOM, TOP)
        several, line = len(subject.classes) > 2, "The line is where the model is undecided"
        self.title = "Decision boundary" if subject.classes else "Outputs"
        self.note = "" if several or not subject.classes else f"{line}; dashed where it is sure. Rings: mistakes."
        image = f'x="{n(LEFT)}" y="{n(TOP)}" width="{n(RIGHT - LEFT)}" height="{n(BOTTOM - TOP)}"'
        self.body = "".join(
            [
                f'<image {image} preserveAspectRatio="none" data-film="href=plane.field"/>',
                *axis(self.across, True, BOTTOM, TOP),
                *axis(self.up, False, LEFT, RIGHT),
                '<path class="margin" data-film="d=plane.margins"/><path class="border" data-film="d=plane.border"/>',
                *self._points(),
                '<path class="mistake" data-film="d=plane.mistakes"/>',
            ]
        )
        numbers = [y for y in subject.targets if isinstance(y, (int, float))] or [0.0]
        self.middle, self.spread = (max(numbers) + min(numbers)) / 2, (max(numbers) - min(numbers)) / 2 or 1.0

    def place(self, x: Sequence[float]) -> str:
        return f"{n(self.across(x[0]))} {n(self.up(x[1]))}"

    def _points(self) -> list[str]:
        """A path for each class: circles for the last of two, squares for the first; for numbers, circles in shades."""
        subject = self.subject
        shapes = ["m-3.6 -3.6h7.2v7.2h-7.2z", "m-4.2 0a4.2 4.2 0 1 0 8.4 0a4.2 4.2 0 1 0 -8.4 0z", "m0 -5l4.8 8h-9.6z"]
        groups: dict[int, list[str]] = {}
        low, high = (f(map(_float, subject.targets)) for f in (min, max))
        for x, y in zip(subject.inputs, subject.targets, strict=True):
            k = subject.classes.index(y) if subject.classes else round((_float(y) - low) / ((high - low) or 1.0))
            groups.setdefault(k, []).append(f"M{self.place(x)}{shapes[k % 3]}")
        return [
            f'<path class="point" style="fill:rgb{COLOURS[k % len(COLOURS)]}" d="{"".join(marks)}"/>'
            for k, marks in sorted(groups.items())
        ]

    def values(self, shot: Shot, outs: Sequence[Any]) -> Values:
        with self.twin.at(shot):
            scores = [[x for row in grid for x in row] for grid in self.fields().scores]
        found = {"plane.mistakes": self._mistakes(outs), "plane.border": "", "plane.margins": ""}
        if len(scores) > 1:
            return {**found, "plane.field": self._classes(scores)}
        (field,) = scores
        deciding, dashed = self.subject.deciding, self.subject.dashed
        if deciding is None or dashed is None:
            return {**found, "plane.field": self._shades(field, self.middle, self.spread)}
        return {
            **found,
            "plane.field": self._shades(field, deciding.border, dashed[1] - deciding.border),
            "plane.border": self._lines(field, deciding.border),
            "plane.margins": "".join(self._lines(field, level) for level in dashed),
        }

    def _shades(self, field: Sequence[float], middle: float, spread: float) -> str:
        """Orange below the middle, blue above it, the stronger the larger the distance: fully at twice the spread."""
        nothing = most = 2 * SHADES
        low, high, scale = middle - 2 * spread, middle + 2 * spread, SHADES / (2 * spread)
        shades = [
            int((x - low) * scale) if low < x < high else most - 1 if x >= high else 0 if x <= low else nothing
            for x in field
        ]
        palette = [
            (*COLOURS[k >= SHADES], round(DENSEST * abs(k - SHADES + 0.5) / SHADES) + 24) for k in range(2 * SHADES)
        ]
        return self._image(shades, [*palette, NOTHING])

    def _classes(self, scores: Sequence[list[float]]) -> str:
        """The colour of the largest output, the stronger the larger the distance to the next one."""
        levels = 8
        shades = []
        for outs in zip(*scores, strict=True):
            if any(x != x for x in outs):
                shades.append(levels * len(scores))
                continue
            *_, second, first = sorted(outs)
            shade = min(levels - 1, int(levels * (first - second) / 4)) if first - second < math.inf else 0
            shades.append(outs.index(first) * levels + shade)
        palette = [
            (*COLOURS[k % len(COLOURS)], 40 + round(DENSEST * shade / levels))
            for k in range(len(scores))
            for shade in range(levels)
        ]
        return self._image(shades, [*palette, NOTHING])

    def _image(self, shades: Sequence[int], palette: Sequence[Colour]) -> str:
        """An image of the field, which begins below, from above."""
        n = self.side
        return png(bytes(x for k in reversed(range(n)) for x in shades[k * n : k * n + n]), n, palette)

    def _lines(self, field: Sequence[float], level: float) -> str:
        across, up = (RIGHT - LEFT) / (self.side - 1), (BOTTOM - TOP) / (self.side - 1)
        return "".join(
            "M" + "L".join(f"{n(LEFT + i * across)} {n(BOTTOM - j * up)}" for i, j in line)
            for line in contour(field, self.side, level)
        )

    def _mistakes(self, outs: Sequence[Any]) -> str:
        if not self.subject.classes:
            return ""
        wrong = [
            x
            for x, y, out in zip(self.subject.inputs, self.subject.targets, outs, strict=True)
            if self.subject.guess(out) != y
        ]
        return "".join(f"M{self.place(x)}m-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0z" for x in wrong)


class Line:
    """Examples with one number: the points, and the model's curve through them."""

    name, title, note, width, height = "line", "The model's curve", "", 400.0, 340.0

    def __init__(self, subject: Subject, twin: Twin):
        self.subject, self.twin = subject, twin
        nested = isinstance(subject.inputs[0], list)
        xs, ys = [x[0] if nested else x for x in subject.inputs], [_float(y) for y in subject.targets]
        self.across, self.up = _scale(xs, LEFT, RIGHT, 0.05), _scale(ys, BOTTOM, TOP, 0.2)
        self.ticks = evenly(self.across.low, self.across.high, 200)
        self.inputs = [[x] for x in self.ticks] if nested else self.ticks
        r = 'r="3.6"'
        points = [f'<circle cx="{n(self.across(x))}" cy="{n(self.up(y))}" {r}/>' for x, y in zip(xs, ys, strict=True)]
        box = f'x="{n(LEFT)}" y="{n(TOP)}" width="{n(RIGHT - LEFT)}" height="{n(BOTTOM - TOP)}"'
        self.body = "".join(
            [
                f'<clipPath id="film-window"><rect {box}/></clipPath>',
                *axis(self.across, True, BOTTOM, TOP),
                *axis(self.up, False, LEFT, RIGHT),
                f'<g class="dots">{"".join(points)}</g>',
                '<path class="line line1 strong" clip-path="url(#film-window)" data-film="d=line.curve"/>',
            ]
        )

    def values(self, shot: Shot, outs: Sequence[Any]) -> Values:
        with self.twin.at(shot):
            curve = self.twin.outputs(self.inputs)
        ends = -1e4, 1e4
        places = [f"{n(self.across(x))} {n(_clip(self.up(y), ends))}" for x, y in zip(self.ticks, curve, strict=True)]
        return {"line.curve": "M" + "L".join(places)}


class Fit:
    """Other examples with a number for a target: what the model says next to what it should say."""

    name, title, width, height = "fit", "Output and target", 400.0, 340.0
    note = "Across: the target. Up: the output. On the line both are the same."

    def __init__(self, subject: Subject):
        self.subject = subject
        ys = [_float(y) for y in subject.targets]
        self.across, self.up = _scale(ys, LEFT, RIGHT, 0.05), _scale(ys, BOTTOM, TOP, 0.2)
        low, high = self.across.low, self.across.high
        line = f"M{n(LEFT)} {n(self.up(low))}L{n(RIGHT)} {n(self.up(high))}"
        self.body = "".join(
            [
                *axis(self.across, True, BOTTOM, TOP),
                *axis(self.up, False, LEFT, RIGHT),
                f'<path class="margin" d="{line}"/><path class="dots" data-film="d=fit.points"/>',
            ]
        )

    def values(self, shot: Shot, outs: Sequence[Any]) -> Values:
        mark, ends = "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z", (TOP, BOTTOM)
        points = zip(self.subject.targets, outs, strict=True)
        return {
            "fit.points": "".join(
                f"M{n(self.across(_float(y)))} {n(_clip(self.up(out), ends))}{mark}" for y, out in points
            )
        }


def _scale(numbers: Sequence[float], start: float, end: float, more: float = 0.1) -> Scale:
    low, high = min(numbers), max(numbers)
    room = more * (high - low) or 1.0
    return Scale(low - room, high + room, start, end)


def _float(y: Any) -> float:
    return float(y) if isinstance(y, (int, float)) else 0.0


def _clip(x: float, ends: tuple[float, float]) -> float:
    return min(max(x, ends[0]), ends[1]) if x == x else ends[1]
