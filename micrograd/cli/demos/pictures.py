"""The pictures of the demos: where they are saved, and curves over the steps of a loop of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from micrograd._core.writing import write_file
from micrograd.drawing.figure import make_figure, render
from micrograd.training.pictures import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def curves(lines: dict[str, Sequence[float]], across: str) -> Figure:
    """Named series of numbers over the steps of a training."""
    figure = make_figure(6.4, 4.0)
    axes = figure.add_subplot()
    for (name, numbers), colour in zip(lines.items(), (BLUE, ORANGE, GREY), strict=False):
        axes.plot(range(1, len(numbers) + 1), numbers, color=colour, label=name)
    axes.set(xlabel=across, ylabel=" and ".join(lines))
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def make_folder(folder: Path) -> None:
    """Make the folder of the pictures, before a training: what is wrong with it is said at once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise NotADirectoryError(f"no pictures can be saved in {str(folder)!r}: a file is in the way") from None


def save(figure: Figure, folder: Path, *names: str) -> None:
    """Write the figure under each of the names and print where; the same figure gives the same bytes."""
    make_folder(folder)
    for name in names:
        print(f"saved {write_file(folder / name, render(figure, Path(name).suffix[1:], dpi=150))}")
