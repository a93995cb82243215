"""Plots of the results, as matplotlib figures, without opening a window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd._core.writing import write_file
from micrograd.drawing.figure import make_figure, render
from micrograd.engine import no_grad

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#2b6cb0", "#dd6b20", "#4a5568"
GRID = 70


def decision_boundary(model: Any, points: Sequence[Sequence[float]], labels: Sequence[int]) -> Figure:
    """The plane coloured by the model's score, its zero line and its margins at ±1, and the labelled points."""
    xs, ys = zip(*points, strict=True)
    across, up = _ticks(xs), _ticks(ys)
    with no_grad():
        scores = [[model([x, y]).data for x in across] for y in up]
    figure, axes = _figure(6.4, 4.8)
    axes.contourf(across, up, scores, levels=[-1e9, -1, 0, 1, 1e9], colors=["#fbc49a", "#fde6d3", "#dbe9f6", "#a8cdec"])
    axes.contour(
        across, up, scores, levels=[-1, 0, 1], colors=GREY, linewidths=[0.8, 2, 0.8], linestyles=["--", "-", "--"]
    )
    for label, colour, marker in ((1, BLUE, "o"), (-1, ORANGE, "s")):
        chosen = [point for point, y in zip(points, labels, strict=True) if y == label]
        axes.scatter(
            *zip(*chosen, strict=True), c=colour, marker=marker, s=36, edgecolors="white", label=f"label {label:+d}"
        )
    axes.set(title="decision boundary (solid) and margins (dashed)", xlabel="x", ylabel="y")
    axes.legend(loc="upper right")
    return figure


def curves(lines: dict[str, Sequence[float]], across: str) -> Figure:
    """Named series of numbers over the steps of a training."""
    figure, axes = _figure(6.4, 4.0)
    for (name, numbers), colour in zip(lines.items(), (BLUE, ORANGE, GREY), strict=False):
        axes.plot(range(1, len(numbers) + 1), numbers, color=colour, label=name)
    axes.set(xlabel=across, ylabel=" and ".join(lines))
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def mistakes(
    images: Sequence[Sequence[float]], truths: Sequence[int], guesses: Sequence[int], most: int = 20
) -> Figure:
    """At most `most` of the given 8×8 images, in their order, each with its digit and the digit it was taken for."""
    columns = 5
    rows = max(1, -(-min(most, len(images)) // columns))
    figure = make_figure(1.5 * columns, 1.8 * rows + 0.4)
    figure.suptitle(f"{len(images)} mistakes" + (f", the surest {most} of them" if len(images) > most else ""))
    for k, (image, truth, guess) in enumerate(list(zip(images, truths, guesses, strict=True))[:most]):
        axes = figure.add_subplot(rows, columns, k + 1)
        axes.imshow([image[8 * i : 8 * i + 8] for i in range(8)], cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(f"{truth}, taken for {guess}", fontsize=9)
        axes.set_axis_off()
    return figure


def confusion(truths: Sequence[int], guesses: Sequence[int], classes: int = 10) -> Figure:
    """How often each class (a row) was taken for each class (a column): right answers are on the diagonal."""
    counts = [[0] * classes for _ in range(classes)]
    for truth, guess in zip(truths, guesses, strict=True):
        counts[truth][guess] += 1
    figure, axes = _figure(5.2, 5.2)
    highest = max(map(max, counts))
    axes.imshow(counts, cmap="Blues", vmin=0, vmax=highest)
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            if count:
                axes.text(j, i, count, ha="center", va="center", color="white" if 2 * count > highest else "black")
    axes.set(xlabel="taken for", ylabel="is", xticks=range(classes), yticks=range(classes))
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


def _ticks(numbers: Sequence[float]) -> list[float]:
    low, high = min(numbers) - 0.4, max(numbers) + 0.4
    return [low + (high - low) * k / (GRID - 1) for k in range(GRID)]


def _figure(width: float, height: float) -> tuple[Figure, Any]:
    figure = make_figure(width, height)
    return figure, figure.add_subplot()
