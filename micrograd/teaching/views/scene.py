"""The picture in the page: a drawing of the graph with a name for every node and room for the grads to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from micrograd.drawing.faces import ROW, ROW_LINE, Face, Style, face, margin_of
from micrograd.drawing.graph import Graph, Source, view
from micrograd.drawing.layout.ranking import ranked
from micrograd.drawing.layout.routing import Layout, arrange
from micrograd.drawing.svg import document
from micrograd.engine import Value
from micrograd.teaching.record.record import Contribution
from micrograd.text.measure import text_width
from micrograd.text.names import Names

LAYER = 1  # the height of a call that is drawn as one layer: neurons have 0


@dataclass
class Scene:
    """The picture, its boxes, and which box a Value has."""

    graph: Graph
    svg: str
    width: float
    height: float
    faces: Sequence[Face]
    layout: Layout

    def box(self, v: Value) -> int:
        return self.graph.box_of[id(v)]


def draw_scene(root: Value, names: Names, grads: Mapping[int, Sequence[str]], theme: str = "auto") -> Scene:
    """Draw the graph below `root`; `grads` holds, by the id of a Value, every text that will stand as its grad."""
    graph = view(Source([root]))
    faces = []
    for box in graph.boxes:
        v = box.value
        assert v is not None
        if names.has_name(v) and not v.label:
            box.name = names[v]
        faces.append(_make_room(face(box, Style(grad=False)), margin_of(box), grads.get(id(v), ())))
        faces[-1].title = f"{names[v]} = {v.data!r}"
    layout = arrange([(what.width, what.height) for what in faces], graph.pairs)
    label = f"Computation graph of {names[root]}: {len(graph.boxes)} nodes. The same graph follows as a list."
    svg = document(graph, layout, faces, label=label, theme=theme)
    return Scene(graph, svg, layout.width + 24, layout.height + 24, faces, layout)


def _make_room(what: Face, margin: float, grads: Sequence[str]) -> Face:
    """Add an empty row for the grad to a face, wide enough for every text that will stand there."""
    room = max((text_width(f"grad  {text}", ROW) for text in (*grads, "—")), default=0.0)
    what.width = max(what.width, what.strip + room + 2 * margin + 6)
    what.height += ROW_LINE
    what.rows.append(("grad", "—"))
    return what


def find_levels(root: Value, record: Sequence[Contribution]) -> list[int]:
    """The layer of each contribution, counted from the output.

    A layer is a call of a module of neurons, or else a column of the graph. `backward()` does not go layer by layer
    (it finishes one branch before the next). A contribution moves to a later layer if it would otherwise overtake
    another one to the same grad; so the grads are those of the record at every stop.
    """
    graph = view(Source([root]), LAYER)
    rank = ranked(len(graph.boxes), graph.pairs).rank
    last = max(rank, default=0)
    reached: dict[int, int] = {}
    found = []
    for c in record:
        level = max(last - rank[graph.box_of[id(c.node)]], reached.get(id(c.node), 0), reached.get(id(c.parent), 0))
        reached[id(c.parent)] = level
        found.append(level)
    dense = {level: k for k, level in enumerate(sorted(set(found)))}
    return [dense[level] for level in found]
