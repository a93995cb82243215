"""What can be shown of examples that are no points of a plane: images, and which class was taken for which."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from micrograd._core.arrays import Array
from micrograd._core.scalars import as_list
from micrograd.nn.nested import shape, to_lists
from micrograd.training.boundary import PAD, evenly, label_of
from micrograd.training.outputs import Outputs

Examples = Sequence[Any] | Array
SMALLEST = 4  # pixels on a side of what is taken for an image


class Confusion(NamedTuple):
    """How often each class was taken for each: `counts[i][j]` examples of `classes[i]` were taken for `classes[j]`."""

    classes: list[Any]
    counts: list[list[int]]

    @property
    def right(self) -> float:
        """The fraction that was found right."""
        return sum(row[k] for k, row in enumerate(self.counts)) / sum(map(sum, self.counts))


def confused(truths: Examples, guesses: Examples, classes: Sequence[Any] | None = None) -> Confusion:
    """Count guesses by classes, in the order of `classes`, or of all that occur. One-hot lists count as classes."""
    pairs = list(zip(*_pair("guesses", truths, guesses), strict=True))
    order = sorted({label for pair in pairs for label in pair}) if classes is None else [*as_list(classes)]
    places = {label: k for k, label in enumerate(order)}
    counts = [[0] * len(order) for _ in order]
    for pair in pairs:
        if unknown := [label for label in pair if label not in places]:
            raise ValueError(f"a class must be one of {', '.join(map(repr, order))}, got {unknown[0]!r}")
        counts[places[pair[0]]][places[pair[1]]] += 1
    return Confusion(order, counts)


def image_of(example: Any) -> list[list[float]]:
    """The rows of an image: of a matrix as it is, of a flat list if it makes a square.

    Raises `ValueError` for anything else; an image has at least 4 × 4 numbers.
    """
    rows = to_lists(example)
    if isinstance(rows, list) and (size := shape(rows)) is not None:
        side = math.isqrt(size[0])
        if len(size) == 1 and side * side == size[0] and side >= SMALLEST:
            return [rows[k : k + side] for k in range(0, size[0], side)]
        if len(size) == 2 and min(size) >= SMALLEST:
            return rows
        got = f"numbers of shape {size}"
    else:
        got = f"{type(example).__name__}"
    raise ValueError(f"an image is a matrix of numbers, or the n² numbers of a square one, 4 × 4 or more, got {got}")


class Curve(NamedTuple):
    """The outputs of a model of one number: `outputs[k][i]` is output k at `xs[i]`."""

    xs: list[float]
    outputs: list[list[float]]


class Curves:
    """The curve of a model, as often as it is asked for, over inputs of one number each; see `Fields`."""

    def __init__(self, model: Callable[[Any], Any], inputs: Examples, *, resolution: int = 200):
        given = [to_lists(x) for x in as_list(inputs)]
        single = not any(isinstance(x, list) for x in given)
        if not given or not (single or all(isinstance(x, list) and len(x) == 1 for x in given)):
            raise ValueError(f"a curve needs inputs of one number each, got {given[0] if given else 'none'}")
        numbers = [float(x if single else x[0]) for x in given]
        finite = [x for x in numbers if math.isfinite(x)] or [0.0]
        pad = PAD * (max(finite) - min(finite)) / 2 or 1.0
        self.xs = evenly(min(finite) - pad, max(finite) + pad, resolution)
        self.inputs = numbers
        self._outputs = Outputs(model, single)

    def __call__(self) -> Curve:
        return Curve(self.xs, self._outputs(array("d", self.xs)))


def _pair(name: str, first: Examples, second: Examples) -> tuple[list[Any], list[Any]]:
    left, right = ([*map(label_of, as_list(part))] for part in (first, second))
    if not left and not right:
        raise ValueError(f"there is nothing to count without labels and {name}: both are empty")
    if len(left) != len(right):
        raise ValueError(f"as many {name} as labels are needed, got {len(right)} for {len(left)}")
    return left, right
