"""Texts that are only shown: made for `print` or a logger, on a line of user code that does nothing else.

Such a text decides nothing, so another one needs no other trace. Which statement makes it is read in the source; where
there is none, or where it does more, a text is a decision.
"""

from __future__ import annotations

import ast
import linecache
import logging
from functools import lru_cache
from types import FrameType

SHOWING = ("micrograd", "logging", "warnings", "traceback")  # packages whose own texts are messages


def is_only_shown(frame: FrameType) -> bool:
    """Whether a text that is made in this frame decides nothing."""
    name = frame.f_globals.get("__name__")
    if isinstance(name, str) and name.partition(".")[0] in SHOWING:
        return True
    function = shower(frame.f_code.co_filename, frame.f_lineno)
    if isinstance(function, ast.Name):
        own = frame.f_locals.get("print") or frame.f_globals.get("print")
        return function.id == "print" and (own is None or str(own.__module__).startswith("micrograd."))
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        asked = frame.f_locals.get(function.value.id) or frame.f_globals.get(function.value.id)
        return asked is logging or isinstance(asked, logging.Logger)
    return False


def shower(file: str, line: int) -> ast.expr | None:
    """The function that the only statement on a line calls, if it is nothing but that call."""
    there = [x for x in statements(file, tuple(linecache.getlines(file))) if x.lineno <= line <= (x.end_lineno or 0)]
    if not there or any(x.lineno == there[-1].lineno for x in there[:-1]):
        return None
    last = there[-1]
    return last.value.func if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) else None


@lru_cache(maxsize=16)
def statements(file: str, lines: tuple[str, ...]) -> list[ast.stmt]:
    """The statements of a file, level by level."""
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return []
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
