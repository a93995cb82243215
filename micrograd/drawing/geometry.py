"""The geometry of a picture and of the inside of each box, with which a page opens the boxes of modules."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from micrograd.drawing import svg
from micrograd.drawing.diagram import Diagram
from micrograd.drawing.faces import Face, Style, make_face
from micrograd.drawing.layout.routing import Layout, arrange
from micrograd.drawing.view import ComputationGraph, view_inside
from micrograd.text.module_calls import Call

MOST = 3_000  # boxes inside boxes; anything deeper stays closed


class Geometry(TypedDict):
    """Number 0 is the picture itself, whose drawing is the image. Boxes that cannot be opened have no number."""

    levels: list[dict[str, Any]]
    insides: list[str]


def geometry(
    graph: ComputationGraph, diagram: Diagram, faces: Sequence[Face], layout: Layout, style: Style, down: bool
) -> Geometry:
    """The picture's geometry, that of the inside of each box in it, and the drawing of each inside."""
    levels: list[dict[str, Any]] = []
    insides = [""]
    queue = deque([(diagram, faces, layout)])
    numbers, boxes = 1, 0
    while queue:
        diagram, faces, layout = queue.popleft()
        opens = {}
        for i, box in enumerate(diagram.boxes):
            if box.call is None or boxes > MOST or layout.ranking.detours:
                continue
            inside = view_inside(graph, box.call)
            boxes += len(inside.boxes)
            opens[i], numbers = numbers, numbers + 1
            inner_faces = [make_face(inner, style) for inner in inside.boxes]
            queue.append((inside, inner_faces, arrange([f.size for f in inner_faces], inside.pairs, down)))
        levels.append(_level(diagram, faces, layout, opens, down))
        if len(levels) > 1:
            insides.append("".join(svg.parts(diagram, None, faces, down=down)))  # page.js places them
    return {"levels": levels, "insides": insides} if numbers > 1 else {"levels": [], "insides": []}


def _level(
    diagram: Diagram, faces: Sequence[Face], layout: Layout, opens: Mapping[int, int], down: bool
) -> dict[str, Any]:
    return {
        "down": down,
        "sizes": [face.size for face in faces],
        "opens": opens,
        "titles": {i: call.title for i in opens if isinstance(call := diagram.boxes[i].call, Call)},
        "columns": layout.columns,
        "across": [round(y, 1) for y in layout.across],
        "gaps": [round(gap, 1) for gap in layout.gaps],
        "chains": layout.ranking.chains,
        "ports": [round(port, 1) for port in layout.ports],
        "rank": layout.ranking.rank,
    }
