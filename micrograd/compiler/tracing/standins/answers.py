"""Stand-ins: what a traced function calls in place of a callable of `sources`, and what it gets from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import WRAPPER_ASSIGNMENTS
from types import FunctionType
from typing import Any, NamedTuple

from micrograd._core.modes import tracer
from micrograd.compiler.tracing.errors import refusal, users_frame
from micrograd.compiler.tracing.numbers.shown import is_only_shown
from micrograd.compiler.tracing.standins.callers import callers_code, for_itself

Usual = Callable[..., Any]
Positional = tuple[Any, ...]
Named = dict[str, Any]
Answer = Callable[[Any, Usual, Positional, Named], Any]  # of the tracer, the callable, and its arguments

REFUSED = object()


class Source(NamedTuple):
    """Callables of one kind.

    what     a traced function does that calls one; nothing where every call has the `answer`
    way_out  what to write instead
    paths    where they stand, if their module is imported, and this system has them
    answer   what the traced function gets; without one, or if it is `REFUSED`, the call is refused
    others   packages of the standard library that may ask for themselves
    shown    whether a statement that only prints may call one
    """

    what: str
    way_out: str
    paths: str
    answer: Answer | None = None
    others: frozenset[str] = frozenset()
    shown: bool = False


class StandIn:
    """It stands in for a callable that is no method of a Python class: so it binds to no object, as that does not."""

    def __init__(self, usual: Callable[..., Any], source: Source):
        self.usual, self.source = usual, source
        name(self, usual)

    def __call__(self, *args: Any, **named: Any) -> Any:
        return answer(self.usual, self.source, args, named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.usual, name)

    def __instancecheck__(self, x: Any) -> bool:
        return isinstance(x, self.usual)  # type: ignore[arg-type]

    def __eq__(self, other: object) -> bool:
        return other is self or other is self.usual

    def __hash__(self) -> int:
        return hash(self.usual)

    def __repr__(self) -> str:
        return repr(self.usual)

    def __reduce__(self) -> Any:
        return self.__qualname__


def stand_in(usual: Callable[..., Any], source: Source, method: bool) -> Any:
    """A function for a method and for any other Python function, else a `StandIn`."""
    if isinstance(usual, classmethod):
        return classmethod(stand_in(usual.__func__, source, True))
    ours = StandIn(usual, source)
    if not method and not isinstance(usual, FunctionType):
        return ours

    def function(*args: Any, **named: Any) -> Any:
        return ours(*args, **named)

    function.source = source  # type: ignore[attr-defined]
    return name(function, usual)


def name(ours: Any, usual: Any) -> Any:
    """Give it the names of the original, by which pickle finds it."""
    for attribute in WRAPPER_ASSIGNMENTS:
        if hasattr(usual, attribute):
            setattr(ours, attribute, getattr(usual, attribute))
    return ours


def is_ours(x: Any) -> bool:
    x = getattr(x, "__func__", x)
    return isinstance(x, StandIn) or (isinstance(x, FunctionType) and "source" in vars(x))


def answer(usual: Callable[..., Any], source: Source, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    watching = concerned(source)
    if watching is None:
        return usual(*args, **named)
    found = REFUSED if source.answer is None else source.answer(watching, usual, args, named)
    if found is REFUSED:
        refuse(source)
    return found


def concerned(source: Source) -> Any:
    """The tracer, if it is a traced function that asks, neither within `fresh` nor to show the answer only."""
    watching = tracer()
    if watching is None or watching.randomness.drawing or (source.what and for_itself(source.others)):
        return None
    if source.shown and is_only_shown(watching, users_frame()[0]):
        return None
    return watching


def refuse(source: Source) -> None:
    raise refusal(f"a traced function {source.what}", source.way_out)


def opened(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    """`open`: Python itself opens the source of the lines that it shows with a warning, or an error that is ignored."""
    source = len(args) == 2 and args[1] == "rb" and str(args[0]).endswith(".py") and not named
    return usual(*args) if source and "open" not in callers_code().co_names else REFUSED


def raising(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    """`numpy.errstate(all="ignore")` is as well; to have errors raised is not."""
    return (
        REFUSED if {"raise", "call"}.intersection(filter(is_text, (*args, *named.values()))) else usual(*args, **named)
    )


def is_text(x: Any) -> bool:
    return type(x) is str


def closed(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    """`__init__` of a pool: one that has not begun warns when it is dropped, unless it is closed."""
    args[0]._state = "CLOSE"
    return REFUSED
