"""From a diagram and its layout to SVG, as plain text.

Every part has a class, for the style sheet and for scripts. A box is `g.mg-box` with its number in `data-box`, and in
it a group with the classes of its kind; an edge is `path.mg-edge` with `data-edge="source-target-slot"`. Nothing has
an id, so one page can hold many pictures.
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

BORDER = 12.0  # around the picture
NOTE = 22.0  # the height of a note below it
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
        lines.append(_text("mg-note", BORDER, y, note))
    return "\n".join([*lines, "</svg>"]) + "\n"


def parts(
    diagram: Diagram,
    layout: Layout | None,
    faces: Sequence[Face],
    *,
    classes: Mapping[int, str] | None = None,
    down: bool = False,
) -> list[str]:
    """A group of the edges and then the boxes, for a script to place where there is no layout."""
    lines = [edge(e, layout.routes[k] if layout else None, down) for k, e in enumerate(diagram.edges)]
    for i, (box, face) in enumerate(zip(diagram.boxes, faces, strict=True)):
        kinds = [f"mg-{box.kind}", "mg-output" if box.output else "", (classes or {}).get(i, "")]
        at = ""
        if layout:
            x, y = layout.centers[i]
            at = f' transform="translate({_n(x - face.width / 2)} {_n(y - face.height / 2)})"'
        lines.append(
            f'<g class="mg-box" data-box="{i}"{at}>'
            f'<g class="{" ".join(filter(None, kinds))}">{box_content(box, face)}</g></g>'
        )
    dense = " mg-dense" if len(diagram.edges) >= DENSE else ""
    return [f'<g class="mg-level{dense}" transform="translate({_n(BORDER)} {_n(BORDER)})">', *lines, "</g>"]


def box_content(box: Box, face: Face) -> str:
    """The inside of a box, from its upper left corner."""
    ring = RING if box.output else 0.0
    radius = min(face.height / 2, ROUND) if box.kind in ("leaf", "constant", "more") else RADIUS
    content = [f"<title>{escape_xml(face.tooltip)}</title>"]
    if box.kind == "call":  # a second sheet below: there is more inside
        content.append(_rectangle(face.width, face.height, radius, ' x="3.5" y="3.5"'))
    content.append(_rectangle(face.width, face.height, radius))
    if face.strip:
        content += _strip(box, face, ring, radius - ring)
    if ring:
        place = f' class="mg-ring" x="{_n(ring)}" y="{_n(ring)}"'
        content.append(_rectangle(face.width - 2 * ring, face.height - 2 * ring, radius - ring, place))
    return "".join([*content, *_texts(box, face, ring)])


def _rectangle(width: float, height: float, radius: float, attributes: str = "") -> str:
    return f'<rect{attributes} width="{_n(width)}" height="{_n(height)}" rx="{_n(radius)}"/>'


def _strip(box: Box, face: Face, ring: float, radius: float) -> list[str]:
    """The strip at the left, with a symbol or an icon."""
    middle, half = ring + face.strip / 2, face.height / 2
    content = [f'<path class="mg-strip" d="{_strip_outline(ring, ring + face.strip, face.height - ring, radius)}"/>']
    if face.symbol:
        return [*content, _text("mg-sign", middle, half + 5, face.symbol)]
    return [*content, f'<path class="mg-icon" d="{_icon(box.kind, middle, half)}"/>']


def _texts(box: Box, face: Face, ring: float) -> list[str]:
    """The label and, below it, the rows: names to the left, numbers to the right."""
    left, right, margin = ring + face.strip, face.width - ring, margin_of(box)
    y = (face.height - (LABEL_LINE if face.label else 0.0) - ROW_LINE * len(face.rows)) / 2
    texts = []
    if face.label:
        centred = box.kind == "more" or not face.rows
        anchor = ' text-anchor="middle"' if centred else ""
        texts.append(_text("mg-label", (left + right) / 2 if centred else left + margin, y + 13, face.label, anchor))
        y += LABEL_LINE
    for name, value in face.rows:
        if name:
            tone = " mg-grad" if name == "grad" else ""
            texts.append(_text("mg-name", left + margin, y + ROW, name))
            texts.append(_text(f"mg-value{tone}", right - margin, y + ROW, value))
        else:
            texts.append(_text("mg-name", left + margin, y + ROW, value))
        y += ROW_LINE
    return texts


def _text(kind: str, x: float, y: float, text: str, attributes: str = "") -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}"{attributes}>{escape_xml(text)}</text>'


def _strip_outline(left: float, right: float, bottom: float, radius: float) -> str:
    """The left part of a rounded rectangle, from `left` (which is its distance from the top, too) to `right`."""
    r, top = max(radius, 0.0), left
    return (
        f"M{_n(right)} {_n(top)}H{_n(left + r)}A{_n(r)} {_n(r)} 0 0 0 {_n(left)} {_n(top + r)}"
        f"V{_n(bottom - r)}A{_n(r)} {_n(r)} 0 0 0 {_n(left + r)} {_n(bottom)}H{_n(right)}Z"
    )


def _icon(kind: str, x: float, y: float) -> str:
    """A knob for a parameter, an arrow for anything else that comes in."""
    if kind == "parameter":
        return f"M{_n(x - 5)} {_n(y)}A5 5 0 1 0 {_n(x + 5)} {_n(y)}A5 5 0 1 0 {_n(x - 5)} {_n(y)}M{_n(x)} {_n(y)}l3 -3"
    return f"M{_n(x - 5)} {_n(y)}h9m-4 -4l4 4l-4 4"


def edge(e: Edge, points: Sequence[Point] | None, down: bool = False) -> str:
    many = len(e.values)
    thick = " mg-many" if many > 1 else ""
    course = f' d="{curve(points, down)}"' if points else ""
    path = f'<path class="mg-edge{thick}" data-edge="{e.source}-{e.target}-{e.slot}"{course}'
    if many <= 1:
        return f"{path}/>"
    (x0, y0), (x1, y1) = points[1:3] if points else ((0.0, 0.0), (0.0, 0.0))
    x, y = (x0 + x1) / 2, (y0 + y1) / 2 - 5
    if down:
        x, y = (x0 + x1) / 2 + 6, (y0 + y1) / 2 + 4
    anchor = "" if down else ' text-anchor="middle"'
    return f"{path}><title>{many} Values</title></path>{_text('mg-count', x, y, str(many), anchor)}"


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
