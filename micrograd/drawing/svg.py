"""From a laid-out graph to SVG: text in, nothing but text out.

Every part has a class, for the style sheet and for scripts. A box is `g.mg-box` with its number in `data-box`, and in
it a group with the classes of its kind; an edge is `path.mg-edge` with `data-edge="source-target-slot"`. Nothing has
an id, so that many pictures may stand on one page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from micrograd.drawing.diagram import Box, Diagram, Edge
from micrograd.drawing.faces import LABEL_LINE, RING, ROW, ROW_LINE, Face, margin_of
from micrograd.drawing.layout.routing import Layout, Point
from micrograd.drawing.theme import style_sheet
from micrograd.text.escape import escape_xml
from micrograd.text.measure import text_width

BORDER = 12.0
NOTE = 22.0
RADIUS, ROUND = 6.0, 17.0
DENSE = 200  # from this many edges on, all are drawn fainter


def document(
    diagram: Diagram,
    layout: Layout,
    faces: Sequence[Face],
    *,
    label: str,
    theme: str = "auto",
    classes: Mapping[int, str] | None = None,
    notes: Sequence[str] = (),
    down: bool = False,
) -> str:
    """A whole picture. `classes` adds classes to boxes, by their numbers."""
    wide = max([layout.width] + [text_width(note, ROW) for note in notes]) + 2 * BORDER
    high = layout.height + 2 * BORDER + NOTE * len(notes)
    size = f"{_n(math.ceil(wide))} {_n(math.ceil(high))}"
    heat = any(classes.values()) if classes else False
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="micrograd" role="img" '
        f'aria-label="{escape_xml(label, attribute=True)}" '
        f'viewBox="0 0 {size}" width="{size.split()[0]}" height="{size.split()[1]}">',
        f"<style>\n{style_sheet(theme, heat)}</style>",
        '<rect class="mg-page" width="100%" height="100%" rx="8"/>',
        *parts(diagram, layout, faces, classes=classes, down=down),
    ]
    for k, note in enumerate(notes):
        y = high - BORDER - NOTE * (len(notes) - 1 - k)
        lines.append(f'<text class="mg-note" x="{_n(BORDER)}" y="{_n(y)}">{escape_xml(note)}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def parts(
    diagram: Diagram,
    layout: Layout,
    faces: Sequence[Face],
    *,
    classes: Mapping[int, str] | None = None,
    down: bool = False,
) -> list[str]:
    """A group of the edges and then the boxes."""
    lines = [edge(e, layout.routes[k], down) for k, e in enumerate(diagram.edges)]
    for i, (box, face, (x, y)) in enumerate(zip(diagram.boxes, faces, layout.centers, strict=True)):
        kinds = [f"mg-{box.kind}", "mg-output" if box.output else "", (classes or {}).get(i, "")]
        at = f"translate({_n(x - face.width / 2)} {_n(y - face.height / 2)})"
        lines.append(
            f'<g class="mg-box" data-box="{i}" transform="{at}">'
            f'<g class="{" ".join(filter(None, kinds))}">{box_content(box, face)}</g></g>'
        )
    dense = " mg-dense" if len(diagram.edges) >= DENSE else ""
    return [f'<g class="mg-level{dense}" transform="translate({_n(BORDER)} {_n(BORDER)})">', *lines, "</g>"]


def box_content(box: Box, face: Face) -> str:
    """The inside of a box, from its upper left corner."""
    w, h = face.width, face.height
    ring = RING if box.output else 0.0
    radius = min(h / 2, ROUND) if box.kind in ("leaf", "constant", "more") else RADIUS
    parts = [f"<title>{escape_xml(face.tooltip)}</title>"]
    if box.kind == "call":  # a second sheet below: there is more inside
        parts.append(f'<rect x="3.5" y="3.5" width="{_n(w)}" height="{_n(h)}" rx="{_n(radius)}"/>')
    parts.append(f'<rect width="{_n(w)}" height="{_n(h)}" rx="{_n(radius)}"/>')
    left = ring + face.strip
    margin = margin_of(box)
    if face.strip:
        parts.append(f'<path class="mg-strip" d="{_strip(ring, left, h - ring, radius - ring)}"/>')
        middle = ring + face.strip / 2
        if face.symbol:
            parts.append(f'<text class="mg-sign" x="{_n(middle)}" y="{_n(h / 2 + 5)}">{escape_xml(face.symbol)}</text>')
        else:
            parts.append(f'<path class="mg-icon" d="{_icon(box.kind, middle, h / 2)}"/>')
    if ring:
        parts.append(
            f'<rect class="mg-ring" x="{_n(ring)}" y="{_n(ring)}" width="{_n(w - 2 * ring)}" '
            f'height="{_n(h - 2 * ring)}" rx="{_n(radius - ring)}"/>'
        )
    lines = (LABEL_LINE if face.label else 0.0) + ROW_LINE * len(face.rows)
    y = (h - lines) / 2
    if face.label:
        x, anchor = left + margin, ""
        if box.kind == "more" or not face.rows:
            x, anchor = (left + w - ring) / 2, ' text-anchor="middle"'
        parts.append(f'<text class="mg-label" x="{_n(x)}" y="{_n(y + 13)}"{anchor}>{escape_xml(face.label)}</text>')
        y += LABEL_LINE
    for name, value in face.rows:
        tone = " mg-grad" if name == "grad" else ""
        if name:
            parts.append(f'<text class="mg-name" x="{_n(left + margin)}" y="{_n(y + 11.5)}">{name}</text>')
            x, kind = w - ring - margin, "mg-value"
        else:
            x, kind = left + margin, "mg-name"
        parts.append(f'<text class="{kind}{tone}" x="{_n(x)}" y="{_n(y + 11.5)}">{escape_xml(value)}</text>')
        y += ROW_LINE
    return "".join(parts)


def _strip(left: float, right: float, bottom: float, radius: float) -> str:
    """The left part of a rounded rectangle, from `left` (which is its distance from the top, too) to `right`."""
    r, top = max(radius, 0.0), left
    return (
        f"M{_n(right)} {_n(top)}H{_n(left + r)}A{_n(r)} {_n(r)} 0 0 0 {_n(left)} {_n(top + r)}"
        f"V{_n(bottom - r)}A{_n(r)} {_n(r)} 0 0 0 {_n(left + r)} {_n(bottom)}H{_n(right)}Z"
    )


def _icon(kind: str, x: float, y: float) -> str:
    """An arrow for what comes in, a knob for what can be turned."""
    if kind == "parameter":
        return f"M{_n(x - 5)} {_n(y)}A5 5 0 1 0 {_n(x + 5)} {_n(y)}A5 5 0 1 0 {_n(x - 5)} {_n(y)}M{_n(x)} {_n(y)}l3 -3"
    return f"M{_n(x - 5)} {_n(y)}h9m-4 -4l4 4l-4 4"


def edge(e: Edge, points: Sequence[Point], down: bool = False) -> str:
    many = len(e.values)
    thick = " mg-many" if many > 1 else ""
    path = f'<path class="mg-edge{thick}" data-edge="{e.source}-{e.target}-{e.slot}" d="{curve(points, down)}"'
    if many <= 1:
        return f"{path}/>"
    (x0, y0), (x1, y1) = points[1], points[2]
    x, y = (x0 + x1) / 2, (y0 + y1) / 2 - 5
    if down:
        x, y = (x0 + x1) / 2 + 6, (y0 + y1) / 2 + 4
    anchor = "" if down else ' text-anchor="middle"'
    text = f'<text class="mg-count" x="{_n(x)}" y="{_n(y)}"{anchor}>{many}</text>'
    return f"{path}><title>{many} Values</title></path>{text}"


def curve(points: Sequence[Point], down: bool) -> str:
    """A path through the points of a route, with an open arrow head at its end."""
    (x, y), *rest = points
    path = [f"M{_n(x)} {_n(y)}"]
    for k, (a, b) in enumerate(rest):
        if k % 2 and not (b == y if not down else a == x):
            middle = (y + b) / 2 if down else (x + a) / 2
            control = (
                f"{_n(x)} {_n(middle)} {_n(a)} {_n(middle)}" if down else f"{_n(middle)} {_n(y)} {_n(middle)} {_n(b)}"
            )
            path.append(f"C{control} {_n(a)} {_n(b)}")
        elif (a, b) != (x, y):
            path.append(f"L{_n(a)} {_n(b)}")
        x, y = a, b
    path.append("m-4 -6l4 6l4 -6" if down else "m-6 -4l6 4l-6 4")
    return "".join(path)


def _n(x: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    text = f"{x:.1f}"
    return "0" if text in ("-0.0", "0.0") else text.removesuffix(".0")
