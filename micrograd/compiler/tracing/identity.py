"""Whether a function tells things apart by identity, so that a Value passed twice is not the same as two equal ones.

`v is w`, `v in values`, `seen[v]`: the code says so, or the Values are asked for their hash. Only then the key of a
trace tells which arguments are one, and which of them the function reaches by itself.
"""

from __future__ import annotations

import dis
from collections.abc import Iterable
from functools import lru_cache
from types import CodeType, FunctionType, MethodType
from typing import Any

ASKING = frozenset(["id", "is_", "is_not", "index", "count", "remove", "contains", "indexOf", "countOf"])


def tells_apart(things: Iterable[Any]) -> bool:
    """Whether one of the functions among the things has code that asks for identity."""
    for thing in things:
        f = thing.__func__ if isinstance(thing, MethodType) else thing
        if isinstance(f, FunctionType) and str(f.__module__).partition(".")[0] != "micrograd" and asks(f.__code__):
            return True
    return False


@lru_cache(maxsize=1024)
def asks(code: CodeType) -> bool:
    before: Any = None
    for step in dis.get_instructions(code):
        if step.opname == "CONTAINS_OP" or is_identity(before, step):
            return True
        if step.opname.startswith("LOAD_") and step.argval in ASKING:
            return True
        before = step
    return any(asks(constant) for constant in code.co_consts if isinstance(constant, CodeType))


def is_identity(before: Any, step: Any) -> bool:
    """Whether a step of byte code compares by `is`, and not with None."""
    return step.opname == "IS_OP" and (before is None or before.opname != "LOAD_CONST")
