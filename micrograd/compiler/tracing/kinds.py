"""What `type` and `float` are in user code while it is traced: the class of a traced number is that of the number."""

from __future__ import annotations

import dis
import sys
from types import CodeType
from typing import Any

from micrograd.compiler.tracing.number import Number


class Types(type):
    """The class of `honest_type`: it answers for `type`."""

    def __call__(cls, *args: Any, **named: Any) -> Any:
        if cls is honest_type and len(args) == 1 and not named:
            return args[0].kind() if isinstance(args[0], Number) else type(args[0])
        return type(*args, **named) if cls is honest_type else super().__call__(*args, **named)

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, type) if cls is honest_type else super().__instancecheck__(x)

    def __subclasscheck__(cls, kind: Any) -> bool:
        return issubclass(kind, type) if cls is honest_type else super().__subclasscheck__(kind)

    def __eq__(cls, other: Any) -> bool:
        return other is cls or (cls is honest_type and other is type)

    def __hash__(cls) -> int:
        return hash(type) if cls is honest_type else super().__hash__()


class honest_type(type, metaclass=Types):  # noqa: N801 (it stands for `type`)
    """Stands in for `type`: of a traced number it gives the class that user code sees."""


def honest_float(x: Any = 0.0, /) -> Any:
    """Stands in for `float` where it is only called: a traced number stays one."""
    return x.as_float() if isinstance(x, Number) else float(x)


def is_only_called(code: CodeType, name: str) -> bool:
    """Whether a function uses a global name for nothing but calls; False where the byte code does not tell."""
    if sys.version_info < (3, 11):
        return False
    loads = [step for step in dis.get_instructions(code) if step.argval == name and step.opname.startswith("LOAD_")]
    calls = [step for step in loads if step.opname == "LOAD_GLOBAL" and step.arg is not None and step.arg & 1]
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return len(calls) == len(loads) and all(is_only_called(part, name) for part in inner)
