"""A diagram: the boxes to draw and the edges between them, without positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from micrograd.engine import Value
from micrograd.text.module_calls import Call


@dataclass(eq=False)
class Box:
    """A box and the Values behind it. Its kind is one of

    input       a leaf that a Module was given, or a labelled leaf where `draw` was told the parameters
    parameter   a leaf that belongs to a Module
    leaf        any other leaf with a label
    constant    a leaf without a label
    op          the result of an operation
    call        everything that was made inside the call of a Module
    port        a Value that enters the inside of a call
    more        everything before a cut
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
        if self.call is not None:
            return self.call.outs
        return () if self.value is None else (self.value,)


@dataclass(eq=False)
class Edge:
    """From box to box: the operand in `slot` of an operation, or all `values` that flow into or out of a call."""

    source: int
    target: int
    slot: int
    values: dict[int, Value] = field(default_factory=dict)


@dataclass(eq=False)
class Diagram:
    """Boxes and the edges between them; `box_of` finds the box of a Value by its id."""

    boxes: list[Box] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    box_of: dict[int, int] = field(default_factory=dict)
    note: str = ""

    @property
    def pairs(self) -> list[tuple[int, int]]:
        return [(e.source, e.target) for e in self.edges]

    def has_cycle(self) -> bool:
        """Whether the edges form a cycle. They can if a Module keeps a Value from call to call."""
        waiting = [0] * len(self.boxes)
        after: list[list[int]] = [[] for _ in self.boxes]
        for source, target in self.pairs:
            after[source].append(target)
            waiting[target] += 1
        ready = [i for i, count in enumerate(waiting) if not count]
        for i in ready:
            for target in after[i]:
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)
        return len(ready) < len(self.boxes)
