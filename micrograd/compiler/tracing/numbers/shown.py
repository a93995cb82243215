"""Texts that are only shown: made for `print` or a logger, on a line of user code that does nothing else.

Such a text decides nothing, so another one needs no other trace. Which statement makes it is read in the source; where
there is none, or where it does more, a text is a decision.
"""

from __future__ import annotations

import ast
import linecache
import logging
import sys
from functools import lru_cache
from types import FrameType
from typing import Any

from micrograd.compiler.tracing.numbers.honest import home

SHOWING = ("micrograd", "logging", "warnings", "traceback")  # packages whose own texts are messages


def is_only_shown(tracer: Any, frame: FrameType) -> bool:
    """Whether a text that is made in this frame decides nothing."""
    if tracer.printing is not None:
        return bool(tracer.printing)
    if sys.stdout not in tracer.screens:  # the function has put something in its place
        return False
    if home(frame).partition(".")[0] in SHOWING:
        return True
    call = shower(frame.f_code.co_filename, frame.f_lineno)
    if call is None:
        return False
    function = call.func
    if isinstance(function, ast.Name):
        own = meaning(frame, "print")
        elsewhere = any(keyword.arg in ("file", None) for keyword in call.keywords)
        return function.id == "print" and own is None and not elsewhere
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        asked = meaning(frame, function.value.id)
        return asked is logging or isinstance(asked, logging.Logger)
    return False


def meaning(frame: FrameType, name: str) -> Any:
    """What a name stands for in a frame; None for a built-in name."""
    return frame.f_locals.get(name, frame.f_globals.get(name))


def shower(file: str, line: int) -> ast.Call | None:
    """The call that is the only statement on a line."""
    there = [x for x in statements(file, tuple(linecache.getlines(file))) if x.lineno <= line <= (x.end_lineno or 0)]
    if not there or any(x.lineno == there[-1].lineno for x in there[:-1]):
        return None
    last = there[-1]
    return last.value if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) else None


@lru_cache(maxsize=16)
def statements(file: str, lines: tuple[str, ...]) -> list[ast.stmt]:
    """The statements of a file, level by level."""
    return [node for node in parse(lines) if isinstance(node, ast.stmt)]


def parse(lines: tuple[str, ...]) -> list[ast.AST]:
    """The syntax tree of a file, level by level; nothing where it is no Python."""
    try:
        return list(ast.walk(ast.parse("".join(lines))))
    except (SyntaxError, ValueError):
        return []
