"""The colours and lines of a film, on light pages and on dark ones."""

from __future__ import annotations

from micrograd.drawing.theme import DARK, FONT, LIGHT, Palette, style_sheet

SHAPES = f"""\
.film text{{font-family:{FONT};font-size:12px}}
.film .heading{{font-size:14px;font-weight:600}}
.film .tick{{font-size:11px}}
.film .figure,.film .key{{font-variant-numeric:tabular-nums}}
.film .figure{{font-weight:600}}
.film .count{{font-size:11px}}
.film path{{fill:none}}
.film .grid{{stroke-width:1;stroke-opacity:0.18}}
.film .axis,.film .now{{stroke-width:1.2}}
.film .line{{stroke-width:2;stroke-linejoin:round}}
.film .strong{{stroke-width:2.6}}
.film .faint{{stroke-opacity:0.3;stroke-width:1.4}}
.film .border{{stroke-width:2.2}}
.film .margin{{stroke-width:1.2;stroke-dasharray:5 4}}
.film .mistake{{stroke-width:2}}
.film .point,.film .dots circle,.film path.dots{{stroke-width:1}}
.film rect.right,.film rect.wrong{{fill:none;stroke-width:1.5}}
.film rect.wrong{{stroke-width:3;stroke-dasharray:6 3}}
.film .pixels{{image-rendering:pixelated}}
"""


def film_style(theme: str = "auto") -> str:
    """The style sheet of the drawings; "auto" follows the page."""
    sheet = SHAPES + style_sheet(theme, heat=True) + colours(DARK if theme == "dark" else LIGHT)
    if theme == "auto":
        sheet += f"@media (prefers-color-scheme:dark){{\n{colours(DARK)}}}\n"
    return sheet


def colours(palette: Palette) -> str:
    ok, bad = palette.boxes["output"][1], palette.grad
    blue = palette.boxes["input"][1]
    lines = palette.focus, palette.accent, ok, palette.boxes["call"][1]
    return "\n".join(
        [
            f".film text,.film tspan{{fill:{palette.ink}}}",
            f".film .tick{{fill:{palette.muted}}}",
            f".film .sheet{{fill:{palette.page}}}",
            f".film .grid,.film .axis,.film .now{{stroke:{palette.muted}}}",
            f".film .border,.film .margin{{stroke:{palette.ink}}}",
            f".film .mistake{{stroke:{bad}}}",
            f".film .point,.film .dots circle,.film path.dots{{stroke:{palette.page}}}",
            f".film .dots circle,.film path.dots{{fill:{blue}}}",
            f".film rect.right{{stroke:{ok}}}",
            f".film rect.wrong{{stroke:{bad}}}",
            f".film .cell,.film .track{{fill:{palette.boxes['leaf'][0]}}}",
            f".film .hit,.film .bar.data{{fill:{blue}}}",
            f".film .miss,.film .bar.grad{{fill:{bad}}}",
            *(f".film .line{k}{{stroke:{colour}}}" for k, colour in enumerate(lines)),
            "",
        ]
    )
