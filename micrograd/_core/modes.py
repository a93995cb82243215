"""What becomes of the operations of a thread: a graph as always, none inside `no_grad`, a tape while `compile` traces.

A thread has at most one `Mode` at a time; without one, a new node keeps its parents, and that is all.

The functions below are for code that a compiled function shall not take for a constant. Outside of a trace they do what
their names say at once; in a compiled function they do it anew at each call.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import get_ident
from typing import Any, Protocol


class Mode(Protocol):
    def made(self, v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
        """This thread made the node `v`; the others are what `operators.node` was given."""


modes: dict[int, Any] = {}


class Forgetful:
    """The mode of `no_grad`: a node forgets its parents; what watched before sees it first, and knows that it will."""

    def __init__(self, outer: Any):
        self.outer = outer

    def made(self, v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
        if self.outer is not None:
            self.outer.made(v, op, a, b, db)
            self.outer.stop(v)
        v.primitive = v._a = v._b = v._da = v._db = None


def paused() -> bool:
    """Whether this thread is inside `no_grad`."""
    return bool(modes) and isinstance(modes.get(get_ident()), Forgetful)


@contextmanager
def mode(new: Any) -> Iterator[None]:
    """Inside this context the mode of this thread is `new`, or none for None."""
    thread = get_ident()
    before = modes.pop(thread, None)
    if new is not None:
        modes[thread] = new
    try:
        yield
    finally:
        modes.pop(thread, None)
        if before is not None:
            modes[thread] = before


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside this context, what this thread computes remembers no parents."""
    outer = modes.get(get_ident())
    with mode(outer if isinstance(outer, Forgetful) else Forgetful(outer)):
        yield


@contextmanager
def recording() -> Iterator[None]:
    """Inside this context this thread remembers parents, inside `no_grad` too: a derivative needs its own graph."""
    inner = modes.get(get_ident())
    with mode(inner.outer if isinstance(inner, Forgetful) else inner):
        yield


def tracer() -> Any:
    """The tracer that watches this thread, or None."""
    found = modes.get(get_ident()) if modes else None
    return found.outer if isinstance(found, Forgetful) else found


# ---- for code whose numbers are not constants of a compiled function


class Index(int):
    """An integer that is an input of a compiled function."""


def index(i: Any) -> Any:
    """The integer i as an input of a compiled function, for `pick`: another i needs no other program.

    Outside of compiled functions it is an int. Raises `TypeError` if i is not a whole number.
    """
    return i if recorded(i) else Index(operator.index(i))


def recorded(x: Any) -> bool:
    """Whether x is a number of the function that is being traced: whatever Python decides by it is checked later."""
    watching = tracer()
    return watching is not None and watching.is_number(x)


def anew(read: Callable[[], float]) -> Any:
    """The number that `read` gives: a random one, or one that is kept outside of any Value and changes."""
    watching = tracer()
    return read() if watching is None else watching.anew(read)


def afterwards(act: Callable[[list[float]], Any], numbers: Sequence[Any]) -> None:
    """`act(numbers)`: keep numbers of this forward pass outside of any Value."""
    watching = tracer()
    if watching is None:
        act(list(numbers))
    else:
        watching.afterwards(act, numbers)


def decided(thing: Any, attribute: str) -> Any:
    """The attribute of `thing`, by which Python decides what is computed; another value leads to another trace."""
    watching = tracer()
    if watching is not None:
        watching.decided(thing, attribute)
    return getattr(thing, attribute)
