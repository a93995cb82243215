"""What the data of a training are, and so what there is to see of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from micrograd._core.scalars import as_list
from micrograd.nn.nested import to_lists
from micrograd.nn.prediction import KINDS, Kind, known_kind, only
from micrograd.text.notation import count
from micrograd.training.samples import SMALLEST

MOST = 2_000  # examples that are looked at
MOST_CLASSES = 20
LARGEST = 32  # the side of an image
BORDERS = {"margin": (-1.0, 1.0), "logit": (-math.log(9), math.log(9)), "probability": (0.1, 0.9)}


@dataclass(frozen=True)
class Subject:
    """The examples, and what they are.

    kind      "plane" for points with two coordinates, "line" for those with one, "image" for squares, or "other"
    classes   the classes among the targets; empty for numbers
    deciding  what a single output says between two classes
    dashed    the outputs at which a decision between two classes is a sure one
    """

    inputs: list[Any]
    targets: list[Any]
    kind: str
    classes: list[int]
    deciding: Kind | None = None
    dashed: tuple[float, float] | None = None

    @property
    def side(self) -> int:
        """The side of an image."""
        return math.isqrt(len(flat(self.inputs[0])))

    def guess(self, out: Any) -> Any:
        """The class that the outputs for an example say, or the number."""
        if isinstance(out, list):
            return max(range(len(out)), key=out.__getitem__) if self.classes else out
        if self.deciding is None:
            return out
        return self.deciding.high if out > self.deciding.border else self.deciding.low

    def accuracy(self, outs: Sequence[Any]) -> float:
        hits = [self.guess(out) == y for out, y in zip(outs, self.targets, strict=True)]
        return hits.count(True) / len(hits)


def read_points(points: Any, labels: Any) -> tuple[list[Any], list[Any]]:
    """The examples as plain lists. Raises `ValueError` if there are none, or not as many labels."""
    inputs, targets = (list(map(to_lists, as_list(part))) for part in (points, labels))
    if len(inputs) != len(targets):
        raise ValueError(f"as many labels as points are needed, got {len(targets)} for {count(len(inputs), 'point')}")
    if not inputs:
        raise ValueError("there is nothing to watch without a point: points is empty")
    return inputs, targets


def find_subject(model: Any, points: Any, labels: Any, outs: Sequence[Any] | None, output: str | None) -> Subject:
    """What the data are, by their shapes, by the targets, and by the first outputs."""
    inputs, targets = read_points(points, labels)
    step = -(-len(inputs) // MOST)
    inputs, targets = inputs[::step], [only(y) for y in targets[::step]]
    several = len(outs[0]) if outs and isinstance(outs[0], list) else 1
    classes, deciding, dashed = _classes(targets, several), None, None
    if classes and several == 1:
        name = known_kind(model, output) or ("margin" if -1 in classes else "logit")
        if name in KINDS and {*classes} <= {KINDS[name].low, KINDS[name].high}:
            deciding, dashed = KINDS[name], BORDERS[name]
        else:
            classes = []
    return Subject(inputs, targets, _kind(inputs, targets), classes, deciding, dashed)


def _classes(targets: Sequence[Any], several: int) -> list[int]:
    found = {*targets} if all(isinstance(y, (int, float)) and y == int(y) for y in targets) else set()
    if several > 1:
        return list(range(several)) if found and found <= {*range(several)} and several <= MOST_CLASSES else []
    return sorted(map(int, found)) if found and (found <= {-1, 1} or found <= {0, 1}) else []


def _kind(inputs: Sequence[Any], targets: Sequence[Any]) -> str:
    first = inputs[0]
    numbers = flat(first)
    if not all(isinstance(x, (int, float)) for x in numbers) or any(len(flat(x)) != len(numbers) for x in inputs):
        return "other"
    side = math.isqrt(len(numbers))
    if len(numbers) == 1 and not isinstance(targets[0], list):
        return "line"
    if isinstance(first, list) and len(first) == 2 == len(numbers):
        return "plane"
    return "image" if side * side == len(numbers) and SMALLEST <= side <= LARGEST else "other"


def flat(example: Any) -> list[Any]:
    """The numbers of an example, in one list."""
    return [x for part in example for x in flat(part)] if isinstance(example, list) else [example]
