"""Results: which numbers of a program stand side by side in what the function returns, so that they are taken at once.

A Hessian of 30 × 30 is one slice of what the program has computed; number by number it would take as long as that.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from micrograd.calculus.structures import is_array, like
from micrograd.compiler.tracing.tape import Output


class Row:
    """The plain numbers from `start` to `stop`, as a list, or as an array of this shape."""

    __slots__ = ("start", "stop", "shape")

    def __init__(self, start: int, stop: int, shape: tuple[int, ...] | None):
        self.start, self.stop, self.shape = start, stop, shape

    def of(self, out: Sequence[float]) -> Any:
        if self.shape is None:
            return list(out[self.start : self.stop])
        return sys.modules["numpy"].array(out[self.start : self.stop], dtype=float).reshape(self.shape)


def is_row(x: Any) -> bool:
    return type(x) is Row


def in_rows(x: Any) -> Any:
    """The structure of a result, in which a list or an array of plain numbers that stand side by side is a `Row`."""
    if is_array(x) and type(x) is sys.modules["numpy"].ndarray:
        return row(x.ravel().tolist(), x.shape) or x
    if type(x) is list:
        return row(x, None) or [in_rows(part) for part in x]
    if isinstance(x, tuple):
        return like(x, [in_rows(part) for part in x])
    if type(x) is dict:
        return {key: in_rows(part) for key, part in x.items()}
    return x


def row(parts: list[Any], shape: tuple[int, ...] | None) -> Row | None:
    """These parts as a row, if they are one."""
    if not parts or not all(type(part) is Output and is_plain(part, shape) for part in parts):
        return None
    start = parts[0].position
    if [part.position for part in parts] != list(range(start, start + len(parts))):
        return None
    return Row(start, start + len(parts), shape)


def is_plain(x: Output, shape: tuple[int, ...] | None) -> bool:
    """Whether it is a float; an array makes one of its numbers."""
    return not x.differentiable and (x.kind is float or (shape is not None and issubclass(x.kind, float)))
