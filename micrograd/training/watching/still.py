"""One moment of a film as a picture of its own: what a running training shows, and what stands where no film can."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.text.escape import escape_xml
from micrograd.training.watching.scenes.sheet import Scene, Values, fill, n, text
from micrograd.training.watching.style import film_style

PAD, HEAD = 16.0, 34.0
WIDE = 832.0  # of all, without the border
WIDEST, TALLEST = 400.0, 420.0  # of a scene in one half, of one over both


def still(scenes: Sequence[Scene], values: Values, title: str, theme: str = "auto") -> str:
    """The scenes at the moment that has these values, two in a row; the network below them."""
    parts, x, y, row = [text(PAD, 26, title, 'class="heading"')], PAD, 46.0, 0.0
    for scene in scenes:
        half = scene.width <= WIDEST
        width = WIDEST if half else WIDE
        height = scene.height if half else min(TALLEST, scene.height * WIDE / scene.width)
        if x > PAD and (not half or x + width > PAD + WIDE):
            x, y, row = PAD, y + row, 0.0
        parts.append(text(x, y + 18, scene.title, 'class="heading"'))
        parts.append(
            f'<svg x="{n(x)}" y="{n(y + HEAD)}" width="{n(width)}" height="{n(height)}" '
            f'viewBox="0 0 {n(scene.width)} {n(scene.height)}">{fill(scene.body, values)}</svg>'
        )
        x, row = x + width + WIDE - 2 * WIDEST, max(row, height + HEAD + 14)
    width, height = WIDE + 2 * PAD, y + row
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="film" role="img" '
        f'aria-label="{escape_xml(title, attribute=True)}" viewBox="0 0 {n(width)} {n(height)}" '
        f'width="{n(width)}" height="{n(height)}"><style>{film_style(theme)}</style>'
        f'<rect class="sheet" width="100%" height="100%" rx="8"/>{"".join(parts)}</svg>'
    )
