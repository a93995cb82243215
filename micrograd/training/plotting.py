"""The history of a training as a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from micrograd.drawing.figure import make_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


DECADES = 100.0  # numbers that spread further than that are drawn on a logarithmic scale


def plot(history: Iterable[Mapping[str, float]]) -> Figure:
    """The loss over the epochs, and next to it the figures of `evaluate`: a matplotlib figure that notebooks show.

    A loss that falls by more than two decades has a logarithmic scale.
    """
    history = list(history)
    names = [name for epoch in history[:1] for name in epoch if name not in ("epoch", "steps")]
    if not names:
        raise ValueError("a plot needs at least one epoch, got an empty history")
    groups = [group for group in (names[:1], names[1:]) if group]
    marker = "." if len(history) <= 50 else None
    figure = make_figure(4.6 * len(groups), 3.4)
    for k, group in enumerate(groups):
        axes = figure.add_subplot(1, len(groups), k + 1)
        for name, style in zip(group, ("-", "--", ":", "-.") * len(group), strict=False):
            axes.plot([e["epoch"] for e in history], [e[name] for e in history], style, marker=marker, label=name)
        axes.set(xlabel="epoch", ylabel=group[0] if len(group) == 1 else "")
        axes.locator_params(axis="x", integer=True)
        numbers = [epoch[name] for name in group for epoch in history]
        if all(isinstance(x, (int, float)) and x > 0 for x in numbers) and max(numbers) > DECADES * min(numbers):
            axes.set_yscale("log")
        axes.grid(alpha=0.3)
        if len(group) > 1:
            axes.legend()
    return figure
