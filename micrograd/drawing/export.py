"""PNG and PDF, by a package that needs nothing from the system: it brings its own fonts."""

from __future__ import annotations

import re
from typing import Any

from micrograd.drawing.theme import FONT

OWN_FONT = '"Liberation Sans",sans-serif'  # inside the package: the text looks the same on every machine
SCALE = 2.0  # pixels of a PNG for each pixel of the picture
LARGEST = 16_000  # pixels on a side
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵏʸ", "0123456789−ky")  # of these the font has ¹, ² and ³


def png(picture: str, width: float | None = None) -> bytes:
    """A PNG of an SVG picture: `width` pixels wide, or twice its size, and never enormous."""
    sides = [float(side) for side in picture.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split()]
    scale = min(width / sides[0] if width else SCALE, LARGEST / max(sides))
    content: bytes = _converter().svg_to_png(set_in_own_font(picture), scale=scale)
    return content


def pdf(picture: str) -> bytes:
    """A PDF of an SVG picture: one page of its size, with text that can be searched."""
    content: bytes = _converter().svg_to_pdf(set_in_own_font(picture))
    return content


def set_in_own_font(picture: str) -> str:
    """The picture in the font of the package; exponents that it lacks are set small and high.

    Otherwise the whole text would be set in some other font of the system, or in empty boxes.
    """
    picture = picture.replace(FONT, OWN_FONT)
    return re.sub(r"(?<=>)[^<>]*[⁰⁴⁵⁶⁷⁸⁹⁻ᵏʸ][^<>]*(?=</t(?:ext|span)>|<tspan)", _raise, picture)


def _raise(text: re.Match[str]) -> str:
    small = r'<tspan baseline-shift="super" font-size="70%">\g<0></tspan>'
    return re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵏʸ]+", small, text[0]).translate(RAISED)


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError:
        raise ImportError(
            'PNG, PDF and moving pictures need the package vl-convert-python: pip install "micrograd-lab[pictures]" '
            "(SVG, HTML and DOT need nothing)"
        ) from None
    return vl_convert
