"""What JAX and PyTorch ask of an argument: both are told that a Value is no array, and what to write instead.

Their operators are not: they leave the operation to the Value, which takes an array of one number as that number.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from micrograd._core.scalars import WAY_OUT

NO_ARRAY = "{} takes no Values, and would lose their derivatives: v.data is the number alone; {}"


class JaxArray:
    """An attribute that JAX looks for on an argument before it gives up; on the class it is missing.

    The error is a `ValueError`, as JAX's own is here: `jax.jit` says something else in the place of a `TypeError`.
    """

    def __get__(self, v: Any, kind: type[Any]) -> NoReturn:
        if v is None or sys._getframe(1).f_code.co_varnames[:2] == ("self", "other"):  # an operator of an array
            raise AttributeError(f"{kind.__name__!r} object has no attribute '__jax_array__'")
        raise ValueError(NO_ARRAY.format("JAX", WAY_OUT))


class InTensors:
    """The part of a number of ours that only JAX and PyTorch look for."""

    __slots__ = ()

    __jax_array__ = JaxArray()

    def __dir__(self) -> Iterable[str]:
        return [name for name in super().__dir__() if name != "__jax_array__"]

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), options: Any = None) -> NoReturn:
        """What any function of PyTorch's calls in its own place; an operator goes on to the Value."""
        raise TypeError(NO_ARRAY.format("PyTorch", WAY_OUT))
