"""Nested lists of numbers: parameters are read as such lists and set from them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, SupportsIndex, TypeAlias

from micrograd._core.nodes import number
from micrograd.engine import Value

Nested: TypeAlias = "float | list[Nested]"


class Vector(list[float]):
    """The data of Values at the time of reading; `grad` gives their gradients.

    Setting an item sets the data of the Value behind it.
    """

    def __init__(self, values: list[Value]):
        super().__init__(v.data for v in values)
        self.values = values

    @property
    def grad(self) -> list[float]:
        return [v.grad for v in self.values]

    def __setitem__(self, index: SupportsIndex | slice, content: Any) -> None:
        values = self.values[index]
        assign(values, to_lists(content))
        super().__setitem__(index, data_of(values))

    def __reduce__(self) -> tuple[type[list[float]], tuple[list[float]]]:
        return list, ([*self],)


class Matrix(list[Vector]):
    """Rows of Values, each a `Vector`; setting a row sets the data of the Values behind it."""

    def __init__(self, rows: list[list[Value]]):
        super().__init__(map(Vector, rows))
        self.rows = rows

    @property
    def grad(self) -> list[list[float]]:
        return [row.grad for row in self]

    def __setitem__(self, index: SupportsIndex | slice, content: Any) -> None:
        assign(self.rows[index], to_lists(content))
        if isinstance(index, slice):
            super().__setitem__(index, map(Vector, self.rows[index]))
        else:
            super().__setitem__(index, Vector(self.rows[index]))

    def __reduce__(self) -> tuple[type[list[Any]], tuple[list[Any]]]:
        return list, (to_lists(self),)


def to_lists(content: Any) -> Any:
    """Lists and tuples as lists at every depth, an array or a tensor by its `tolist()`; a number unchanged."""
    if isinstance(content, (list, tuple)):
        return [*content] if _is_plain(content) else [to_lists(part) for part in content]
    return content.tolist() if hasattr(content, "tolist") else content


def data_of(values: Any) -> Any:
    """The data of a Value or of a nested list of Values, in the same shape."""
    return [data_of(part) for part in values] if isinstance(values, list) else values.data


def shape(content: Any, depth: int = 100) -> tuple[int, ...] | None:
    """The shape of an array or a nested list, () for a number; None if its rows differ in length.

    At most `depth` levels of lists are looked at, so that a list within itself has an end.
    """
    if not isinstance(content, (list, tuple)):
        return tuple(getattr(content, "shape", ()))
    if not depth:
        return ()
    if _is_plain(content):
        return (len(content),)
    inner = {shape(part, depth - 1) for part in content} or {()}
    rest = inner.pop()
    return None if inner or rest is None else (len(content), *rest)


def misfit(content: Any, wanted: tuple[int, ...]) -> str | None:
    """The reason why `content` is not a nested list of numbers of the wanted shape; None if it is one."""
    return wrong_shape(content, wanted) or wrong_numbers(content)


def wrong_shape(content: Any, wanted: tuple[int, ...]) -> str | None:
    if (got := shape(content, len(wanted) + 1)) == wanted:
        return None
    return f"shape {wanted} is needed, got {'rows of unequal length' if got is None else got}"


def wrong_numbers(content: Any) -> str | None:
    try:
        _check_numbers(content)
    except (TypeError, ValueError) as error:
        return str(error)
    except OverflowError as error:
        return f"numbers within the range of floats are needed: {error}"
    return None


def assign(values: Any, content: Any) -> None:
    """Set the data of a nested list of Values; raises `ValueError`, and sets nothing, unless the shapes are equal."""
    if why := misfit(content, shape(values) or ()):
        raise ValueError(why)
    _set(values, content)


def _set(values: Any, content: Any) -> None:
    if isinstance(values, Value):
        values.data = number(content)
    else:
        for v, part in zip(values, content, strict=True):
            _set(v, part)


def _check_numbers(content: Any) -> None:
    if not isinstance(content, list):
        number(content)
    elif not _is_plain(content):
        for part in content:
            _check_numbers(part)


def _is_plain(content: Collection[Any]) -> bool:
    """Whether these are floats, as in most lists: then none of them need be looked at."""
    return {*map(type, content)} == {float}
