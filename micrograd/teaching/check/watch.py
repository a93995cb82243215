"""A stop for code that never ends. It counts executed lines of Python, so the speed of the machine changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

LINES = 100_000  # for one small expression; a working class needs a few hundred


class Endless(BaseException):
    """More lines ran than any working code needs. Not an `Exception`, which the code itself might catch."""


class Watch:
    """`watch(f, x)` calls f(x) and raises `Endless` after `lines` executed lines, counted over all calls.

    A debugger's or a coverage tool's own trace function is set aside during a call.
    """

    def __init__(self, lines: int):
        left = lines

        def count(frame: FrameType, event: str, argument: Any) -> Any:  # a closure: half the price of a method
            nonlocal left
            left -= 1
            if left < 0:
                raise Endless
            return count

        self._count = count

    def __call__(self, function: Callable[..., Any], *operands: Any, **named: Any) -> Any:
        before = sys.gettrace()
        sys.settrace(self._count)
        try:
            return function(*operands, **named)
        finally:
            sys.settrace(before)
