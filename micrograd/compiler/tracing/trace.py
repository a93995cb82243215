"""Running a function once, and writing down what it computes: from a function and its arguments to a tape.

The engine runs as always, on real numbers; the tracer is told of each node it makes. What user code reads, `.data` and
comparisons, becomes a `Number`: meanwhile the class `Value` has properties in the place of its slots, for this thread.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from threading import RLock
from typing import Any

from micrograd._core.modes import mode, tracer
from micrograd.calculus.structures import transform
from micrograd.compiler.tracing.arguments import substituted
from micrograd.compiler.tracing.errors import TraceError, refused
from micrograd.compiler.tracing.number import Number
from micrograd.compiler.tracing.randomness import Randomness, refusing
from micrograd.compiler.tracing.tape import Output, Tape
from micrograd.compiler.tracing.tracer import Tracer
from micrograd.engine import Value

one_at_a_time = RLock()

GRAD = Value.__dict__["grad"]
WATCHED_NAMES = "data grad _backward __init__ __repr__ backward refresh zero_grad".split()
OWN = {name: Value.__dict__[name] for name in WATCHED_NAMES}


def _data(v: Any) -> Any:
    watching = tracer()
    return v._data if watching is None else watching.read(v)


def _set_data(v: Any, x: Any) -> None:
    if tracer() is not None:
        raise refused("a traced function set the data of a Value", "Return the number, and set it afterwards.")
    v._data = x


def _grad(v: Any) -> Any:
    if tracer() is not None:
        raise refused("a traced function read a grad", BACKWARD)
    return GRAD.__get__(v)


def _set_grad(v: Any, x: Any) -> None:
    if tracer() is not None:
        raise refused("a traced function set a grad", "It would be set once only: do it outside of the function.")
    GRAD.__set__(v, x)


def _set_backward(v: Any, push: Any) -> None:
    if tracer() is not None:
        raise refused("a traced function assigned _backward", PRIMITIVES_ONLY)
    OWN["_backward"].fset(v, push)


def _init(v: Any, data: Any, _children: Any = (), _op: str = "", label: str = "") -> None:
    watching = tracer()
    if watching is None or type(v) is not Value and isinstance(v, Number):
        OWN["__init__"](v, data, _children, _op, label)
        return
    if children := tuple(_children):
        raise refused(f"the operation {_op!r} of {len(children)} operands is not made of ours", PRIMITIVES_ONLY)
    if isinstance(data, Number):
        OWN["__init__"](v, data._data, (), _op, label)
        watching.at[v] = data.position
    else:
        OWN["__init__"](v, data, (), _op, label)
        watching.at[v] = watching.constant(v._data)


def _repr(v: Any) -> str:
    return OWN["__repr__"](v) if tracer() is None else f"Value(data={v._data})"


def _unless_tracing(name: str) -> Callable[[Any], None]:
    def method(v: Any) -> None:
        if tracer() is not None:
            raise refused(f"a traced function called {name}()", BACKWARD)
        OWN[name](v)

    return method


ATOMS = (numbers.Number, str, bytes, type(None), Enum, type)
RESULTS = "Return Values and numbers, or lists, tuples, dicts and arrays of them."
BACKWARD = "Return the loss and call backward() on what the compiled function returns, or compile micrograd.grad(f)."
KEPT = (
    "a traced function kept a Value or a number that it computed, in an attribute, a list or a name of its "
    "surroundings: it would be that of the first call for ever. Return it, and keep it outside; make parameters before "
    "the first call."
)
PRIMITIVES_ONLY = "Build it from the operations of micrograd, or leave it out of the compiled function."
WATCHED = {
    "data": property(_data, _set_data),
    "grad": property(_grad, _set_grad),
    "_backward": property(OWN["_backward"].fget, _set_backward),
    "__init__": _init,
    "__repr__": _repr,
    **{name: _unless_tracing(name) for name in ("backward", "refresh", "zero_grad")},
}


@contextmanager
def watched(watching: Tracer) -> Iterator[None]:
    """Inside this context this thread is traced; one thread at a time."""
    with one_at_a_time, refusing():
        for name, content in WATCHED.items():
            setattr(Value, name, content)
        try:
            with mode(watching):
                yield
        finally:
            for name, content in OWN.items():
                setattr(Value, name, content)


@contextmanager
def lent(values: Sequence[Value], data: Sequence[float] | None) -> Iterator[None]:
    """Inside this context the Values have these data, if any are given."""
    if data is None:
        yield
        return
    kept = [v._data for v in values]
    try:
        for v, x in zip(values, data, strict=True):
            v._data = float(x)
        yield
    finally:
        for v, x in zip(values, kept, strict=True):
            v._data = x


def trace(
    f: Callable,
    args: tuple,
    kwargs: dict[str, Any],
    parameters: Sequence[Value] = (),
    data: Sequence[float] | None = None,
    reached: Callable[[], Iterable[Any]] = tuple,
) -> Tape:
    """The tape of `f(*args, **kwargs)`, on which the `parameters` come first, with `data` in them.

    `reached` gives all things that f can reach: its generators, and where it might keep what it computes.

    Raises `TraceError` for what cannot be recorded, and what f raises.
    """
    watching = Tracer(Randomness(reached()))

    def number(x: Any) -> Any:
        return watching.argument_value(x) if isinstance(x, Value) else watching.argument(float(x))

    def output(x: Any) -> Any:
        if not isinstance(x, Value):
            if not isinstance(x, ATOMS) and type(x).__module__ != "numpy":
                raise TraceError(
                    f"a traced function returned a {type(x).__name__}, in which nothing is computed anew. {RESULTS}"
                )
            return x
        outputs.append(watching.position(x))
        return Output(len(outputs) - 1, not isinstance(x, Number))

    outputs = watching.tape.outputs
    try:
        with watched(watching), lent(parameters, data):
            args = tuple([substituted(x, number) for x in args])
            kwargs = {name: substituted(x, number) for name, x in kwargs.items()}
            for p in parameters:
                watching.position(p)
            result = f(*args, **kwargs)
            if watching.refusal:
                raise TraceError(watching.refusal)
            watching.randomness.check()
            if any(isinstance(x, Value) and watching.computed(x) for x in reached()):
                raise TraceError(KEPT)
            watching.tape.result = transform(output, result)
        return watching.finish()
    finally:
        watching.forget()
