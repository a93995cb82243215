"""The outputs of a model for many points, asked for again and again while it learns."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from micrograd._core.scalars import is_several
from micrograd.compiler import TraceError
from micrograd.compiler import compile as compile_function
from micrograd.engine import Value
from micrograd.nn import Feedforward
from micrograd.nn.module import in_evaluation
from micrograd.nn.nested import to_lists

PROBE = 7  # points that tell a function of a batch from a function of one point


class Outputs:
    """The outputs of a model, by a batch of the compiled model, or by the model as it is where that is impossible.

    The model is a module, or a function of one point or of a list of points. It runs in evaluation mode and without a
    graph; gradients, running statistics and random numbers stay as they are. With `single`, a point is a number.
    """

    def __init__(self, model: Callable[[Any], Any], single: bool = False):
        if not callable(model):
            raise TypeError(f"a model must be a module or a function of points, got {type(model).__name__}")
        self.model, self.single = model, single
        self._of_batch: bool | None = None  # not known yet
        self._fast: Any = compile_function(self._at)

    def __call__(self, *columns: Sequence[float]) -> list[list[float]]:
        """For each output its numbers at all points, whose coordinates come as columns."""
        before = random.getstate()  # a model may draw in evaluation mode too: whoever trains it must not notice
        try:
            outputs = in_evaluation(self.model, lambda: self._outputs(columns))
        finally:
            random.setstate(before)
        return [*map(_as_floats, outputs)]

    def _outputs(self, columns: Sequence[Sequence[float]]) -> Iterable[Iterable[Any]]:
        first = self._of_batch is None
        if first:
            self._of_batch = not isinstance(self.model, Feedforward) and self._takes_batches(columns)
        if self._fast is not None:
            try:
                return self._fast_outputs(columns, first)
            except (TraceError, RuntimeWarning):
                self._fast = None
        points = [self._point(*numbers) for numbers in zip(*columns, strict=True)]
        outs = self.model(points) if self._of_batch else map(self.model, points)
        return zip(*map(_numbers_of, outs), strict=True)

    def _fast_outputs(self, columns: Sequence[Sequence[float]], first: bool) -> Iterable[Iterable[Any]]:
        if not first:
            return self._fast.batch(*columns, reduce=None)  # type: ignore[no-any-return]
        with warnings.catch_warnings():  # a model that would have to be traced at most points
            warnings.filterwarnings("error", ".* was traced", RuntimeWarning)
            return self._fast_outputs(columns, first=False)

    def _at(self, *numbers: Any) -> tuple[Any, ...]:
        """The outputs at a point, a tuple, so that those of a batch come as columns."""
        point = self._point(*numbers)
        return tuple(_numbers_of(self.model([point])[0] if self._of_batch else self.model(point)))

    def _point(self, *numbers: Any) -> Any:
        return numbers[0] if self.single else [*numbers]

    def _takes_batches(self, columns: Sequence[Sequence[float]]) -> bool:
        """Whether the model takes a list of points: then it returns as many outputs as it is given points."""
        points = [self._point(*(column[k % len(column)] for column in columns)) for k in range(PROBE)]
        try:
            outs = self.model(points)
            return not isinstance(outs, Value) and len(outs) == PROBE
        except Exception:  # whatever a function of one point says to several
            return False


def _numbers_of(out: Any) -> list[Any]:
    """The outputs for one point, as plain numbers."""
    parts = out if isinstance(out, (list, tuple)) else to_lists(out)
    parts = parts if is_several(parts) else [parts]
    return [part.data if isinstance(part, Value) else part for part in parts]


def _as_floats(column: Iterable[Any]) -> list[float]:
    try:
        return [*map(float, column.tolist() if hasattr(column, "tolist") else column)]
    except (TypeError, ValueError) as error:
        raise TypeError(f"a model must return one number for a point, or several, not text or lists: {error}") from None
