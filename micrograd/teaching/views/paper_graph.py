"""The picture of a graph on paper: the boxes and routes of a scene, drawn with the letters of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd.drawing.diagram import Box
from micrograd.drawing.faces import LABEL, LABEL_LINE, RING, ROW, ROW_LINE, SYMBOL, Face, margin_of
from micrograd.drawing.layout.routing import Point
from micrograd.drawing.theme import LIGHT, rgb
from micrograd.teaching.views.paper import POINT, SIDE, Paper
from micrograd.teaching.views.scene import Scene

LARGEST = 0.27  # millimetres for a pixel
TALLEST = 95.0
TALLER = 1.06  # letters: those of the page are narrower than a screen's


def draw_graph(paper: Paper, scene: Scene) -> None:
    """Draw the scene in the middle of the page, as large as on a screen, or as wide as the text."""
    scale = min(LARGEST, paper.text_width / scene.layout.width, TALLEST / scene.layout.height)
    width, height = scene.layout.width * scale, scene.layout.height * scale
    paper.need(height + 6)
    left, top = SIDE + (paper.text_width - width) / 2, paper.y + 3
    pen = Pen(paper, left, top, scale)
    boxes = [*zip(scene.diagram.boxes, scene.faces, scene.layout.centers, strict=True)]

    def paint() -> None:
        for route in scene.layout.routes:
            pen.route(route)
        for box, face, (x, y) in boxes:
            pen.box(box, face, x - face.width / 2, y - face.height / 2)

    paper.paint(paint)
    paper.y = top + height + 3


class Pen:
    """Draws in the picture's own pixels."""

    def __init__(self, paper: Paper, left: float, top: float, scale: float):
        self.pdf, self.left, self.top, self.scale = paper.pdf, left, top, scale

    def _at(self, x: float, y: float) -> Point:
        return self.left + x * self.scale, self.top + y * self.scale

    def route(self, points: Sequence[Point]) -> None:
        """Straight along the columns, curved between them, with an arrow head."""
        self.pdf.set_draw_color(*rgb(LIGHT.edge))
        self.pdf.set_line_width(1.3 * self.scale)
        (x, y), *rest = points
        for k, (a, b) in enumerate(rest):
            if k % 2 and b != y:
                middle = (x + a) / 2
                self.pdf.bezier([self._at(x, y), self._at(middle, y), self._at(middle, b), self._at(a, b)])
            elif (a, b) != (x, y):
                self.pdf.line(*self._at(x, y), *self._at(a, b))
            x, y = a, b
        for rise in (-4, 4):
            self.pdf.line(*self._at(x - 6, y + rise), *self._at(x, y))

    def box(self, box: Box, face: Face, x: float, y: float) -> None:
        fill, line, strip = LIGHT.boxes[box.kind]
        radius = min(face.height / 2, 14.0) if box.kind in ("leaf", "constant") else 5.0
        ring = RING if box.output else 0.0
        self._rectangle(x, y, face.width, face.height, radius, line, fill)
        if face.strip:
            self._rectangle(x + ring, y + ring, face.strip, face.height - 2 * ring, radius - ring, "", strip, True)
        if ring:
            self._rectangle(x + ring, y + ring, face.width - 2 * ring, face.height - 2 * ring, radius - ring, line, "")
        elif face.strip:
            self._rectangle(x, y, face.width, face.height, radius, line, "")
        self._letters(box, face, x, y, ring)

    def _rectangle(
        self, x: float, y: float, width: float, height: float, radius: float, line: str, fill: str, left: bool = False
    ) -> None:
        style = "D" * bool(line) + "F" * bool(fill)
        if line:
            self.pdf.set_draw_color(*rgb(line))
        if fill:
            self.pdf.set_fill_color(*rgb(fill))
        corners: Any = ("TOP_LEFT", "BOTTOM_LEFT") if left else True
        size = (width * self.scale, height * self.scale)
        self.pdf.rect(*self._at(x, y), *size, style=style, round_corners=corners, corner_radius=radius * self.scale)

    def _letters(self, box: Box, face: Face, x: float, y: float, ring: float) -> None:
        left, right, margin = x + ring + face.strip, x + face.width - ring, margin_of(box)
        if face.symbol:
            self._text(face.symbol, x + ring, y + face.height / 2 + 5, SYMBOL, "B", LIGHT.ink, "C", face.strip)
        top = y + (face.height - (LABEL_LINE if face.label else 0.0) - ROW_LINE * len(face.rows)) / 2
        inner = right - left - 2 * margin
        if face.label:
            self._text(face.label, left + margin, top + 13, LABEL, "B", LIGHT.ink, "L", inner)
            top += LABEL_LINE
        for name, value in face.rows:
            self._text(name, left + margin, top + ROW, ROW, "", LIGHT.muted, "L", inner)
            if name == "grad":  # a place to write on
                self._rule(left + margin + 32, right - margin, top + ROW + 2)
            else:
                self._text(value, left + margin, top + ROW, ROW, "", LIGHT.ink, "R", inner)
            top += ROW_LINE

    def _rule(self, start: float, end: float, y: float) -> None:
        self.pdf.set_draw_color(*rgb(LIGHT.muted))
        self.pdf.set_line_width(0.15)
        self.pdf.line(*self._at(start, y), *self._at(end, y))

    def _text(
        self, text: str, x: float, y: float, size: float, style: str, colour: str, align: str, width: float
    ) -> None:
        self.pdf.set_text_color(*rgb(colour))
        self.pdf.set_font("body", style, size * self.scale * TALLER / POINT)
        place_x, place_y = self._at(x, y)
        self.pdf.set_xy(place_x, place_y - 0.3 * self.pdf.font_size)
        self.pdf.cell(width * self.scale, 0, text=text, align=align)
