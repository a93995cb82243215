"""The width of a text, never too small, and texts that are shortened to fit."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd.text.measure import shorten, text_width


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80), st.booleans())
def test_shortened_text_fits(text, bold):
    short = shorten(text, 13.0, 120.0, bold)
    assert text_width(short, 13.0, bold) <= 120.0 or len(short) == 1
    assert short == text or text_width(text, 13.0, bold) > 120.0


def test_a_long_label_keeps_its_ends():
    short = shorten("model.layers[0].neurons[11].w[3]", 13.0, 150.0, bold=True)
    assert short.startswith("model") and short.endswith("w[3]") and "…" in short


@pytest.mark.parametrize("bold", [False, True])
def test_widths_are_those_of_the_widest_font(bold):
    """DejaVu Sans, as matplotlib brings it: measured glyph by glyph."""
    font_manager = pytest.importorskip("matplotlib.font_manager")
    from matplotlib.ft2font import FT2Font

    font = FT2Font(
        font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal"))
    )
    font.set_size(100, 72)
    for c in map(chr, [*range(32, 127), *map(ord, "αβγδθλμπσφωΣ√∂×÷−·²³…äßéñЖш→ᵏʸ")]):
        if c.isprintable() and unicodedata.category(c) != "Cn":
            glyph = font.load_char(ord(c))
            assert text_width(c, 100.0, bold) >= glyph.linearHoriAdvance / 65536 - 0.51, c
