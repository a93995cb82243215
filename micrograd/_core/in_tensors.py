"""What JAX and PyTorch ask of an argument: both are told that a Value is no array, and what to write instead.

Their operators are not: they leave the operation to the Value, which takes an array of one number as that number.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from micrograd._core.scalars import WAY_OUT

NO_ARRAY = "{} takes no Values, and would lose their derivatives: v.data is the number alone; {}"


def refused_by_torch(*args: Any, **options: Any) -> NoReturn:
    raise TypeError(NO_ARRAY.format("PyTorch", WAY_OUT))


class Asked:
    """An attribute that an engine looks for on an argument before it gives up; the class has none."""

    def __set_name__(self, kind: type[Any], name: str) -> None:
        self.name = name

    def __get__(self, v: Any, kind: type[Any]) -> Callable[..., NoReturn]:
        if v is None:
            raise AttributeError(f"{kind.__name__!r} object has no attribute {self.name!r}")
        return self.answer()

    def answer(self) -> Callable[..., NoReturn]:
        return refused_by_torch


class AskedByJax(Asked):
    """The error is a `ValueError`, as JAX's own is: in the place of a `TypeError`, `jax.jit` says something else."""

    def __get__(self, v: Any, kind: type[Any]) -> Callable[..., NoReturn]:
        is_operator = sys._getframe(1).f_code.co_varnames[:2] == ("self", "other")  # of an array
        return super().__get__(None if is_operator else v, kind)

    def answer(self) -> NoReturn:
        raise ValueError(NO_ARRAY.format("JAX", WAY_OUT))


class InTensors:
    """The part of a number of ours that only JAX and PyTorch look for."""

    __slots__ = ()

    __jax_array__ = AskedByJax()
    __dlpack__ = __dlpack_device__ = Asked()  # torch.tensor(v)

    def __dir__(self) -> Iterable[str]:
        return [name for name in super().__dir__() if not isinstance(vars(InTensors).get(name), Asked)]

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), options: Any = None) -> NoReturn:
        """What any function of PyTorch's calls in its own place; an operator goes on to the Value."""
        refused_by_torch()
