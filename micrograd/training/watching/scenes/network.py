"""The network's graph for one example: laid out once, its numbers and its heat as they are at each moment."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from micrograd.drawing import heat, svg
from micrograd.drawing.diagram import Box, Diagram
from micrograd.drawing.faces import ROW, Face, Style, make_face, margin_of
from micrograd.drawing.layout.routing import arrange
from micrograd.drawing.view import ComputationGraph, view
from micrograd.engine import Value
from micrograd.nn.module import evaluating
from micrograd.text.measure import text_width
from micrograd.text.notation import format_number
from micrograd.training.watching.recording import Shot
from micrograd.training.watching.scenes.sheet import Values
from micrograd.training.watching.twin import Twin

MOST = 60  # boxes; a graph of more is drawn by layers
DIGITS, WIDEST = 3, "−0.000123"  # of the numbers: room for any that changes
FACE = re.compile(r'<g class="(mg-[^"]*)">')
VALUE = re.compile(r'(<text class="mg-value[^"]*"[^>]*)>[^<]*(</text>)')


class Network:
    """The graph of the loss of one example, or of the model's output there, with the gradients of a backward pass."""

    name, title = "network", "The network, on one example"
    note = (
        "Shade: how large the gradient is, in a neuron the one that gets past its activation, on a logarithmic scale; "
        "dashed grey where it is 0."
    )

    def __init__(self, twin: Twin, outcome: Callable[[Any], Value]):
        self.twin, self.outcome = twin, outcome
        self.root = self._build()
        graph = ComputationGraph([self.root])
        self.leaves = {p for v in graph.order for p in v.parents if not p.parents}
        self.diagram = fitting_view(graph)
        style = Style(digits=DIGITS)
        faces = [_make_room(make_face(box, style), box) for box in self.diagram.boxes]
        layout = arrange([face.size for face in faces], self.diagram.pairs)
        self.kinds: list[str] = []
        self.width, self.height = layout.width + 24, layout.height + 24
        parts = svg.parts(self.diagram, layout, faces)
        self.body = f'<g class="micrograd">{"".join(map(self._mark, parts))}</g>'

    def _build(self) -> Value:
        with evaluating(self.twin.model):
            root = self.outcome(self.twin.model)
        if not isinstance(root, Value):
            raise TypeError(f"a graph needs one Value, got {type(root).__name__}")
        return root

    def _mark(self, part: str) -> str:
        """What changes in a part of the drawing: the class of a box, and its numbers."""
        if not part.startswith('<g class="mg-box"') or not (face := FACE.search(part)):
            return part
        i = len(self.kinds)
        self.kinds.append(face[1])
        rows = iter(("data", "grad"))
        part = VALUE.sub(lambda found: f'{found[1]} data-film="=network.{next(rows)}{i}">{found[2]}', part)
        return part.replace(face[0], f'<g data-film="class=network.box{i}">', 1)

    def values(self, shot: Shot, outs: Sequence[Any]) -> Values:
        with self.twin.at(shot):
            for leaf in self.leaves:
                leaf.grad = 0.0
            self.root.refresh()
            self.root.backward()
            amounts = heat.amounts(self.diagram, "grad")
            largest = max((x for x in amounts.values() if math.isfinite(x)), default=0.0)
            found = {}
            for i, box in enumerate(self.diagram.boxes):
                shade = heat.shade(amounts[i], largest) if i in amounts else ""
                found[f"network.box{i}"] = f"{self.kinds[i]} {shade}".strip()
                if len(box.values) == 1:
                    v = box.values[0]
                    found[f"network.data{i}"] = format_number(v.data, DIGITS)
                    found[f"network.grad{i}"] = format_number(v.grad, DIGITS)
            return found


def fitting_view(graph: ComputationGraph) -> Diagram:
    """The graph with as many boxes as can be read: all of them, or one for each neuron, layer, or network."""
    for height in (-1, 0, 1, 2):
        diagram = view(graph, height)
        if len(diagram.boxes) <= MOST:
            return diagram
    raise ValueError("the graph is too large to be read")


def _make_room(face: Face, box: Box) -> Face:
    """The face, wide enough for any number."""
    if len(box.values) == 1 and face.rows:
        room = max(text_width(f"{name}  {WIDEST}", ROW) for name, _ in face.rows)
        face.width = max(face.width, face.strip + math.ceil(room) + 2 * margin_of(box) + (6 if box.output else 0))
    return face
