"""The colours of pictures, on light pages and on dark ones, as style sheets.

Text has a contrast of at least 4.5 : 1 with its background, the outlines of boxes 3 : 1. Kinds of boxes differ in
shape too (a strip with an operation, an arrow or a knob; double, dashed and plain outlines): colour alone never carries
the meaning. A picture brings its own background, so it can be read on a page of any colour.
"""

from __future__ import annotations

from dataclasses import dataclass

FONT = '-apple-system,"Segoe UI",Roboto,Helvetica,Arial,"Liberation Sans","DejaVu Sans",sans-serif'
SHADES = 9
# Of the classes of a model, on a page of any colour; two classes are orange and blue.
CLASSES = "#dd6b20 #2b6cb0 #2f855a #b83280 #6b46c1 #b7791f #2c7a7b #c53030 #4a5568 #97266d".split()


@dataclass(frozen=True)
class Palette:
    """The colours of a page; `boxes` has the fill, the outline and the strip of each kind of box.

    accent, soft   what is chosen or happens now, and the ground behind it
    focus          the ring around what the keyboard acts on
    panel, line    the ground of buttons and panels, and what separates them
    """

    page: str
    ink: str
    muted: str
    edge: str
    grad: str
    accent: str
    focus: str
    soft: str
    panel: str
    line: str
    cold: str
    hot: str
    boxes: dict[str, tuple[str, str, str]]


LIGHT = Palette(
    page="#ffffff",
    ink="#17212b",
    muted="#556373",
    edge="#72818f",
    grad="#a3262a",
    accent="#b3470b",
    focus="#1f6fd0",
    soft="#fdeee0",
    panel="#f5f7f9",
    line="#ccd4dc",
    cold="#fffaf2",
    hot="#f58b4c",
    boxes={
        "op": ("#ffffff", "#5b6d7f", "#e6ecf2"),
        "input": ("#eaf4ff", "#2b6cb0", "#cbe2fa"),
        "parameter": ("#fff6e0", "#a86600", "#ffe0a3"),
        "leaf": ("#f2f5f7", "#66778a", "#f2f5f7"),
        "constant": ("#f7f9fa", "#7c8b99", "#f7f9fa"),
        "call": ("#f4f0fd", "#6a4fb8", "#e0d6f8"),
        "port": ("#f2f5f7", "#66778a", "#e0e7ed"),
        "more": ("#ffffff", "#7c8b99", "#ffffff"),
        "output": ("#e9f8ef", "#1c7a4a", "#c7ecd6"),
        "dead": ("#e4e8eb", "#7c8b99", "#d5dbe0"),
    },
)
DARK = Palette(
    page="#14191f",
    ink="#eaf0f5",
    muted="#a3b2c0",
    edge="#8193a3",
    grad="#ff9f96",
    accent="#ffab5e",
    focus="#7db4ff",
    soft="#3b2a18",
    panel="#1c232b",
    line="#3c4855",
    cold="#241f1b",
    hot="#a34a0f",
    boxes={
        "op": ("#1d242c", "#8da0b2", "#323e4a"),
        "input": ("#12273c", "#5ea6ea", "#1e4a75"),
        "parameter": ("#2f2410", "#dca03a", "#5f4511"),
        "leaf": ("#222a32", "#8fa1b2", "#222a32"),
        "constant": ("#1a2027", "#7f90a0", "#1a2027"),
        "call": ("#261e3b", "#a58cf0", "#44367a"),
        "port": ("#222a32", "#8fa1b2", "#37434f"),
        "more": ("#14191f", "#7f90a0", "#14191f"),
        "output": ("#112c1e", "#4fc78c", "#1c5837"),
        "dead": ("#2b3138", "#7f90a0", "#39424b"),
    },
)

SHAPES = f"""\
.micrograd text{{font-family:{FONT};font-size:11.5px}}
.micrograd .mg-label{{font-size:13px;font-weight:600}}
.micrograd .mg-sign{{font-size:14px;font-weight:600;text-anchor:middle}}
.micrograd .mg-value{{text-anchor:end}}
.micrograd path,.micrograd .mg-box .mg-ring{{fill:none}}
.micrograd rect{{stroke-width:1.3}}
.micrograd .mg-constant rect,.micrograd .mg-more rect,.micrograd .mg-dead rect{{stroke-dasharray:4 3}}
.micrograd .mg-strip,.micrograd .mg-box .mg-strip{{stroke:none}}
.micrograd .mg-edge{{stroke-width:1.3}}
.micrograd .mg-many{{stroke-width:2.6}}
.micrograd .mg-dense .mg-edge{{stroke-width:1;stroke-opacity:0.5}}
"""


def colours(palette: Palette) -> str:
    """The rules that give every part its colour."""
    rules = [
        f".micrograd .mg-page{{fill:{palette.page}}}",
        f".micrograd text{{fill:{palette.ink}}}",
        f".micrograd .mg-name,.micrograd .mg-note,.micrograd .mg-count{{fill:{palette.muted}}}",
        f".micrograd .mg-grad{{fill:{palette.grad}}}",
        f".micrograd .mg-count{{stroke:{palette.page};stroke-width:4px;paint-order:stroke}}",
        f".micrograd .mg-edge{{stroke:{palette.edge}}}",
        f".micrograd .mg-frame{{fill:{palette.boxes['call'][0]};stroke:{palette.boxes['call'][1]}}}",
        f".micrograd .mg-icon{{stroke:{palette.ink};stroke-width:1.4}}",
    ]
    for kind, (fill, line, strip) in palette.boxes.items():
        rules.append(f".micrograd .mg-{kind} rect{{fill:{fill};stroke:{line}}}")
        rules.append(f".micrograd .mg-{kind} .mg-strip{{fill:{strip}}}")
        rules.append(f".micrograd .mg-{kind} .mg-ring{{stroke:{line}}}")
    return "\n".join(rules) + "\n"


def shades(palette: Palette) -> str:
    """The rules of a heat map, from the coldest shade. They win over those of `colours` whichever comes first."""
    rules = []
    for k, box in enumerate(f".micrograd .mg-box .mg-shade{k}" for k in range(SHADES)):
        fill = mix(palette.cold, palette.hot, k / (SHADES - 1))
        rules.append(f"{box} rect{{fill:{fill}}}")
        rules.append(f"{box} .mg-ring{{fill:none}}")  # else it would cover the strip; what draws PNGs knows no :not()
        rules.append(f"{box} .mg-strip{{fill:{palette.ink};fill-opacity:0.1}}")
        rules.append(f"{box} .mg-grad,{box} .mg-name{{fill:{palette.ink}}}")
    return "\n".join(rules) + "\n"


def mix(start: str, end: str, t: float) -> str:
    """The colour at `t` between `start` (0) and `end` (1)."""
    return "#" + "".join(f"{round(x + (y - x) * t):02x}" for x, y in zip(rgb(start), rgb(end), strict=True))


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of #rrggbb, up to 255."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def style_sheet(theme: str, heat: bool) -> str:
    """The style sheet of a picture: "light", "dark", or "auto" for whichever the viewer prefers."""
    palette = DARK if theme == "dark" else LIGHT
    sheet = SHAPES + colours(palette) + (shades(palette) if heat else "")
    if theme == "auto":
        dark = colours(DARK) + (shades(DARK) if heat else "")
        sheet += f"@media (prefers-color-scheme:dark){{\n{dark}}}\n"
    return sheet


VARIABLES = ("page", "ink", "muted", "edge", "grad", "accent", "focus", "soft", "panel", "line")


def page_variables() -> str:
    """The colours as variables of a page that is light or dark, as the viewer prefers, and the font: var(--ink)."""

    def of(palette: Palette) -> str:
        return "".join(f"--{name}:{getattr(palette, name)};" for name in VARIABLES)

    return f":root{{{of(LIGHT)}--font:{FONT}}}\n@media (prefers-color-scheme:dark){{:root{{{of(DARK)}}}}}\n"
