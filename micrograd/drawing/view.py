"""From Values to boxes: the whole graph, or the inside of one call.

A view gives every interior node a box: one of its own, or that of the Module's call in which it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from micrograd.drawing.diagram import Box, Diagram, Edge
from micrograd.engine import Value, topological
from micrograd.text.module_calls import Call, Calls, find_calls, parameter_names, tell_apart


class ComputationGraph:
    """The graph below some roots, with everything needed to label its nodes."""

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

    def leaf_box(self, v: Value, names: Mapping[int, str]) -> Box:
        if id(v) in names:
            return Box("parameter", v, name=names[id(v)])
        if id(v) in self.parameters:
            return Box("parameter", v)
        if id(v) in self.inputs or (self.parameters and v.label):
            return Box("input", v)
        return Box("leaf" if v.label else "constant", v)


def view(graph: ComputationGraph, height: int = -1) -> Diagram:
    """The whole graph, with one box for each outermost call up to `height`: −1 no call, 0 neurons, 1 layers, …"""
    order, home = graph.order, {}
    if height >= 0:
        calls = graph.calls
        home = {id(v): call for v in order if (call := calls.outermost(v, height))}
    builder = DiagramBuilder(graph, home, _leaves_to_show(order, home, graph.roots))
    diagram = builder.build(order)
    for root in graph.roots:
        i = builder.operand(root)
        if i is not None:
            diagram.boxes[i].output = True
    return view(graph) if home and diagram.has_cycle() else diagram


def view_inside(graph: ComputationGraph, call: Call) -> Diagram:
    """Everything made inside `call`, with one box for each call directly inside it, and a port for each input."""
    order = [v for v in graph.order if id(v) in call.members]
    home = {member: other for other in call.inner for member in other.members}
    ports = set(map(id, call.inputs))
    return DiagramBuilder(graph, home, _leaves_to_show(order, home, call.outs), ports).build(order)


def _leaves_to_show(order: Sequence[Value], home: Mapping[int, Call], roots: Sequence[Value]) -> set[int]:
    """The ids of the leaves that are used outside calls or given to one; any other stays inside its call."""
    given = {call: set(map(id, call.inputs)) for call in home.values()}
    return set(map(id, roots)).union(
        id(p)
        for v in order
        for p in v.parents
        if not p.parents and ((call := home.get(id(v))) is None or id(p) in given[call])
    )


class DiagramBuilder:
    """A diagram in the making, node by node.

    home     for an interior node inside a box of a call, that call
    leaves   the leaves to show
    ports    the inputs of the call whose inside is drawn
    """

    def __init__(
        self, graph: ComputationGraph, home: Mapping[int, Call], leaves: set[int], ports: Iterable[int] = frozenset()
    ):
        self.graph, self.home, self.leaves, self.ports = graph, home, leaves, ports
        shown = leaves.union(ports)
        self.names = tell_apart({key: name for key, name in graph.names.items() if key in shown})
        self.diagram = Diagram()
        self.box_of_call: dict[Call, int] = {}
        self.flows: dict[tuple[int, int], Edge] = {}

    def build(self, order: Sequence[Value]) -> Diagram:
        for v in order:
            operands = [self.operand(p) for p in v.parents]
            target = self.result(v)
            for slot, (p, origin) in enumerate(zip(v.parents, operands, strict=True)):
                if origin is not None and origin != target:
                    self.connect(origin, target, slot, p)
        return self.diagram

    def operand(self, v: Value) -> int | None:
        """The box of a Value that is an operand; None for a leaf that stays inside a call."""
        i = self.diagram.box_of.get(id(v))
        if i is not None:
            return i
        if v.parents or id(v) in self.ports:
            return self.add(v, Box("port", v, name=self.graph.leaf_box(v, self.names).name))
        return self.add(v, self.graph.leaf_box(v, self.names)) if id(v) in self.leaves else None

    def result(self, v: Value) -> int:
        """The box of the result of an operation: its own, or that of its call."""
        call = self.home.get(id(v))
        if call is None:
            return self.add(v, Box("op", v))
        if call not in self.box_of_call:
            self.box_of_call[call] = self.add(v, Box("call", call=call))
        self.diagram.box_of[id(v)] = self.box_of_call[call]
        return self.box_of_call[call]

    def add(self, v: Value, box: Box) -> int:
        boxes = self.diagram.boxes
        boxes.append(box)
        self.diagram.box_of[id(v)] = len(boxes) - 1
        return len(boxes) - 1

    def connect(self, origin: int, target: int, slot: int, v: Value) -> None:
        """Add an edge; all operands that flow into or out of a call share the edge between their two boxes."""
        boxes, edges = self.diagram.boxes, self.diagram.edges
        if boxes[origin].call is None and boxes[target].call is None:
            edges.append(Edge(origin, target, slot, {id(v): v}))
            return
        flow = self.flows.get((origin, target))
        if flow is None:
            flow = self.flows[origin, target] = Edge(origin, target, slot)
            edges.append(flow)
        flow.values[id(v)] = v
