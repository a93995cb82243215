"""What user code may ask a Value besides its number while it is traced: its text, its label, how it was computed.

The text is a decision, as that of a number. What the caller knows of an argument, a label or an attribute of his own,
belongs to the key of the trace from then on (`Tape.looks`). How a Value was computed that existed before is refused:
another call may bring one that was computed in another way.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from micrograd._core.lending import data_of
from micrograd._core.modes import tracer
from micrograd.compiler.tracing.errors import refusal
from micrograd.compiler.tracing.numbers.honest import Answer, asked_by_user
from micrograd.compiler.tracing.numbers.shown import is_only_shown
from micrograd.compiler.tracing.tape import LABEL
from micrograd.engine import Value

COMPUTED_BEFORE = "Ask outside the function: only of what it computes itself are the parents the same at each call."


def members(given: bool) -> dict[str, Any]:
    """The members of `Value` that answer these questions in a trace, and do what they always do elsewhere.

    Some make every Value slower, and are there only if Values are `given` as arguments: those by which code asks which
    Value it is, and whether it has an attribute.
    """
    telling = {"__hash__": identify(Value.__hash__), "__eq__": identify(Value.__eq__), "__getattr__": missing}
    return {
        **(telling if given else {}),
        "__repr__": text(Value.__repr__, shown),
        "__format__": text(Value.__format__, format_value),
        "label": property(read_label, write_label),
        **{name: of_computed(getattr(Value, name), name) for name in ("_prev", "_op", "parents")},
    }


# ---- text


def shown(x: float, grad: float = 0.0) -> str:
    """The text of a Value, as the engine makes it."""
    return f"Value(data={x}, grad={grad})"


def format_value(x: float, spec: str, grad: float = 0.0) -> str:
    return format(x, spec) if spec else shown(x, grad)


def text(usual: Callable[..., str], make: Callable[..., str]) -> Callable[..., str]:
    """The text of a Value; in messages and what is only printed without the grad, which a trace does not know."""

    def method(v: Any, *spec: str) -> str:
        watching = tracer()
        if watching is None:
            return usual(v, *spec)
        if is_only_shown(watching, sys._getframe(1)):
            return format(data_of(v), *spec) if any(spec) else f"Value(data={data_of(v)})"
        grad = 0.0 if any(spec) else watching.grad(v)
        answer: str = watching.answer(v, Answer(make, float, (*spec, grad)))
        return answer

    return method


# ---- attributes


def read_label(v: Any) -> str:
    if (watching := tracer()) is not None and asked_by_user():
        watching.look(v, LABEL)
    label: str = vars(v).get(LABEL, "")
    return label


def write_label(v: Any, label: str) -> None:
    vars(v)[LABEL] = label


def missing(v: Any, name: str) -> Any:
    """Called for an attribute that a Value does not have: perhaps an argument of another call has it."""
    if (watching := tracer()) is not None and not name.startswith("__") and asked_by_user():
        watching.look(v, name)
    return object.__getattribute__(v, name)  # raises the error once more


def identify(usual: Callable[..., Any]) -> Callable[..., Any]:
    """`v == w`, and the hash for a set or a dict: which Value it is decides."""

    def method(v: Any, *other: Any) -> Any:
        if (watching := tracer()) is not None and asked_by_user() and all(isinstance(x, Value) for x in other):
            watching.identify(v)
        return usual(v, *other)

    return method


def of_computed(usual: Any, name: str) -> property:
    """A property that user code may ask of the Values that the traced function computes."""

    def read(v: Any) -> Any:
        watching = tracer()
        if watching is not None and asked_by_user() and (v in watching.given or not watching.computed(v)):
            raise refusal(f"a traced function read {name} of a Value that it did not compute", COMPUTED_BEFORE)
        return usual.__get__(v)

    return property(read, usual.__set__)
