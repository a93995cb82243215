"""`"%.1f" % x`: Python asks the number for a float, and makes a text of it; that text is the decision."""

from __future__ import annotations

import ast
import dis
import linecache
import re
from functools import lru_cache
from types import CodeType, FrameType

from micrograd.compiler.tracing.numbers.shown import parse

SPECIFICATION = re.compile(r"%(?:\((?P<key>[^)]*)\))?[-#0 +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?(?P<kind>[a-zA-Z%])")


def specifications(frame: FrameType) -> tuple[str, ...] | None:
    """The ways in which the line that the frame is on formats numbers by `%`; None if it does something else now."""
    if not is_remainder(frame):
        return None
    found: list[str] = []
    for node in formats(frame.f_code.co_filename, tuple(linecache.getlines(frame.f_code.co_filename))):
        if node.lineno <= frame.f_lineno <= (node.end_lineno or 0):
            if not isinstance(node.left, ast.Constant) or not isinstance(node.left.value, str):
                return None
            for match in SPECIFICATION.finditer(node.left.value):
                if "*" in match[0]:
                    return None
                if match["kind"] not in "%rsa":
                    found.append(re.sub(r"\(.*\)", "", match[0]))
    return tuple(dict.fromkeys(found)) or None


def texts(x: float, *ways: str) -> tuple[str, ...]:
    return tuple([way % x for way in ways])


def is_remainder(frame: FrameType) -> bool:
    """Whether the frame computes a `%` now."""
    return does_remainder(frame.f_code, frame.f_lasti)


@lru_cache(maxsize=1024)
def does_remainder(code: CodeType, at: int) -> bool:
    step = next((step for step in dis.get_instructions(code) if step.offset == at), None)
    return step is not None and (step.opname == "BINARY_MODULO" or step.argrepr == "%")


@lru_cache(maxsize=16)
def formats(file: str, lines: tuple[str, ...]) -> list[ast.BinOp]:
    """The expressions of a file that format by `%`, or compute a remainder of something unknown."""
    found = [node for node in parse(lines) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)]
    return [node for node in found if not isinstance(node.left, ast.Constant) or isinstance(node.left.value, str)]
