"""Pictures in notebooks and on pages: SVG made visible everywhere, and boxes of modules that open and close.

A notebook's output is an image and a script. Where scripts run, the script puts the picture itself in the image's
place, which shows exact numbers on hovering and opens boxes on a click; where they do not (an untrusted notebook, a
mail), the image stays. Everything is in the output itself: nothing is loaded from anywhere.
"""

from __future__ import annotations

import base64
import html
import json
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd.drawing import svg
from micrograd.drawing.faces import Face, face
from micrograd.drawing.graph import Graph, inside
from micrograd.drawing.layout.routing import Layout, arrange
from micrograd.text.escape import escape_script
from micrograd.text.module_calls import Call

if TYPE_CHECKING:
    from micrograd.drawing.picture import Picture

MOST = 3_000  # boxes inside of boxes; what lies deeper than that stays closed
SCRIPT = Path(__file__).with_name("page.js")
PAGE_STYLE = (
    ":root{color-scheme:light dark}body{margin:16px;background:Canvas}"
    ".micrograd-scroller{overflow:auto}img{max-width:none}"
)


def fragment(picture: Picture) -> str:
    """The picture for the output of a notebook's cell, or for any page."""
    image = base64.b64encode(picture.svg.encode()).decode()
    levels, insides = _levels(picture)
    data = escape_script(json.dumps({"levels": levels, "insides": insides}, separators=(",", ":")))
    return (
        '<div class="micrograd-scroller" style="overflow:auto">'
        f'<img src="data:image/svg+xml;base64,{image}" alt="{html.escape(picture.label)}" style="max-width:none">'
        f"<script>{SCRIPT.read_text(encoding='utf-8')}(document.currentScript,{data})</script></div>"
    )


def page(content: str, title: str) -> str:
    """A whole page around `content`."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{PAGE_STYLE}</style></head>\n<body>{content}</body>\n</html>\n"
    )


def frame(picture: Picture) -> str:
    """The page in a frame of its own, about as high as the picture, for hosts that run no scripts beside their own."""
    content = html.escape(page(fragment(picture), picture.label))
    height = round(picture.layout.height) + 100
    if any(box.call for box in picture.graph.boxes):
        height = max(height, 500)  # room for what opens
    return (
        f'<iframe srcdoc="{content}" sandbox="allow-scripts" width="100%" height="{min(height, 700)}" '
        f'style="border:0" title="{html.escape(picture.label)}"></iframe>'
    )


def _levels(picture: Picture) -> tuple[list[dict[str, Any]], list[str]]:
    """The geometry of the picture and of the inside of each box in it, and what is drawn there.

    Number 0 is the picture itself, whose drawing is the image. Those that cannot be opened have no number.
    """
    levels: list[dict[str, Any]] = []
    insides = [""]
    queue: deque[tuple[Graph, list[Face], Layout]] = deque([(picture.graph, picture.faces, picture.layout)])
    numbers, boxes = 1, 0
    while queue:
        graph, faces, layout = queue.popleft()
        opens = {}
        for i, box in enumerate(graph.boxes):
            if box.call is None or boxes > MOST or layout.ranked.detours:
                continue
            within = inside(picture.source, box.call)
            boxes += len(within.boxes)
            opens[i], numbers = numbers, numbers + 1
            looks = [face(inner, picture.style) for inner in within.boxes]
            sizes = [(what.width, what.height) for what in looks]
            queue.append((within, looks, arrange(sizes, within.pairs, "down" if picture.down else "right")))
        levels.append(_geometry(graph, faces, layout, opens, picture.down))
        if len(levels) > 1:
            insides.append("".join(svg.parts(graph, layout, faces, down=picture.down)))
    return (levels, insides) if numbers > 1 else ([], [])


def _geometry(graph: Graph, faces: list[Face], layout: Layout, opens: dict[int, int], down: bool) -> dict[str, Any]:
    return {
        "down": down,
        "sizes": [[what.width, what.height] for what in faces],
        "opens": opens,
        "titles": {i: call.title for i in opens if isinstance(call := graph.boxes[i].call, Call)},
        "columns": layout.columns,
        "across": [round(y, 1) for y in layout.across],
        "gaps": [round(gap, 1) for gap in layout.gaps],
        "chains": layout.ranked.chains,
        "ports": [round(port, 1) for port in layout.ports],
        "rank": layout.ranked.rank,
    }
