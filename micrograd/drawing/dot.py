"""The graph as DOT text: for Graphviz, and for every tool that reads its language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from micrograd.drawing.diagram import Diagram
from micrograd.drawing.faces import Face
from micrograd.drawing.theme import LIGHT
from micrograd.text.escape import escape_dot, sanitise


def source(diagram: Diagram, faces: Sequence[Face], down: bool = False) -> str:
    """One record per box, its operation, label and numbers side by side; one edge per operand."""
    lines = [
        "digraph {",
        f"  rankdir={'TB' if down else 'LR'}",
        '  node [shape=record, style=filled, fontname="Helvetica", fontsize=11, height=0.3]',
        "  edge [arrowsize=0.6]",
    ]
    for i, (box, face) in enumerate(zip(diagram.boxes, faces, strict=True)):
        rows = [f"{name} {value}".strip() for name, value in face.rows]
        fields = [field for field in (face.symbol, face.label, *rows) if field]
        own = f', fillcolor="{LIGHT.boxes[box.kind][0]}"' + (", penwidth=2" if box.output else "")
        lines.append(f'  n{i} [label="{record_label(fields)}"{own}]')
    for e in diagram.edges:
        count = f' [label="{len(e.values)}", penwidth=2]' if len(e.values) > 1 else ""
        lines.append(f"  n{e.source} -> n{e.target}{count}")
    return "\n".join([*lines, "}"]) + "\n"


def record_label(fields: Iterable[str]) -> str:
    """The label of a record with these fields, in the direction of the ranks; to be put between quotes."""
    return "{ " + " | ".join(escape_dot(sanitise(field)) for field in fields) + " }"
