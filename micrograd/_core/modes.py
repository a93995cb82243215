"""What a context does with new nodes: links them to their parents, forgets these (`no_grad`), or records a trace.

All mutable state of the package, apart from the user's own, lives in this file. It is read and written only through the
functions below:

- `current`, the modes of this context, the latest last: `no_grad`, `recording` and a trace of `compile` add one for the
  time of a `with` block. It is a context variable, so that neither another thread nor another asyncio task sees it; a
  task that is started inside `no_grad` begins there, as asyncio has it, and leaves it by itself.
- `alive`, one entry for each mode that some context still refers to. While it is empty, as nearly always,
  `nodes.node` need not look for a mode; nothing else may depend on it.
- `one_pass`, the lock of everything that walks a graph: marks on nodes and sums on shared leaves belong to one thread.
- `entered` and `epsilons`, the derivatives that are being taken: see the end of the file.

Everything else that a class or a module holds is fixed once it is imported, with two exceptions: `ops.PRIMITIVES` grows
when a primitive is declared, and a trace replaces a few members of `Value` while it runs, one trace at a time
(`compiler.tracing.exclusive`).

The functions after those are for code whose numbers a compiled function must not keep as constants. Outside a trace
they act at once; in a compiled function they act again at each call.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
import operator
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from threading import RLock
from typing import Any, Protocol, TypeVar
from weakref import ref

Walk = TypeVar("Walk", bound=Callable[..., Any])

alive: list[ref[Mode]] = []

one_pass = RLock()
if hasattr(os, "register_at_fork"):  # the thread that holds it does not exist in a child
    os.register_at_fork(after_in_child=one_pass._at_fork_reinit)  # type: ignore[attr-defined]


def alone(walk: Walk) -> Walk:
    """The function, which one thread at a time may run: of two that walk over shared nodes, each spoils the other's."""

    @functools.wraps(walk)
    def function(*args: Any, **kwargs: Any) -> Any:
        with one_pass:
            return walk(*args, **kwargs)

    return function  # type: ignore[return-value]


class Mode:
    """A rule for each node that a context makes."""

    left = False

    def __new__(cls, *args: Any) -> Any:
        self = super().__new__(cls)
        alive.append(ref(self, alive.remove))  # no __del__: an interrupt in there would get lost
        return self

    def made(self, v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
        """This context made the node `v`; the others are the arguments of `nodes.node`."""
        raise NotImplementedError

    def holds(self) -> bool:
        """Whether the mode counts here and now."""
        return not self.left

    def tracer(self) -> Any:
        """The tracer of a context in this mode, or None."""
        raise NotImplementedError


current: ContextVar[tuple[Any, ...]] = ContextVar("micrograd.modes", default=())
get_modes = current.get


def get_mode() -> Any:
    """The latest mode of this context that counts, or None."""
    return next((mode for mode in reversed(get_modes()) if mode.holds()), None)


@contextlib.contextmanager
def mode(new: Any) -> Iterator[None]:
    """Inside this context the mode is `new`."""
    enter(new)
    try:
        yield
    finally:
        leave(new)


def enter(new: Mode) -> None:
    current.set((*get_modes(), new))


def leave(old: Mode) -> None:
    """Modes may be left in any order, and in a context where they were not entered: generators do both."""
    modes = get_modes()
    if old in modes:
        current.set(tuple(mode for mode in modes if mode is not old))
    else:
        old.left = True


# ---- no_grad


class Recording(Mode):
    """The mode of `recording`: what an outer `no_grad` would forget is kept."""

    def __init__(self, watching: Any):
        self.watching = watching

    def made(self, v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
        if self.watching is not None:
            self.watching.made(v, op, a, b, db)

    def tracer(self) -> Any:
        return self.watching


class Forgetful(Recording):
    """The mode of `no_grad`: a node forgets its parents; an outer tracer sees the node first, still linked.

    In a generator it counts only while the generator runs, not where the generator has been suspended.
    """

    def __init__(self, watching: Any, generator: int | None):
        self.watching, self.generator = watching, generator

    def holds(self) -> bool:
        return not self.left and (self.generator is None or is_running(self.generator))

    def made(self, v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
        if self.generator is not None and not self.holds():
            if (other := get_mode()) is not None:
                other.made(v, op, a, b, db)
            return
        if self.watching is not None:
            self.watching.made(v, op, a, b, db)
            self.watching.stop(v)
        v.primitive = v._a = v._b = v._da = v._db = None


class Oblivious(Forgetful):
    """The same where neither a tracer nor a generator is about: then the native node need not ask."""


class no_grad(contextlib.ContextDecorator):  # noqa: N801 (read as a statement: with no_grad():)
    """Inside this context, new nodes remember no parents: other threads, tasks and generators go on as before.

    As a decorator, `@no_grad()`, it holds for each call of the function.
    """

    modes: list[Mode] = []  # of the class: none, until __init__ has begun

    def __init__(self) -> None:
        self.modes = []

    def __enter__(self) -> None:
        watching, generator = tracer(), generator_of(sys._getframe(1))
        kind = Oblivious if watching is None and generator is None else Forgetful
        self.modes.append(kind(watching, generator))
        try:
            enter(self.modes[-1])
        except BaseException:  # Ctrl-C: nobody will call __exit__
            self.__exit__()
            raise

    def __exit__(self, *error: Any) -> None:
        leave(self.modes[-1])
        self.modes.pop()  # not before: Ctrl-C in there leaves it to __del__

    def __del__(self) -> None:
        while self.modes:  # Ctrl-C came before __exit__ did anything
            self.__exit__()

    def __call__(self, function: Any) -> Any:
        if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
            raise TypeError(
                f"@no_grad() would end before {function.__name__} begins, since it runs later: "
                "write `with no_grad():` inside it"
            )
        return super().__call__(function)

    def _recreate_cm(self) -> no_grad:
        return no_grad()  # each call of a decorated function, in any thread, has its own


def generator_of(frame: Any) -> int | None:
    """The identity of the frame if it is that of a generator; that of a context manager serves its caller instead."""
    if not frame.f_code.co_flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
        return None
    caller = frame.f_back
    return None if caller is not None and caller.f_code.co_filename == contextlib.__file__ else id(frame)


def is_running(generator: int) -> bool:
    """Whether the frame of that identity is one of those that are being run."""
    frame: Any = sys._getframe(1)
    while frame is not None and id(frame) != generator:
        frame = frame.f_back
    return frame is not None


def paused() -> bool:
    """Whether this context is inside `no_grad`."""
    return bool(alive) and isinstance(get_mode(), Forgetful)


@contextlib.contextmanager
def recording() -> Iterator[None]:
    """Inside this context nodes remember their parents, inside `no_grad` too: a derivative needs its own graph."""
    if not paused():
        yield
        return
    with mode(Recording(tracer())):
        yield


def tracer() -> Any:
    """The tracer that watches this context, or None."""
    found = get_mode() if alive else None
    return None if found is None else found.tracer()


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

    A class whose methods read attributes so, and keep numbers in them by `afterwards`, lists their names in
    `_each_call`: then their changes lead to no new trace.
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
