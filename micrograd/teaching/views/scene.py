"""The picture in the page: a drawing of the graph with a name for every node and room for the grads to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from micrograd.drawing.diagram import Diagram
from micrograd.drawing.faces import ROW, ROW_LINE, Face, Style, make_face, margin_of
from micrograd.drawing.layout.ranking import rank_boxes
from micrograd.drawing.layout.routing import Layout, arrange
from micrograd.drawing.svg import document
from micrograd.drawing.view import ComputationGraph, view
from micrograd.engine import Value
from micrograd.teaching.record.record import Contribution
from micrograd.text.measure import text_width
from micrograd.text.names import Names
from micrograd.text.notation import count

LAYER = 1  # the height of a call that is drawn as one layer: neurons have 0


@dataclass
class Scene:
    """The picture, its boxes, and which box a Value has."""

    diagram: Diagram
    svg: str
    width: float
    height: float
    faces: Sequence[Face]
    layout: Layout

    def box(self, v: Value) -> int:
        return self.diagram.box_of[id(v)]


def draw_scene(
    root: Value,
    names: Names,
    grads: Mapping[int, Sequence[str]],
    values: Mapping[int, Sequence[str]] = MappingProxyType({}),
    parameters: Iterable[Value] = (),
    theme: str = "auto",
) -> Scene:
    """Draw the graph below `root`, its leaves that are `parameters` marked as such.

    `grads` holds, by the id of a Value, every text that will be shown as its grad, `values` other texts for its number.
    """
    diagram = view(ComputationGraph([root], parameters))
    faces = []
    for box in diagram.boxes:
        v = box.value
        assert v is not None
        if names.has_name(v) and not v.label:
            box.name = names[v]
        face = make_face(box, Style(grad=False))
        faces.append(_make_room(face, margin_of(box), grads.get(id(v), ()), values.get(id(v), ())))
        faces[-1].tooltip = f"{names[v]} = {v.data!r}"
    layout = arrange([face.size for face in faces], diagram.pairs)
    label = (
        f"Computation graph of {names[root]}: {count(len(diagram.boxes), 'node')}. The same graph follows as a list."
    )
    svg = document(diagram, layout, faces, label=label, theme=theme)
    return Scene(diagram, svg, layout.width + 24, layout.height + 24, faces, layout)


def _make_room(face: Face, margin: float, grads: Sequence[str], values: Sequence[str]) -> Face:
    """Add an empty row for the grad to a face, wide enough for every text that will be shown."""
    texts = [*(f"grad  {text}" for text in (*grads, "—")), *(f"data  {text}" for text in values)]
    room = max(text_width(text, ROW) for text in texts)
    face.width = max(face.width, face.strip + room + 2 * margin + 6)
    face.height += ROW_LINE
    face.rows.append(("grad", "—"))
    return face


def find_levels(root: Value, record: Sequence[Contribution]) -> list[int]:
    """The layer of each contribution, counted from the output.

    A layer is a call of a module of neurons, or else a column of the diagram. `backward()` does not go layer by layer
    (it finishes one branch before the next). A contribution moves to a later layer if it would otherwise overtake
    another one to the same grad; so the grads are those of the record at every stop.
    """
    diagram = view(ComputationGraph([root]), LAYER)
    rank = rank_boxes(len(diagram.boxes), diagram.pairs).rank
    last = max(rank, default=0)
    reached: dict[int, int] = {}
    found = []
    for c in record:
        level = max(last - rank[diagram.box_of[id(c.node)]], reached.get(id(c.node), 0), reached.get(id(c.parent), 0))
        reached[id(c.parent)] = level
        found.append(level)
    dense = {level: k for k, level in enumerate(sorted(set(found)))}
    return [dense[level] for level in found]
