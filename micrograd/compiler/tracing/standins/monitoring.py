"""Callables in C that no name leads to, seen when they are called: `datetime.now()`, a table of functions in a library.

`sys.monitoring`, of Python 3.12 and later, reports each call for nothing where it is switched off for the code that is
of no interest: Python's own and ours. Before, a profile function does it, which makes a trace several times slower: it
is used for code alone that names a method which cannot be replaced, `datetime.now`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from micrograd.compiler.tracing.errors import is_library

TOOL = "micrograd.compile"


def monitoring(see: Callable[[Any], None], needed: bool) -> Any:
    """A change (`exclusive.Change`): `see` is called with each callable in C before it is called by users' code."""
    if sys.version_info >= (3, 12):
        return Monitoring(see)
    return Profiling(see if needed else None)


class Monitoring:
    """The first tool of `sys.monitoring` that is free; without one, nothing is seen."""

    def __init__(self, see: Callable[[Any], None]):
        self.see = see
        self.files: dict[str, bool] = {}

    def make(self) -> None:
        tools = sys.monitoring  # type: ignore[attr-defined]
        for tool in (4, 3, 5, 2, 1, 0):
            try:
                tools.use_tool_id(tool, TOOL)
            except ValueError:  # another one has it
                continue
            tools.register_callback(tool, tools.events.CALL, self.called)
            tools.set_events(tool, tools.events.CALL)
            return

    def undo(self) -> None:
        tools = sys.monitoring  # type: ignore[attr-defined]
        for tool in range(6):
            if tools.get_tool(tool) == TOOL:
                tools.set_events(tool, 0)
                tools.register_callback(tool, tools.events.CALL, None)
                tools.free_tool_id(tool)

    def called(self, code: Any, offset: int, function: Any, first: Any) -> Any:
        file = code.co_filename
        library = self.files.get(file)
        if library is None:
            library = self.files[file] = is_library(file)
        if library:
            return sys.monitoring.DISABLE  # type: ignore[attr-defined]
        return self.see(function)


class Profiling:
    """A profile function, unless there is one already."""

    def __init__(self, see: Callable[[Any], None] | None):
        self.see = see

    def make(self) -> None:
        if self.see is not None and sys.getprofile() is None:
            sys.setprofile(self.called)

    def undo(self) -> None:
        if sys.getprofile() == self.called:
            sys.setprofile(None)

    def called(self, frame: Any, event: str, argument: Any) -> None:
        if event == "c_call" and not is_library(frame.f_code.co_filename):
            self.see(argument)  # type: ignore[misc]
