"""A stop for code that never ends: it counts the lines of Python that run, so that a slow machine changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class Endless(BaseException):
    """More lines ran than any working code needs. Not an `Exception`, which the code itself might catch."""


class Watch:
    """`watch(f, x)` is f(x), but what is called so may run only so many lines of Python in all; then `Endless`.

    A debugger's or a coverage tool's own trace function waits outside.
    """

    def __init__(self, lines: int):
        self.left = lines

    def __call__(self, function: Callable[..., Any], *operands: Any, **named: Any) -> Any:
        before = sys.gettrace()
        sys.settrace(self._count)
        try:
            return function(*operands, **named)
        finally:
            sys.settrace(before)

    def _count(self, frame: Any, event: str, argument: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Endless
        return self._count
