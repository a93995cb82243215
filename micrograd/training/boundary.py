"""What a model says all over the plane: numbers to draw a decision boundary from.

>>> seen = field(model, points)           # once
>>> fields = Fields(model, points)        # while it learns: compiled once
>>> for epoch in training:
...     seen = fields()
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from micrograd._core.arrays import Array
from micrograd._core.scalars import as_list
from micrograd.nn.nested import to_lists
from micrograd.nn.prediction import KINDS, NUMBER, known_kind, only
from micrograd.training.outputs import Outputs

Points = Sequence[Any] | Array
PAD = 0.15  # of the points' extent, on each side
CLASSES = "classes"


class Box(NamedTuple):
    """A part of the plane."""

    left: float
    right: float
    bottom: float
    top: float


class Field(NamedTuple):
    """The outputs of a model on a grid over a box: `scores[k][j][i]` is output k at `xs[i]`, `ys[j]`, from the bottom.

    The `kind` is that of a single output, as in `Feedforward.predict`, or 'classes' if there are several.
    """

    box: Box
    xs: list[float]
    ys: list[float]
    scores: list[list[list[float]]]
    kind: str

    @property
    def border(self) -> float | None:
        """The score at which the class changes; None of several outputs, and of a number that is no class."""
        return KINDS[self.kind].border if self.kind in KINDS else None

    @property
    def margins(self) -> tuple[float, ...]:
        """The scores beyond which a point adds nothing to a margin loss; none where the output is no margin."""
        return (-1.0, 1.0) if self.kind == "margin" else ()

    def winners(self) -> list[list[int]]:
        """The place of the class at every point: of two classes 0 or 1, and −1 where an output is nan."""
        if self.kind == NUMBER:
            raise ValueError("the output is a number, not a class: its scores are in field.scores[0]")
        if self.border is not None:
            border = self.border
            return [[-1 if s != s else int(s > border) for s in row] for row in self.scores[0]]
        rows = (zip(*grids, strict=True) for grids in zip(*self.scores, strict=True))
        return [[-1 if any(map(math.isnan, outs)) else outs.index(max(outs)) for outs in row] for row in rows]


class Fields:
    """The field of a model, as often as it is asked for: the model is compiled at the first call, where it can be.

    A call leaves the model as it is: gradients, running statistics, random numbers. The arguments are those of `field`.
    """

    def __init__(
        self,
        model: Callable[[Any], Any],
        points: Points,
        labels: Sequence[Any] | Array | None = None,
        *,
        resolution: int = 100,
        output: str | None = None,
    ):
        if resolution < 2:
            raise ValueError(f"resolution is the number of points on a side, at least 2, got {resolution!r}")
        if output not in (None, NUMBER, *KINDS):
            raise ValueError(f"output must be one of {', '.join(map(repr, (*KINDS, NUMBER)))}, got {output!r}")
        self.model, self.output = model, output
        self.labels = None if labels is None else {*map(label_of, as_list(labels))}
        self.box = box_around(points)
        left, right, bottom, top = self.box
        self.xs, self.ys = evenly(left, right, resolution), evenly(bottom, top, resolution)
        self._grid = array("d", self.xs * resolution), array("d", [y for y in self.ys for _ in self.xs])
        self._outputs = Outputs(model)

    def __call__(self) -> Field:
        n = len(self.xs)
        columns = self._outputs(*self._grid)
        scores = [[column[k : k + n] for k in range(0, n * n, n)] for column in columns]
        return Field(self.box, self.xs, self.ys, scores, self._kind(columns))

    def _kind(self, columns: list[list[float]]) -> str:
        if len(columns) > 1:
            return CLASSES
        if known := known_kind(self.model, self.output):
            return known
        if self.labels is None or self.labels <= {-1, 1}:
            return "margin"
        if self.labels <= {0, 1}:  # an output below 0 or above 1 is no probability
            return "probability" if all(0 <= score <= 1 for score in columns[0]) else "logit"
        return NUMBER


def field(
    model: Callable[[Any], Any],
    points: Points,
    labels: Sequence[Any] | Array | None = None,
    *,
    resolution: int = 100,
    output: str | None = None,
) -> Field:
    """What the model says on a grid over the points and some space around them.

    model       a module, or a function of one point or of a list of points
    points      pairs of numbers, which the grid covers
    labels      of the points, which tell what a single output means where the model does not say it
    resolution  points of the grid on each side
    output      what a single output means, see `Feedforward.predict`

    Raises `ValueError` if the points are not pairs of numbers.
    """
    return Fields(model, points, labels, resolution=resolution, output=output)()


def box_around(points: Points) -> Box:
    """The box of the points, with some space around them."""
    pairs = [to_lists(point) for point in as_list(points)]
    for i, pair in enumerate(pairs):
        if not (isinstance(pair, list) and len(pair) == 2):
            got = f"{len(pair)} numbers" if isinstance(pair, list) else repr(pair)
            raise ValueError(f"a plane needs points of 2 numbers, got {got} for point {i}")
    finite = [[*map(float, pair)] for pair in pairs if all(map(math.isfinite, pair))]
    if not finite:
        raise ValueError("a plane needs at least one point to know its extent, got none")
    (left, right), (bottom, top) = ((min(side), max(side)) for side in zip(*finite, strict=True))
    across, up = PAD * (right - left) or 1.0, PAD * (top - bottom) or 1.0
    return Box(left - across, right + across, bottom - up, top + up)


def evenly(first: float, last: float, n: int) -> list[float]:
    return [first + (last - first) * k / (n - 1) for k in range(n)]


def label_of(label: Any) -> Any:
    """A label as one number, a whole one as an int: of a one-hot list, the place of its 1."""
    label = only(to_lists(label))
    if isinstance(label, list):
        return label.index(max(label))
    return int(label) if isinstance(label, float) and label.is_integer() else label
