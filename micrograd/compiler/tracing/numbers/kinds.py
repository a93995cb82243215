"""What `type` and `float` are in user code while it is traced: the class of a traced number is that of the number."""

from __future__ import annotations

import dis
import sys
import types
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain
from types import CodeType, FunctionType
from typing import Any

from micrograd.compiler.tracing.identity import is_identity
from micrograd.compiler.tracing.numbers.honest import Answer
from micrograd.compiler.tracing.numbers.number import Number
from micrograd.compiler.tracing.numbers.summing import COMPENSATES, honest_sum


class Instead(type):
    """The class of what stands in for a built-in class: it answers for that one, to other threads too."""

    def __new__(cls, name: str, bases: tuple[Any, ...], space: dict[str, Any], **named: Any) -> Any:
        if not any(type(base) is Instead for base in bases):
            return super().__new__(cls, name, bases, {**space, "__module__": "builtins"})
        plain = tuple([USUAL[base] if type(base) is Instead else base for base in bases])  # a class of the user's own
        return types.new_class(space["__qualname__"], plain, named, lambda there: there.update(space))

    def __call__(cls, *args: Any, **named: Any) -> Any:
        usual = USUAL[cls]
        if len(args) == 1 and isinstance(args[0], Number):
            return args[0].kind() if usual is type else args[0].as_float()
        if len(args) == 1 and usual is type and hasattr(type(args[0]), "stands_for"):
            return (getattr(args[0], "theirs", None) or (type(args[0]).stands_for,))[0]
        made = usual(*args, **named)
        return cls if made is type and usual is type else made  # so that type(int) is type

    def __instancecheck__(cls, x: Any) -> bool:
        usual = USUAL[cls]
        return issubclass(x.kind(), usual) if isinstance(x, Number) else isinstance(x, usual)

    def __subclasscheck__(cls, kind: Any) -> bool:
        return issubclass(kind, USUAL[cls])

    def __eq__(cls, other: Any) -> Any:
        return True if other is cls or other is USUAL[cls] else NotImplemented

    def __hash__(cls) -> int:
        return hash(cls.__mro__[1])

    def __repr__(cls) -> str:
        return repr(USUAL[cls])

    @property
    def dtype(cls) -> Any:
        """What NumPy asks of a class that is to be the kind of an array."""
        return sys.modules["numpy"].dtype(USUAL[cls])


honest_type: Any = Instead("type", (type,), {"__doc__": type.__doc__})
honest_float: Any = Instead("float", (float,), {"__doc__": float.__doc__})
USUAL: dict[Any, Any] = {honest_type: type, honest_float: float}


def question(watching: Any, usual: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """The answer to `math.isnan(x)` and the like: a decision."""
    if len(args) == 1 and isinstance(args[0], Number):
        return watching.answer(args[0], Answer(usual))
    return usual(*args, **named)


BUILT_IN: dict[str, Any] = {  # what they are in the globals of user code
    "type": honest_type,
    "float": honest_float,
    **({"sum": honest_sum} if COMPENSATES else {}),
}


def stand_in_for(name: str, names: dict[str, Any], reached: Iterable[Any]) -> Any:
    """What stands in for a built-in name in these globals; None if one of the functions there would notice.

    `type(x) is float` would: there, `float` has to be itself.
    """
    if name != "float":
        return BUILT_IN[name]
    members = [vars(x).values() for x in names.values() if isinstance(x, type)]
    for thing in [*reached, *names.values(), *chain.from_iterable(members)]:
        f = getattr(thing, "__func__", thing)
        if isinstance(f, FunctionType) and f.__globals__ is names and may_compare(f.__code__, name):
            return None
    return BUILT_IN[name]


@lru_cache(maxsize=1024)
def may_compare(code: CodeType, name: str) -> bool:
    """Whether a function may ask whether something is what a global name means."""
    steps = list(dis.get_instructions(code))
    loads = [step for step in steps if step.argval == name and step.opname.startswith("LOAD_")]
    called = [step for step in loads if step.opname == "LOAD_GLOBAL" and CALLED and (step.arg or 0) & 1]
    if len(loads) > len(called) and any(map(is_identity, [None, *steps], steps)):
        return True
    return any(may_compare(constant, name) for constant in code.co_consts if isinstance(constant, CodeType))


CALLED = sys.version_info >= (3, 11)  # the byte code of a name says whether it is called
