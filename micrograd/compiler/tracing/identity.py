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

ASKING_ALWAYS = frozenset(["id", "is_", "is_not"])
ASKING = ASKING_ALWAYS | {"index", "count", "remove", "contains", "indexOf", "countOf"}


def tells_apart(things: Iterable[Any], containers: bool = False) -> bool:
    """Whether one of the functions among the things has code that asks for identity: of Values, or of `containers`."""
    for thing in things:
        f = thing.__func__ if isinstance(thing, MethodType) else thing
        if isinstance(f, FunctionType) and str(f.__module__).partition(".")[0] != "micrograd":
            if asks(f.__code__, containers):
                return True
    return False


@lru_cache(maxsize=1024)
def asks(code: CodeType, containers: bool = False) -> bool:
    """Lists and the like are compared by what they hold where Values are compared by identity, as in `v in values`."""
    before: Any = None
    for step in dis.get_instructions(code):
        if is_identity(before, step) or (step.opname == "CONTAINS_OP" and not containers):
            return True
        if step.opname.startswith("LOAD_") and step.argval in (ASKING_ALWAYS if containers else ASKING):
            return True
        before = step
    return any(asks(constant, containers) for constant in code.co_consts if isinstance(constant, CodeType))


def is_identity(before: Any, step: Any) -> bool:
    """Whether a step of byte code compares by `is`, and not with None."""
    return step.opname == "IS_OP" and (before is None or before.opname != "LOAD_CONST")
