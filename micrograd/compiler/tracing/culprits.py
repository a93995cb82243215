"""The line on which a traced function changes what it reads: found while it runs, by following its lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from micrograd.compiler.surroundings.watch import Watch
from micrograd.compiler.tracing.errors import is_users, written

MOST = 50_000  # lines to follow, and no more


class Follower:
    """A change (`exclusive.Change`): the lines of this thread are followed, until one changes what the roots reach.

    Where a debugger or a coverage tool follows them already, no line is found.
    """

    def __init__(self, roots: Sequence[Any]):
        self.roots, self.left = roots, MOST
        self.holds: Callable[[], bool] = bool
        self.arguments: Callable[[], Any] = bool  # what the function has changed among these, if anything
        self.latest: tuple[str, int] | None = None  # the line that runs now
        self.place = ""

    def make(self) -> None:
        if sys.gettrace() is None:
            self.holds = Watch(self.roots).holds  # with all that stands in for something now
            sys.settrace(self.enter)

    def undo(self) -> None:
        if sys.gettrace() == self.enter:
            sys.settrace(None)

    def enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Python calls this at each call of a function."""
        file = frame.f_code.co_filename
        return None if self.place or not is_users(file) else self.follow

    def follow(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Python calls this before each line of the user's code, and at each return."""
        self.left -= 1
        if self.left <= 0 or self.place:
            return None
        if not self.holds() or self.arguments():
            self.place = written(*self.latest) if self.latest else ""
            return None
        self.latest = frame.f_code.co_filename, frame.f_lineno
        return self.follow
