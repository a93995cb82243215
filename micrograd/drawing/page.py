"""Pictures in notebooks and on pages: SVG that shows everywhere, and boxes of modules that open and close.

A notebook's output is an image and a script. Where scripts run, the script replaces the image by the picture itself,
which fits its window, can be zoomed, shows exact numbers on hovering and opens boxes on a click; where they do not (an
untrusted notebook, a mail), the image stays. Everything is in the output itself: nothing is loaded from anywhere.
"""

from __future__ import annotations

import base64
import html
import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from micrograd.drawing.geometry import Geometry
from micrograd.drawing.theme import DARK, FONT, LIGHT

SCRIPT, ZOOM, THEME = (Path(__file__).with_name(name) for name in ("page.js", "zoom.js", "theme.js"))
ZOOM_STYLE = """\
.micrograd-zoom{display:flex;justify-content:flex-end;gap:4px;padding:4px 0}
.micrograd-zoom button{min-width:28px;height:26px;padding:0 7px;font:13px/1 system-ui,sans-serif;color:inherit;
background:none;border:1px solid #80808090;border-radius:6px;cursor:pointer}
.micrograd-scroller svg{flex:none;margin:auto}
.micrograd-view :focus-visible{outline:2px solid #2f7de1;outline-offset:2px}
@media print{.micrograd-zoom{display:none}}
"""
PAGE_STYLE = f"""\
:root{{color-scheme:light dark}}html,body{{height:100%;margin:0}}body{{background:{LIGHT.page};color:{LIGHT.ink}}}
@media(prefers-color-scheme:dark){{body{{background:{DARK.page};color:{DARK.ink}}}}}
main{{box-sizing:border-box;min-height:100%;height:100%;display:flex;flex-direction:column;padding:12px 16px}}
h1{{font:600 16px/1.4 {FONT};margin:0 0 8px;overflow-wrap:anywhere}}
.micrograd-view{{flex:1;min-height:180px;display:flex;flex-direction:column}}
.micrograd-view .micrograd-scroller{{flex:1;min-height:0;max-height:none!important}}
"""


def read_script(path: Path) -> str:
    """A script without comments, indentation and its last line break, ready to be an item of a list."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", text.strip())


def pack(data: Mapping[str, Any]) -> str:
    """Data for a script, compressed to a quarter or less in a form that browsers can unpack."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def fragment(svg: str, label: str, geometry: Geometry) -> str:
    """The picture for the output of a notebook's cell, or for any page."""
    image = base64.b64encode(svg.encode()).decode()
    packed = f'"{pack(geometry)}"' if geometry["levels"] else "null"
    return (
        f'<div class="micrograd-view"><style>{ZOOM_STYLE}</style>'
        '<div class="micrograd-scroller" tabindex="0" role="group" aria-label="Picture, scrolls" '
        'style="display:flex;overflow:auto;max-height:600px">'
        f'<img src="data:image/svg+xml;base64,{image}" alt="{html.escape(label)}" style="max-width:none;flex:none">'
        "</div>"
        f"<script>{read_script(SCRIPT)}(document.currentScript,{packed},{read_script(ZOOM)})</script></div>"
    )


def page(content: str, title: str) -> str:
    """A whole page around `content`."""
    title = html.escape(title)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{PAGE_STYLE}</style><script>{read_script(THEME)}()</script></head>\n"
        f'<body class="micrograd-page"><main><h1>{title}</h1>\n{content}</main></body>\n</html>\n'
    )


def frame(content: str, title: str, height: int) -> str:
    """A page of its own inside another one, for hosts that run only their own scripts."""
    return (
        f'<iframe srcdoc="{html.escape(page(content, title))}" sandbox="allow-scripts" width="100%" '
        f'height="{min(height, 700)}" style="border:0" title="{html.escape(title)}"></iframe>'
    )


def build_frame(page: str, title: str, height: int, svg: str) -> str:
    """A page in a sandboxed frame, which covers a picture: hosts that remove frames show the picture."""
    content = html.escape(page, quote=False).replace('"', "&quot;")
    image = base64.b64encode(svg.encode()).decode()
    return (
        '<div style="display:grid;grid-template-columns:minmax(0,1fr)">'
        f'<img src="data:image/svg+xml;base64,{image}" alt="{html.escape(title)}" '
        f'style="grid-area:1/1;max-width:100%;max-height:{height}px;z-index:0">'
        f'<iframe srcdoc="{content}" sandbox="allow-scripts" allow="fullscreen *" width="100%" height="{height}" '
        f'style="grid-area:1/1;z-index:1;border:0;color-scheme:light dark" title="{html.escape(title)}"></iframe></div>'
    )
