"""From Values to the boxes and edges of a picture: what is drawn, not yet where.

A view of the graph maps every Value to a box: its own, or that of the call of a Module inside which it was born. Views
are made by `view`, cut by `cut`, chosen by `chosen`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from micrograd.engine import Value, topological
from micrograd.text.module_calls import Call, Calls, find_calls, parameter_names

MANY = 150  # boxes; more of them are more than one looks at
HEIGHTS = {"neuron": 0, "layer": 1}


@dataclass(eq=False)
class Box:
    """What a box stands for. Its kind is one of

    input       a leaf that a Module was given, or one with a label beside parameters that `draw` was told of
    parameter   a leaf that belongs to a Module
    leaf        any other leaf with a label
    constant    a leaf without
    op          the result of an operation
    call        all that was born inside the call of a Module
    port        a Value that enters the inside of a call
    more        what lies before a cut
    """

    kind: str
    value: Value | None = None
    call: Call | None = None
    output: bool = False
    name: str = ""
    hidden: int = 0

    @property
    def values(self) -> Sequence[Value]:
        """The Values whose numbers the box shows."""
        return self.call.outs if self.call is not None else () if self.value is None else (self.value,)


@dataclass(eq=False)
class Edge:
    """From box to box: the operand in `slot` of an operation, or all `values` that flow into or out of a call."""

    source: int
    target: int
    slot: int
    values: dict[int, Value] = field(default_factory=dict)


@dataclass(eq=False)
class Graph:
    """Boxes and the edges between them; `box_of` finds the box of a Value by its id."""

    boxes: list[Box]
    edges: list[Edge]
    box_of: dict[int, int]
    note: str = ""

    @property
    def pairs(self) -> list[tuple[int, int]]:
        return [(e.source, e.target) for e in self.edges]


class Source:
    """The graph below some roots, and what is known about its Values."""

    def __init__(self, roots: Sequence[Value], parameters: Iterable[Value] = ()):
        self.roots = roots
        self.order = list(dict.fromkeys(v for root in roots for v in topological(root)))
        self.parameters = {id(p) for p in parameters}

    @cached_property
    def calls(self) -> Calls:
        return find_calls(self.order)

    @cached_property
    def names(self) -> dict[int, tuple[str, str]]:
        return parameter_names(self.calls)

    @cached_property
    def inputs(self) -> set[int]:
        return {id(v) for call in self.calls.all for v in call.inputs}

    def leaf(self, v: Value) -> Box:
        if id(v) in self.names:
            return Box("parameter", v, name=self.names[id(v)][0])
        if id(v) in self.parameters:
            return Box("parameter", v)
        if id(v) in self.inputs or (self.parameters and v.label):
            return Box("input", v)
        return Box("leaf" if v.label else "constant", v)


def view(source: Source, height: int = -1) -> Graph:
    """The whole graph, with one box for each outermost call up to `height`: −1 no call, 0 neurons, 1 layers, …"""
    order, home = source.order, {}
    if height >= 0:
        calls = source.calls
        home = {id(v): call for v in order if (call := calls.outermost(v, height))}
    graph = _quotient(source, order, home, source.roots)
    return view(source) if home and not _drawable(graph) else graph


def inside(source: Source, call: Call) -> Graph:
    """What was born inside `call`, with one box for each call directly inside it, and a port for each input."""
    order = [v for v in source.order if id(v) in call.members]
    home = {member: other for other in call.inner for member in other.members}
    return _quotient(source, order, home, call.outs, {id(v): v for v in call.inputs})


def _quotient(
    source: Source,
    order: Sequence[Value],
    home: Mapping[int, Call],
    roots: Sequence[Value],
    ports: Mapping[int, Value] | None = None,
) -> Graph:
    """The boxes of the interior nodes in `order`, those with a `home` together in it, and of the leaves they need.

    A leaf that is needed only inside calls, and was not given to them, stays inside.
    """
    graph = Graph([], [], {})
    boxes, box_of = graph.boxes, graph.box_of
    place: dict[Call, int] = {}
    given = {call: set(map(id, call.inputs)) for call in home.values()}
    flows: dict[tuple[int, int], Edge] = {}
    visible = set(map(id, roots)).union(
        id(p)
        for v in order
        for p in v.parents
        if not p.parents and ((call := home.get(id(v))) is None or id(p) in given[call])
    )

    def add(v: Value, box: Box) -> int:
        boxes.append(box)
        box_of[id(v)] = len(boxes) - 1
        return len(boxes) - 1

    def leaf(v: Value) -> int | None:
        """The box of a Value that nothing in `order` computed, if it has one."""
        if id(v) in box_of:
            return box_of[id(v)]
        if v.parents or (ports is not None and id(v) in ports):
            return add(v, Box("port", v, name=source.leaf(v).name))
        return add(v, source.leaf(v)) if id(v) in visible else None

    for v in order:
        call = home.get(id(v))
        if call is not None and call in place:
            target = box_of[id(v)] = place[call]
            operands = [(slot, p, leaf(p)) for slot, p in enumerate(v.parents)]
        else:
            operands = [(slot, p, leaf(p)) for slot, p in enumerate(v.parents)]
            target = add(v, Box("op", v) if call is None else Box("call", call=call))
            if call is not None:
                place[call] = target
        for slot, p, origin in operands:
            if origin is None or origin == target:
                continue
            if call is None and boxes[origin].call is None:
                graph.edges.append(Edge(origin, target, slot, {id(p): p}))
                continue
            if (origin, target) not in flows:
                flows[origin, target] = Edge(origin, target, slot)
                graph.edges.append(flows[origin, target])
            flows[origin, target].values[id(p)] = p
    for root in roots if ports is None else ():
        i = box_of[id(root)] if id(root) in box_of else leaf(root)
        if i is not None:
            boxes[i].output = True
    return graph


def _drawable(graph: Graph) -> bool:
    """Whether the edges never go round in a circle, as they could if a Module kept a Value from call to call."""
    waiting = [0] * len(graph.boxes)
    after: list[list[int]] = [[] for _ in graph.boxes]
    for source, target in graph.pairs:
        after[source].append(target)
        waiting[target] += 1
    ready = [i for i, count in enumerate(waiting) if not count]
    for i in ready:
        for target in after[i]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return len(ready) == len(graph.boxes)


# ---- cutting


def depths(graph: Graph) -> list[int]:
    """How many edges lie between each box and the output, on the shortest way."""
    before: list[list[int]] = [[] for _ in graph.boxes]
    for source, target in graph.pairs:
        before[target].append(source)
    depth = [-1] * len(graph.boxes)
    reached = [i for i, box in enumerate(graph.boxes) if box.output]
    for i in reached:
        depth[i] = 0
    for i in reached:
        for source in before[i]:
            if depth[source] < 0:
                depth[source] = depth[i] + 1
                reached.append(source)
    return depth


def cut(graph: Graph, depth: int) -> Graph:
    """The boxes at most `depth` steps before the output; a box ⋯ stands for what comes before the others."""
    distance = depths(graph)
    number = {i: k for k, i in enumerate(i for i, d in enumerate(distance) if d <= depth)}
    boxes = [graph.boxes[i] for i in number]
    edges, hidden = [], dict[int, int]()
    for e in graph.edges:
        if e.target in number and e.source in number:
            edges.append(Edge(number[e.source], number[e.target], e.slot, e.values))
        elif e.target in number:
            hidden[number[e.target]] = hidden.get(number[e.target], 0) + 1
    for target, count in hidden.items():
        edges.append(Edge(len(boxes), target, 0))
        boxes.append(Box("more", hidden=count))
    box_of = {key: number[i] for key, i in graph.box_of.items() if i in number}
    return Graph(boxes, edges, box_of, graph.note)


# ---- choosing


def chosen(source: Source, collapse: str | None, depth: int | None) -> Graph:
    """The view for `draw`'s arguments `collapse` and `depth`, with a note that says what is not shown."""
    if collapse not in (None, "auto", *HEIGHTS):
        raise ValueError(f"collapse must be 'auto', 'neuron', 'layer' or None, got {collapse!r}")
    if depth is not None and (not isinstance(depth, int) or depth < 0):
        raise ValueError(f"depth must be a whole number of 0 or more, got {depth!r}")
    if collapse == "auto":
        return _fitting(source, depth)
    height = HEIGHTS.get(collapse, -1) if collapse else -1
    return _shown(source, view(source, height), depth)


def _shown(source: Source, graph: Graph, depth: int | None) -> Graph:
    whole = len(graph.boxes)
    if depth is not None:
        graph = cut(graph, depth)
        kept = sum(box.kind != "more" for box in graph.boxes)
        if kept < whole:
            graph.note = f"The last steps: {kept:,} of {whole:,} boxes."
    return graph


def _fitting(source: Source, depth: int | None) -> Graph:
    """The first view that has at most `MANY` boxes: everything, neurons, layers, networks; else cut by depth."""
    graph = _shown(source, view(source), depth)
    if len(graph.boxes) <= MANY:
        return graph
    everything = len(graph.boxes)
    calls = source.calls
    for height in range(max((call.height for call in calls.all), default=-1) + 1):
        graph = _shown(source, view(source, height), depth)
        if len(graph.boxes) <= MANY:
            break
    shown = len(graph.boxes)
    if shown > MANY:
        count: dict[int, int] = {}
        for d in depths(graph):
            count[d] = count.get(d, 0) + 1
        total, last = 0, -1
        while total + count.get(last + 1, MANY + 1) <= MANY:
            last += 1
            total += count[last]
        graph = cut(graph, max(last, 0))
    how = "modules as boxes" if any(box.call for box in graph.boxes) else "the last steps only"
    graph.note = f"{everything:,} boxes are too many to read, so {how}: draw(…, collapse=None) shows all."
    return graph


def heat(graph: Graph, color: str) -> dict[int, float]:
    """For each box |grad| (or |data|) of its Values, the largest where there are several.

    The gradient of a call is that which arrived inside it: none behind a dead relu, whatever reached its result.
    """
    shades = {}
    for i, box in enumerate(graph.boxes):
        values = box.values
        if box.call is not None and color == "grad":
            results = set(map(id, values))
            values = [v for key, v in box.call.members.items() if key not in results] or values
        if values:
            amounts = [abs(getattr(v, color)) for v in values]
            shades[i] = next((x for x in amounts if x != x), max(amounts))
    return shades
