"""A stop for code that never ends. It counts executed lines of Python, so the speed of the machine changes nothing."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from importlib import _bootstrap
from types import CodeType, FrameType
from typing import Any

from micrograd.engine import GradientLost

# the function that imports a module that is not loaded yet
IMPORT: CodeType = _bootstrap._find_and_load.__code__  # type: ignore[attr-defined]
LINES = 100_000  # for one small expression; a working class needs a few hundred
# Calls inside each other. In a browser, a few hundred operators that call themselves end Python itself.
DEEPEST = 120 if sys.platform == "emscripten" else None


class Endless(BaseException):
    """More lines ran than any working code needs. Not an `Exception`, which the code itself might catch."""


class Watch:
    """`watch(f, x)` calls f(x) and raises `Endless` after `lines` executed lines, counted over all calls.

    A debugger's or a coverage tool's own trace function is set aside during a call. Imports do not count: they run many
    lines once, and must not be stopped halfway.
    """

    def __init__(self, lines: int):
        left, importing = lines, 0

        def count(frame: FrameType, event: str, argument: Any) -> Any:  # a closure: half the price of a method
            nonlocal left, importing
            if event == "call" and (importing or frame.f_code is IMPORT):
                importing += frame.f_code is IMPORT
                return leave if frame.f_code is IMPORT else None
            left -= 1
            if left < 0:
                raise Endless
            return count

        def leave(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal importing
            importing -= event == "return"
            return leave

        self._count = count

    def __call__(self, function: Callable[..., Any], *operands: Any, **named: Any) -> Any:
        before, limit = sys.gettrace(), sys.getrecursionlimit()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GradientLost)  # whether a gradient is lost, the check finds out itself
            if DEEPEST is not None:
                sys.setrecursionlimit(min(limit, calls_so_far() + DEEPEST))
            sys.settrace(self._count)
            try:
                return function(*operands, **named)
            finally:
                sys.settrace(before)
                sys.setrecursionlimit(limit)


def calls_so_far() -> int:
    frame, count = sys._getframe(), 0
    while frame.f_back is not None:
        frame, count = frame.f_back, count + 1
    return count
