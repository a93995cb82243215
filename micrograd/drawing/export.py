"""PNG and PDF, by a package that needs nothing from the system: it brings its own fonts."""

from __future__ import annotations

from typing import Any

from micrograd.drawing.theme import FONT

OWN_FONT = '"Liberation Sans",sans-serif'  # inside the package: the text looks the same on every machine
SCALE = 2.0  # pixels of a PNG for each pixel of the picture
LARGEST = 16_000  # pixels on a side


def png(picture: str) -> bytes:
    """A PNG of an SVG picture, twice its size, or less where that would be enormous."""
    sides = [float(side) for side in picture.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split()]
    content: bytes = _converter().svg_to_png(picture.replace(FONT, OWN_FONT), scale=min(SCALE, LARGEST / max(sides)))
    return content


def pdf(picture: str) -> bytes:
    """A PDF of an SVG picture: one page of its size, with text that can be searched."""
    content: bytes = _converter().svg_to_pdf(picture.replace(FONT, OWN_FONT))
    return content


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError:
        raise ImportError(
            'PNG and PDF need the package vl-convert-python: pip install "micrograd-lab[pictures]" '
            "(SVG, HTML and DOT need nothing)"
        ) from None
    return vl_convert
