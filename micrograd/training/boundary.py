"""What a model says all over the plane: numbers to draw a decision boundary from.

>>> seen = field(model, points)           # once
>>> fields = Fields(model, points)        # while it learns: compiled once
>>> for epoch in training:
...     seen = fields()
"""

from __future__ import annotations

import math
import random
import warnings
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from micrograd._core.arrays import Array
from micrograd._core.scalars import as_list, is_several
from micrograd.compiler import TraceError
from micrograd.compiler import compile as compile_function
from micrograd.engine import Value
from micrograd.nn import Feedforward
from micrograd.nn.module import in_evaluation
from micrograd.nn.nested import to_lists
from micrograd.nn.prediction import KINDS, NUMBER, known_kind, only

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
    """The field of a model, as often as it is asked for: compiled at the first call, or run as it is if it cannot be.

    A call runs the model in evaluation mode and without a graph. It leaves gradients, running statistics and random
    numbers as they are. The arguments are those of `field`.
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
        if not callable(model):
            raise TypeError(f"a model must be a module or a function of points, got {type(model).__name__}")
        if resolution < 2:
            raise ValueError(f"resolution is the number of points on a side, at least 2, got {resolution!r}")
        if output not in (None, NUMBER, *KINDS):
            raise ValueError(f"output must be one of {', '.join(map(repr, (*KINDS, NUMBER)))}, got {output!r}")
        self.model, self.output = model, output
        self.labels = None if labels is None else {*map(label_of, as_list(labels))}
        self.box = box_around(points)
        left, right, bottom, top = self.box
        self.xs, self.ys = evenly(left, right, resolution), evenly(bottom, top, resolution)
        self._across = array("d", self.xs * resolution)
        self._up = array("d", [y for y in self.ys for _ in self.xs])
        self._of_batch, self._compiles = False, True
        self._fast: Any = None

    def __call__(self) -> Field:
        before = random.getstate()  # a model may draw in evaluation mode too: whoever trains it must not notice
        try:
            outs = in_evaluation(self.model, self._outs)
        finally:
            random.setstate(before)
        n = len(self.xs)
        columns = [*map(as_floats, zip(*outs, strict=True))]
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

    def _outs(self) -> Sequence[Sequence[float]]:
        """The outputs at every point of the grid."""
        try:
            if self._fast is None and self._compiles:
                return self._first_outs()
            if self._fast is not None:
                return self._fast_outs()
        except (TraceError, RuntimeWarning):
            self._fast, self._compiles = None, False
        points = [[x, y] for x, y in zip(self._across, self._up, strict=True)]
        return [*map(numbers_of, self.model(points) if self._of_batch else map(self.model, points))]

    def _first_outs(self) -> Sequence[Sequence[float]]:
        self._of_batch = not isinstance(self.model, Feedforward) and takes_batches(self.model, self.box)
        self._fast = compile_function(self._at)
        with warnings.catch_warnings():  # a model that would have to be traced at most points
            warnings.filterwarnings("error", ".* was traced", RuntimeWarning)
            return self._fast_outs()

    def _fast_outs(self) -> Sequence[Sequence[float]]:
        return to_lists(self._fast.batch(self._across, self._up, reduce=None))  # type: ignore[no-any-return]

    def _at(self, x: Any, y: Any) -> list[Any]:
        return numbers_of(self.model([[x, y]])[0] if self._of_batch else self.model([x, y]))


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
    """A label as one number: of a one-hot list, the place of its 1."""
    label = only(to_lists(label))
    return label.index(max(label)) if isinstance(label, list) else label


def takes_batches(model: Callable[[Any], Any], box: Box) -> bool:
    """Whether a model is a function of a list of points: then it returns as many outputs as it is given points."""
    points = [[x, y] for x in evenly(box.left, box.right, 3) for y in (box.bottom, box.top)] + [[box.left, box.top]]
    try:
        outs = model(points)
        return not isinstance(outs, Value) and len(outs) == len(points)
    except Exception:
        return False


def numbers_of(out: Any) -> list[Any]:
    """The outputs for one point, as plain numbers."""
    parts = out if isinstance(out, (list, tuple)) else to_lists(out)
    parts = parts if is_several(parts) else [parts]
    return [part.data if isinstance(part, Value) else part for part in parts]


def as_floats(column: Iterable[Any]) -> list[float]:
    try:
        return [*map(float, column)]
    except (TypeError, ValueError) as error:
        raise TypeError(f"a model must return one number for a point, or several, not text or lists: {error}") from None
