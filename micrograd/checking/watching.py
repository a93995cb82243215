"""A stop for code that never ends: it counts the lines of Python that run, so that a slow machine changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Endless(BaseException):
    """More lines ran than any working code needs. Not an `Exception`, which the code itself might catch."""


@contextmanager
def watched(lines: int) -> Iterator[None]:
    """Inside, what is called may run so many lines of Python; the next one raises `Endless`.

    A debugger's or a coverage tool's own trace function waits outside.
    """
    left = lines

    def count(frame: Any, event: str, argument: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Endless
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)
