"""Matplotlib figures that notebooks show by themselves: no `%matplotlib inline`, no window, no state of pyplot."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def make_figure(width: float, height: float) -> Figure:
    """An empty figure of this size in inches. Raises `ImportError` that says what to install."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("a plot needs matplotlib: pip install 'micrograd-lab[demo]'") from error
    figure: Any = Figure(figsize=(width, height), layout="constrained")
    figure._repr_png_ = partial(render, figure, "png")  # what a notebook asks for
    return figure  # type: ignore[no-any-return]


def render(figure: Figure, form: str, dpi: float | None = None) -> bytes:
    """The figure as the bytes of a file of this form, "png" or "svg"; the same figure gives the same bytes."""
    import matplotlib

    content = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "micrograd"}):
        metadata = {"Date": None} if form == "svg" else None
        figure.savefig(content, format=form, dpi=dpi or figure.dpi, metadata=metadata)
    return content.getvalue()
