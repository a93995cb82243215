"""Which arguments of a compiled function are inputs of its program, and which are static: the key of a trace.

The table in `tracing` lists both. `index(i)` marks a bare integer as an input. Numbers and arrays of other libraries
are inputs as well: f gets a tensor as an array, a `Series` as one with the same labels, an `array.array` as a list.
"""

from __future__ import annotations

import math
import numbers
import sys
from array import array
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from micrograd._core.lending import data_of
from micrograd._core.modes import Index
from micrograd._core.nodes import number
from micrograd._core.scalars import check_untracked, is_several, real_of
from micrograd.calculus.numeric_kinds import Number
from micrograd.calculus.structures import entries, is_array, like, to_array
from micrograd.compiler.tracing.arithmetic import LARGEST, SMALL, is_integer, is_narrow
from micrograd.engine import Value


class Same:
    """An object in a key: equal only to itself."""

    __slots__ = ("it",)

    def __init__(self, it: Any):
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.it is self.it

    def __hash__(self) -> int:
        return id(self.it)


class Arguments:
    """The arguments of one call: the `key`, made of all static parts, and the inputs in order.

    `parts` holds the inputs, in lists of floats and arrays; `values` the Values among them, with their places.
    `statics` are the objects in the key; f may read what is inside them.
    `borrowed` is True if an array is the caller's own, who may change it later.
    With `kinds` the key tells a float from a `np.float64`, a fraction and the like.
    `in_forward_mode` is True if a number carries derivatives along: no program takes those.
    """

    __slots__ = ("key", "parts", "values", "count", "in_forward_mode", "borrowed", "kinds", "statics", "_floats")

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any], kinds: bool = False):
        self.kinds = kinds
        self.parts: list[Any] = []
        self.values: list[tuple[int, Value]] = []
        self.statics: list[Any] = []
        self.count = 0
        self.in_forward_mode = self.borrowed = False
        self._floats: list[float] | None = None
        key = [self.read(x, True) for x in args]
        if kwargs:
            key += [(name, self.read(kwargs[name], True)) for name in kwargs]
        self.key = tuple(key)

    def reached(self, values: dict[int, Value]) -> list[int]:
        """Which of the Values among the arguments f reaches by itself too: they are the same thing to it."""
        return [id(v) for _, v in self.values if id(v) in values]

    def floats(self) -> list[float]:
        if self._floats is None:
            self._floats = [x for part in self.parts for x in (part if type(part) is list else part.tolist())]
        return self._floats

    def read(self, x: Any, bare: bool) -> Any:
        """Collect the inputs in x, and return its static part."""
        if type(x) is float:
            return self.number(x)
        if type(x) is int and not bare:
            return self.whole(x)
        if isinstance(x, Value):
            self.values.append((self.count, x))
            self.number(data_of(x))
            return Value
        if isinstance(x, (list, tuple)):
            return type(x), tuple([self.read(part, False) for part in x])
        if isinstance(x, dict):
            return dict, tuple([(type(key), key, self.read(part, False)) for key, part in x.items()])
        if is_array(x):
            return self.array(x)
        if isinstance(x, Index):
            self.number(float(x))
            return Index, magnitude(x)
        if (numbers := familiar(x)) is not x:
            return type(x), labels(x), self.read(numbers, False)
        if static(x, bare):
            self.in_forward_mode = self.in_forward_mode or isinstance(x, Number)
            if x is None or isinstance(x, CONSTANTS) or is_truth(x):
                return type(x), x
            self.statics.append(x)
            return Same(x)
        if is_integer(x):
            return self.whole(x)
        self.number(number(x))
        return type(x) if self.kinds or is_narrow(x) else float

    def whole(self, x: Any) -> Any:
        """The same for a whole number: one that no float equals is static."""
        if (found := magnitude(x)) > LARGEST:
            return type(x), x
        self.number(float(x))
        return type(x), found

    def number(self, x: float) -> Any:
        if not self.parts or type(self.parts[-1]) is not list:
            self.parts.append([])
        self.parts[-1].append(x)
        self.count += 1
        return float

    def array(self, x: Any) -> Any:
        import numpy as np

        if isinstance(x, np.ma.MaskedArray):
            raise TypeError("a compiled function takes no masked arrays: pass x.data and x.mask, or x.filled(0.0)")
        kind = x.dtype.kind
        if kind == "b" or (kind in "iu" and magnitude_of_array(x) > LARGEST):
            return type(x), x.shape, x.dtype, x.tobytes()
        if kind in "fiu":
            flat = np.ascontiguousarray(x, dtype=np.float64).ravel()
            self.parts.append(flat)
            self.borrowed = True
            self.count += len(flat)
            return type(x), x.shape, x.dtype, 0.0 if kind == "f" else magnitude_of_array(x)
        return type(x), x.shape, tuple([self.read(part, False) for part in entries(x)])


CONSTANTS = (int, str)  # equal ones are the same to a function


def is_truth(x: Any) -> bool:
    """Whether x is True or False, of Python's or of NumPy's."""
    return isinstance(x, bool) or getattr(getattr(x, "dtype", None), "kind", "") == "b" and not is_several(x)


def static(x: Any, bare: bool) -> bool:
    """Whether x is a constant of the program: another one leads to another trace.

    Such are bare integers, and True and False everywhere, which user code may compare by `is`.
    """
    if isinstance(x, Index):
        return False
    if is_truth(x) or isinstance(x, (float, int)) and type(x).__module__ not in ("builtins", "numpy"):
        return True
    if isinstance(x, numbers.Integral):
        return bare or magnitude(x) > LARGEST
    return real_of(x) is None


def magnitude(x: Any) -> float:
    """How large a whole number may become until another trace is needed."""
    return SMALL if -SMALL <= x <= SMALL else LARGEST if -LARGEST < x < LARGEST else math.inf


def magnitude_of_array(x: Any) -> float:
    return max(magnitude(int(x.min())), magnitude(int(x.max()))) if x.size else 0.0


def plainest(x: Any) -> Any:
    """The number that user code has: of Python or of NumPy; another library's becomes a float."""
    if isinstance(x, Index):
        return int(x)
    kept = isinstance(x, (float, int, Fraction, Decimal)) or type(x).__module__ == "numpy"
    return x if kept and not is_array(x, 0) else number(x)


def familiar(x: Any) -> Any:
    """The numbers of an array from another library, as a NumPy array; those of an `array.array`, as a list; else x."""
    if isinstance(x, array):
        return x.tolist()
    if not hasattr(x, "__array__") or is_array(x) or not is_several(x):
        return x
    check_untracked(x)
    import numpy as np

    try:
        return np.asarray(x)
    except TypeError:  # a tensor on another device, or in bfloat16
        return np.asarray(x.tolist())


def labels(x: Any) -> tuple[Any, ...]:
    """The names by which a `Series` or a `DataFrame` knows its numbers."""
    return tuple([tuple(axis) for axis in getattr(x, "axes", ())]) if hasattr(x, "iloc") else ()


def substitute(x: Any, number: Callable[[Any, float], Any], bare: bool = True) -> Any:
    """x with each input replaced by `number(input, size)`, in the order of `Arguments`.

    The size is how large a whole number may be, 0 for others.
    """
    if isinstance(x, (list, tuple)):
        return like(x, [substitute(part, number, False) for part in x])
    if isinstance(x, dict):
        return {key: substitute(part, number, False) for key, part in x.items()}
    if is_array(x):
        return substitute_array(x, number)
    if (numbers := familiar(x)) is not x:
        made = substitute(numbers, number, False)
        return type(x)(made, *x.axes) if hasattr(x, "iloc") else made
    if isinstance(x, Value):
        return number(x, 0.0)
    return x if static(x, bare) else number(x, magnitude(x) if is_integer(x) else 0.0)


def substitute_array(x: Any, number: Callable[[Any, float], Any]) -> Any:
    kind = x.dtype.kind
    if kind == "b" or (kind in "iu" and magnitude_of_array(x) > LARGEST):
        return x.copy()
    if kind in "fiu":
        size = 0.0 if kind == "f" else magnitude_of_array(x)
        parts = [number(part, size) for part in sys.modules["numpy"].asarray(x).ravel()]
    else:
        parts = [substitute(part, number, False) for part in entries(x)]
    return to_array(parts, x.shape).view(type(x))
