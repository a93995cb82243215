"""A slide as a picture of 1280 × 720: the graph, the step in a formula and in sentences, and how far it has come."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from micrograd.drawing.theme import DARK, FONT, LIGHT, style_sheet
from micrograd.teaching.views.scene import Scene
from micrograd.teaching.views.slide_graph import draw_graph, style_graph
from micrograd.teaching.views.slides import Slide, Term
from micrograd.text.escape import escape_xml
from micrograd.text.measure import shorten, text_width

WIDTH, HEIGHT = 1280.0, 720.0
LEFT, MIDDLE, RIGHT = 33.0, 655.0, 1247.0
LINE, FOOT = 466.0, 688.0  # the lines below the graph and below the text
TITLE, HEADING, FORMULA, SENTENCE = 18.0, 29.0, 24.0, 23.0  # sizes of type
NARROW = 0.92  # of the width that `text_width` allows for the widest of fonts


@dataclass(frozen=True)
class Deck:
    """What the slides of one pass have in common."""

    scene: Scene
    title: str
    count: int
    theme: str


def draw_slide(deck: Deck, slide: Slide, number: int) -> str:
    """The picture of slide `number`, counted from 1, as SVG."""
    words = " ".join([slide.heading, *slide.sentences])
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="micrograd" role="img" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
            f'width="{WIDTH:g}" height="{HEIGHT:g}" aria-label="{escape_xml(words, attribute=True)}">',
            f"<style>\n{_style(deck.theme)}</style>",
            '<rect class="mg-page" width="100%" height="100%"/>',
            _text("title", LEFT, 27, TITLE, shorten(deck.title, TITLE, RIGHT - LEFT)),
            *draw_graph(deck.scene, slide),
            f'<path class="line" d="M0 {LINE:g}H{WIDTH:g}"/>',
            *_heading(slide),
            *_formula(slide.terms),
            *_sentences(slide),
            *_progress(number, deck.count),
            "</svg>\n",
        ]
    )


def _style(theme: str) -> str:
    palette = DARK if theme == "dark" else LIGHT
    return (
        style_sheet("dark" if theme == "dark" else "light", heat=False)
        + f"text{{font-family:{FONT};fill:{palette.ink}}}\n"
        f".micrograd .title,.micrograd .aside{{fill:{palette.muted}}}\n"
        f".micrograd .strong{{font-weight:600}}\n.micrograd .result{{font-weight:600;fill:{palette.accent}}}\n"
        f".micrograd .line{{stroke:{palette.line}}}\n"
        f".micrograd .bar{{fill:{palette.line};stroke:none}}\n.micrograd .done{{fill:{palette.accent};stroke:none}}\n"
        + style_graph(palette)
    )


def _heading(slide: Slide) -> list[str]:
    heading = shorten(slide.heading, HEADING, RIGHT - LEFT, bold=True)
    aside = f'<tspan class="aside" font-size="{0.85 * HEADING:g}" font-weight="400">, {escape_xml(slide.aside)}</tspan>'
    return [
        f'<text class="strong" x="{LEFT:g}" y="{LINE + 38:g}" style="font-size:{HEADING:g}px">{escape_xml(heading)}'
        f"{aside if slide.aside else ''}</text>"
    ]


def _formula(terms: Sequence[Term]) -> list[str]:
    """A column for each term, as wide as its widest line, in smaller type if they need more room than there is."""

    def widths(size: float) -> list[float]:
        return [
            max(
                text_width(term.caption, 0.65 * size) * NARROW,
                text_width(term.symbols, size) * NARROW,
                text_width(term.numbers, size, bold=True) * NARROW,
            )
            for term in terms
        ]

    size, gap = FORMULA, 0.45
    while sum(widths(size)) + gap * size * len(terms) > MIDDLE - LEFT - 20 and size > 10:
        size -= 1
    x, lines = LEFT, []
    for term, width in zip(terms, widths(size), strict=True):
        middle = x + width / 2
        kind = "result" if term.result else "strong"
        lines += [
            _text("aside", middle, LINE + 70, 0.65 * size, term.caption, "middle"),
            _text("", middle, LINE + 100, size, term.symbols, "middle"),
            _text(kind, middle, LINE + 135, size, term.numbers, "middle"),
        ]
        x += width + gap * size
    return list(filter(None, lines))


def _sentences(slide: Slide) -> list[str]:
    """Beside a formula, or over the whole width; in smaller type if there are many."""
    left = MIDDLE if slide.terms else LEFT
    size = SENTENCE
    while True:
        lines = [line for text in slide.sentences for line in wrap(text, size, RIGHT - left)]
        high = 1.3 * size * len(lines)
        if high <= FOOT - LINE - 50 or size <= 10:
            break
        size -= 1
    return [_text("", left, LINE + 52 + 1.3 * size * (k + 0.75), size, line) for k, line in enumerate(lines)]


def wrap(text: str, size: float, room: float) -> Iterable[str]:
    """`text` in lines of at most `room` pixels, broken between words."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and text_width(longer, size) * NARROW > room:
            yield line
            longer = word
        line = longer
    yield line


def _progress(number: int, count: int) -> list[str]:
    said = f"{number} / {count}"
    x, y, wide = LEFT, FOOT + 9, RIGHT - LEFT - 100
    return [
        f'<rect class="bar" x="{x:g}" y="{y:g}" width="{wide:g}" height="5" rx="2.5"/>',
        f'<rect class="done" x="{x:g}" y="{y:g}" width="{wide * number / count:.1f}" height="5" rx="2.5"/>',
        _text("title", RIGHT, FOOT + 18, TITLE, said, "end"),
    ]


def _text(kind: str, x: float, y: float, size: float, text: str, anchor: str = "start") -> str:
    if not text:
        return ""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" style="font-size:{math.floor(10 * size) / 10:g}px;'
        f'text-anchor:{anchor}">{escape_xml(text)}</text>'
    )
