"""How much of a graph is drawn: modules as boxes, the last steps only, or as much as can be read."""

from __future__ import annotations

from micrograd.drawing.diagram import Box, Diagram, Edge
from micrograd.drawing.view import ComputationGraph, view

MOST_BOXES = 150  # more are too many to read
HEIGHTS = {"neuron": 0, "layer": 1}


def select(graph: ComputationGraph, collapse: str | None, depth: int | None) -> Diagram:
    """The diagram for `draw`'s arguments `collapse` and `depth`, with a note about what is not shown."""
    if collapse not in (None, "auto", *HEIGHTS):
        raise ValueError(f"collapse must be 'auto', 'neuron', 'layer' or None, got {collapse!r}")
    if depth is not None and (not isinstance(depth, int) or depth < 0):
        raise ValueError(f"depth must be a whole number of 0 or more, got {depth!r}")
    if collapse == "auto":
        return _fit(graph, depth)
    return _limit(view(graph, HEIGHTS[collapse] if collapse else -1), depth)


def _limit(diagram: Diagram, depth: int | None) -> Diagram:
    """The diagram, cut at `depth` if there is one."""
    if depth is None:
        return diagram
    whole = len(diagram.boxes)
    diagram = cut(diagram, depth)
    kept = sum(box.kind != "more" for box in diagram.boxes)
    if kept < whole:
        diagram.note = f"The last steps: {kept:,} of {whole:,} boxes."
    return diagram


def _fit(graph: ComputationGraph, depth: int | None) -> Diagram:
    """The first view with at most `MOST_BOXES` boxes: everything, neurons, layers, networks; else the last steps."""
    diagram = _limit(view(graph), depth)
    everything = len(diagram.boxes)
    if everything <= MOST_BOXES:
        return diagram
    for height in range(max((call.height for call in graph.calls.all), default=-1) + 1):
        diagram = _limit(view(graph, height), depth)
        if len(diagram.boxes) <= MOST_BOXES:
            break
    if len(diagram.boxes) > MOST_BOXES:
        diagram = cut(diagram, _deepest(diagram))
    shown = "one box per module" if any(box.call for box in diagram.boxes) else "only the last steps"
    diagram.note = f"{everything:,} boxes are too many to read: showing {shown}. Pass collapse=None to see everything."
    return diagram


# ---- cutting


def depths(diagram: Diagram) -> list[int]:
    """The number of edges between each box and the output, on the shortest way."""
    before: list[list[int]] = [[] for _ in diagram.boxes]
    for source, target in diagram.pairs:
        before[target].append(source)
    depth = [-1] * len(diagram.boxes)
    reached = [i for i, box in enumerate(diagram.boxes) if box.output]
    for i in reached:
        depth[i] = 0
    for i in reached:
        for source in before[i]:
            if depth[source] < 0:
                depth[source] = depth[i] + 1
                reached.append(source)
    return depth


def _deepest(diagram: Diagram) -> int:
    """The largest depth at which a cut leaves at most `MOST_BOXES` boxes, or 0."""
    count: dict[int, int] = {}
    for d in depths(diagram):
        count[d] = count.get(d, 0) + 1
    total, depth = 0, -1
    while total + count.get(depth + 1, MOST_BOXES + 1) <= MOST_BOXES:
        depth += 1
        total += count[depth]
    return max(depth, 0)


def cut(diagram: Diagram, depth: int) -> Diagram:
    """The boxes at most `depth` steps before the output; a box ⋯ stands for everything before them."""
    distance = depths(diagram)
    place = {i: k for k, i in enumerate(i for i, d in enumerate(distance) if d <= depth)}
    boxes = [diagram.boxes[i] for i in place]
    edges: list[Edge] = []
    hidden: dict[int, int] = {}
    for e in diagram.edges:
        if e.target in place and e.source in place:
            edges.append(Edge(place[e.source], place[e.target], e.slot, e.values))
        elif e.target in place:
            hidden[place[e.target]] = hidden.get(place[e.target], 0) + 1
    for target, count in hidden.items():
        edges.append(Edge(len(boxes), target, 0))
        boxes.append(Box("more", hidden=count))
    box_of = {key: place[i] for key, i in diagram.box_of.items() if i in place}
    return Diagram(boxes, edges, box_of, diagram.note)
