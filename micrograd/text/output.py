"""What `step`, `draw`, `practice` and `explain` take: a Value, or a text with a number for each of its names."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from micrograd.engine import Value
from micrograd.text.expression import build, names

EXAMPLE = '"a*b + c", a=2, b=3, c=4'


def read_output(door: Callable[..., Any], output: Any, values: Mapping[str, Any]) -> Value:
    """The Value, or that of the text, whose names become labels; `door` is the function that was given them.

    Raises `TypeError` for anything else, with what to write instead; `ValueError` for a text that cannot be read, a
    name without a number, a number without a name.
    """
    caller, code = door.__name__, door.__code__
    if isinstance(output, str):
        options = code.co_varnames[code.co_posonlyargcount : code.co_argcount + code.co_kwonlyargcount]
        if taken := [name for name in names(output) if name in options]:
            raise TypeError(f"{' and '.join(taken)} in a text is an option of {caller}: give it another name")
        return build(output, values)
    if values:
        unknown = ", ".join(map(repr, values))
        raise TypeError(f"{caller} has no option {unknown}; numbers by name go with a text: {caller}({EXAMPLE})")
    if not isinstance(output, Value):
        raise TypeError(f"{caller} needs a Value, the output to go back from, {_say_instead(caller, output)}")
    return output


def _say_instead(caller: str, given: Any) -> str:
    """What came, and what to write."""
    kind = type(given).__name__
    if given is None:
        return f"got None, which is what backward() returns: pass the Value itself, {caller}(loss)"
    if callable(given):
        return f"got the {kind} itself: call it first, as in {caller}(model([1.0, 2.0]))"
    if isinstance(given, Iterable) and getattr(given, "ndim", None) != 0:
        return f"got a {kind} of several: pass one of them, or their sum, as in {caller}(sum(outs))"
    return f"got {kind} {reprlib.repr(given)}: compute with Values, or pass a text, {caller}({EXAMPLE})"
