"""Run a function once and record what it computes: from a function and its arguments to a tape.

The engine runs as always, on real numbers, and reports each node to the tracer. What user code reads, `.data`
and comparisons, becomes a `Number`.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import partial
from threading import active_count
from typing import Any

from micrograd.calculus import numeric_kinds
from micrograd.calculus.structures import transform
from micrograd.compiler.surroundings.watch import Watch as Surroundings
from micrograd.compiler.tracing import clocks
from micrograd.compiler.tracing.arguments import plainest, substitute
from micrograd.compiler.tracing.errors import InForwardMode, RandomNumberDrawn, TraceError
from micrograd.compiler.tracing.exclusive import exclusively
from micrograd.compiler.tracing.number import Number
from micrograd.compiler.tracing.randomness import Randomness
from micrograd.compiler.tracing.standins import StandIns
from micrograd.compiler.tracing.tape import Output, Tape
from micrograd.compiler.tracing.tracer import Tracer
from micrograd.compiler.tracing.watching import Lent, Watch
from micrograd.engine import Value

TRIES = 5  # while other threads draw random numbers
ATOMS = (numbers.Number, str, bytes, type(None), Enum, type)
RESULTS = "Return Values and numbers, or lists, tuples, dicts and arrays of them."
KEEPS_RESULT = (
    "a traced function kept a Value or a number that it computed, in an attribute, a list or a name of its "
    "surroundings: it would keep the number of the first call. Return it, and keep it outside; make parameters "
    "before the first call."
)


def trace(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    parameters: Sequence[Value] = (),
    data: Sequence[float] | None = None,
    reached: Callable[[], Iterable[Any]] = tuple,
) -> Tape:
    """The tape of `f(*args, **kwargs)`, on which the `parameters` come first, with `data` in them.

    `reached` returns everything f can reach: its random generators, and places where it might keep results.

    Raises `TraceError` for what cannot be recorded, `InForwardMode`, and what f raises.
    """
    for left in reversed(range(TRIES)):
        try:
            return run_traced(f, args, kwargs, parameters, data, reached)
        except RandomNumberDrawn:  # by f, or by another thread meanwhile
            if not left or active_count() == 1:
                raise
    raise AssertionError("the last of the tries returns or raises")


def run_traced(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    parameters: Sequence[Value],
    data: Sequence[float] | None,
    reached: Callable[[], Iterable[Any]],
) -> Tape:
    watching = Tracer(Randomness(reached()))

    def number(x: Any, size: float) -> Any:
        return watching.argument_value(x) if isinstance(x, Value) else watching.argument(plainest(x), size)

    def output(x: Any) -> Any:
        if not isinstance(x, (Value, Number)):
            if isinstance(x, numeric_kinds.Number):
                raise InForwardMode
            if not isinstance(x, ATOMS) and type(x).__module__ != "numpy":
                raise TraceError(
                    f"a traced function returned a {type(x).__name__}, whose content no call would compute. {RESULTS}"
                )
            return x
        outputs.append(watching.position(x))
        if isinstance(x, Number):
            return Output(len(outputs) - 1, False, type(x.true))
        return Output(len(outputs) - 1, True)

    def recorded() -> Tape:
        traced = [substitute(x, number) for x in args]
        named = {name: substitute(x, number) for name, x in kwargs.items()}
        for p in parameters:
            watching.position(p)
        result = f(*traced, **named)
        if watching.refusal:
            raise TraceError(watching.refusal)
        watching.randomness.check()
        if any(isinstance(x, (Value, Number)) and watching.computed(x) for x in reached()):
            raise TraceError(KEEPS_RESULT)
        watching.tape.result = transform(output, result)
        tape = watching.finish()
        clocks.check(tape, watching.clocks)
        return tape

    outputs = watching.tape.outputs
    surroundings = Surroundings([f, *args, *kwargs.values()])
    run = partial(exclusively, StandIns(surroundings), partial(exclusively, Watch(watching), recorded))
    return run() if data is None else exclusively(Lent(parameters, data), run)
