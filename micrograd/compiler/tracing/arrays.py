"""Arrays of traced numbers: to user code they are arrays of floats or of whole numbers, not of objects."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from micrograd._core.modes import tracer
from micrograd.compiler.tracing.arithmetic import is_integer
from micrograd.compiler.tracing.errors import refusal
from micrograd.compiler.tracing.honest import Answer, asked_by_user, home
from micrograd.compiler.tracing.number import Number

INSTEAD = "Take its numbers one by one, or use the operations of micrograd and NumPy's + - * / @, sum and the like."

MAKING = "index_tricks"  # np.c_ and np.r_ make an array of that dtype


def traced(x: Any) -> Any:
    """An array of objects, as one that looks like what its traced numbers stand for."""
    return x.view(kind_of_arrays())


@lru_cache(maxsize=1)
def kind_of_arrays() -> Any:
    import numpy as np

    class Traced(np.ndarray):
        """An array of objects, the traced numbers; `dtype`, texts and lists are those of the numbers."""

        @property
        def dtype(self) -> Any:
            real = vars(np.ndarray)["dtype"].__get__(self)
            honest = real.kind == "O" and asked_by_user() and MAKING not in home(sys._getframe(1))
            return stands_for(self, real) if honest else real

        def tolist(self) -> Any:
            return in_lists(np.asarray(self).tolist())

        def item(self, *place: Any) -> Any:
            return in_lists(np.asarray(self).item(*place))

        def astype(self, dtype: Any, *options: Any, **named: Any) -> Any:
            """Whole numbers become floats; any other conversion would fix the numbers."""
            wanted = np.dtype(dtype)
            if wanted.kind == "O":
                return super().astype(dtype, *options, **named)
            made = np.asarray(self).copy()
            for k, x in enumerate(made.flat):
                if not isinstance(x, Number) or wanted != np.float64:
                    raise refusal(f"the array would become one of {wanted}, with the numbers of this call", INSTEAD)
                made.flat[k] = Number(x.of, x.position, np.float64(x.true))
            return traced(made)

        def __getitem__(self, key: Any) -> Any:
            return super().__getitem__(by_value(key))

        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
            if method == "__call__" and (ask := QUESTIONS.get(ufunc.__name__)) is not None and not options:
                asked = np.asarray(inputs[0])
                return np.array([ask(x) for x in asked.flat], dtype=bool).reshape(asked.shape)
            if options.get("dtype") == np.float64:  # in which a program computes anyway
                options.pop("dtype")
            plain = [np.asarray(x) if isinstance(x, Traced) else x for x in inputs]
            if out := options.get("out"):
                options["out"] = tuple([np.asarray(x) if isinstance(x, Traced) else x for x in out])
            made = getattr(ufunc, method)(*plain, **options)
            if out and method == "__call__":
                return out[0]
            return traced(made) if isinstance(made, np.ndarray) and made.dtype.kind == "O" else made

        def __repr__(self) -> str:
            return text_of(self, repr) or super().__repr__()

        def __str__(self) -> str:
            return text_of(self, str) or super().__str__()

    def stands_for(x: Any, real: Any) -> Any:
        kinds = {type(part.true) if isinstance(part, Number) else object for part in np.asarray(x).flat}
        return real if object in kinds or not kinds else np.result_type(*map(np.dtype, kinds))

    def text_of(x: Any, ask: Callable[[Any], str]) -> str | None:
        parts, watching = list(np.asarray(x).flat), tracer()
        if watching is None or not parts or not all(isinstance(part, Number) for part in parts):
            return None
        how = Answer(in_array, tuple, (ask, x.shape, stands_for(x, None)))
        return str(watching.answer_of(parts, how))

    def in_array(numbers: Any, ask: Callable[[Any], str], shape: Any, dtype: Any) -> str:
        return ask(np.array(numbers).astype(dtype).reshape(shape))

    def by_value(key: Any) -> Any:
        if isinstance(key, tuple):
            return tuple(map(by_value, key))
        if isinstance(key, list):
            return [by_value(part) if isinstance(part, (list, Number)) else part for part in key]
        if isinstance(key, Traced):
            return np.array([by_value(part) for part in key.flat]).reshape(key.shape)
        return key.by_value() if isinstance(key, Number) and is_integer(key.true) else key

    return Traced


def in_lists(x: Any) -> Any:
    """The numbers as `tolist` gives them: of Python's own kinds."""
    if isinstance(x, list):
        return [in_lists(part) for part in x]
    return x.item() if isinstance(x, Number) and hasattr(x.true, "item") else x


def is_nan(x: Any) -> bool:
    return bool(x != x)


def is_finite(x: Any) -> bool:
    return bool(abs(x) < float("inf"))


def is_infinite(x: Any) -> bool:
    return bool(abs(x) == float("inf"))


QUESTIONS = {"isnan": is_nan, "isfinite": is_finite, "isinf": is_infinite}
