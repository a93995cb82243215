"""The types of derivatives: the structure is that of the argument, and floats give floats.

A gradient takes the arguments of its function. The one that it differentiates with respect to comes first, by position,
and may be a number, a list, a dict, or any structure of them; the result is built in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar, overload

from micrograd.engine import Value

P = ParamSpec("P")  # the other arguments of a function
S = TypeVar("S")  # a structure of numbers
R = TypeVar("R")  # the result of a function

Result: TypeAlias = Value | float  # one number, as functions return it


class Array(Protocol):
    """The part of a NumPy array that this package uses: NumPy itself is optional."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    def tolist(self) -> Any: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __getitem__(self, index: Any, /) -> Any: ...


Structure: TypeAlias = "float | Value | Array | list[Structure] | tuple[Structure, ...] | dict[Any, Structure]"


class Gradient(Protocol[P]):
    """∂f/∂x in the structure of x."""

    @overload
    def __call__(self, x: float, /, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, x: list[float], /, *args: P.args, **kwargs: P.kwargs) -> list[float]: ...
    @overload
    def __call__(self, x: dict[str, float], /, *args: P.args, **kwargs: P.kwargs) -> dict[str, float]: ...
    @overload
    def __call__(self, x: S, /, *args: P.args, **kwargs: P.kwargs) -> S: ...


class ValueAndGradient(Protocol[P]):
    """The pair of f(x) and ∂f/∂x."""

    @overload
    def __call__(self, x: float, /, *args: P.args, **kwargs: P.kwargs) -> tuple[float, float]: ...
    @overload
    def __call__(self, x: list[float], /, *args: P.args, **kwargs: P.kwargs) -> tuple[float, list[float]]: ...
    @overload
    def __call__(self, x: dict[str, float], /, *args: P.args, **kwargs: P.kwargs) -> tuple[float, dict[str, float]]: ...
    @overload
    def __call__(self, x: Value, /, *args: P.args, **kwargs: P.kwargs) -> tuple[Value, Value]: ...
    @overload
    def __call__(self, x: S, /, *args: P.args, **kwargs: P.kwargs) -> tuple[Result, S]: ...


class Jacobian(Protocol[P]):
    """A gradient for each number in the list that f returns."""

    @overload
    def __call__(self, x: float, /, *args: P.args, **kwargs: P.kwargs) -> list[float]: ...
    @overload
    def __call__(self, x: list[float], /, *args: P.args, **kwargs: P.kwargs) -> list[list[float]]: ...
    @overload
    def __call__(self, x: S, /, *args: P.args, **kwargs: P.kwargs) -> list[S]: ...


class Hessian(Protocol[P]):
    """∂²f/∂xᵢ∂xⱼ: for each number of x, a number for each number of x."""

    @overload
    def __call__(self, x: float, /, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, x: Value, /, *args: P.args, **kwargs: P.kwargs) -> Value: ...
    @overload
    def __call__(self, x: list[float], /, *args: P.args, **kwargs: P.kwargs) -> list[list[float]]: ...
    @overload
    def __call__(self, x: Structure, /, *args: P.args, **kwargs: P.kwargs) -> Structure: ...
