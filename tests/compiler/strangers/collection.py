"""How a case of the collection is written, run and judged.

    @case
    def a_rate_in_a_dictionary():
        w, settings = Value(2.0), {"rate": 0.5}

        def f(x):
            return w * x * settings["rate"]

        return f, [w], [call(3.0), after(lambda: settings.update(rate=0.25), 3.0)]

A case makes a world of its own: a function, the Values whose grads count (or a function that lists them), and the steps
to take, each of which calls the function that it is given. The function is called as it is in one world, and compiled
in another; each step must give the same results and the same gradients, or raise the same error, or be refused where
the case says so:

    @case(refused="a part of the message")    a `TraceError`, from some step on
    @case(edge="why")                         no error where eager code raises one, unless strict=True
    @case(traces=2)                           the same, with so many traces
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import micrograd
from micrograd import TraceError, Value

Step = Callable[[Any], Any]


class Case(NamedTuple):
    make: Callable[[], tuple[Any, Any, list[Step]]]
    refused: str
    edge: str
    traces: int | None


class With(NamedTuple):
    """The result of a step, and further Values whose grads count."""

    result: Any
    values: list[Value]


CASES: dict[str, Case] = {}


def case(make: Any = None, *, refused: str = "", edge: str = "", traces: int | None = None) -> Any:
    """Enter a case into the collection."""

    def enter(make: Any) -> Any:
        name = make.__name__
        assert name not in CASES, f"two cases are called {name}"
        CASES[name] = Case(make, refused, edge, traces)
        return make

    return enter if make is None else enter(make)


# ---- steps


def call(*args: Any, **kwargs: Any) -> Step:
    return lambda f: f(*args, **kwargs)


def calls(*args: Any) -> list[Step]:
    """A call for each argument."""
    return [call(x) for x in args]


def after(change: Callable[[], Any], *args: Any, **kwargs: Any) -> Step:
    """A call after something has changed."""

    def step(f: Any) -> Any:
        change()
        return f(*args, **kwargs)

    return step


def put(thing: Any, **attributes: Any) -> Callable[[], None]:
    """A change: the thing gets these attributes."""

    def change() -> None:
        for name, x in attributes.items():
            setattr(thing, name, x)

    return change


def values(*numbers: float) -> list[Value]:
    return [Value(float(x)) for x in numbers]


# ---- what a step gives


def parts(x: Any) -> Iterator[Any]:
    """The leaves of a result, and marks that say how they are put together."""
    if isinstance(x, dict):
        for key, part in x.items():
            yield "key", key
            yield from parts(part)
    elif isinstance(x, (list, tuple)):
        yield type(x).__name__, len(x)
        for part in x:
            yield from parts(part)
    elif isinstance(x, np.ndarray):
        yield "array", x.shape
        for part in x.ravel().tolist():
            yield from parts(part)
    else:
        yield x


def fact(x: Any, wanted: list[Value]) -> Any:
    """A leaf as something to compare: a Value as its data and the grads that it gives."""
    if isinstance(x, Value):
        data = float(x.data)
        for v in wanted:
            v.grad = 0.0
        x.backward()
        grads = [float(v.grad) for v in wanted]
        for v in wanted:
            v.grad = 0.0
        return "Value", data, grads
    if isinstance(x, (bool, np.bool_)):
        return bool(x)
    if isinstance(x, (int, float, np.number)):
        return "number", float(x)
    return x if isinstance(x, tuple) else repr(x)


def observe(f: Any, listed: Any, steps: list[Step]) -> list[Any]:
    """What each step gives: the facts of its result, or its error."""
    seen = []
    for step in steps:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = step(f)
            result, more = result if isinstance(result, With) else (result, [])
            wanted = [*(listed() if callable(listed) else listed), *more]
            seen.append([fact(x, wanted) for x in parts(result)])
        except Exception as error:
            seen.append(error)
    return seen


# ---- the verdict


def close(a: Any, b: Any) -> bool:
    """The same facts; floats within rounding, zeros of the same sign."""
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(map(close, a, b))
    if isinstance(a, float) and isinstance(b, float):
        if a == b:
            return a != 0 or math.copysign(1, a) == math.copysign(1, b)
        return (a != a and b != b) or abs(a - b) <= 1e-11 * max(abs(a), abs(b), 1e-4) < math.inf
    return type(a) is type(b) and bool(a == b)


def compare(eager: Any, compiled: Any) -> str:
    """One word for a step."""
    if isinstance(compiled, TraceError):
        return "refused"
    if isinstance(eager, Exception):
        if isinstance(compiled, Exception):
            return "same" if type(eager) is type(compiled) else "another error"
        return "no error"
    if isinstance(compiled, Exception):
        return "crash"
    return "same" if close(eager, compiled) else "different"


class Judgement(NamedTuple):
    """For each step the word, and what it gave; the number of traces."""

    words: list[str]
    eager: list[Any]
    compiled: list[Any]
    traces: int

    def __str__(self) -> str:
        return "\n".join(
            f"step {k}: {word}\n  eager     {e!r}\n  compiled  {c!r}"
            for k, (word, e, c) in enumerate(zip(self.words, self.eager, self.compiled, strict=True), 1)
        )


def judge(it: Case, backend: str | None, eager: list[Any] | None = None, **options: Any) -> Judgement:
    """Run a case eagerly (or take what that gave) and compiled, each in a world of its own."""
    eager = observe(*it.make()) if eager is None else eager
    f, listed, steps = it.make()
    try:
        compiled = micrograd.compile(f, backend=backend, **options)
    except Exception as error:
        return Judgement(["crash"], eager[:1], [error], 0)
    got = observe(compiled, listed, steps)
    return Judgement(list(map(compare, eager, got)), eager, got, compiled._traces)


def said_where(it: Case, message: str) -> bool:
    """Whether the line that a message names, if it names one, is a line of the case."""
    return ", line " not in message or f"{it.make.__code__.co_filename}, line " in message


def complaint(it: Case, backend: str | None) -> str:
    """What is wrong with a case; nothing if it is as it says."""
    judgement = judge(it, backend)
    words = set(judgement.words) - {"same"}
    expected = {"refused"} if it.refused else {"no error"} if it.edge else set()
    if words != expected:
        return f"expected {', '.join(expected) or 'the same'}\n{judgement}"
    for error in judgement.compiled:
        if isinstance(error, TraceError) and not re.search(it.refused, str(error)):
            return f"expected words like {it.refused!r}\n{judgement}"
        if isinstance(error, TraceError) and not said_where(it, str(error)):
            return f"expected a line of the case\n{judgement}"
    if it.traces is not None and judgement.traces != it.traces:
        return f"expected {it.traces} traces, got {judgement.traces}\n{judgement}"
    if it.edge and set((strict := judge(it, backend, strict=True)).words) != {"same"}:
        return f"expected the same with strict=True\n{strict}"
    return ""
