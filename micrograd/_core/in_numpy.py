"""What NumPy asks of a number: its complex parts, a few methods, and the ufuncs that it has for floats only.

An object array calls the methods of its elements: `np.tanh(a)` is `[v.tanh() for v in a]`, connected to the graph. For
the rest, such as `np.isnan`, NumPy has no version for objects; of one Value they are computed here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from numbers import Real
from typing import Any, NoReturn, TypeVar

from micrograd import ops
from micrograd._core.elementary import apply
from micrograd._core.floats import plain
from micrograd._core.nodes import misfit, number
from micrograd._core.scalars import of_our_own

V = TypeVar("V", bound="InNumPy")

FLOATS_INSTEAD = "to compute with floats, write v.data, or [v.data for v in values] for an array"


def fmod(x: Any, y: Any) -> Any:
    """The remainder with the sign of the dividend, as in C, of numbers of which one is a Value."""
    return x - y * (x / y).trunc()


class InNumPy:
    """The part of a number of ours that only NumPy, and what is built on it, calls."""

    __slots__ = ()

    @property
    def real(self: V) -> V:
        return self

    @property
    def imag(self) -> float:
        return 0.0

    def conjugate(self: V) -> V:
        """The Value itself, which is real."""
        return self

    def fabs(self: Any) -> Any:
        return abs(self)

    def fmod(self: Any, other: Any) -> Any:
        return fmod(self, other)

    def degrees(self: Any) -> Any:
        return self * (180.0 / math.pi)

    def radians(self: Any) -> Any:
        return self * (math.pi / 180.0)

    rad2deg, deg2rad = degrees, radians

    def rint(self: Any) -> Any:
        return round(self)  # which says what to write instead

    def as_integer_ratio(self) -> NoReturn:
        raise TypeError(
            "a fraction would lose the gradient: write micrograd.mean, micrograd.var or micrograd.std of Values, or "
            "compute with v.data"
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """`ufunc` with each Value as an object array of one, as NumPy itself would take it, but for the `ANSWERS`."""
        name = ufunc.__name__
        if method == "__call__" and name in REFLECTED and inputs[1] is self and isinstance(inputs[0], Real):
            return getattr(self, REFLECTED[name])(inputs[0])  # np.float64(2) * v, the everyday case

        import numpy as np

        def wrap(x: Any) -> Any:
            if of_our_own(x):
                array = np.empty((), dtype=object)
                array[()] = x
                return array
            kind = getattr(x, "dtype", None)
            if getattr(kind, "kind", "") in ("m", "M"):
                raise misfit(x, name, "v * x")
            return np.asarray(x, dtype=float) if kind == np.longdouble else x  # whose elements would ask again

        if method == "__call__" and name in ANSWERS:
            if not any(getattr(x, "ndim", 0) for x in inputs):
                return ANSWERS[name](*[x if of_our_own(x) else number(x, name) for x in inputs])
            ufunc = np.frompyfunc(ANSWERS[name], ufunc.nin, ufunc.nout)
        try:
            return getattr(ufunc, method)(*map(wrap, inputs), **options)
        except TypeError as error:
            if "Cannot cast ufunc" in str(error):
                raise TypeError("an array of floats cannot hold Values: make it with dtype=object") from error
            if "not supported for the input types" not in str(error):
                raise
            raise TypeError(f"NumPy has no {name} for Values: {FLOATS_INSTEAD}") from error

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """Any other function of NumPy's, as it is; where it cannot take a Value, the error says what to write."""
        try:
            return function._implementation(*args, **options)
        except TypeError as error:
            if "Cannot interpret" not in str(error):
                raise
            raise TypeError(f"np.{function.__name__} takes no Values: {FLOATS_INSTEAD}") from error


REFLECTED = {
    op.numpy: f"__r{name[2:]}"
    for op in ops.PRIMITIVES.values()
    for name in op.methods
    if name.startswith("__") and len(op.operands) == 2
} | {"power": "__rpow__", "remainder": "__rmod__", "true_divide": "__rtruediv__", "divmod": "__rdivmod__"}
REFLECTED |= {"less": "__gt__", "less_equal": "__ge__", "greater": "__lt__", "greater_equal": "__le__"}


ANSWERS: dict[str, Callable[..., Any]] = {
    "isnan": lambda x: bool(plain(x) != plain(x)),
    "isinf": lambda x: bool(abs(plain(x)) == math.inf),
    "isfinite": lambda x: bool(abs(plain(x)) < math.inf),
    "sign": lambda x: x.sign(),
    "divmod": divmod,
    "float_power": lambda x, y: x**y,
    "fmod": fmod,
    **{op.numpy: partial(lambda op, x, y: apply(op, (x, y)), op) for op in (ops.atan2, ops.hypot, ops.logaddexp)},
}
