"""What NumPy asks of a number: its complex parts, a few methods, and the ufuncs that it has for floats only.

An object array calls the methods of its elements: `np.tanh(a)` is `[v.tanh() for v in a]`, connected to the graph. For
the rest, such as `np.isnan`, NumPy has no version for objects; of one Value they are computed here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from micrograd import ops
from micrograd._core.elementary import apply
from micrograd._core.nodes import Node

V = TypeVar("V", bound="InNumPy")


class InNumPy(Node):
    """The part of a Value that only NumPy, and what is built on it, calls."""

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
        """The remainder with the sign of the dividend, as in C."""
        return self - other * (self / other).trunc()

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
        if method == "__call__" and ufunc.__name__ in ANSWERS:
            if not any(getattr(x, "ndim", 0) for x in inputs):
                return ANSWERS[ufunc.__name__](*inputs, **options)
        import numpy as np

        def wrap(x: Any) -> Any:
            if not isinstance(x, Node):
                return x
            array = np.empty((), dtype=object)
            array[()] = x
            return array

        try:
            return getattr(ufunc, method)(*map(wrap, inputs), **options)
        except TypeError as error:
            if "Cannot cast ufunc" in str(error):
                raise TypeError("an array of floats cannot hold Values: make it with dtype=object") from error
            if "not supported for the input types" not in str(error):
                raise
            name = ufunc.__name__
            raise TypeError(f"NumPy has no {name} for Values: np.{name}(v.data) takes the number alone") from error


def _data(x: Any) -> Any:
    is_node = isinstance(x, Node)
    return x.data if is_node else x


ANSWERS: dict[str, Callable[..., Any]] = {
    "isnan": lambda x: bool(_data(x) != _data(x)),
    "isinf": lambda x: bool(abs(_data(x)) == math.inf),
    "isfinite": lambda x: bool(abs(_data(x)) < math.inf),
    "sign": lambda x: x.sign(),
    "divmod": divmod,
    "float_power": lambda x, y: x**y,
    "logaddexp": lambda x, y: apply(ops.logaddexp, (x, y)),
}
