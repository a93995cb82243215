"""Nested lists of numbers: what parameters are read as and set from."""

from __future__ import annotations

from typing import Any

from micrograd._core.nodes import number
from micrograd.engine import Value


class Numbers(list):
    """The data of Values in a (nested) list, as they are now; `grad` gives their gradients in the same shape.

    Setting an item sets the data of the Value behind it.
    """

    def __init__(self, values: list):
        super().__init__(Numbers(v) if isinstance(v, list) else v.data for v in values)
        self.values = values

    @property
    def grad(self) -> list:
        return [part.grad if isinstance(part, Numbers) else v.grad for part, v in zip(self, self.values, strict=True)]

    def __setitem__(self, index: Any, content: Any) -> None:
        values = self.values[index]
        assign(values, plain(content))
        super().__setitem__(index, Numbers(values) if isinstance(values, list) else values.data)

    def __reduce__(self) -> tuple:
        return list, (plain(self),)


def plain(content: Any) -> Any:
    """Sequences as lists, whatever holds them (an array and a tensor too), numbers as they are."""
    if isinstance(content, (list, tuple)):
        return [plain(part) for part in content]
    return content.tolist() if hasattr(content, "tolist") else content


def shape(content: Any) -> tuple[int, ...] | None:
    """The shape of a nested list, () for a number; None where its rows differ in length."""
    if not isinstance(content, list):
        return ()
    inner = {shape(part) for part in content} or {()}
    rest = inner.pop()
    return None if inner or rest is None else (len(content), *rest)


def misfit(content: Any, wanted: tuple[int, ...]) -> str | None:
    """Why `content` is no nested list of numbers of that shape; None where it is one."""
    if (got := shape(content)) != wanted:
        return f"shape {wanted} is needed, got {'rows of unequal length' if got is None else got}"
    try:
        _each(number, content)
    except TypeError as error:
        return str(error)
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


def _each(function: Any, content: Any) -> Any:
    return [_each(function, part) for part in content] if isinstance(content, list) else function(content)
