"""What a context does with new nodes: links them to their parents, forgets these (`no_grad`), or records a trace.

All mutable state of the package, apart from the user's own, lives in this file. It is read and written only through the
functions below:

- `current`, the mode of this context: `no_grad`, `recording` and a trace of `compile` set it for the time of a `with`
  block. It is a context variable, so that neither another thread nor another asyncio task sees it; a task that is
  started inside `no_grad` begins there, as asyncio has it, and leaves it by itself.
- `alive`, one entry for each mode that some context still refers to. While it is empty, as nearly always,
  `nodes.node` need not look for a mode; nothing else may depend on it.
- `entered` and `epsilons`, the derivatives that are being taken: see the end of the file.

Everything else that a class or a module holds is fixed once it is imported, with two exceptions: `ops.PRIMITIVES` grows
when a primitive is declared, and a trace replaces a few members of `Value` while it runs, one trace at a time.

The functions after those are for code whose numbers a compiled function must not keep as constants. Outside a trace
they act at once; in a compiled function they act again at each call.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

alive: list[None] = []


class Mode:
    """A rule for each node that a context makes."""

    def __new__(cls, *args: Any) -> Any:
        self = super().__new__(cls)
        alive.append(None)
        return self

    def __del__(self) -> None:
        alive.pop()

    def made(self, v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
        """This context made the node `v`; the others are the arguments of `nodes.node`."""
        raise NotImplementedError


current: ContextVar[Any] = ContextVar("micrograd.mode", default=None)
get_mode = current.get


class Forgetful(Mode):
    """The mode of `no_grad`: a node forgets its parents; an outer tracer sees the node first, still linked."""

    def __init__(self, outer: Any):
        self.outer = outer

    def made(self, v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
        if self.outer is not None:
            self.outer.made(v, op, a, b, db)
            self.outer.stop(v)
        v.primitive = v._a = v._b = v._da = v._db = None


def paused() -> bool:
    """Whether this context is inside `no_grad`."""
    return bool(alive) and isinstance(get_mode(), Forgetful)


@contextmanager
def mode(new: Any) -> Iterator[None]:
    """Inside this context the mode is `new`, or none for None."""
    token = current.set(new)
    try:
        yield
    finally:
        current.reset(token)


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside this context, new nodes remember no parents: other threads and tasks go on as before."""
    outer = get_mode()
    with mode(outer if isinstance(outer, Forgetful) else Forgetful(outer)):
        yield


@contextmanager
def recording() -> Iterator[None]:
    """Inside this context nodes remember their parents, inside `no_grad` too: a derivative needs its own graph."""
    inner = get_mode()
    with mode(inner.outer if isinstance(inner, Forgetful) else inner):
        yield


def tracer() -> Any:
    """The tracer that watches this context, or None."""
    found = get_mode() if alive else None
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


def fresh(read: Callable[[], float]) -> Any:
    """`read()`, again at each call of a compiled function: for random numbers, and those that others change.

    noise = micrograd.fresh(rng.random)
    """
    watching = tracer()
    return read() if watching is None else watching.fresh(read)


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


# ---- derivatives that are being taken
#
# Both belong to the whole process, not to a thread or a context, on purpose. What counts is not who takes a
# derivative, but whether a number depends on its variable: a function may hand part of its work to a thread pool, and a
# derivative taken there stays connected to the one outside. Derivatives that have nothing to do with each other share
# no variable, whatever the threads or tasks.

epsilons = itertools.count()  # a number for each forward-mode derivative, to tell their ε apart; it grows

# Reverse derivatives whose function is running. A `calculus.calls.Call` enters itself and leaves when its function
# returns, nobody else does; `calculus.levels` asks for their variables.
entered: dict[HasVariables, None] = {}


class HasVariables(Protocol):
    @property
    def variables(self) -> frozenset[Any]:
        """The Values with respect to which this derivative is taken."""
