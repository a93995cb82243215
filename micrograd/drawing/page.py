"""Pictures in notebooks and on pages: SVG that shows everywhere, and boxes of modules that open and close.

A notebook's output is an image and a script. Where scripts run, the script replaces the image by the picture itself,
which shows exact numbers on hovering and opens boxes on a click; where they do not (an untrusted notebook, a mail), the
image stays. Everything is in the output itself: nothing is loaded from anywhere.
"""

from __future__ import annotations

import base64
import html
import json
from pathlib import Path

from micrograd.drawing.geometry import Geometry
from micrograd.text.escape import escape_script

SCRIPT = Path(__file__).with_name("page.js")
PAGE_STYLE = (
    ":root{color-scheme:light dark}body{margin:16px;background:Canvas}"
    ".micrograd-scroller{overflow:auto}img{max-width:none}"
)


def fragment(svg: str, label: str, geometry: Geometry) -> str:
    """The picture for the output of a notebook's cell, or for any page."""
    image = base64.b64encode(svg.encode()).decode()
    data = escape_script(json.dumps(geometry, separators=(",", ":")))
    return (
        '<div class="micrograd-scroller" style="overflow:auto">'
        f'<img src="data:image/svg+xml;base64,{image}" alt="{html.escape(label)}" style="max-width:none">'
        f"<script>{SCRIPT.read_text(encoding='utf-8')}(document.currentScript,{data})</script></div>"
    )


def page(content: str, title: str) -> str:
    """A whole page around `content`."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{PAGE_STYLE}</style></head>\n<body>{content}</body>\n</html>\n"
    )


def frame(content: str, title: str, height: int) -> str:
    """A page of its own inside another one, for hosts that run only their own scripts."""
    return (
        f'<iframe srcdoc="{html.escape(page(content, title))}" sandbox="allow-scripts" width="100%" '
        f'height="{min(height, 700)}" style="border:0" title="{html.escape(title)}"></iframe>'
    )
