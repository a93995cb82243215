"""A copy of a model that goes back to any moment of its training, so that nothing ever happens to the model itself."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from micrograd.compiler import compile as compile_function
from micrograd.engine import Value
from micrograd.nn.module import in_evaluation
from micrograd.training.watching.recording import Shot

T = TypeVar("T")


class Twin:
    """A deep copy of a model; of what cannot be copied, such as a function, the model itself.

    In the second case the numbers are lent for the time of a computation, and come back whatever happens in it.
    """

    def __init__(self, model: Any, parameters: Sequence[Value]):
        memo: dict[int, Any] = {}
        try:
            twin = copy.deepcopy(model, memo)
        except Exception:  # whatever a model may hold
            twin = model
        found = [memo.get(id(p)) for p in parameters]
        self.copied = twin is not model and None not in found
        self.model: Any = twin if self.copied else model
        self.parameters: Sequence[Any] = found if self.copied else parameters
        self._fast: Any = compile_function(self.model)
        self._compiles = True

    @contextmanager
    def at(self, shot: Shot) -> Iterator[None]:
        """The twin has the numbers of this moment."""
        before = None if self.copied else ([(p.data, p.grad) for p in self.parameters], random.getstate())
        try:
            if shot.state is not None and self.copied:
                self.model.load_state_dict(shot.state)
            for p, data in zip(self.parameters, shot.data, strict=True):
                p.data = data
            yield
        finally:
            if before is not None:
                numbers, state = before
                for p, (data, grad) in zip(self.parameters, numbers, strict=True):
                    p.data, p.grad = data, grad
                random.setstate(state)

    def outputs(self, inputs: list[Any]) -> list[Any]:
        """The outputs for each of the inputs, as plain numbers, in evaluation mode."""
        if self._compiles:
            try:
                return self.evaluated(lambda: plain_all(self._fast.batch(inputs, reduce=None)))
            except Exception:  # of whatever cannot be compiled; if the model is to blame, it says so in the next line
                self._compiles = False
        return self.evaluated(lambda: plain_all(self.model(inputs)))

    def evaluated(self, compute: Callable[[], T]) -> T:
        return in_evaluation(self.model, compute)


def plain_all(outs: Sequence[Any]) -> list[Any]:
    """The outputs without Values."""
    try:
        return [v.data for v in outs]
    except AttributeError:
        return list(map(plain, outs))


def plain(out: Any) -> Any:
    """An output without Values: a number, or a list of numbers, of which one alone is that number."""
    if isinstance(out, Value):
        return out.data
    if isinstance(out, (list, tuple)):
        return plain(out[0]) if len(out) == 1 else [plain(part) for part in out]
    return float(out)
