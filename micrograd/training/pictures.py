"""What a model has learned as matplotlib figures, which notebooks show by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from micrograd._core.arrays import Array
from micrograd._core.scalars import as_list
from micrograd.drawing.figure import make_figure
from micrograd.drawing.theme import CLASSES
from micrograd.functions import sigmoid
from micrograd.nn.nested import to_lists
from micrograd.nn.prediction import KINDS, NUMBER
from micrograd.training.boundary import Field, field, label_of
from micrograd.training.samples import Curves, confused, image_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Examples = Sequence[Any] | Array
ORANGE, BLUE = CLASSES[:2]
GREY = "#4a5568"
MARKERS = "so^DvP*X<>"
BANDS = {  # between which scores the plane has one colour, from the lower class to the upper one
    "margin": ([-1.0, 0.0, 1.0], ["#fbc49a", "#fde6d3", "#dbe9f6", "#a8cdec"]),
    "probability": ([0.1, 0.3, 0.5, 0.7, 0.9], ["#fbc49a", "#fcd5b6", "#fde6d3", "#dbe9f6", "#c1dbf1", "#a8cdec"]),
}


def decision_boundary(
    model: Callable[[Any], Any],
    points: Examples,
    labels: Examples,
    *,
    resolution: int = 100,
    output: str | None = None,
) -> Figure:
    """The plane coloured by what the model says, with the labelled points: a matplotlib figure that notebooks show.

    Of two classes, the line between them is solid; the dashed lines are the margins, where the output is one. Of
    several classes, each has a colour. An output that is a number is a scale of colours.

    The arguments are those of `field`: any model of points of 2 numbers, a plain function too.
    """
    seen = field(model, points, labels, resolution=resolution, output=output)
    return draw_field(seen, [to_lists(point) for point in as_list(points)], [*map(label_of, as_list(labels))])


def draw_field(seen: Field, points: Sequence[Sequence[float]], labels: Sequence[Any]) -> Figure:
    """The picture of a field with the labelled points."""
    if len(points) != len(labels):
        raise ValueError(f"as many labels as points are needed, got {len(labels)} for {len(points)}")
    figure = make_figure(6.4, 4.8)
    axes = figure.add_subplot()
    if seen.kind == NUMBER:
        _scale(figure, axes, seen, points, labels)
    else:
        (_areas if seen.border is None else _sides)(axes, seen)
        _scatter(axes, points, labels, len(seen.scores) if seen.border is None else 2)
    left, right, bottom, top = seen.box
    axes.set(xlabel="x", ylabel="y", xlim=(left, right), ylim=(bottom, top))
    return figure


def _sides(axes: Any, seen: Field) -> None:
    """Two classes: the bands of scores, the line between the classes, the margins."""
    (scores,), kind = seen.scores, seen.kind
    if kind == "logit":
        scores, kind = [[*map(sigmoid, row)] for row in scores], "probability"
    levels, colours = BANDS[kind]
    axes.contourf(seen.xs, seen.ys, scores, levels=levels, colors=colours, extend="both")
    lines = [(KINDS[kind].border, 2.0, "-"), *((margin, 0.8, "--") for margin in seen.margins)]
    for level, width, style in lines:
        if any(score < level for row in scores for score in row) and any(s > level for row in scores for s in row):
            axes.contour(seen.xs, seen.ys, scores, levels=[level], colors=GREY, linewidths=width, linestyles=style)
    axes.set_title("decision boundary (solid)" + (" and margins (dashed)" if seen.margins else ""))


def _areas(axes: Any, seen: Field) -> None:
    """Several classes: where the output of each is the largest."""
    for k, scores in enumerate(seen.scores):
        others = seen.scores[:k] + seen.scores[k + 1 :]
        lead = [
            [score - max(at) for score, *at in zip(*rows, strict=True)] for rows in zip(scores, *others, strict=True)
        ]
        if any(score > 0 for row in lead for score in row):
            axes.contourf(seen.xs, seen.ys, lead, levels=[0.0, 1e300], colors=[CLASSES[k % len(CLASSES)]], alpha=0.25)
            if any(score < 0 for row in lead for score in row):
                axes.contour(seen.xs, seen.ys, lead, levels=[0.0], colors=GREY, linewidths=1.2)
    axes.set_title("the class of the largest output")


def _scatter(axes: Any, points: Sequence[Sequence[float]], labels: Sequence[Any], classes: int) -> None:
    """The points of each label, with a colour and a shape of its own, at the place of its class."""
    found = sorted({*labels})
    places = [*zip(_places(found, classes), found, strict=True)]
    for k, label in places[::-1] if classes == 2 else places:
        chosen = [point for point, y in zip(points, labels, strict=True) if y == label]
        name = f"label {label:+d}" if isinstance(label, int) and -1 in found else f"label {label}"
        hue, marker = CLASSES[k % len(CLASSES)], MARKERS[k % len(MARKERS)]
        axes.scatter(*zip(*chosen, strict=True), c=hue, marker=marker, s=36, edgecolors="white", label=name)
    axes.legend(loc="upper right")


def _places(labels: list[Any], classes: int) -> Sequence[int]:
    """The classes of the labels: of two, the larger label is the upper class, also where it is the only one."""
    if classes == 2 and {*labels} <= {-1, 0, 1}:
        return [int(label > 0) for label in labels] if len(labels) < 3 else range(3)
    known = all(isinstance(label, int) and 0 <= label < classes for label in labels)
    return labels if known else range(len(labels))


def _scale(figure: Any, axes: Any, seen: Field, points: Sequence[Sequence[float]], labels: Sequence[Any]) -> None:
    """A number: the plane and the points on one scale of colours."""
    (scores,) = seen.scores
    known = [float(number) for number in labels]
    low, high = min(known), max(known)
    low, high = (low, high) if low < high else (low - 1, high + 1)
    image = axes.pcolormesh(seen.xs, seen.ys, scores, cmap="viridis", vmin=low, vmax=high, shading="gouraud")
    xs, ys = zip(*points, strict=True)
    axes.scatter(xs, ys, c=known, cmap="viridis", vmin=low, vmax=high, s=36, edgecolors="white")
    figure.colorbar(image, ax=axes, label="output, and the target in each point")


def images(
    inputs: Examples,
    labels: Examples | None = None,
    guesses: Examples | None = None,
    *,
    most: int = 20,
    title: str = "",
) -> Figure:
    """At most `most` images, in their order, each with its label and, where it is another, with what it was taken for.

    An image is a matrix of numbers, or a flat list of as many as a square has: 64 for 8 × 8. Raises `ValueError` for
    anything else.
    """
    shown = [image_of(example) for example in as_list(inputs)[:most]]
    names = [None if part is None else [*map(label_of, as_list(part))][:most] for part in (labels, guesses)]
    for part in names:
        if part is not None and len(part) != len(shown):
            raise ValueError(f"as many labels and guesses as images are needed, got {len(part)} for {len(shown)}")
    columns = min(5, max(1, len(shown)))
    rows = max(1, -(-len(shown) // columns))
    figure = make_figure(1.5 * columns, 1.8 * rows + (0.4 if title else 0.0))
    if title:
        figure.suptitle(title)
    numbers = [number for image in shown for row in image for number in row]
    low, high = min(0.0, *numbers, 0.0), max([*numbers, 1e-300])
    for k, image in enumerate(shown):
        axes = figure.add_subplot(rows, columns, k + 1)
        axes.imshow(image, cmap="gray_r", vmin=low, vmax=high)
        label, guess = (None if part is None else part[k] for part in names)
        text = [str(part) for part in (label, guess) if part is not None]
        wrong = len(text) == 2 and label != guess
        axes.set_title(", taken for ".join(text if wrong else text[:1]), fontsize=9, color="#c53030" if wrong else GREY)
        axes.set_axis_off()
    return figure


def confusion(truths: Examples, guesses: Examples, classes: Sequence[Any] | None = None) -> Figure:
    """How often each class (a row) was taken for each class (a column): right answers are on the diagonal.

    `classes` gives their order; without it, these are all that occur, sorted.
    """
    order, counts = confused(truths, guesses, classes)
    side = 2.2 + 0.3 * len(order)
    figure = make_figure(side, side)
    axes = figure.add_subplot()
    highest = max(map(max, counts))
    axes.imshow(counts, cmap="Blues", vmin=0, vmax=highest)
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            if count:
                axes.text(j, i, str(count), ha="center", va="center", color="white" if 2 * count > highest else "black")
    axes.set(xlabel="taken for", ylabel="is")
    axes.set_xticks(range(len(order)), labels=order)
    axes.set_yticks(range(len(order)), labels=order)
    return figure


def curve(model: Callable[[Any], Any], inputs: Examples, targets: Examples, *, resolution: int = 200) -> Figure:
    """The outputs of a model of one number as a curve, with the points to learn from: a regression as a picture."""
    curves = Curves(model, inputs, resolution=resolution)
    wanted = [part if isinstance(part, list) else [part] for part in map(to_lists, as_list(targets))]
    if len(wanted) != len(curves.inputs):
        raise ValueError(f"as many targets as inputs are needed, got {len(wanted)} for {len(curves.inputs)}")
    figure = make_figure(6.4, 4.0)
    axes = figure.add_subplot()
    xs, outputs = curves()
    several = len(outputs) > 1
    for k, ys in enumerate(outputs):
        hue, marker = (CLASSES[1:] + CLASSES[:1])[k % len(CLASSES)], MARKERS[(k + 1) % len(MARKERS)]
        axes.plot(xs, ys, color=hue, label=f"output {k}" if several else "model")
        points = [numbers[k] for numbers in wanted if k < len(numbers)]
        axes.scatter(curves.inputs[: len(points)], points, c=hue, marker=marker, s=24, alpha=0.6, edgecolors="white")
    axes.set(xlabel="x", ylabel="y")
    axes.grid(alpha=0.3)
    if several:
        axes.legend()
    return figure
